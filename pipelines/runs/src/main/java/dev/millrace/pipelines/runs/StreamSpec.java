package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;

/**
 * What tasks do with the rows of a batch, as it is shipped to them; {@link StreamProgram} does it.
 */
public final class StreamSpec implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Tiles of windows over the log.
   *
   * @param inputs from a row of the log to keys, event time, the last time that does not see it,
   *     inputs
   */
  public record Tiles(
      List<RowChain.Step> inputs,
      List<Column> keys,
      List<WindowedAggregation> windows,
      Sink.Online sink)
      implements Serializable {}

  /** Names what is compiled of it in a JVM. */
  public final String id = UUID.randomUUID().toString();

  /** From the stream to what is judged. */
  public final List<RowChain.Step> before;

  public final List<Expectation> expectations;
  public final Schema judged;

  /** From what is judged to the log. */
  public final List<RowChain.Step> after;

  public final Schema log;

  /** Where the event time stands in the log. */
  public final int time;

  /** Where the message stands in what is judged. */
  public final int message;

  public final long retention;
  public final long ahead;
  public final List<Tiles> tiles = new ArrayList<>();

  /**
   * The load of a view's tiles from the whole log: as of its newest event, but no later than now. A
   * clock that was wrong when rows were ingested makes its own entity wait for that time, and takes
   * nothing from the windows of others.
   *
   * @param end the microsecond after the newest event
   */
  public static Write load(Write online, Instant end, Instant now) {
    Events events = ((WindowAggregate) online.input()).events();
    Emit.Tiles tiles = Emit.Tiles.ofAll(end.isBefore(now) ? end : now);
    return new Write(new WindowAggregate(events, tiles), online.sink());
  }

  public StreamSpec(Follow follow) {
    Expect expect = follow.expect();
    this.before = steps(expect.input(), Scan.class);
    this.expectations = new ArrayList<>(StreamJudge.judged(expect.expectations()));
    this.judged = expect.schema();
    this.after = steps(follow.log().input(), Expect.class);
    this.log = follow.log().input().schema();
    this.time = log.names().indexOf(follow.eventTime());
    this.message = judged.names().indexOf(Messages.COLUMN);
    this.retention = follow.retention().toNanos() / 1000;
    this.ahead = follow.ahead().toNanos() / 1000;
    for (Write write : follow.online()) {
      WindowAggregate aggregate = (WindowAggregate) write.input();
      tiles.add(
          new Tiles(
              steps(aggregate.events().inputs(), Scan.class),
              new ArrayList<>(aggregate.keys()),
              new ArrayList<>(aggregate.events().bind(aggregate.keys().size() + 2)),
              (Sink.Online) write.sink()));
    }
  }

  /** The projections from a node of a kind up to this one. */
  private static List<RowChain.Step> steps(Node node, Class<? extends Node> from) {
    List<RowChain.Step> steps = new ArrayList<>();
    Node current = node;
    while (current instanceof Project project) {
      LinkedHashMap<String, String> columns = new LinkedHashMap<>();
      for (NamedExpression column : project.columns()) {
        columns.put(column.name(), column.expression());
      }
      steps.add(
          0, new RowChain.Step(columns, project.filter().orElse(null), project.input().schema()));
      current = project.input();
    }
    if (!from.isInstance(current)) {
      throw new IllegalArgumentException(
          "A stream's rows are projected and judged, and " + current + " is neither.");
    }
    return steps;
  }
}
