package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import java.util.function.BiConsumer;

/**
 * What every engine must find in a Delta table, or leave there, alike.
 *
 * @param check throws what is not as it must be
 */
public record DeltaCase(String name, Check check) {
  /** Runs plans, and looks at what came of them. */
  public interface Check {
    /**
     * Of one engine.
     *
     * @param hold gives the engine rows under a name in memory
     * @param folder a path of the engine's that is this case's own
     * @throws AssertionError saying what came out instead
     */
    void of(Engine engine, BiConsumer<String, Rows> hold, String folder);
  }

  @Override
  public String toString() {
    return name;
  }
}
