package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Every aggregation is a commutative monoid with one byte form. */
@PropertyDefaults(tries = 1000, edgeCases = EdgeCasesMode.NONE)
class AggregationLawsTest {
  private static final List<Subject> SUBJECTS = Subject.all();

  /** An aggregation and rows for it, each a list of its inputs. */
  record Sample(Subject subject, List<List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> part(int part) {
      int third = rows.size() / 3;
      return rows.subList(part * third, part == 2 ? rows.size() : (part + 1) * third);
    }

    Object of(int part) {
      return subject.of(part(part));
    }
  }

  @Provide
  Arbitrary<Sample> samples() {
    return Arbitraries.of(SUBJECTS)
        .flatMap(
            subject -> row(subject).list().ofMaxSize(24).map(rows -> new Sample(subject, rows)));
  }

  private static Arbitrary<List<@Nullable Object>> row(Subject subject) {
    List<Arbitrary<@Nullable Object>> values = new ArrayList<>();
    subject.types().forEach(type -> values.add(TypedValues.nullable(type, 0.1)));
    return Combinators.combine(values).as(each -> each);
  }

  @Example
  void theLawsReachEveryAggregation() {
    assertThat(SUBJECTS.stream().map(Subject::call).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(Subject.calls());
    assertThat(SUBJECTS.stream().map(Subject::toString))
        .contains("sum(x0) of decimal(38,10)", "max(x0) of string", "profile(x0) of float")
        .contains("first_k(x0, event_time(); 4) of vector(4), timestamp")
        .contains("top_k_by(x0, x1, event_time(); 4) of array<int>, double, timestamp");
    assertThat(SUBJECTS.stream().filter(Subject::isGroup).map(each -> each.call().function()))
        .contains("count", "sum", "avg", "skewness", "correlation", "histogram", "vector_mean");
  }

  @Property
  void mergeIsAssociative(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Object left = subject.merged(subject.merged(sample.of(0), sample.of(1)), sample.of(2));
    Object right = subject.merged(sample.of(0), subject.merged(sample.of(1), sample.of(2)));
    assertThat(subject.state(left)).isEqualTo(subject.state(right));
  }

  @Property
  void mergeIsCommutative(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    assertThat(subject.state(subject.merged(sample.of(0), sample.of(1))))
        .isEqualTo(subject.state(subject.merged(sample.of(1), sample.of(0))));
  }

  @Property
  void zeroIsTheIdentity(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Object zero = subject.aggregation().zero();
    String alone = subject.state(sample.of(2));
    assertThat(subject.state(subject.merged(sample.of(2), zero))).isEqualTo(alone);
    assertThat(subject.state(subject.merged(zero, sample.of(2)))).isEqualTo(alone);
  }

  @Property
  void anyOrderAndShardingGivesTheSameBytesAndValue(
      @ForAll("samples") Sample sample,
      @ForAll @IntRange(min = 1, max = 6) int shards,
      @ForAll long seed) {
    Subject subject = sample.subject();
    Random random = new Random(seed);
    List<List<@Nullable Object>> shuffled = new ArrayList<>(sample.rows());
    Collections.shuffle(shuffled, random);
    List<Object> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(subject.aggregation().zero());
    }
    shuffled.forEach(row -> subject.add(parts.get(random.nextInt(shards)), row));
    while (parts.size() > 1) {
      Object from = parts.remove(random.nextInt(parts.size()));
      int into = random.nextInt(parts.size());
      boolean stored = random.nextBoolean();
      subject.merged(parts.get(into), stored ? subject.decoded(subject.bytes(from)) : from);
    }
    assertThat(subject.state(parts.get(0))).isEqualTo(subject.state(subject.of(sample.rows())));
  }

  @Property
  void decodeTakesBackWhatEncodeWroteAndNoMore(@ForAll("samples") Sample sample) {
    Aggregation<Object> aggregation = sample.subject().aggregation();
    ByteWriter out = new ByteWriter();
    aggregation.encode(sample.of(0), out);
    aggregation.encode(sample.of(1), out);
    ByteReader in = new ByteReader(out.toBytes());
    for (int part = 0; part < 2; part++) {
      assertThat(sample.subject().state(aggregation.decode(in)))
          .isEqualTo(sample.subject().state(sample.of(part)));
    }
    assertThat(in.atEnd()).isTrue();
  }

  @Property
  void bytesAreMergedAsWhatTheyDecodeToAndNoMore(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Aggregation<Object> aggregation = subject.aggregation();
    ByteWriter out = new ByteWriter();
    aggregation.encode(sample.of(1), out);
    aggregation.encode(sample.of(2), out);
    ByteReader in = new ByteReader(out.toBytes());
    Object merged = sample.of(0);
    aggregation.mergeEncoded(merged, in);
    aggregation.mergeEncoded(merged, in);
    assertThat(subject.state(merged)).isEqualTo(subject.state(subject.of(sample.rows())));
    assertThat(in.atEnd()).isTrue();
  }

  @Property
  void whatAccumulatesTheSameIsReadFromOneAccumulator(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    String own = subject.state(subject.of(sample.rows()));
    for (Subject other : SUBJECTS) {
      if (other.types().equals(subject.types())
          && other.accumulates().equals(subject.accumulates())) {
        Object theirs = other.of(sample.rows());
        assertThat(subject.state(theirs)).as("%s of %s", subject, other).isEqualTo(own);
        assertThat(subject.state(subject.decoded(other.bytes(theirs)))).isEqualTo(own);
      }
    }
  }

  @Example
  void familiesAccumulateTheSame() {
    assertThat(namesOf("sum", "avg")).containsExactly("sum(x0)");
    assertThat(namesOf("population_variance", "sample_stddev")).hasSize(1);
    assertThat(namesOf("population_covariance", "sample_covariance")).hasSize(1);
    assertThat(namesOf("approx_percentile", "approx_percentiles")).hasSize(1);
    assertThat(namesOf("count_if", "bool_any", "bool_all")).hasSize(1);
    assertThat(namesOf("vector_sum", "vector_mean")).hasSize(1);
    assertThat(namesOf("sample_variance", "skewness", "min", "max", "profile")).hasSize(5);
  }

  private static Set<String> namesOf(String... functions) {
    return SUBJECTS.stream()
        .filter(each -> List.of(functions).contains(each.call().function()))
        .map(Subject::accumulates)
        .collect(Collectors.toSet());
  }

  @Property
  void aDecodedAccumulatorGoesOnAsTheOneThatWasEncoded(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Object decoded = subject.decoded(subject.bytes(sample.of(0)));
    sample.part(1).forEach(row -> subject.add(decoded, row));
    assertThat(subject.state(decoded))
        .isEqualTo(subject.state(subject.merged(sample.of(0), sample.of(1))));
  }

  @Property
  void nullRowsChangeNothingButAProfile(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    List<@Nullable Object> nulls =
        Collections.nCopies(subject.call().inputs().size(), (@Nullable Object) null);
    List<List<@Nullable Object>> more = new ArrayList<>(sample.rows());
    more.add(sample.rows().size() / 2, nulls);
    String without = subject.state(subject.of(sample.rows()));
    String with = subject.state(subject.of(more));
    if (subject.call().function().equals("profile")) {
      assertThat(with).isNotEqualTo(without);
    } else {
      assertThat(with).isEqualTo(without);
    }
  }

  @Property
  void mergeLeavesFromAsItWas(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Object from = sample.of(1);
    Object into = subject.merged(sample.of(0), from);
    assertThat(subject.state(from)).isEqualTo(subject.state(sample.of(1)));
    String before = subject.state(into);
    sample.part(2).forEach(row -> subject.add(from, row));
    assertThat(subject.state(into)).isEqualTo(before);
    sample.part(2).forEach(row -> subject.add(into, row));
    assertThat(subject.state(from))
        .isEqualTo(subject.state(subject.merged(sample.of(1), sample.of(2))));
  }

  @Property
  void whatAGroupTookInCanBeTakenOut(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Assume.that(subject.isGroup());
    Object all = subject.merged(sample.of(0), sample.of(1));
    Object part = subject.decoded(subject.bytes(sample.of(1)));
    subject.subtract(all, part);
    assertThat(subject.state(all)).isEqualTo(subject.state(sample.of(0)));
    assertThat(subject.state(part)).isEqualTo(subject.state(sample.of(1)));
    subject.subtract(all, sample.of(0));
    assertThat(subject.state(all)).isEqualTo(subject.state(subject.aggregation().zero()));
  }

  @Property
  void presentAndEncodeOnlyLook(@ForAll("samples") Sample sample) {
    Subject subject = sample.subject();
    Object looked = subject.aggregation().zero();
    for (List<@Nullable Object> row : sample.rows()) {
      subject.state(looked);
      subject.add(looked, row);
    }
    assertThat(subject.state(looked)).isEqualTo(subject.state(subject.of(sample.rows())));
    assertThat(subject.state(looked)).isEqualTo(subject.state(looked));
  }

  @Property
  void presentsOneZeroAndOneNaN(@ForAll("samples") Sample sample) {
    assertThat(sample.subject().presented(sample.subject().of(sample.rows())))
        .doesNotContain("-0.0 ")
        .matches("NaN (7ff8000000000000|7fc00000)|(?s)(?!NaN).*");
  }

  @Property
  void refusesDamagedBytesOrTakesThemBackExactly(
      @ForAll("samples") Sample sample, @ForAll long seed) {
    Random random = new Random(seed);
    byte[] damaged = sample.subject().bytes(sample.of(2));
    damaged = Arrays.copyOf(damaged, Math.max(1, damaged.length + random.nextInt(-1, 2)));
    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    try {
      assertThat(sample.subject().bytes(sample.subject().decoded(damaged))).isEqualTo(damaged);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining("Cannot decode a ");
    }
  }

  @Property
  void refusesBytesThatEndTooEarly(@ForAll("samples") Sample sample) {
    byte[] good = sample.subject().bytes(sample.of(2));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThat(refusal(sample.subject(), cut)).contains("they end too early");
    }
  }

  private static String refusal(Subject subject, byte[] bytes) {
    try {
      subject.decoded(bytes);
      return "taken";
    } catch (IllegalArgumentException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
