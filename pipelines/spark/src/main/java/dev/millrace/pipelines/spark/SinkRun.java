package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;

/** Puts plans' rows into sinks of one kind, or finds that they are there already. */
interface SinkRun {
  /** How what is there stands to what the write would put there; computes nothing. */
  Standing standing(Write write);

  WriteReport run(Write write, Compilation compilation);
}
