package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineVersions;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the versions of a view that are online, and switches readers to one of them. */
@Command(
    name = "switch",
    description = {
      "Show the versions of a view that are in the online store, and have readers take another one from one moment on.",
      "Without --version it only shows them."
    })
final class SwitchCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();

  @Option(names = "--view", paramLabel = "VIEW", required = true, description = "The feature view.")
  private String view = "";

  @Option(
      names = "--version",
      paramLabel = "VERSION",
      description = "The version that readers are to take (default: as it is).")
  private @Nullable String version;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Pipeline pipeline = home.pipeline();
    FeatureView defined =
        Chosen.of("feature view", view, pipeline.views(), FeatureView::name, pipeline.name())
            .get(0);
    PrintWriter out = spec.commandLine().getOut();
    try (Home open = home.claim();
        LocalRedis redis = LocalRedis.start(open.folder().resolve("redis"), 0)) {
      OnlineVersions versions = new OnlineVersions(view, redis.address());
      Optional<String> before = version == null ? Optional.empty() : versions.switchTo(version);
      TextTable table = new TextTable("version", "events before", "read", "defined");
      versions
          .loaded()
          .forEach(
              each ->
                  table.row(
                      each.version(),
                      each.end().toString(),
                      each.isChosen() ? "chosen" : "",
                      each.version().equals(defined.version()) ? "now" : ""));
      out.print(table);
      if (version != null) {
        out.printf(
            "%s: readers take version %s, %s%n",
            view,
            version,
            before.map(each -> "and took " + each).orElse("and none was chosen until now"));
      } else if (versions.chosen().isEmpty()) {
        out.printf("%s: none is chosen; a reader takes the first that it was given%n", view);
      }
      out.flush();
    }
    return 0;
  }
}
