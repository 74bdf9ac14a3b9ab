package dev.millrace.training.spark;

import dev.millrace.training.onnx.BoostedTrees;
import dev.millrace.training.onnx.BoostedTreesOnnx;
import dev.millrace.training.onnx.TreeNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.LeafNode;
import org.apache.spark.ml.tree.Node;

/**
 * Writes a gradient-boosted classifier of Spark ML as ONNX bytes that give Spark's probabilities.
 *
 * <p>Spark sends a row to the left where its feature is {@code <=} the threshold, in double; sums
 * the leaves' predictions times their trees' weights to a margin m; and gives the positive class
 * {@code 1 - 1 / (1 + exp(2m))}: <a
 * href="https://spark.apache.org/docs/3.5.7/mllib-ensembles.html#losses">log loss</a> with labels
 * -1 and 1. The graph does the same; sums and exponentials may differ in the last bits, by less
 * than 1e-15 of a probability. Spark predicts 1 where m is above 0, which is a probability above
 * 0.5 but for margins within 1e-16 of 0. The {@code thresholds} of a model change what Spark
 * predicts and not its probabilities; they are not exported.
 */
public final class GradientBoostedTreesExport {
  private static final String PRODUCER = "Spark ML GBTClassificationModel";

  private GradientBoostedTreesExport() {}

  /**
   * The model's ONNX bytes, which {@link dev.millrace.training.onnx.OnnxModel} scores: equal for an
   * equal model, so a hash of them names it.
   *
   * @param featureNames the slots of the model's feature vector in order; one column each
   * @param fills for each feature the value that the training rows were filled with; it replaces
   *     NaN in the input
   * @throws IllegalArgumentException if a tree splits on categories, or names or fills do not fit
   *     the model
   */
  public static byte[] toOnnx(
      GBTClassificationModel model, List<String> featureNames, double[] fills) {
    if (featureNames.size() != model.numFeatures()) {
      throw new IllegalArgumentException(
          "Cannot export '"
              + model.uid()
              + "': it was fitted on "
              + model.numFeatures()
              + " features, and these are "
              + featureNames.size()
              + ": "
              + featureNames
              + ". Name every slot of its feature vector, in order.");
    }
    DecisionTreeRegressionModel[] trees = model.trees();
    double[] weights = model.treeWeights();
    List<TreeNode> nodes = new ArrayList<>();
    for (int i = 0; i < trees.length; i++) {
      nodes.add(node(trees[i].rootNode(), weights[i], featureNames));
    }
    List<Double> boxedFills = Arrays.stream(fills).boxed().toList();
    return BoostedTreesOnnx.encode(new BoostedTrees(PRODUCER, featureNames, boxedFills, nodes));
  }

  private static TreeNode node(Node node, double weight, List<String> featureNames) {
    if (node instanceof LeafNode leaf) {
      return new TreeNode.Leaf(leaf.prediction() * weight);
    }
    InternalNode inner = (InternalNode) node;
    if (inner.split() instanceof ContinuousSplit split) {
      return new TreeNode.Split(
          split.featureIndex(),
          split.threshold(),
          node(inner.leftChild(), weight, featureNames),
          node(inner.rightChild(), weight, featureNames));
    }
    throw new IllegalArgumentException(
        "Cannot export a split of feature '"
            + featureNames.get(inner.split().featureIndex())
            + "' by category: the export knows splits by threshold alone, and Spark ML splits by category where the"
            + " feature vector's metadata call a slot nominal, as StringIndexer, OneHotEncoder and VectorIndexer do."
            + " Assemble the vector without that metadata and fit again.");
  }
}
