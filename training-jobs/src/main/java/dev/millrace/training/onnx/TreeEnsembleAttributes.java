package dev.millrace.training.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Trees laid flat as the attributes of the operator {@code TreeEnsemble} of {@code ai.onnx.ml} 5.
 *
 * <p>Splits of all trees stand in one table, leaves in another; a split names each branch by a
 * number and a flag that says in which table to look. The operator knows no tree without a split,
 * and two forms that it allows are misread by versions of ONNX Runtime, so neither is written:
 *
 * <ul>
 *   <li>A tree of one leaf as a split whose branches are one and the same leaf: in 1.28 its weight
 *       goes astray where it stands beside other trees. It becomes a split between two equal
 *       leaves.
 *   <li>A root with leaf 5 on one side and split 5 on the other: up to 1.23 at least it is taken
 *       for a tree of one leaf, since the numbers are compared and the flags are not
 *       (microsoft/onnxruntime issue 24679). So a split numbers a branch that is a split before one
 *       that is a leaf, and the leaf gets the larger number:
 * </ul>
 *
 * <pre>
 *   before the root   n splits, at least n leaves
 *   the root          split n
 *   its split branch  split n + 1, with 2 leaves or more below it
 *   its leaf branch   leaf n + 2 or higher
 * </pre>
 */
final class TreeEnsembleAttributes {
  private static final long SUM = 1;
  private static final long NO_TRANSFORM = 0;
  private static final int BRANCH_LEQ = 0;
  private static final Branch UNKNOWN = new Branch(-1, true);

  private final List<Double> splits = new ArrayList<>();
  private final List<Long> features = new ArrayList<>();
  private final List<Branch> atMost = new ArrayList<>();
  private final List<Branch> above = new ArrayList<>();
  private final List<Double> leafWeights = new ArrayList<>();
  private final List<Long> roots = new ArrayList<>();

  private record Branch(long number, boolean isLeaf) {}

  TreeEnsembleAttributes(List<TreeNode> trees) {
    for (TreeNode tree : trees) {
      roots.add((long) splits.size());
      add(tree instanceof TreeNode.Split ? tree : new TreeNode.Split(0, 0.0, tree, tree));
    }
  }

  private Branch add(TreeNode node) {
    if (node instanceof TreeNode.Leaf leaf) {
      leafWeights.add(leaf.weight());
      return new Branch(leafWeights.size() - 1, true);
    }
    TreeNode.Split split = (TreeNode.Split) node;
    int number = splits.size();
    features.add((long) split.feature());
    splits.add(split.threshold());
    atMost.add(UNKNOWN);
    above.add(UNKNOWN);
    boolean aboveFirst = split.atMost() instanceof TreeNode.Leaf;
    if (aboveFirst) {
      above.set(number, add(split.above()));
    }
    atMost.set(number, add(split.atMost()));
    if (!aboveFirst) {
      above.set(number, add(split.above()));
    }
    return new Branch(number, false);
  }

  /** Writes the attributes, in the order of their names. */
  void writeTo(NodeProto.Builder node) {
    node.addAttribute(Protos.attribute("aggregate_function", SUM))
        .addAttribute(
            Protos.attribute("leaf_targetids", Collections.nCopies(leafWeights.size(), 0L)))
        .addAttribute(
            Protos.attribute("leaf_weights", Protos.doubles(leafWeights, leafWeights.size())))
        .addAttribute(Protos.attribute("n_targets", 1L))
        .addAttribute(Protos.attribute("nodes_falseleafs", flags(above)))
        .addAttribute(Protos.attribute("nodes_falsenodeids", numbers(above)))
        .addAttribute(Protos.attribute("nodes_featureids", features))
        .addAttribute(
            Protos.attribute(
                "nodes_modes",
                Protos.unsignedBytes(Collections.nCopies(splits.size(), BRANCH_LEQ))))
        .addAttribute(Protos.attribute("nodes_splits", Protos.doubles(splits, splits.size())))
        .addAttribute(Protos.attribute("nodes_trueleafs", flags(atMost)))
        .addAttribute(Protos.attribute("nodes_truenodeids", numbers(atMost)))
        .addAttribute(Protos.attribute("post_transform", NO_TRANSFORM))
        .addAttribute(Protos.attribute("tree_roots", roots));
  }

  private static List<Long> numbers(List<Branch> branches) {
    return branches.stream().map(Branch::number).toList();
  }

  private static List<Long> flags(List<Branch> branches) {
    return branches.stream().map(branch -> branch.isLeaf() ? 1L : 0L).toList();
  }
}
