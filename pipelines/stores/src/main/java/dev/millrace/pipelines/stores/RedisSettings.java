package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how it is spoken to.
 *
 * @param user of its access control list; the default user where empty
 * @param tls whether connections are encrypted, to a server whose certificate names the host
 * @param truststore a file of the certificates that are trusted; those that the JVM trusts ({@code
 *     javax.net.ssl.trustStore}) where empty
 * @param cluster whether keys lie on several nodes, of which the address is any one
 * @param timeout for a connection, and for each answer; whole milliseconds
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
    Optional<String> truststore,
    Optional<String> truststorePassword,
    boolean cluster,
    Duration timeout,
    int retries,
    int connections) {
  private static final List<String> KNOWN =
      List.of(
          "user",
          "password",
          "tls",
          "truststore",
          "truststore.password",
          "cluster",
          "timeout.ms",
          "retries",
          "connections");

  /** Checks that numbers are in their bounds. */
  public RedisSettings {
    long millis = timeout.toMillis();
    if (millis < 1 || millis > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a timeout of " + timeout + " is none: give one from a millisecond on");
    }
    if (retries < 0 || connections < 1) {
      throw new IllegalArgumentException(
          retries + " retries over " + connections + " connections: give 0 and 1 or more");
    }
  }

  /**
   * Settings by name: {@code user}, {@code password}, {@code tls}, {@code truststore}, {@code
   * truststore.password}, {@code cluster}, {@code timeout.ms}, {@code retries}, {@code
   * connections}; what is not there is as {@code defaults} has it.
   *
   * @throws dev.millrace.transforms.problem.DefinitionException naming all that is wrong with them
   */
  public static RedisSettings of(
      String host, int port, Map<String, String> settings, RedisSettings defaults) {
    Given given = new Given(settings, "the Redis at " + host + ":" + port);
    RedisSettings read =
        new RedisSettings(
            host,
            port,
            given.text("user").or(defaults::user),
            given.text("password").or(defaults::password),
            given.truth("tls", defaults.tls),
            given.text("truststore").or(defaults::truststore),
            given.text("truststore.password").or(defaults::truststorePassword),
            given.truth("cluster", defaults.cluster),
            Duration.ofMillis(given.number("timeout.ms", 1, (int) defaults.timeout.toMillis())),
            given.number("retries", 0, defaults.retries),
            given.number("connections", 1, defaults.connections));
    given.check(read);
    return read;
  }

  /** For a service that answers its own callers: half a second for an answer, one more try. */
  public static RedisSettings ofReader(String host, int port) {
    return of(host, port, Duration.ofMillis(500), 1);
  }

  /** For a job, which rather waits than fails: about forty seconds for a server to come back. */
  public static RedisSettings ofJob(String host, int port) {
    return of(host, port, Duration.ofSeconds(10), 16);
  }

  private static RedisSettings of(String host, int port, Duration timeout, int retries) {
    return new RedisSettings(
        host,
        port,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        false,
        timeout,
        retries,
        8);
  }

  /** Settings as texts, and what is wrong with them. */
  private record Given(Map<String, String> settings, String where, Problems problems) {
    Given(Map<String, String> settings, String where) {
      this(settings, where, new Problems("the settings of " + where));
    }

    Optional<String> text(String name) {
      @Nullable String found = settings.get(name);
      return Optional.ofNullable(found);
    }

    boolean truth(String name, boolean otherwise) {
      Optional<String> found = text(name);
      if (found.isEmpty()) {
        return otherwise;
      }
      if (!found.get().equals("true") && !found.get().equals("false")) {
        wrong(name, found.get(), "true or false");
      }
      return found.get().equals("true");
    }

    int number(String name, int least, int otherwise) {
      Optional<String> found = text(name);
      if (found.isEmpty()) {
        return otherwise;
      }
      try {
        int number = Integer.parseInt(found.get());
        if (number >= least) {
          return number;
        }
      } catch (NumberFormatException notOne) {
        // Said below.
      }
      wrong(name, found.get(), "a whole number from " + least + " on");
      return otherwise;
    }

    private void wrong(String name, String value, String wanted) {
      problems.add(
          "Setting '" + name + "' of " + where + " is '" + value + "'",
          "it takes " + wanted,
          "Give that");
    }

    void check(RedisSettings read) {
      for (String name : settings.keySet()) {
        if (!KNOWN.contains(name)) {
          problems.add(Problem.unknown("setting", name, where, KNOWN));
        }
      }
      if (read.truststore().isPresent() && !read.tls()) {
        problems.add(
            "Setting 'truststore' of " + where + " has no use",
            "connections are not encrypted",
            "Set tls to true as well, or leave it out");
      }
      problems.throwIfAny();
    }
  }

  /** Without user and passwords. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
