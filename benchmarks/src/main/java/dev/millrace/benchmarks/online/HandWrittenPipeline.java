package dev.millrace.benchmarks.online;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Deduplicate;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * The example's two views as a user of Beam writes them by hand: messages of flights, those that
 * are good and not repeated, summed by windows of five minutes, an hour and a day with {@code
 * Combine} and doubles, and each pane put into a hash of its entity and length in Redis. It keeps
 * no log, sets nothing aside and knows no order of writes, and what it sums depends on the order of
 * its rows.
 */
public final class HandWrittenPipeline {
  private static final List<Duration> TILES =
      List.of(Duration.standardMinutes(5), Duration.standardHours(1), Duration.standardDays(1));

  private static final Duration RETENTION = Duration.standardDays(8);

  /** How late a message may be without holding windows up. */
  private static final Duration DELAY = Duration.standardHours(7);

  private static final JsonFactory JSON = new JsonFactory();

  private HandWrittenPipeline() {}

  /**
   * Arguments: Kafka's address, the topic, Redis' port, how often panes are put there in seconds;
   * then the runner's options.
   */
  public static void main(String[] arguments) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(arguments, 4, arguments.length))
                .create());
    PCollection<Flight> flights =
        pipeline
            .apply(
                KafkaIO.<byte[], byte[]>read()
                    .withBootstrapServers(arguments[0])
                    .withTopic(arguments[1])
                    .withKeyDeserializer(ByteArrayDeserializer.class)
                    .withValueDeserializer(ByteArrayDeserializer.class)
                    .withConsumerConfigUpdates(
                        Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
                    .withTimestampPolicyFactory((partition, before) -> new DeparturePolicy(before))
                    .withoutMetadata())
            .apply("Parse", ParDo.of(new ParseFn()))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), new FlightCoder()))
            .apply(Deduplicate.<String, Flight>keyedValues().withDuration(RETENTION))
            .apply(Values.create())
            .setCoder(new FlightCoder());
    for (String view : List.of("origin_delays", "route_delays")) {
      PCollection<KV<String, Flight>> keyed =
          flights
              .apply(view, ParDo.of(new KeyFn(view)))
              .setCoder(KvCoder.of(StringUtf8Coder.of(), new FlightCoder()));
      for (Duration tile : TILES) {
        String name = view + " " + tile.getStandardMinutes();
        PCollection<Void> unused =
            keyed
                .apply(
                    "Tiles " + name,
                    Window.<KV<String, Flight>>into(FixedWindows.of(tile))
                        .triggering(
                            Repeatedly.forever(
                                AfterProcessingTime.pastFirstElementInPane()
                                    .plusDelayOf(
                                        Duration.standardSeconds(Long.parseLong(arguments[3])))))
                        .withAllowedLateness(RETENTION)
                        .accumulatingFiredPanes())
                .apply("Combine " + name, Combine.perKey(new StatsFn()))
                .apply(
                    "Put " + name,
                    ParDo.of(new PutFn(tile.getStandardMinutes(), Integer.parseInt(arguments[2]))));
      }
    }
    pipeline.run().waitUntilFinish();
  }

  /** When a message's flight left. */
  private static Instant departure(KafkaRecord<byte[], byte[]> message) {
    java.time.Instant date = java.time.Instant.EPOCH;
    long delay = 0;
    try (JsonParser json = JSON.createParser(message.getKV().getValue())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.getCurrentName().equals("date")) {
          date = java.time.Instant.parse(json.nextTextValue());
        } else if (token == JsonToken.FIELD_NAME && json.getCurrentName().equals("delay")) {
          delay = json.nextLongValue(0);
          break;
        }
      }
    } catch (IOException | RuntimeException poison) {
      // It is left out later on.
    }
    return Instant.ofEpochMilli(date.toEpochMilli() + delay * 60_000);
  }

  /**
   * Flights happen when they leave; the watermark is some hours behind, whatever the clock says.
   */
  private static final class DeparturePolicy extends TimestampPolicy<byte[], byte[]> {
    private Instant watermark;

    DeparturePolicy(Optional<Instant> before) {
      this.watermark = before.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE);
    }

    @Override
    public Instant getTimestampForRecord(
        PartitionContext partition, KafkaRecord<byte[], byte[]> message) {
      Instant left = departure(message);
      Instant behind = left.minus(DELAY);
      watermark = behind.isAfter(watermark) ? behind : watermark;
      return left;
    }

    @Override
    public Instant getWatermark(PartitionContext partition) {
      return watermark;
    }
  }

  /** One flight. */
  record Flight(String origin, String destination, double delay) {}

  /** Its fields, one after the other. */
  static final class FlightCoder extends CustomCoder<Flight> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Flight flight, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(flight.origin(), out);
      StringUtf8Coder.of().encode(flight.destination(), out);
      DoubleCoder.of().encode(flight.delay(), out);
    }

    @Override
    public Flight decode(InputStream in) throws IOException {
      return new Flight(
          StringUtf8Coder.of().decode(in),
          StringUtf8Coder.of().decode(in),
          DoubleCoder.of().decode(in));
    }
  }

  /** Four numbers. */
  static final class StatsCoder extends CustomCoder<double[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(double[] stats, OutputStream out) throws IOException {
      for (double each : stats) {
        DoubleCoder.of().encode(each, out);
      }
    }

    @Override
    public double[] decode(InputStream in) throws IOException {
      double[] stats = new double[4];
      for (int i = 0; i < stats.length; i++) {
        stats[i] = DoubleCoder.of().decode(in);
      }
      return stats;
    }
  }

  /** Good messages by all that must not be repeated. */
  static final class ParseFn extends DoFn<KV<byte[], byte[]>, KV<String, Flight>> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @ProcessElement
    public void process(
        @Element KV<byte[], byte[]> message, OutputReceiver<KV<String, Flight>> out) {
      try {
        JsonNode json = JSON.readTree(message.getValue());
        double delay = json.get("delay").asDouble();
        if (json.hasNonNull("origin") && delay >= -120 && delay <= 2000) {
          String date = json.get("date").asText();
          String origin = json.get("origin").asText();
          String destination = json.get("destination").asText();
          out.output(
              KV.of(
                  String.join(
                      "|", date, origin, destination, "" + delay, json.get("distance").asText()),
                  new Flight(origin, destination, delay)));
        }
      } catch (IOException | RuntimeException poison) {
        // Left out.
      }
    }
  }

  /** Flights by the entities of a view. */
  static final class KeyFn extends DoFn<Flight, KV<String, Flight>> {
    private static final long serialVersionUID = 1L;
    private final String view;

    KeyFn(String view) {
      this.view = view;
    }

    @ProcessElement
    public void process(@Element Flight flight, OutputReceiver<KV<String, Flight>> out) {
      String entity =
          view.equals("origin_delays")
              ? flight.origin()
              : flight.origin() + "|" + flight.destination();
      out.output(KV.of(view + ":" + entity, flight));
    }
  }

  /** A count, a sum, a count of late ones and the worst. */
  static final class StatsFn extends Combine.CombineFn<Flight, double[], double[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Coder<double[]> getAccumulatorCoder(CoderRegistry registry, Coder<Flight> input) {
      return new StatsCoder();
    }

    @Override
    public Coder<double[]> getDefaultOutputCoder(CoderRegistry registry, Coder<Flight> input) {
      return new StatsCoder();
    }

    @Override
    public double[] createAccumulator() {
      return new double[] {0, 0, 0, Double.NEGATIVE_INFINITY};
    }

    @Override
    public double[] addInput(double[] stats, Flight flight) {
      stats[0]++;
      stats[1] += flight.delay();
      stats[2] += flight.delay() >= 15 ? 1 : 0;
      stats[3] = Math.max(stats[3], flight.delay());
      return stats;
    }

    @Override
    public double[] mergeAccumulators(Iterable<double[]> all) {
      double[] merged = createAccumulator();
      for (double[] each : all) {
        merged[0] += each[0];
        merged[1] += each[1];
        merged[2] += each[2];
        merged[3] = Math.max(merged[3], each[3]);
      }
      return merged;
    }

    @Override
    public double[] extractOutput(double[] stats) {
      return stats;
    }
  }

  /** Panes into the hash of their entity, by tile, in pipelines. */
  static final class PutFn extends DoFn<KV<String, double[]>, Void> {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 500;

    private final long minutes;
    private final int port;
    private final List<String[]> waiting = new ArrayList<>();
    private transient @Nullable Jedis redis;

    PutFn(long minutes, int port) {
      this.minutes = minutes;
      this.port = port;
    }

    @Setup
    public void connect() {
      redis = new Jedis("127.0.0.1", port);
    }

    @ProcessElement
    public void process(@Element KV<String, double[]> pane, BoundedWindow window) {
      double[] stats = Objects.requireNonNull(pane.getValue());
      waiting.add(
          new String[] {
            minutes + ":" + pane.getKey(),
            Long.toString(((IntervalWindow) window).start().getMillis()),
            stats[0] + " " + stats[1] + " " + stats[2] + " " + stats[3]
          });
      if (waiting.size() >= MOST) {
        put();
      }
    }

    @FinishBundle
    public void put() {
      var pipeline = Objects.requireNonNull(redis).pipelined();
      waiting.forEach(each -> pipeline.hset(each[0], each[1], each[2]));
      pipeline.sync();
      waiting.clear();
    }

    @Teardown
    public void close() {
      Objects.requireNonNull(redis).close();
    }
  }
}
