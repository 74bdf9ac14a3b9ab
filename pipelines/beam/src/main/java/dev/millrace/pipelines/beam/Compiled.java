package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.RowRules;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Schema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What workers compile, kept for the workers of the same process: a runner makes many copies of a
 * step, and all of them may use one program.
 */
final class Compiled {
  private static final int KEPT = 200;

  private record Program(Class<?> kind, Object text, Schema schema) {}

  private static final Map<Program, Object> PROGRAMS =
      Collections.synchronizedMap(
          new LinkedHashMap<>(KEPT, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Program, Object> eldest) {
              return size() > KEPT;
            }
          });

  private Compiled() {}

  static RowProjection projection(Map<String, String> columns, Schema schema) {
    return of(
        RowProjection.class,
        List.copyOf(columns.entrySet()),
        schema,
        () -> Expressions.compile(columns, schema));
  }

  static RowChain chain(List<RowChain.Step> steps) {
    return of(RowChain.class, steps, steps.get(0).input(), () -> RowChain.of(steps));
  }

  static RowRules rules(List<Expectation> expectations, Schema schema) {
    return of(RowRules.class, expectations, schema, () -> RowRules.of(expectations, schema));
  }

  private static <T> T of(Class<T> kind, Object text, Schema schema, Supplier<T> compile) {
    return kind.cast(
        PROGRAMS.computeIfAbsent(new Program(kind, text, schema), program -> compile.get()));
  }
}
