package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Messages;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.RowRules;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.VectorType;
import dev.millrace.transforms.window.TileLayout;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/** What {@link StreamSpec} says, compiled once in a JVM. */
public final class StreamProgram {
  private static final int PARTITION = 1;
  private static final int OFFSET = 2;
  private static final int ID = 3;
  private static final int SENT = 4;
  private static final Map<String, StreamProgram> COMPILED = new ConcurrentHashMap<>();

  private final StreamSpec spec;
  private final RowChain before;
  private final RowRules rules;
  private final RowChain after;
  private final Optional<RowProjection> numbers;
  private final List<RowChain> tiles = new ArrayList<>();

  /** Of views whose aggregations refuse some values of their inputs' types. */
  private final List<Optional<TileLayout>> shapes = new ArrayList<>();

  private StreamProgram(StreamSpec spec) {
    this.spec = spec;
    this.before = RowChain.of(spec.before);
    this.rules = RowRules.of(spec.expectations, spec.judged);
    this.after = RowChain.of(spec.after);
    Metrics metrics = Metrics.of(spec.expectations, spec.judged);
    this.numbers =
        metrics.inputs().isEmpty()
            ? Optional.empty()
            : Optional.of(Expressions.compile(metrics.inputs(), spec.judged));
    spec.tiles.forEach(each -> tiles.add(RowChain.of(each.inputs())));
    spec.tiles.forEach(each -> shapes.add(shaped(each)));
  }

  public static StreamProgram of(StreamSpec spec) {
    return COMPILED.computeIfAbsent(spec.id, id -> new StreamProgram(spec));
  }

  public static void forget(StreamSpec spec) {
    COMPILED.remove(spec.id);
  }

  /**
   * Holds one row against what is expected of it alone. One on which an expression has no value is
   * set aside for that, as any other.
   *
   * @param raw of the stream
   * @param toUnsafe makes a row of the stream one of Spark's
   * @param newests the newest time of the batches before, by partition
   */
  public StreamRow judge(InternalRow raw, UnsafeProjection toUnsafe, Map<Integer, Long> newests) {
    InternalRow message = raw.getStruct(raw.numFields() - 1, Messages.TYPE.fields().size());
    Place place = place(message);
    UnsafeRow judged = null;
    List<String> reasons = new ArrayList<>();
    BitSet breaches = new BitSet();
    @Nullable UnsafeRow kept = null;
    long time = 0;
    try {
      judged = ((UnsafeRow) java.util.Objects.requireNonNull(before.apply(raw))).copy();
    } catch (MillraceException noValue) {
      reasons.add(noValue.getMessage());
      judged = without(raw, toUnsafe);
    }
    if (reasons.isEmpty()) {
      try {
        breaches = rules.breaches(judged);
        if (rules.setsAside(breaches)) {
          reasons.addAll(rules.reasons(breaches, judged));
        } else {
          kept = ((UnsafeRow) java.util.Objects.requireNonNull(after.apply(judged))).copy();
          time = kept.getLong(spec.time);
          wrongTime(time, message, newests.get(place.partition())).ifPresent(reasons::add);
          if (reasons.isEmpty()) {
            requireTiles(kept, time);
          }
        }
      } catch (MillraceException noValue) {
        reasons.add(noValue.getMessage());
      }
    }
    return new StreamRow(judged, reasons.isEmpty() ? kept : null, breaches, reasons, place, time);
  }

  /** Nothing that is computed of a row for a view may fail once the row is in the log. */
  private void requireTiles(UnsafeRow kept, long time) {
    for (int view = 0; view < tiles.size(); view++) {
      @Nullable InternalRow inputs = tiles(view, kept);
      Optional<TileLayout> shaped = shapes.get(view);
      if (inputs != null && shaped.isPresent()) {
        shaped.get().tiles().add(time, inputs);
      }
    }
  }

  private static Optional<TileLayout> shaped(StreamSpec.Tiles tiles) {
    boolean hasVectors =
        tiles.windows().stream()
            .anyMatch(each -> each.aggregation().resultType() instanceof VectorType);
    return hasVectors ? Optional.of(new TileLayout(tiles.windows())) : Optional.empty();
  }

  private static Place place(InternalRow message) {
    return new Place(
        message.isNullAt(PARTITION) ? 0 : message.getInt(PARTITION),
        message.isNullAt(OFFSET) ? -1 : message.getLong(OFFSET),
        message.isNullAt(ID) ? "" : message.getUTF8String(ID).toString());
  }

  /** What is judged of a row on which something that is computed for it has no value. */
  private UnsafeRow without(InternalRow raw, UnsafeProjection toUnsafe) {
    return toUnsafe.apply(raw).copy();
  }

  /**
   * Why a row is too old, where it is.
   *
   * @param newest the newest time of its partition in the batches before; null where there is none
   */
  public Optional<String> tooOld(long time, @Nullable Long newest) {
    return newest == null || time >= newest - spec.retention
        ? Optional.empty()
        : Optional.of(
            "it happened more than "
                + text(spec.retention)
                + " before the newest, of "
                + Micros.instant(newest));
  }

  private Optional<String> wrongTime(long time, InternalRow message, @Nullable Long newest) {
    Optional<String> tooOld = tooOld(time, newest);
    if (tooOld.isPresent()) {
      return tooOld;
    }
    return !message.isNullAt(SENT) && time > message.getLong(SENT) + spec.ahead
        ? Optional.of("it happened more than " + text(spec.ahead) + " after its message was sent")
        : Optional.empty();
  }

  private static Duration text(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  /** The inputs of the numbers of all rows; empty where none are asked for. */
  public Optional<InternalRow> numbers(StreamRow row) {
    return numbers.map(inputs -> inputs.apply(row.judged));
  }

  /** The inputs of a view's tiles; null where the row is in none. */
  public @Nullable InternalRow tiles(int view, InternalRow kept) {
    return tiles.get(view).apply(kept);
  }

  /** Makes rows of what a stream gives into those that are judged, with nothing computed. */
  public static UnsafeProjection bare(StreamSpec spec) {
    List<org.apache.spark.sql.catalyst.expressions.Expression> columns = new ArrayList<>();
    List<String> raw =
        spec.before.isEmpty() ? spec.judged.names() : spec.before.get(0).input().names();
    for (dev.millrace.transforms.type.Column column : spec.judged.columns()) {
      DataType type = dev.millrace.transforms.expression.CatalystTypes.toCatalyst(column.type());
      int place = raw.indexOf(column.name());
      columns.add(
          place < 0
              ? org.apache.spark.sql.catalyst.expressions.Literal.create(null, type)
              : new org.apache.spark.sql.catalyst.expressions.BoundReference(place, type, true));
    }
    return org.apache.spark.sql.catalyst.expressions.UnsafeProjection$.MODULE$.create(
        scala.collection.JavaConverters.asScalaBuffer(columns).toSeq());
  }
}
