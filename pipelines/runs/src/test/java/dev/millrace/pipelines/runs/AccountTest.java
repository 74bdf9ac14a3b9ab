package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static Account.Stream stream(String json) {
    Account account = Objects.requireNonNull(Account.parse(json));
    return Objects.requireNonNull(account.stream());
  }

  @Test
  void whatIsWrittenIsRead() {
    Account account =
        new Account(
            List.of(new Account.Part("day", "2024-01-01T00:00:00Z", null, "plan", "data")),
            List.of(),
            Map.of("delta log", "3"),
            new Account.Stream(
                7,
                Map.of(0, 5L, 1, 9L),
                100L,
                12,
                "",
                14,
                2,
                Map.of(0, 100L, 1, 40L),
                List.of("a", "b"),
                List.of("{\"path\":\"c\"}")));
    assertThat(Account.parse(account.toJson())).isEqualTo(account);
  }

  @Test
  void partitionsAreJudgedByTheirOwnNewest() {
    Account.Stream now =
        new Account.Stream(
            7, Map.of(0, 5L, 1, 9L), 100L, 12, "", 14, 2, Map.of(0, 100L), null, null);
    assertThat(now.newests()).isEqualTo(Map.of(0, 100L));
  }

  @Test
  void anOlderAccountHasOneNewestForAllPartitions() {
    Account.Stream older =
        stream(
            "{\"parts\":[],\"expectations\":[],\"read\":{},\"stream\":{\"position\":3,"
                + "\"next\":{\"0\":5,\"1\":9},\"newest\":100,\"accepted\":12,\"numbers\":\"\"}}");
    assertThat(older.newests()).isEqualTo(Map.of(0, 100L, 1, 100L));
    assertThat(older.messages()).isZero();
  }

  @Test
  void whatAnotherWroteIsNoAccount() {
    assertThat(Account.parse("")).isNull();
    assertThat(Account.parse("by hand")).isNull();
  }
}
