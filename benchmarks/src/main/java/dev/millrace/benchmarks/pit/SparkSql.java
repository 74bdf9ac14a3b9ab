package dev.millrace.benchmarks.pit;

import dev.millrace.transforms.window.Window;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What one writes in Spark SQL: an inequality join, a union with a window, or range windows. */
final class SparkSql implements Contender {
  /** The ways to write it. */
  enum Shape {
    /** Feast's: join by key and {@code event.t < label.t}, then the first row of each label. */
    INEQUALITY_JOIN,
    /** Events and labels in one, and the last value that is not null. */
    UNION_AND_WINDOW,
    /** The last, and a range window for each window. */
    RANGE_WINDOWS
  }

  private final SparkSession session;
  private final Shape shape;

  SparkSql(SparkSession session, Shape shape) {
    this.session = session;
    this.shape = shape;
  }

  @Override
  public String name() {
    return "Spark SQL, " + shape.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  @Override
  public Answer answer(Question question) {
    session.read().parquet(question.events()).createOrReplaceTempView("e");
    session.read().parquet(question.labels()).createOrReplaceTempView("l");
    Row row =
        session
            .sql(
                shape == Shape.INEQUALITY_JOIN
                    ? inequalityJoin()
                    : union(shape == Shape.RANGE_WINDOWS ? question.windows() : List.of()))
            .head();
    return new Answer(
        row.getLong(0), row.getLong(1), row.getLong(2), row.getDouble(3), row.getDouble(4));
  }

  private static String inequalityJoin() {
    return "with n as (select k, t, monotonically_increasing_id() as id from l), "
        + "j as (select n.id, e.x, row_number() over (partition by n.id order by e.t desc) as place "
        + "from n left join e on n.k = e.k and e.t < n.t) "
        + "select count(*), count(x), 0L, 0D, 0D from j where place = 1";
  }

  private static String union(List<Window> windows) {
    List<String> counts = new ArrayList<>(List.of("0L"));
    List<String> extremes = new ArrayList<>(List.of("0D"));
    List<String> averages = new ArrayList<>(List.of("0D"));
    StringBuilder columns = new StringBuilder();
    for (Window window : windows) {
      String w = window.name();
      String over =
          " over (partition by k order by m range between "
              + window.length()
              + " preceding and 1 preceding) as ";
      counts.add("c" + w);
      extremes.add("coalesce(l" + w + " + g" + w + ", 0)");
      averages.add("coalesce(a" + w + ", 0)");
      columns
          .append(", count(x)" + over + "c" + w)
          .append(", avg(x)" + over + "a" + w)
          .append(", min(x)" + over + "l" + w)
          .append(", max(x)" + over + "g" + w);
    }
    return "select count(*), count(latest), sum("
        + String.join(" + ", counts)
        + "), sum("
        + String.join(" + ", extremes)
        + "), sum("
        + String.join(" + ", averages)
        + ") from (select is_label, last(x, true) over (partition by k order by m, is_event "
        + "rows between unbounded preceding and 1 preceding) as latest"
        + columns
        + " from (select k, unix_micros(t) as m, x, false as is_label, 1 as is_event from e "
        + "union all select k, unix_micros(t), null, true, 0 from l)) where is_label";
  }

  @Override
  public void close() {}
}
