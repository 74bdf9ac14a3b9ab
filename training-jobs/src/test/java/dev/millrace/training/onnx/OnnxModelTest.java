package dev.millrace.training.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.millrace.training.onnx.TreeNode.Leaf;
import dev.millrace.training.onnx.TreeNode.Split;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OnnxModelTest {
  private static final BoostedTrees TREES =
      new BoostedTrees(
          "test",
          List.of("a", "b"),
          List.of(0.0, 0.5),
          List.of(new Split(0, 0, new Leaf(0), new Leaf(1))));

  private static void rejects(ThrowingCallable call, String message) {
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(call).withMessage(message);
  }

  private static void rejectsChanged(Consumer<ModelProto.Builder> change, String reason)
      throws Exception {
    ModelProto.Builder model = ModelProto.parseFrom(BoostedTreesOnnx.encode(TREES)).toBuilder();
    change.accept(model);
    byte[] bytes = model.build().toByteArray();
    rejects(
        () -> OnnxModel.load(bytes),
        "Cannot score with this ONNX model: " + reason + ". Load a model that Millrace exported.");
  }

  @Test
  void tellsItsInput() {
    List<String> names = List.of("plain", "a,b", "say \"hi\"", "größe", "\uD83D\uDEEB", "");
    BoostedTrees trees =
        new BoostedTrees(
            "test", names, List.of(0.0, 1.0, 2.0, 3.0, 4.0, 0.1), List.of(new Leaf(1)));
    try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(trees))) {
      assertThat(model.inputName()).isEqualTo("features");
      assertThat(model.inputWidth()).isEqualTo(6);
      assertThat(model.featureNames()).isEqualTo(names);
    }
  }

  @Test
  void carriesFillsAndProducerForAReader() throws Exception {
    ModelProto model = ModelProto.parseFrom(BoostedTreesOnnx.encode(TREES));
    assertThat(model.getMetadataPropsList())
        .extracting(entry -> entry.getKey() + "=" + entry.getValue())
        .containsExactly(
            "millrace.feature_names=[\"a\",\"b\"]",
            "millrace.fills=[0.0,0.5]",
            "millrace.producer=test");
  }

  @Test
  void rejectsBytesThatAreNoModel() {
    rejects(
        () -> OnnxModel.load("no model".getBytes(UTF_8)),
        "Cannot load an ONNX model from 8 bytes: ONNX Runtime answers 'Error code - ORT_INVALID_PROTOBUF - message:"
            + " Failed to load model because protobuf parsing failed.'. Give the whole bytes of an exported model,"
            + " unchanged.");
  }

  @Test
  void rejectsNoBytes() {
    rejects(
        () -> OnnxModel.load(new byte[0]),
        "Cannot load an ONNX model from 0 bytes: ONNX Runtime answers 'Error code - ORT_INVALID_ARGUMENT - message: Invalid"
            + " ONNX model, the byte array is zero length.'. Give the whole bytes of an exported model, unchanged.");
  }

  @Test
  void rejectsATruncatedModel() {
    byte[] bytes = BoostedTreesOnnx.encode(TREES);
    byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> OnnxModel.load(half))
        .withMessageStartingWith(
            "Cannot load an ONNX model from " + half.length + " bytes: ONNX Runtime answers '");
  }

  @Test
  void rejectsAModelOfAnotherShape() throws Exception {
    rejectsChanged(
        ModelProto.Builder::clearMetadataProps, "it has no metadata 'millrace.feature_names'");
    rejectsChanged(
        model -> model.getMetadataPropsBuilder(0).setValue("[\"a\"]"),
        "it takes 2 features and names 1: [a]");
    rejectsChanged(
        model -> model.getGraphBuilder().removeOutput(0), "it has no output 'probability'");
    rejectsChanged(
        model -> {
          GraphProto.Builder graph = model.getGraphBuilder();
          graph.addInput(Protos.matrix("more", 1));
        },
        "its inputs are [features, more], and it should have one");
  }

  @Test
  void rejectsMetadataThatIsNoListOfNames() throws Exception {
    ModelProto.Builder model = ModelProto.parseFrom(BoostedTreesOnnx.encode(TREES)).toBuilder();
    model.getMetadataPropsBuilder(0).setValue("a,b");
    byte[] bytes = model.build().toByteArray();
    rejects(
        () -> OnnxModel.load(bytes),
        "Cannot read the feature names of the ONNX model: its metadata 'millrace.feature_names' is 'a,b', not a JSON"
            + " array of text. Export the model again.");
  }

  @Test
  void rejectsRowsOfAnotherWidth() {
    try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(TREES))) {
      rejects(
          () -> model.score(new double[9], 3),
          "Cannot score 3 rows of 9 values: the model takes 2 features a row, 6 values. Give each row's features in this"
              + " order: [a, b]");
      rejects(
          () -> model.score(new double[0], -1),
          "Cannot score -1 rows of 0 values: the model takes 2 features a row, -2 values. Give each row's features in"
              + " this order: [a, b]");
    }
  }

  @Test
  void readsABufferFromItsPositionAndLeavesItThere() {
    try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(TREES))) {
      DoubleBuffer rows = DoubleBuffer.wrap(new double[] {9, 9, 9, -1, 0, 9}, 3, 2);
      assertThat(model.score(rows, 1)).containsExactly(0.5);
      assertThat(rows.position()).isEqualTo(3);
      assertThat(model.score(new double[0], 0)).isEmpty();
    }
  }

  @Test
  void scoresFromManyThreads() {
    Random random = new Random(3);
    BoostedTrees trees = NaiveTrees.random(random, 4);
    double[] rows = NaiveTrees.rows(random, 4 * 500);
    try (OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(trees))) {
      double[] expected = model.score(rows, 500);
      IntStream.range(0, 400)
          .parallel()
          .forEach(
              i -> {
                int count = 1 + i % 500;
                assertThat(model.score(Arrays.copyOf(rows, 4 * count), count))
                    .isEqualTo(Arrays.copyOf(expected, count));
              });
    }
  }

  @Test
  void refusesToScoreWhenClosed() {
    OnnxModel model = OnnxModel.load(BoostedTreesOnnx.encode(TREES));
    model.score(new double[2], 1);
    model.close();
    model.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> model.score(new double[2], 1))
        .withMessage(
            "Cannot score with a closed ONNX model: its native memory is gone. Load the model again.");
  }
}
