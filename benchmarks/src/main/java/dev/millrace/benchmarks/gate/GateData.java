package dev.millrace.benchmarks.gate;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Rows of eleven columns, with nulls, NaN, decimals and empty strings among them. */
final class GateData {
  static final Schema SCHEMA =
      Schema.of(
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("delay", PrimitiveType.LONG),
          new Column("distance", PrimitiveType.LONG),
          new Column("origin", PrimitiveType.STRING),
          new Column("destination", PrimitiveType.STRING),
          new Column("minutes", PrimitiveType.DOUBLE),
          new Column("ratio", PrimitiveType.DOUBLE),
          new Column("fare", new DecimalType(10, 2)),
          new Column("hour", PrimitiveType.INT),
          new Column("note", PrimitiveType.STRING),
          new Column("late", PrimitiveType.BOOLEAN));

  private GateData() {}

  /** The flights with columns made of theirs. */
  static String flights(SparkSession session, String file, Path folder) {
    String path = folder.resolve("flights").toString();
    session
        .read()
        .parquet(file)
        .selectExpr(
            "cast(date as timestamp) as at",
            "cast(delay as bigint) as delay",
            "cast(distance as bigint) as distance",
            "origin",
            "destination",
            "delay * 1.5D as minutes",
            "if(delay = 0, double('NaN'), distance / cast(delay as double)) as ratio",
            "cast(distance * 0.11 as decimal(10, 2)) as fare",
            "hour(date) as hour",
            "if(delay % 3 = 0, '', if(delay % 7 = 0, null, concat('n', delay))) as note",
            "delay >= 15 as late")
        .write()
        .mode("overwrite")
        .parquet(path);
    return path;
  }

  /** Drawn from hashes of their numbers. */
  static String drawn(SparkSession session, long rows, Path folder) {
    String path = folder.resolve("drawn").toString();
    session
        .range(rows)
        .selectExpr("id", "xxhash64(id) as h")
        .selectExpr(
            "timestamp_micros(1709251200000000 + pmod(h, 2592000000000)) as at",
            "if(pmod(h, 11) = 0, null, pmod(h, 1000) - 300) as delay",
            "pmod(h, 3000) as distance",
            "if(pmod(h, 13) = 0, '', concat('A', pmod(h, 300))) as origin",
            "if(pmod(h, 17) = 0, null, concat('B', pmod(h, 250))) as destination",
            "if(pmod(h, 19) = 0, null, pmod(h, 100000) / 7.0D) as minutes",
            "if(pmod(h, 23) = 0, double('NaN'), pmod(h, 1000) / 3.0D) as ratio",
            "if(pmod(h, 29) = 0, null, cast(pmod(h, 100000) * 0.01 as decimal(10, 2))) as fare",
            "cast(pmod(h, 24) as int) as hour",
            "if(pmod(h, 3) = 0, '', if(pmod(h, 7) = 0, null, concat('n', pmod(h, 50)))) as note",
            "pmod(h, 2) = 0 as late")
        .write()
        .mode("overwrite")
        .parquet(path);
    return path;
  }
}
