package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong outside: the run says why, and the table is as it was. */
class FaultsTest {
  private static final int TRIES = 40;

  @TempDir Path dir;

  private Sink.Delta day() {
    return new Sink.Delta(
        dir.resolve("table").toString(),
        List.of(),
        Optional.of(
            new Interval(
                "at",
                Instant.parse("2024-03-01T00:00:00Z"),
                Instant.parse("2024-03-02T00:00:00Z"))));
  }

  private Node rows(String name, double spent) {
    return TestSpark.visits(dir.resolve(name), List.of(visit("a", "2024-03-01T10:00:00Z", spent)));
  }

  private List<Double> spent() {
    Scan table = new Scan(Location.DeltaTable.at(day().path()), TestSpark.VISITS);
    return ENGINE.collect(table).column("spent").stream().map(value -> (Double) value).toList();
  }

  @Test
  void ofTwoRunsAtOnceOneWinsAndTheOtherSaysWhy() throws Exception {
    ENGINE.run(new Write(rows("before", 0), day()));
    List<String> refusals = new ArrayList<>();
    for (int i = 1; i <= TRIES && refusals.isEmpty(); i++) {
      Node one = rows("one", i);
      Node other = rows("other", -i);
      refusals.addAll(
          together(
              () -> ENGINE.run(new Write(one, day())), () -> ENGINE.run(new Write(other, day()))));
      assertThat(spent()).hasSize(1).isSubsetOf((double) i, (double) -i);
    }
    assertThat(refusals)
        .hasSize(1)
        .allMatch(
            said ->
                said.startsWith(
                        "Cannot write "
                            + day().path()
                            + ", at from 2024-03-01T00:00:00Z to 2024-03-02T00:00:00Z: "
                            + "another run wrote the table meanwhile")
                    && said.endsWith("Run it again: it builds on what the other left."));
    double won = spent().get(0);
    Node lost = rows(won > 0 ? "other" : "one", -won);
    ENGINE.run(new Write(lost, day()));
    assertThat(spent()).containsExactly(-won);
  }

  /** What those that were refused said. */
  private static List<String> together(Callable<Object> one, Callable<Object> other)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<String> refusals = new ArrayList<>();
    try {
      for (Future<?> run : threads.invokeAll(List.of(one, other))) {
        try {
          run.get();
        } catch (ExecutionException refused) {
          assertThat(refused).hasCauseInstanceOf(MillraceException.class);
          refusals.add(String.valueOf(Objects.requireNonNull(refused.getCause()).getMessage()));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return refusals;
  }

  @Test
  void aFileThatIsDamagedInTheMiddleIsNamedAndTheTableStays() throws IOException {
    ENGINE.run(new Write(rows("good", 1), day()));
    List<Row> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(visit("shop " + i, "2024-03-01T10:00:00Z", i * 1.7));
    }
    Node damaged = TestSpark.visits(dir.resolve("damaged"), many);
    try (var files = Files.list(dir.resolve("damaged"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length / 4; i < bytes.length / 2; i++) {
          bytes[i] = (byte) ~bytes[i];
        }
        Files.write(file, bytes);
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      }
    }
    assertThatThrownBy(() -> ENGINE.run(new Write(damaged, day())))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read " + dir.resolve("damaged"))
        .hasMessageEndingWith(
            "Nothing of this run was published. Restore the file, and run it again.");
    assertThat(spent()).containsExactly(1.0);
  }

  @Test
  void aTableThatLostAFileIsNamedAndTheTableStays() throws IOException {
    ENGINE.run(new Write(rows("good", 1), day()));
    Sink.Delta source = Sink.Delta.whole(dir.resolve("source").toString());
    ENGINE.run(new Write(rows("lost", 2), source));
    try (var files = Files.list(dir.resolve("source"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }
    }
    Node lost = new Scan(Location.DeltaTable.at(source.path()), TestSpark.VISITS);
    assertThatThrownBy(() -> ENGINE.run(new Write(lost, day())))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read " + dir.resolve("source"));
    assertThat(spent()).containsExactly(1.0);
  }

  @Test
  void aDayThatIsMissingFromATableIsNamedAndTheTableStays() throws IOException {
    ENGINE.run(new Write(rows("good", 1), day()));
    String source = dir.resolve("source").toString();
    Node dated =
        Project.of(
            "visits",
            TestSpark.visits(
                dir.resolve("visits"),
                List.of(
                    visit("a", "2024-03-01T10:00:00Z", 1.0),
                    visit("b", "2024-03-02T10:00:00Z", 2.0))),
            List.of(
                NamedExpression.column("shop"),
                NamedExpression.column("at"),
                NamedExpression.column("spent"),
                new NamedExpression("day", "to_date(at)")),
            Optional.empty());
    ENGINE.run(new Write(dated, new Sink.Delta(source, List.of("day"), Optional.empty())));
    Path gone = dir.resolve("source/day=2024-03-02");
    try (var files = Files.list(gone)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(gone);
    Node lost = new Scan(Location.DeltaTable.at(source), TestSpark.VISITS);
    assertThatThrownBy(() -> ENGINE.run(new Write(lost, day())))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read " + gone);
    assertThat(spent()).containsExactly(1.0);
  }

  /** A column that changes its type, or goes, in files that come later. */
  @Test
  void aSchemaThatChangesLateIsNamedAndTheTableStays() {
    ENGINE.run(new Write(rows("good", 1), day()));
    Node rows = rows("late", 2);
    Path late = dir.resolve("late");
    ENGINE
        .session()
        .sql("select 'a' as shop, timestamp'2024-03-01 11:00:00' as at, '2.5' as spent")
        .write()
        .mode("append")
        .parquet(late.toString());
    assertThatThrownBy(() -> ENGINE.run(new Write(rows, day())))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("Column 'spent' of parquet " + late)
        .hasMessageContaining(
            "is a string: the source declares it as double, and that would lose values.");
    assertThat(spent()).containsExactly(1.0);

    Node other = rows("without", 2);
    ENGINE
        .session()
        .sql("select 'a' as shop, timestamp'2024-03-01 11:00:00' as at")
        .write()
        .mode("append")
        .parquet(dir.resolve("without").toString());
    assertThatThrownBy(() -> ENGINE.run(new Write(other, day())))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("Cannot resolve column 'spent' in parquet " + dir.resolve("without"));
    assertThat(spent()).containsExactly(1.0);
  }

  /** A disk of a few megabytes that a run fills; it takes root to make one. */
  @Test
  void aFullDiskSaysSoAndTheTableStays() throws Exception {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    assumeTrue(
        done("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString()),
        "No small disk can be made here: that takes root and the right to mount.");
    try {
      Sink.Delta table = new Sink.Delta(disk + "/table", List.of(), day().interval());
      Scan scan = new Scan(Location.DeltaTable.at(table.path()), TestSpark.VISITS);
      ENGINE.run(new Write(rows("good", 1), table));
      Random random = new Random(3);
      List<Row> many = new ArrayList<>();
      for (int i = 0; i < 400_000; i++) {
        many.add(visit("shop", "2024-03-01T10:00:00Z", random.nextDouble()));
      }
      Node much = TestSpark.visits(dir.resolve("much"), many);
      assertThatThrownBy(() -> ENGINE.run(new Write(much, table)))
          .isInstanceOf(MillraceException.class)
          .hasMessageStartingWith("The disk is full: ")
          .hasMessageEndingWith("Nothing of this run was published. Make room, and run it again.");
      assertThat(ENGINE.collect(scan).column("spent")).containsExactly(1.0);
      assertThat(done("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
      assertThat(ENGINE.run(new Write(much, table)).rows()).isEqualTo(400_000);
    } finally {
      // A writer that failed may still hold a file open there.
      assertThat(done("umount", "--lazy", disk.toString())).isTrue();
    }
  }

  private static boolean done(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException none) {
      return false;
    }
  }
}
