package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredEntityTest {
  private static final long MINUTE = 60_000_000L;
  private static final TileLayout LAYOUT = new TileLayout(windows());

  private static List<WindowedAggregation> windows() {
    List<WindowedAggregation> windows = new ArrayList<>();
    for (Window window : List.of(Window.hours(1), Window.hours(24), Window.days(7))) {
      for (AggregateCall call :
          List.of(Aggregations.avg("x"), Aggregations.max("x"), Aggregations.count("x"))) {
        windows.add(
            new WindowedAggregation(
                call + " over " + window,
                call,
                Aggregations.bind(call, List.of(PrimitiveType.DOUBLE)),
                0,
                window));
      }
    }
    return windows;
  }

  /**
   * A stream in batches of any size, some of events that come late, beside all of its events at
   * once.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void changesOfTheBeginningAddUpToTheTilesOfAllEvents(long seed) {
    Random random = new Random(seed);
    TileSet all = LAYOUT.tiles();
    StoredEntity stored = read(StoredEntity.value(new Stamp(1, 0, 0, 0), LAYOUT.tiles().pack()));
    long time = 1_700_000_000_000_000L;
    long end = 0;
    int beginnings = 0;
    int wholes = 0;
    for (int batch = 1; batch <= 600; batch++) {
      TileSet fresh = LAYOUT.tiles();
      int size = random.nextInt(50) == 0 ? 200 : 1 + random.nextInt(4);
      for (int i = 0; i < size; i++) {
        time += (long) (random.nextDouble() * 8 * MINUTE);
        long at = random.nextInt(10) == 0 ? time - random.nextInt(3_000) * MINUTE : time;
        GenericInternalRow row = new GenericInternalRow(new Object[] {random.nextGaussian()});
        fresh.add(at, row);
        all.add(at, row);
        end = Math.max(end, at + 1);
      }
      Stamp stamp = new Stamp(1, batch, 0, end);
      byte[] value = stored.value();
      byte[] head = Arrays.copyOf(value, Math.min(value.length, StoredEntity.BEGINNING));
      Optional<byte[]> beginning = read(head).beginningWith(LAYOUT, fresh, stamp);
      if (beginning.isPresent()) {
        byte[] written = beginning.get();
        assertThat(written.length).isLessThanOrEqualTo(head.length);
        System.arraycopy(written, 0, value, 0, written.length);
        stored = read(value);
        beginnings++;
      } else {
        stored = read(StoredEntity.valueWithRoom(stamp, stored.with(LAYOUT, fresh, end)));
        wholes++;
      }
      assertThat(stored.stamp()).isEqualTo(stamp);
      assertThat(LAYOUT.present(end, stored.tiles(LAYOUT))).isEqualTo(LAYOUT.present(end, all));
    }
    TileSet wanted = LAYOUT.tiles();
    all.giveOut(end, wanted::put);
    assertThat(stored.merged(LAYOUT)).isEqualTo(wanted.pack());
    long later = end + random.nextInt(3_000) * MINUTE;
    assertThat(LAYOUT.present(later, stored.tiles(LAYOUT))).isEqualTo(LAYOUT.present(later, all));
    assertThat(beginnings).as("beside %s wholes", wholes).isGreaterThan(3 * wholes);
  }

  private static StoredEntity read(byte[] value) {
    return new StoredEntity(Stamp.decode(value).orElseThrow(), value);
  }
}
