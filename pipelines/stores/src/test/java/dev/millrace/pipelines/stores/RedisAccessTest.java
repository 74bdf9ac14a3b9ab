package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Users, passwords and encrypted connections. */
class RedisAccessTest {
  private static final Stamp STAMP = new Stamp(1, 1, 1, 1);

  @TempDir static Path folder;
  private static TestRedis redis;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = TestRedis.start(folder);
    try (Jedis jedis = redis.jedis()) {
      jedis.aclSetUser("writer", "on", ">written", "~millrace:*", "+@all");
      jedis.aclSetUser("reader", "on", ">read", "~millrace:*", "+@read", "+@connection");
    }
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  private static RedisSettings settings(int port, Map<String, String> settings) {
    return RedisSettings.of("127.0.0.1", port, settings, RedisSettings.ofJob("127.0.0.1", port));
  }

  private static OnlineStore as(String user, String password) {
    return OnlineStore.connect(settings(redis.port(), Map.of("user", user, "password", password)));
  }

  @Test
  void serversThatRemoveKeysAreNotLoaded() {
    try (Jedis jedis = redis.jedis();
        OnlineStore writer = as("writer", "written");
        OnlineStore reader = as("reader", "read")) {
      try {
        jedis.configSet("maxmemory-policy", "volatile-lru");
        writer.requireKeepsKeys("main");
        jedis.configSet("maxmemory", "100mb");
        assertThatThrownBy(() -> writer.requireKeepsKeys("main"))
            .isExactlyInstanceOf(MillraceException.class)
            .hasMessage(
                "Cannot load into the online store at main: it removes keys when it is short of memory"
                    + " (maxmemory-policy volatile-lru), and an entity that is gone reads as one without"
                    + " events. Set its maxmemory-policy to noeviction, or take a store of its own for"
                    + " features.");
        // Who may not ask is not kept from it.
        reader.requireKeepsKeys("main");
        jedis.configSet("maxmemory-policy", "noeviction");
        writer.requireKeepsKeys("main");
      } finally {
        jedis.configSet("maxmemory", "0");
      }
    }
  }

  @Test
  void usersAreKnownByTheirPasswords() {
    try (OnlineStore writer = as("writer", "written");
        OnlineStore reader = as("reader", "read")) {
      writer.mark("spend", STAMP);
      assertThat(reader.mark("spend")).contains(STAMP);
      assertThatThrownBy(() -> reader.mark("spend", STAMP))
          .isExactlyInstanceOf(MillraceException.class)
          .hasMessage(
              "Cannot use the Redis at 127.0.0.1:"
                  + redis.port()
                  + ": NOPERM this user has no permissions to run the 'set' command or its"
                  + " subcommand. Check the settings user and password, and what that user may"
                  + " do.");
    }
  }

  @Test
  void aWrongPasswordIsSaidAtOnce() {
    assertThatThrownBy(() -> as("reader", "guessed"))
        .isExactlyInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot use the Redis at 127.0.0.1:"
                + redis.port()
                + ": WRONGPASS invalid username-password pair or user is disabled. Check the"
                + " settings user and password, and what that user may do.");
  }

  @Test
  void encryptedConnectionsTrustTheGivenCertificates() throws Exception {
    try (TlsProxy proxy = TlsProxy.before(redis.port(), folder, "ip:127.0.0.1")) {
      Map<String, String> trusting =
          Map.of(
              "tls",
              "true",
              "truststore",
              proxy.certificates().toString(),
              "truststore.password",
              TlsProxy.PASSWORD);
      try (OnlineStore store = OnlineStore.connect(settings(proxy.port(), trusting))) {
        store.mark("encrypted", STAMP);
        assertThat(store.mark("encrypted")).contains(STAMP);
      }
      Map<String, String> wrong = new java.util.HashMap<>(trusting);
      wrong.put("truststore.password", "guessed");
      assertThatThrownBy(() -> OnlineStore.connect(settings(proxy.port(), wrong)))
          .hasMessage(
              "Cannot read the certificates to trust from '"
                  + proxy.certificates()
                  + "': keystore password was incorrect. Check the settings truststore and"
                  + " truststore.password.");
      Map<String, String> unknown = Map.of("tls", "true", "retries", "0");
      assertThatThrownBy(() -> OnlineStore.connect(settings(proxy.port(), unknown)))
          .hasMessageContaining("unable to find valid certification path to requested target");
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    try (TlsProxy proxy = TlsProxy.before(redis.port(), folder, "ip:127.0.0.2")) {
      Map<String, String> trusting =
          Map.of(
              "tls",
              "true",
              "retries",
              "0",
              "truststore",
              proxy.certificates().toString(),
              "truststore.password",
              TlsProxy.PASSWORD);
      assertThatThrownBy(() -> OnlineStore.connect(settings(proxy.port(), trusting)))
          .hasMessage(
              "Cannot use the Redis at 127.0.0.1:"
                  + proxy.port()
                  + ": No subject alternative names matching IP address 127.0.0.1 found (1"
                  + " tries, 10000 ms each). Check that it runs and that the address is right.");
    }
  }

  @Test
  void aServerThatIsNoClusterSaysSo() {
    assertThatThrownBy(() -> OnlineStore.connect(settings(redis.port(), Map.of("cluster", "true"))))
        .isExactlyInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot use the Redis at 127.0.0.1:"
                + redis.port()
                + ": it is no node of a cluster. Leave out the setting cluster.");
  }
}
