package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/**
 * Google's own Pub/Sub in memory, a program of Go that is built below {@code target}. Where there
 * is no Go, tests are passed over with a word, unless {@code MILLRACE_GO} is {@code required}.
 */
final class PubsubServer implements AutoCloseable {
  private static final Path SOURCES = Path.of("src/test/go/pubsub").toAbsolutePath();
  private static final Path PROGRAM = Path.of("target/pubsub").toAbsolutePath();
  private static final String PROJECT = "millrace-test";
  private static final long LOOKING_NANOS = 50_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A message that is sent, as texts. */
  record Sent(String data, Map<String, String> attributes) {}

  PubsubServer() throws IOException, InterruptedException {
    if (!there()) {
      Assumptions.assumeFalse(
          !"required".equals(System.getenv("MILLRACE_GO")),
          "There is no go here: streams of Pub/Sub are not tried.");
      throw new IllegalStateException(
          "There is no go here, and MILLRACE_GO says that it is required.");
    }
    run("go", "build", "-o", PROGRAM.toString(), ".");
    process =
        new ProcessBuilder(PROGRAM.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    address =
        Objects.requireNonNull(
            new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                .readLine());
  }

  private static boolean there() throws InterruptedException {
    try {
      return new ProcessBuilder("go", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException none) {
      return false;
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile("go", ".log");
    ProcessBuilder building =
        new ProcessBuilder(command)
            .directory(SOURCES.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    building.environment().put("GOFLAGS", "-buildvcs=false -mod=readonly");
    assertThat(building.start().waitFor())
        .as(String.join(" ", command) + "\n" + Files.readString(said))
        .isZero();
    Files.delete(said);
  }

  /** The options that say where it is, and that nobody has to say who they are. */
  List<String> options() {
    return List.of(
        "--pubsubRootUrl=" + address,
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory",
        "--connections={\"pubsub.main.project\": \"" + PROJECT + "\"}");
  }

  private String call(String method, String path, Object body) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(address + path))
                .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    return answer.body();
  }

  private void tell(String method, String path, Object body) throws Exception {
    String unused = call(method, path, body);
  }

  private static String named(String kind, String name) {
    return "projects/" + PROJECT + "/" + kind + "/" + name;
  }

  void topic(String name) throws Exception {
    tell("PUT", "/v1/" + named("topics", name), Map.of());
  }

  /** A topic and a subscription of one name. */
  void subscription(String name) throws Exception {
    topic(name);
    tell(
        "PUT",
        "/v1/" + named("subscriptions", name),
        Map.of("topic", named("topics", name), "ackDeadlineSeconds", 10));
  }

  /**
   * Sends messages.
   *
   * @return their ids
   */
  List<String> send(String topic, List<Sent> messages) throws Exception {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Sent message : messages) {
      byte[] data = message.data().getBytes(StandardCharsets.ISO_8859_1);
      all.add(
          Map.of(
              "data",
              Base64.getEncoder().encodeToString(data),
              "attributes",
              message.attributes()));
    }
    JsonNode answer =
        JSON.readTree(
            call("POST", "/v1/" + named("topics", topic) + ":publish", Map.of("messages", all)));
    List<String> ids = new ArrayList<>();
    answer.path("messageIds").forEach(id -> ids.add(id.asText()));
    return ids;
  }

  List<String> sendTexts(String topic, List<String> messages) throws Exception {
    return send(topic, messages.stream().map(text -> new Sent(text, Map.of())).toList());
  }

  /** From now on acknowledgements get lost. */
  void lose() throws Exception {
    tell("POST", "/lose", Map.of());
  }

  /** Acknowledgements arrive again, and messages without one are delivered at once. */
  void deliverAgain(String subscription, List<String> ids) throws Exception {
    tell("POST", "/keep", Map.of());
    tell(
        "POST",
        "/v1/" + named("subscriptions", subscription) + ":modifyAckDeadline",
        Map.of("ackIds", ids, "ackDeadlineSeconds", 0));
  }

  /** How often messages were delivered. */
  Map<String, Integer> deliveries(List<String> ids) throws Exception {
    return counts("/deliveries", ids);
  }

  /** Returns when all are acknowledged. */
  void awaitAcknowledgements(List<String> ids) throws Exception {
    while (counts("/acknowledgements", ids).containsValue(0)) {
      LockSupport.parkNanos(LOOKING_NANOS);
    }
  }

  private Map<String, Integer> counts(String path, List<String> ids) throws Exception {
    JsonNode all = JSON.readTree(call("GET", path, Map.of()));
    return ids.stream().collect(Collectors.toMap(id -> id, id -> all.path(id).asInt()));
  }

  /** Returns when each was delivered more often. */
  void awaitDeliveries(Map<String, Integer> before) throws Exception {
    while (deliveries(List.copyOf(before.keySet())).entrySet().stream()
        .anyMatch(now -> now.getValue() <= before.getOrDefault(now.getKey(), 0))) {
      LockSupport.parkNanos(LOOKING_NANOS);
    }
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
