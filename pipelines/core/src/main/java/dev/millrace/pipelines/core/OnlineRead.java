package dev.millrace.pipelines.core;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All that the online store holds of a space, as a reader would give it at a time. A row an entity:
 *
 * <pre>
 *   __entity   its bytes, as {@link dev.millrace.transforms.type.EntityKey} writes them
 *   __end      the time before which all its events are
 *   __empty    whether no window has an event at the time
 *   values     one for each window; all null where {@code __end} is after the time
 * </pre>
 *
 * @param windows what the space's tiles are of
 * @param time when the values are of
 */
public record OnlineRead(
    Sink.OnlineAddress address, String space, List<WindowedAggregation> windows, Instant time)
    implements Serializable {
  /** The columns before the values. */
  public static final int BEFORE_VALUES = 3;

  public OnlineRead {
    windows = List.copyOf(windows);
  }

  /** The columns of its rows. */
  public Schema schema() {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                new Column("__entity", PrimitiveType.BYTES),
                new Column("__end", PrimitiveType.TIMESTAMP),
                new Column("__empty", PrimitiveType.BOOLEAN)));
    for (WindowedAggregation each : windows) {
      columns.add(new Column(each.feature(), each.aggregation().resultType()));
    }
    return new Schema(columns);
  }
}
