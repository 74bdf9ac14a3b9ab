package dev.millrace.pipelines.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.problem.MillraceException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run's own account of what it wrote, kept beside the rows and published with them, so that a
 * later run can tell what is there.
 *
 * @param read the version of each location that the rows are made of; null in older accounts
 * @param stream what a stream is like after its batch; null of other runs
 */
public record Account(
    List<Part> parts,
    List<ExpectationResult> expectations,
    @Nullable Map<String, String> read,
    @Nullable Stream stream) {
  /** Of a run whose rows went to no table. */
  public static final Account NONE = new Account(List.of(), List.of(), Map.of());

  private static final ObjectMapper JSON = new ObjectMapper();

  public Account {
    parts = List.copyOf(parts);
    expectations = List.copyOf(expectations);
    read = read == null ? Map.of() : Map.copyOf(read);
  }

  /** Of a run that ends. */
  public Account(List<Part> parts, List<ExpectationResult> expectations, Map<String, String> read) {
    this(parts, expectations, read, null);
  }

  /**
   * What a stream is like after a batch.
   *
   * @param position of the batch, from 1
   * @param next the offset after the last message, by partition
   * @param newest the newest event's time in microseconds; null where there was none
   * @param accepted how many rows all batches have brought
   * @param numbers the accumulators of the numbers of all rows, in Base64
   * @param messages how many messages all batches have brought; 0 in older accounts
   * @param late how many of the accepted rows were late; 0 in older accounts
   * @param newestOf the newest event's time by partition; null in older accounts
   * @param ids what names the batch's messages, where they have no offsets; null where they have
   * @param aside Delta's actions that add the files of what the batch sets aside, which are in the
   *     quarantine once its own commit follows the log's; null where there are none
   */
  public record Stream(
      long position,
      Map<Integer, Long> next,
      @Nullable Long newest,
      long accepted,
      String numbers,
      long messages,
      long late,
      @Nullable Map<Integer, Long> newestOf,
      @Nullable List<String> ids,
      @Nullable List<String> aside) {
    /** Of a stream that begins, after a position that has no messages. */
    public static Stream begun(long position) {
      return new Stream(position, Map.of(), null, 0, "", 0, 0, Map.of(), null, null);
    }

    /**
     * What a stream was like after its last batch, which a table's commits say.
     *
     * @param position of that batch; 0 where there was none
     * @throws MillraceException where there was one, and no commit says what it was like
     */
    public static Optional<Stream> last(String table, long position, TableHistory history) {
      Optional<Stream> last = history.stream(position);
      if (position > 0 && last.isEmpty()) {
        throw MillraceException.because(
            "Cannot go on with " + table,
            "its last batch was " + position + ", and the commit that says how far it read is gone",
            "Restore the table's log, or follow the stream into another workspace");
      }
      return last;
    }

    /** A batch that does not follow the last one of its table, which another run added. */
    public static MillraceException unlike(String table, long batch, long after, long last) {
      return MillraceException.because(
          "Cannot add batch " + batch + " to " + table,
          "another run added batch " + last + " after batch " + after,
          "Let one of them run");
    }

    /** Whether a batch of the same position has the same messages, as far as accounts tell. */
    public boolean isSame(Stream other) {
      return position == other.position
          && next.equals(other.next)
          && messages == other.messages
          && accepted == other.accepted
          && Objects.equals(newest, other.newest)
          && Objects.equals(ids, other.ids);
    }

    /** The same of a batch that sets those files aside. */
    public Stream withAside(List<String> files) {
      return new Stream(
          position,
          next,
          newest,
          accepted,
          numbers,
          messages,
          late,
          newestOf,
          ids,
          files.isEmpty() ? null : List.copyOf(files));
    }

    /** The same, without what is of the batch alone, of which there may be much. */
    public Stream withoutBatch() {
      return at(position);
    }

    /** The same at another position, as of a batch that has no messages. */
    public Stream at(long another) {
      return new Stream(
          another, next, newest, accepted, numbers, messages, late, newestOf, null, null);
    }

    /**
     * By partition the newest event's time, by which rows are late or too old: partitions that are
     * read at different speeds do not judge each other.
     */
    public Map<Integer, Long> newests() {
      Map<Integer, Long> known = new HashMap<>(newestOf == null ? Map.of() : newestOf);
      Long all = newest;
      if (newestOf == null && all != null) {
        next.keySet().forEach(partition -> known.put(partition, all));
      }
      return known;
    }
  }

  /** The version of each location that the rows are made of. */
  public Map<String, String> versions() {
    return read == null ? Map.of() : read;
  }

  /** What a run wrote of an interval, or of the whole where that is null. */
  public record Part(
      @Nullable String column,
      @Nullable String start,
      @Nullable String end,
      String plan,
      String data) {
    public static Part of(Optional<Interval> interval, PlanIdentity identity) {
      return new Part(
          interval.map(Interval::column).orElse(null),
          interval.map(i -> i.start().toString()).orElse(null),
          interval.map(i -> i.end().toString()).orElse(null),
          identity.plan(),
          identity.data());
    }

    public Optional<Interval> interval() {
      return column == null || start == null || end == null
          ? Optional.empty()
          : Optional.of(new Interval(column, Instant.parse(start), Instant.parse(end)));
    }

    public boolean touches(Optional<Interval> other) {
      Optional<Interval> ours = interval();
      return ours.isEmpty()
          || other.isEmpty()
          || !ours.get().column().equals(other.get().column())
          || ours.get().overlaps(other.get());
    }
  }

  /**
   * How what was written of just this interval stands to what a run of that identity would write.
   */
  public Standing standing(Optional<Interval> interval, PlanIdentity identity) {
    Optional<Part> written =
        parts.stream().filter(part -> part.interval().equals(interval)).findFirst();
    if (written.isEmpty() || !written.get().plan().equals(identity.plan())) {
      return Standing.DEFINITION_CHANGED;
    }
    return written.get().data().equals(identity.data()) ? Standing.CURRENT : Standing.DATA_CHANGED;
  }

  /** From the first of the intervals to the last; empty of the whole. */
  public Optional<Interval> covered() {
    return parts.stream()
        .map(Part::interval)
        .reduce(
            (one, other) ->
                one.isEmpty() || other.isEmpty()
                    ? Optional.empty()
                    : one.map(i -> i.and(other.get())))
        .orElse(Optional.empty());
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The account of that text; null where another wrote it. */
  public static @Nullable Account parse(String json) {
    try {
      return JSON.readValue(json, Account.class);
    } catch (JsonProcessingException foreign) {
      return null;
    }
  }
}
