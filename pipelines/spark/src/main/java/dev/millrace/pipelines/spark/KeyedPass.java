package dev.millrace.pipelines.spark;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Walks rows sorted by key and time, and tells a {@link Steps} of each row and of each change of
 * key. A row given out may point into the row it came from, and holds until the next one is asked
 * for.
 */
final class KeyedPass implements Iterator<InternalRow> {
  /** What a pass does; each step may give out rows. */
  interface Steps {
    /** A new key begins. */
    void begin(UnsafeRow key);

    /** The next row of the key. */
    void row(InternalRow row, ArrayDeque<InternalRow> out);

    /** The key has no more rows. */
    void end(ArrayDeque<InternalRow> out);
  }

  private final Iterator<InternalRow> rows;
  private final UnsafeProjection keyOf;
  private final Steps steps;
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();
  private @Nullable UnsafeRow key;
  private @Nullable InternalRow waiting;

  KeyedPass(Iterator<InternalRow> rows, DataType[] keyTypes, Steps steps) {
    this.rows = rows;
    this.keyOf = UnsafeProjection.create(keyTypes);
    this.steps = steps;
  }

  @Override
  public boolean hasNext() {
    while (out.isEmpty() && (waiting != null || rows.hasNext())) {
      advance();
    }
    if (out.isEmpty() && key != null) {
      steps.end(out);
      key = null;
    }
    return !out.isEmpty();
  }

  /**
   * Ends the key before the row that begins the next, so that rows of both are never out at once.
   */
  private void advance() {
    InternalRow row = waiting != null ? waiting : rows.next();
    waiting = null;
    UnsafeRow next = keyOf.apply(row);
    if (key != null && !key.equals(next)) {
      steps.end(out);
      key = null;
      if (!out.isEmpty()) {
        waiting = row;
        return;
      }
    }
    if (key == null) {
      key = next.copy();
      steps.begin(key);
    }
    steps.row(row, out);
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return out.removeFirst();
  }
}
