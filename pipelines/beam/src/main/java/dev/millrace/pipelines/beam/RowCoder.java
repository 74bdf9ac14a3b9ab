package dev.millrace.pipelines.beam;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.util.VarInt;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Rows as Catalyst lays them out: how many values, how many bytes, the bytes. */
final class RowCoder extends CustomCoder<UnsafeRow> {
  private static final long serialVersionUID = 1L;
  private static final RowCoder ONE = new RowCoder();

  private RowCoder() {}

  static RowCoder of() {
    return ONE;
  }

  @Override
  public void encode(UnsafeRow row, OutputStream out) throws IOException {
    VarInt.encode(row.numFields(), out);
    VarInt.encode(row.getSizeInBytes(), out);
    row.writeToStream(new DataOutputStream(out), null);
  }

  @Override
  public UnsafeRow decode(InputStream in) throws IOException {
    UnsafeRow row = new UnsafeRow(VarInt.decodeInt(in));
    byte[] bytes = new byte[VarInt.decodeInt(in)];
    new DataInputStream(in).readFully(bytes);
    row.pointTo(bytes, bytes.length);
    return row;
  }

  /** Equal values of one schema are equal bytes. */
  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  private Object readResolve() {
    return ONE;
  }
}
