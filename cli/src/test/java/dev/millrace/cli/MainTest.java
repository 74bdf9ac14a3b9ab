package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @TempDir Path dir;

  /** What a call printed, and its exit code. */
  private record Outcome(int code, String out, String err) {
    /** One message on the error stream, no stack trace. */
    Outcome failedWith(int expected) {
      assertThat(code).as(err).isEqualTo(expected);
      assertThat(err).startsWith("millrace: ").doesNotContain("\tat ").doesNotContain("Exception");
      return this;
    }
  }

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  private Outcome quickstart(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("quickstart", "--dir", dir.resolve("qs").toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void aMissingDataFileSaysWhereItWasLookedForAndWritesNoTable() {
    Outcome outcome = quickstart("--data", dir.resolve("nowhere").toString()).failedWith(1);
    assertThat(outcome.err())
        .startsWith("millrace: Cannot read parquet " + dir.resolve("nowhere/flights"))
        .endsWith(": there is no such file or the folder is empty. Check the path.\n");
    assertThat(dir.resolve("qs/sources")).doesNotExist();
  }

  @Test
  void aFileWithoutAColumnNamesItAndThoseThereAre() {
    Outcome outcome =
        quickstart(
                "--data", Path.of("src/test/resources/without-delay").toAbsolutePath().toString())
            .failedWith(1);
    assertThat(outcome.err())
        .contains("Cannot resolve column 'delay' in parquet ")
        .endsWith(
            "known are [date, delays, distance, origin, destination]. Did you mean 'delays'?\n");
    assertThat(dir.resolve("qs/sources")).doesNotExist();
  }

  @Test
  void aFileThatIsNotParquetSaysSo() throws Exception {
    Files.createDirectories(dir.resolve("data/flights"));
    Files.writeString(dir.resolve("data/flights/a.parquet"), "date,delay\n");
    Outcome outcome = quickstart("--data", dir.resolve("data").toString()).failedWith(1);
    assertThat(outcome.err()).startsWith("millrace: Cannot read parquet " + dir.resolve("data"));
  }

  @Test
  void aBusyRedisPortIsNamed() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(busy.getLocalPort());
      Outcome outcome = quickstart("--redis-port", port).failedWith(1);
      assertThat(outcome.err())
          .startsWith(
              "millrace: Cannot start Redis on port " + port + ": something else listens there")
          .contains("Stop that, or name another port with --redis-port");
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "in the way");
    Outcome outcome = run("quickstart", "--dir", file.resolve("qs").toString()).failedWith(1);
    assertThat(outcome.err())
        .startsWith("millrace: Cannot write to the folder " + file.resolve("qs"))
        .contains("Choose a folder that you may write to with --dir");
  }

  @Test
  void aFolderInUseIsLeftAlone() {
    try (Home held = Home.claim(dir.resolve("qs"))) {
      assertThat(held.folder()).isEqualTo(dir.resolve("qs"));
      Outcome outcome = quickstart().failedWith(1);
      assertThat(outcome.err())
          .isEqualTo(
              "millrace: The folder "
                  + dir.resolve("qs")
                  + " is in use: another run of millrace writes there. "
                  + "Wait for it to end, or choose another folder with --dir.\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quikstart                 | Did you mean 'quickstart'?",
        "bake                      | Known are ",
        "quickstart --dri x        | Did you mean '--dir'?",
        "quickstart --redis-port x | Invalid value for option '--redis-port'",
        "quickstart --redis-port 70000 | 70000 is no port; give 1 to 65535, or 0 for a free one",
        "features read --view v --at noon a=b | 'noon' is no time; write it as 2001-02-05T00:00:00Z",
        "features read origin=JFK  | Missing required option: '--view=VIEW'",
        "features ingest --from yesterday | 'yesterday' is no day; write it as 2001-02-05",
        "features backfill --chunk 0 | a commit of 0 days computes nothing; give 1 or more",
        "features stream --engine beam --most 5 | a runner of Beam takes what it has room for; leave it out",
        "features stream -- --parallelism=4 | '--parallelism=4' is for a runner of Beam: leave it out, or give",
        "quickstart -- --parallelism=4 | '--parallelism=4' is for a runner of Beam: leave it out, or give",
        "features replay           | Missing required option: '--source=SOURCE'",
        "features backfil          | Did you mean 'backfill'?",
        "registry lst              | Did you mean 'list'?",
      })
  void aWrongCallSaysWhatWasMeant(String line, String message) {
    Outcome outcome = run(line.split(" ")).failedWith(2);
    assertThat(outcome.err()).contains(message).contains("--help'.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "features backfill --view origin_delay  | Cannot resolve feature view 'origin_delay'",
        "features ingest --source flight        | Cannot resolve source 'flight'",
        "features quality --source flight       | Did you mean 'flights'?",
        "features suggest --source flight       | Did you mean 'flights'?",
        "features leakage --model late          | Cannot resolve model 'late'",
        "features leakage --model late_flight --known distanc | Did you mean 'distance'?",
        "features switch --view route           | Cannot resolve feature view 'route'",
        "features audit --view route            | Cannot resolve feature view 'route'",
        "features vacuum --keep 3               | at least, since a run may be at work on one. 3 are too few.",
        "features backfill --from 2001-02-05 --to 2001-01-01 | Put the earlier day first.",
      })
  void aNameThatIsNotThereIsNamedBeforeAnythingIsWritten(String line, String message) {
    Path folder = dir.resolve("new");
    List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
    arguments.addAll(List.of("--dir", folder.toString()));
    Outcome outcome = run(arguments.toArray(String[]::new)).failedWith(1);
    assertThat(outcome.err()).contains(message);
    assertThat(folder).doesNotExist();
  }

  @Test
  void aFolderWithoutARunSaysHowToMakeOne() {
    Outcome outcome = run("registry", "list", "--dir", dir.toString()).failedWith(1);
    assertThat(outcome.err())
        .isEqualTo(
            "millrace: There is no run of millrace in "
                + dir
                + ": it has neither a registry nor sources. Run 'millrace quickstart --dir "
                + dir
                + "' first, or name another folder with --dir.\n");
  }

  @Test
  void verboseShowsWhereAFailureCameFrom() {
    Outcome outcome = run("registry", "list", "--dir", dir.toString(), "--verbose");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("\tat dev.millrace.cli.Home.existing");
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    assertThat(run().out()).contains("Usage: millrace").contains("quickstart");
  }
}
