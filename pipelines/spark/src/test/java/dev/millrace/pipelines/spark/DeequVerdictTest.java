package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazon.deequ.VerificationSuite;
import com.amazon.deequ.checks.Check;
import com.amazon.deequ.checks.CheckLevel;
import com.amazon.deequ.checks.CheckStatus;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Function1;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** Numbers of all rows get the verdict that Deequ's own analyzers would have come to. */
class DeequVerdictTest {
  @TempDir static Path dir;

  private static final Schema SCHEMA =
      Schema.of(new Column("k", PrimitiveType.STRING), new Column("x", PrimitiveType.DOUBLE));

  private record Both(
      String name,
      Expectation ours,
      BiFunction<Check, Function1<Object, Object>, Check> theirs,
      double least,
      double most) {}

  private static final class Within extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final double least;
    private final double most;

    Within(double least, double most) {
      this.least = least;
      this.most = most;
    }

    @Override
    public Object apply(Object value) {
      double number = ((Number) value).doubleValue();
      return number >= least && number <= most;
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Function1<Object, Object> of(Function1 any) {
    return any;
  }

  /** Bounds that hold of about half of the data that is drawn. */
  private static List<Both> kinds(Random random) {
    List<Both> all = new ArrayList<>();
    long rows = random.nextInt(51);
    all.add(
        new Both(
            "row count",
            Expectations.rowCount(rows, 50),
            (check, in) -> check.hasSize(of(in), Option.empty()),
            rows,
            50));
    double share = random.nextDouble();
    all.add(
        new Both(
            "completeness",
            Expectations.completeness("x", share),
            (check, in) -> check.hasCompleteness("x", of(in), Option.empty(), Option.empty()),
            share,
            1));
    double mean = random.nextGaussian() * 4;
    all.add(
        new Both(
            "mean",
            Expectations.mean("x", mean, mean + 10),
            (check, in) -> check.hasMean("x", of(in), Option.empty()),
            mean,
            mean + 10));
    double sum = random.nextGaussian() * 100;
    all.add(
        new Both(
            "sum",
            Expectations.sum("x", sum, 1e6),
            (check, in) -> check.hasSum("x", of(in), Option.empty()),
            sum,
            1e6));
    return all;
  }

  @Test
  void bothWaysGiveOneVerdict() {
    Random random = new Random(4);
    int passed = 0;
    int failed = 0;
    for (int i = 0; i < 3; i++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      int size = 2 + random.nextInt(50);
      double nulls = random.nextDouble();
      for (int row = 0; row < size; row++) {
        Object x =
            row > 0 && random.nextDouble() < nulls
                ? null
                : (Object) (random.nextGaussian() * 10 + random.nextInt(9));
        rows.add(Arrays.asList("k" + random.nextInt(5), x));
      }
      ENGINE.hold("verdicts", new Rows(SCHEMA, rows));
      for (Both both : kinds(random)) {
        boolean theirs = theirs(both, rows);
        assertThat(ours(both)).as("%s of %s", both.name, rows).isEqualTo(theirs);
        passed += theirs ? 1 : 0;
        failed += theirs ? 0 : 1;
      }
    }
    assertThat(passed).isGreaterThan(2);
    assertThat(failed).isGreaterThan(2);
  }

  private static boolean ours(Both both) {
    Expect expect =
        new Expect(
            "the test",
            new Scan(new Location.Memory("verdicts"), SCHEMA),
            List.of(both.ours),
            dir.resolve("verdicts").toString());
    try {
      ENGINE.collect(expect);
      return true;
    } catch (MillraceException falls) {
      assertThat(falls).hasMessageContaining("does not hold what is expected of it");
      return false;
    }
  }

  private static boolean theirs(Both both, List<List<@Nullable Object>> rows) {
    StructType type =
        new StructType().add("k", DataTypes.StringType).add("x", DataTypes.DoubleType);
    Dataset<Row> data =
        ENGINE
            .session()
            .createDataFrame(
                rows.stream().map(row -> RowFactory.create(row.toArray())).toList(), type);
    Check check =
        new Check(
            CheckLevel.Error(),
            both.name,
            JavaConverters.asScalaBuffer(new ArrayList<com.amazon.deequ.constraints.Constraint>())
                .toList());
    return new VerificationSuite()
        .onData(data)
        .addCheck(both.theirs.apply(check, new Within(both.least, both.most)))
        .run()
        .status()
        .equals(CheckStatus.Success());
  }

  @Test
  void valuesOfASetAndOfAPattern() {
    ENGINE.hold("verdicts", new Rows(SCHEMA, List.of(List.of("it's \\d", 1.0), List.of("b", 2.0))));
    Scan scan = new Scan(new Location.Memory("verdicts"), SCHEMA);
    List<Expectation> hold =
        List.of(
            Expectations.oneOf("k", "it's \\d", "b"),
            Expectations.matches("k", "^(b|it's \\\\d)$"));
    assertThat(
            ENGINE
                .collect(new Expect("the test", scan, hold, dir.resolve("held").toString()))
                .values())
        .hasSize(2);
    List<Expectation> broken =
        List.of(Expectations.oneOf("k", "b"), Expectations.matches("k", "^b$"));
    assertThatThrownBy(
            () ->
                ENGINE.collect(
                    new Expect("the test", scan, broken, dir.resolve("broken").toString())))
        .hasMessageContaining("k is not one of [b]")
        .hasMessageContaining("k does not match ^b$");
  }
}
