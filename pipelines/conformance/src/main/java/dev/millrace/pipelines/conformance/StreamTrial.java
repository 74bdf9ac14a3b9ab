package dev.millrace.pipelines.conformance;

import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.satisfies;
import static dev.millrace.transforms.expectation.Expectations.unique;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A topic of one partition, and a log and a quarantine that it is followed into, start after start.
 * Each start is of the next of some engines, and all of them must leave what one would.
 */
public final class StreamTrial {
  static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  private static final Schema TOLD = Schema.of(new Column("told", PrimitiveType.STRING));

  /** A message; either may be missing. */
  public record Message(@Nullable String key, @Nullable String value) {}

  /** What is around the engines. */
  public interface Surroundings {
    /** Sends a message to the topic, and returns when it has it. */
    void send(Message message) throws Exception;

    /** Has the topic forget its messages before an offset, as retention does. */
    void forget(long before) throws Exception;

    /** Has the engines forget what they know of tables, whose files were changed. */
    default void forgetTables() {}
  }

  private final List<Engine> engines;
  private final Location.KafkaTopic topic;
  private final Surroundings around;
  private final Path folder;
  private final List<Expectation> expectations =
      new ArrayList<>(
          List.of(
              satisfies("message.error is null", "the message cannot be read").orQuarantine(),
              notNull("shop").orQuarantine(),
              notNull("at").orQuarantine(),
              between("spent", -100, 100).orQuarantine(),
              unique("shop", "at", "spent").orQuarantine()));
  private int starts;

  /**
   * Of a topic and a folder that are its own.
   *
   * @param engines the first one starts first; one alone goes on from its own checkpoint
   */
  public StreamTrial(
      List<Engine> engines, Location.KafkaTopic topic, Surroundings around, Path folder) {
    this.engines = List.copyOf(engines);
    this.topic = topic;
    this.around = around;
    this.folder = folder;
  }

  /** How the values of the topic are read. */
  public static Messages messages() {
    return Messages.json().withKeys();
  }

  Engine engine() {
    return engines.get(0);
  }

  /** More is expected of the rows. */
  void expect(Expectation more) {
    expectations.add(more);
  }

  void send(Message... messages) throws Exception {
    for (Message message : messages) {
      around.send(message);
    }
  }

  void forget(long before) throws Exception {
    around.forget(before);
  }

  /** Starts the stream, has it take all that is there, and stops it. */
  void drain() {
    drain(settings -> settings);
  }

  void drain(UnaryOperator<FollowSettings> more) {
    int start = starts++;
    String checkpoint = "checkpoint-" + (engines.size() == 1 ? 0 : start);
    FollowSettings settings =
        FollowSettings.at(folder.resolve(checkpoint).toString()).every(Duration.ofMillis(300));
    try (Following following =
        engines.get(start % engines.size()).follow(follow(), more.apply(settings), batch -> {})) {
      following.drain();
    }
  }

  /** A table is as before its last commit, as after a kill. */
  void takeBack(String table) throws IOException {
    Path log = folder.resolve(table).resolve("_delta_log");
    List<Path> files;
    try (Stream<Path> all = Files.list(log)) {
      files = all.toList();
    }
    String last =
        files.stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.matches("\\d+\\.json"))
            .max(Comparator.naturalOrder())
            .orElseThrow()
            .replace(".json", "");
    for (Path file : files) {
      if (file.getFileName().toString().contains(last)) {
        Files.delete(file);
      }
    }
    around.forgetTables();
  }

  Location.DeltaTable table(String name) {
    return Location.DeltaTable.at(folder.resolve(name).toString());
  }

  /** Requires that the log has these rows and no others. */
  void requireLog(List<List<@Nullable Object>> rows) {
    RowsText.requireSame(
        "the log", new Rows(VISITS, rows), engine().collect(new Scan(table("log"), VISITS)));
  }

  /**
   * Requires that these messages are set aside and no others.
   *
   * @param told the offset of each, what cannot be read of it, and why it is there
   */
  void requireAside(String... told) {
    RowsText.requireSame(
        "set aside",
        new Rows(TOLD, Stream.of(told).<List<@Nullable Object>>map(List::of).toList()),
        engine().collect(told()));
  }

  private Follow follow() {
    Schema raw = VISITS.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)));
    Expect held =
        new Expect(
            "visits", new Scan(topic, raw), expectations, folder.resolve("quarantine").toString());
    Project kept =
        Project.of(
            "visits",
            held,
            VISITS.names().stream().map(NamedExpression::column).toList(),
            Optional.empty());
    return new Follow(
        "visits",
        new Write(kept, Sink.Delta.whole(folder.resolve("log").toString())),
        "at",
        Duration.ofHours(73),
        Duration.ofHours(1),
        List.of());
  }

  private Project told() {
    Schema quarantine =
        Schema.of(
            new Column(Messages.COLUMN, Messages.TYPE),
            new Column("reasons", new ArrayType(PrimitiveType.STRING)));
    return Project.of(
        "what was set aside",
        new Scan(table("quarantine"), quarantine),
        List.of(
            new NamedExpression(
                "told",
                "concat(cast(message.offset as string), ': ', coalesce(message.error, 'read'),"
                    + " ' [', array_join(reasons, ', '), ']')")),
        Optional.empty());
  }
}
