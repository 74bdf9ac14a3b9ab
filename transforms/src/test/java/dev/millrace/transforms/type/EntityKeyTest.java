package dev.millrace.transforms.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class EntityKeyTest {
  @Example
  void keysThatConcatenateAlikeStayApart() {
    assertThat(text("1", "23")).isNotEqualTo(text("12", "3"));
    assertThat(text("", "a")).isNotEqualTo(text("a", ""));
    assertThat(text("a")).isNotEqualTo(text("a", ""));
  }

  @Example
  void typesStayApart() {
    byte[] number = key(PrimitiveType.LONG, 1L);
    assertThat(number).isNotEqualTo(key(PrimitiveType.STRING, "1"));
    assertThat(number).isNotEqualTo(key(PrimitiveType.INT, 1));
    assertThat(number).isNotEqualTo(key(PrimitiveType.DATE, 1));
    assertThat(number).isNotEqualTo(key(PrimitiveType.BOOLEAN, true));
  }

  @Property
  void equalKeysAndNoOthersHaveEqualBytes(
      @ForAll String a, @ForAll String b, @ForAll String c, @ForAll String d) {
    boolean equal = utf8(a).equals(utf8(c)) && utf8(b).equals(utf8(d));
    assertThat(Arrays.equals(text(a, b), text(c, d))).isEqualTo(equal);
    assertThat(text(a, b)).isEqualTo(text(a, b));
  }

  @Property
  void numbersHaveOneFormEach(@ForAll long a, @ForAll long b) {
    assertThat(Arrays.equals(key(PrimitiveType.LONG, a), key(PrimitiveType.LONG, b)))
        .isEqualTo(a == b);
  }

  @Example
  void encodesToTheseBytes() {
    assertThat(hex(key(PrimitiveType.STRING, ""))).isEqualTo("0600");
    assertThat(hex(key(PrimitiveType.STRING, "日"))).isEqualTo("0603e697a5");
    assertThat(hex(key(PrimitiveType.STRING, "\uD83D\uDE00"))).isEqualTo("0604f09f9880");
    assertThat(hex(key(PrimitiveType.BOOLEAN, true))).isEqualTo("0101");
    assertThat(hex(key(PrimitiveType.BOOLEAN, false))).isEqualTo("0100");
    assertThat(hex(key(PrimitiveType.INT, -1))).isEqualTo("0201");
    assertThat(hex(key(PrimitiveType.LONG, Long.MIN_VALUE))).isEqualTo("03ffffffffffffffffff01");
    assertThat(hex(key(PrimitiveType.DATE, 1))).isEqualTo("0802");
  }

  @Example
  void aVeryLongKeyIsTakenWhole() {
    String key = "k".repeat(1_000_000);
    assertThat(key(PrimitiveType.STRING, key)).hasSize(1_000_004);
    assertThat(key(PrimitiveType.STRING, key)).isNotEqualTo(key(PrimitiveType.STRING, key + "k"));
  }

  @Example
  void unicodeIsNotNormalised() {
    assertThat(text("é")).isNotEqualTo(text("e\u0301"));
  }

  @Example
  void aValueMayComeInAnyJavaTypeThatHoldsItOrAsItsText() {
    assertThat(key(PrimitiveType.LONG, 7)).isEqualTo(key(PrimitiveType.LONG, 7L));
    assertThat(key(PrimitiveType.LONG, "7")).isEqualTo(key(PrimitiveType.LONG, 7L));
    assertThat(key(PrimitiveType.INT, (short) 7)).isEqualTo(key(PrimitiveType.INT, 7L));
    assertThat(key(PrimitiveType.STRING, 12)).isEqualTo(text("12"));
    assertThat(key(PrimitiveType.BOOLEAN, "true")).isEqualTo(key(PrimitiveType.BOOLEAN, true));
    assertThat(key(PrimitiveType.DATE, LocalDate.parse("1970-01-02")))
        .isEqualTo(key(PrimitiveType.DATE, 1L));
    assertThat(key(PrimitiveType.DATE, "1970-01-02")).isEqualTo(key(PrimitiveType.DATE, 1));
  }

  @Example
  void refusesAValueOfAnotherType() {
    refuses(
        PrimitiveType.LONG, "SFO", "'SFO' is no value for key k bigint. Give one of that type.");
    refuses(PrimitiveType.LONG, 1.5, "'1.5' is no value for key k bigint. Give one of that type.");
    refuses(PrimitiveType.BOOLEAN, 1, "'1' is no value for key k boolean. Give one of that type.");
    refuses(
        PrimitiveType.INT,
        1L << 32,
        "'4294967296' is no value for key k int. Give one of that type.");
    refuses(PrimitiveType.DATE, 1.5, "'1.5' is no value for key k date. Give one of that type.");
    refuses(
        PrimitiveType.DATE,
        "2024-02-30",
        "'2024-02-30' is no value for key k date. Give one of that type.");
  }

  @Example
  void refusesATypeThatCannotNameAnEntity() {
    refuses(
        PrimitiveType.DOUBLE,
        1.0,
        "key k double cannot name an entity: use text, a whole number, a date or a boolean");
    assertThat(EntityKey.isKeyType(new ArrayType(PrimitiveType.STRING))).isFalse();
    assertThat(EntityKey.isKeyType(new DecimalType(10, 0))).isFalse();
    assertThat(EntityKey.isKeyType(PrimitiveType.TIMESTAMP)).isFalse();
  }

  @Example
  void refusesAnotherNumberOfValues() {
    List<Column> columns = List.of(new Column("k", PrimitiveType.STRING));
    assertThatThrownBy(() -> EntityKey.encode(columns, List.of("a", "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an entity key of [k string] is not named by 2 values");
  }

  private static void refuses(DataType type, Object value, String message) {
    assertThatThrownBy(() -> key(type, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static byte[] key(DataType type, Object value) {
    return EntityKey.encode(List.of(new Column("k", type)), List.of(value));
  }

  private static byte[] text(String... values) {
    List<Column> columns =
        Arrays.stream(values).map(value -> new Column("k", PrimitiveType.STRING)).toList();
    return EntityKey.encode(columns, List.of(values));
  }

  private static String utf8(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
