package dev.millrace.features;

import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;

import dev.millrace.pipelines.spark.SparkEngine;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Visits of shops over some days, as a file and a source. */
record Visits(Path folder) {
  static final LocalDate FIRST = LocalDate.parse("2024-01-01");
  static final int DAYS = 6;

  private static final StructType SCHEMA =
      new StructType()
          .add("shop", DataTypes.StringType)
          .add("at", DataTypes.TimestampType)
          .add("spent", DataTypes.DoubleType);

  static Row visit(@Nullable String shop, @Nullable Instant at, double spent) {
    return RowFactory.create(shop, at == null ? null : Timestamp.from(at), spent);
  }

  /** Six hundred of them and some more, at random times. */
  static List<Row> drawn(int more) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600 + more; i++) {
      Instant at =
          Instant.parse("2024-01-01T00:00:00Z")
              .plusMillis((long) (random.nextDouble() * Duration.ofDays(DAYS).toMillis()));
      rows.add(visit("shop" + random.nextInt(5), at, random.nextGaussian()));
    }
    return rows;
  }

  void write(SparkEngine engine, List<Row> rows, int files) {
    engine
        .session()
        .createDataFrame(rows, SCHEMA)
        .repartition(files)
        .write()
        .mode("overwrite")
        .parquet(folder.toString());
  }

  Source.Builder columns() {
    return Source.parquet("visits", folder.toString())
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("spent", DOUBLE)
        .eventTime("at");
  }

  Source source() {
    return columns().expect(notNull("shop").orQuarantine()).build();
  }

  /** The rows of the source's log. */
  static List<Row> log(SparkEngine engine, Workspace workspace) {
    return engine
        .session()
        .read()
        .format("delta")
        .load(workspace.path("sources", "visits", "events"))
        .orderBy("at", "spent")
        .collectAsList();
  }
}
