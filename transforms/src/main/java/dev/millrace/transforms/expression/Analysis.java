package dev.millrace.transforms.expression;

import java.util.ArrayList;
import java.util.List;
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
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.optimizer.ConstantFolding$;
import org.apache.spark.sql.catalyst.optimizer.ReplaceExpressions$;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import scala.collection.JavaConverters;

/**
 * Catalyst's parser, analyser and the few of its optimiser's rules that evaluation takes, over
 * built-in functions alone: no session, no catalog, no user functions.
 */
final class Analysis {
  /** Holds no state of a query, so that all threads share it; to build one takes milliseconds. */
  private static final Analyzer ANALYZER = PinnedSettings.under(Analysis::analyzer);

  private static final Set<String> FUNCTIONS = listFunctions();

  private Analysis() {}

  static Expression parse(String text) throws AnalysisException {
    return CatalystSqlParser$.MODULE$.parseExpression(text);
  }

  /** The plan with its names and types resolved. */
  static LogicalPlan analyse(LogicalPlan plan) throws AnalysisException {
    LogicalPlan analysed = ANALYZER.execute(plan);
    ANALYZER.checkAnalysis(analysed);
    return analysed;
  }

  /**
   * The plan with every function that stands for others replaced by those, and what is constant
   * computed.
   */
  static LogicalPlan evaluable(LogicalPlan analysed) {
    return ConstantFolding$.MODULE$.apply(ReplaceExpressions$.MODULE$.apply(analysed));
  }

  /** The expression and all that it is made of, outermost first. */
  static List<Expression> parts(Expression expression) {
    List<Expression> parts = new ArrayList<>();
    collect(expression, parts);
    return parts;
  }

  private static void collect(Expression expression, List<Expression> parts) {
    parts.add(expression);
    JavaConverters.seqAsJavaList(expression.children()).forEach(child -> collect(child, parts));
  }

  /** The names of the built-in functions, in lower case. */
  static Set<String> functions() {
    return FUNCTIONS;
  }

  private static Set<String> listFunctions() {
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
}
