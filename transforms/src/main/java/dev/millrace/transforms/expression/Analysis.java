package dev.millrace.transforms.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.Analyzer;
import org.apache.spark.sql.catalyst.analysis.AnsiTypeCoercion$;
import org.apache.spark.sql.catalyst.analysis.CleanupAliases$;
import org.apache.spark.sql.catalyst.analysis.FakeV2SessionCatalog$;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry$;
import org.apache.spark.sql.catalyst.analysis.ResolveExpressionsWithNamePlaceholders$;
import org.apache.spark.sql.catalyst.analysis.ResolveLambdaVariables$;
import org.apache.spark.sql.catalyst.analysis.ResolveTimeZone$;
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry$;
import org.apache.spark.sql.catalyst.analysis.TypeCoercionRule;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog$;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Generator;
import org.apache.spark.sql.catalyst.expressions.SessionWindow;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.TimeWindow;
import org.apache.spark.sql.catalyst.expressions.UpdateFields;
import org.apache.spark.sql.catalyst.expressions.WindowExpression;
import org.apache.spark.sql.catalyst.expressions.WindowFunction;
import org.apache.spark.sql.catalyst.expressions.WindowTime;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.optimizer.ConstantFolding$;
import org.apache.spark.sql.catalyst.optimizer.ReplaceExpressions$;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/**
 * Catalyst's parser, analyser and the few of its optimiser's rules that evaluation takes, over
 * built-in functions alone: no session, no catalog, no user functions.
 */
final class Analysis {
  /** Holds no state of a query, so that all threads share it; to build one takes milliseconds. */
  private static final Analyzer ANALYZER = PinnedSettings.under(Analysis::analyzer);

  private static final int MOST_ROUNDS = 50;

  /** What operators, functions and types take, where every column is resolved already. */
  private static final List<Rule<LogicalPlan>> TYPE_RULES =
      PinnedSettings.under(Analysis::typeRules);

  /** Those and what lambdas, fields of structs and named arguments take. */
  private static final List<Rule<LogicalPlan>> SCALAR_RULES =
      PinnedSettings.under(Analysis::scalarRules);

  private static final Set<String> FUNCTIONS = listFunctions();

  private Analysis() {}

  static Expression parse(String text) throws AnalysisException {
    return CatalystSqlParser$.MODULE$.parseExpression(text);
  }

  /**
   * The plan with its names and types resolved. The analyser's few rules for a projection's
   * expressions go first, and take a tenth of the time of all; where they leave anything
   * unresolved, all its rules find out what, and say it.
   */
  static LogicalPlan analyse(LogicalPlan plan) throws AnalysisException {
    for (List<Rule<LogicalPlan>> rules : List.of(TYPE_RULES, SCALAR_RULES)) {
      try {
        LogicalPlan analysed = analyse(plan, rules);
        if (isScalar(analysed)) {
          return analysed;
        }
      } catch (Exception failure) {
        // Said better by the whole analyser.
      }
    }
    return analyseWholly(plan);
  }

  static LogicalPlan analyseWholly(LogicalPlan plan) throws AnalysisException {
    LogicalPlan analysed = ANALYZER.execute(plan);
    ANALYZER.checkAnalysis(analysed);
    return analysed;
  }

  private static LogicalPlan analyse(LogicalPlan plan, List<Rule<LogicalPlan>> rules) {
    LogicalPlan before;
    LogicalPlan analysed = plan;
    int rounds = 0;
    do {
      before = analysed;
      for (Rule<LogicalPlan> rule : rules) {
        analysed = rule.apply(analysed);
      }
    } while (!analysed.resolved() && !analysed.fastEquals(before) && ++rounds < MOST_ROUNDS);
    return isOf(analysed, part -> !(part instanceof Alias))
        ? analysed
        : CleanupAliases$.MODULE$.apply(analysed);
  }

  /** Whether all is resolved, and every expression is computed from one row as it stands. */
  private static boolean isScalar(LogicalPlan plan) {
    return plan.resolved() && isOf(plan, part -> !takesMoreThanARow(part));
  }

  /** Whether a plan is of one named expression whose parts are all of a kind. */
  private static boolean isOf(LogicalPlan plan, Predicate<Expression> kind) {
    return plan instanceof Project project
        && project.projectList().head() instanceof Alias named
        && areAll(named.child(), kind);
  }

  private static boolean takesMoreThanARow(Expression part) {
    return part instanceof AggregateExpression
        || part instanceof AggregateFunction
        || part instanceof WindowExpression
        || part instanceof WindowFunction
        || part instanceof Generator
        || part instanceof SubqueryExpression
        || part instanceof TimeWindow
        || part instanceof SessionWindow
        || part instanceof WindowTime
        || part instanceof UpdateFields;
  }

  private static boolean areAll(Expression expression, Predicate<Expression> kind) {
    if (!kind.test(expression)) {
      return false;
    }
    Iterator<Expression> children = expression.children().iterator();
    while (children.hasNext()) {
      if (!areAll(children.next(), kind)) {
        return false;
      }
    }
    return true;
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

  private static List<Rule<LogicalPlan>> scalarRules() {
    List<Rule<LogicalPlan>> rules = new ArrayList<>();
    rules.add(ResolveExpressionsWithNamePlaceholders$.MODULE$);
    rules.add(ANALYZER.ResolveReferences());
    rules.add(ResolveLambdaVariables$.MODULE$);
    rules.add(ANALYZER.ResolveRandomSeed());
    rules.addAll(TYPE_RULES);
    return List.copyOf(rules);
  }

  private static List<Rule<LogicalPlan>> typeRules() {
    List<Rule<LogicalPlan>> rules = new ArrayList<>();
    rules.add(ANALYZER.ResolveFunctions());
    rules.add(ResolveTimeZone$.MODULE$);
    rules.add(ANALYZER.ResolveBinaryArithmetic());
    // The others are of unions and unpivoted columns.
    JavaConverters.seqAsJavaList(AnsiTypeCoercion$.MODULE$.typeCoercionRules()).stream()
        .filter(rule -> rule instanceof TypeCoercionRule)
        .forEach(rules::add);
    return List.copyOf(rules);
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
