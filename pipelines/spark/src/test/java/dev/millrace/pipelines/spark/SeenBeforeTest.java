package dev.millrace.pipelines.spark;

import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Place;
import dev.millrace.pipelines.runs.StreamRow;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repetitions of a stream's rows, batch by batch. */
class SeenBeforeTest {
  private static final int KEYS = 5_000;

  private static final SparkSession SESSION = TestSpark.ENGINE.session();

  @TempDir Path folder;

  private StreamSpec spec;
  private SeenBefore seen;
  private long held;

  @BeforeEach
  void begin() {
    Expect expect =
        new Expect(
            "visits",
            new Scan(
                new Location.KafkaTopic("main", "visits", Messages.json()),
                TestSpark.VISITS.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)))),
            List.of(notNull("shop").orQuarantine(), unique("shop").orQuarantine()),
            folder.resolve("quarantine").toString());
    Project kept =
        Project.of(
            "visits",
            expect,
            TestSpark.VISITS.names().stream().map(NamedExpression::column).toList(),
            Optional.empty());
    spec =
        new StreamSpec(
            new Follow(
                "visits",
                new Write(kept, Sink.Delta.whole(folder.resolve("log").toString())),
                "at",
                Duration.ofHours(1),
                Duration.ofHours(1),
                List.of()));
    seen = new SeenBefore(SESSION, spec, folder.resolve("seen").toString(), 2);
  }

  @Test
  void whatComesAgainIsSetAside() {
    assertThat(batch(0, Long.MIN_VALUE, row("a", 1, 10), row("b", 2, 10), row("a", 3, 10)))
        .containsExactlyInAnyOrder(
            "a@1", "b@2", "a@3 aside {1} [duplicate of another row in (shop)]");
    List<String> second =
        batch(1, Long.MIN_VALUE, row("c", 4, 10), row("b", 5, 10), aside("d", 6, 10));
    assertThat(second)
        .containsExactlyInAnyOrder(
            "c@4", "b@5 aside {1} [duplicate of another row in (shop)]", "d@6 aside {0} [too bad]");
    assertThat(batch(1, Long.MIN_VALUE, row("c", 4, 10), row("b", 5, 10), aside("d", 6, 10)))
        .as("the same batch, tried again")
        .containsExactlyInAnyOrderElementsOf(second);
    assertThat(batch(2, Long.MIN_VALUE, row("c", 7, 10), row("d", 8, 10)))
        .as("what was set aside was not seen")
        .containsExactlyInAnyOrder("c@7 aside {1} [duplicate of another row in (shop)]", "d@8");
  }

  /** As when a part is computed again and its rows are fetched in another order. */
  @Test
  void ofRowsWithoutAPlaceTheSameOneStays() {
    StreamRow one = row("a", -1, 10);
    StreamRow other = row("a", -1, 20);
    List<String> there = batch(0, Long.MIN_VALUE, one, other);
    assertThat(times(there)).hasSize(1);
    assertThat(times(batch(0, Long.MIN_VALUE, other, one))).isEqualTo(times(there));
  }

  private static List<String> times(List<String> said) {
    return said.stream().filter(each -> !each.contains("aside")).toList();
  }

  @Test
  void whatCanComeNoMoreIsForgottenALittleABatch() {
    StreamRow[] old =
        IntStream.range(0, KEYS).mapToObj(i -> row("old" + i, i, 10)).toArray(StreamRow[]::new);
    StreamRow[] fresh =
        IntStream.range(0, KEYS).mapToObj(i -> row("new" + i, i, 20)).toArray(StreamRow[]::new);
    assertThat(batch(0, Long.MIN_VALUE, old)).noneMatch(said -> said.contains("aside"));
    assertThat(batch(1, 10, fresh)).noneMatch(said -> said.contains("aside"));
    assertThat(held).isEqualTo(2 * KEYS);
    long before = held;
    for (int number = 2; number < 12; number++) {
      assertThat(batch(number, 20)).isEmpty();
      assertThat(held).isLessThan(before).isGreaterThan(before - KEYS / 10);
      before = held;
    }
    assertThat(batch(12, 10, fresh)).allMatch(said -> said.contains("aside"));
    assertThat(batch(13, 10, old).stream().filter(said -> !said.contains("aside")))
        .as("the forgotten ones are new again")
        .hasSize((int) (2 * KEYS - before));
  }

  private List<String> batch(long number, long oldest, StreamRow... rows) {
    StreamPart part = new StreamPart();
    List.of(rows).forEach(part::add);
    LongAccumulator keys = SESSION.sparkContext().longAccumulator();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(SESSION.sparkContext());
    List<StreamPart> marked =
        seen.mark(context.parallelize(List.of(part), 1), number, oldest, keys).collect();
    held = keys.value();
    return marked.stream().flatMap(each -> each.rows().stream()).map(SeenBeforeTest::text).toList();
  }

  private static String text(StreamRow row) {
    String said =
        row.judged.getUTF8String(0)
            + "@"
            + (row.place.hasOffset() ? row.place.offset() : "time " + row.judged.getLong(1));
    return row.isAccepted() ? said : said + " aside " + row.breaches + " " + row.reasons;
  }

  private StreamRow row(String shop, long offset, long time) {
    UnsafeProjection toUnsafe = UnsafeProjection.create(CatalystTypes.toCatalyst(spec.judged));
    var judged =
        toUnsafe
            .apply(
                new GenericInternalRow(
                    new Object[] {UTF8String.fromString(shop), time, null, null}))
            .copy();
    return new StreamRow(judged, judged, new BitSet(), List.of(), Place.at(0, offset), time);
  }

  private StreamRow aside(String shop, long offset, long time) {
    return row(shop, offset, time).aside(0, "too bad");
  }
}
