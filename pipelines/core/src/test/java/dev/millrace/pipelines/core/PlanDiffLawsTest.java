package dev.millrace.pipelines.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A diff is empty where two plans have one fingerprint, and nowhere else. */
class PlanDiffLawsTest {
  private static final String VIEW = "feature view 'spend'";
  private static final Instant DAY = Instant.parse("2024-03-01T00:00:00Z");

  private final Random random = new Random(11);

  @Test
  void isEmptyForEqualFingerprintsAlone() {
    List<Node> plans = Stream.generate(this::plan).limit(150).toList();
    List<String> fingerprints = plans.stream().map(PlanPrinter::fingerprint).toList();
    for (int i = 0; i < plans.size(); i++) {
      for (int j = 0; j < plans.size(); j++) {
        Node before = plans.get(i);
        Node after = plans.get(j);
        PlanDiff diff = PlanDiff.between(before, after);
        assertThat(diff.isEmpty())
            .as(() -> diff + "\nof\n" + PlanPrinter.print(before) + PlanPrinter.print(after))
            .isEqualTo(fingerprints.get(i).equals(fingerprints.get(j)));
      }
    }
    assertThat(fingerprints.stream().distinct().count()).isBetween(75L, 145L);
  }

  private Node plan() {
    return switch (random.nextInt(4)) {
      case 0 -> rows(2);
      case 1 -> new WindowAggregate(events(rows(1)), emit());
      case 2 -> new Score("a model", rows(1), inputs(), new Named("m" + random.nextInt(2)), "p");
      default -> join();
    };
  }

  private Node join() {
    List<AsOfJoin.Lookup> lookups = new ArrayList<>();
    lookups.add(new AsOfJoin.Lookup("a", events(rows(1))));
    if (random.nextBoolean()) {
      lookups.add(new AsOfJoin.Lookup("b", events(rows(1))));
    }
    Collections.shuffle(lookups, random);
    return new AsOfJoin("a training set", rows(1), "at", lookups);
  }

  private List<String> inputs() {
    return random.nextBoolean() ? List.of("x", "y") : List.of("y", "x");
  }

  private Emit emit() {
    return random.nextBoolean() ? new Emit.Tiles(DAY) : Emit.Every.once(DAY);
  }

  private Events events(Node rows) {
    List<WindowedFeature> features = new ArrayList<>();
    features.add(
        new WindowedFeature("f", Aggregations.sum("x"), Window.days(1 + random.nextInt(2))));
    if (random.nextBoolean()) {
      features.add(new WindowedFeature("g", Aggregations.count(), Window.lifetime()));
    }
    Collections.shuffle(features, random);
    return new Events(VIEW, rows, List.of("k"), "at", features);
  }

  /** Rows of k, at, x, y and perhaps z, by up to so many steps. */
  private Node rows(int steps) {
    Node rows =
        new Scan(
            Location.DeltaTable.at("t" + random.nextInt(2)),
            Schema.of(
                new Column("k", PrimitiveType.STRING),
                new Column("at", PrimitiveType.TIMESTAMP),
                new Column("x", PrimitiveType.DOUBLE),
                new Column("y", PrimitiveType.DOUBLE),
                new Column("z", PrimitiveType.DOUBLE)));
    for (int i = random.nextInt(steps + 1); i > 0; i--) {
      rows = step(rows);
    }
    return rows;
  }

  private Node step(Node rows) {
    return switch (random.nextInt(5)) {
      case 0 -> new Deduplicate(VIEW, rows, List.of("k"), "at");
      case 1 -> new Union(VIEW, List.of(rows, projected(rows, rows.schema().names())));
      case 2 ->
          new Expect(
              VIEW,
              rows,
              random.nextBoolean()
                  ? List.of(Expectations.notNull("x"), Expectations.notNull("y"))
                  : List.of(Expectations.notNull("y"), Expectations.notNull("x")),
              "aside" + random.nextInt(2));
      default -> {
        List<String> columns = new ArrayList<>(List.of("k", "at", "x", "y"));
        if (rows.schema().has("z") && random.nextBoolean()) {
          columns.add("z");
        }
        if (random.nextInt(3) == 0) {
          Collections.shuffle(columns, random);
        }
        yield projected(rows, columns);
      }
    };
  }

  private Node projected(Node rows, List<String> columns) {
    int more = random.nextInt(3);
    return Project.of(
        VIEW,
        rows,
        columns.stream()
            .map(
                name ->
                    name.equals("x") && more > 0
                        ? new NamedExpression("x", "x + " + more + "D")
                        : NamedExpression.column(name))
            .toList(),
        random.nextBoolean() ? Optional.of("x > 0") : Optional.empty());
  }

  private record Named(String fingerprint) implements Scorer {
    @Override
    public double[] score(double[] features, int rows) {
      return new double[rows];
    }
  }
}
