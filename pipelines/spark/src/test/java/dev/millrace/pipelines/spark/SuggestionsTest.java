package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What Deequ suggests, as a definition has it. */
class SuggestionsTest {
  private static final Schema ORDERS =
      Schema.of(
          new Column("id", PrimitiveType.LONG),
          new Column("kind", PrimitiveType.STRING),
          new Column("code", PrimitiveType.STRING),
          new Column("price", new DecimalType(10, 2)),
          new Column("weight", PrimitiveType.DOUBLE),
          new Column("at", PrimitiveType.TIMESTAMP));

  @Test
  void eachIsAnExpectationThatCanBeWrittenDown() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(
          Arrays.asList(
              (long) i,
              i % 3 == 0 ? "say \"go\"" : "stay",
              i % 2 == 0 ? "12" : "x",
              BigDecimal.valueOf(100 + i, 2),
              i % 4 == 0 ? null : i / 2.0,
              Instant.parse("2024-03-01T00:00:00Z").plusSeconds(i % 7)));
    }
    ENGINE.hold("orders", new Rows(ORDERS, rows));
    List<SparkEngine.Suggestion> found =
        ENGINE.suggest(new Scan(new Location.Memory("orders"), ORDERS));
    assertThat(found)
        .extracting(SparkEngine.Suggestion::code)
        .contains(
            "unique(\"id\")",
            "notNull(\"id\")",
            "between(\"id\", 0.0, 999.0)",
            "oneOf(\"kind\", \"say \\\"go\\\"\", \"stay\")",
            "oneOf(\"code\", \"12\", \"x\")",
            "notNull(\"price\")",
            "between(\"price\", 1.0, 10.99)",
            "between(\"weight\", 0.5, 499.5)",
            "notNull(\"at\")")
        .anyMatch(code -> code.matches("completeness\\(\"weight\", 0\\.7\\d*\\)"))
        .doesNotContain("notNull(\"weight\")");
    assertThat(found)
        .filteredOn(each -> each.code().equals("notNull(\"id\")"))
        .extracting(SparkEngine.Suggestion::since)
        .containsExactly("'id' is not null");
  }
}
