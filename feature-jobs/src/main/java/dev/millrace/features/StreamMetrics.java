package dev.millrace.features;

import dev.millrace.pipelines.core.Following;
import dev.millrace.transforms.problem.MillraceException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream does, for Prometheus and in the log: each batch in a line, without what rows hold.
 */
public final class StreamMetrics implements Following.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamMetrics.class);
  private static final double NANOS = 1e9;

  private final String source;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter messages = counter("messages", "Messages that batches brought");
  private final Counter accepted = counter("accepted", "Rows that went into the log");
  private final Counter quarantined = counter("quarantined", "Rows that were set aside");
  private final Counter late = counter("late", "Accepted rows that came late");
  private final Gauge behind = gauge("behind", "Messages that wait in the fullest partition");
  private final Gauge seen = gauge("seen", "Keys held to tell repetitions by");
  private final Gauge position = gauge("position", "The last batch");
  private final Gauge newest = gauge("newest_seconds", "The newest event's time, since 1970");
  private final Histogram took =
      Histogram.builder()
          .name("millrace_stream_batch_seconds")
          .help("How long batches took")
          .labelNames("source")
          .register(registry);
  private Optional<HTTPServer> server = Optional.empty();

  /** Of one source's stream. */
  public StreamMetrics(Source source) {
    this.source = source.name();
  }

  private Counter counter(String name, String help) {
    return Counter.builder()
        .name("millrace_stream_" + name)
        .help(help)
        .labelNames("source")
        .register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder()
        .name("millrace_stream_" + name)
        .help(help)
        .labelNames("source")
        .register(registry);
  }

  /**
   * Answers Prometheus at {@code /metrics}.
   *
   * @param port 0 for any that is free
   * @return the port
   */
  public int serve(int port) {
    try {
      HTTPServer serving = HTTPServer.builder().port(port).registry(registry).buildAndStart();
      server = Optional.of(serving);
      return serving.getPort();
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot serve metrics on port " + port,
          String.valueOf(failure.getMessage()),
          "Choose another port, or 0 for one that is free");
    }
  }

  @Override
  public void done(Following.Batch batch) {
    messages.labelValues(source).inc(batch.messages());
    accepted.labelValues(source).inc(batch.accepted());
    quarantined.labelValues(source).inc(batch.setAside());
    late.labelValues(source).inc(batch.late());
    batch.behind().ifPresent(most -> behind.labelValues(source).set((double) most));
    seen.labelValues(source).set((double) batch.seen());
    position.labelValues(source).set((double) batch.position());
    batch.newest().ifPresent(time -> newest.labelValues(source).set(time.toEpochMilli() / 1e3));
    took.labelValues(source).observe(batch.took().toNanos() / NANOS);
    LOG.info(
        "source {} batch {}: {} messages, {} accepted, {} set aside, {} late, {}, {} seen, {} ms",
        source,
        batch.position(),
        batch.messages(),
        batch.accepted(),
        batch.setAside(),
        batch.late(),
        batch.lag(),
        batch.seen(),
        batch.took().toMillis());
  }

  @Override
  public void close() {
    server.ifPresent(HTTPServer::close);
  }
}
