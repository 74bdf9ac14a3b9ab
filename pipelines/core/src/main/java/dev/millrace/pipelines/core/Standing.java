package dev.millrace.pipelines.core;

/** How what a sink holds stands to what a write would put there. */
public enum Standing {
  /** The same: the write would change nothing. */
  CURRENT,

  /** Nothing was written there. */
  MISSING,

  /** It was written by another plan. */
  DEFINITION_CHANGED,

  /** What the plan reads has changed since. */
  DATA_CHANGED
}
