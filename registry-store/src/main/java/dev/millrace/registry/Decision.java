package dev.millrace.registry;

import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/**
 * What follows from one state of a table: an answer, and the row that makes it true.
 *
 * @param answer what the caller gets once the row is committed
 * @param row the row to add; null if the table holds the answer already
 */
record Decision<T>(T answer, @Nullable Record row) {}
