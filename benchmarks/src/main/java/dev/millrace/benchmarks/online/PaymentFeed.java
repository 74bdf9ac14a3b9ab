package dev.millrace.benchmarks.online;

import dev.millrace.pipelines.stores.Topic;
import dev.millrace.pipelines.stores.TopicFeed;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * Sends payments to a topic at a steady rate, some poison between them where it is asked for, and
 * writes the payments into a file that one batch can read.
 */
final class PaymentFeed implements AutoCloseable {
  private static final int AT_ONCE = 50;

  private final Topic topic;
  private final BufferedWriter file;
  private final Payments payments = new Payments();
  private final int oneInPoison;
  private final Random random = new Random(11);
  private long messages;

  /**
   * Opens it.
   *
   * @param oneInPoison how many messages there are for each that cannot be accepted; 0 for none
   */
  PaymentFeed(Topic topic, Path file, int oneInPoison) throws IOException {
    this.topic = topic;
    this.file = Files.newBufferedWriter(file);
    this.oneInPoison = oneInPoison;
  }

  /**
   * Sends messages for as long as it is to go on, and returns when the topic has them.
   *
   * @param goesOn asked with how many were sent
   * @param remembers whether where they are is asked for
   */
  List<TopicFeed.Sent> send(IntPredicate goesOn, int aSecond, boolean remembers)
      throws IOException, InterruptedException {
    try (TopicFeed feed = TopicFeed.of(topic, remembers)) {
      long began = System.nanoTime();
      for (int i = 0; goesOn.test(i); i++) {
        if (i % AT_ONCE == 0) {
          long wait = (began + (long) (i * 1e9 / aSecond) - System.nanoTime()) / 1_000_000;
          if (wait > 0) {
            Thread.sleep(wait);
          }
        }
        feed.send(next());
      }
      feed.flush();
      file.flush();
      return feed.sent();
    }
  }

  private Topic.Message next() throws IOException {
    messages++;
    if (oneInPoison > 0 && random.nextInt(oneInPoison) == 0) {
      return Poison.draw(random, messages);
    }
    Payments.Payment payment = payments.draw();
    file.write(payment.json());
    file.newLine();
    return new Topic.Message(payment.customer(), payment.json());
  }

  /** How many messages were sent. */
  long messages() {
    return messages;
  }

  /** How many payments were, each counted once. */
  long payments() {
    return payments.drawn();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
