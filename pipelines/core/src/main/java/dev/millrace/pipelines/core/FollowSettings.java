package dev.millrace.pipelines.core;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a stream is followed.
 *
 * @param checkpoint a folder, of this stream alone, that says how far it has come
 * @param trigger a batch begins no sooner after the one before; where that took longer, at once
 * @param mostMessages in one batch, so that a stream that is behind catches up in steps; of files,
 *     how many
 * @param delay rows that happened so long before the newest are counted as late
 * @param acceptsLoss whether it goes on where messages are gone that no batch had, as they are once
 *     a topic's retention has passed them; if not, that is an error
 */
public record FollowSettings(
    String checkpoint, Duration trigger, long mostMessages, Duration delay, boolean acceptsLoss)
    implements Serializable {
  public FollowSettings {
    if (trigger.isNegative() || mostMessages < 1 || delay.isNegative()) {
      throw new IllegalArgumentException(
          "A stream is followed every "
              + trigger
              + " by "
              + mostMessages
              + " messages with a delay of "
              + delay
              + ". Give times that are not negative, and a message or more.");
    }
  }

  /** Five times a second, by a hundred thousand messages. */
  public static FollowSettings at(String checkpoint) {
    return new FollowSettings(
        checkpoint, Duration.ofMillis(200), 100_000, Duration.ofMinutes(10), false);
  }

  public FollowSettings every(Duration time) {
    return new FollowSettings(checkpoint, time, mostMessages, delay, acceptsLoss);
  }

  public FollowSettings atMost(long messages) {
    return new FollowSettings(checkpoint, trigger, messages, delay, acceptsLoss);
  }

  /** Goes on where messages are gone that no batch had. */
  public FollowSettings acceptingLoss() {
    return new FollowSettings(checkpoint, trigger, mostMessages, delay, true);
  }
}
