package dev.millrace.cli;

import dev.millrace.registry.AliasChange;
import dev.millrace.registry.Gate;
import dev.millrace.registry.Metric;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelCandidateBuilder;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registration;
import dev.millrace.registry.Registry;
import dev.millrace.scoring.RegisteredModel;
import dev.millrace.transforms.problem.MillraceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that add a version or do something to one. */
final class RegistryMoves {
  private RegistryMoves() {}

  /** Registers a file. */
  @Command(name = "register", description = "Register an ONNX file as the next version of a model.")
  static final class Register extends RegistryTask {
    @Parameters(index = "0", paramLabel = "MODEL", description = "What it is a version of.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The ONNX file.")
    private Path file = Path.of("model.onnx");

    @Option(
        names = "--metric",
        paramLabel = "SPLIT.METRIC=VALUE",
        description = "What evaluation found, such as test.auc=0.71; may be repeated.")
    private Map<String, Double> metrics = new LinkedHashMap<>();

    @Option(names = "--parameter", paramLabel = "NAME=VALUE", description = "May be repeated.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "May be repeated.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Option(names = "--semver", paramLabel = "TEXT", description = "A version of your own.")
    private String semver = "";

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    private String description = "";

    @Option(names = "--card", paramLabel = "FILE", description = "The model card, as text.")
    private @Nullable Path card;

    @Mixin private Who who = new Who();

    @Override
    int run(Registry registry) throws Exception {
      ModelCandidateBuilder candidate =
          ModelCandidate.named(model)
              .artifact(file)
              .parameters(parameters)
              .tags(tags)
              .semver(semver)
              .description(description)
              .author(who.by())
              .card(card == null ? "" : Files.readString(card));
      metrics.forEach(
          (name, value) -> {
            int dot = name.indexOf('.');
            candidate.metric(
                new Metric(
                    name.substring(dot + 1), dot < 0 ? "" : name.substring(0, dot), "", value));
          });
      Registration registration = registry.register(candidate.build());
      say(
          registration.version().reference()
              + (registration.created() ? " is registered." : " holds that content already."));
      return 0;
    }
  }

  /** Points an alias to a version. */
  @Command(
      name = "promote",
      description = {
        "Point an alias to a version, if it points to what you expect and the version passes the alias's policy."
      })
  static final class Promote extends RegistryTask {
    @Parameters(index = "0", paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Parameters(index = "1", paramLabel = "ALIAS", description = "Such as champion.")
    private String alias = "";

    @Option(
        names = "--expect",
        paramLabel = "VERSION",
        description = "The version that it points to now; none if it is new (default: none).")
    private @Nullable Integer expected;

    @Mixin private WhoAndWhy who = new WhoAndWhy();

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      AliasChange change =
          registry.promote(
              version.name(), alias, version.version(), expected, who.reason(), who.by());
      say(moved(change));
      return 0;
    }
  }

  /** Points an alias back. */
  @Command(name = "rollback", description = "Point an alias to the version before.")
  static final class Rollback extends RegistryTask {
    @Parameters(paramLabel = "MODEL@ALIAS", description = "The alias.")
    private String name = "";

    @Option(
        names = "--expect",
        paramLabel = "VERSION",
        description = "The version that it points to now (default: whichever it is).")
    private @Nullable Integer expected;

    @Mixin private WhoAndWhy who = new WhoAndWhy();

    @Override
    int run(Registry registry) {
      AliasName alias = AliasName.parse(name);
      int from = expected == null ? version(registry, name).version() : expected;
      say(moved(registry.rollback(alias.model(), alias.alias(), from, who.reason(), who.by())));
      return 0;
    }
  }

  private static String moved(AliasChange change) {
    return change.model()
        + "@"
        + change.alias()
        + " points to version "
        + change.version()
        + (change.previous() == null ? "." : "; before, to " + change.previous() + ".");
  }

  /** Archives a version. */
  @Command(name = "archive", description = "Archive a version: no alias can point to it any more.")
  static final class Archive extends RegistryTask {
    @Parameters(paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Mixin private WhoAndWhy who = new WhoAndWhy();

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      registry.archive(version.name(), version.version(), who.reason(), who.by());
      say(version.reference() + " is archived.");
      return 0;
    }
  }

  /** Puts a version in a stage. */
  @Command(name = "stage", description = "Put a version in a stage, such as staging.")
  static final class Stage extends RegistryTask {
    @Parameters(index = "0", paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Parameters(index = "1", paramLabel = "STAGE", description = "The stage.")
    private String stage = "";

    @Mixin private WhoAndWhy who = new WhoAndWhy();

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      registry.setStage(version.name(), version.version(), stage, who.reason(), who.by());
      say(version.reference() + " is in stage " + stage + ".");
      return 0;
    }
  }

  /** Notes an approval. */
  @Command(name = "approve", description = "Approve of a version.")
  static final class Approve extends RegistryTask {
    @Parameters(paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Mixin private WhoAndWhy who = new WhoAndWhy();

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      registry.approve(version.name(), version.version(), who.reason(), who.by());
      say(who.by() + " approves of " + version.reference() + ".");
      return 0;
    }
  }

  /** Shows or sets what an alias asks for. */
  @Command(
      name = "policy",
      description = "Set what must hold before an alias moves, or show it where no gate is given.")
  static final class Policy extends RegistryTask {
    private static final Pattern METRIC =
        Pattern.compile("([^.]+)\\.([^<>=]+?)\\s*(>=|<=)\\s*([-0-9.eE]+)");

    @Parameters(index = "0", paramLabel = "MODEL@ALIAS", description = "The alias.")
    private String name = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "GATE",
        description =
            "'SPLIT.METRIC>=VALUE', 'SPLIT.METRIC<=VALUE', verified, approved-by-N, or none.")
    private List<String> gates = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is set.")
    private String reason = "";

    @Mixin private Who who = new Who();

    @Override
    int run(Registry registry) {
      AliasName alias = AliasName.parse(name);
      if (!gates.isEmpty()) {
        List<Gate> parsed =
            gates.equals(List.of("none")) ? List.of() : gates.stream().map(Policy::gate).toList();
        registry.setPolicy(alias.model(), alias.alias(), parsed, reason, who.by());
      }
      List<Gate> asked = registry.policy(alias.model(), alias.alias());
      say(
          asked.isEmpty()
              ? name + " asks for nothing."
              : name
                  + " asks for: "
                  + String.join("; ", asked.stream().map(Gate::toString).toList()));
      return 0;
    }

    private static Gate gate(String text) {
      Matcher metric = METRIC.matcher(text);
      if (metric.matches()) {
        double bound = Double.parseDouble(metric.group(4));
        return metric.group(3).equals(">=")
            ? Gate.atLeast(metric.group(2), metric.group(1), bound)
            : Gate.atMost(metric.group(2), metric.group(1), bound);
      }
      if (text.equals("verified")) {
        return Gate.verified();
      }
      if (text.matches("approved-by-[1-9][0-9]?")) {
        return Gate.approvedBy(Integer.parseInt(text.substring("approved-by-".length())));
      }
      throw MillraceException.because(
          "Cannot read the gate '" + text + "'",
          "it is of no known form",
          "Write 'test.auc>=0.65', 'test.log_loss<=0.5', verified, approved-by-1 or none");
    }
  }

  /** Replays a version's verification rows, and notes what came of it. */
  @Command(
      name = "verify",
      description =
          "Replay a version's verification rows with ONNX Runtime, and note what came of it.")
  static final class Verify extends RegistryTask {
    @Parameters(paramLabel = "MODEL@VERSION", description = "The version.")
    private String reference = "";

    @Mixin private Who who = new Who();

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      try {
        RegisteredModel loaded = RegisteredModel.load(registry, version.reference());
        String detail = "its verification rows answer as they must";
        registry.noteVerification(version.name(), version.version(), true, detail, who.by());
        say(loaded.version().reference() + ": " + detail + ".");
        return 0;
      } catch (RuntimeException wrong) {
        registry.noteVerification(
            version.name(), version.version(), false, String.valueOf(wrong.getMessage()), who.by());
        throw wrong;
      }
    }
  }
}
