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
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a topic with one partition that every engine which follows streams must let in, or
 * set aside, alike.
 *
 * @param sent what is sent before each start of the stream; each start takes all of it
 * @param log the rows that are let in
 * @param aside the offset of each message that is set aside, what cannot be read of it, and why it
 *     is there
 */
public record StreamCase(
    String name, List<List<Message>> sent, List<List<@Nullable Object>> log, List<String> aside) {
  static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  private static final Schema TOLD = Schema.of(new Column("told", PrimitiveType.STRING));

  /** A message; either may be missing. */
  public record Message(@Nullable String key, @Nullable String value) {}

  /** Sends messages to the topic, in their order, and returns when it has them. */
  public interface Feed {
    void send(List<Message> messages) throws Exception;
  }

  @Override
  public String toString() {
    return name;
  }

  /**
   * Runs the case.
   *
   * @param topic that is this case's own
   * @param folder the same
   * @throws AssertionError saying what came out instead
   */
  public void check(Engine engine, Location.KafkaTopic topic, Feed feed, Path folder)
      throws Exception {
    FollowSettings settings =
        FollowSettings.at(folder.resolve("checkpoint").toString()).every(Duration.ofMillis(300));
    for (List<Message> messages : sent) {
      feed.send(messages);
      try (Following following = engine.follow(follow(topic, folder), settings, batch -> {})) {
        following.drain();
      }
    }
    Location.DeltaTable table = Location.DeltaTable.at(folder.resolve("log").toString());
    RowsText.requireSame(name, new Rows(VISITS, log), engine.collect(new Scan(table, VISITS)));
    RowsText.requireSame(
        name + ", set aside",
        new Rows(TOLD, aside.stream().<List<@Nullable Object>>map(List::of).toList()),
        engine.collect(told(folder)));
  }

  /** The message of a topic whose values are visits. */
  public static Messages messages() {
    return Messages.json().withKeys();
  }

  private static Follow follow(Location stream, Path folder) {
    Schema raw = VISITS.and(List.of(new Column(Messages.COLUMN, Messages.TYPE)));
    Expect held =
        new Expect(
            "visits",
            new Scan(stream, raw),
            List.of(
                satisfies("message.error is null", "the message cannot be read").orQuarantine(),
                notNull("shop").orQuarantine(),
                notNull("at").orQuarantine(),
                between("spent", -100, 100).orQuarantine(),
                unique("shop", "at", "spent").orQuarantine()),
            folder.resolve("quarantine").toString());
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

  private static Project told(Path folder) {
    Schema quarantine =
        Schema.of(
            new Column(Messages.COLUMN, Messages.TYPE),
            new Column("reasons", new ArrayType(PrimitiveType.STRING)));
    return Project.of(
        "what was set aside",
        new Scan(Location.DeltaTable.at(folder.resolve("quarantine").toString()), quarantine),
        List.of(
            new NamedExpression(
                "told",
                "concat(cast(message.offset as string), ': ', coalesce(message.error, 'read'),"
                    + " ' [', array_join(reasons, ', '), ']')")),
        Optional.empty());
  }
}
