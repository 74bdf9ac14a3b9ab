package dev.millrace.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * SHA-256 over an encoding that can be read one way only: a text is its UTF-8 length (4 bytes,
 * big-endian) and its bytes; a list is its size and its members; a map is its size and its entries
 * by key.
 */
final class ContentFingerprint {
  private final MessageDigest digest = Content.sha256();

  ContentFingerprint text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
    return this;
  }

  ContentFingerprint fields(List<SignatureField> fields) {
    return list(fields, field -> Stream.of(field.name(), field.type()));
  }

  ContentFingerprint map(Map<String, String> map) {
    return list(
        List.copyOf(new TreeMap<>(map).entrySet()),
        entry -> Stream.of(entry.getKey(), entry.getValue()));
  }

  /** A list of members, each of as many texts as the others. */
  <T> ContentFingerprint list(List<T> members, Function<T, Stream<String>> texts) {
    number(members.size());
    members.forEach(member -> texts.apply(member).forEach(this::text));
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private void number(int value) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(value).flip());
  }
}
