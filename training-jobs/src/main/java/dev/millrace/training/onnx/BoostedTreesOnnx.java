package dev.millrace.training.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.List;

/**
 * Writes {@link BoostedTrees} as an ONNX model, in double from end to end:
 *
 * <pre>
 *   features    double [N, F]   NaN where missing
 *   filled      double [N, F]   Where(IsNaN(features), fills, features)
 *   margin      double [N, 1]   TreeEnsemble(filled), an output
 *   probability double [N, 1]   1 - 1 / (1 + Pow(e, 2 * margin)), an output
 * </pre>
 *
 * <p>{@code Pow} and not {@code Exp}: ONNX Runtime computes {@code Exp} with another algorithm
 * where a batch fills a processor's vector than where it does not, so a row's last bit would depend
 * on its batch; {@code Pow} treats each value alone. That e is rounded to a double moves a
 * probability by less than 2e-17.
 *
 * <p>The operators are those of ONNX 1.16 (IR 10, {@code ai.onnx} 21, {@code ai.onnx.ml} 5), the
 * first whose trees answer in double; see <a
 * href="https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html">TreeEnsemble</a>.
 */
public final class BoostedTreesOnnx {
  static final String FEATURES = "features";
  static final String MARGIN = "margin";
  static final String PROBABILITY = "probability";

  private static final long IR_VERSION = 10;
  private static final String TREE_DOMAIN = "ai.onnx.ml";

  private BoostedTreesOnnx() {}

  /** The model's bytes: equal for equal trees, so a hash of them names the model. */
  public static byte[] encode(BoostedTrees trees) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(TREE_DOMAIN).setVersion(5))
        .setProducerName("millrace")
        .setGraph(graph(trees))
        .addMetadataProps(
            Protos.entry(Metadata.FEATURE_NAMES, Metadata.toJson(trees.featureNames())))
        .addMetadataProps(Protos.entry(Metadata.FILLS, Metadata.toJson(trees.fills())))
        .addMetadataProps(Protos.entry(Metadata.PRODUCER, trees.producer()))
        .build()
        .toByteArray();
  }

  private static GraphProto graph(BoostedTrees trees) {
    int width = trees.featureNames().size();
    NodeProto.Builder ensemble =
        Protos.node("TreeEnsemble", MARGIN, "filled").toBuilder().setDomain(TREE_DOMAIN);
    new TreeEnsembleAttributes(trees.trees()).writeTo(ensemble);
    return GraphProto.newBuilder()
        .setName("boosted_trees")
        .addInput(Protos.matrix(FEATURES, width))
        .addInitializer(Protos.named("e", Protos.doubles(List.of(Math.E))))
        .addInitializer(Protos.named("fills", Protos.doubles(trees.fills(), 1, width)))
        .addInitializer(Protos.named("one", Protos.doubles(List.of(1.0))))
        .addInitializer(Protos.named("two", Protos.doubles(List.of(2.0))))
        .addNode(Protos.node("IsNaN", "missing", FEATURES))
        .addNode(Protos.node("Where", "filled", "missing", "fills", FEATURES))
        .addNode(ensemble)
        .addNode(Protos.node("Mul", "log_odds", "two", MARGIN))
        .addNode(Protos.node("Pow", "odds", "e", "log_odds"))
        .addNode(Protos.node("Add", "odds_plus_one", "one", "odds"))
        .addNode(Protos.node("Div", "negative_probability", "one", "odds_plus_one"))
        .addNode(Protos.node("Sub", PROBABILITY, "one", "negative_probability"))
        .addOutput(Protos.matrix(PROBABILITY, 1))
        .addOutput(Protos.matrix(MARGIN, 1))
        .build();
  }
}
