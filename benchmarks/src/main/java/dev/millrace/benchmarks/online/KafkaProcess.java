package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.JavaProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * A real Kafka broker in a JVM of its own, with its messages on disk, that can be killed and
 * started again.
 */
final class KafkaProcess implements AutoCloseable {
  private static final int HEAP = 1024;
  private static final int PARTITIONS = 2;
  private static final String MOST_BYTES = "20000000";

  private final Path folder;
  private final int port = Ports.free();
  private JavaProcess broker;

  /** Starts one. */
  KafkaProcess(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    int controller = Ports.free();
    Files.writeString(
        settings(),
        String.join(
            "\n",
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@localhost:" + controller,
            "controller.listener.names=CONTROLLER",
            "listeners=PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controller,
            "advertised.listeners=PLAINTEXT://localhost:" + port,
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "log.dirs=" + folder.resolve("data"),
            "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "auto.create.topics.enable=false",
            "message.max.bytes=" + MOST_BYTES,
            ""));
    String id = org.apache.kafka.common.Uuid.randomUuid().toString();
    try (JavaProcess format =
        JavaProcess.start(
            "kafka.tools.StorageTool",
            HEAP,
            log(),
            List.of("format", "--cluster-id", id, "--config", settings().toString()))) {
      if (format.end() != 0) {
        throw new IllegalStateException("the broker's folder cannot be made; see " + log());
      }
    }
    this.broker = start();
  }

  private Path settings() {
    return folder.resolve("server.properties");
  }

  private Path log() {
    return folder.resolve("broker.log");
  }

  private JavaProcess start() throws IOException, InterruptedException {
    JavaProcess started =
        JavaProcess.start("kafka.Kafka", HEAP, log(), List.of(settings().toString()));
    while (!listens()) {
      if (!started.runs()) {
        throw new IllegalStateException("the broker ended; see " + log());
      }
      Thread.sleep(100);
    }
    return started;
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("localhost", port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  String address() {
    return "localhost:" + port;
  }

  /** Settings of clients that send messages as large as it takes. */
  Map<String, String> clients() {
    return Map.of("bootstrap.servers", address(), "max.request.size", MOST_BYTES);
  }

  void make(String topic) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    }
  }

  /** How many messages a topic has. */
  long messages(String topic) throws ExecutionException, InterruptedException {
    long messages = 0;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      for (int i = 0; i < PARTITIONS; i++) {
        TopicPartition part = new TopicPartition(topic, i);
        messages +=
            admin
                .listOffsets(Map.of(part, OffsetSpec.latest()))
                .partitionResult(part)
                .get()
                .offset();
      }
    }
    return messages;
  }

  void kill() throws InterruptedException {
    broker.kill();
  }

  void startAgain() throws IOException, InterruptedException {
    broker = start();
  }

  @Override
  public void close() throws InterruptedException {
    broker.close();
  }
}
