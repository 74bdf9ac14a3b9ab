package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelCandidateTest {
  private static final String FINGERPRINT = Candidates.of("m", 1).build().contentFingerprint();

  @Test
  void fingerprintIgnoresWhoWhenAndHowWell() {
    ModelCandidate again =
        Candidates.of("m", 1)
            .author("bob")
            .description("other")
            .metrics("test", Map.of("auc", 0.5))
            .environment(Map.of("java", "21"))
            .code("abc", true)
            .verificationRows(new byte[] {1})
            .trainingProfile(new byte[] {2})
            .build();
    assertThat(again.contentFingerprint()).isEqualTo(FINGERPRINT).hasSize(64);
  }

  @Test
  void fingerprintTellsApartWhatDeterminesTheModel() {
    Stream<ModelCandidateBuilder> others =
        Stream.of(
            Candidates.of("n", 1),
            Candidates.of("m", 1).input("more", "double"),
            Candidates.of("m", 1).output("more", "double"),
            Candidates.of("m", 1).flavour("pmml"),
            Candidates.of("m", 1).parameters(Map.of("eta", "0.1")),
            Candidates.of("m", 1).trainingData(TrainingData.of("t", "1")),
            Candidates.of("m", 1).trainingData(TrainingData.of("t1", "")),
            Candidates.of("m", 1).definition(new DefinitionReference("label", "t", "1")),
            Candidates.of("m", 1).artifact(new byte[] {1}));
    assertThat(others.map(o -> o.build().contentFingerprint()))
        .doesNotContain(FINGERPRINT)
        .doesNotHaveDuplicates();
  }

  @Test
  void refusesWhatIsWrongAlone() {
    assertThatThrownBy(() -> Candidates.of("late@1", 1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot use 'late@1' as a model name: ");
    assertThatThrownBy(() -> Candidates.of("m", 1).artifact(new byte[0]).build())
        .hasMessage("The artifact of model 'm' is empty.");
    assertThatThrownBy(() -> Candidates.of("m", 1).input("origin", "string").build())
        .hasMessage("A signature names each input once: [avg_delay_1h, origin, origin].");
  }

  @Test
  void keepsItsOwnCopyOfTheBytes() throws Exception {
    byte[] bytes = {1, 2};
    ModelCandidate candidate = Candidates.of("m", 1).artifact(bytes).build();
    bytes[0] = 9;
    assertThat(candidate.artifact()).isEqualTo(Content.of(new byte[] {1, 2}));
    assertThat(candidate.artifact().open().readAllBytes()).containsExactly(1, 2);
  }
}
