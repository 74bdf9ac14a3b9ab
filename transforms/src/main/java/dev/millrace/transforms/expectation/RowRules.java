package dev.millrace.transforms.expectation;

import dev.millrace.transforms.expression.Expressions;
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

  /** Where the rules of rows stand among the expectations. */
  private final List<Integer> places;

  /** Whether a row holds each of them, in this order. */
  private final RowProjection conditions;

  private final Map<Integer, RowProjection> texts = new LinkedHashMap<>();
  private final BitSet quarantining = new BitSet();

  private RowRules(List<Expectation> expectations, List<Integer> places, RowProjection conditions) {
    this.expectations = List.copyOf(expectations);
    this.places = List.copyOf(places);
    this.conditions = conditions;
  }

  /** The rules of rows of a schema, which they have been checked for. */
  public static RowRules of(List<Expectation> expectations, Schema schema) {
    List<Integer> places = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < expectations.size(); i++) {
      if (expectations.get(i).rule() instanceof Rule.RowRule row) {
        places.add(i);
        conditions.add(row.condition());
      }
    }
    RowRules rules = new RowRules(expectations, places, Expressions.compile(conditions, schema));
    for (int i = 0; i < expectations.size(); i++) {
      if (expectations.get(i).rule() instanceof Rule.Between between) {
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
   * The places of the expectations that the row breaks: what is null holds.
   *
   * @throws MillraceException where one cannot be computed
   */
  public BitSet breaches(InternalRow row) {
    InternalRow holds = conditions.apply(row);
    BitSet found = new BitSet();
    for (int i = 0; i < places.size(); i++) {
      if (!holds.isNullAt(i) && !holds.getBoolean(i)) {
        found.set(places.get(i));
      }
    }
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
