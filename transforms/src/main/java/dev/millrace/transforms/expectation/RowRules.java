package dev.millrace.transforms.expectation;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowPredicate;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The rules of rows among expectations, compiled to be held against one row at a time. Any number
 * of threads may use it.
 */
public final class RowRules {
  private final List<Expectation> expectations;
  private final Map<Integer, RowPredicate> breaks = new LinkedHashMap<>();
  private final Map<Integer, RowProjection> texts = new LinkedHashMap<>();
  private final BitSet quarantining = new BitSet();

  private RowRules(List<Expectation> expectations) {
    this.expectations = List.copyOf(expectations);
  }

  /** The rules of rows of a schema, which they have been checked for. */
  public static RowRules of(List<Expectation> expectations, Schema schema) {
    RowRules rules = new RowRules(expectations);
    for (int i = 0; i < expectations.size(); i++) {
      Rule rule = expectations.get(i).rule();
      if (rule instanceof Rule.RowRule row) {
        rules.breaks.put(
            i, Expressions.compileCondition("not coalesce(" + row.condition() + ", true)", schema));
      }
      if (rule instanceof Rule.Between between) {
        String text = "cast(" + Expressions.quoted(between.column()) + " as string)";
        rules.texts.put(i, Expressions.compile(List.of(text), schema));
      }
      if (expectations.get(i).action() == Action.QUARANTINE) {
        rules.quarantining.set(i);
      }
    }
    return rules;
  }

  /**
   * The places of the expectations that the row breaks.
   *
   * @throws MillraceException where one cannot be computed
   */
  public BitSet breaches(InternalRow row) {
    BitSet found = new BitSet();
    breaks.forEach(
        (index, rule) -> {
          if (rule.test(row)) {
            found.set(index);
          }
        });
    return found;
  }

  /** Whether one of the breaches sets the row aside. */
  public boolean setsAside(BitSet breaches) {
    return breaches.intersects(quarantining);
  }

  /** Why the row is set aside. */
  public List<String> reasons(BitSet breaches, InternalRow row) {
    List<String> reasons = new ArrayList<>();
    breaches.stream().filter(quarantining::get).forEach(index -> reasons.add(reason(index, row)));
    return reasons;
  }

  private String reason(int index, InternalRow row) {
    String breach = expectations.get(index).rule().breach();
    RowProjection text = texts.get(index);
    return text == null ? breach : breach + ": " + text.apply(row).getUTF8String(0);
  }
}
