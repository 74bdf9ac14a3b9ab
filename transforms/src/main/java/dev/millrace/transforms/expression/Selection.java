package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.Schema;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/** The columns that a source declares, taken from those that its rows have. */
public final class Selection {
  private Selection() {}

  /**
   * The expressions that give the declared columns, by name. A column of a narrower type is cast
   * where that loses no value.
   *
   * @param held the columns of the rows
   * @param wanted those that are declared
   * @param where the rows lie, as messages name it
   * @throws dev.millrace.transforms.problem.DefinitionException naming each column that is not
   *     there, or would lose values
   */
  public static Map<String, String> of(Schema held, Schema wanted, String where) {
    return of(held, wanted, where, column -> false);
  }

  /**
   * The same.
   *
   * @param mayLack the columns that are null where they are not there
   */
  public static Map<String, String> of(
      Schema held, Schema wanted, String where, Predicate<Column> mayLack) {
    Problems problems = new Problems(where);
    Map<String, String> columns = new LinkedHashMap<>();
    for (Column column : wanted.columns()) {
      Optional<Column> found = held.find(column.name());
      if (found.isEmpty() && mayLack.test(column)) {
        columns.put(column.name(), "cast(null as " + column.type().sql() + ")");
        continue;
      }
      if (found.isEmpty()) {
        problems.add(Problem.unknown("column", column.name(), where, held.names()));
        continue;
      }
      DataType type = found.get().type();
      boolean same = type.equals(column.type());
      if (!same
          && !keeps(CatalystTypes.toCatalyst(type), CatalystTypes.toCatalyst(column.type()))) {
        problems.add(
            "Column '" + column.name() + "' of " + where + " is a " + type.sql(),
            "the source declares it as " + column.type().sql() + ", and that would lose values",
            "Declare the type that it has, or convert the data");
      }
      String name = Expressions.quoted(column.name());
      columns.put(column.name(), same ? name : "cast(" + name + " as " + column.type().sql() + ")");
    }
    problems.throwIfAny();
    return columns;
  }

  /**
   * Whether values of a type that is held are the same in the one that is declared. Spark casts a
   * whole number to a floating-point one that has fewer digits, and a time to whole seconds; that
   * is not taken for the same.
   */
  public static boolean keeps(
      org.apache.spark.sql.types.DataType held, org.apache.spark.sql.types.DataType wanted) {
    if (held instanceof ArrayType from && wanted instanceof ArrayType to) {
      return Cast.canUpCast(held, wanted) && keeps(from.elementType(), to.elementType());
    }
    if (held instanceof StructType from && wanted instanceof StructType to) {
      return Cast.canUpCast(held, wanted)
          && IntStream.range(0, from.length())
              .allMatch(i -> keeps(from.fields()[i].dataType(), to.fields()[i].dataType()));
    }
    return Cast.canUpCast(held, wanted)
        && !(held instanceof LongType
            && (wanted instanceof DoubleType || wanted instanceof FloatType))
        && !(held instanceof IntegerType && wanted instanceof FloatType)
        && !(held instanceof TimestampType && wanted instanceof LongType);
  }

  /**
   * The expressions that read the declared columns from texts, by name.
   *
   * @param held the names of the texts
   * @param where the texts lie, as messages name it
   * @throws dev.millrace.transforms.problem.DefinitionException naming each column that is not
   *     there
   */
  public static Map<String, String> ofTexts(List<String> held, Schema wanted, String where) {
    requireNames(held, wanted, where);
    Map<String, String> columns = new LinkedHashMap<>();
    for (Column column : wanted.columns()) {
      String name = Expressions.quoted(column.name());
      columns.put(
          column.name(),
          "cast(" + name + " as " + CatalystTypes.toCatalyst(column.type()).sql() + ")");
    }
    return columns;
  }

  /**
   * Refuses declared columns whose names are not among those that are held.
   *
   * @throws dev.millrace.transforms.problem.DefinitionException naming each of them
   */
  public static void requireNames(Collection<String> held, Schema wanted, String where) {
    Problems problems = new Problems(where);
    for (Column column : wanted.columns()) {
      if (!held.contains(column.name())) {
        problems.add(Problem.unknown("column", column.name(), where, held));
      }
    }
    problems.throwIfAny();
  }
}
