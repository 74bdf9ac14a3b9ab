package dev.millrace.registry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was done to a model after a version of it was registered.
 *
 * @param sequence its place among all that was done to any model, from 1
 * @param id its own name, a UUID: events that are sent twice have the same
 * @param model the model
 * @param kind what was done
 * @param alias the alias that moved, or that a policy is for; null for other kinds
 * @param version the version that it was done to; null for a policy
 * @param previous the version that the alias pointed to before; null if it was new, and for other
 *     kinds
 * @param stage the stage that the version is in since; null for other kinds
 * @param passed whether the verification passed; null for other kinds
 * @param gates what a policy asks for; empty for other kinds
 * @param reason why, in the words of who did it
 * @param by who did it
 * @param at when, in microseconds; strictly increasing within a model, even where clocks disagree
 */
public record HistoryEvent(
    long sequence,
    String id,
    String model,
    Kind kind,
    @Nullable String alias,
    @Nullable Integer version,
    @Nullable Integer previous,
    @Nullable String stage,
    @Nullable Boolean passed,
    List<Gate> gates,
    String reason,
    String by,
    Instant at) {

  /** What can be done. */
  public enum Kind {
    /** An alias was pointed to a version. */
    PROMOTION,
    /** An alias was pointed to the version before. */
    ROLLBACK,
    /** A version was put in a stage. */
    STAGE,
    /** A person approved of a version. */
    APPROVAL,
    /** A version answered its verification rows as it must, or not. */
    VERIFICATION,
    /** What an alias asks for was set. */
    POLICY;

    /** Whether an alias points elsewhere since. */
    boolean movesAlias() {
      return this == PROMOTION || this == ROLLBACK;
    }
  }

  public HistoryEvent {
    gates = List.copyOf(gates);
  }

  /** The same as a move of an alias. */
  AliasChange aliasChange() {
    return new AliasChange(
        model,
        java.util.Objects.requireNonNull(alias),
        java.util.Objects.requireNonNull(version),
        previous,
        reason,
        by,
        at);
  }
}
