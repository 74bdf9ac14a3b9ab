package dev.millrace.registry;

/**
 * What kept bytes must be when they are read.
 *
 * @param sha256 SHA-256 of the bytes, 64 lower-case hex digits
 * @param size how many bytes
 */
public record Digest(String sha256, long size) {
  @Override
  public String toString() {
    return "sha256 " + sha256 + " of " + size + " bytes";
  }
}
