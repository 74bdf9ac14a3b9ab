package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.StreamCase;
import dev.millrace.pipelines.conformance.StreamCases;
import dev.millrace.pipelines.conformance.StreamTrial;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of streams on Beam's runners. */
@Timeout(120)
class StreamCasesTest {
  private static StreamBed bed;

  @BeforeAll
  static void start() throws Exception {
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }

  static List<Arguments> cases() {
    return StreamCases.all().stream()
        .flatMap(
            each ->
                List.of(StreamTest.Runner.values()).stream()
                    .map(runner -> Arguments.of(runner, each)))
        .toList();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cases")
  void holds(StreamTest.Runner runner, StreamCase each, @TempDir Path dir) throws Exception {
    String topic = Objects.requireNonNull(dir.getFileName()).toString();
    bed.topic(topic, 1);
    StreamTrial.Surroundings around =
        new StreamTrial.Surroundings() {
          @Override
          public void send(StreamTrial.Message message) throws Exception {
            String value = message.value();
            bed.send(
                topic,
                message.key(),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public void forget(long before) throws Exception {
            bed.forget(topic, before);
          }
        };
    List<Engine> engines = List.of(runner.engine(List.of(bed.connections())));
    Location.KafkaTopic location = new Location.KafkaTopic("main", topic, StreamTrial.messages());
    each.check().of(new StreamTrial(engines, location, around, dir));
  }
}
