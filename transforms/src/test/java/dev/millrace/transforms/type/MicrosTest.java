package dev.millrace.transforms.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MicrosTest {
  @Test
  void aTimeIsTheMicrosecondThatItFallsInto() {
    assertThat(Micros.of(Instant.EPOCH)).isZero();
    assertThat(Micros.of(Instant.parse("1970-01-01T00:00:00.000001999Z"))).isEqualTo(1);
    assertThat(Micros.of(Instant.parse("1969-12-31T23:59:59.999999999Z"))).isEqualTo(-1);
    assertThat(Micros.of(Instant.parse("1900-01-01T00:00:00Z"))).isEqualTo(-2_208_988_800_000_000L);
  }

  @Test
  void everyMicrosecondComesBack() {
    for (long micros : new long[] {Long.MIN_VALUE / 2, -1, 0, 1, 999_999, Long.MAX_VALUE}) {
      assertThat(Micros.of(Micros.instant(micros))).isEqualTo(micros);
    }
  }

  @Test
  void refusesATimeThatDoesNotFit() {
    assertThatThrownBy(() -> Micros.of(Instant.MAX)).isInstanceOf(ArithmeticException.class);
  }
}
