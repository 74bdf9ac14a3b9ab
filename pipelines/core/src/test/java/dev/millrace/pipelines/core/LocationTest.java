package dev.millrace.pipelines.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
  private static final Messages JSON = Messages.json();

  private static Scan scan(Location location) {
    return new Scan(location, Schema.of(new Column("shop", PrimitiveType.STRING)));
  }

  @Test
  void whateverAStreamOfPubsubIsReadByIsInThePlan() {
    Location.Pubsub visits = Location.Pubsub.subscription("main", "visits", JSON);
    List<Location> others =
        List.of(
            visits,
            Location.Pubsub.topic("main", "visits", JSON),
            Location.Pubsub.subscription("other", "visits", JSON),
            Location.Pubsub.subscription("main", "visitors", JSON),
            Location.Pubsub.subscription("main", "visits", JSON.atMost(10)),
            visits.withIdAttribute("at"),
            visits.withTimestampAttribute("at"));
    assertThat(others.stream().map(each -> PlanPrinter.fingerprint(scan(each))))
        .doesNotHaveDuplicates();
    assertThat(PlanPrinter.print(scan(visits))).contains("pubsub main subscription visits");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ab", "1st", "two words", "googled", "projects/mine/subscriptions/visits"})
  void aNameThatPubsubHasNotIsRefused(String name) {
    assertThatThrownBy(() -> Location.Pubsub.subscription("main", name, JSON))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "'"
                + name
                + "' is no subscription of Pub/Sub: its name has 3 to 255 letters, digits and"
                + " -._~%+, begins with a letter, and not with goog. Give the name alone; its"
                + " project is a setting of the connection.");
  }

  @Test
  void messagesOfPubsubHaveNoKeys() {
    assertThatThrownBy(() -> Location.Pubsub.topic("main", "visits", JSON.withKeys()))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Messages of topic 'visits' cannot be asked for keys: ");
  }
}
