package dev.millrace.cli;

import picocli.CommandLine.Command;

/** The registry. */
@Command(
    name = "registry",
    description = "Look at registered models, and move them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RegistryLook.ListVersions.class,
      RegistryLook.Show.class,
      RegistryLook.Diff.class,
      RegistryLook.History.class,
      RegistryMoves.Register.class,
      RegistryMoves.Promote.class,
      RegistryMoves.Rollback.class,
      RegistryMoves.Archive.class,
      RegistryMoves.Stage.class,
      RegistryMoves.Approve.class,
      RegistryMoves.Policy.class,
      RegistryMoves.Verify.class,
      RegistryExchange.Export.class,
      RegistryExchange.Import.class,
      RegistryQuestions.LineageOf.class,
      RegistryQuestions.Impact.class,
      RegistryQuestions.Audit.class,
      RegistryUpkeep.Fsck.class,
      RegistryUpkeep.Gc.class,
      RegistryUpkeep.Deliver.class
    })
final class RegistryCommand {
  private RegistryCommand() {}
}
