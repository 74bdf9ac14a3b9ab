package dev.millrace.pipelines.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanDiffTest {
  private static final String VIEW = "feature view 'spend'";

  private static final Scan SPENDING =
      new Scan(
          Location.DeltaTable.at("spending"),
          Schema.of(
              new Column("customer", PrimitiveType.STRING),
              new Column("at", PrimitiveType.TIMESTAMP),
              new Column("amount", PrimitiveType.DOUBLE)));

  private static Node project(Node rows, String... columns) {
    return filtered(rows, Optional.empty(), columns);
  }

  private static Node filtered(Node rows, Optional<String> filter, String... columns) {
    return Project.of(
        VIEW, rows, List.of(columns).stream().map(NamedExpression::column).toList(), filter);
  }

  private static Node deduplicated(Node rows) {
    return new Deduplicate(VIEW, rows, List.of("customer"), "at");
  }

  private static WindowAggregate daily(Node rows) {
    return new WindowAggregate(events(rows), new Emit.Tiles(Instant.EPOCH));
  }

  private static Events events(Node rows) {
    return new Events(
        VIEW,
        rows,
        List.of("customer"),
        "at",
        List.of(new WindowedFeature("total", Aggregations.sum("amount"), Window.days(1))));
  }

  private static String diff(Node before, Node after) {
    return PlanDiff.between(before, after).toString();
  }

  @Test
  void theOrderOfStepsIsADifference() {
    Optional<String> some = Optional.of("amount > 0");
    Node lastFiltered =
        filtered(deduplicated(SPENDING), some, SPENDING.schema().names().toArray(String[]::new));
    Node firstFiltered =
        deduplicated(filtered(SPENDING, some, SPENDING.schema().names().toArray(String[]::new)));
    assertThat(diff(daily(lastFiltered), daily(firstFiltered)))
        .isEqualTo(
            """
            ~ order: projection of feature view 'spend' above deduplication of feature view 'spend' -> \
            deduplication of feature view 'spend' above projection of feature view 'spend'
            recompute: total""");
  }

  @Test
  void aColumnThatIsLeftOutIsADifference() {
    assertThat(
            diff(
                project(SPENDING, "customer", "at", "amount"), project(SPENDING, "customer", "at")))
        .isEqualTo(
            """
            - column 'amount' of feature view 'spend': `amount`
            recompute: nothing""");
    assertThat(diff(project(SPENDING, "customer", "at"), project(SPENDING, "at", "customer")))
        .isEqualTo(
            """
            ~ order: column 'customer' of feature view 'spend' above column 'at' of feature view 'spend' -> \
            column 'at' of feature view 'spend' above column 'customer' of feature view 'spend'
            recompute: nothing""");
  }

  @Test
  void whereRowsAreSetAsideIsADifference() {
    List<Expectation> rules = List.of(Expectations.notNull("amount"));
    assertThat(
            diff(
                daily(new Expect(VIEW, SPENDING, rules, "aside")),
                daily(new Expect(VIEW, SPENDING, rules, "elsewhere"))))
        .isEqualTo(
            """
            ~ quarantine of feature view 'spend': aside -> elsewhere
            recompute: total""");
  }

  @Test
  void whatALookUpRestsOnIsComputedAnewForItAlone() {
    Node spine = project(SPENDING, "customer", "at");
    AsOfJoin.Lookup first = new AsOfJoin.Lookup("first", events(SPENDING));
    AsOfJoin.Lookup second = new AsOfJoin.Lookup("second", events(SPENDING));
    AsOfJoin.Lookup changed = new AsOfJoin.Lookup("second", events(deduplicated(SPENDING)));
    assertThat(diff(join(spine, first, second), join(spine, first, changed)))
        .isEqualTo(
            """
            + deduplication of feature view 'spend': [customer] first by at
            recompute: second__total""");
    assertThat(diff(join(spine, first), join(spine, first, second)))
        .startsWith("+ lookup 'second': of feature view 'spend'\n")
        .endsWith("recompute: second__total");
    assertThat(diff(join(spine, first, second), join(spine, second, first)))
        .isEqualTo(
            """
            ~ order: lookup 'first' above lookup 'second' -> lookup 'second' above lookup 'first'
            recompute: first__total, second__total""");
    assertThat(diff(join(spine, first), new AsOfJoin("a set", SPENDING, "at", List.of(first))))
        .endsWith("recompute: first__total");
  }

  private static Node join(Node spine, AsOfJoin.Lookup... lookups) {
    return new AsOfJoin("a set", spine, "at", List.of(lookups));
  }

  @Test
  void inputsOfAUnionAreInNoOrder() {
    Node other = new Scan(Location.DeltaTable.at("other"), SPENDING.schema());
    Node union = new Union(VIEW, List.of(SPENDING, other));
    assertThat(diff(union, new Union(VIEW, List.of(other, SPENDING)))).isEqualTo("nothing changed");
    assertThat(diff(daily(union), daily(new Union(VIEW, List.of(SPENDING)))))
        .startsWith("~ union of feature view 'spend': 2 inputs -> 1 inputs\n")
        .endsWith("recompute: total");
  }

  @Test
  void whatRowsAgreeInIsADifference() {
    assertThat(
            diff(
                daily(deduplicated(SPENDING)),
                daily(new Deduplicate(VIEW, SPENDING, List.of("customer", "at"), "at"))))
        .isEqualTo(
            """
            ~ deduplication of feature view 'spend': [customer] first by at -> [customer, at] first by at
            recompute: total""");
  }

  @Test
  void aScorerAndItsInputsAreDifferences() {
    Score one = new Score("a model", SPENDING, List.of("amount"), new Named("a"), "p");
    assertThat(diff(one, new Score("a model", SPENDING, List.of("amount"), new Named("b"), "q")))
        .isEqualTo(
            """
            ~ scorer of a model: a -> b
            ~ inputs of a model: [amount] as p -> [amount] as q
            recompute: nothing""");
  }

  private record Named(String fingerprint) implements Scorer {
    @Override
    public double[] score(double[] features, int rows) {
      return new double[rows];
    }
  }
}
