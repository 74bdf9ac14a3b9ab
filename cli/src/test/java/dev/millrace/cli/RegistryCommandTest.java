package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry by its commands, in a registry of its own. */
class RegistryCommandTest {
  @TempDir Path directory;
  private Path config;

  @BeforeEach
  void configure() throws IOException {
    config =
        Files.writeString(
            directory.resolve("registry.properties"),
            "catalog.type = jdbc\ncatalog.uri = jdbc:sqlite:"
                + directory.resolve("catalog.db")
                + "\ncatalog.warehouse = file:"
                + directory.resolve("warehouse")
                + "\n");
    for (int seed = 1; seed <= 2; seed++) {
      Path file = Files.write(directory.resolve("m" + seed + ".onnx"), onnx("seed " + seed));
      assertThat(
              ok(
                  "register",
                  "late_flight",
                  file.toString(),
                  "--metric",
                  "test.auc=0.7" + seed,
                  "--by",
                  "ann"))
          .isEqualTo("late_flight@" + seed + " is registered.\n");
    }
  }

  @Test
  void movesAnAliasByItsPolicyAndBack() {
    assertThat(ok("policy", "late_flight@champion"))
        .isEqualTo("late_flight@champion asks for nothing.\n");
    assertThat(
            ok(
                "policy",
                "late_flight@champion",
                "test.auc>=0.705",
                "approved-by-1",
                "--reason",
                "rules"))
        .isEqualTo(
            "late_flight@champion asks for: test auc >= 0.705; approved by 1 other person\n");
    assertThat(fails("promote", "late_flight@1", "champion", "--reason", "first", "--by", "ann"))
        .contains("'approved by 1 other person' (nobody else approved)");
    ok("approve", "late_flight@1", "--reason", "fine", "--by", "bob");
    ok("approve", "late_flight@2", "--reason", "fine", "--by", "bob");
    assertThat(ok("promote", "late_flight@1", "champion", "--reason", "first", "--by", "ann"))
        .isEqualTo("late_flight@champion points to version 1.\n");
    assertThat(fails("promote", "late_flight@2", "champion", "--reason", "next", "--by", "ann"))
        .contains("it points to version 1 (by ann at ", "it was expected not to exist");
    assertThat(
            ok(
                "promote",
                "late_flight@2",
                "champion",
                "--expect",
                "1",
                "--reason",
                "next",
                "--by",
                "ann"))
        .isEqualTo("late_flight@champion points to version 2; before, to 1.\n");
    assertThat(ok("rollback", "late_flight@champion", "--reason", "worse"))
        .isEqualTo("late_flight@champion points to version 1; before, to 2.\n");
    assertThat(ok("archive", "late_flight@2", "--reason", "worse"))
        .isEqualTo("late_flight@2 is archived.\n");
    assertThat(ok("list"))
        .contains("late_flight@1", "champion", "late_flight@2", "archived", "0.7100");
    assertThat(ok("history", "late_flight"))
        .contains("promotion", "rollback", "stage archived", "policy [test auc >= 0.705");
  }

  @Test
  void showsComparesAndProves() {
    assertThat(ok("show", "late_flight@1"))
        .contains("metric test auc", "0.71", "features tensor(double)[-1, 2]", "ann");
    assertThat(ok("diff", "late_flight@1", "late_flight@2"))
        .contains("metric test auc", "artifact")
        .doesNotContain("author");
    assertThat(ok("fsck")).matches("2 versions with [0-9]+ bytes, 0 events: all whole\\.\n");
    assertThat(ok("gc")).contains("0 contents and 0 files that nothing referred to are gone.");
    assertThat(ok("deliver")).isEqualTo("0 events are sent.\n");
    assertThat(ok("lineage", "model:late_flight@1"))
        .isEqualTo("Nothing is known of what made model:late_flight@1.\n");
    assertThat(ok("impact", "--feature", "origin_delays.avg_delay_1h"))
        .isEqualTo("No model version takes origin_delays.avg_delay_1h.\n");
    assertThat(ok("audit", "--model", "late_flight@1")).contains("late_flight@1");
  }

  @Test
  void exportsAndImports() {
    Path folder = directory.resolve("exported");
    ok("export", "late_flight@1", folder.toString());
    assertThat(folder.resolve("MLmodel")).exists();
    assertThat(ok("import", folder.toString(), "late_flight"))
        .isEqualTo("late_flight@1 holds that content already.\n");
    assertThat(ok("import", folder.toString(), "other")).isEqualTo("other@1 is registered.\n");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    Path text = Files.writeString(directory.resolve("m.txt"), "no model");
    assertThat(fails("register", "late_flight", text.toString()))
        .contains("The artifact of model 'late_flight' is not an ONNX file (8 bytes)");
    assertThat(fails("register", "late flight", directory.resolve("m1.onnx").toString()))
        .contains("Cannot use 'late flight' as a model name");
    assertThat(fails("show", "late_flight@champion"))
        .contains("Cannot resolve alias 'champion' in model 'late_flight'");
    assertThat(fails("policy", "late_flight@champion", "auc>0.5", "--reason", "x"))
        .contains("Cannot read the gate 'auc>0.5'");
    assertThat(fails("verify", "late_flight@1")).isNotBlank();
    assertThat(ok("history", "late_flight")).contains("verification failed");
  }

  private String ok(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(run(out, err, arguments)).as(err.toString()).isZero();
    return out.toString();
  }

  private String fails(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(run(out, err, arguments)).isNotZero();
    return err.toString();
  }

  private int run(StringWriter out, StringWriter err, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "registry";
    all[1] = arguments[0];
    all[2] = "--config";
    all[3] = config.toString();
    System.arraycopy(arguments, 1, all, 4, arguments.length - 1);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
  }

  private static byte[] onnx(String name) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName(name)
                .addInput(matrix("features", 2))
                .addOutput(matrix("probability", 1)))
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
