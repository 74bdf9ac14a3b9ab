package dev.millrace.benchmarks.online;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.countIf;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.aggregation.Aggregations.min;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;

import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/**
 * Three views of 17 values each, of an entity each, over payments every few minutes for a week and
 * a day: 51 values of 1 h, 24 h and 7 d.
 */
final class StoredEntities {
  static final Instant END = Instant.parse("2024-03-08T13:37:00Z");
  static final int ENTITIES = 200;

  private static final long MINUTE = 60_000_000L;
  private static final Duration TTL = Duration.ofDays(8);
  private static final Window[] WINDOWS = {hours(1), hours(24), days(7)};
  private static final Source PAYMENTS =
      Source.parquet("payments", "payments")
          .column("customer", LONG)
          .column("merchant", LONG)
          .column("card", LONG)
          .column("paid_at", TIMESTAMP)
          .column("amount", DOUBLE)
          .eventTime("paid_at")
          .build();

  private StoredEntities() {}

  static List<FeatureView> views() {
    return List.of("customer", "merchant", "card").stream().map(StoredEntities::view).toList();
  }

  private static FeatureView view(String key) {
    return FeatureView.named("payments_of_" + key)
        .entity(Entity.named(key).key(key, LONG))
        .from(PAYMENTS)
        .online(TTL)
        .feature("total", sum("amount"), WINDOWS)
        .feature("mean", avg("amount"), WINDOWS)
        .feature("most", max("amount"), WINDOWS)
        .feature("least", min("amount"), WINDOWS)
        .feature("payments", count("amount"), WINDOWS)
        .feature("large", countIf("amount > 100"), hours(24), days(7))
        .build();
  }

  /** The request for an entity of each view. */
  static Map<String, Long> request(long number) {
    long entity = number % ENTITIES;
    return Map.of("customer", entity, "merchant", entity, "card", entity);
  }

  /** The keys in Redis that the request of each entity reads. */
  static List<List<byte[]>> keys(List<FeatureView> views) {
    List<List<byte[]>> all = new ArrayList<>();
    for (long entity = 0; entity < ENTITIES; entity++) {
      all.add(new ArrayList<>());
    }
    for (FeatureView view : views) {
      for (long entity = 0; entity < ENTITIES; entity++) {
        byte[] name = EntityKey.encode(view.entity().keys(), List.of(entity));
        all.get((int) entity).add(OnlineStore.key(view.space(), name));
      }
    }
    return all;
  }

  /** Loads all; returns how many bytes a request's tiles take on average. */
  static long load(OnlineStore store, List<FeatureView> views) {
    Random random = new Random(7);
    long end = Micros.of(END);
    long bytes = 0;
    for (FeatureView view : views) {
      TileLayout layout = new TileLayout(view.events(new Workspace("workspace")).bind(0));
      for (long entity = 0; entity < ENTITIES; entity++) {
        TileSet tiles = layout.tiles();
        long time = end - Duration.ofDays(8).toMinutes() * MINUTE;
        while (true) {
          time += (long) (random.nextDouble() * 10 * MINUTE) + 1;
          if (time >= end) {
            break;
          }
          double amount = Math.round(Math.exp(random.nextGaussian() + 3) * 100) / 100.0;
          // The inputs of the calls: the amount, and whether it is large.
          tiles.add(time, new GenericInternalRow(new Object[] {amount, amount > 100}));
        }
        byte[] packed = layout.none().with(tiles, end);
        bytes += packed.length;
        store.load(
            view.space(),
            EntityKey.encode(view.entity().keys(), List.of(entity)),
            new Stamp(1, 0, 1, end),
            packed,
            TTL);
      }
    }
    store.flush();
    return bytes / ENTITIES;
  }
}
