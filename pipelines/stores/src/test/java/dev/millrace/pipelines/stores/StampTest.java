package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StampTest {
  /** Of one log, oldest first: by position, then version, then end. */
  private static final List<Stamp> ORDER =
      List.of(
          new Stamp(7, 0, 0, -5),
          new Stamp(7, 0, 0, 9),
          new Stamp(7, 0, 1, 3),
          new Stamp(7, 1, 0, 2),
          new Stamp(7, 1, 0, 4),
          new Stamp(7, 2, 0, 1));

  @Test
  void ordersByPositionThenVersionThenEnd() {
    for (int i = 0; i < ORDER.size(); i++) {
      for (int j = 0; j < ORDER.size(); j++) {
        assertThat(ORDER.get(i).mayReplace(ORDER.get(j))).isEqualTo(i >= j);
        assertThat(ORDER.get(i).isForeignOrOlder(ORDER.get(j))).isEqualTo(i < j);
      }
    }
  }

  @Test
  void anotherLogHasNoOrder() {
    Stamp newest = new Stamp(7, 9, 9, 9);
    Stamp other = new Stamp(8, 0, 0, 0);
    assertThat(other.mayReplace(newest)).isTrue();
    assertThat(newest.mayReplace(other)).isTrue();
    assertThat(other.isForeignOrOlder(newest)).isTrue();
    assertThat(newest.isForeignOrOlder(other)).isTrue();
  }

  @Test
  void holdsBatchesOfItsLogUpToItsPosition() {
    Stamp stamp = new Stamp(7, 3, 0, 0);
    assertThat(stamp.holds(7, 3)).isTrue();
    assertThat(stamp.holds(7, 4)).isFalse();
    assertThat(stamp.holds(8, 1)).isFalse();
  }

  @Test
  void bytesAreReadBack() {
    Stamp stamp = new Stamp(Long.MIN_VALUE, 1L << 52, 12, -1);
    assertThat(Stamp.decode(StoredEntity.value(stamp, new byte[] {1, 2}))).contains(stamp);
    assertThat(Stamp.decode(new byte[Stamp.SIZE])).isEmpty();
    assertThat(Stamp.decode(new byte[] {2, 0})).isEmpty();
  }
}
