package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Follows a source's stream: its rows go into the source's log and into the tiles of its views, in
 * one job. What was ingested before it stays, and the stream goes on from there.
 *
 * @param views those over the source; the ones that are kept online are followed there
 * @param retention how late a row may come and still count: beyond it, it is set aside
 */
public record StreamJob(Source source, List<FeatureView> views, Duration retention) {
  /** How far ahead of its message's time a row may have happened. */
  private static final Duration AHEAD = Duration.ofHours(1);

  private static final Duration WITHOUT_VIEWS = Duration.ofDays(7);

  /** Checks that the online store keeps entities as long as a window may hold their events. */
  public StreamJob {
    views = views.stream().filter(view -> view.source().equals(source)).toList();
    Problems problems = new Problems("stream of source '" + source.name() + "'");
    if (source.stream().isEmpty()) {
      problems.add(
          "Source '" + source.name() + "' cannot be followed",
          "it does not say where rows go on coming from",
          "Give it a stream(...)");
    }
    boolean isOnline = views.stream().anyMatch(view -> view.online().isPresent());
    source
        .availableAt()
        .filter(column -> isOnline)
        .ifPresent(
            column ->
                problems.add(
                    "Source '" + source.name() + "' cannot be followed into the online store",
                    "its rows are known from '"
                        + column
                        + "' on, and a stream has a row count as soon as it comes",
                    "Leave availableAt away, or the views out of the online store"));
    if (retention.isNegative() || retention.isZero()) {
      problems.add(
          "The stream of source '" + source.name() + "' has a retention of " + retention,
          "rows come after they happened",
          "Give a positive one");
    }
    for (FeatureView view : views) {
      view.online()
          .filter(ttl -> ttl.compareTo(longest(view).plus(AHEAD)) < 0)
          .ifPresent(
              ttl ->
                  problems.add(
                      "Feature view '" + view.name() + "' is kept online for " + ttl,
                      "a stream adds to what is kept, its longest window looks back "
                          + longest(view)
                          + (hasLifetime(view) ? ", as a lifetime is taken to" : "")
                          + ", and a row may have happened "
                          + AHEAD
                          + " after its message was sent",
                      "Keep it for " + longest(view).plus(AHEAD) + " or longer"));
    }
    problems.throwIfAny();
  }

  /** Rows count for as long as the longest window looks back. */
  public StreamJob(Source source, List<FeatureView> views) {
    this(
        source,
        views,
        views.stream()
            .filter(view -> view.source().equals(source))
            .map(StreamJob::longest)
            .max(Duration::compareTo)
            .orElse(WITHOUT_VIEWS));
  }

  private static Duration longest(FeatureView view) {
    return view.features().stream()
        .flatMap(feature -> feature.windows().stream())
        .map(StreamJob::length)
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private static boolean hasLifetime(FeatureView view) {
    return view.features().stream()
        .flatMap(feature -> feature.windows().stream())
        .anyMatch(Window::isLifetime);
  }

  /** With its hop, by which a window may be longer than it says. */
  private static Duration length(Window window) {
    return window.isLifetime()
        ? Duration.ofDays(36_500)
        : Duration.of(window.length() + window.hop(), ChronoUnit.MICROS);
  }

  /**
   * The plan.
   *
   * @param address of the online store
   */
  public Follow plan(Workspace workspace, Sink.OnlineAddress address) {
    IngestJob ingest = new IngestJob(source);
    Write log =
        new Write(
            source.followed(ingest.quarantine(workspace)),
            new Sink.Delta(ingest.log(workspace), List.of(Source.DAY), java.util.Optional.empty()));
    List<Write> online =
        views.stream()
            .flatMap(
                view ->
                    view.online().stream()
                        .map(
                            ttl ->
                                new Write(
                                    new WindowAggregate(
                                        view.events(workspace), new Emit.Tiles(Instant.EPOCH)),
                                    new Sink.Online(address, view.space(), ttl))))
            .toList();
    return new Follow(
        "source '" + source.name() + "'", log, source.eventTime(), retention, AHEAD, online);
  }
}
