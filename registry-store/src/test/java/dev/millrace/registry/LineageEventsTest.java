package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.embeddedkafka.EmbeddedK;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs as OpenLineage's client sends them, to each kind of end. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LineageEventsTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final String RUN = "0192f0c1-7d2e-7000-8000-000000000001";

  @TempDir Path directory;

  @BeforeEach
  void register() {
    try (Registry registry = Registry.open(RegistryConfig.embedded(directory))) {
      registry.register(Candidates.full(Onnx.lateFlight(1)));
    }
  }

  private Registry sendingTo(String transport) throws IOException {
    Path configuration =
        Files.writeString(directory.resolve("openlineage.yml"), "transport: {" + transport + "}");
    return Registry.open(RegistryConfig.embedded(directory).withOpenLineage(configuration));
  }

  private static void score(Registry registry, String id) {
    registry.record(
        new LineageRun(
            id,
            "score week",
            START,
            START.plusSeconds(5),
            List.of(LineageNode.parse("model:late_flight@1")),
            List.of(LineageNode.parse("predictions:scoring/week@3")),
            Map.of()));
  }

  /** A start and an end of the run, with versions of what was read and made. */
  private void assertTold(List<String> events) throws IOException {
    assertThat(events).hasSize(2);
    JsonNode start = JsonMapper.builder().build().readTree(events.get(0));
    assertThat(start.at("/eventType").asText()).isEqualTo("START");
    assertThat(start.at("/eventTime").asText()).isEqualTo("2026-03-01T10:00:00Z");
    JsonNode end = JsonMapper.builder().build().readTree(events.get(1));
    assertThat(end.at("/eventType").asText()).isEqualTo("COMPLETE");
    assertThat(end.at("/eventTime").asText()).isEqualTo("2026-03-01T10:00:05Z");
    assertThat(end.at("/run/runId").asText()).isEqualTo(RUN);
    assertThat(end.at("/job/namespace").asText()).isEqualTo("registry");
    assertThat(end.at("/job/name").asText()).isEqualTo("score week");
    assertThat(end.at("/inputs/0/name").asText()).isEqualTo("model:late_flight");
    assertThat(end.at("/inputs/0/facets/version/datasetVersion").asText()).isEqualTo("1");
    JsonNode model = end.at("/inputs/0/facets/millrace_model");
    assertThat(model.at("/name").asText()).isEqualTo("late_flight");
    assertThat(model.at("/version").asInt()).isEqualTo(1);
    assertThat(model.at("/codeCommit").asText()).isEqualTo("559203f");
    assertThat(model.at("/artifactSha256").asText())
        .isEqualTo(Content.of(Onnx.lateFlight(1)).digest().sha256());
    assertThat(end.at("/outputs/0/name").asText()).isEqualTo("predictions:scoring/week");
    assertThat(end.at("/outputs/0/facets/version/datasetVersion").asText()).isEqualTo("3");
  }

  @Test
  void toAFile() throws IOException {
    Path events = directory.resolve("events.jsonl");
    try (Registry registry = sendingTo("type: file, location: " + events)) {
      score(registry, RUN);
    }
    assertTold(Files.readAllLines(events));
  }

  @Test
  void overHttp() throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    HttpServer server = listen();
    server.createContext(
        "/api/v1/lineage",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    try (Registry registry = sendingTo("type: http, url: " + url(server))) {
      score(registry, RUN);
      assertTold(
          List.of(
              String.valueOf(bodies.poll(30, TimeUnit.SECONDS)),
              String.valueOf(bodies.poll(30, TimeUnit.SECONDS))));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void toATopicOfKafka() throws Exception {
    scala.collection.immutable.Map<String, String> none =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    EmbeddedK broker = EmbeddedKafka.start(EmbeddedKafkaConfig.apply(0, 0, none, none, none));
    String address = "localhost:" + broker.config().kafkaPort();
    String texts = "org.apache.kafka.common.serialization.StringSerializer";
    try (Registry registry =
        sendingTo(
            "type: kafka, topicName: lineage, properties: {bootstrap.servers: '"
                + address
                + "', key.serializer: "
                + texts
                + ", value.serializer: "
                + texts
                + "}")) {
      score(registry, RUN);
      try (KafkaConsumer<String, String> consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", address),
              new StringDeserializer(),
              new StringDeserializer())) {
        TopicPartition only = new TopicPartition("lineage", 0);
        consumer.assign(List.of(only));
        consumer.seekToBeginning(List.of(only));
        List<String> events = new ArrayList<>();
        while (events.size() < 2) {
          consumer.poll(Duration.ofSeconds(1)).forEach(each -> events.add(each.value()));
        }
        assertTold(events);
      }
    } finally {
      broker.stop(true);
    }
  }

  /** The end answers nothing until all runs are recorded: none of them waits for it. */
  @Test
  void noRunWaitsForAnEndThatDoesNotAnswer() throws Exception {
    CountDownLatch recorded = new CountDownLatch(1);
    HttpServer server = listen();
    server.createContext(
        "/",
        exchange -> {
          try {
            recorded.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    try (Registry registry = sendingTo("type: http, url: " + url(server))) {
      for (int run = 0; run < 5; run++) {
        score(registry, UUID.randomUUID().toString());
      }
      recorded.countDown();
      assertThat(registry.lineage().nodes())
          .contains(LineageNode.parse("predictions:scoring/week@3"));
    } finally {
      recorded.countDown();
      server.stop(0);
    }
  }

  @Test
  void noRunFailsWhereNobodyListens() throws IOException {
    String nobody = "url: http://localhost:1, timeoutInMillis: 500";
    try (Registry registry = sendingTo("type: http, " + nobody)) {
      score(registry, RUN);
      assertThat(registry.lineage().nodes())
          .contains(LineageNode.parse("predictions:scoring/week@3"));
    }
    assertThatThrownBy(() -> sendingTo("type: pigeon"))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith(
            "Cannot send lineage events as '" + directory.resolve("openlineage.yml") + "' says: ");
  }

  private static HttpServer listen() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://localhost:" + server.getAddress().getPort();
  }
}
