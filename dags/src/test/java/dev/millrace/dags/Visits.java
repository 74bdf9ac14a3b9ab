package dev.millrace.dags;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;

import dev.millrace.features.AuditJob;
import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Schedule;
import dev.millrace.features.Source;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.registry.Gate;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.Period;
import dev.millrace.training.Trainers;
import dev.millrace.training.TrainingSet;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Made-up visits to shops, some of which attract big spenders, and a project over them. */
final class Visits {
  static final int SHOPS = 20;
  static final Instant PLANTED_FROM = Instant.parse("2024-01-09T00:00:00Z");

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int DAYS = 10;
  private static final int VISITS = 4000;

  private Visits() {}

  /**
   * Writes the rows.
   *
   * @param planted how many huge ones to add from {@link #PLANTED_FROM} on
   */
  static String write(SparkEngine engine, Path folder, int planted) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < VISITS; i++) {
      int shop = random.nextInt(SHOPS);
      double spent = (shop % 2 == 0 ? 20 : 60) + 15 * random.nextGaussian();
      Instant at =
          START.plusMillis((long) (random.nextDouble() * Duration.ofDays(DAYS).toMillis()));
      rows.add(RowFactory.create("shop" + shop, Timestamp.from(at), spent));
    }
    for (int i = 0; i < planted; i++) {
      rows.add(
          RowFactory.create("shop" + i % SHOPS, Timestamp.from(PLANTED_FROM.plusSeconds(i)), 1e6));
    }
    StructType schema =
        new StructType()
            .add("shop", DataTypes.StringType)
            .add("at", DataTypes.TimestampType)
            .add("spent", DataTypes.DoubleType);
    engine
        .session()
        .createDataFrame(rows, schema)
        .write()
        .mode("overwrite")
        .parquet(folder + "/visits");
    return folder.toString();
  }

  static Pipeline pipeline(String data, Optional<Gate> gate) {
    return pipeline(data, gate, false);
  }

  /**
   * The project.
   *
   * @param wider whether its view has one feature more
   */
  static Pipeline pipeline(String data, Optional<Gate> gate, boolean wider) {
    Source visits =
        Source.parquet("visits", data + "/visits")
            .column("shop", STRING)
            .column("at", TIMESTAMP)
            .column("spent", DOUBLE)
            .eventTime("at")
            .expect(notNull("shop").orFail())
            .build();
    FeatureView.Builder narrow =
        FeatureView.named("shop_habits")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(visits)
            .feature("avg_spent", avg("spent"), days(1), days(7))
            .feature("visits", count(), days(1))
            .online(Duration.ofDays(8));
    FeatureView habits = (wider ? narrow.feature("most", max("spent"), days(1)) : narrow).build();
    TrainingSet set =
        TrainingSet.named("spenders")
            .requests(visits, "at")
            .label("big", "spent > 40")
            .features(habits)
            .requestFeature("hour", "hour(at)")
            .split(Period.days("2024-01-02", "2024-01-08"), Period.days("2024-01-08", "2024-01-11"))
            .build();
    ModelSpec model =
        ModelSpec.named(
            "big_spender", set, Trainers.gradientBoostedTrees().withTrees(5).withDepth(3));
    ModelSpec gated = gate.map(model::gate).orElse(model);
    ScoringJob scoring =
        new ScoringJob("last_days", gated, Period.days("2024-01-08", "2024-01-11"));
    return Pipeline.named("visits")
        .features(habits)
        .materialize(new Schedule(START, Instant.parse("2024-01-11T00:00:00Z"), Duration.ofDays(1)))
        .model(gated)
        .score(scoring)
        .watch(DriftWatch.named("big_spender_drift", scoring))
        .audit(AuditJob.of(habits).withShare(0.5))
        .build();
  }
}
