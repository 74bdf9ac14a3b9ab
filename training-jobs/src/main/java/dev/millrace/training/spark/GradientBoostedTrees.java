package dev.millrace.training.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.nanvl;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.training.Trainer;
import dev.millrace.training.TrainingJob;
import dev.millrace.training.TrainingSet;
import dev.millrace.training.VerificationRows;
import dev.millrace.transforms.drift.Profile;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Gradient-boosted trees for two classes by Spark ML's {@code GBTClassifier}, with log loss. A
 * missing value is replaced by the feature's median over the training split, in the graph too.
 *
 * @param trees how many, fitted one after the other
 * @param depth of each at most
 * @param stepSize the weight of each tree, above 0 to 1
 * @param seed of the sampling of split candidates
 */
public record GradientBoostedTrees(int trees, int depth, double stepSize, long seed)
    implements Trainer {
  private static final int VERIFIED_ROWS = 20_000;

  /** Partitions of the training rows, so that a fit does not depend on the number of cores. */
  private static final int PARTITIONS = 4;

  public GradientBoostedTrees {
    if (trees < 1 || depth < 1 || depth > 30 || !(stepSize > 0 && stepSize <= 1)) {
      throw new IllegalArgumentException(
          "Gradient-boosted trees take at least 1 tree, a depth of 1 to 30 and a step size above 0 to 1; "
              + "these are "
              + trees
              + ", "
              + depth
              + " and "
              + stepSize
              + ".");
    }
  }

  /** 20 trees of depth 5 with a step size of 0.3. */
  public static GradientBoostedTrees defaults() {
    return new GradientBoostedTrees(20, 5, 0.3, 1);
  }

  public GradientBoostedTrees withTrees(int count) {
    return new GradientBoostedTrees(count, depth, stepSize, seed);
  }

  public GradientBoostedTrees withDepth(int most) {
    return new GradientBoostedTrees(trees, most, stepSize, seed);
  }

  public GradientBoostedTrees withStepSize(double size) {
    return new GradientBoostedTrees(trees, depth, size, seed);
  }

  @Override
  public String kind() {
    return "gradient_boosted_trees";
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("trees", Integer.toString(trees));
    parameters.put("depth", Integer.toString(depth));
    parameters.put("step_size", Double.toString(stepSize));
    parameters.put("seed", Long.toString(seed));
    return parameters;
  }

  @Override
  public Fitted fit(Engine engine, TrainingData data) {
    return spark(engine).inSession(() -> fitInSession(engine, data));
  }

  private Fitted fitInSession(Engine engine, TrainingData data) {
    List<String> features = data.features();
    double[] fills = features.stream().mapToDouble(name -> median(data.profile(), name)).toArray();
    Dataset<Row> rows = read(engine, data.rows());
    Dataset<Row> train =
        assembled(rows.filter(col(TrainingSet.SPLIT).equalTo("train")), features, fills)
            .repartition(PARTITIONS, col(TrainingSet.TIME))
            .sortWithinPartitions(canonicalOrder(features, data.label()))
            .select("features", data.label())
            .persist();
    GBTClassificationModel model;
    try {
      model = classifier(data.label()).fit(train);
    } finally {
      train.unpersist();
    }
    Dataset<Row> test = rows.filter(col(TrainingSet.SPLIT).equalTo("test"));
    VerificationRows verification =
        verification(model, sample(test, features, data.label()), features, fills);
    return new Fitted(GradientBoostedTreesExport.toOnnx(model, features, fills), verification);
  }

  private GBTClassifier classifier(String label) {
    return new GBTClassifier()
        .setFeaturesCol("features")
        .setLabelCol(label)
        .setMaxIter(trees)
        .setMaxDepth(depth)
        .setStepSize(stepSize)
        .setSeed(seed)
        .setMaxMemoryInMB(512);
  }

  /**
   * An order of the rows by their content alone: Spark ML samples its split candidates by place.
   */
  private static Column[] canonicalOrder(List<String> features, String label) {
    Stream<Column> first = Stream.of(col(TrainingSet.TIME), col("`" + label + "`"));
    return Stream.concat(first, features.stream().map(GradientBoostedTrees::given))
        .toArray(Column[]::new);
  }

  @Override
  public Map<String, Double> evaluate(Engine engine, Scan scored, String label, String split) {
    return spark(engine).inSession(() -> evaluateInSession(engine, scored, label, split));
  }

  private static Map<String, Double> evaluateInSession(
      Engine engine, Scan scored, String label, String split) {
    Dataset<Row> rows =
        read(engine, scored)
            .filter(col(TrainingSet.SPLIT).equalTo(split))
            .select(col(TrainingJob.SCORE), col(label))
            .persist();
    Column error = col(TrainingJob.SCORE).minus(col(label));
    Row means = rows.select(count(lit(1)), avg(col(label)), avg(error.multiply(error))).head();
    if (means.getLong(0) == 0) {
      rows.unpersist();
      throw MillraceException.because(
          "The model cannot be measured",
          "the split '" + split + "' holds no rows",
          "Choose a period that does");
    }
    Map<String, Double> result = new TreeMap<>();
    result.put("auc", area(rows, label, "areaUnderROC"));
    result.put("pr_auc", area(rows, label, "areaUnderPR"));
    result.put("rows", (double) means.getLong(0));
    result.put("label_rate", means.getDouble(1));
    result.put("brier", means.getDouble(2));
    rows.unpersist();
    return result;
  }

  private static double area(Dataset<Row> rows, String label, String curve) {
    return new BinaryClassificationEvaluator()
        .setRawPredictionCol(TrainingJob.SCORE)
        .setLabelCol(label)
        .setMetricName(curve)
        .setNumBins(0)
        .evaluate(rows);
  }

  private static double median(Profile profile, String feature) {
    return profile.column(feature).finite() == 0 ? 0.0 : profile.column(feature).quantile(0.5);
  }

  /** The rows with the filled features as one vector, {@code features}. */
  private static Dataset<Row> assembled(Dataset<Row> rows, List<String> features, double[] fills) {
    Dataset<Row> filled = rows;
    String[] inputs = new String[fills.length];
    for (int i = 0; i < fills.length; i++) {
      inputs[i] = "filled_" + i;
      filled =
          filled.withColumn(
              inputs[i],
              coalesce(nanvl(given(features.get(i)), lit(null).cast("double")), lit(fills[i])));
    }
    return new VectorAssembler().setInputCols(inputs).setOutputCol("features").transform(filled);
  }

  private static Column given(String feature) {
    return col("`" + feature + "`").cast("double");
  }

  /** Rows chosen by their content, so that the same table gives the same ones. */
  private static Dataset<Row> sample(Dataset<Row> rows, List<String> features, String label) {
    Column[] all = features.stream().map(GradientBoostedTrees::given).toArray(Column[]::new);
    long count = rows.count();
    long every = Math.max(1, count / VERIFIED_ROWS);
    return rows.filter(pmod(xxhash64(all), lit(every)).equalTo(0L))
        .orderBy(canonicalOrder(features, label));
  }

  private static VerificationRows verification(
      GBTClassificationModel model, Dataset<Row> rows, List<String> features, double[] fills) {
    Column given = array(features.stream().map(GradientBoostedTrees::given).toArray(Column[]::new));
    Column probability = functions.vector_to_array(col("probability"), "float64").getItem(1);
    List<List<@Nullable Double>> inputs = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (Row row :
        model
            .transform(assembled(rows, features, fills))
            .select(given, probability)
            .collectAsList()) {
      inputs.add(new ArrayList<>(row.<Double>getList(0)));
      scores.add(row.getDouble(1));
    }
    return new VerificationRows(inputs, scores);
  }

  private static Dataset<Row> read(Engine engine, Scan scan) {
    Location.DeltaTable table = (Location.DeltaTable) scan.location();
    return spark(engine)
        .session()
        .read()
        .format("delta")
        .option("versionAsOf", table.version().orElseThrow())
        .load(table.path());
  }

  private static SparkEngine spark(Engine engine) {
    if (engine instanceof SparkEngine spark) {
      return spark;
    }
    throw MillraceException.because(
        "Gradient-boosted trees cannot be fitted on this engine",
        "Spark ML fits them, and the engine is " + engine.getClass().getSimpleName(),
        "Train with the Spark engine");
  }
}
