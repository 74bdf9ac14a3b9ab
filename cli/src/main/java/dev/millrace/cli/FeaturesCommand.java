package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
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

/** Features of the project. */
@Command(
    name = "features",
    description = "Look at feature values.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = FeaturesCommand.Read.class)
final class FeaturesCommand {
  private FeaturesCommand() {}

  /** Reads one entity's features from the online store. */
  @Command(name = "read", description = "Read an entity's features from the online store.")
  static final class Read implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = "millrace-quickstart",
        description = "Where the run lies (default: ${DEFAULT-VALUE}).")
    private Path dir = Path.of("millrace-quickstart");

    @Option(
        names = "--view",
        paramLabel = "VIEW",
        required = true,
        description = "The feature view.")
    private String view = "";

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description =
            "The time, as 2001-02-05T00:00:00Z (default: the end of what was materialized).")
    private @Nullable Instant at;

    @Parameters(paramLabel = "KEY=VALUE", arity = "1..*", description = "The entity's keys.")
    private Map<String, String> keys = Map.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Pipeline pipeline = Home.pipeline(null);
      List<String> names = pipeline.views().stream().map(FeatureView::name).toList();
      FeatureView wanted =
          pipeline.views().stream()
              .filter(each -> each.name().equals(view))
              .findFirst()
              .orElseThrow(
                  () ->
                      new MillraceException(
                          Problem.unknown(
                              "feature view", view, "pipeline '" + pipeline.name() + "'", names)));
      Instant time = at == null ? pipeline.schedule().end() : at;
      try (Home home = Home.existing(dir).claimed();
          LocalRedis redis = LocalRedis.start(home.folder().resolve("redis"), 0);
          FeatureReader reader =
              FeatureReader.connect(redis.address(), Duration.ofSeconds(5), List.of(wanted))) {
        TextTable table = new TextTable("feature of " + keys + " at " + time, "value");
        reader.read(keys, time).forEach((name, value) -> table.row(name, String.valueOf(value)));
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
      }
      return 0;
    }
  }
}
