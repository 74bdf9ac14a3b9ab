package dev.millrace.transforms.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

class NearNamesTest {
  private static final List<String> KNOWN = List.of("customer_id", "amount", "event_time");

  @Example
  void findsTheNameThatWasMeant() {
    assertThat(NearNames.nearest("amout", KNOWN)).contains("amount");
    assertThat(NearNames.nearest("amuont", KNOWN)).contains("amount");
    assertThat(NearNames.nearest("AMOUNT", KNOWN)).contains("amount");
    assertThat(NearNames.nearest("customerid", KNOWN)).contains("customer_id");
    assertThat(NearNames.nearest("event-time", KNOWN)).contains("event_time");
  }

  @Example
  void findsNothingFarAway() {
    assertThat(NearNames.nearest("price", KNOWN)).isEmpty();
    assertThat(NearNames.nearest("mount_everest", KNOWN)).isEmpty();
    assertThat(NearNames.nearest("", KNOWN)).isEmpty();
    assertThat(NearNames.nearest("amount", List.of())).isEmpty();
  }

  @Example
  void prefersTheNearestAndThenTheFirst() {
    assertThat(NearNames.nearest("total", List.of("totals", "total"))).contains("total");
    assertThat(NearNames.nearest("cast", List.of("cart", "case"))).contains("cart");
    assertThat(NearNames.nearest("amoun", List.of("amo", "amount"))).contains("amount");
  }

  @Example
  void countsASwapAsOneEdit() {
    assertThat(NearNames.distance("avg", "agv")).isEqualTo(1);
    assertThat(NearNames.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearNames.distance("", "abc")).isEqualTo(3);
  }

  @Property(tries = 300)
  void distanceIsSymmetricAndZeroForEqualNamesAlone(
      @ForAll @AlphaChars @StringLength(max = 8) String a,
      @ForAll @AlphaChars @StringLength(max = 8) String b) {
    int distance = NearNames.distance(a, b);
    assertThat(distance).isEqualTo(NearNames.distance(b, a));
    assertThat(distance == 0).isEqualTo(a.equals(b));
    assertThat(distance)
        .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
  }
}
