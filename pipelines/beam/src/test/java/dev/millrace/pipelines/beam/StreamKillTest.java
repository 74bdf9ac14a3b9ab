package dev.millrace.pipelines.beam;

import static dev.millrace.pipelines.beam.StreamBed.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Flink that is killed in the middle, with what it left on disk. */
@Timeout(240)
class StreamKillTest {
  @TempDir Path dir;

  private BeamProcess flink(List<String> connections) {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"));
    List<String> options =
        new ArrayList<>(
            List.of(
                "--runner=FlinkRunner",
                "--flinkMaster=[local]",
                "--parallelism=2",
                "--checkpointingInterval=500"));
    options.addAll(connections);
    return BeamProcess.start(java, options, dir.resolve("beam.log"));
  }

  private static Set<ProcessHandle> workers() {
    return ProcessHandle.current()
        .children()
        .filter(each -> each.info().command().orElse("").endsWith("java"))
        .collect(Collectors.toSet());
  }

  private static void kill() {
    for (ProcessHandle worker : workers()) {
      worker.destroyForcibly();
      worker.onExit().join();
    }
  }

  @Test
  void messagesOfPubsubAreNeitherLostNorDoubled() throws Exception {
    try (PubsubServer server = new PubsubServer();
        StreamBed bed = new StreamBed()) {
      server.subscription("killed");
      Location stream = Location.Pubsub.subscription("main", "killed", Messages.json());
      List<String> messages = StreamBed.drawn(3_000, 6, Duration.ofDays(2));
      List<String> ids = server.sendTexts("killed", messages.subList(0, 1_500));
      FollowSettings settings = FollowSettings.at(dir.resolve("checkpoint").toString());
      CountDownLatch published = new CountDownLatch(1);
      Following following =
          flink(server.options())
              .follow(bed.follow(stream, dir), settings, batch -> published.countDown());
      published.await();
      ids.addAll(server.sendTexts("killed", messages.subList(1_500, 2_500)));
      kill();
      following.close();
      ids.addAll(server.sendTexts("killed", messages.subList(2_500, messages.size())));
      assertThat(ids).hasSameSizeAs(messages);
      BeamEngine batch = Direct.engine();
      try (BeamProcess second = flink(server.options());
          Following again = second.follow(bed.follow(stream, dir), settings, done -> {})) {
        server.awaitAcknowledgements(ids);
        bed.await(dir, messages.size());
      }
      long distinct = messages.stream().distinct().count();
      assertThat(StreamBed.log(batch, dir).values())
          .hasSize((int) distinct)
          .doesNotHaveDuplicates();
      assertThat(StreamBed.aside(batch, dir))
          .hasSize((int) (messages.size() - distinct))
          .doesNotHaveDuplicates();
      Instant time = FIRST.plus(Duration.ofDays(2));
      var offline = StreamBed.offline(batch, dir, time);
      assertThat(bed.online(dir, offline.keySet(), time)).isEqualTo(offline);
    }
  }

  @Test
  void bothStoresAreAsIfItHadNotBeenKilled() throws Exception {
    try (StreamBed bed = new StreamBed()) {
      bed.topic("killed", 2);
      List<String> messages = StreamBed.drawn(3_000, 5);
      bed.send("killed", messages.subList(0, 1_500));
      FollowSettings settings = FollowSettings.at(dir.resolve("checkpoint").toString());
      CountDownLatch published = new CountDownLatch(1);
      BeamProcess first = flink(List.of(bed.connections()));
      Following following =
          first.follow(bed.follow("killed", dir), settings, batch -> published.countDown());
      published.await();
      bed.send("killed", messages.subList(1_500, 2_500));
      kill();
      following.close();
      bed.send("killed", messages.subList(2_500, messages.size()));
      try (BeamProcess second = flink(List.of(bed.connections()));
          Following again = second.follow(bed.follow("killed", dir), settings, batch -> {})) {
        again.drain();
      }

      BeamEngine batch = Direct.engine();
      long distinct = messages.stream().distinct().count();
      assertThat(StreamBed.log(batch, dir).values())
          .hasSize((int) distinct)
          .doesNotHaveDuplicates();
      assertThat(StreamBed.aside(batch, dir))
          .hasSize((int) (messages.size() - distinct))
          .doesNotHaveDuplicates();
      var offline = StreamBed.offline(batch, dir, StreamBed.AFTER);
      assertThat(bed.online(dir, offline.keySet(), StreamBed.AFTER)).isEqualTo(offline);
    }
  }
}
