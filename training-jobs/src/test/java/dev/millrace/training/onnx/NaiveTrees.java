package dev.millrace.training.onnx;

import java.util.Random;
import java.util.stream.IntStream;

/** The oracle: {@link BoostedTrees} read word by word; and random trees to ask it about. */
final class NaiveTrees {
  private NaiveTrees() {}

  static double margin(BoostedTrees model, double[] row) {
    double margin = 0;
    for (TreeNode tree : model.trees()) {
      margin += weight(tree, model, row);
    }
    return margin;
  }

  static double probability(BoostedTrees model, double[] row) {
    return 1 - 1 / (1 + Math.exp(2 * margin(model, row)));
  }

  private static double weight(TreeNode node, BoostedTrees model, double[] row) {
    if (node instanceof TreeNode.Leaf leaf) {
      return leaf.weight();
    }
    TreeNode.Split split = (TreeNode.Split) node;
    double raw = row[split.feature()];
    double value = Double.isNaN(raw) ? model.fills().get(split.feature()) : raw;
    return weight(value <= split.threshold() ? split.atMost() : split.above(), model, row);
  }

  /**
   * Trees of any shape, single leaves among them, whose thresholds are small whole numbers so that
   * rows hit them.
   */
  static BoostedTrees random(Random random, int features) {
    return new BoostedTrees(
        "test",
        IntStream.range(0, features).mapToObj(i -> "f" + i).toList(),
        IntStream.range(0, features).mapToObj(i -> (double) (random.nextInt(9) - 4)).toList(),
        IntStream.range(0, 1 + random.nextInt(20))
            .mapToObj(i -> tree(random, features, 5))
            .toList());
  }

  private static TreeNode tree(Random random, int features, int depth) {
    return depth == 0 || random.nextInt(4) == 0
        ? new TreeNode.Leaf(random.nextGaussian() / 2)
        : new TreeNode.Split(
            random.nextInt(features),
            random.nextInt(9) - 4,
            tree(random, features, depth - 1),
            tree(random, features, depth - 1));
  }

  /**
   * Rows of whole numbers, their nearest neighbours, signed zeros, infinities and missing values.
   */
  static double[] rows(Random random, int values) {
    return IntStream.range(0, values).mapToDouble(i -> value(random)).toArray();
  }

  private static double value(Random random) {
    double whole = random.nextInt(11) - 5;
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> -0.0;
      case 2 -> Math.nextUp(whole);
      case 3 -> Math.nextDown(whole);
      case 4 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
      default -> whole;
    };
  }
}
