package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic of Kafka that runs send to, all messages of a run in one transaction. The transaction
 * leaves a note with the brokers, as the metadata of an offset of the group {@code
 * millrace.<topic>.<sender>}, by which a later run knows that it has been done.
 *
 * @param settings of Kafka's clients; {@code bootstrap.servers} is one
 */
public record Topic(Map<String, String> settings, String name) implements Serializable {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "request.timeout.ms", "10000",
          "default.api.timeout.ms", "20000",
          "max.block.ms", "30000");

  /** The longest that brokers allow unless told. */
  private static final String LONGEST_TRANSACTION = "900000";

  private static final Duration LOOKING = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  public Topic {
    settings = Map.copyOf(settings);
  }

  /** A message; times and keys are the text's affair. */
  public record Message(@Nullable String key, String value) {}

  /** What the last transaction left: a text, and how many messages it sent. */
  public record Note(long messages, String text) {}

  /**
   * The note of a sender's last transaction that was committed; empty where none was, or the
   * brokers have forgotten it.
   *
   * @throws MillraceException where there is no such topic, or no broker answers
   */
  public Optional<Note> lastNote(String sender) {
    Map<String, Object> looking = clientSettings();
    looking.put("group.id", group(sender));
    looking.put("enable.auto.commit", "false");
    // A consumer waits for a transaction that is being committed; an admin client does not.
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(looking, new StringDeserializer(), new StringDeserializer())) {
      requireThere(consumer);
      OffsetAndMetadata last = consumer.committed(Set.of(place())).get(place());
      if (last == null) {
        return Optional.empty();
      }
      String[] parts = last.metadata().split(" ", 2);
      return Optional.of(new Note(Long.parseLong(parts[0]), parts[1]));
    } catch (KafkaException failure) {
      throw unreachable(failure);
    }
  }

  /**
   * Refuses a topic that there is none of.
   *
   * @throws MillraceException where there is no such topic, or no broker answers
   */
  public void requireThere() {
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(clientSettings(), new StringDeserializer(), new StringDeserializer())) {
      requireThere(consumer);
    } catch (KafkaException failure) {
      throw unreachable("look at", failure);
    }
  }

  private void requireThere(Consumer<String, String> consumer) {
    Set<String> topics = consumer.listTopics().keySet();
    if (!topics.contains(name)) {
      throw new MillraceException(Problem.unknown("topic", name, "Kafka at " + servers(), topics));
    }
  }

  /**
   * Has a group of consumers begin at some offsets.
   *
   * @param offsets by partition
   * @throws MillraceException where there is no such topic, or no broker answers
   */
  public void begin(String consumers, Map<Integer, Long> offsets) {
    Map<String, Object> ofGroup = clientSettings();
    ofGroup.put("group.id", consumers);
    ofGroup.put("enable.auto.commit", "false");
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(ofGroup, new StringDeserializer(), new StringDeserializer())) {
      requireThere(consumer);
      Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
      offsets.forEach(
          (partition, offset) ->
              begin.put(new TopicPartition(name, partition), new OffsetAndMetadata(offset)));
      consumer.commitSync(begin);
    } catch (KafkaException failure) {
      throw unreachable("begin at offsets of", failure);
    }
  }

  /**
   * Where a reader begins in each partition: at some offsets, and at the first message of the
   * partitions that are not among them.
   *
   * @param offsets after the last message that was read, by partition
   * @param acceptsLoss whether a partition that no longer has such an offset is read from its first
   *     message
   * @throws MillraceException where there is no such topic, where it ends before such an offset or
   *     begins after it, or no broker answers
   */
  public Map<Integer, Long> beginnings(Map<Integer, Long> offsets, boolean acceptsLoss) {
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(clientSettings(), new StringDeserializer(), new StringDeserializer())) {
      requireThere(consumer);
      Map<Integer, Long> begin = new TreeMap<>();
      List<TopicPartition> partitions = partitions(consumer);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions);
      for (TopicPartition partition : partitions) {
        long first = firsts.getOrDefault(partition, 0L);
        long offset = offsets.getOrDefault(partition.partition(), first);
        long end = ends.getOrDefault(partition, Long.MAX_VALUE);
        if (offset > end) {
          throw madeAnew(partition.partition(), offset, end);
        }
        if (offset < first && !acceptsLoss) {
          throw gone(partition.partition(), offset, first);
        }
        begin.put(partition.partition(), Math.max(offset, first));
      }
      return begin;
    } catch (KafkaException failure) {
      throw unreachable("look at", failure);
    }
  }

  private MillraceException madeAnew(int partition, long offset, long end) {
    return MillraceException.because(
        "Cannot go on with topic '" + name + "'",
        "its partition "
            + partition
            + " ends at "
            + end
            + ", and was read up to "
            + offset
            + " before: it was made anew",
        "Follow it into another workspace, as its offsets say nothing of the messages before");
  }

  private MillraceException gone(int partition, long offset, long first) {
    return MillraceException.because(
        "Cannot go on with topic '" + name + "'",
        "its partition "
            + partition
            + " was read up to "
            + offset
            + " before, and begins at "
            + first
            + " now: its retention has passed what is between",
        "Bring those rows in from elsewhere if they matter, and start it with their loss accepted"
            + " (--accept-loss)");
  }

  /**
   * How many messages a partition holds at most that a reader has not read.
   *
   * @param next the offset after the last message that was read, by partition
   * @throws MillraceException where there is no such topic, or no broker answers
   */
  public long behind(Map<Integer, Long> next) {
    Map<String, Object> looking = clientSettings();
    looking.put("isolation.level", "read_committed");
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(looking, new StringDeserializer(), new StringDeserializer())) {
      requireThere(consumer);
      List<TopicPartition> partitions = partitions(consumer);
      Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
      long most = 0;
      for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
        long from =
            Math.max(
                begin.getOrDefault(end.getKey(), 0L),
                next.getOrDefault(end.getKey().partition(), 0L));
        if (end.getValue() > from) {
          most = Math.max(most, beyond(consumer, end.getKey(), from, end.getValue()));
        }
      }
      return most;
    } catch (KafkaException failure) {
      throw unreachable("look at", failure);
    }
  }

  /** The end of a transaction takes an offset, and is no message. */
  private static long beyond(
      Consumer<String, String> consumer, TopicPartition partition, long from, long end) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    while (consumer.position(partition) < end) {
      if (!consumer.poll(LOOKING).isEmpty()) {
        return end - from;
      }
    }
    return 0;
  }

  private List<TopicPartition> partitions(Consumer<String, String> consumer) {
    return consumer.partitionsFor(name).stream()
        .map(each -> new TopicPartition(name, each.partition()))
        .toList();
  }

  /**
   * Sends all messages and leaves a note, in one transaction; where the sender's last one left the
   * same note already, nothing is sent.
   *
   * @param sender whose messages they are: of one topic there may be several
   * @throws MillraceException where another run sent meanwhile, or no broker answers; readers of
   *     committed messages see none of these, unless it says that it is not known
   */
  public void send(Iterator<Message> messages, String sender, String note) {
    Map<String, Object> producing = clientSettings();
    producing.put("transactional.id", "millrace." + name);
    producing.putIfAbsent("transaction.timeout.ms", LONGEST_TRANSACTION);
    Producer<String, String> producer =
        new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer());
    boolean committing = false;
    try {
      // After this no earlier try of the same run can commit any more.
      producer.initTransactions();
      if (lastNote(sender).filter(last -> last.text().equals(note)).isPresent()) {
        return;
      }
      producer.beginTransaction();
      long sent = 0;
      while (messages.hasNext()) {
        Message message = messages.next();
        // The commit throws what became of a send that failed.
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(name, message.key(), message.value()));
        sent++;
      }
      producer.sendOffsetsToTransaction(
          Map.of(place(), new OffsetAndMetadata(0, sent + " " + note)),
          new ConsumerGroupMetadata(group(sender)));
      committing = true;
      producer.commitTransaction();
    } catch (ProducerFencedException fenced) {
      throw new MillraceException(
          new Problem(
              "Cannot send to topic '" + name + "'",
              "another run sent to it meanwhile, or this one took longer than"
                  + " transaction.timeout.ms, "
                  + producing.get("transaction.timeout.ms"),
              "Nothing of this run was sent. Run it again, or allow it more time"),
          fenced);
    } catch (TimeoutException late) {
      throw committing ? unknown(late) : unreachable(late);
    } catch (KafkaException failure) {
      throw unreachable(failure);
    } finally {
      // Without a limit it waits for brokers that may be gone.
      producer.close(CLOSING);
    }
  }

  private String group(String sender) {
    return "millrace." + name + "." + sender;
  }

  private TopicPartition place() {
    return new TopicPartition(name, 0);
  }

  private String servers() {
    return settings.getOrDefault("bootstrap.servers", "");
  }

  Map<String, Object> clientSettings() {
    Map<String, Object> all = new HashMap<>(DEFAULTS);
    all.putAll(settings);
    return all;
  }

  private MillraceException unknown(KafkaException failure) {
    return new MillraceException(
        new Problem(
            "It is not known whether topic '" + name + "' took what was sent",
            String.valueOf(failure.getMessage()),
            "Run it again: it finds out, and sends nothing twice"),
        failure);
  }

  private MillraceException unreachable(KafkaException failure) {
    return unreachable("send to", failure);
  }

  MillraceException unreachable(String doing, KafkaException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return new MillraceException(
        new Problem(
            "Cannot " + doing + " topic '" + name + "' of Kafka at " + servers(),
            String.valueOf(cause.getMessage()),
            "Nothing of this run was sent. Check that the brokers run and can be reached, and run it again"),
        failure);
  }

  /** Without the settings, of which some are secrets. */
  @Override
  public String toString() {
    return "topic '" + name + "' of Kafka at " + servers();
  }
}
