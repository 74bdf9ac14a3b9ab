package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.avro.SchemaParseException;
import org.apache.spark.sql.avro.AvroDataToCatalyst;
import org.apache.spark.sql.avro.SchemaConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Map$;

/**
 * Records of Avro without a container, read by Spark's {@code from_avro}: what is no record is one
 * of nulls.
 */
final class AvroRecords implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String schema;
  private final StructType values;
  private final int[] places;
  private transient @Nullable AvroDataToCatalyst reader;
  private transient org.apache.spark.sql.types.StructType read =
      new org.apache.spark.sql.types.StructType();

  private AvroRecords(String schema, StructType values, int[] places) {
    this.schema = schema;
    this.values = values;
    this.places = places;
  }

  /**
   * Records of which some columns are read.
   *
   * @param schema as JSON
   * @param where the records are, as messages name it
   * @throws MillraceException where that is no schema, or it lacks a column
   */
  static AvroRecords of(String schema, Schema wanted, String where) {
    StructField[] fields;
    try {
      fields = type(schema).fields();
    } catch (SchemaParseException wrong) {
      throw new MillraceException(
          new Problem(
              "The Avro schema of " + where + " is none",
              String.valueOf(wrong.getMessage()),
              "Give the schema that its messages are written by, as JSON"),
          wrong);
    }
    List<Column> columns = new ArrayList<>();
    List<String> names = Arrays.stream(fields).map(StructField::name).toList();
    Selection.requireNames(names, wanted, "the Avro schema of " + where);
    int[] places = new int[wanted.columns().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = names.indexOf(wanted.names().get(i));
      StructField field = fields[places[i]];
      columns.add(
          new Column(
              field.name(),
              AvroFiles.type(field.dataType())
                  .orElseThrow(
                      () ->
                          MillraceException.because(
                              "Cannot read column '" + field.name() + "' of " + where,
                              "Millrace has no " + field.dataType().sql(),
                              "Leave it out"))));
    }
    return new AvroRecords(schema, new StructType(columns), places);
  }

  private static org.apache.spark.sql.types.StructType type(String schema) {
    return (org.apache.spark.sql.types.StructType)
        SchemaConverters.toSqlType(new org.apache.avro.Schema.Parser().parse(schema)).dataType();
  }

  /** The columns that are read, as the records have them. */
  StructType values() {
    return values;
  }

  /** The columns of a record; null of none. The next call overwrites them. */
  @Nullable InternalRow read(byte @Nullable [] record) {
    if (record == null) {
      return null;
    }
    if (reader == null) {
      read = type(schema);
      reader =
          new AvroDataToCatalyst(
              new BoundReference(0, DataTypes.BinaryType, true),
              schema,
              Map$.MODULE$.<String, String>empty().updated("mode", "PERMISSIVE"));
    }
    InternalRow all = (InternalRow) Objects.requireNonNull(reader).nullSafeEval(record);
    Object[] some = new Object[places.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = all.get(places[i], read.fields()[places[i]].dataType());
    }
    return new GenericInternalRow(some);
  }
}
