package dev.millrace.registry;

import java.util.List;
import org.apache.iceberg.data.Record;

/**
 * What a table's rows come to, in memory, for changes to be decided on. It is brought up to a
 * snapshot row by row; {@link #remove} takes back the row that was added last.
 */
interface TableState {
  /** A state of which nothing needs to be known to add to it. */
  TableState NONE =
      new TableState() {
        @Override
        public List<String> columns() {
          return List.of();
        }

        @Override
        public void add(Record row) {}

        @Override
        public void remove(Record row) {}

        @Override
        public void clear() {}
      };

  /** The columns that it needs of a row; none if it needs no rows. */
  List<String> columns();

  void add(Record row);

  void remove(Record row);

  void clear();
}
