package dev.millrace.pipelines.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventsTest {
  private static final Scan SPENDING =
      new Scan(
          Location.DeltaTable.at("spending"),
          Schema.of(
              new Column("customer", PrimitiveType.STRING),
              new Column("paid at", PrimitiveType.TIMESTAMP),
              new Column("amount", PrimitiveType.DOUBLE)));

  @Test
  void theEventTimeStandsAmongTheInputsThatAskForIt() {
    Events events =
        of(Aggregations.sum("amount"), Aggregations.last("amount"), Aggregations.timeSinceLast());
    assertThat(events.inputs().columns().stream().map(NamedExpression::expression))
        .containsExactly(
            "`customer`",
            "`paid at`",
            "`paid at`",
            "amount",
            "amount",
            "`paid at`",
            "1",
            "`paid at`");
    assertThat(events.bind(2).stream().map(WindowedAggregation::ordinal)).containsExactly(2, 3, 5);
    assertThat(events.values().stream().map(Column::type))
        .containsExactly(PrimitiveType.DOUBLE, PrimitiveType.DOUBLE, PrimitiveType.LONG);
  }

  @Test
  void parametersThatAreWrongAreReportedTogether() {
    assertThatThrownBy(() -> of(Aggregations.topK("amount", 0), Aggregations.histogram("amount")))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("2 problems in ")
        .hasMessageContaining("'top_k(amount; 0)' has a k of 0")
        .hasMessageContaining("bounds are finite numbers, one or more");
  }

  @Test
  void aKeyHasNoNameThatStandsBesideTheKeys() {
    List<String> names =
        List.of("event_time", "seen_after", "hop", "hop_start", "tile", "end", "time", "input_12");
    Schema rows =
        SPENDING
            .schema()
            .and(names.stream().map(name -> new Column(name, PrimitiveType.STRING)).toList());
    Node scan = new Scan(Location.DeltaTable.at("spending"), rows);
    assertThatThrownBy(() -> new Events("feature view 'spend'", scan, names, "paid at", List.of()))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("8 problems in ")
        .hasMessageContaining(
            "Key 'hop_start' of feature view 'spend' has the name of another column: one named 'hop_start' stands"
                + " beside the keys in what is made of them. Rename the key.")
        .hasMessageContaining("Key 'input_12' of");
  }

  @Test
  void aKeyIsNamedOnce() {
    assertThatThrownBy(
            () ->
                new Events(
                    "feature view 'spend'",
                    SPENDING,
                    List.of("customer", "customer"),
                    "paid at",
                    List.of()))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("Key 'customer' of feature view 'spend' is named twice");
  }

  private static Events of(AggregateCall... calls) {
    List<WindowedFeature> features = new ArrayList<>();
    for (AggregateCall call : calls) {
      features.add(new WindowedFeature("f" + features.size(), call, Window.days(1)));
    }
    return new Events("feature view 'spend'", SPENDING, List.of("customer"), "paid at", features);
  }
}
