package dev.millrace.cli;

import static dev.millrace.transforms.expectation.Expectations.completeness;
import static dev.millrace.transforms.expectation.Expectations.fresh;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.rowCount;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Days;
import dev.millrace.features.QualityJob.Judged;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Rule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QualityTableTest {
  private static final Instant END = Instant.parse("2024-03-03T00:00:00Z");
  private static final Days DAY = Days.of(LocalDate.parse("2024-03-02"));

  private static ExpectationResult found(Expectation by, double value) {
    return ExpectationResult.of(
        (Rule.Metric) by.rule(), by.action(), value, new Bounds.Past(List.of(), END));
  }

  private static Judged judged(Expectation expectation, @Nullable ExpectationResult found) {
    return new Judged(expectation, Optional.of(DAY), found);
  }

  @Test
  void saysWhatWasFoundAndHowItWasJudged() {
    Expectation few = rowCount(1, 9);
    Expectation share = completeness("shop", 0.5).orWarn();
    Expectation fresh = fresh("at", Duration.ofHours(2)).orWarn();
    Expectation shop = notNull("shop").orQuarantine();
    List<Judged> all =
        List.of(
            judged(few, found(few, 7)),
            judged(rowCount(1, 90), found(few, 7)),
            judged(share, found(share, 0.25)),
            judged(fresh, found(fresh, 1_709_420_400_000_000.0)),
            judged(shop, new ExpectationResult("shop is null", shop.action(), 3)),
            new Judged(notNull("at"), Optional.empty(), null));
    assertThat(QualityTable.of(all).toString().lines())
        .map(String::strip)
        .filteredOn(line -> !line.startsWith("-"))
        .map(line -> line.replaceAll(" {2,}", "|"))
        .containsExactly(
            "expectation|found|bound|verdict|days",
            "row count|7|1 to 9|holds|2024-03-02",
            "row count|7|1 to 90|judged by other bounds|2024-03-02",
            "completeness of shop|0.25|at least 0.5|warned|2024-03-02",
            "newest at|2024-03-02T23:00:00Z|at most PT2H old|holds|2024-03-02",
            "shop is null|3 rows|0 rows|set aside|2024-03-02",
            "at is null|0 rows|not judged|all");
  }
}
