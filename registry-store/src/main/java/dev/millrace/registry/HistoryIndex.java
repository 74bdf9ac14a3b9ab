package dev.millrace.registry;

import dev.millrace.registry.HistoryEvent.Kind;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/** All that was done to models, by model, in order. */
final class HistoryIndex implements TableState {
  private final Map<String, List<HistoryEvent>> models = new HashMap<>();
  private long sequence;

  /** The history of one model. */
  static HistoryIndex of(List<HistoryEvent> events) {
    HistoryIndex index = new HistoryIndex();
    events.forEach(index::add);
    return index;
  }

  @Override
  public List<String> columns() {
    return HistoryRow.COLUMNS;
  }

  @Override
  public void add(Record row) {
    add(HistoryRow.read(row));
  }

  /** Files of other processes may be read in any order; places say what came first. */
  private void add(HistoryEvent event) {
    List<HistoryEvent> events = models.computeIfAbsent(event.model(), any -> new ArrayList<>());
    int place = events.size();
    while (place > 0 && events.get(place - 1).sequence() > event.sequence()) {
      place--;
    }
    events.add(place, event);
    sequence = Math.max(sequence, event.sequence());
  }

  @Override
  public void remove(Record row) {
    List<HistoryEvent> events = models.getOrDefault(Rows.text(row, "model"), new ArrayList<>());
    events.removeIf(event -> event.sequence() == Rows.number(row, "sequence"));
    sequence = Rows.number(row, "sequence") - 1;
  }

  @Override
  public void clear() {
    models.clear();
    sequence = 0;
  }

  long nextSequence() {
    return sequence + 1;
  }

  /** Now, or just after the last that was done to the model if clocks disagree. */
  Instant nextTime(String model, Clock clock) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    List<HistoryEvent> events = events(model);
    if (events.isEmpty()) {
      return now;
    }
    Instant afterLast = events.get(events.size() - 1).at().plus(1, ChronoUnit.MICROS);
    return now.isBefore(afterLast) ? afterLast : now;
  }

  List<HistoryEvent> events(String model) {
    return models.getOrDefault(model, List.of());
  }

  /** The last move of an alias. */
  Optional<HistoryEvent> alias(String model, String alias) {
    return last(model, event -> event.kind().movesAlias() && alias.equals(event.alias()));
  }

  /** The version that the alias pointed to before the current one was promoted. */
  Optional<Integer> before(String model, String alias) {
    List<Integer> pointed = new ArrayList<>();
    for (HistoryEvent event : events(model)) {
      if (!alias.equals(event.alias())) {
        continue;
      }
      if (event.kind() == Kind.ROLLBACK) {
        pointed.remove(pointed.size() - 1);
      } else if (event.kind() == Kind.PROMOTION) {
        pointed.add(Objects.requireNonNull(event.version()));
      }
    }
    return pointed.size() < 2 ? Optional.empty() : Optional.of(pointed.get(pointed.size() - 2));
  }

  /** Where each alias of the model points. */
  Map<String, Integer> aliases(String model) {
    Map<String, Integer> aliases = new java.util.TreeMap<>();
    for (HistoryEvent event : events(model)) {
      if (event.kind().movesAlias()) {
        aliases.put(Objects.requireNonNull(event.alias()), Objects.requireNonNull(event.version()));
      }
    }
    return aliases;
  }

  /** The stage that a version is in; empty if it was never put in one. */
  Optional<String> stage(String model, int version) {
    return Optional.ofNullable(stages(model).get(version));
  }

  /** The stages of those versions of the model that were put in one. */
  Map<Integer, String> stages(String model) {
    Map<Integer, String> stages = new java.util.TreeMap<>();
    for (HistoryEvent event : events(model)) {
      if (event.kind() == Kind.STAGE) {
        stages.put(Objects.requireNonNull(event.version()), Objects.requireNonNull(event.stage()));
      }
    }
    return stages;
  }

  /** What the alias asks for. */
  List<Gate> policy(String model, String alias) {
    return last(model, event -> event.kind() == Kind.POLICY && alias.equals(event.alias()))
        .map(HistoryEvent::gates)
        .orElse(List.of());
  }

  /**
   * Why a version does not pass a gate; empty if it does.
   *
   * @param by who wants to move the alias
   */
  String breach(ModelVersion version, Gate gate, String by) {
    return switch (gate.kind()) {
      case METRIC -> gate.breach(version.details().metrics()).orElse("");
      case VERIFICATION -> {
        Optional<HistoryEvent> last =
            last(
                version.name(),
                event -> event.kind() == Kind.VERIFICATION && is(event, version.version()));
        yield last.isEmpty()
            ? "it was not verified"
            : Boolean.TRUE.equals(last.get().passed())
                ? ""
                : "its verification failed (" + last.get().reason() + ")";
      }
      case APPROVAL -> {
        List<String> others =
            events(version.name()).stream()
                .filter(event -> event.kind() == Kind.APPROVAL && is(event, version.version()))
                .map(HistoryEvent::by)
                .filter(who -> !who.equals(by) && !who.equals(version.details().author()))
                .distinct()
                .toList();
        yield others.size() >= gate.count()
            ? ""
            : others.isEmpty()
                ? "nobody else approved"
                : "only " + String.join(", ", others) + " approved";
      }
    };
  }

  private Optional<HistoryEvent> last(String model, Predicate<HistoryEvent> wanted) {
    List<HistoryEvent> events = events(model);
    for (int i = events.size() - 1; i >= 0; i--) {
      if (wanted.test(events.get(i))) {
        return Optional.of(events.get(i));
      }
    }
    return Optional.empty();
  }

  private static boolean is(HistoryEvent event, int version) {
    @Nullable Integer of = event.version();
    return of != null && of == version;
  }
}
