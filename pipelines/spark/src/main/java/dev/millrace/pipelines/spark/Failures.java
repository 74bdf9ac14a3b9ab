package dev.millrace.pipelines.spark;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.FileNotFoundException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings a failure that a person can act on out of the layers that Spark wraps it in. */
final class Failures {
  private static final Pattern FILE = Pattern.compile("[a-z0-9]+:/*(/[^\\s]+[^\\s.])");

  private Failures() {}

  static <T> T explained(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof MillraceException explained) {
          throw explained;
        }
      }
      Optional<Problem> known = known(failure);
      if (known.isPresent()) {
        throw new MillraceException(known.get(), failure);
      }
      if (failure instanceof RuntimeException unexplained) {
        throw unexplained;
      }
      throw new IllegalStateException(failure);
    }
  }

  /** What a person can do about a failure of files and disks, as its innermost cause tells it. */
  private static Optional<Problem> known(Throwable failure) {
    Throwable inner = failure.getCause();
    Optional<Problem> known = inner == null ? Optional.empty() : known(inner);
    if (known.isPresent()) {
      return known;
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("No space left on device")) {
      return Optional.of(
          new Problem(
              "The disk is full",
              message.lines().findFirst().orElse(""),
              "Nothing of this run was published. Make room, and run it again"));
    }
    if (message.contains("while reading file") || message.contains("FAILED_READ_FILE")) {
      return Optional.of(unreadable(message, rootMessage(failure)));
    }
    return failure instanceof FileNotFoundException
        ? Optional.of(unreadable(message, "it was there when the run began, and is gone"))
        : Optional.empty();
  }

  private static Problem unreadable(String message, String why) {
    return new Problem(
        "Cannot read " + fileIn(message),
        why,
        "Nothing of this run was published. Restore the file, and run it again");
  }

  private static String fileIn(String message) {
    Matcher file = FILE.matcher(message);
    return file.find() ? file.group(1) : "a file";
  }

  /** The first line of what the innermost cause says. */
  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }
}
