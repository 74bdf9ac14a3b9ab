package dev.millrace.training.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A binary classifier made of regression trees. A row's margin is the sum, over the trees in order,
 * of the weight of the leaf in which it ends; the positive class has the probability {@code 1 - 1 /
 * (1 + exp(2 * margin))}.
 *
 * @param producer what fitted the trees, for a reader of the model: {@code Spark ML
 *     GBTClassificationModel}
 * @param featureNames the features in the order of the row; at least one, all different
 * @param fills for each feature the value that replaces NaN, which means missing; finite
 * @param trees at least one
 */
public record BoostedTrees(
    String producer, List<String> featureNames, List<Double> fills, List<TreeNode> trees) {
  public BoostedTrees {
    featureNames = List.copyOf(featureNames);
    fills = List.copyOf(fills);
    trees = List.copyOf(trees);
    checkNames(featureNames);
    checkFills(featureNames, fills);
    if (trees.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot make a model of no trees: its margin would have no value. Fit at least one tree.");
    }
    for (TreeNode tree : trees) {
      checkFeatures(tree, featureNames);
    }
  }

  private static void checkNames(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot make a model of no features: a row would have no values. Name at least one feature.");
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            "Cannot name two features '"
                + name
                + "': a model's features are found by name, and these are "
                + names
                + ". Give each its own name.");
      }
    }
  }

  private static void checkFills(List<String> names, List<Double> fills) {
    if (fills.size() != names.size()) {
      throw new IllegalArgumentException(
          "Cannot fill "
              + names.size()
              + " features with "
              + fills.size()
              + " values: each feature has one fill value. Give one for each of "
              + names
              + ".");
    }
    for (int i = 0; i < fills.size(); i++) {
      if (!Double.isFinite(fills.get(i))) {
        throw new IllegalArgumentException(
            "Cannot fill feature '"
                + names.get(i)
                + "' with "
                + fills.get(i)
                + ": a fill value is a finite number. Give the one that the training rows were filled with.");
      }
    }
  }

  private static void checkFeatures(TreeNode node, List<String> names) {
    if (node instanceof TreeNode.Split split) {
      if (split.feature() < 0 || split.feature() >= names.size()) {
        throw new IllegalArgumentException(
            "Cannot split on feature "
                + split.feature()
                + ": the row has "
                + names.size()
                + " features, counted from 0: "
                + names
                + ". Name every feature that the trees were fitted on.");
      }
      checkFeatures(split.atMost(), names);
      checkFeatures(split.above(), names);
    }
  }
}
