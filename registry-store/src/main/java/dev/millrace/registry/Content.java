package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Immutable bytes that are kept with a model version: in memory, or in a file that is streamed.
 * Equal where the bytes are, by their digest.
 */
public final class Content {
  /** No bytes. */
  public static final Content EMPTY = of(new byte[0]);

  /** Opens the bytes from the start. */
  private interface Source {
    InputStream open() throws IOException;
  }

  private final Source source;
  private final Digest digest;

  private Content(Source source, Digest digest) {
    this.source = source;
    this.digest = digest;
  }

  /** A copy of {@code bytes}. */
  public static Content of(byte[] bytes) {
    byte[] own = bytes.clone();
    String sha256 = HexFormat.of().formatHex(sha256().digest(own));
    return new Content(() -> new ByteArrayInputStream(own), new Digest(sha256, own.length));
  }

  /**
   * The bytes of a file, of any size. It is read once now, for its digest, and again when the
   * content is registered; it must not change in between, which is found out.
   *
   * @throws RegistryException if the file cannot be read
   */
  public static Content of(Path file) {
    MessageDigest sha256 = sha256();
    long size = 0;
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
      byte[] part = new byte[1 << 16];
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        size += read;
      }
    } catch (IOException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot read '" + file + "'",
              Files.exists(file) ? String.valueOf(failure.getMessage()) : "there is no such file",
              "Name a file that this user may read."),
          failure);
    }
    return new Content(
        () -> Files.newInputStream(file),
        new Digest(HexFormat.of().formatHex(sha256.digest()), size));
  }

  /** SHA-256 and size. */
  public Digest digest() {
    return digest;
  }

  /** The bytes from the start; the caller closes the stream. */
  public InputStream open() throws IOException {
    return source.open();
  }

  boolean isEmpty() {
    return digest.size() == 0;
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
    return other instanceof Content content && digest.equals(content.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return digest.toString();
  }
}
