package dev.millrace.pipelines.conformance;

import static dev.millrace.pipelines.conformance.Row.row;
import static org.apache.iceberg.types.Types.NestedField.optional;

import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Tables of Iceberg, what became of them, and the rows that they hold. */
public final class IcebergCases {
  private static final Instant TEN = Instant.parse("2024-03-01T10:00:00.000001Z");
  private static final Instant OLD = Instant.parse("0001-01-01T00:00:00.000001Z");

  private static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  private static final org.apache.iceberg.Schema TABLE =
      new org.apache.iceberg.Schema(
          optional(1, "shop", Types.StringType.get()),
          optional(2, "at", Types.TimestampType.withZone()),
          optional(3, "spent", Types.DoubleType.get()));

  private static final Row A = row("a", TEN, 1.5);
  private static final Row B = row("b", null, -0.0);
  private static final Row NULL = row(null, OLD, Double.NaN);

  /** A type of Iceberg's, as what its columns are declared, and two values. */
  private record Kind(Type held, DataType declared, Object value, Object other) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(Types.BooleanType.get(), PrimitiveType.BOOLEAN, true, false),
          new Kind(Types.IntegerType.get(), PrimitiveType.INT, Integer.MIN_VALUE, 1),
          new Kind(Types.LongType.get(), PrimitiveType.LONG, Long.MIN_VALUE, 1L),
          new Kind(Types.FloatType.get(), PrimitiveType.FLOAT, -0.0f, 0.0f),
          new Kind(Types.DoubleType.get(), PrimitiveType.DOUBLE, Double.MIN_VALUE, Double.NaN),
          decimals(9, 2, "-1234567.89", "0.01"),
          decimals(18, 2, "-1234567890123456.78", "0.01"),
          decimals(38, 10, "-1234567890123456789012345678.0123456789", "0.0000000001"),
          new Kind(Types.StringType.get(), PrimitiveType.STRING, "\u00fc\ud83d\ude00", ""),
          new Kind(
              Types.UUIDType.get(),
              PrimitiveType.STRING,
              "0f8fad5b-d9cb-469f-a165-70867728950e",
              "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
          new Kind(
              Types.BinaryType.get(), PrimitiveType.BYTES, new byte[] {0, -1}, new byte[] {-1}),
          new Kind(
              Types.FixedType.ofLength(2),
              PrimitiveType.BYTES,
              new byte[] {0, -1},
              new byte[] {-1, 0}),
          new Kind(
              Types.DateType.get(),
              PrimitiveType.DATE,
              LocalDate.of(1, 1, 1),
              LocalDate.of(2024, 2, 29)),
          new Kind(Types.TimestampType.withZone(), PrimitiveType.TIMESTAMP, OLD, TEN),
          new Kind(Types.TimestampType.withoutZone(), PrimitiveType.TIMESTAMP, OLD, TEN));

  private IcebergCases() {}

  /** All of them. */
  public static List<IcebergCase> all() {
    return List.of(
        visits("a table that never had a row", table -> null),
        visits(
            "a table whose rows are all gone",
            table -> {
              Snapshot unused = table.append(A, B);
              table.table().newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
              return table.now();
            }),
        types(),
        nested(),
        visits(
            "rows in place of others",
            table -> {
              Snapshot unused = table.append(A, NULL);
              return table.overwrite(NULL, B);
            },
            NULL,
            B),
        visits(
            "rows that were deleted by place",
            table -> {
              Snapshot unused = table.append(A, B);
              unused = table.append(A, NULL);
              return table.deleteFirst();
            },
            B,
            NULL),
        visits(
            "rows that were deleted by a vector",
            table -> {
              useFormat3(table);
              Snapshot unused = table.append(A, B);
              unused = table.append(A, NULL);
              return table.deleteFirstByVector();
            },
            B,
            NULL),
        visits(
            "rows that were deleted by value, of which null is one, and others that came later",
            table -> {
              Snapshot unused = table.append(A, B, NULL);
              unused = table.deleteEqual(List.of("shop"), row("a"), Row.nulls(1));
              return table.append(NULL);
            },
            B,
            NULL),
        visits(
            "rows that were deleted by several values",
            table -> {
              Snapshot unused = table.append(A, B, NULL);
              return table.deleteEqual(
                  List.of("at", "spent"), row(null, -0.0), row(OLD, Double.NaN), row(null, 1.5));
            },
            A),
        deletedByEachType(),
        new IcebergCase(
            "rows that were deleted by a column that is not read",
            TABLE,
            Schema.of(VISITS.column("spent")),
            table -> {
              Snapshot unused = table.append(A, B, NULL);
              return table.deleteEqual(List.of("shop"), row("a"));
            },
            Row.values(row(-0.0), row(Double.NaN)),
            ""),
        visits(
            "files that were joined are no new version",
            table -> {
              Snapshot unused = table.append(A);
              Snapshot last = table.append(B);
              unused = table.join(B, A);
              unused = table.join(A, B);
              return last;
            },
            A,
            B),
        visits(
            "rows that came after files were joined are one",
            table -> {
              Snapshot unused = table.append(A);
              unused = table.join(A);
              return table.append(B);
            },
            A,
            B),
        visits(
            "where the version before has expired, that of the joined files is read",
            table -> {
              Snapshot last = table.append(A, B);
              Snapshot joined = table.join(A, B);
              table.table().expireSnapshots().expireSnapshotId(last.snapshotId()).commit();
              return joined;
            },
            A,
            B),
        evolved(),
        new IcebergCase(
            "a column that was added has its first value in the rows of before",
            TABLE,
            Schema.of(VISITS.column("shop"), new Column("visits", PrimitiveType.LONG)),
            table -> {
              useFormat3(table);
              Snapshot unused = table.append(A);
              table
                  .table()
                  .updateSchema()
                  .addColumn("visits", Types.LongType.get(), Literal.of(7L))
                  .commit();
              return table.append(row("b", null, null, 8L), row("c", null, null, null));
            },
            Row.values(row("a", 7L), row("b", 8L), row("c", null)),
            ""),
        partitioned(),
        visits(
            "rows of partitions that were deleted by place, and by value when there were none",
            table -> {
              table.table().updateSpec().addField("shop").commit();
              Snapshot unused = table.append(A, A);
              unused = table.append(B, row("b", TEN, 2.0), row("b", TEN, 3.0));
              unused = table.deleteFirst();
              table.table().updateSpec().removeField("shop").commit();
              unused = table.append(NULL);
              return table.deleteEqual(List.of("spent"), row(2.0), row(Double.NaN));
            },
            A,
            row("b", TEN, 3.0)),
        error(
            "columns are those of the rows that are read",
            new Column("visits", PrimitiveType.LONG),
            table -> {
              Snapshot last = table.append(A);
              table.table().updateSchema().addColumn("visits", Types.LongType.get()).commit();
              return last;
            },
            "Cannot resolve column 'visits' in iceberg lake."),
        error(
            "a column that is not there is an error",
            new Column("shp", PrimitiveType.STRING),
            table -> table.append(A),
            "Did you mean 'shop'?"),
        error(
            "a type that would lose values is one",
            new Column("spent", PrimitiveType.FLOAT),
            table -> table.append(A),
            "the source declares it as float"));
  }

  private static IcebergCase types() {
    Row all = new Row(KINDS.stream().<@Nullable Object>map(Kind::value).toList());
    return ofKinds(
        "all types, and none of their values",
        table -> table.append(all, Row.nulls(KINDS.size())),
        all,
        Row.nulls(KINDS.size()));
  }

  /** Each row but one has another value in one column, and is deleted by that. */
  private static IcebergCase deletedByEachType() {
    Row kept = new Row(KINDS.stream().<@Nullable Object>map(Kind::value).toList());
    List<Row> rows = new ArrayList<>(List.of(kept, Row.nulls(KINDS.size())));
    for (int i = 0; i < KINDS.size(); i++) {
      List<@Nullable Object> other = new ArrayList<>(kept.values());
      other.set(i, KINDS.get(i).other());
      rows.add(new Row(other));
    }
    return ofKinds(
        "rows that were deleted by a value of any type",
        table -> {
          Snapshot last = table.append(rows.toArray(Row[]::new));
          for (int i = 0; i < KINDS.size(); i++) {
            last = table.deleteEqual(List.of("c" + i), row(KINDS.get(i).other()));
          }
          return last;
        },
        kept,
        Row.nulls(KINDS.size()));
  }

  private static IcebergCase ofKinds(String name, IcebergCase.History history, Row... rows) {
    return new IcebergCase(
        name,
        new org.apache.iceberg.Schema(
            IntStream.range(0, KINDS.size())
                .mapToObj(i -> optional(i + 1, "c" + i, KINDS.get(i).held()))
                .toList()),
        new Schema(
            IntStream.range(0, KINDS.size())
                .mapToObj(i -> new Column("c" + i, KINDS.get(i).declared()))
                .toList()),
        history,
        Row.values(rows),
        "");
  }

  private static IcebergCase nested() {
    StructType declared =
        new StructType(
            List.of(
                new Column("city", PrimitiveType.STRING),
                new Column(
                    "point",
                    new StructType(
                        List.of(
                            new Column("exact", new DecimalType(20, 2)),
                            new Column("day", PrimitiveType.DATE))))));
    Object here =
        fields(
            "city",
            "x",
            "point",
            fields("exact", new BigDecimal("-0.01"), "day", LocalDate.of(1582, 10, 10)));
    Object nowhere = fields("city", null, "point", null);
    Row[] rows = {
      row(here, Arrays.asList(here, null, nowhere), Arrays.asList(TEN, null)),
      row(nowhere, List.of(), List.of()),
      row(null, null, null)
    };
    return new IcebergCase(
        "lists and structs within each other",
        new org.apache.iceberg.Schema(
            optional(1, "place", place(10)),
            optional(2, "places", Types.ListType.ofOptional(20, place(30))),
            optional(3, "times", Types.ListType.ofOptional(40, Types.TimestampType.withZone()))),
        Schema.of(
            new Column("place", declared),
            new Column("places", new ArrayType(declared)),
            new Column("times", new ArrayType(PrimitiveType.TIMESTAMP))),
        table -> table.append(rows),
        Row.values(rows),
        "");
  }

  private static Types.StructType place(int id) {
    return Types.StructType.of(
        optional(id, "city", Types.StringType.get()),
        optional(
            id + 1,
            "point",
            Types.StructType.of(
                optional(id + 2, "exact", Types.DecimalType.of(20, 2)),
                optional(id + 3, "day", Types.DateType.get()))));
  }

  private static Map<String, @Nullable Object> fields(
      String name, @Nullable Object value, String other, @Nullable Object otherValue) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(name, value);
    fields.put(other, otherValue);
    return fields;
  }

  private static IcebergCase evolved() {
    return new IcebergCase(
        "columns that were renamed, widened, added, moved and left out",
        new org.apache.iceberg.Schema(
            optional(1, "shop", Types.StringType.get()),
            optional(2, "few", Types.IntegerType.get()),
            optional(3, "spent", Types.FloatType.get()),
            optional(4, "exact", Types.DecimalType.of(9, 2)),
            optional(5, "place", place(10))),
        Schema.of(
            new Column("spent", PrimitiveType.STRING),
            new Column("store", PrimitiveType.STRING),
            new Column("few", PrimitiveType.LONG),
            new Column("exact", new DecimalType(20, 2)),
            new Column(
                "place",
                new StructType(
                    List.of(
                        new Column("town", PrimitiveType.STRING),
                        new Column("area", PrimitiveType.DOUBLE))))),
        table -> {
          Snapshot unused =
              table.append(
                  row("a", 1, 0.5f, new BigDecimal("0.01"), fields("city", "x", "point", null)),
                  Row.nulls(5));
          // What has an old name is another column than what had it.
          table
              .table()
              .updateSchema()
              .renameColumn("shop", "store")
              .updateColumn("few", Types.LongType.get())
              .updateColumn("exact", Types.DecimalType.of(20, 2))
              .deleteColumn("spent")
              .renameColumn("place.city", "town")
              .deleteColumn("place.point")
              .addColumn("place", "area", Types.DoubleType.get())
              .commit();
          table
              .table()
              .updateSchema()
              .addColumn("spent", Types.StringType.get())
              .moveFirst("spent")
              .commit();
          return table.append(
              row(
                  "much",
                  "b",
                  1L << 40,
                  new BigDecimal("1234567890.12"),
                  fields("town", null, "area", 2.5)));
        },
        Row.values(
            row(null, "a", 1L, new BigDecimal("0.01"), fields("town", "x", "area", null)),
            Row.nulls(5),
            row(
                "much",
                "b",
                1L << 40,
                new BigDecimal("1234567890.12"),
                fields("town", null, "area", 2.5))),
        "");
  }

  /** Values that files do not have, since all of a file are one; others are read as ever. */
  private static IcebergCase partitioned() {
    return visits(
        "rows by values that files are partitioned by, and by others later",
        table -> {
          table.table().updateSpec().addField("shop").addField("at").commit();
          Snapshot unused = table.append(A);
          unused = table.append(B);
          unused = table.append(NULL);
          table
              .table()
              .updateSpec()
              .removeField("shop")
              .removeField("at")
              .addField(Expressions.day("at"))
              .addField(Expressions.bucket("shop", 4))
              .commit();
          return table.append(row("d", TEN, 2.0));
        },
        A,
        B,
        NULL,
        row("d", TEN, 2.0));
  }

  private static Kind decimals(int precision, int scale, String value, String other) {
    return new Kind(
        Types.DecimalType.of(precision, scale),
        new DecimalType(precision, scale),
        new BigDecimal(value),
        new BigDecimal(other));
  }

  private static void useFormat3(IcebergRows table) {
    table.table().updateProperties().set(TableProperties.FORMAT_VERSION, "3").commit();
  }

  private static IcebergCase visits(String name, IcebergCase.History history, Row... rows) {
    return new IcebergCase(name, TABLE, VISITS, history, Row.values(rows), "");
  }

  private static IcebergCase error(
      String name, Column declared, IcebergCase.History history, String error) {
    return new IcebergCase(name, TABLE, Schema.of(declared), history, List.of(), error);
  }
}
