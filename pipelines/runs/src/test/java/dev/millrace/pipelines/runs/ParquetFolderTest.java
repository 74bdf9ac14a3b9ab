package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of a run that runners try again, or that are stopped between two of them. */
class ParquetFolderTest {
  @TempDir Path dir;

  private ParquetFolder folder() {
    return new ParquetFolder(new Sink.Parquet(dir.resolve("rows").toString()), new Configuration());
  }

  private static Account account(String plan) {
    return new Account(
        List.of(Account.Part.of(Optional.empty(), new PlanIdentity(plan, "data"))),
        List.of(),
        Map.of());
  }

  private static void write(ParquetFolder.Making made, String... names) throws IOException {
    Path there = Path.of(URI.create(made.folder()).getPath());
    Files.createDirectories(there);
    for (String name : names) {
      Files.writeString(there.resolve(name), name);
    }
  }

  private List<String> files() {
    return List.of(dir.resolve("rows").toFile().list()).stream()
        .filter(name -> name.endsWith(".parquet"))
        .sorted()
        .toList();
  }

  @Test
  void aStepThatIsTriedAgainFindsItselfDone() throws IOException {
    ParquetFolder.Making made = folder().begin();
    write(made, "a.parquet", "stray.parquet");
    folder().keepOnly(made, Set.of("a.parquet"));
    Kept kept = folder().publish(made, 1, account("plan"));
    assertThat(kept.rows()).isEqualTo(1);
    assertThat(folder().publish(made, 1, account("plan"))).isEqualTo(kept);
    write(made, "late.parquet");
    assertThat(folder().publish(made, 1, account("plan"))).isEqualTo(kept);
    assertThat(files()).containsExactly("a.parquet");
    assertThat(dir.toFile().list()).containsExactly("rows");
  }

  @Test
  void aRunThatLostARaceHasWrittenNothing() throws IOException {
    ParquetFolder.Making late = folder().begin();
    write(late, "late.parquet");
    ParquetFolder.Making winner = folder().begin();
    write(winner, "winner.parquet");
    Kept kept = folder().publish(winner, 1, account("winner"));
    assertThatThrownBy(() -> folder().publish(late, 1, account("late")))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot write parquet "
                + dir.resolve("rows")
                + ": another run wrote it meanwhile. Nothing of this run was written. Run it again:"
                + " it builds on what the other left.");
    assertThat(folder().kept()).contains(kept);
    assertThat(files()).containsExactly("winner.parquet");
  }

  @Test
  void aStepThatWasStoppedBetweenItsTwoMovesGoesOn() throws IOException {
    ParquetFolder.Making first = folder().begin();
    write(first, "first.parquet");
    Kept before = folder().publish(first, 1, account("first"));
    ParquetFolder.Making second = folder().begin();
    write(second, "second.parquet");
    Files.move(dir.resolve("rows"), dir.resolve(".rows.before"));
    assertThat(folder().kept()).isEmpty();
    Kept kept = folder().publish(second, 1, account("second"));
    assertThat(kept).isNotEqualTo(before);
    assertThat(folder().kept()).contains(kept);
    assertThat(files()).containsExactly("second.parquet");
  }
}
