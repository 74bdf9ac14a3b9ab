package dev.millrace.training.onnx;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.training.onnx.TreeNode.Leaf;
import dev.millrace.training.onnx.TreeNode.Split;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BoostedTreesTest {
  private static final List<TreeNode> LEAF = List.of(new Leaf(1));

  private static void rejects(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void rejectsAModelWithoutFeaturesOrTrees() {
    rejects(
        () -> new BoostedTrees("test", List.of(), List.of(), LEAF),
        "Cannot make a model of no features: a row would have no values. Name at least one feature.");
    rejects(
        () -> new BoostedTrees("test", List.of("a"), List.of(0.0), List.of()),
        "Cannot make a model of no trees: its margin would have no value. Fit at least one tree.");
  }

  @Test
  void rejectsOneNameForTwoFeatures() {
    rejects(
        () -> new BoostedTrees("test", List.of("a", "b", "a"), List.of(0.0, 0.0, 0.0), LEAF),
        "Cannot name two features 'a': a model's features are found by name, and these are [a, b, a]. Give each its own"
            + " name.");
  }

  @Test
  void rejectsFillsThatDoNotFit() {
    rejects(
        () -> new BoostedTrees("test", List.of("a", "b"), List.of(0.0), LEAF),
        "Cannot fill 2 features with 1 values: each feature has one fill value. Give one for each of [a, b].");
    rejects(
        () -> new BoostedTrees("test", List.of("a", "b"), List.of(0.0, Double.NaN), LEAF),
        "Cannot fill feature 'b' with NaN: a fill value is a finite number. Give the one that the training rows were"
            + " filled with.");
  }

  @Test
  void rejectsASplitOfAnUnknownFeature() {
    rejects(
        () ->
            new BoostedTrees(
                "test",
                List.of("a"),
                List.of(0.0),
                List.of(new Split(1, 0, new Leaf(1), new Leaf(2)))),
        "Cannot split on feature 1: the row has 1 features, counted from 0: [a]. Name every feature that the trees were"
            + " fitted on.");
  }

  @Test
  void rejectsNumbersThatNoTreeMeans() {
    rejects(
        () -> new Split(3, Double.NaN, new Leaf(1), new Leaf(2)),
        "Cannot split feature 3 at NaN: no value is at most NaN. Give a number as the threshold.");
    rejects(
        () -> new Leaf(Double.POSITIVE_INFINITY),
        "Cannot add a leaf of weight Infinity: margins are finite. Look for NaN or infinite labels and features in the"
            + " training rows.");
  }
}
