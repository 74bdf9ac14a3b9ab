package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.Engine.Rows;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows as text that differs where a bit differs, in an order of its own. */
final class RowsText {
  private RowsText() {}

  static void requireSame(String what, Rows wanted, Rows found) {
    String want = text(wanted);
    String have = text(found);
    if (!want.equals(have)) {
      throw new AssertionError(what + "\nexpected " + want + "\nfound    " + have);
    }
  }

  /** Requires that there are no rows but an error, which says this or whose cause does. */
  static void requireError(String what, String error, Supplier<Rows> rows) {
    Rows found;
    try {
      found = rows.get();
    } catch (RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (String.valueOf(cause.getMessage()).contains(error)) {
          return;
        }
      }
      throw new AssertionError(what + ": an error with '" + error + "' was expected", failure);
    }
    throw new AssertionError(
        what + ": an error with '" + error + "' was expected, not " + text(found));
  }

  private static String text(Rows rows) {
    return rows.schema()
        + "\n  "
        + rows.values().stream().map(RowsText::row).sorted().collect(Collectors.joining("\n  "));
  }

  private static String row(List<@Nullable Object> row) {
    return row.stream().map(RowsText::value).collect(Collectors.joining(", "));
  }

  private static String value(@Nullable Object value) {
    if (value instanceof Double number) {
      return number + "#" + Long.toHexString(Double.doubleToLongBits(number));
    }
    if (value instanceof Float number) {
      return number + "#" + Integer.toHexString(Float.floatToIntBits(number));
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(RowsText::value).collect(Collectors.joining(", ", "[", "]"));
    }
    return value == null ? "null" : value.getClass().getSimpleName() + " " + value;
  }
}
