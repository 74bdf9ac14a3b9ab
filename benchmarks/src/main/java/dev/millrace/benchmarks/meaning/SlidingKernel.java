package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.SlidingWindows;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Sum, count, min and max over four windows, time an event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SlidingKernel {
  private static final int EVENTS = SlidingEvents.KEYS * SlidingEvents.EVENTS_A_KEY;

  @Param({"long", "double"})
  public String type = "long";

  private InternalRow[][] keys = {};
  private SlidingWindows sliding = new SlidingWindows(List.of());
  private HandWrittenLoop byHand = new HandWrittenLongs(List.of(), 0);
  private InternalRow values = sliding.row();

  @Setup
  public void draw() {
    boolean whole = type.equals("long");
    keys = SlidingEvents.draw(whole ? DataTypes.LongType : DataTypes.DoubleType);
    List<WindowedAggregation> windows = windows(whole ? PrimitiveType.LONG : PrimitiveType.DOUBLE);
    sliding = new SlidingWindows(windows);
    values = sliding.row();
    byHand =
        whole
            ? new HandWrittenLongs(SlidingEvents.WINDOWS, SlidingEvents.EVENTS_A_KEY)
            : new HandWrittenDoubles(SlidingEvents.WINDOWS, SlidingEvents.EVENTS_A_KEY);
  }

  private static List<WindowedAggregation> windows(DataType type) {
    List<WindowedAggregation> windows = new ArrayList<>();
    List<AggregateCall> calls =
        List.of(
            Aggregations.sum("x"),
            Aggregations.count("x"),
            Aggregations.min("x"),
            Aggregations.max("x"));
    for (AggregateCall call : calls) {
      for (Window window : SlidingEvents.WINDOWS) {
        windows.add(
            new WindowedAggregation(
                call.toString(), call, Aggregations.bind(call, List.of(type)), 1, window));
      }
    }
    return windows;
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void ours(Blackhole out) {
    for (InternalRow[] events : keys) {
      sliding.clear();
      for (int i = 0; i < events.length; i++) {
        long time = events[i].getLong(0);
        if (i % SlidingEvents.EVENTS_A_REQUEST == 0) {
          sliding.present(time, values, 0);
          out.consume(values);
        }
        sliding.add(time, events[i]);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void byHand(Blackhole out) {
    for (InternalRow[] events : keys) {
      byHand.clear();
      for (int i = 0; i < events.length; i++) {
        long time = events[i].getLong(0);
        if (i % SlidingEvents.EVENTS_A_REQUEST == 0) {
          byHand.present(time);
          out.consume(byHand);
        }
        if (!events[i].isNullAt(1)) {
          byHand.add(time, events[i]);
        }
      }
    }
  }
}
