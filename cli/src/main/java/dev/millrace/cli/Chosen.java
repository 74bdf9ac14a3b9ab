package dev.millrace.cli;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a command works on, of what a pipeline has. */
final class Chosen {
  private Chosen() {}

  /** The one of that name, or all where none is asked for. */
  static <T> List<T> of(
      String kind, @Nullable String name, List<T> all, Function<T, String> names, String pipeline) {
    List<T> found =
        all.stream().filter(each -> name == null || names.apply(each).equals(name)).toList();
    if (name != null && found.isEmpty()) {
      throw new MillraceException(
          Problem.unknown(
              kind, name, "pipeline '" + pipeline + "'", all.stream().map(names).toList()));
    }
    return found;
  }
}
