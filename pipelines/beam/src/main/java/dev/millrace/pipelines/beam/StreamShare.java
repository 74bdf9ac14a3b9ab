package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.BatchTiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.jspecify.annotations.Nullable;

/**
 * The share of a batch's tiles that one worker puts online.
 *
 * @param position of the batch
 * @param end the microsecond after the newest event of all batches
 */
record StreamShare(long position, long end, List<BatchTiles.Part> parts) {
  StreamShare {
    parts = List.copyOf(parts);
  }

  static final class ShareCoder extends CustomCoder<StreamShare> {
    private static final long serialVersionUID = 1L;
    private static final VarLongCoder LONG = VarLongCoder.of();

    @Override
    public void encode(StreamShare share, OutputStream out) throws IOException {
      LONG.encode(share.position(), out);
      LONG.encode(share.end(), out);
      VarIntCoder.of().encode(share.parts().size(), out);
      for (BatchTiles.Part part : share.parts()) {
        StringUtf8Coder.of().encode(part.entity(), out);
        ByteArrayCoder.of().encode(part.tiles(), out);
        LONG.encode(part.end(), out);
      }
    }

    @Override
    public StreamShare decode(InputStream in) throws IOException {
      long position = LONG.decode(in);
      long end = LONG.decode(in);
      int size = VarIntCoder.of().decode(in);
      List<BatchTiles.Part> parts = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        parts.add(
            new BatchTiles.Part(
                StringUtf8Coder.of().decode(in), ByteArrayCoder.of().decode(in), LONG.decode(in)));
      }
      return new StreamShare(position, end, parts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ShareCoder;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }
}
