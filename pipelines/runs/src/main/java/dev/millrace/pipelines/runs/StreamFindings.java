package dev.millrace.pipelines.runs;

import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.window.Tile;
import dev.millrace.transforms.window.TileLayout;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one look at a batch's rows found, of a part of them or of all. */
public final class StreamFindings implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long DAY = 86_400_000_000L;

  public final long[] breaches;

  /** Of the breaches, those of rows that were not set aside. */
  public final long[] left;

  public long messages;
  public long accepted;
  public long late;
  public @Nullable Long newest;

  /** The offset after the last message, by partition. */
  public final TreeMap<Integer, Long> next = new TreeMap<>();

  /** What names the messages that have no offset. */
  public final TreeSet<String> ids = new TreeSet<>();

  /** The newest event's time, by partition. */
  public final TreeMap<Integer, Long> newestOf = new TreeMap<>();

  /** The days of the accepted rows, since 1970. */
  public final TreeSet<Long> days = new TreeSet<>();

  /** The accumulators of the numbers of all accepted rows; empty where none are asked for. */
  public byte[] numbers = {};

  private StreamFindings(int expectations) {
    this.breaches = new long[expectations];
    this.left = new long[expectations];
  }

  /** Of no rows. */
  public static StreamFindings none(StreamSpec spec) {
    StreamFindings none = new StreamFindings(spec.expectations.size());
    layout(spec.expectations, spec).ifPresent(layout -> none.numbers = empty(layout).encode());
    return none;
  }

  /**
   * Of some rows.
   *
   * @param newests the newest time of the batches before, by partition
   * @param delay in microseconds; rows that happened so long before that are late
   */
  public static StreamFindings of(
      Iterator<StreamRow> rows, StreamSpec spec, Map<Integer, Long> newests, long delay) {
    StreamFindings found = new StreamFindings(spec.expectations.size());
    StreamProgram program = StreamProgram.of(spec);
    Optional<TileLayout> layout = layout(spec.expectations, spec);
    Optional<Tile> numbers = layout.map(StreamFindings::empty);
    while (rows.hasNext()) {
      StreamRow row = rows.next();
      found.add(row, newests, delay);
      if (row.isAccepted() && numbers.isPresent()) {
        numbers.get().add(program.numbers(row).orElseThrow());
      }
    }
    numbers.ifPresent(tile -> found.numbers = tile.encode());
    return found;
  }

  private void add(StreamRow row, Map<Integer, Long> newests, long delay) {
    messages++;
    if (row.place.hasOffset()) {
      next.merge(row.place.partition(), row.place.offset() + 1, Math::max);
    }
    if (!row.place.id().isEmpty()) {
      ids.add(row.place.id());
    }
    boolean isAccepted = row.isAccepted();
    row.breaches.stream()
        .forEach(
            index -> {
              breaches[index]++;
              left[index] += isAccepted ? 1 : 0;
            });
    if (isAccepted) {
      accepted++;
      Long before = newests.get(row.place.partition());
      late += before != null && row.time < before - delay ? 1 : 0;
      newestOf.merge(row.place.partition(), row.time, Math::max);
      newest = newest == null ? row.time : Math.max(newest, row.time);
      days.add(Math.floorDiv(row.time, DAY));
    }
  }

  /** These and others. */
  public StreamFindings and(StreamFindings other, StreamSpec spec) {
    for (int i = 0; i < breaches.length; i++) {
      breaches[i] += other.breaches[i];
      left[i] += other.left[i];
    }
    messages += other.messages;
    accepted += other.accepted;
    late += other.late;
    if (other.newest != null) {
      newest = newest == null ? other.newest : Math.max(newest, other.newest);
    }
    other.newestOf.forEach((partition, time) -> newestOf.merge(partition, time, Math::max));
    other.next.forEach((partition, offset) -> next.merge(partition, offset, Math::max));
    ids.addAll(other.ids);
    days.addAll(other.days);
    numbers = merged(numbers, other.numbers, spec);
    return this;
  }

  /** The accumulators of both. */
  public static byte[] merged(byte[] one, byte[] other, StreamSpec spec) {
    return layout(spec.expectations, spec)
        .map(
            layout -> {
              long hop = layout.hops().get(0);
              Tile both = layout.decode(hop, one);
              both.merge(layout.decode(hop, other));
              return both.encode();
            })
        .orElse(one);
  }

  /** The numbers that accumulators come to, in the order of the rules. */
  public static List<@Nullable Object> present(byte[] numbers, StreamSpec spec) {
    return layout(spec.expectations, spec)
        .map(
            layout -> {
              var tiles = layout.tiles();
              tiles.put(layout.hops().get(0), Long.MIN_VALUE, numbers);
              return layout.present(0, tiles);
            })
        .orElse(List.of());
  }

  private static Optional<TileLayout> layout(List<Expectation> expectations, StreamSpec spec) {
    Metrics metrics = Metrics.of(expectations, spec.judged);
    return metrics.aggregations().isEmpty()
        ? Optional.empty()
        : Optional.of(new TileLayout(metrics.aggregations()));
  }

  private static Tile empty(TileLayout layout) {
    return layout.empty(layout.hops().get(0));
  }
}
