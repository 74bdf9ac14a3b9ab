package dev.millrace.transforms.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private static final Problem FIRST = new Problem("Window 'w' is empty", "it has no length", "");

  @Test
  void aMessageSaysWhatThenWhyThenWhatToDo() {
    assertThat(new Problem("What", "why", "Do this").message()).isEqualTo("What: why. Do this.");
    assertThat(new Problem("What", "why", "").message()).isEqualTo("What: why.");
    assertThat(new Problem("What", "", "Do this").message()).isEqualTo("What. Do this.");
    assertThat(new Problem("What", "", "").message()).isEqualTo("What.");
  }

  @Test
  void aSentenceThatEndsIsNotEndedAgain() {
    assertThat(new Problem("What!", "", "Did you mean 'a'?").message())
        .isEqualTo("What! Did you mean 'a'?");
    assertThat(new Problem("What", "why.", "Do this.").message()).isEqualTo("What: why. Do this.");
  }

  @Test
  void anUnknownNameIsToldWithItsNeighbour() {
    List<String> known = List.of("customer_id", "amount");
    assertThat(Problem.unknown("column", "amout", "feature view 'spend'", known).message())
        .isEqualTo(
            "Cannot resolve column 'amout' in feature view 'spend': "
                + "known are [customer_id, amount]. Did you mean 'amount'?");
    assertThat(Problem.unknown("column", "price", "feature view 'spend'", known).message())
        .isEqualTo(
            "Cannot resolve column 'price' in feature view 'spend': "
                + "known are [customer_id, amount].");
  }

  @Test
  void aProblemSaysWhatIsWrong() {
    assertThatThrownBy(() -> new Problem(" ", "why", "remedy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a problem says what is wrong");
  }

  @Test
  void nothingFoundIsNothingThrown() {
    Problems problems = new Problems("feature view 'spend'");
    assertThat(problems.isEmpty()).isTrue();
    assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
    assertThat(problems.definition()).isEqualTo("feature view 'spend'");
  }

  @Test
  void oneProblemIsItsMessage() {
    Problems problems = new Problems("feature view 'spend'");
    problems.add(FIRST);
    assertThat(problems.isEmpty()).isFalse();
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOf(DefinitionException.class)
        .hasMessage("Window 'w' is empty: it has no length.");
  }

  @Test
  void allProblemsAreToldAtOnceInTheirOrder() {
    Problems problems = new Problems("feature view 'spend'");
    problems.add(FIRST);
    problems.add("Feature 'a' is named twice", "", "Rename one");
    assertThatThrownBy(problems::throwIfAny)
        .hasMessage(
            """
            2 problems in feature view 'spend':
              - Window 'w' is empty: it has no length.
              - Feature 'a' is named twice. Rename one.""")
        .asInstanceOf(type(DefinitionException.class))
        .extracting(DefinitionException::problems)
        .isEqualTo(List.of(FIRST, new Problem("Feature 'a' is named twice", "", "Rename one")));
  }

  @Test
  void aDefinitionExceptionHasAReason() {
    assertThatThrownBy(() -> new DefinitionException("feature view 'spend'", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition exception carries at least one problem");
  }

  @Test
  void aMillraceExceptionReadsAsItsProblem() {
    assertThat(MillraceException.because("Redis is down", "no route", "Start it"))
        .hasMessage("Redis is down: no route. Start it.");
    IllegalStateException cause = new IllegalStateException("cause");
    assertThat(new MillraceException(FIRST, cause)).hasCause(cause);
  }
}
