package dev.millrace.training.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A seeded synthetic task of six features, one in ten values missing; models fitted on it, and rows
 * to try them with.
 */
record FittedTrees(GBTClassificationModel model) {
  static final List<String> NAMES = List.of("f0", "f1", "f2", "f3", "f4", "f5");
  static final int WIDTH = NAMES.size();

  private static final double[] EDGES = {
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    -0.0,
    0.0,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }

  static FittedTrees fit(GBTClassifier classifier) {
    return new FittedTrees(classifier.fit(table(filled(randomRows(11, 4000)))));
  }

  static double[] fills() {
    return new double[] {0.5, -1.0, 0.1, 3.0, -0.0, 2.0};
  }

  static double[][] randomRows(int seed, int count) {
    Random random = new Random(seed);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                random
                    .doubles(WIDTH)
                    .map(x -> random.nextInt(10) == 0 ? Double.NaN : random.nextGaussian() * 3)
                    .toArray())
        .toArray(double[][]::new);
  }

  /**
   * Rows of which some have one value at a threshold of that feature, at a neighbour of one, at the
   * edge of the doubles, or missing.
   */
  double[][] adversarialRows(int seed, int count) {
    List<TreeSet<Double>> thresholds =
        IntStream.range(0, WIDTH).mapToObj(i -> new TreeSet<Double>()).toList();
    for (DecisionTreeRegressionModel tree : model.trees()) {
      collect(tree.rootNode(), thresholds);
    }
    Random random = new Random(seed);
    double[][] rows = randomRows(seed, count);
    for (int i = 0; i < count; i++) {
      for (int f = 0; f < WIDTH; f++) {
        if (!thresholds.get(f).isEmpty() && random.nextBoolean()) {
          rows[i][f] = near(random, new ArrayList<>(thresholds.get(f)));
        }
      }
    }
    return rows;
  }

  private static double near(Random random, List<Double> thresholds) {
    double threshold = thresholds.get(random.nextInt(thresholds.size()));
    return switch (random.nextInt(5)) {
      case 0 -> Math.nextUp(threshold);
      case 1 -> Math.nextDown(threshold);
      case 2 -> EDGES[random.nextInt(EDGES.length)];
      default -> threshold;
    };
  }

  private static void collect(Node node, List<TreeSet<Double>> thresholds) {
    if (node instanceof InternalNode inner) {
      thresholds
          .get(inner.split().featureIndex())
          .add(((ContinuousSplit) inner.split()).threshold());
      collect(inner.leftChild(), thresholds);
      collect(inner.rightChild(), thresholds);
    }
  }

  static double[][] filled(double[][] rows) {
    double[] fills = fills();
    double[][] filled = new double[rows.length][WIDTH];
    for (int i = 0; i < rows.length; i++) {
      for (int f = 0; f < WIDTH; f++) {
        filled[i][f] = Double.isNaN(rows[i][f]) ? fills[f] : rows[i][f];
      }
    }
    return filled;
  }

  static Dataset<Row> table(double[][] rows) {
    Random random = new Random(5);
    List<Row> labelled = new ArrayList<>();
    for (double[] row : rows) {
      double score = row[0] + Math.abs(row[1]) - 0.5 * row[2] * row[3] + random.nextGaussian();
      labelled.add(RowFactory.create(score > 1 ? 1.0 : 0.0, Vectors.dense(row)));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    return session().createDataFrame(labelled, schema);
  }
}
