package dev.millrace.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The commit that definitions come from.
 *
 * @param commit its hash, or {@code unknown}
 * @param dirty whether files differ from it or are not in it; true where it is unknown
 */
public record CodeVersion(String commit, boolean dirty) {
  /** What Git says of a folder; unknown where it is in no repository or there is no Git. */
  public static CodeVersion of(Path folder) {
    Optional<String> commit = git(folder, "rev-parse", "HEAD");
    Optional<String> changes = git(folder, "status", "--porcelain");
    if (commit.isEmpty() || changes.isEmpty()) {
      return new CodeVersion("unknown", true);
    }
    return new CodeVersion(commit.get(), !changes.get().isEmpty());
  }

  private static Optional<String> git(Path folder, String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = folder.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean ended = git.waitFor(10, TimeUnit.SECONDS);
      return ended && git.exitValue() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException noGit) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
