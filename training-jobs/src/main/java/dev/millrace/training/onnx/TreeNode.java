package dev.millrace.training.onnx;

/** A node of a regression tree over a row of doubles, and with it the tree below it. */
public sealed interface TreeNode {
  /**
   * A decision on one feature.
   *
   * @param feature the feature's place in the row, from 0
   * @param threshold not NaN
   * @param atMost where a row goes whose feature is {@code <= threshold}
   * @param above where every other row goes
   */
  record Split(int feature, double threshold, TreeNode atMost, TreeNode above) implements TreeNode {
    public Split {
      if (Double.isNaN(threshold)) {
        throw new IllegalArgumentException(
            "Cannot split feature "
                + feature
                + " at NaN: no value is at most NaN. Give a number as the threshold.");
      }
    }
  }

  /**
   * An end of the tree.
   *
   * @param weight what a row that ends here adds to the margin, the tree's own weight included;
   *     finite
   */
  record Leaf(double weight) implements TreeNode {
    public Leaf {
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException(
            "Cannot add a leaf of weight "
                + weight
                + ": margins are finite. Look for NaN or infinite labels and features in the training rows.");
      }
    }
  }
}
