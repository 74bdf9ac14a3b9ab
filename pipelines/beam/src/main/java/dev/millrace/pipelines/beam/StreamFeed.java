package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.transforms.problem.MillraceException;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/** Where the messages of a stream come from. */
interface StreamFeed {
  /**
   * Of a stream's location.
   *
   * @param options say where servers are
   * @throws MillraceException where the engine follows none of the kind, or the options do not say
   */
  static StreamFeed of(Location location, PipelineOptions options) {
    if (location instanceof Location.KafkaTopic topic) {
      return new KafkaFeed(topic, options);
    }
    if (location instanceof Location.Pubsub messages) {
      requireLibrary(messages);
      return new PubsubFeed(messages, options);
    }
    throw MillraceException.because(
        "The Beam engine cannot follow " + location,
        "it follows topics of Kafka, and Pub/Sub",
        "Follow it with Spark, or send it through a topic");
  }

  private static void requireLibrary(Location.Pubsub of) {
    try {
      Class.forName(
          "org.apache.beam.sdk.io.gcp.pubsub.PubsubIO", false, StreamFeed.class.getClassLoader());
    } catch (ClassNotFoundException absent) {
      throw MillraceException.because(
          "Cannot follow " + of,
          "Beam's library of Google's services is not on the class path",
          "Put beam-sdks-java-io-google-cloud-platform there, for the workers too");
    }
  }

  /**
   * Refuses to wait for the end of what a stream holds where it does not say what that is.
   *
   * @throws MillraceException of Pub/Sub
   */
  static void requireEnd(Location location) {
    if (location instanceof Location.Pubsub) {
      throw MillraceException.because(
          "Cannot tell when " + location + " is read to its end",
          "Pub/Sub does not say how many messages it holds",
          "Follow it until it is stopped");
    }
  }

  /** How its messages become rows. */
  Messages messages();

  /** What people call it. */
  String name();

  /** Whether partitions and offsets say where messages are, and in what order they come. */
  boolean hasOffsets();

  /**
   * Refuses what is not there.
   *
   * @throws MillraceException where it is not there, or no server answers
   */
  void requireThere();

  /**
   * Where it is to be read from.
   *
   * @param next the offset after the last message of the log, by partition
   * @param acceptsLoss whether messages may be gone that the log does not have
   * @return the same, but for partitions that are new, or of which messages are gone
   * @throws MillraceException where some are gone
   */
  Map<Integer, Long> beginnings(Map<Integer, Long> next, boolean acceptsLoss);

  /**
   * Has a pipeline read messages, and follow them.
   *
   * @param beginnings the first offset that is read of each partition
   */
  void follow(Pipeline pipeline, StreamPlan plan, Map<Integer, Long> beginnings);

  /**
   * How many messages a partition holds at most that were not read; empty where that is not known.
   *
   * @param next the offset after the last message that was read, by partition
   */
  OptionalLong behind(Map<Integer, Long> next);
}
