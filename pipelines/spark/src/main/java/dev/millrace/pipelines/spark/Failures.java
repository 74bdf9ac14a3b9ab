package dev.millrace.pipelines.spark;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.FileNotFoundException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.types.DataType;

/** Brings a failure that a person can act on out of the layers that Spark wraps it in. */
final class Failures {
  private static final Pattern FILE = Pattern.compile("[a-z0-9]+:/*(/[^\\s]+[^\\s.])");

  private static final Pattern MERGED = Pattern.compile("Failed to merge fields '(.+?)' and '");
  private static final Pattern TYPES = Pattern.compile("data types (\\S+) and (\\S+)$");

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
      String file = fileIn(message);
      return Optional.of(
          ofNoSuchType(failure, file).orElseGet(() -> unreadable(file, rootMessage(failure))));
    }
    return failure instanceof FileNotFoundException
        ? Optional.of(unreadable(fileIn(message), "it was there when the run began, and is gone"))
        : Optional.empty();
  }

  private static Problem unreadable(String file, String why) {
    return new Problem(
        "Cannot read " + file,
        why,
        why.contains("out of range of")
            ? "Nothing of this run was published. Mend the file, or declare a type that holds it"
            : "Nothing of this run was published. Restore the file, and run it again");
  }

  /** A value that is none of its column's type, as Spark's parser of JSON tells it. */
  private static Optional<Problem> ofNoSuchType(Throwable failure, String file) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkThrowable told) {
        Map<String, String> of = told.getMessageParameters();
        String type = of.getOrDefault("targetType", of.get("dataType"));
        if (of.containsKey("fieldName") && of.containsKey("fieldValue") && type != null) {
          return Optional.of(
              ofNoSuchType(
                  bare(of.get("fieldName")), file, bare(of.get("fieldValue")), sql(bare(type))));
        }
      }
    }
    return Optional.empty();
  }

  /** A column that a table has in another type than the rows that are written into it. */
  static Optional<Problem> ofAnotherType(String table, Throwable failure) {
    Matcher column = MERGED.matcher(String.valueOf(failure.getMessage()));
    Matcher types = TYPES.matcher(rootMessage(failure));
    return column.find() && types.find()
        ? Optional.of(
            new Problem(
                "Cannot write column '" + column.group(1) + "' of " + table,
                "its type is "
                    + sql(types.group(1))
                    + " there, and "
                    + sql(types.group(2))
                    + " in the rows",
                "Nothing of this run was published. Declare the type that the table has, or write"
                    + " all of it anew, without --from and --to"))
        : Optional.empty();
  }

  /** The type in SQL that Spark names by its class. */
  private static String sql(String type) {
    String name = type.replaceFirst("Type($|\\()", "$1").toLowerCase(Locale.ROOT);
    try {
      return DataType.fromJson('"' + name + '"').sql().toLowerCase(Locale.ROOT);
    } catch (RuntimeException nested) {
      return type;
    }
  }

  private static String bare(String quoted) {
    return quoted.replaceAll("^[`'\"]|[`'\"]$", "");
  }

  /** A value that is none of the type that its column is declared as. */
  static Problem ofNoSuchType(String column, String where, String value, String type) {
    return new Problem(
        "Column '" + column + "' of " + where + " has the value '" + value + "'",
        "the source declares it as " + type + ", and that is none",
        "Nothing of this run was published. Mend the file, or declare the type that it has");
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
