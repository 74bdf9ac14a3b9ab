package dev.millrace.benchmarks.pit;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Events and labels as Parquet: cut from the flights, or drawn from hashes of their numbers. */
final class Data {
  private final SparkSession session;
  private final Path folder;

  Data(SparkSession session, Path folder) {
    this.session = session;
    this.folder = folder;
  }

  /** The flights by origin at their scheduled time, each an event and a label. */
  Question flights(
      String file, int part, java.util.List<dev.millrace.transforms.window.Window> windows) {
    Dataset<Row> flights =
        session
            .read()
            .parquet(file)
            .selectExpr("origin as k", "cast(date as timestamp) as t", "cast(delay as double) as x")
            .where("k is not null and x is not null and pmod(xxhash64(k), " + part + ") = 0");
    return new Question(
        write("flights-events", flights),
        write("flights-labels", flights.select("k", "t")),
        windows);
  }

  /**
   * Numbers over thirty days.
   *
   * @param key an expression of {@code u}, which is even in [0, 1)
   */
  Question drawn(
      String name,
      long events,
      long labels,
      String key,
      java.util.List<dev.millrace.transforms.window.Window> windows) {
    return new Question(
        write(
            name + "-events",
            draw(events, 1, key)
                .selectExpr("k", "t", "cast(round(rand(1) * 100, 2) as double) as x")),
        write(name + "-labels", draw(labels, 2, key).select("k", "t")),
        windows);
  }

  /** A key as frequent as one over its rank; of 5,793, the first has 8 % of the rows. */
  static String zipf(int keys) {
    return "cast(cast(pow(" + keys + ", u) as int) as string)";
  }

  /** Keys that are equally frequent. */
  static String even(int keys) {
    return "cast(cast(u * " + keys + " as int) as string)";
  }

  private Dataset<Row> draw(long count, int seed, String key) {
    return session
        .range(count)
        .selectExpr(
            "(xxhash64(id, " + seed + ") & 9007199254740991) / 9007199254740992D as u",
            "timestamp_micros(1709251200000000 + pmod(xxhash64(id, "
                + seed
                + ", 7), 2592000000000)) as t")
        .selectExpr(key + " as k", "t");
  }

  private String write(String name, Dataset<Row> rows) {
    String path = folder.resolve(name).toString();
    rows.write().mode("overwrite").parquet(path);
    return path;
  }
}
