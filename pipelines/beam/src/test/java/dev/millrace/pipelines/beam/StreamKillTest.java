package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import java.nio.file.Path;
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

  private BeamProcess flink(StreamBed bed) {
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
    return BeamProcess.start(
        java,
        List.of(
            "--runner=FlinkRunner",
            "--flinkMaster=[local]",
            "--parallelism=2",
            "--checkpointingInterval=500",
            bed.connections()),
        dir.resolve("beam.log"));
  }

  private static Set<ProcessHandle> workers() {
    return ProcessHandle.current()
        .children()
        .filter(each -> each.info().command().orElse("").endsWith("java"))
        .collect(Collectors.toSet());
  }

  @Test
  void bothStoresAreAsIfItHadNotBeenKilled() throws Exception {
    try (StreamBed bed = new StreamBed()) {
      bed.topic("killed", 2);
      List<String> messages = StreamBed.drawn(3_000, 5);
      bed.send("killed", messages.subList(0, 1_500));
      FollowSettings settings = FollowSettings.at(dir.resolve("checkpoint").toString());
      CountDownLatch published = new CountDownLatch(1);
      BeamProcess first = flink(bed);
      Following following =
          first.follow(bed.follow("killed", dir), settings, batch -> published.countDown());
      published.await();
      bed.send("killed", messages.subList(1_500, 2_500));
      for (ProcessHandle worker : workers()) {
        worker.destroyForcibly();
        worker.onExit().join();
      }
      following.close();
      bed.send("killed", messages.subList(2_500, messages.size()));
      try (BeamProcess second = flink(bed);
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
