package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.NoSuchElementException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** What is said when a Redis refuses or does not answer. */
final class RedisFailure {
  private RedisFailure() {}

  /** What it comes from: a server's own words are a {@link JedisDataException}. */
  static Throwable root(JedisException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** What is said once it was closed, which never passes. */
  static MillraceException closed(RedisSettings settings) {
    return MillraceException.because(
        "Cannot use the Redis at " + settings,
        "its connections were closed here",
        "Use it before that");
  }

  /** What is said where the thread was told to stop, which says nothing of the server. */
  static MillraceException interrupted(JedisException failure, RedisSettings settings) {
    return new MillraceException(
        new Problem(
            "Cannot use the Redis at " + settings,
            "the thread was interrupted",
            "Ask again where that was not meant to stop it"),
        failure);
  }

  /** The exception to be thrown; {@code passes} where the same may succeed later. */
  static MillraceException of(JedisException failure, boolean passes, RedisSettings settings) {
    String what = "Cannot use the Redis at " + settings;
    Throwable root = root(failure);
    String said = String.valueOf(root.getMessage());
    if (passes) {
      String tries =
          " (%d tries, %d ms each)"
              .formatted(settings.retries() + 1, settings.timeout().toMillis());
      return new StoreUnavailableException(
          root instanceof NoSuchElementException
              ? new Problem(
                  what,
                  "all its " + settings.connections() + " connections are in use" + tries,
                  "Ask it less at once, or allow more with the setting connections")
              : new Problem(what, said + tries, "Check that it runs and that the address is right"),
          failure);
    }
    if (root instanceof JedisMovedDataException) {
      return new MillraceException(
          new Problem(what, "it is a node of a cluster", "Set cluster to true"), failure);
    }
    if (said.contains("cluster support disabled")) {
      return new MillraceException(
          new Problem(what, "it is no node of a cluster", "Leave out the setting cluster"),
          failure);
    }
    boolean user = root instanceof JedisAccessControlException || said.startsWith("NOAUTH");
    return new MillraceException(
        new Problem(
            what,
            said,
            user
                ? "Check the settings user and password, and what that user may do"
                : "Check what it has room for"),
        failure);
  }
}
