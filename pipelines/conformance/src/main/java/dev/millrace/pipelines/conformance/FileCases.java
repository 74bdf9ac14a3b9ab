package dev.millrace.pipelines.conformance;

import static dev.millrace.pipelines.conformance.Row.row;
import static dev.millrace.pipelines.conformance.Row.values;

import dev.millrace.pipelines.core.Location.Files.Format;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Files of CSV, JSON and Avro, and the rows that they hold. */
public final class FileCases {
  private static final Instant TEN = Instant.parse("2024-03-01T10:00:00.000001Z");

  private static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  private static final Schema TYPES =
      Schema.of(
          new Column("flag", PrimitiveType.BOOLEAN),
          new Column("few", PrimitiveType.INT),
          new Column("many", PrimitiveType.LONG),
          new Column("short", PrimitiveType.FLOAT),
          new Column("long", PrimitiveType.DOUBLE),
          new Column("exact", new DecimalType(10, 2)),
          new Column("day", PrimitiveType.DATE),
          new Column("at", PrimitiveType.TIMESTAMP));

  private FileCases() {}

  /** All of them. */
  public static List<FileCase> all() {
    return List.of(
        csv(
            "each file goes by its own header",
            VISITS,
            folder -> {
              text(folder, "a.csv", "shop,at,spent,more", "x,2024-03-01T10:00:00.000001Z,1.5,9");
              text(folder, "b.csv", "spent,shop,at", "0.1,\"y, z\",2024-03-01T10:00:00.000001Z");
            },
            row("x", TEN, 1.5),
            row("y, z", TEN, 0.1)),
        csv(
            "nothing is null, in quotes too, and lines without anything are none",
            VISITS,
            folder -> text(folder, "a.csv", "shop,at,spent", ",,", "", "\"\",,\r", " x ,,-0.0"),
            row(null, null, null),
            row(null, null, null),
            row(" x ", null, -0.0)),
        csv(
            "quotes within quotes are escaped, and a mark of Unicode at the beginning is none",
            VISITS,
            folder -> text(folder, "a.csv", "\uFEFFshop,at,spent", "\"say \\\"ü\\\"\",,1"),
            row("say \"ü\"", null, 1.0)),
        csv(
            "values are what they are cast to",
            TYPES,
            folder ->
                text(
                    folder,
                    "a.csv",
                    "flag,few,many,short,long,exact,day,at",
                    "true,-7,9007199254740993,0.1,NaN,1.005,2024-02-29,2024-03-01 12:00:00.000001+02:00",
                    "no, 8 ,1,Infinity,1e300,2,2024-3-1,2024-03-01",
                    "1,8,1,-0.0,4.9E-324,-0.01,0001-01-01,1582-10-10 10:00"),
            row(true, -7, 9007199254740993L, 0.1f, Double.NaN, dec("1.01"), day("2024-02-29"), TEN),
            row(
                false,
                8,
                1L,
                Float.POSITIVE_INFINITY,
                1e300,
                dec("2.00"),
                day("2024-03-01"),
                Instant.parse("2024-03-01T00:00:00Z")),
            row(
                true,
                8,
                1L,
                -0.0f,
                Double.MIN_VALUE,
                dec("-0.01"),
                day("0001-01-01"),
                Instant.parse("1582-10-10T10:00:00Z"))),
        csv(
            "a packed file is unpacked by its name",
            VISITS,
            folder -> packed(folder.resolve("a.csv.gz"), "shop,at,spent\nx,,1\n"),
            row("x", null, 1.0)),
        csv(
            "what lies in hidden folders is no data",
            VISITS,
            folder -> {
              text(folder, "a.csv", "shop,at,spent", "x,,1");
              text(folder.resolve("_temporary/0"), "b.csv", "shop,at,spent", "y,,1");
              text(folder.resolve(".hidden"), "b.csv", "shop,at,spent", "y,,1");
              text(folder.resolve("day=1"), "b.csv", "shop,at,spent", "z,,1");
            },
            row("x", null, 1.0),
            row("z", null, 1.0)),
        csvError(
            "a value that is none of its type is an error",
            folder -> text(folder, "a.csv", "shop,at,spent", "x,,one and a half"),
            "'one and a half'"),
        csvError(
            "a number that does not fit is an error",
            folder -> text(folder, "a.csv", "shop,at,spent", "x,yesterday,1"),
            "'yesterday'"),
        csvError(
            "a row with more values than the header is an error",
            folder -> text(folder, "a.csv", "shop,at,spent", "x,,1,2"),
            "x,,1,2"),
        csvError(
            "a row with fewer is one too",
            folder -> text(folder, "a.csv", "shop,at,spent", "x"),
            "Malformed"),
        csv(
            "where columns are left out, values that are not there are null",
            VISITS,
            folder -> text(folder, "a.csv", "shop,more,at,spent", "x"),
            row("x", null, null)),
        csvError(
            "a column that is not there is an error",
            folder -> text(folder, "a.csv", "shop,at,spnt", "x,,1"),
            "Did you mean 'spnt'?"),
        json(
            "a field that is not there is null",
            VISITS,
            folder ->
                text(
                    folder,
                    "a.json",
                    "{\"shop\":\"x\",\"at\":\"2024-03-01T10:00:00.000001Z\",\"spent\":1.5,\"more\":[1]}",
                    "{\"spent\": 0.1}",
                    "{\"shop\": null, \"spent\": -0.0}",
                    ""),
            row("x", TEN, 1.5),
            row(null, null, 0.1),
            row(null, null, -0.0)),
        json(
            "values are as Spark reads them",
            TYPES,
            folder ->
                text(
                    folder,
                    "a.json",
                    "{\"flag\":true,\"few\":-7,\"many\":9007199254740993,\"short\":0.1,\"long\":\"NaN\","
                        + "\"exact\":1.005,\"day\":\"2024-02-29\",\"at\":\"2024-03-01T12:00:00.000001+02:00\"}"),
            row(
                true,
                -7,
                9007199254740993L,
                0.1f,
                Double.NaN,
                dec("1.01"),
                day("2024-02-29"),
                TEN)),
        json(
            "objects and lists within objects",
            Schema.of(
                new Column(
                    "place", new StructType(List.of(new Column("city", PrimitiveType.STRING)))),
                new Column("seen", new ArrayType(PrimitiveType.LONG))),
            folder -> text(folder, "a.json", "{\"place\":{\"city\":\"x\"},\"seen\":[1,null]}"),
            row(new LinkedHashMap<>(Map.of("city", "x")), Arrays.asList(1L, null))),
        json(
            "a list of objects is as many rows",
            VISITS,
            folder ->
                text(
                    folder,
                    "a.json",
                    "[{\"shop\":\"x\",\"at\":null,\"spent\":1},{\"shop\":\"y\"}]"),
            row("x", null, 1.0),
            row("y", null, null)),
        jsonError(
            "a field that no line has is an error",
            folder -> text(folder, "a.json", "{\"shop\":\"x\",\"at\":null}"),
            "Cannot resolve column 'spent' in json "),
        jsonError(
            "a line that is no object is an error",
            folder -> text(folder, "a.json", "{\"shop\":\"x\",\"at\":null,\"spent\":1}", "nothing"),
            "nothing"),
        jsonError(
            "a value that is none of its type is an error",
            folder -> text(folder, "a.json", "{\"shop\":\"x\",\"at\":null,\"spent\":\"much\"}"),
            "much"),
        avro(
            "each file goes by its own schema",
            VISITS,
            folder -> {
              records(
                  folder.resolve("a.avro"),
                  "{'name':'shop','type':['null','string']},{'name':'more','type':'int'},"
                      + "{'name':'at','type':{'type':'long','logicalType':'timestamp-micros'}},"
                      + "{'name':'spent','type':'double'}",
                  row("x", 1, 1_709_287_200_000_001L, 1.5),
                  row(null, 1, 0L, Double.NaN));
              records(
                  folder.resolve("b.avro"),
                  "{'name':'spent','type':['float','null']},{'name':'shop','type':"
                      + "{'type':'enum','name':'e','symbols':['y']}},"
                      + "{'name':'at','type':{'type':'long','logicalType':'local-timestamp-millis'}}",
                  row(0.5f, new GenericData.EnumSymbol(null, "y"), 1_709_287_200_000L),
                  row(null, new GenericData.EnumSymbol(null, "y"), -1L));
            },
            row("x", TEN, 1.5),
            row(null, Instant.EPOCH, Double.NaN),
            row("y", Instant.parse("2024-03-01T10:00:00Z"), 0.5),
            row("y", Instant.parse("1969-12-31T23:59:59.999Z"), null)),
        avro(
            "dates and decimals",
            Schema.of(
                new Column("exact", new DecimalType(10, 2)),
                new Column("day", PrimitiveType.DATE),
                new Column("bytes", PrimitiveType.BYTES)),
            folder ->
                records(
                    folder.resolve("a.avro"),
                    "{'name':'exact','type':{'type':'bytes','logicalType':'decimal','precision':10,"
                        + "'scale':2}},{'name':'day','type':{'type':'int','logicalType':'date'}},"
                        + "{'name':'bytes','type':'bytes'}",
                    row(ByteBuffer.wrap(new byte[] {-1}), 19_783, ByteBuffer.wrap(new byte[] {7}))),
            row(dec("-0.01"), day("2024-03-01"), new byte[] {7})),
        avroError(
            "a file that lacks a column is an error",
            folder ->
                records(folder.resolve("a.avro"), "{'name':'shop','type':'string'}", row("x")),
            "column 'spent'"),
        avroError(
            "a type that would lose values is an error",
            folder ->
                records(
                    folder.resolve("a.avro"),
                    "{'name':'shop','type':'string'},{'name':'at','type':'long'},"
                        + "{'name':'spent','type':'string'}",
                    row("x", 1L, "y")),
            "the source declares it as double"),
        avroError(
            "whole numbers are no floating-point ones, which have fewer digits",
            folder ->
                records(
                    folder.resolve("a.avro"),
                    "{'name':'shop','type':'string'},"
                        + "{'name':'at','type':{'type':'long','logicalType':'timestamp-micros'}},"
                        + "{'name':'spent','type':'long'}",
                    row("x", 1L, 9_007_199_254_740_993L)),
            "is a bigint: the source declares it as double, and that would lose values"),
        avroError(
            "a file that is none is an error",
            folder -> text(folder, "a.avro", "nothing"),
            "a.avro"));
  }

  private static BigDecimal dec(String text) {
    return new BigDecimal(text);
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }

  private static FileCase csv(String name, Schema columns, FileCase.Writing files, Row... rows) {
    return new FileCase("csv: " + name, Format.CSV, columns, files, values(rows), "");
  }

  private static FileCase csvError(String name, FileCase.Writing files, String error) {
    return new FileCase("csv: " + name, Format.CSV, VISITS, files, List.of(), error);
  }

  private static FileCase json(String name, Schema columns, FileCase.Writing files, Row... rows) {
    return new FileCase("json: " + name, Format.JSON, columns, files, values(rows), "");
  }

  private static FileCase jsonError(String name, FileCase.Writing files, String error) {
    return new FileCase("json: " + name, Format.JSON, VISITS, files, List.of(), error);
  }

  private static FileCase avro(String name, Schema columns, FileCase.Writing files, Row... rows) {
    return new FileCase("avro: " + name, Format.AVRO, columns, files, values(rows), "");
  }

  private static FileCase avroError(String name, FileCase.Writing files, String error) {
    return new FileCase("avro: " + name, Format.AVRO, VISITS, files, List.of(), error);
  }

  private static void text(Path folder, String file, String... lines) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(file), List.of(lines));
  }

  private static void packed(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void records(Path file, String fields, Row... rows) throws IOException {
    org.apache.avro.Schema schema =
        new org.apache.avro.Schema.Parser()
            .parse(("{'type':'record','name':'r','fields':[" + fields + "]}").replace('\'', '"'));
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
      writer.create(schema, file.toFile());
      for (List<@Nullable Object> row : values(rows)) {
        GenericRecord record = new GenericData.Record(schema);
        for (int i = 0; i < row.size(); i++) {
          record.put(i, row.get(i));
        }
        writer.append(record);
      }
    }
  }
}
