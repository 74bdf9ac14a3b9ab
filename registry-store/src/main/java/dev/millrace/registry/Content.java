package dev.millrace.registry;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Immutable bytes that are kept with a model version; equal where the bytes are. */
public final class Content {
  /** No bytes. */
  public static final Content EMPTY = new Content(new byte[0]);

  static final int CHUNK = 1 << 20;

  private final byte[] bytes;
  private final Digest digest;

  private Content(byte[] bytes) {
    this.bytes = bytes;
    this.digest = new Digest(HexFormat.of().formatHex(sha256().digest(bytes)), bytes.length);
  }

  /** A copy of {@code bytes}. */
  public static Content of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Content(bytes.clone());
  }

  /** SHA-256 and size. */
  public Digest digest() {
    return digest;
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Views of the bytes, {@link #CHUNK} each but the last; none of no bytes. */
  List<ByteBuffer> chunks() {
    List<ByteBuffer> chunks = new ArrayList<>();
    for (int start = 0; start < bytes.length; start += CHUNK) {
      chunks.add(ByteBuffer.wrap(bytes, start, Math.min(CHUNK, bytes.length - start)).slice());
    }
    return chunks;
  }

  static Content joined(List<ByteBuffer> chunks) {
    ByteBuffer all = ByteBuffer.allocate(chunks.stream().mapToInt(ByteBuffer::remaining).sum());
    chunks.forEach(chunk -> all.put(chunk.duplicate()));
    return new Content(all.array());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Content content && Arrays.equals(bytes, content.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return digest.toString();
  }
}
