package dev.millrace.pipelines.runs;

import java.io.Serializable;
import java.util.Comparator;

/**
 * Where a message is in its stream: at an offset of a partition, or under an id.
 *
 * @param partition 0 in a stream that has none
 * @param offset -1 in a stream that has none
 * @param id names the message where it has no offset; empty where it has one, or where the stream
 *     is of files
 */
public record Place(int partition, long offset, String id)
    implements Serializable, Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::partition)
          .thenComparingLong(Place::offset)
          .thenComparing(Place::id);

  /** At an offset. */
  public static Place at(int partition, long offset) {
    return new Place(partition, offset, "");
  }

  public boolean hasOffset() {
    return offset >= 0;
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
