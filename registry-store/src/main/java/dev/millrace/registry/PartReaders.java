package dev.millrace.registry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.parquet.ParquetValueReaders;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.types.Types;

/**
 * Reads parts of artifacts as Iceberg's readers do, but for the bytes: those are where Parquet read
 * them, and not copied once more.
 */
final class PartReaders {
  private PartReaders() {}

  /** For required columns of numbers, texts and bytes. */
  static ParquetValueReader<Record> of(Schema columns, MessageType file) {
    List<ParquetValueReader<?>> readers = new ArrayList<>();
    for (Types.NestedField column : columns.columns()) {
      ColumnDescriptor in = file.getColumnDescription(new String[] {column.name()});
      readers.add(
          switch (column.type().typeId()) {
            case INTEGER -> ParquetValueReaders.unboxed(in);
            case STRING -> ParquetValueReaders.strings(in);
            case BINARY -> new InPlace(in);
            default -> throw new IllegalArgumentException("no part has a " + column.type());
          });
    }
    return ParquetValueReaders.recordReader(readers, columns.asStruct());
  }

  private static final class InPlace extends ParquetValueReaders.PrimitiveReader<ByteBuffer> {
    private InPlace(ColumnDescriptor column) {
      super(column);
    }

    @Override
    public ByteBuffer read(ByteBuffer reused) {
      return column.nextBinary().toByteBuffer();
    }
  }
}
