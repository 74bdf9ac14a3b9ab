package dev.millrace.transforms.drift;

/** What to make of a column or a report, the mildest first. */
public enum Verdict {
  /** Looks as it did. */
  STABLE,
  /** Has moved: look at it before it moves on. */
  WATCH,
  /** Is no longer what the model was trained on. */
  DRIFTED;

  /** The graver of the two. */
  public Verdict or(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
