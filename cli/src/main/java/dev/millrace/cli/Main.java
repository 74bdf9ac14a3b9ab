package dev.millrace.cli;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.NearNames;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code millrace}. Exit codes: 0 done, 1 failed, 2 wrongly called. */
@Command(
    name = "millrace",
    description =
        "One definition of a feature, a training set, a scoring job or a drift watch; every engine runs it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      PlanCommand.class,
      FeaturesCommand.class,
      RegistryCommand.class,
      SqlCommand.class
    })
public final class Main {
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where a failure came from.")
  private boolean verbose;

  private Main() {}

  public static void main(String[] arguments) {
    int code =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    System.exit(code);
  }

  /** Runs the command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Main main = new Main();
    CommandLine command =
        new CommandLine(main)
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> main.report(failure, line.getErr()))
            .setParameterExceptionHandler((wrong, given) -> usage(wrong, wrong.getCommandLine()));
    if (arguments.length == 0) {
      command.usage(out);
      return 0;
    }
    try {
      return command.execute(arguments);
    } catch (Error failure) {
      return main.report(failure, err);
    }
  }

  private int report(Throwable failure, PrintWriter err) {
    boolean explained = failure instanceof MillraceException || isOurs(failure);
    err.println(
        "millrace: "
            + (explained
                ? failure.getMessage()
                : "An unexpected failure, "
                    + failure.getClass().getSimpleName()
                    + ": "
                    + firstLine(failure)
                    + " Run it again with --verbose to see where it came from."));
    if (verbose) {
      failure.printStackTrace(err);
    }
    return 1;
  }

  /** An argument that our own code refused, with words for the person who gave it. */
  private static boolean isOurs(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return failure instanceof IllegalArgumentException
        && trace.length > 0
        && trace[0].getClassName().startsWith("dev.millrace.");
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static int usage(CommandLine.ParameterException wrong, CommandLine command) {
    PrintWriter err = command.getErr();
    err.println("millrace: " + wrong.getMessage() + suggestion(wrong, command));
    err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return 2;
  }

  private static String suggestion(CommandLine.ParameterException wrong, CommandLine command) {
    if (!(wrong instanceof CommandLine.UnmatchedArgumentException unmatched)) {
      return "";
    }
    List<String> known = new java.util.ArrayList<>(command.getSubcommands().keySet());
    command.getCommandSpec().options().forEach(option -> known.addAll(List.of(option.names())));
    return NearNames.nearest(unmatched.getUnmatched().get(0), known)
        .map(near -> ". Did you mean '" + near + "'?")
        .orElse(". Known are " + String.join(", ", known) + ".");
  }
}
