package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineVersions;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.type.Micros;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwitchCommandTest {
  private static final Instant END = Instant.parse("2001-02-05T00:00:00Z");
  private static final String OTHER = "0badcafe";

  @TempDir Path dir;

  private String call(int expected, String... more) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    List<String> arguments =
        new ArrayList<>(List.of("features", "switch", "--dir", dir.toString()));
    arguments.addAll(List.of(more));
    assertThat(Main.run(out, out, arguments.toArray(String[]::new)))
        .as(said.toString())
        .isEqualTo(expected);
    return said.toString();
  }

  @Test
  void switchesBetweenTheVersionsThatAreThere() {
    FeatureView view = Home.pipeline(null).views().get(0);
    assertThat(call(1, "--view", view.name(), "--version", OTHER))
        .startsWith(
            "millrace: Cannot switch feature view 'origin_delays' to version '0badcafe': the online store at ")
        .endsWith(" holds nothing of the view. Load it first.\n");
    try (LocalRedis redis = LocalRedis.start(dir.resolve("redis"), 0)) {
      Sink.OnlineAddress address = redis.address();
      try (OnlineStore store =
          OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()))) {
        store.mark(view.space(), new Stamp(1, 0, 0, Micros.of(END)));
        store.mark(view.name() + "@" + OTHER, new Stamp(1, 0, 0, Micros.of(END)));
      }
      assertThat(new OnlineVersions(view.name(), address).loaded())
          .containsExactlyInAnyOrder(
              new OnlineVersions.Loaded(OTHER, END, false),
              new OnlineVersions.Loaded(view.version(), END, false));
    }
    assertThat(call(0, "--view", view.name()))
        .contains("origin_delays: none is chosen; a reader takes the first that it was given\n");
    assertThat(call(0, "--view", view.name(), "--version", OTHER))
        .contains("0badcafe  2001-02-05T00:00:00Z  chosen\n")
        .contains(view.version() + "  2001-02-05T00:00:00Z          now\n")
        .endsWith("origin_delays: readers take version 0badcafe, and none was chosen until now\n");
    assertThat(call(0, "--view", view.name(), "--version", view.version()))
        .contains(view.version() + "  2001-02-05T00:00:00Z  chosen  now\n")
        .endsWith("readers take version " + view.version() + ", and took 0badcafe\n");
    assertThat(call(1, "--view", view.name(), "--version", "0badcaff"))
        .startsWith("millrace: Cannot resolve version '0badcaff' in the online store at ")
        .endsWith("Did you mean '0badcafe'?\n");
  }
}
