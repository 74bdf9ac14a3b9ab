package dev.millrace.benchmarks.runners;

import dev.millrace.benchmarks.Fork;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What a worker does before its first bundle and with it: compiles a projection of three
 * expressions and a condition and applies it to a thousand rows, and to two thousand more, at which
 * code is generated.
 */
final class FirstBundle {
  private static final Schema SALES =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("spent", PrimitiveType.DOUBLE),
          new Column("sold_at", PrimitiveType.TIMESTAMP));

  private FirstBundle() {}

  public static void main(String[] none) {
    long began = System.nanoTime();
    LinkedHashMap<String, String> columns = new LinkedHashMap<>();
    columns.put("shop", "upper(trim(shop))");
    columns.put("net", "round(spent / 1.19, 2)");
    columns.put("hour", "date_trunc('HOUR', sold_at)");
    RowChain chain = RowChain.of(List.of(new RowChain.Step(columns, "spent > 0", SALES)));
    Fork.tell("setup", since(began));
    InternalRow row =
        PlainRows.toCatalyst(SALES, List.of(" a ", 1.5, Instant.parse("2001-01-01T10:10:10Z")));
    apply(chain, row, 1_000);
    Fork.tell("bundle", since(began));
    apply(chain, row, 2_000);
    Fork.tell("generated", since(began));
    Fork.tell(
        "process",
        (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3);
  }

  private static void apply(RowChain chain, InternalRow row, int times) {
    for (int i = 0; i < times; i++) {
      Objects.requireNonNull(chain.apply(row));
    }
  }

  private static double since(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
