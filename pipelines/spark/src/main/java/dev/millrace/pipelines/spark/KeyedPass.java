package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftleft;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.unix_micros;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Walks rows of keys, each key's in the order of time, and tells a {@link Steps} of each row and of
 * a key's beginning and end. A row given out may point into the row it came from, and holds until
 * the next one is asked for.
 *
 * <p>Rows are sorted by one number first, since Spark compares such without a look at the rows:
 *
 * <pre>
 *   order    hash of the keys, 32 bits | time in units of 2.1 s, 32 bits
 * </pre>
 *
 * Keys of one hash come mixed, each in its order; so all of them are open until the hash changes.
 */
final class KeyedPass implements Iterator<InternalRow> {
  /** What a pass does with one key after another; each step may give out rows. */
  interface Steps {
    /** A key begins. */
    void begin(UnsafeRow key);

    /** The next row of the key. */
    void row(InternalRow row, ArrayDeque<InternalRow> out);

    /** The key has no more rows. */
    void end(ArrayDeque<InternalRow> out);
  }

  private static final String ORDER = "__order";
  private static final int HASH_SHIFT = 32;

  /** Microseconds of centuries, in units of 2.1 s, take 32 bits. */
  private static final int UNIT_SHIFT = 21;

  private static final long LEAST = Integer.MIN_VALUE;
  private static final long MOST = Integer.MAX_VALUE;

  private final Iterator<InternalRow> rows;
  private final UnsafeProjection keyOf;
  private final Supplier<Steps> perKey;
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();

  /** The keys of the hash that the walk is at; nearly always one. */
  private final Map<UnsafeRow, Steps> open = new HashMap<>();

  private final ArrayDeque<Steps> idle = new ArrayDeque<>();
  private long hash;
  private UnsafeRow key = new UnsafeRow(0);
  private @Nullable Steps steps;
  private @Nullable InternalRow waiting;

  /**
   * A walk over rows that {@link #sorted} has sorted.
   *
   * @param perKey what is done with a key; some are made, and used for all
   */
  KeyedPass(Iterator<InternalRow> rows, DataType[] keyTypes, Supplier<Steps> perKey) {
    this.rows = rows;
    this.keyOf = UnsafeProjection.create(keyTypes);
    this.perKey = perKey;
  }

  /**
   * Brings the rows of a key together and in the order of time.
   *
   * @param time a timestamp; rows without come first
   * @param then what orders rows of one time
   */
  static Dataset<Row> sorted(Dataset<Row> rows, Column[] keys, String time, String then) {
    Column hashed = keys.length == 0 ? lit(0L) : hash(keys).cast("bigint");
    Column units = coalesce(shiftright(unix_micros(col(time)), UNIT_SHIFT), lit(LEAST));
    Column coarse = greatest(lit(LEAST), least(units, lit(MOST))).minus(lit(LEAST));
    Column order = shiftleft(hashed, HASH_SHIFT).plus(coarse);
    Dataset<Row> together = keys.length == 0 ? rows.coalesce(1) : rows.repartition(keys);
    return together
        .withColumn(ORDER, order)
        .sortWithinPartitions(
            Stream.of(Stream.of(col(ORDER)), Arrays.stream(keys), Stream.of(col(time), col(then)))
                .flatMap(part -> part)
                .toArray(Column[]::new));
  }

  @Override
  public boolean hasNext() {
    while (out.isEmpty() && (waiting != null || rows.hasNext())) {
      advance();
    }
    if (out.isEmpty()) {
      endAll();
    }
    return !out.isEmpty();
  }

  /**
   * Ends the keys of a hash before the row that begins the next, which is not looked at until what
   * they gave out was taken.
   */
  private void advance() {
    InternalRow row = waiting != null ? waiting : rows.next();
    waiting = null;
    long next = row.getLong(row.numFields() - 1) >> HASH_SHIFT;
    if (next != hash) {
      endAll();
      hash = next;
      if (!out.isEmpty()) {
        waiting = row;
        return;
      }
    }
    stepsOf(keyOf.apply(row)).row(row, out);
  }

  private Steps stepsOf(UnsafeRow ofRow) {
    if (steps != null && key.equals(ofRow)) {
      return steps;
    }
    Steps found = open.get(ofRow);
    if (found == null) {
      found = idle.isEmpty() ? perKey.get() : idle.pop();
      UnsafeRow begun = ofRow.copy();
      open.put(begun, found);
      found.begin(begun);
    }
    key = ofRow.copy();
    steps = found;
    return found;
  }

  private void endAll() {
    for (Steps each : open.values()) {
      each.end(out);
      idle.push(each);
    }
    open.clear();
    steps = null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return out.removeFirst();
  }
}
