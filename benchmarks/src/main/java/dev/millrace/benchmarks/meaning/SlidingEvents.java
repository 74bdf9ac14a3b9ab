package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.window.Window;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Twenty keys' events in time order, as a pass meets them; a value is asked for every tenth. */
final class SlidingEvents {
  static final int KEYS = 20;
  static final int EVENTS_A_KEY = 10_000;
  static final int EVENTS_A_REQUEST = 10;

  static final List<Window> WINDOWS =
      List.of(Window.hours(1), Window.hours(24), Window.days(7), Window.days(30));

  private SlidingEvents() {}

  /** For each key, rows of time (0) and value (1); keys have an event a few seconds to an hour. */
  static InternalRow[][] draw(DataType type) {
    Random random = new Random(7);
    UnsafeProjection unsafe = UnsafeProjection.create(new DataType[] {DataTypes.LongType, type});
    InternalRow[][] keys = new InternalRow[KEYS][EVENTS_A_KEY];
    for (int key = 0; key < KEYS; key++) {
      double step = 5e6 * Math.pow(720, (double) key / KEYS);
      long time = 1_700_000_000_000_000L;
      for (int i = 0; i < EVENTS_A_KEY; i++) {
        time += (long) (-Math.log(1 - random.nextDouble()) * step);
        Object value =
            type == DataTypes.LongType
                ? (Object) (long) random.nextInt(100_000)
                : (Object) (random.nextInt(100_000) / 100.0);
        keys[key][i] = unsafe.apply(new GenericInternalRow(new Object[] {time, value})).copy();
      }
    }
    return keys;
  }
}
