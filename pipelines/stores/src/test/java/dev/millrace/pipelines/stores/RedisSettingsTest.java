package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.DefinitionException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisSettingsTest {
  private static RedisSettings of(Map<String, String> settings) {
    return RedisSettings.of("redis", 6379, settings, RedisSettings.ofReader("redis", 6379));
  }

  @Test
  void readsEverySetting() {
    assertThat(
            of(
                Map.of(
                    "user", "reader",
                    "password", "secret",
                    "tls", "true",
                    "truststore", "trusted.p12",
                    "truststore.password", "hidden",
                    "cluster", "true",
                    "timeout.ms", "20",
                    "retries", "0",
                    "connections", "3")))
        .isEqualTo(
            new RedisSettings(
                "redis",
                6379,
                Optional.of("reader"),
                Optional.of("secret"),
                true,
                Optional.of("trusted.p12"),
                Optional.of("hidden"),
                true,
                Duration.ofMillis(20),
                0,
                3));
  }

  @Test
  void whatIsNotGivenIsAsByDefault() {
    assertThat(of(Map.of("retries", "4")))
        .isEqualTo(
            new RedisSettings(
                "redis",
                6379,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                Duration.ofMillis(500),
                4,
                8));
  }

  @Test
  void showsNoSecret() {
    assertThat(of(Map.of("user", "reader", "password", "secret"))).hasToString("redis:6379");
  }

  @Test
  void suggestsTheSettingThatWasMeant() {
    assertThatThrownBy(() -> of(Map.of("pasword", "secret")))
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            "Cannot resolve setting 'pasword' in the Redis at redis:6379: known are [user,"
                + " password, tls, truststore, truststore.password, cluster, timeout.ms, retries,"
                + " connections]. Did you mean 'password'?");
  }

  @Test
  void saysAllThatIsWrong() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("truststore", "trusted.p12");
    wrong.put("connections", "0");
    wrong.put("retries", "many");
    wrong.put("timeout.ms", "-1");
    wrong.put("cluster", "yes");
    assertThatThrownBy(() -> of(wrong))
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            """
            5 problems in the settings of the Redis at redis:6379:
              - Setting 'cluster' of the Redis at redis:6379 is 'yes': it takes true or false. Give that.
              - Setting 'timeout.ms' of the Redis at redis:6379 is '-1': it takes a whole number from 1 on. Give that.
              - Setting 'retries' of the Redis at redis:6379 is 'many': it takes a whole number from 0 on. Give that.
              - Setting 'connections' of the Redis at redis:6379 is '0': it takes a whole number from 1 on. Give that.
              - Setting 'truststore' of the Redis at redis:6379 has no use: connections are not encrypted. Set tls to true as well, or leave it out.""");
  }
}
