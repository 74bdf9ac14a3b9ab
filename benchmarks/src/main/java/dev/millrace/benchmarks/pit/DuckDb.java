package dev.millrace.benchmarks.pit;

import dev.millrace.transforms.window.Window;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * DuckDB in this process, with as many threads as the machine has cores: its {@code ASOF} join for
 * the latest value, and range windows over events and labels together for the rest.
 */
final class DuckDb implements Contender {
  private final Connection connection;

  DuckDb() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("set threads = " + Runtime.getRuntime().availableProcessors());
      statement.execute("set preserve_insertion_order = false");
    }
  }

  @Override
  public String name() {
    return "DuckDB";
  }

  @Override
  public Answer answer(Question question) throws SQLException {
    String events = "read_parquet('" + files(question.events()) + "')";
    String labels = "read_parquet('" + files(question.labels()) + "')";
    long[] latest =
        longs(
            "select count(*), count(x) from (select l.k, l.t, e.x from "
                + labels
                + " l asof left join "
                + events
                + " e on l.k = e.k and l.t > e.t)",
            2);
    if (question.windows().isEmpty()) {
      return new Answer(latest[0], latest[1], 0, 0, 0);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(windows(question.windows(), events, labels))) {
      row.next();
      return new Answer(latest[0], latest[1], row.getLong(1), row.getDouble(2), row.getDouble(3));
    }
  }

  private static String windows(List<Window> windows, String events, String labels) {
    List<String> counts = new ArrayList<>();
    List<String> extremes = new ArrayList<>();
    List<String> averages = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    List<String> frames = new ArrayList<>();
    for (Window window : windows) {
      String w = "w" + window.name();
      counts.add("c" + w);
      extremes.add("coalesce(l" + w + " + g" + w + ", 0)");
      averages.add("coalesce(a" + w + ", 0)");
      columns.add(
          "count(x) over %1$s as c%1$s, avg(x) over %1$s as a%1$s, min(x) over %1$s as l%1$s, max(x) over %1$s as g%1$s"
              .formatted(w));
      frames.add(
          "%s as (partition by k order by t range between interval '%d microseconds' preceding and interval '1 microsecond' preceding)"
              .formatted(w, window.length()));
    }
    return "select sum("
        + String.join(" + ", counts)
        + "), sum("
        + String.join(" + ", extremes)
        + "), sum("
        + String.join(" + ", averages)
        + ") from (select is_label, "
        + String.join(", ", columns)
        + " from (select k, t, x, false as is_label from "
        + events
        + " union all select k, t, null, true from "
        + labels
        + ") window "
        + frames.stream().collect(Collectors.joining(", "))
        + ") where is_label";
  }

  private long[] longs(String query, int count) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        values[i] = row.getLong(i + 1);
      }
      return values;
    }
  }

  private static String files(String path) {
    return path.endsWith(".parquet") ? path : path + "/*.parquet";
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
