package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.transforms.problem.MillraceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two that write one table, which has no partitions, at once. */
class DeltaReplacementTest {
  @TempDir Path dir;
  private Sink.Delta sink = Sink.Delta.whole("");
  private int file;

  @BeforeEach
  void fill() {
    sink = Sink.Delta.whole(dir.resolve("aside").toString());
    put("first", 1.0, Optional.empty(), 0);
    put("second", 2.0, Optional.of("shop = 'second'"), 0);
  }

  /** Puts a row in place of some, and has another run come between so many times. */
  private long put(String shop, double spent, Optional<String> replaced, int between) {
    Path rowsFile = dir.resolve("rows" + file++);
    var unused = TestSpark.visits(rowsFile, List.of(visit(shop, "2024-03-01T10:00:00Z", spent)));
    Dataset<Row> rows = ENGINE.session().read().parquet(rowsFile.toString());
    AtomicInteger tries = new AtomicInteger();
    return DeltaReplacement.commit(
        ENGINE.session(),
        rows,
        sink,
        replaced,
        Account.NONE,
        now -> {
          if (tries.getAndIncrement() < between) {
            put("second", 10.0 + tries.get(), Optional.of("shop = 'second'"), 0);
          }
        });
  }

  private List<Double> spent() {
    return ENGINE
        .session()
        .read()
        .format("delta")
        .load(sink.path())
        .orderBy("shop")
        .select("spent")
        .as(Encoders.DOUBLE())
        .collectAsList();
  }

  @Test
  void isPutInAgainWhereTheOtherRowsAreNothingToIt() {
    assertThat(put("first", 5.0, Optional.of("shop = 'first'"), 2)).isEqualTo(4);
    assertThat(spent()).containsExactly(5.0, 12.0);
  }

  @Test
  void givesUpAgainstOneThatGoesOn() {
    Optional<String> replaced = Optional.of("shop = 'first'");
    assertThatThrownBy(() -> put("first", 5.0, replaced, 100))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("another run wrote the table meanwhile");
    assertThat(spent()).containsExactly(1.0, 15.0);
  }
}
