package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.Place;
import dev.millrace.pipelines.runs.StreamRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Rows of a stream that are judged so far. */
final class StreamRowCoder extends CustomCoder<StreamRow> {
  private static final long serialVersionUID = 1L;
  private static final RowCoder ROW = RowCoder.of();
  private static final Coder<@Nullable UnsafeRow> MAYBE = NullableCoder.of(ROW);
  private static final Coder<byte[]> BYTES = ByteArrayCoder.of();
  private static final Coder<List<String>> TEXTS = ListCoder.of(StringUtf8Coder.of());
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final VarLongCoder LONG = VarLongCoder.of();

  @Override
  public void encode(StreamRow row, OutputStream out) throws IOException {
    ROW.encode(row.judged, out);
    MAYBE.encode(row.kept, out);
    BYTES.encode(row.breaches.toByteArray(), out);
    TEXTS.encode(row.reasons, out);
    INT.encode(row.place.partition(), out);
    LONG.encode(row.place.offset(), out);
    StringUtf8Coder.of().encode(row.place.id(), out);
    LONG.encode(row.time, out);
  }

  @Override
  public StreamRow decode(InputStream in) throws IOException {
    return new StreamRow(
        ROW.decode(in),
        MAYBE.decode(in),
        BitSet.valueOf(BYTES.decode(in)),
        new ArrayList<>(TEXTS.decode(in)),
        new Place(INT.decode(in), LONG.decode(in), StringUtf8Coder.of().decode(in)),
        LONG.decode(in));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StreamRowCoder;
  }

  @Override
  public int hashCode() {
    return 1;
  }
}
