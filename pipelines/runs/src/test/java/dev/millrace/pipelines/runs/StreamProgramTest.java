package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.VectorType;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class StreamProgramTest {
  private static final long HOUR = 3_600_000_000L;
  private static final long NOW = 400_000 * HOUR;
  private static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.INT),
          new Column("looks", new VectorType(2)));

  /** What becomes of visits that go into the log and one feature of a shop. */
  private record Judging(StreamProgram program, UnsafeProjection bare, UnsafeProjection raw) {
    static Judging of(AggregateCall feature) {
      Location stream = new Location.KafkaTopic("main", "visits", Messages.json());
      Schema raw = VISITS.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)));
      Expect held =
          new Expect(
              "visits",
              new Scan(stream, raw),
              List.of(Expectations.notNull("shop").orQuarantine()),
              "quarantine");
      Node kept =
          Project.of(
              "visits",
              held,
              VISITS.names().stream().map(NamedExpression::column).toList(),
              Optional.empty());
      Events events =
          new Events(
              "shops",
              new Scan(Location.DeltaTable.at("log"), VISITS),
              List.of("shop"),
              "at",
              List.of(new WindowedFeature("f", feature, Window.hours(24))));
      Sink.Online online =
          new Sink.Online(
              new Sink.OnlineAddress("localhost", 1, Map.of()), "shops@1", Duration.ofDays(2));
      StreamSpec spec =
          new StreamSpec(
              new Follow(
                  "visits",
                  new Write(kept, Sink.Delta.whole("log")),
                  "at",
                  Duration.ofHours(24),
                  Duration.ofHours(1),
                  List.of(
                      new Write(
                          new WindowAggregate(events, new Emit.Tiles(java.time.Instant.EPOCH)),
                          online))));
      return new Judging(
          StreamProgram.of(spec),
          StreamProgram.bare(spec),
          UnsafeProjection.create(CatalystTypes.toCatalyst(raw)));
    }

    StreamRow judge(int partition, long time, int spent, int looks, Map<Integer, Long> newests) {
      Object[] vector = new Object[looks];
      java.util.Arrays.fill(vector, 1.0f);
      Object[] message = {null, partition, 7L, null, NOW, null, null, null};
      InternalRow row =
          new GenericInternalRow(
              new Object[] {
                UTF8String.fromString("a"),
                time,
                spent,
                new GenericArrayData(vector),
                new GenericInternalRow(message)
              });
      return program.judge(raw.apply(row), bare, newests);
    }
  }

  @Test
  void aRowOnWhichAFeaturesInputHasNoValueIsSetAside() {
    Judging judging = Judging.of(Aggregations.avg("100 / spent"));
    assertThat(judging.judge(0, NOW, 4, 2, Map.of()).isAccepted()).isTrue();
    StreamRow row = judging.judge(0, NOW, 0, 2, Map.of());
    assertThat(row.isAccepted()).isFalse();
    assertThat(row.reasons).singleElement().asString().contains("Division by zero");
  }

  @Test
  void aVectorOfAnotherLengthIsSetAside() {
    Judging judging = Judging.of(Aggregations.vectorSum("looks", 2));
    assertThat(judging.judge(0, NOW, 1, 2, Map.of()).isAccepted()).isTrue();
    StreamRow row = judging.judge(0, NOW, 1, 3, Map.of());
    assertThat(row.isAccepted()).isFalse();
    assertThat(row.reasons).singleElement().asString().contains("a vector of 3 elements");
  }

  @Test
  void aPartitionIsHeldAgainstItsOwnNewestAlone() {
    Judging judging = Judging.of(Aggregations.count());
    Map<Integer, Long> newests = Map.of(0, NOW, 1, NOW - 30 * HOUR);
    assertThat(judging.judge(0, NOW - 25 * HOUR, 1, 2, newests).reasons)
        .singleElement()
        .asString()
        .startsWith("it happened more than PT24H before the newest");
    assertThat(judging.judge(1, NOW - 25 * HOUR, 1, 2, newests).isAccepted()).isTrue();
    assertThat(judging.judge(2, NOW - 55 * HOUR, 1, 2, newests).isAccepted()).isTrue();
  }
}
