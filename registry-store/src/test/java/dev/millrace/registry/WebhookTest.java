package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events over real HTTP. */
@Timeout(60)
class WebhookTest {
  private static final String SECRET = "a secret of enough characters";

  private record Post(String id, String timestamp, String signature, String body) {}

  @TempDir Path directory;
  private HttpServer server;
  private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
  private volatile int answer = 204;
  private volatile Runnable atEachPost = () -> {};

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/models",
        exchange -> {
          posts.add(
              new Post(
                  exchange.getRequestHeaders().getFirst("webhook-id"),
                  exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                  exchange.getRequestHeaders().getFirst("webhook-signature"),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          atEachPost.run();
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private RegistryConfig config(Set<RegistryEvent.Type> types) {
    return RegistryConfig.embedded(directory)
        .with(
            new Webhook(
                "deploy",
                URI.create("http://localhost:" + server.getAddress().getPort() + "/models"),
                SECRET,
                types));
  }

  private Post next() throws InterruptedException {
    Post post = posts.poll(30, TimeUnit.SECONDS);
    assertThat(post).isNotNull();
    return post;
  }

  @Test
  void tellsSignedOfWhatHappensAndOnlyOfThat() throws Exception {
    try (Registry registry = Registry.open(config(EnumSet.allOf(RegistryEvent.Type.class)))) {
      registry.register(Candidates.of("late_flight", 1).author("ann").build());
      Post registered = next();
      assertThat(registered.body())
          .contains("\"type\":\"registration\"")
          .contains(
              "\"data\":{\"model\":\"late_flight\",\"version\":1,\"reason\":\"\",\"by\":\"ann\"}")
          .contains("\"id\":\"" + registered.id() + "\"");
      assertThat(registered.signature())
          .isEqualTo(
              Webhooks.signature(
                  SECRET,
                  registered.id() + "." + registered.timestamp() + "." + registered.body()));

      registry.approve("late_flight", 1, "fine", "bob");
      registry.promote("late_flight", "champion", 1, null, "first", "ann");
      assertThat(next().body())
          .contains(
              "\"type\":\"promotion\"",
              "\"data\":{\"model\":\"late_flight\",\"version\":1,\"alias\":\"champion\","
                  + "\"reason\":\"first\",\"by\":\"ann\"}");
    }
    assertThat(posts).isEmpty();
  }

  @Test
  void sendsAgainWhatWasNotTaken() throws Exception {
    RegistryConfig config = config(EnumSet.of(RegistryEvent.Type.PROMOTION));
    answer = 503;
    try (Registry registry = Registry.open(config)) {
      registry.register(Candidates.of("late_flight", 1).build());
      registry.promote("late_flight", "champion", 1, null, "first", "ann");
      String id = next().id();
      // The same event, with the same id, a few times; then it waits.
      assertThat(next().id()).isEqualTo(id);
      assertThatThrownBy(registry::deliver)
          .isInstanceOf(RegistryException.class)
          .hasMessage(
              "Webhook 'deploy' did not take the promotion of late_flight@1: it answered 503. It is sent"
                  + " again when something happens, or by 'millrace registry deliver'.");
    }
    posts.clear();
    answer = 200;
    // Another process, later: nothing is lost.
    try (Registry registry = Registry.open(config)) {
      Post post = next();
      assertThat(post.body()).contains("\"type\":\"promotion\"");
      assertThat(registry.deliver()).isZero();
    }
    assertThat(posts).isEmpty();
  }

  /** It was told of the first, and nobody lived to note that. */
  @Test
  void whatAKilledProcessSentIsSentAgainWithTheSameId() throws Exception {
    RegistryConfig config = config(EnumSet.allOf(RegistryEvent.Type.class));
    try (Registry registry = Registry.open(config)) {
      assertThat(registry.deliver()).isZero();
    }
    try (Registry registry = Registry.open(RegistryConfig.embedded(directory))) {
      registry.register(Candidates.of("late_flight", 1).build());
      registry.register(Candidates.of("late_flight", 2).build());
    }
    AtomicInteger posted = new AtomicInteger();
    CompletableFuture<Process> delivering = new CompletableFuture<>();
    atEachPost =
        () -> {
          if (posted.incrementAndGet() == 2) {
            delivering.join().destroyForcibly().onExit().join();
          }
        };
    delivering.complete(
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                DeliverProcess.class.getName(),
                directory.toString(),
                config.webhooks().get(0).url().toString(),
                SECRET)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
    Post first = next();
    Post second = next();
    assertThat(delivering.get().waitFor()).isNotZero();

    atEachPost = () -> {};
    try (Registry registry = Registry.open(config)) {
      assertThat(next()).extracting(Post::id, Post::body).containsExactly(first.id(), first.body());
      assertThat(next())
          .extracting(Post::id, Post::body)
          .containsExactly(second.id(), second.body());
      assertThat(registry.deliver()).isZero();
    }
    assertThat(posts).isEmpty();
  }

  @Test
  void oneThatIsNewIsToldOfWhatHappensFromThenOn() throws Exception {
    try (Registry registry = Registry.open(RegistryConfig.embedded(directory))) {
      registry.register(Candidates.of("late_flight", 1).build());
    }
    try (Registry registry = Registry.open(config(EnumSet.allOf(RegistryEvent.Type.class)))) {
      registry.register(Candidates.of("late_flight", 2).build());
      assertThat(next().body()).contains("\"version\":2");
      registry.archive("late_flight", 1, "old", "ann");
      assertThat(next().body()).contains("\"type\":\"archive\"", "\"version\":1");
    }
  }

  @Test
  void refusesAnAddressThatIsNoneAndASecretThatIsShort() {
    assertThatThrownBy(() -> new Webhook("deploy", URI.create("ftp://host/x"), SECRET, Set.of()))
        .hasMessage(
            "Cannot post events of webhook 'deploy' to 'ftp://host/x': it is no http or https address."
                + " Write one such as https://deploy.example.org/models.");
    assertThatThrownBy(() -> new Webhook("deploy", URI.create("https://host/x"), "short", Set.of()))
        .hasMessage(
            "The secret of webhook 'deploy' has 5 characters: it needs 16 or more for its signatures to"
                + " prove anything.");
    assertThat(new Webhook("deploy", URI.create("https://host/x"), SECRET, Set.of()).toString())
        .doesNotContain(SECRET);
    assertThat(List.of(config(Set.of())).toString()).doesNotContain(SECRET);
  }
}
