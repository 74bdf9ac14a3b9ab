package dev.millrace.pipelines.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@link Follow} that runs. */
public interface Following extends AutoCloseable {
  /**
   * What one batch came to.
   *
   * @param position of the batch among all of the log, from 1
   * @param messages how many it brought
   * @param accepted how many went into the log
   * @param setAside how many went into the quarantine
   * @param late of the accepted, how many were older than the newest by more than the delay
   * @param seen keys held to tell a repetition by
   * @param newest the time of the newest event of all batches
   * @param took from when the batch began until all was where it belongs
   * @param behind messages that a partition held beyond this batch at most, when it began; empty
   *     where the stream does not say what it holds
   * @param next the offset after the last message, by partition; none where messages have none
   * @param readable when its rows were in the online store
   */
  record Batch(
      long position,
      long messages,
      long accepted,
      long setAside,
      long late,
      long seen,
      Optional<Instant> newest,
      Duration took,
      OptionalLong behind,
      Map<Integer, Long> next,
      Instant readable) {
    /** How far behind the stream was, as a person is told of it. */
    public String lag() {
      return behind.isPresent() ? behind.getAsLong() + " behind" : "not known how far behind";
    }
  }

  /** Hears of each batch when it is done, on a thread of the engine's. */
  interface Listener {
    void done(Batch batch);
  }

  /**
   * Returns when all that the stream holds now is where it belongs.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where the stream has ended, or does
   *     not say what it holds
   */
  void drain();

  /**
   * Returns when it has ended: after {@link #close}, or with what stopped it.
   *
   * @throws dev.millrace.transforms.problem.MillraceException of what stopped it
   */
  void await();

  /** Lets the batch that runs come to its end, and stops. */
  @Override
  void close();
}
