package dev.millrace.pipelines.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class KeyNumbersTest {
  private static final UnsafeProjection KEY =
      UnsafeProjection.create(new DataType[] {DataTypes.StringType, DataTypes.StringType});

  private static UnsafeRow key(String one, String other) {
    return KEY.apply(
        new GenericInternalRow(
            new Object[] {UTF8String.fromString(one), UTF8String.fromString(other)}));
  }

  @Test
  void numbersAreThoseOfAMap() {
    Random random = new Random(5);
    KeyNumbers numbers = new KeyNumbers();
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      String one = "k".repeat(random.nextInt(20)) + random.nextInt(200);
      String other = Integer.toString(random.nextInt(100));
      UnsafeRow key = key(one, other);
      String name = one + "/" + other;
      assertThat(numbers.find(key)).isEqualTo(known.getOrDefault(name, -1));
      if (random.nextInt(3) == 0) {
        known.putIfAbsent(name, known.size());
        assertThat(numbers.number(key)).isEqualTo(known.get(name));
      }
    }
    assertThat(numbers.size()).isEqualTo(known.size()).isGreaterThan(10_000);
  }

  @Test
  void keysThatCollideWhenJoinedAreTwo() {
    KeyNumbers numbers = new KeyNumbers();
    assertThat(numbers.number(key("1", "23"))).isZero();
    assertThat(numbers.number(key("12", "3"))).isOne();
    assertThat(numbers.number(key("1", "23"))).isZero();
    assertThat(numbers.find(key("", "123"))).isNegative();
  }
}
