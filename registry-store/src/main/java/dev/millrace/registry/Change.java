package dev.millrace.registry;

import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.data.Record;

/** What a caller wants of a table, as a function of its state. */
interface Change<S extends TableState, T> {
  /**
   * Decides on the state as it is; asked again if another process was first.
   *
   * @throws RegistryException if the state does not allow it
   */
  Decision<T> decide(S state);

  /**
   * What follows from one state of a table.
   *
   * @param answer what the caller gets once the rows are committed
   * @param rows the rows to add; none if the table holds the answer already
   * @param files files of rows that lie there already, to be added too
   */
  record Decision<T>(T answer, List<Record> rows, List<DataFile> files) {
    static <T> Decision<T> known(T answer) {
      return new Decision<>(answer, List.of(), List.of());
    }

    static <T> Decision<T> add(T answer, Record row) {
      return new Decision<>(answer, List.of(row), List.of());
    }
  }
}
