package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureCheckTest {
  @Test
  void aModelThatNamesNoColumnsTakesThoseOfItsGraph() {
    Signature signature =
        SignatureCheck.complete(ModelCandidate.named("m").artifact(Onnx.matrix(12, "")).build())
            .details()
            .signature();
    assertThat(signature.inputs())
        .containsExactly(new SignatureField("features", "tensor(double)"));
    assertThat(signature.inputTensors())
        .extracting(Tensor::toString)
        .containsExactly("features tensor(double)[-1, 12]");
    assertThat(signature.outputTensors())
        .extracting(Tensor::toString)
        .containsExactly("probability tensor(float)[-1, 1]");
  }

  @Test
  void oneMatrixTakesTheColumnsInTheOrderItSays() {
    ModelCandidateBuilder candidate =
        ModelCandidate.named("m").input("a", "double").input("b", "bigint").output("p", "double");
    SignatureCheck.complete(candidate.artifact(Onnx.matrix(2, "[\"a\",\"b\"]")).build());
    SignatureCheck.complete(candidate.artifact(Onnx.matrix(2, "")).build());

    assertUnfit(
        candidate.artifact(Onnx.matrix(3, "")),
        "the graph's input features tensor(double)[-1, 3] takes 3 columns, the training set has 2:"
            + " [a, b]");
    assertUnfit(
        candidate.artifact(Onnx.matrix(2, "[\"b\",\"a\"]")),
        "the graph takes its columns in the order [\"b\",\"a\"], the training set has [\"a\",\"b\"]");
    assertUnfit(
        candidate.output("q", "double").artifact(Onnx.matrix(2, "")),
        "the signature has the outputs [p, q], the graph gives [probability tensor(float)[-1, 1]]");
  }

  @Test
  void textIsNoNumber() {
    assertUnfit(
        ModelCandidate.named("m")
            .input("a", "double")
            .input("b", "string")
            .artifact(Onnx.matrix(2, "")),
        "column 'b' is string, and the graph takes features tensor(double)[-1, 2]");
    assertUnfit(
        ModelCandidate.named("m")
            .input("avg_delay_1h", "double")
            .input("origin", "bigint")
            .artifact(Onnx.lateFlight(1)),
        "column 'origin' is bigint, and the graph takes origin tensor(string)[-1, 1]");
  }

  @Test
  void tensorsAndColumnsHaveTheSameNames() {
    assertUnfit(
        ModelCandidate.named("m")
            .input("avg_delay_1h", "double")
            .input("destination", "string")
            .artifact(Onnx.lateFlight(1)),
        "the graph takes [avg_delay_1h, origin], the training set has [avg_delay_1h, destination]");
  }

  @Test
  void whatIsNoOnnxFileIsRefused() {
    for (byte[] bytes :
        List.of(
            Candidates.bytes("hello, this is no model"),
            new byte[] {1, 2, 3},
            new byte[1000],
            java.util.Arrays.copyOf(Onnx.heavy(1, 5000), 2500))) {
      assertThatThrownBy(
              () -> SignatureCheck.complete(ModelCandidate.named("m").artifact(bytes).build()))
          .isInstanceOf(RegistryException.class)
          .hasMessageStartingWith(
              "The artifact of model 'm' is not an ONNX file (" + bytes.length + " bytes): ");
    }
    assertThatThrownBy(
            () ->
                SignatureCheck.complete(
                    ModelCandidate.named("m").flavour("pmml").artifact(new byte[] {1}).build()))
        .hasMessage(
            "Cannot register model 'm': its signature names no input, and only of an ONNX file can it be"
                + " read. Name each column that it takes and gives.");
  }

  private static void assertUnfit(ModelCandidateBuilder candidate, String why) {
    assertThatThrownBy(() -> SignatureCheck.complete(candidate.build()))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "The ONNX graph of model 'm' does not fit its signature: "
                + why
                + ". Export the model that was fitted to these columns, or name the columns of this"
                + " one.");
  }
}
