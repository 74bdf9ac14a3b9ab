package dev.millrace.transforms.expectation;

import java.io.Serializable;

/** A rule and what is done about data that breaks it. */
public record Expectation(Rule rule, Action action) implements Serializable {
  /** The same rule; breaches are counted and reported, and the rows stay. */
  public Expectation orWarn() {
    return new Expectation(rule, Action.WARN);
  }

  /** The same rule; rows that break it are set aside with the reason. */
  public Expectation orQuarantine() {
    return new Expectation(rule, Action.QUARANTINE);
  }

  /** The same rule; one breach stops the run before anything is published. */
  public Expectation orFail() {
    return new Expectation(rule, Action.FAIL);
  }
}
