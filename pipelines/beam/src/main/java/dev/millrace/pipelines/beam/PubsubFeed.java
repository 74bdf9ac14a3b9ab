package dev.millrace.pipelines.beam;

import static org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.subscriptionPathFromName;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubIO;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubJsonClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubMessage;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A subscription of Pub/Sub, which gives what was not acknowledged. Beam acknowledges a message
 * once the runner's state has it; what else a message says is read here and not by Beam, so that
 * one that lacks an attribute is set aside and does not stop the reader.
 */
final class PubsubFeed implements StreamFeed {
  private static final Pattern PROJECT = Pattern.compile("[a-z][-a-z0-9:.]{4,61}[a-z0-9]");
  private static final int NOT_THERE = 404;
  private static final int DEADLINE_SECONDS = 60;
  private static final int ANSWER_SECONDS = 20;

  private final Location.Pubsub of;
  private final PubsubOptions options;
  private final String project;

  /**
   * Of a subscription or a topic.
   *
   * @throws MillraceException where the connection has no project
   */
  PubsubFeed(Location.Pubsub of, PipelineOptions options) {
    this.of = of;
    this.options = options.as(PubsubOptions.class);
    this.project =
        Objects.requireNonNull(
            Connections.of(options, "pubsub", of.connection(), "project").get("project"));
    if (!PROJECT.matcher(project).matches()) {
      throw MillraceException.because(
          "'" + project + "' is no project of Google's",
          "an id has 6 to 63 lower-case letters, digits and -:., and begins with a letter",
          "Give the id of the project, which is not its name or number");
    }
  }

  @Override
  public Messages messages() {
    return of.messages();
  }

  @Override
  public String name() {
    return of.kind() == Location.Pubsub.Kind.TOPIC
        ? "topic '" + of.name() + "'"
        : "subscription '" + of.name() + "'";
  }

  @Override
  public boolean hasOffsets() {
    return false;
  }

  @Override
  public void requireThere() {
    if (of.kind() == Location.Pubsub.Kind.SUBSCRIPTION) {
      if (!asked(client -> isThere(client, subscriptionPathFromName(project, of.name())))) {
        throw MillraceException.because(
            "Cannot follow " + name(),
            "project '" + project + "' of Pub/Sub has no subscription of that name",
            "Make it, or follow its topic");
      }
      return;
    }
    List<String> topics =
        asked(client -> client.listTopics(PubsubClient.projectPathFromId(project))).stream()
            .map(PubsubClient.TopicPath::getName)
            .toList();
    if (!topics.contains(of.name())) {
      throw new MillraceException(
          Problem.unknown("topic", of.name(), "project '" + project + "' of Pub/Sub", topics));
    }
  }

  /** What is asked of Pub/Sub. */
  private interface Question<T> {
    T of(PubsubClient client) throws IOException;
  }

  /** Beam's client goes on asking for minutes where nobody answers. */
  private <T> T asked(Question<T> question) {
    FutureTask<T> answer =
        new FutureTask<>(
            () -> {
              try (PubsubClient client = PubsubJsonClient.FACTORY.newClient(null, null, options)) {
                return question.of(client);
              }
            });
    Thread asking = new Thread(answer, "look at " + of.name());
    asking.setDaemon(true);
    asking.start();
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException silent) {
      throw unreachable("it does not answer within " + ANSWER_SECONDS + " s", silent);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw unreachable("the start was stopped", stopped);
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      throw unreachable(String.valueOf(cause.getMessage()).lines().findFirst().orElse(""), cause);
    } finally {
      answer.cancel(true);
    }
  }

  private static boolean isThere(PubsubClient client, PubsubClient.SubscriptionPath subscription)
      throws IOException {
    try {
      return client.ackDeadlineSeconds(subscription) >= 0;
    } catch (com.google.api.client.http.HttpResponseException failure) {
      if (failure.getStatusCode() == NOT_THERE) {
        return false;
      }
      throw failure;
    }
  }

  private MillraceException unreachable(String why, Throwable failure) {
    return new MillraceException(
        new Problem(
            "Cannot look at " + name() + " of Pub/Sub at " + options.getPubsubRootUrl(),
            why,
            "Check that it can be reached, and that the credentials may get it"),
        failure);
  }

  /** The subscription that is read, which a topic has for each log. */
  private PubsubClient.SubscriptionPath subscription(StreamPlan plan) {
    return subscriptionPathFromName(
        project,
        of.kind() == Location.Pubsub.Kind.SUBSCRIPTION
            ? of.name()
            : "millrace-" + Long.toHexString(plan.logId()));
  }

  @Override
  public Map<Integer, Long> beginnings(Map<Integer, Long> next, boolean acceptsLoss) {
    return next;
  }

  @Override
  public void follow(Pipeline pipeline, StreamPlan plan, Map<Integer, Long> beginnings) {
    if (of.kind() == Location.Pubsub.Kind.TOPIC) {
      PubsubClient.SubscriptionPath subscription = subscription(plan);
      boolean unused = asked(client -> subscribe(client, subscription));
    }
    read(pipeline, plan);
  }

  private boolean subscribe(PubsubClient client, PubsubClient.SubscriptionPath subscription)
      throws IOException {
    if (isThere(client, subscription)) {
      return false;
    }
    client.createSubscription(
        PubsubClient.topicPathFromName(project, of.name()), subscription, DEADLINE_SECONDS);
    return true;
  }

  /** Has a pipeline read it, which is there. */
  void read(Pipeline pipeline, StreamPlan plan) {
    var unused =
        pipeline
            .apply(
                "Read " + of.name(),
                PubsubIO.readMessagesWithAttributesAndMessageId()
                    .fromSubscription(subscription(plan).getPath()))
            .apply("Follow", steps(plan));
  }

  /** What is done with its messages. */
  StreamSteps<PubsubMessage> steps(StreamPlan plan) {
    String subscription = subscription(plan).getPath();
    String idAttribute = of.idAttribute();
    String timestampAttribute = of.timestampAttribute();
    return new StreamSteps<>(
        plan,
        (message, published) ->
            raw(message, published, subscription, idAttribute, timestampAttribute));
  }

  /** A message; the runner's time of it is when Pub/Sub took it. */
  private static RawMessage raw(
      PubsubMessage message,
      Instant published,
      String subscription,
      String idAttribute,
      String timestampAttribute) {
    @Nullable String unread = null;
    String id = Objects.requireNonNull(message.getMessageId());
    if (!idAttribute.isEmpty()) {
      @Nullable String given = message.getAttribute(idAttribute);
      if (given == null || given.isEmpty()) {
        unread = "it has no attribute '" + idAttribute + "', which is to name it";
      } else {
        id = given;
      }
    }
    long sent = published.getMillis();
    if (!timestampAttribute.isEmpty()) {
      @Nullable String given = message.getAttribute(timestampAttribute);
      Optional<Long> said = given == null ? Optional.empty() : time(given);
      if (said.isEmpty()) {
        unread =
            "its attribute '"
                + timestampAttribute
                + "' does not say when it was sent: "
                + (given == null ? "it has none" : "'" + given + "'");
      }
      // The sender's clock may be wrong, as that of the rows themselves.
      sent = Math.min(said.orElse(sent), sent);
    }
    byte[] payload = message.getPayload();
    Object[] columns = {
      UTF8String.fromString(subscription),
      null,
      null,
      UTF8String.fromString(id),
      null,
      null,
      payload.length == 0 ? null : payload
    };
    return new RawMessage(new GenericInternalRow(columns), sent, unread);
  }

  private static Optional<Long> time(String text) {
    try {
      return Optional.of(
          text.matches("-?[0-9]+")
              ? Long.parseLong(text)
              : java.time.Instant.from(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text))
                  .toEpochMilli());
    } catch (NumberFormatException | DateTimeException | ArithmeticException none) {
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong behind(Map<Integer, Long> next) {
    return OptionalLong.empty();
  }
}
