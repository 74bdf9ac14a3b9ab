package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how it is spoken to.
 *
 * @param user of its access control list; the default user where empty
 * @param tls whether connections are encrypted; who is trusted is the JVM's affair ({@code
 *     javax.net.ssl.trustStore})
 * @param cluster whether keys lie on several nodes, of which the address is any one
 * @param timeout for a connection, and for each answer
 * @param retries how often what failed on the way is sent again, after pauses that grow from ten
 *     milliseconds to five seconds; everything sent may be sent twice
 * @param connections how many there are at most to a node
 */
public record RedisSettings(
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    boolean tls,
    boolean cluster,
    Duration timeout,
    int retries,
    int connections)
    implements Serializable {
  private static final List<String> KNOWN =
      List.of("user", "password", "tls", "cluster", "timeout.ms", "retries", "connections");

  /**
   * Settings by name: {@code user}, {@code password}, {@code tls}, {@code cluster}, {@code
   * timeout.ms}, {@code retries}, {@code connections}; what is not there is as {@code defaults} has
   * it.
   */
  public static RedisSettings of(
      String host, int port, Map<String, String> settings, RedisSettings defaults) {
    for (String name : settings.keySet()) {
      if (!KNOWN.contains(name)) {
        throw new MillraceException(
            Problem.unknown("setting", name, "the Redis at " + host + ":" + port, KNOWN));
      }
    }
    return new RedisSettings(
        host,
        port,
        text(settings, "user").or(defaults::user),
        text(settings, "password").or(defaults::password),
        text(settings, "tls").map(each -> truth("tls", each)).orElse(defaults.tls),
        text(settings, "cluster").map(each -> truth("cluster", each)).orElse(defaults.cluster),
        text(settings, "timeout.ms")
            .map(each -> Duration.ofMillis(number("timeout.ms", each, 1)))
            .orElse(defaults.timeout),
        text(settings, "retries").map(each -> number("retries", each, 0)).orElse(defaults.retries),
        text(settings, "connections")
            .map(each -> number("connections", each, 1))
            .orElse(defaults.connections));
  }

  /** For a service that answers its own callers: half a second for an answer, one more try. */
  public static RedisSettings ofReader(String host, int port) {
    return of(host, port, Duration.ofMillis(500), 1, 8);
  }

  /** For a job, which rather waits than fails: about forty seconds for a server to come back. */
  public static RedisSettings ofJob(String host, int port) {
    return of(host, port, Duration.ofSeconds(10), 16, 8);
  }

  private static RedisSettings of(
      String host, int port, Duration timeout, int retries, int connections) {
    return new RedisSettings(
        host,
        port,
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        timeout,
        retries,
        connections);
  }

  private static Optional<String> text(Map<String, String> settings, String name) {
    @Nullable String found = settings.get(name);
    return Optional.ofNullable(found);
  }

  private static boolean truth(String name, String value) {
    if (!value.equals("true") && !value.equals("false")) {
      throw wrong(name, value, "true or false");
    }
    return value.equals("true");
  }

  private static int number(String name, String value, int least) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Said below.
    }
    throw wrong(name, value, "a whole number from " + least + " on");
  }

  private static MillraceException wrong(String name, String value, String wanted) {
    return MillraceException.because(
        "Setting '" + name + "' of Redis is '" + value + "'", "it is " + wanted, "Give one");
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
