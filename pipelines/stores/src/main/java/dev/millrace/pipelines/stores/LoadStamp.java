package dev.millrace.pipelines.stores;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.io.Serializable;

/**
 * What is kept with an entity of the load that wrote it.
 *
 * @param end the time, in microseconds, before which all events are in the tiles, and from which
 *     they can be read
 * @param load what was loaded; equal for loads of equal content
 */
public record LoadStamp(long end, String load) implements Serializable {
  byte[] encode() {
    ByteWriter out = new ByteWriter();
    out.writeSigned(end);
    out.writeText(load);
    return out.toBytes();
  }

  static LoadStamp decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    return new LoadStamp(in.readSigned(), in.readText());
  }
}
