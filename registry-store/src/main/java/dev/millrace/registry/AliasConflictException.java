package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import org.jspecify.annotations.Nullable;

/** An alias was not moved, because it does not point to the version that the caller expected. */
public final class AliasConflictException extends RegistryException {
  private final @Nullable Integer current;

  AliasConflictException(Problem problem, @Nullable Integer current) {
    super(problem);
    this.current = current;
  }

  /** The version the alias points to; null if the alias does not exist. */
  public @Nullable Integer current() {
    return current;
  }
}
