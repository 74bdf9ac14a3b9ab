package dev.millrace.transforms.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteWriterTest {
  @Property
  void readsBackWhatWasWritten(
      @ForAll long number,
      @ForAll boolean truth,
      @ForAll byte[] bytes,
      @ForAll BigInteger whole,
      @ForAll @IntRange(min = 1, max = 8) int tail) {
    ByteWriter out = new ByteWriter();
    out.writeSigned(number);
    out.writeUnsigned(number);
    out.writeLong(number);
    out.writeTail(number, tail);
    out.writeByte(truth ? 1 : 0);
    out.writeBytes(bytes);
    out.writeWhole(whole);
    out.writeRaw(bytes, 0, bytes.length);
    ByteReader in = new ByteReader(out.toBytes());
    assertThat(in.readSigned()).isEqualTo(number);
    assertThat(in.readUnsigned()).isEqualTo(number);
    assertThat(in.readLong()).isEqualTo(number);
    assertThat(in.readTail(tail)).isEqualTo(tail == 8 ? number : number & ((1L << (8 * tail)) - 1));
    assertThat(in.readTruth()).isEqualTo(truth);
    assertThat(in.readBytes()).isEqualTo(bytes);
    assertThat(in.readWhole()).isEqualTo(whole);
    for (byte next : bytes) {
      assertThat((byte) in.readByte()).isEqualTo(next);
    }
    assertThat(in.atEnd()).isTrue();
    in.finish();
  }

  @Property
  void refusesEveryProperBeginning(@ForAll long number, @ForAll BigInteger whole) {
    byte[] bytes =
        written(
            out -> {
              out.writeSigned(number);
              out.writeText("日本");
              out.writeWhole(whole);
              out.writeLong(number);
            });
    for (int length = 0; length < bytes.length; length++) {
      ByteReader in = new ByteReader(Arrays.copyOf(bytes, length));
      assertThatThrownBy(
              () -> {
                in.readSigned();
                in.readText();
                in.readWhole();
                in.readLong();
              })
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("they end too early");
    }
  }

  @Property
  void takesAnyBytesAsANumberInItsOneFormOrNotAtAll(@ForAll byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long number;
    try {
      number = in.readUnsigned();
    } catch (IllegalArgumentException refused) {
      return;
    }
    byte[] again = written(out -> out.writeUnsigned(number));
    assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
  }

  @Property
  void countsAreReadTogetherAsOneByOne(
      @ForAll long @Size(max = 40) [] numbers, @ForAll @IntRange(max = 3) int from) {
    long[] counts = new long[numbers.length];
    // Mostly small ones, as there are.
    Arrays.setAll(counts, i -> i % 3 == 0 ? numbers[i] & Long.MAX_VALUE : numbers[i] & 0x7F);
    byte[] bytes =
        written(out -> Arrays.stream(counts).skip(from).forEach(count -> out.writeUnsigned(count)));
    ByteReader in = new ByteReader(bytes);
    long[] read = Arrays.copyOf(counts, Math.min(from, counts.length));
    read = Arrays.copyOf(read, counts.length);
    in.readCounts(read, from);
    in.finish();
    assertThat(read).isEqualTo(counts);
    if (bytes.length > 0) {
      ByteReader cut = new ByteReader(Arrays.copyOf(bytes, bytes.length - 1));
      assertThatThrownBy(() -> cut.readCounts(counts, from))
          .hasMessageContaining("they end too early");
    }
  }

  @Example
  void sizesAreReadTogetherAndHeldAgainstWhatFollows() {
    ByteWriter out = new ByteWriter();
    int[] sizes = {3, 200, 0};
    Arrays.stream(sizes).forEach(out::writeUnsigned);
    out.writeRaw(new byte[203], 0, 203);
    int[] read = new int[3];
    new ByteReader(out.toBytes()).readSizes(read);
    assertThat(read).isEqualTo(sizes);
    byte[] cut = Arrays.copyOf(out.toBytes(), 100);
    assertThatThrownBy(() -> new ByteReader(cut).readSizes(read))
        .hasMessageContaining("they end too early");
  }

  @Example
  void writesTheseBytes() {
    assertThat(hex(out -> out.writeUnsigned(0))).isEqualTo("00");
    assertThat(hex(out -> out.writeUnsigned(300))).isEqualTo("ac02");
    assertThat(hex(out -> out.writeUnsigned(-1))).isEqualTo("ffffffffffffffffff01");
    assertThat(hex(out -> out.writeSigned(-1))).isEqualTo("01");
    assertThat(hex(out -> out.writeSigned(Long.MIN_VALUE))).isEqualTo("ffffffffffffffffff01");
    assertThat(hex(out -> out.writeLong(1))).isEqualTo("0000000000000001");
    assertThat(hex(out -> out.writeTail(0x123456, 2))).isEqualTo("3456");
    assertThat(hex(out -> out.writeText("é"))).isEqualTo("02c3a9");
    assertThat(hex(out -> out.writeText("\uD83D\uDE00"))).isEqualTo("04f09f9880");
    assertThat(hex(out -> out.writeText(""))).isEqualTo("00");
    assertThat(hex(out -> out.writeWhole(BigInteger.valueOf(-128)))).isEqualTo("0180");
    assertThat(hex(out -> out.writeRaw(new byte[] {1, 2, 3}, 1, 2))).isEqualTo("0203");
  }

  @Example
  void growsPastItsFirstSize() {
    byte[] large = new byte[100_000];
    Arrays.fill(large, (byte) 7);
    byte[] bytes = written(out -> out.writeBytes(large));
    assertThat(new ByteReader(bytes).readBytes()).isEqualTo(large);
  }

  @Example
  void namesWhatCouldNotBeRead() {
    assertThatThrownBy(() -> new ByteReader(new byte[] {5, 1}, "tile").readBytes())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot decode a tile from 2 bytes: they end too early (at byte 1). "
                + "Were they written by encode()?");
    assertThatThrownBy(() -> new ByteReader(new byte[3]).finish())
        .hasMessage(
            "Cannot decode a value from 3 bytes: more follows where they should end (at byte 0). "
                + "Were they written by encode()?");
  }

  @ParameterizedTest
  @CsvSource({
    "UNSIGNED, 8000, a number takes more bytes than it needs",
    "UNSIGNED, ffffffffffffffffff02, a number is too large",
    "UNSIGNED, ffffffffffffffffffff01, a number is too large",
    "COUNT, ffffffffffffffffff01, a count is too large",
    "BYTES, ffffffff0f, they end too early",
    "TRUTH, 02, a truth is 2",
    "TEXT, 01ff, a text is not valid UTF-8",
    "TEXT, 03eda080, a text is not valid UTF-8",
    "WHOLE, 00, a whole number does not take the bytes it needs",
    "WHOLE, 020001, a whole number does not take the bytes it needs",
    "WHOLE, 02ffff, a whole number does not take the bytes it needs",
  })
  void refusesWhatItNeverWrites(Form form, String hex, String reason) {
    ByteReader in = new ByteReader(HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> form.read.accept(in))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  enum Form {
    UNSIGNED(ByteReader::readUnsigned),
    COUNT(ByteReader::readCount),
    BYTES(ByteReader::readBytes),
    TRUTH(ByteReader::readTruth),
    TEXT(ByteReader::readText),
    WHOLE(ByteReader::readWhole);

    @SuppressWarnings("ImmutableEnumChecker")
    private final Consumer<ByteReader> read;

    Form(Consumer<ByteReader> read) {
      this.read = read;
    }
  }

  private static byte[] written(Consumer<ByteWriter> write) {
    ByteWriter out = new ByteWriter();
    write.accept(out);
    return out.toBytes();
  }

  private static String hex(Consumer<ByteWriter> write) {
    return HexFormat.of().formatHex(written(write));
  }
}
