package dev.millrace.benchmarks.registry;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.TrainingData;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import shade.com.google.protobuf.ByteString;

/** A model as a trainer would register it, other content for each seed. */
final class Candidate {
  private static final int COLUMNS = 12;
  private static final int SMALL = 2_000;

  private Candidate() {}

  /** One of about 2 KB, with its verification rows and profile. */
  static ModelCandidate small(String model, String seed) {
    return of(model, seed, onnx(seed, SMALL));
  }

  static ModelCandidate of(String model, String seed, byte[] onnx) {
    var candidate = ModelCandidate.named(model);
    for (int column = 0; column < COLUMNS; column++) {
      candidate.input("origin_delays__avg_delay_" + column, "double");
    }
    return candidate
        .output("score", "double")
        .parameters(Map.of("trainer", "gradient boosted trees", "depth", "6", "seed", seed))
        .metrics("train", Map.of("auc", 0.81, "log_loss", 0.4))
        .metrics("test", Map.of("auc", 0.71, "log_loss", 0.5))
        .trainingData(TrainingData.of("training/late_flights", "17"))
        .definition(
            new DefinitionReference("feature view", "origin_delays", "a1b2c3"), "the view's text")
        .code("559203f", false)
        .environment(Map.of("java", "17"))
        .author("bench")
        .artifact(onnx)
        .verificationRows(("[" + seed + "]").getBytes(StandardCharsets.UTF_8))
        .trainingProfile(new byte[SMALL])
        .build();
  }

  /** An ONNX file with weights of so many bytes, which do not compress. */
  static byte[] onnx(String seed, int bytes) {
    byte[] weights = new byte[bytes];
    new Random(seed.hashCode()).nextBytes(weights);
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName(seed)
                .addInput(matrix("features", COLUMNS))
                .addOutput(matrix("probability", 1))
                .addInitializer(
                    TensorProto.newBuilder()
                        .setName("weights")
                        .setDataType(TensorProto.DataType.UINT8_VALUE)
                        .addDims(bytes)
                        .setRawData(ByteString.copyFrom(weights))))
        .build()
        .toByteArray();
  }

  private static ValueInfoProto matrix(String name, int columns) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.DOUBLE_VALUE)
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
                                .addDim(
                                    TensorShapeProto.Dimension.newBuilder().setDimValue(columns)))))
        .build();
  }
}
