package dev.millrace.pipelines.core;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * Features of events by key: their values at regular times, or the tiles that any time's values are
 * merged from.
 */
public record WindowAggregate(Events events, Emit emit) implements Node {
  @Override
  public Schema schema() {
    List<Column> columns = new ArrayList<>(keys());
    if (emit instanceof Emit.Tiles tiles) {
      columns.add(new Column("hop", PrimitiveType.LONG));
      columns.add(new Column("hop_start", PrimitiveType.TIMESTAMP));
      columns.add(new Column("tile", PrimitiveType.BYTES));
      if (tiles.isOpen()) {
        columns.add(new Column("end", PrimitiveType.TIMESTAMP));
      }
    } else {
      columns.add(new Column("time", PrimitiveType.TIMESTAMP));
      columns.addAll(events.values());
    }
    return new Schema(columns);
  }

  /**
   * Whether all rows make one: there is no key, one time, and no window has a start. Then there is
   * a row even where there are no events.
   */
  public boolean isWhole() {
    return events.keys().isEmpty()
        && emit instanceof Emit.Every every
        && every.isOnce()
        && events.features().stream().allMatch(feature -> feature.window().isLifetime());
  }

  /** The columns of an entity's keys, with their types. */
  public List<Column> keys() {
    return events.keys().stream().map(events.rows().schema()::column).toList();
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
