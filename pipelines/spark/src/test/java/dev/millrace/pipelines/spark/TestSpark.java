package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** One engine for the whole test JVM, and small files to run it on. */
final class TestSpark {
  static final SparkEngine ENGINE = SparkEngine.local(Map.of());

  static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  private static final StructType FIELDS =
      new StructType()
          .add("shop", DataTypes.StringType)
          .add("at", DataTypes.TimestampType)
          .add("spent", DataTypes.DoubleType);

  private TestSpark() {}

  static Row visit(@Nullable String shop, String at, @Nullable Double spent) {
    return RowFactory.create(shop, Timestamp.from(Instant.parse(at)), spent);
  }

  static Scan visits(Path file, List<Row> rows) {
    ENGINE
        .session()
        .createDataFrame(rows, FIELDS)
        .write()
        .mode("overwrite")
        .parquet(file.toString());
    return new Scan(new Location.Files(Location.Files.Format.PARQUET, file.toString()), VISITS);
  }
}
