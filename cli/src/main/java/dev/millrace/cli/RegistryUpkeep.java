package dev.millrace.cli;

import dev.millrace.registry.Maintenance;
import dev.millrace.registry.Registry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands that prove a registry whole, keep it small, and tell others. */
final class RegistryUpkeep {
  private RegistryUpkeep() {}

  /** Proves every version. */
  @Command(
      name = "fsck",
      description =
          "Read every version with its bytes and every event, and tell what does not fit.")
  static final class Fsck extends RegistryTask {
    @Override
    int run(Registry registry) {
      Maintenance.Proof proof = registry.maintenance().prove();
      proof.faults().forEach(this::say);
      proof
          .pending()
          .forEach(each -> say(each + " is pending: its registration did not end, or not yet."));
      say(
          String.format(
              Locale.ROOT,
              "%,d versions with %,d bytes, %,d events: %s.",
              proof.versions(),
              proof.bytes(),
              proof.events(),
              proof.faults().isEmpty() ? "all whole" : proof.faults().size() + " faults"));
      return proof.faults().isEmpty() ? 0 : 1;
    }
  }

  /** Takes away what is of no use. */
  @Command(
      name = "gc",
      description = {
        "Rewrite small files, and take away old snapshots, bytes that no version refers to, and files that were left behind."
      })
  static final class Gc extends RegistryTask {
    @Option(
        names = "--older-than",
        paramLabel = "HOURS",
        defaultValue = "24",
        description = "What is younger is left (default: ${DEFAULT-VALUE} hours).")
    private int hours = 24;

    @Override
    int run(Registry registry) {
      Maintenance maintenance = registry.maintenance();
      Map<String, Long> fewer = new TreeMap<>(maintenance.compact());
      Maintenance.Collected collected = maintenance.collect(Duration.ofHours(hours));
      fewer.forEach((table, files) -> say(table + ": " + files + " files fewer"));
      say(
          collected.contents()
              + " contents and "
              + collected.files()
              + " files that nothing referred to are gone.");
      return 0;
    }
  }

  /** Tells webhooks what they were not told yet. */
  @Command(name = "deliver", description = "Send webhooks the events that they did not take yet.")
  static final class Deliver extends RegistryTask {
    @Override
    int run(Registry registry) {
      say(registry.deliver() + " events are sent.");
      return 0;
    }
  }
}
