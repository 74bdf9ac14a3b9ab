package dev.millrace.pipelines.conformance;

/**
 * What every engine that follows streams must do alike, and several of them that take turns.
 *
 * @param check throws what is not as it must be
 */
public record StreamCase(String name, Check check) {
  /** Sends, starts, and looks at what came of it. */
  public interface Check {
    /**
     * Of one trial.
     *
     * @throws AssertionError saying what came out instead
     */
    void of(StreamTrial trial) throws Exception;
  }

  @Override
  public String toString() {
    return name;
  }
}
