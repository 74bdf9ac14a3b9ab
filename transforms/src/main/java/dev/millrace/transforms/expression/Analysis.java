package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.Analyzer;
import org.apache.spark.sql.catalyst.analysis.FakeV2SessionCatalog$;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry$;
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry$;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog$;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Catalyst's parser and analyser over built-in functions alone: no session, no catalog, no user
 * functions.
 */
final class Analysis {
  private Analysis() {}

  static Expression parse(String text) throws AnalysisException {
    return CatalystSqlParser$.MODULE$.parseExpression(text);
  }

  /** The resolved expression, or empty where its value takes more than one row. */
  static Optional<Expression> analyse(Expression parsed, Schema schema) throws AnalysisException {
    StructType fields = CatalystTypes.toCatalyst(schema);
    LogicalPlan rows = new LocalRelation(attributes(fields), none(), false);
    NamedExpression named = alias(parsed);
    LogicalPlan plan = new Project(one(named), rows);
    Analyzer analyzer = analyzer();
    LogicalPlan analysed = analyzer.execute(plan);
    analyzer.checkAnalysis(analysed);
    boolean rowByRow =
        analysed instanceof Project project
            && project.child() instanceof LocalRelation
            && project.projectList().head() instanceof Alias;
    return rowByRow
        ? Optional.of(((Alias) ((Project) analysed).projectList().head()).child())
        : Optional.empty();
  }

  /** The expression and all that it is made of, outermost first. */
  static List<Expression> parts(Expression expression) {
    List<Expression> parts = new ArrayList<>();
    parts.add(expression);
    JavaConverters.seqAsJavaList(expression.children())
        .forEach(child -> parts.addAll(parts(child)));
    return parts;
  }

  static Set<String> functions() {
    Set<String> names = new TreeSet<>();
    JavaConverters.seqAsJavaList(FunctionRegistry$.MODULE$.builtin().listFunction())
        .forEach(function -> names.add(function.funcName()));
    return names;
  }

  private static Analyzer analyzer() {
    SessionCatalog builtin =
        new SessionCatalog(
            new InMemoryCatalog(
                InMemoryCatalog$.MODULE$.$lessinit$greater$default$1(),
                InMemoryCatalog$.MODULE$.$lessinit$greater$default$2()),
            FunctionRegistry$.MODULE$.builtin(),
            TableFunctionRegistry$.MODULE$.builtin());
    return new Analyzer(new CatalogManager(FakeV2SessionCatalog$.MODULE$, builtin));
  }

  private static NamedExpression alias(Expression parsed) {
    return new Alias(parsed, "value", NamedExpression.newExprId(), none(), Option.empty(), none());
  }

  private static Seq<NamedExpression> one(NamedExpression named) {
    return JavaConverters.asScalaBuffer(List.of(named)).toList();
  }

  private static <T> Seq<T> none() {
    return JavaConverters.asScalaBuffer(List.<T>of()).toList();
  }

  private static Seq<Attribute> attributes(StructType fields) {
    List<Attribute> attributes =
        List.copyOf(JavaConverters.seqAsJavaList(DataTypeUtils.toAttributes(fields)));
    return JavaConverters.asScalaBuffer(attributes).toList();
  }
}
