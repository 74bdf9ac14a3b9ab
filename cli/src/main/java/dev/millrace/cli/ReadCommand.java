package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.transforms.expression.PlainValues;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads one entity's features from the online store. */
@Command(name = "read", description = "Read an entity's features from the online store.")
final class ReadCommand implements Callable<Integer> {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "millrace-quickstart",
      description = "Where the run lies (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("millrace-quickstart");

  @Option(names = "--view", paramLabel = "VIEW", required = true, description = "The feature view.")
  private String view = "";

  @Option(
      names = "--at",
      converter = Time.class,
      paramLabel = "TIME",
      description =
          "The time, as 2001-02-05T00:00:00Z (default: the end of what was materialized).")
  private @Nullable Instant at;

  @Parameters(paramLabel = "KEY=VALUE", arity = "1..*", description = "The entity's keys.")
  private Map<String, String> keys = Map.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (Home home = Home.existing(dir).claimed()) {
      read(home, Home.pipeline(null));
    }
    return 0;
  }

  private void read(Home home, Pipeline pipeline) {
    FeatureView wanted =
        Chosen.of("feature view", view, pipeline.views(), FeatureView::name, pipeline.name())
            .get(0);
    Instant time = at == null ? pipeline.schedule().end() : at;
    try (LocalRedis redis = LocalRedis.start(home.folder().resolve("redis"), 0);
        FeatureReader reader =
            FeatureReader.connect(redis.address(), Duration.ofSeconds(5), List.of(wanted))) {
      TextTable table = new TextTable("feature of " + keys + " at " + time, "value");
      reader
          .read(keys, time)
          .values()
          .forEach((name, value) -> table.row(name, PlainValues.text(value)));
      spec.commandLine().getOut().print(table);
      spec.commandLine().getOut().flush();
    }
  }
}
