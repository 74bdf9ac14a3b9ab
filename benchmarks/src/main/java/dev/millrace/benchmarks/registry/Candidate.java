package dev.millrace.benchmarks.registry;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.millrace.registry.Content;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.TrainingData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import shade.com.google.protobuf.CodedOutputStream;
import shade.com.google.protobuf.WireFormat;

/** A model as a trainer would register it, other content for each seed. */
final class Candidate {
  private static final int COLUMNS = 12;
  private static final int SMALL = 2_000;
  private static final int PART = 1 << 20;
  private static final int HEADERS = 1 << 10;
  private static final int GRAPH = ModelProto.GRAPH_FIELD_NUMBER;
  private static final int INITIALIZER = GraphProto.INITIALIZER_FIELD_NUMBER;
  private static final int RAW_DATA = TensorProto.RAW_DATA_FIELD_NUMBER;

  private Candidate() {}

  /** One of about 2 KB, with its verification rows and profile. */
  static ModelCandidate small(String model, String seed) {
    return of(model, seed, Content.of(onnx(seed, SMALL)));
  }

  static ModelCandidate of(String model, String seed, Content onnx) {
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
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + HEADERS);
    try {
      writeOnnx(out, seed, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The same as a file, of up to almost 2 GiB, a part at a time. */
  static void writeOnnx(Path file, String seed, int bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      writeOnnx(out, seed, bytes);
    }
  }

  /** A message is one's fields one after the other, and one that is a field has its size before. */
  private static void writeOnnx(OutputStream to, String seed, int bytes) throws IOException {
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName("weights")
            .setDataType(TensorProto.DataType.UINT8_VALUE)
            .addDims(bytes)
            .build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName(seed)
            .addInput(matrix("features", COLUMNS))
            .addOutput(matrix("probability", 1))
            .build();
    long tensorSize =
        tensor.getSerializedSize() + CodedOutputStream.computeTagSize(RAW_DATA) + size(bytes);
    long graphSize =
        graph.getSerializedSize()
            + CodedOutputStream.computeTagSize(INITIALIZER)
            + size(Math.toIntExact(tensorSize));
    CodedOutputStream out = CodedOutputStream.newInstance(to);
    ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .build()
        .writeTo(out);
    begin(out, GRAPH, Math.toIntExact(graphSize));
    graph.writeTo(out);
    begin(out, INITIALIZER, Math.toIntExact(tensorSize));
    tensor.writeTo(out);
    begin(out, RAW_DATA, bytes);
    Random random = new Random(seed.hashCode());
    byte[] part = new byte[Math.min(bytes, PART)];
    for (int left = bytes; left > 0; left -= part.length) {
      random.nextBytes(part);
      out.writeRawBytes(part, 0, Math.min(left, part.length));
    }
    out.flush();
  }

  private static void begin(CodedOutputStream out, int field, int size) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(size);
  }

  private static long size(int bytes) {
    return CodedOutputStream.computeUInt32SizeNoTag(bytes) + (long) bytes;
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
