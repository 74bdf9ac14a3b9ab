package dev.millrace.training.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.millrace.training.onnx.TreeNode.Leaf;
import dev.millrace.training.onnx.TreeNode.Split;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoostedTreesOnnxTest {
  private static final double TOLERANCE = 1e-15;

  private static BoostedTrees of(TreeNode... trees) {
    return new BoostedTrees("test", List.of("a", "b"), List.of(-1.0, 1.0), List.of(trees));
  }

  private static double[] score(BoostedTrees trees, double... rows) {
    try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(trees))) {
      return model.score(rows, rows.length / model.inputWidth());
    }
  }

  private static double logistic(double margin) {
    return 1 - 1 / (1 + Math.exp(2 * margin));
  }

  @Test
  void agreesWithTheNaiveReadingOfRandomTrees() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int features = 1 + random.nextInt(5);
      BoostedTrees trees = NaiveTrees.random(random, features);
      double[] rows = NaiveTrees.rows(random, 100 * features);
      double[] scores = score(trees, rows);
      for (int i = 0; i < 100; i++) {
        double[] row = Arrays.copyOfRange(rows, i * features, (i + 1) * features);
        assertThat(scores[i])
            .as("seed %s row %s", seed, Arrays.toString(row))
            .isCloseTo(NaiveTrees.probability(trees, row), within(TOLERANCE));
      }
    }
  }

  @Test
  void sendsAValueEqualToTheThresholdToTheAtMostBranch() {
    BoostedTrees trees = of(new Split(0, 0.1, new Leaf(-1), new Leaf(1)));
    assertThat(score(trees, 0.1, 0, Math.nextUp(0.1), 0, Math.nextDown(0.1), 0, (float) 0.1, 0))
        .containsExactly(
            new double[] {logistic(-1), logistic(1), logistic(-1), logistic(1)}, within(TOLERANCE));
  }

  @Test
  void fillsMissingValues() {
    BoostedTrees trees =
        of(new Split(0, 0, new Leaf(-1), new Leaf(1)), new Split(1, 0, new Leaf(-3), new Leaf(3)));
    assertThat(score(trees, Double.NaN, Double.NaN, 5, -5))
        .containsExactly(new double[] {logistic(2), logistic(-2)}, within(TOLERANCE));
  }

  @Test
  void scoresATreeOfOneLeaf() {
    assertThat(score(of(new Leaf(0.25)), 1, 2, Double.NaN, 3))
        .containsExactly(new double[] {logistic(0.25), logistic(0.25)}, within(TOLERANCE));
  }

  @Test
  void keepsTheSubtreeOfARootWithALeafOnOneSide() {
    Split lower = new Split(1, 0, new Leaf(10), new Leaf(20));
    BoostedTrees left =
        of(new Leaf(0), new Split(0, 0, new Leaf(1), lower), new Split(0, 0, new Leaf(1), lower));
    BoostedTrees right =
        of(new Leaf(0), new Split(0, 0, lower, new Leaf(1)), new Split(0, 0, lower, new Leaf(1)));
    double[] rows = {-1, 0, 1, 0, 1, 1, -1, 1};
    assertThat(score(left, rows))
        .containsExactly(
            new double[] {logistic(2), logistic(20), logistic(40), logistic(2)}, within(TOLERANCE));
    assertThat(score(right, rows))
        .containsExactly(
            new double[] {logistic(20), logistic(2), logistic(2), logistic(40)}, within(TOLERANCE));
  }

  @Test
  void neverGivesTheBranchesOfARootEqualNumbers() {
    for (int seed = 0; seed < 200; seed++) {
      NodeProto.Builder node = NodeProto.newBuilder();
      new TreeEnsembleAttributes(NaiveTrees.random(new Random(seed), 2).trees()).writeTo(node);
      List<Long> atMost = integers(node, "nodes_truenodeids");
      List<Long> above = integers(node, "nodes_falsenodeids");
      assertThat(integers(node, "tree_roots"))
          .as("seed %s", seed)
          .noneMatch(root -> atMost.get(root.intValue()).equals(above.get(root.intValue())));
    }
  }

  private static List<Long> integers(NodeProto.Builder node, String attribute) {
    return node.getAttributeList().stream()
        .filter(found -> found.getName().equals(attribute))
        .findFirst()
        .orElseThrow()
        .getIntsList();
  }

  @Test
  void saturatesAtHugeMargins() {
    BoostedTrees trees = of(new Split(0, 0, new Leaf(-1e6), new Leaf(1e6)));
    assertThat(score(trees, -1, 0, 1, 0)).containsExactly(0.0, 1.0);
  }

  @Test
  void givesARowTheSameBitsInAnyBatch() {
    Random random = new Random(7);
    for (int round = 0; round < 5; round++) {
      BoostedTrees trees = NaiveTrees.random(random, 3);
      double[] rows = NaiveTrees.rows(random, 3 * 6000);
      try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(trees))) {
        double[] whole = model.score(rows, 6000);
        for (int batch : new int[] {1, 2, 3, 5, 7, 8, 63, 4095, 4096, 4097}) {
          for (int from = 0; from < 6000; from += batch) {
            int to = Math.min(6000, from + batch);
            assertThat(model.score(Arrays.copyOfRange(rows, 3 * from, 3 * to), to - from))
                .isEqualTo(Arrays.copyOfRange(whole, from, to));
          }
        }
      }
    }
  }

  @Test
  void writesEqualBytesForEqualTrees() {
    byte[] bytes = BoostedTreesOnnx.encode(NaiveTrees.random(new Random(1), 4));
    assertThat(BoostedTreesOnnx.encode(NaiveTrees.random(new Random(1), 4))).isEqualTo(bytes);
    assertThat(BoostedTreesOnnx.encode(NaiveTrees.random(new Random(2), 4))).isNotEqualTo(bytes);
  }
}
