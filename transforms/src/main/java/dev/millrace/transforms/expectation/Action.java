package dev.millrace.transforms.expectation;

/** What happens to data that falls short of an expectation. */
public enum Action {
  /** The row stays, the count is reported. */
  WARN,
  /** The row is set aside with its reason, and nothing downstream sees it. */
  QUARANTINE,
  /** Nothing of the run is published. */
  FAIL
}
