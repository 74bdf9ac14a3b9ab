package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells webhooks of what happens, in order, at least once, and for each from where it was.
 *
 * <p>An event is one POST as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> has
 * it: {@code webhook-id} is the event's id, which is the same if it is sent again; {@code
 * webhook-timestamp} is when it is sent, in seconds; {@code webhook-signature} is {@code v1,} and
 * the Base64 of HMAC-SHA256 over {@code id.timestamp.body} with the secret's UTF-8 bytes. An answer
 * of 2xx means that it was taken; any other, or none, that it is sent again: a few times with
 * growing pauses, and then when something happens again, or a registry is opened.
 */
final class Webhooks implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Webhooks.class.getName());
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int TRIES = 5;
  private static final long FIRST_PAUSE_MS = 200;
  private static final int NOTED_EVERY = 50;

  /** Made with the first event that is sent, since it takes longer than to look something up. */
  private static final class Http {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private final EventFeed feed;
  private final List<Webhook> webhooks;
  private final Clock clock;
  private final Semaphore work = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  Webhooks(EventFeed feed, List<Webhook> webhooks, Clock clock) {
    this.feed = feed;
    this.webhooks = webhooks;
    this.clock = clock;
    // A webhook that is new is told of what happens from now on.
    for (Webhook webhook : webhooks) {
      if (feed.place(webhook.name()) == null) {
        feed.note(webhook.name(), feed.now());
      }
    }
  }

  /** Sends in the background, now and after each {@link #happened}. */
  void start() {
    if (webhooks.isEmpty()) {
      return;
    }
    Thread thread = new Thread(this::sendWhileOpen, "millrace-webhooks");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    happened();
  }

  /** Something may be there to send. */
  void happened() {
    work.release();
  }

  private void sendWhileOpen() {
    while (true) {
      try {
        work.acquire();
        work.drainPermits();
        deliver();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "Events of the registry wait to be sent", e);
      }
      if (closing && work.availablePermits() == 0) {
        return;
      }
    }
  }

  /**
   * Sends what each webhook was not told yet; one thread of a process at a time, so that it sends
   * nothing twice.
   *
   * @return how many events were sent
   * @throws RegistryException if one did not take its events; the others have theirs
   */
  synchronized int deliver() {
    int sent = 0;
    @Nullable RegistryException failure = null;
    for (Webhook webhook : webhooks) {
      try {
        sent += deliver(webhook);
      } catch (RegistryException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return sent;
  }

  private int deliver(Webhook webhook) {
    EventFeed.@Nullable Place held = feed.place(webhook.name());
    EventFeed.Place place = held == null ? new EventFeed.Place(0, 0) : held;
    int sent = 0;
    try {
      for (EventFeed.Placed each : feed.since(place)) {
        if (webhook.types().contains(each.event().type())) {
          send(webhook, each.event());
          sent++;
        }
        place = place.later(each.after());
        if (sent % NOTED_EVERY == NOTED_EVERY - 1) {
          feed.note(webhook.name(), place);
        }
      }
    } finally {
      feed.note(webhook.name(), place);
    }
    return sent;
  }

  private void send(Webhook webhook, RegistryEvent event) {
    String last = "";
    for (int left = TRIES; left > 0; left--) {
      try {
        HttpResponse<Void> answer =
            Http.CLIENT.send(request(webhook, event), HttpResponse.BodyHandlers.discarding());
        if (answer.statusCode() / 100 == 2) {
          return;
        }
        last = "it answered " + answer.statusCode();
      } catch (IOException e) {
        last = "it cannot be reached (" + e + ")";
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        last = "sending was interrupted";
        break;
      }
      if (left > 1 && !closing) {
        long pause = FIRST_PAUSE_MS << (TRIES - left);
        Committer.pause(pause / 2 + ThreadLocalRandom.current().nextLong(pause));
      }
    }
    throw new RegistryException(
        new Problem(
            "Webhook '"
                + webhook.name()
                + "' did not take the "
                + event.type().text()
                + " of "
                + event.model()
                + "@"
                + event.version(),
            last,
            "It is sent again when something happens, or by 'millrace registry deliver'."));
  }

  private HttpRequest request(Webhook webhook, RegistryEvent event) {
    String body = event.json();
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return HttpRequest.newBuilder(webhook.url())
        .timeout(TIMEOUT)
        .header("content-type", "application/json")
        .header("webhook-id", event.id())
        .header("webhook-timestamp", timestamp)
        .header(
            "webhook-signature",
            signature(webhook.secret(), event.id() + "." + timestamp + "." + body))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  static String signature(String secret, String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return "v1,"
          + Base64.getEncoder()
              .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has HMAC-SHA256", e);
    }
  }

  /** Sends what is waiting, for a few seconds at most. */
  @Override
  public void close() {
    closing = true;
    happened();
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
        thread.interrupt();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
