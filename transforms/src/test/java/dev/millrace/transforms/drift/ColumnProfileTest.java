package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ColumnProfileTest {

  @Test
  void countsEveryKindOfRow() {
    ColumnProfile profile =
        Columns.of(
            1.0,
            null,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            -2.0,
            null,
            Double.POSITIVE_INFINITY);
    assertThat(profile.counts()).isEqualTo(new ColumnCounts(2, 2, 1, 1, 2));
    assertThat(profile.counts().values()).isEqualTo(5);
    assertThat(profile.counts().rows()).isEqualTo(8);
    assertThat(profile.nullShare()).isEqualTo(3.0 / 8);
    assertThat(profile.quantile(0)).isEqualTo(-2);
    assertThat(profile.quantile(1)).isEqualTo(1);
  }

  @Test
  void encodesToTheseBytes() {
    assertThat(hex(new ColumnProfile())).isEqualTo("010000000000");
    assertThat(hex(Columns.of(null, 0.0, -0.0, 1.0)))
        .isEqualTo("010100000002" + "0000000000000000" + "3ff0000000000000" + "0001" + "fffe0700");
  }

  @Test
  void readsQuantilesWithinOnePercentOfSortedData() {
    Random random = new Random(7);
    double[] values = random.doubles(20_000).map(u -> 40 * Math.pow(u, 3) - 5).toArray();
    ColumnProfile profile = new ColumnProfile();
    Arrays.stream(values).forEach(profile::add);
    Arrays.sort(values);
    for (double q : new double[] {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1}) {
      double exact = values[(int) (q * (values.length - 1))];
      assertThat(Math.abs(profile.quantile(q) - exact)).isLessThan(0.01 * Math.abs(exact));
    }
  }

  @Test
  void readsWholeNumbersExactly() {
    ColumnProfile profile = Columns.run(256, 0);
    for (int i = 0; i < 256; i++) {
      assertThat(profile.quantile(i / 255.0)).isEqualTo(i + 1);
    }
    assertThat(Columns.of(-7.0, -7.0, -6.0, -5.0).quantile(0.4)).isEqualTo(-7);
  }

  @Test
  void staysSmall() {
    Random random = new Random(1);
    ColumnProfile profile = new ColumnProfile();
    random.doubles(100_000).forEach(u -> profile.add(Math.pow(10, 3 * u)));
    assertThat(profile.encode().length).isLessThan(4_000);
  }

  @Test
  void refusesAQuantileOfNothing() {
    assertThatThrownBy(() -> Columns.of(null, Double.NaN).quantile(0.5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Cannot take a quantile: the profile has no finite value among its 2 rows."
                + " Ask finite() first.");
    assertThatThrownBy(() -> Columns.of(1.0).quantile(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot take quantile NaN: it must be in [0, 1].");
  }

  @Test
  void refusesBytesThatItDidNotWrite() {
    byte[] good = Columns.of(1.0, 2.0, 3.0, null).encode();
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> ColumnProfile.decode(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Were they written by encode()?");
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThatThrownBy(() -> ColumnProfile.decode(longer))
        .hasMessageContaining("more follows where they should end");
    byte[] newer = good.clone();
    newer[0] = 2;
    assertThatThrownBy(() -> ColumnProfile.decode(newer))
        .hasMessageContaining("version 2 is not known, only 1");
  }

  @Test
  void refusesOrTakesBackDamagedBytesExactly() {
    byte[] good = Columns.of(-1.0, 0.0, 2.0, 2.0, 300.0, null).encode();
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = good.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      try {
        assertThat(ColumnProfile.decode(damaged).encode()).isEqualTo(damaged);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageContaining("Cannot decode a column profile");
      }
    }
  }

  private static String hex(ColumnProfile profile) {
    return HexFormat.of().formatHex(profile.encode());
  }
}
