package dev.millrace.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.training.onnx.OnnxModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.feature.VectorIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GradientBoostedTreesExportTest {
  private static FittedTrees fitted;

  @BeforeAll
  static void fit() {
    fitted = FittedTrees.fit(new GBTClassifier().setMaxIter(10).setMaxDepth(4).setSeed(1));
  }

  private static byte[] export(FittedTrees trees) {
    return GradientBoostedTreesExport.toOnnx(trees.model(), FittedTrees.NAMES, FittedTrees.fills());
  }

  private static double[] flat(double[][] rows) {
    return Stream.of(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  /** The largest difference of a probability, once every predicted class is found equal. */
  private static double largestDifference(FittedTrees trees, double[][] rows) {
    List<Row> expected =
        trees
            .model()
            .transform(FittedTrees.table(FittedTrees.filled(rows)))
            .select("probability", "prediction")
            .collectAsList();
    double largest = 0;
    try (OnnxModel model = OnnxModel.load(export(trees))) {
      double[] scores = model.score(flat(rows), rows.length);
      for (int i = 0; i < rows.length; i++) {
        String row = Arrays.toString(rows[i]);
        assertThat(scores[i] > 0.5 ? 1.0 : 0.0).as(row).isEqualTo(expected.get(i).getDouble(1));
        largest =
            Math.max(largest, Math.abs(scores[i] - ((Vector) expected.get(i).get(0)).apply(1)));
      }
    }
    return largest;
  }

  @Test
  void givesSparksProbabilitiesAndClassesAtEveryThreshold() {
    assertThat(largestDifference(fitted, fitted.adversarialRows(2, 20_000))).isLessThan(1e-12);
  }

  @Test
  void givesSparksProbabilitiesOfDeepAndOfManyTrees() {
    FittedTrees deep =
        FittedTrees.fit(new GBTClassifier().setMaxIter(3).setMaxDepth(12).setSeed(1));
    assertThat(largestDifference(deep, deep.adversarialRows(3, 20_000))).isLessThan(1e-12);
    FittedTrees many =
        FittedTrees.fit(new GBTClassifier().setMaxIter(25).setMaxDepth(2).setSeed(1));
    assertThat(largestDifference(many, many.adversarialRows(4, 20_000))).isLessThan(1e-12);
  }

  @Test
  void givesSparksProbabilitiesOfTreesOfOneLeaf() {
    FittedTrees leaves =
        FittedTrees.fit(new GBTClassifier().setMaxIter(4).setMaxDepth(0).setSeed(1));
    assertThat(Arrays.stream(leaves.model().trees()).mapToInt(tree -> tree.numNodes()))
        .containsOnly(1);
    assertThat(largestDifference(leaves, FittedTrees.randomRows(5, 100))).isLessThan(1e-12);
  }

  @Test
  void givesARowTheSameBitsInAnyBatch() {
    int rows = 20_000;
    double[] values = flat(fitted.adversarialRows(6, rows));
    try (OnnxModel model = OnnxModel.load(export(fitted))) {
      double[] whole = model.score(values, rows);
      for (int batch : new int[] {1, 7, 4096}) {
        double[] scores = new double[rows];
        for (int from = 0; from < rows; from += batch) {
          int count = Math.min(batch, rows - from);
          int start = from * FittedTrees.WIDTH;
          double[] part = Arrays.copyOfRange(values, start, start + count * FittedTrees.WIDTH);
          System.arraycopy(model.score(part, count), 0, scores, from, count);
        }
        assertThat(scores).as("batches of %s", batch).isEqualTo(whole);
      }
    }
  }

  @Test
  void writesEqualBytesForAnEqualModel() throws Exception {
    byte[] bytes = export(fitted);
    assertThat(export(fitted)).isEqualTo(bytes);
    String path = System.getProperty("java.io.tmpdir") + "/gradient-boosted-trees-export-test";
    fitted.model().write().overwrite().save(path);
    FittedTrees loaded = new FittedTrees(GBTClassificationModel.load(path));
    assertThat(export(loaded)).isEqualTo(bytes);
  }

  @Test
  void namesTheFeatures() {
    try (OnnxModel model = OnnxModel.load(export(fitted))) {
      assertThat(model.featureNames()).containsExactly("f0", "f1", "f2", "f3", "f4", "f5");
      assertThat(model.inputWidth()).isEqualTo(6);
    }
  }

  @Test
  void rejectsNamesThatDoNotFitTheModel() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GradientBoostedTreesExport.toOnnx(fitted.model(), List.of("a", "b"), new double[2]))
        .withMessage(
            "Cannot export '"
                + fitted.model().uid()
                + "': it was fitted on 6 features, and these are 2: [a, b]. Name every slot of its feature vector, in"
                + " order.");
  }

  @Test
  void rejectsASplitByCategory() {
    double[][] rows = FittedTrees.filled(FittedTrees.randomRows(8, 500));
    for (double[] row : rows) {
      row[0] = Math.signum(row[0]);
    }
    Dataset<Row> table = FittedTrees.table(rows);
    Dataset<Row> indexed =
        new VectorIndexer()
            .setInputCol("features")
            .setOutputCol("indexed")
            .setMaxCategories(3)
            .fit(table)
            .transform(table);
    GBTClassificationModel model =
        new GBTClassifier().setFeaturesCol("indexed").setMaxIter(2).setSeed(1).fit(indexed);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> GradientBoostedTreesExport.toOnnx(model, FittedTrees.NAMES, FittedTrees.fills()))
        .withMessage(
            "Cannot export a split of feature 'f0' by category: the export knows splits by threshold alone, and Spark ML"
                + " splits by category where the feature vector's metadata call a slot nominal, as StringIndexer,"
                + " OneHotEncoder and VectorIndexer do. Assemble the vector without that metadata and fit again.");
  }
}
