package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BindReferences$;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.PartialFunction;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.runtime.AbstractPartialFunction;

/**
 * One schema as Catalyst sees it, with the expressions over it that were found good. Definitions
 * name the same columns again and again, and to analyse an expression takes a good part of a
 * millisecond.
 */
final class Scope {
  /** An expression that was found good: bound to its row's ordinals, and ready to be evaluated. */
  record Checked(Expression expression, DataType type) {}

  private static final int MOST_SCOPES = 256;
  private static final int MOST_EXPRESSIONS = 20_000;

  private static final Map<Schema, Scope> SCOPES =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Schema, Scope> eldest) {
          return size() > MOST_SCOPES;
        }
      };

  private static volatile @Nullable Scope latest;

  private final Schema schema;
  private final Map<String, Integer> ordinals = new HashMap<>();
  private final List<Attribute> attributes;
  private final LocalRelation rows;
  private final Map<String, Checked> checked = new ConcurrentHashMap<>();

  /** Puts the columns themselves in the place of their plain names. */
  private final PartialFunction<Expression, Expression> columns =
      new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Expression part) {
          return part instanceof UnresolvedAttribute column
              && column.nameParts().size() == 1
              && has(column.nameParts().head());
        }

        @Override
        public Expression apply(Expression part) {
          String name = ((UnresolvedAttribute) part).nameParts().head();
          return (Expression) attributes.get(ordinals.getOrDefault(name, -1));
        }
      };

  private Scope(Schema schema) {
    this.schema = schema;
    for (Column column : schema.columns()) {
      ordinals.put(column.name(), ordinals.size());
    }
    this.attributes =
        List.copyOf(
            JavaConverters.seqAsJavaList(
                DataTypeUtils.toAttributes(CatalystTypes.toCatalyst(schema))));
    this.rows = new LocalRelation(seq(attributes), seq(List.of()), false);
  }

  /** The scope of a schema; the same one again while it is remembered. */
  @SuppressWarnings("ReferenceEquality")
  static Scope of(Schema schema) {
    Scope last = latest;
    if (last != null && last.schema == schema) {
      return last;
    }
    synchronized (SCOPES) {
      Scope scope = SCOPES.computeIfAbsent(schema, Scope::new);
      latest = scope;
      return scope;
    }
  }

  boolean has(String column) {
    return ordinals.containsKey(column);
  }

  Optional<Checked> known(String text) {
    return Optional.ofNullable(checked.get(text));
  }

  void remember(String text, Checked expression) {
    if (checked.size() >= MOST_EXPRESSIONS) {
      checked.clear();
    }
    checked.put(text, expression);
  }

  /** A column as it is. */
  Checked column(String name) {
    int ordinal = ordinals.getOrDefault(name, -1);
    Attribute attribute = attributes.get(ordinal);
    return new Checked(
        new BoundReference(ordinal, attribute.dataType(), true),
        schema.columns().get(ordinal).type());
  }

  /** The resolved expression, or empty where its value takes more than one row. */
  Optional<Expression> analyse(Expression parsed) throws AnalysisException {
    LogicalPlan analysed = Analysis.analyse(project(parsed.transformUp(columns)));
    boolean rowByRow =
        analysed instanceof Project project
            && project.child() instanceof LocalRelation
            && project.projectList().head() instanceof Alias;
    return rowByRow ? Optional.of(child(analysed)) : Optional.empty();
  }

  /** The analysed expression ready to be evaluated on rows of the schema. */
  Expression evaluable(Expression analysed) {
    Expression replaced = child(Analysis.evaluable(project(analysed)));
    return BindReferences$.MODULE$.bindReference(
        replaced, package$.MODULE$.AttributeSeq(seq(attributes)), false);
  }

  /** The plan of one expression over the rows. */
  LogicalPlan project(Expression expression) {
    NamedExpression named =
        new Alias(
            expression,
            "value",
            NamedExpression.newExprId(),
            seq(List.of()),
            Option.empty(),
            seq(List.of()));
    return new Project(seq(List.of(named)), rows);
  }

  private static Expression child(LogicalPlan plan) {
    return ((Alias) ((Project) plan).projectList().head()).child();
  }

  static <T> Seq<T> seq(List<? extends T> elements) {
    return JavaConverters.asScalaBuffer(new ArrayList<T>(elements)).toList();
  }
}
