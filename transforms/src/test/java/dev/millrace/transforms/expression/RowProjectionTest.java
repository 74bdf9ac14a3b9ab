package dev.millrace.transforms.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowProjectionTest {
  static final Schema ROW =
      Schema.of(
          new Column("i", PrimitiveType.INT),
          new Column("l", PrimitiveType.LONG),
          new Column("f", PrimitiveType.FLOAT),
          new Column("d", PrimitiveType.DOUBLE),
          new Column("m", new DecimalType(10, 2)),
          new Column("s", PrimitiveType.STRING),
          new Column("b", PrimitiveType.BYTES),
          new Column("day", PrimitiveType.DATE),
          new Column("ts", PrimitiveType.TIMESTAMP),
          new Column("yes", PrimitiveType.BOOLEAN),
          new Column("xs", new ArrayType(PrimitiveType.LONG)),
          new Column("words", new ArrayType(PrimitiveType.STRING)),
          new Column("none", PrimitiveType.LONG),
          new Column("odd.name `here", PrimitiveType.LONG));

  static final InternalRow VALUES =
      PlainRows.toCatalyst(
          ROW,
          Arrays.asList(
              -7,
              40L,
              1.5f,
              2.25,
              new BigDecimal("12.35"),
              " Straße 9 ",
              "abc".getBytes(StandardCharsets.UTF_8),
              LocalDate.parse("2024-02-29"),
              Instant.parse("2024-03-10T07:59:59.123456Z"),
              true,
              Arrays.asList(3L, null, 1L, 2L),
              List.of("b", "a"),
              null,
              5L));

  private static @Nullable Object value(String text) {
    RowProjection projection = Expressions.compile(List.of(text), ROW);
    return PlainRows.fromCatalyst(projection.schema(), projection.apply(VALUES)).get(0);
  }

  static List<Map.Entry<String, Object>> functions() {
    Map<String, Object> expected = new LinkedHashMap<>();
    // Arithmetic
    expected.put("i + l", 33L);
    expected.put("l / 16", 2.5);
    expected.put("i % 3", -1);
    expected.put("pmod(i, 3)", 2);
    expected.put("i div 2", -3L);
    expected.put("abs(i)", 7);
    expected.put("d * f - 1", 2.375);
    expected.put("m * 2", new BigDecimal("24.70"));
    expected.put("m / 5", new BigDecimal("2.470000"));
    expected.put("round(m, 1)", new BigDecimal("12.4"));
    expected.put("bround(2.5, 0)", new BigDecimal("2"));
    expected.put("floor(d)", 2L);
    expected.put("ceil(-d)", -2L);
    expected.put("sqrt(d)", 1.5);
    expected.put("power(2, 10)", 1024.0);
    expected.put("greatest(i, l, none)", 40L);
    expected.put("least(d, f)", 1.5);
    expected.put("sign(i)", -1.0);
    expected.put("shiftleft(l, 2)", 160L);
    expected.put("l & 12", 8L);
    expected.put("bit_count(l)", 2);
    expected.put("width_bucket(d, 0, 10, 5)", 2L);
    expected.put("cast(i as smallint)", -7);
    expected.put("cast(i as tinyint)", -7);
    expected.put("try_divide(l, 0)", NULL);
    expected.put("try_add(l, 9223372036854775807)", NULL);
    expected.put("isnan(double('NaN'))", true);
    expected.put("nanvl(double('NaN'), d)", 2.25);
    expected.put("hypot(3, 4)", 5.0);
    expected.put("factorial(5)", 120L);
    expected.put("conv('ff', 16, 10)", "255");
    // Text
    expected.put("upper(trim(s))", "STRASSE 9");
    expected.put("length(s)", 10);
    expected.put("octet_length(s)", 11);
    expected.put("substring(s, 2, 6)", "Straße");
    expected.put("concat_ws('-', words)", "b-a");
    expected.put("concat(s, '|')", " Straße 9 |");
    expected.put("lpad(i, 5, '*')", "***-7");
    expected.put("regexp_replace(s, '[^0-9]', '')", "9");
    expected.put("regexp_extract(s, '([a-z]+)', 1)", "tra");
    expected.put("split('a,b,c', ',')", List.of("a", "b", "c"));
    expected.put("split_part('a,b,c', ',', 2)", "b");
    expected.put("s like '%9%'", true);
    expected.put("s rlike '^ S'", true);
    expected.put("startswith(trim(s), 'Str')", true);
    expected.put("translate('abc', 'ab', 'x')", "xc");
    expected.put("initcap('a bc')", "A Bc");
    expected.put("levenshtein('kitten', 'sitting')", 3);
    expected.put("md5(b)", "900150983cd24fb0d6963f7d28e17f72");
    expected.put(
        "sha2(b, 256)", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expected.put("base64(b)", "YWJj");
    expected.put("hex(b)", "616263");
    expected.put("decode(b, 'UTF-8')", "abc");
    expected.put("format_string('%05.1f', d)", "002.3");
    expected.put("format_number(1234567.891, 2)", "1,234,567.89");
    expected.put("reverse('abc')", "cba");
    expected.put("ascii('a')", 97);
    expected.put("instr(s, 'ß')", 6);
    expected.put("soundex('Robert')", "R163");
    expected.put("parse_url('https://a.b/c?q=1', 'QUERY', 'q')", "1");
    expected.put("get_json_object('{\"a\":{\"b\":7}}', '$.a.b')", "7");
    expected.put("from_json('{\"a\":7}', 'a int').a", 7);
    expected.put(
        "to_json(named_struct('a', l, 't', ts))", "{\"a\":40,\"t\":\"2024-03-10T07:59:59.123Z\"}");
    expected.put("crc32(b)", 891568578L);
    expected.put("hash('Spark', array(123), 2)", -1321691492);
    expected.put("xxhash64('Spark', array(123), 2)", 5602566077635097486L);
    // Dates and times
    expected.put("year(ts)", 2024);
    expected.put("hour(ts)", 7);
    expected.put("second(ts)", 59);
    expected.put("dayofweek(day)", 5);
    expected.put("weekofyear(day)", 9);
    expected.put("last_day(day)", LocalDate.parse("2024-02-29"));
    expected.put("add_months(day, 12)", LocalDate.parse("2025-02-28"));
    expected.put("date_add(day, 1)", LocalDate.parse("2024-03-01"));
    expected.put("datediff(day, '2024-01-01')", 59);
    expected.put("months_between(ts, timestamp'2024-01-10 07:59:59')", 2.0);
    expected.put("date_trunc('HOUR', ts)", Instant.parse("2024-03-10T07:00:00Z"));
    expected.put("trunc(day, 'MM')", LocalDate.parse("2024-02-01"));
    expected.put("to_date(ts)", LocalDate.parse("2024-03-10"));
    expected.put("cast(day as timestamp)", Instant.parse("2024-02-29T00:00:00Z"));
    expected.put("ts + interval 1 day", Instant.parse("2024-03-11T07:59:59.123456Z"));
    expected.put("timestampadd(MINUTE, 2, ts)", Instant.parse("2024-03-10T08:01:59.123456Z"));
    expected.put("timestampdiff(HOUR, ts, timestamp'2024-03-11 08:00:00')", 24L);
    expected.put("unix_micros(ts)", 1710057599123456L);
    expected.put("unix_timestamp(ts)", 1710057599L);
    expected.put("timestamp_millis(0)", Instant.EPOCH);
    expected.put("from_unixtime(0)", "1970-01-01 00:00:00");
    expected.put("date_format(ts, 'EEE dd.MM.yyyy HH:mm:ss.SSS')", "Sun 10.03.2024 07:59:59.123");
    expected.put(
        "to_timestamp('10/03/2024 01', 'dd/MM/yyyy HH')", Instant.parse("2024-03-10T01:00:00Z"));
    expected.put(
        "from_utc_timestamp(ts, 'America/New_York')", Instant.parse("2024-03-10T03:59:59.123456Z"));
    expected.put(
        "to_utc_timestamp(timestamp'2024-03-10 03:30:00', 'America/New_York')",
        Instant.parse("2024-03-10T07:30:00Z"));
    expected.put("make_date(2024, 2, 29)", LocalDate.parse("2024-02-29"));
    expected.put(
        "make_timestamp(9999, 12, 31, 23, 59, 59.999999)",
        Instant.parse("9999-12-31T23:59:59.999999Z"));
    expected.put("extract(QUARTER from day)", 1);
    expected.put("cast('1900-01-01 00:00:00' as timestamp)", Instant.parse("1900-01-01T00:00:00Z"));
    expected.put("cast(ts as string)", "2024-03-10 07:59:59.123456");
    expected.put("cast(interval 90 minutes as string)", "INTERVAL '90' MINUTE");
    // Conditions and nulls
    expected.put("if(none is null, 'n', 'v')", "n");
    expected.put("case when l > 50 then 'big' when l > 10 then 'mid' end", "mid");
    expected.put("case l when 1 then 'one' end", NULL);
    expected.put("coalesce(none, l)", 40L);
    expected.put("nullif(l, 40)", NULL);
    expected.put("nvl2(none, 1, 2)", 2);
    expected.put("ifnull(none, 0)", 0L);
    expected.put("none = none", NULL);
    expected.put("none <=> none", true);
    expected.put("l in (1, 40)", true);
    expected.put("l not in (1, null)", NULL);
    expected.put("l between 1 and 40", true);
    expected.put("not yes and none > 1", false);
    expected.put("yes or none > 1", true);
    expected.put("decode(l, 40, 'forty', 'other')", "forty");
    expected.put("equal_null(none, null)", true);
    // Arrays
    expected.put("size(xs)", 4);
    expected.put("size(cast(null as array<int>))", NULL);
    expected.put("xs[0]", 3L);
    expected.put("element_at(xs, -1)", 2L);
    expected.put("try_element_at(xs, 9)", NULL);
    expected.put("array_contains(words, 'a')", true);
    expected.put("array_sort(xs)", Arrays.asList(1L, 2L, 3L, null));
    expected.put("sort_array(xs, false)", Arrays.asList(3L, 2L, 1L, null));
    expected.put(
        "array_sort(words, (a, b) -> case when a < b then 1 when a > b then -1 else 0 end)",
        List.of("b", "a"));
    expected.put("transform(xs, x -> x * l)", Arrays.asList(120L, null, 40L, 80L));
    expected.put("transform(words, (w, n) -> concat(w, n))", List.of("b0", "a1"));
    expected.put("filter(xs, x -> x > 1)", List.of(3L, 2L));
    expected.put("exists(xs, x -> x > 5)", NULL);
    expected.put("forall(words, w -> length(w) = 1)", true);
    expected.put("aggregate(filter(xs, x -> x is not null), 0L, (a, x) -> a + x)", 6L);
    expected.put(
        "transform(array(1, 2), x -> aggregate(transform(array(10, 20), y -> x * y), 0, (a, z) -> a + z))",
        List.of(30, 60));
    expected.put("zip_with(words, array('x', 'y'), (a, b) -> a || b)", List.of("bx", "ay"));
    expected.put("array_distinct(array(1, 1, 2))", List.of(1, 2));
    expected.put("array_join(words, '+')", "b+a");
    expected.put("array_max(xs)", 3L);
    expected.put("array_position(words, 'a')", 2L);
    expected.put("array_union(words, array('c'))", List.of("b", "a", "c"));
    expected.put("flatten(array(array(1), array(2)))", List.of(1, 2));
    expected.put("sequence(1, 3)", List.of(1, 2, 3));
    expected.put("slice(words, 1, 1)", List.of("b"));
    expected.put("array_repeat('x', 2)", List.of("x", "x"));
    expected.put("array_compact(xs)", List.of(3L, 1L, 2L));
    expected.put("array_insert(words, -1, 'z')", List.of("b", "a", "z"));
    expected.put("array(cast(1 as smallint))", List.of(1));
    expected.put("map('a', 1, 'b', 2)['b']", 2);
    expected.put("map_keys(map('a', 1))", List.of("a"));
    expected.put("transform_values(map('a', 1), (k, v) -> v + 1)['a']", 2);
    expected.put("named_struct('x', l).x", 40L);
    expected.put("typeof(m)", "decimal(10,2)");
    expected.put("`odd.name ``here` + 1", 6L);
    return new ArrayList<>(expected.entrySet());
  }

  private static final Object NULL = new Object();

  @ParameterizedTest
  @MethodSource("functions")
  void computesWhatSparkSqlSays(Map.Entry<String, Object> function) {
    Object wanted = function.getValue();
    assertThat(value(function.getKey()))
        .as(function.getKey())
        .isEqualTo(NULL.equals(wanted) ? null : wanted);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void codeThatIsCompiledLaterGivesTheSame(Map.Entry<String, Object> function) {
    RowProjection projection = Expressions.compile(List.of(function.getKey()), ROW);
    InternalRow interpreted = projection.apply(VALUES).copy();
    for (int i = 0; i < Warming.ROWS_INTERPRETED; i++) {
      projection.apply(VALUES);
    }
    assertThat(projection.apply(VALUES)).as(function.getKey()).isEqualTo(interpreted);
  }

  @Test
  void theFewRulesGiveWhatTheWholeAnalyserGives() throws Exception {
    Scope scope = Scope.of(ROW);
    for (Map.Entry<String, Object> function : functions()) {
      Expression parsed = Analysis.parse(function.getKey());
      LogicalPlan plan = scope.project(parsed);
      assertThat(
              PinnedSettings.<String>under(
                  () -> {
                    try {
                      return scope.analyse(parsed).orElseThrow().canonicalized().toString();
                    } catch (AnalysisException failure) {
                      throw new AssertionError(failure);
                    }
                  }))
          .as(function.getKey())
          .isEqualTo(
              PinnedSettings.<String>under(
                  () -> {
                    try {
                      return expression(Analysis.analyseWholly(plan)).canonicalized().toString();
                    } catch (AnalysisException failure) {
                      throw new AssertionError(failure);
                    }
                  }));
    }
  }

  private static Expression expression(LogicalPlan plan) {
    return ((Alias) ((Project) plan).projectList().head()).child();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "l / (l - 40)                      | Division by zero",
        "l % none2                         | Cannot resolve column 'none2'",
        "l + 9223372036854775800           | overflow",
        "i * 2147483647                    | overflow",
        "cast(l * 100 as tinyint)          | overflow",
        "cast(s as int)                    | cannot be cast to",
        "element_at(words, 3)              | out of bounds",
        "words[2]                          | out of bounds",
        "cast(m * 100000000 as decimal(9,2)) | cannot be represented as Decimal",
        "to_date(s, 'yyyy')                | could not be parsed",
      })
  void whatHasNoValueIsAnErrorThatNamesIt(String text, String message) {
    assertThatThrownBy(() -> value(text)).hasMessageContaining(message);
  }

  @Test
  void namesTheExpressionThatFailed() {
    RowProjection two = Expressions.compile(List.of("l + 1", "l / (l - 40)"), ROW);
    assertThatThrownBy(() -> two.apply(VALUES))
        .hasMessageStartingWith("Cannot compute 'l / (l - 40)': Division by zero");
  }

  @Test
  void aConditionThatIsNullIsNotTrue() {
    assertThat(Expressions.compileCondition("l > 1", ROW).test(VALUES)).isTrue();
    assertThat(Expressions.compileCondition("l < 1", ROW).test(VALUES)).isFalse();
    assertThat(Expressions.compileCondition("none > 1", ROW).test(VALUES)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n <> 0 and 10 / n > 2 and 10 / n < 50",
        "n <> 0 and (10 / n + 10 / n > 4 or n = 7)",
        "s rlike '^[0-9]+$' and cast(s as int) between 1 and 9",
        "coalesce(n = 0, 10 / n > 2) or 10 / n > 3"
      })
  void whatGuardsAPartOfAnExpressionGuardsItInCompiledCodeToo(String text) {
    Schema guarded =
        Schema.of(new Column("n", PrimitiveType.INT), new Column("s", PrimitiveType.STRING));
    InternalRow bad = PlainRows.toCatalyst(guarded, List.of(0, "x"));
    InternalRow good = PlainRows.toCatalyst(guarded, List.of(3, "3"));
    RowPredicate condition = Expressions.compileCondition(text, guarded);
    RowProjection choice = Expressions.compile(List.of("if(" + text + ", n, -1)"), guarded);
    boolean badIs = condition.test(bad);
    int badGives = choice.apply(bad).getInt(0);
    for (int i = 0; i <= Warming.ROWS_INTERPRETED; i++) {
      assertThat(condition.test(good)).isTrue();
      assertThat(choice.apply(good).getInt(0)).isEqualTo(3);
    }
    assertThat(condition.test(bad)).isEqualTo(badIs);
    assertThat(choice.apply(bad).getInt(0)).isEqualTo(badGives);
  }

  @Test
  void threadsDoNotMeetInALambda() {
    Schema one = Schema.of(new Column("n", PrimitiveType.LONG));
    RowProjection sums =
        Expressions.compile(
            List.of("aggregate(transform(sequence(1, 20), x -> x * n), 0L, (a, x) -> a + x)"), one);
    IntStream.range(0, 4_000)
        .parallel()
        .forEach(
            n ->
                assertThat(sums.apply(PlainRows.toCatalyst(one, List.of((long) n))).getLong(0))
                    .isEqualTo(210L * n));
  }

  @Test
  void aWideRowIsComputedToo() {
    List<Column> columns =
        IntStream.range(0, 10_000).mapToObj(i -> new Column("c" + i, PrimitiveType.LONG)).toList();
    Schema wide = new Schema(columns);
    List<Object> values = IntStream.range(0, 10_000).<Object>mapToObj(i -> (long) i).toList();
    List<String> texts = new ArrayList<>(wide.names());
    texts.add("c1 + c9999");
    InternalRow row = Expressions.compile(texts, wide).apply(PlainRows.toCatalyst(wide, values));
    assertThat(row.getLong(1234)).isEqualTo(1234);
    assertThat(row.getLong(10_000)).isEqualTo(10_000);
  }
}
