package dev.millrace.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.data.Record;

/** The numbers that are taken, by model and content. */
final class VersionIndex implements TableState {
  private static final List<String> COLUMNS =
      List.of("sequence", "name", "version", "state", "content_fingerprint");

  /** A version's number and how far it is. */
  record Known(int version, VersionState state) {}

  private final Map<String, Map<String, Known>> models = new HashMap<>();
  private long sequence;

  @Override
  public List<String> columns() {
    return COLUMNS;
  }

  @Override
  public void add(Record row) {
    models
        .computeIfAbsent(Rows.text(row, "name"), any -> new HashMap<>())
        .put(
            Rows.text(row, "content_fingerprint"),
            new Known(Rows.integer(row, "version"), VersionState.of(Rows.text(row, "state"))));
    sequence = Math.max(sequence, Rows.number(row, "sequence"));
  }

  @Override
  public void remove(Record row) {
    Map<String, Known> model = models.get(Rows.text(row, "name"));
    if (model != null) {
      model.remove(Rows.text(row, "content_fingerprint"));
    }
    sequence = Rows.number(row, "sequence") - 1;
  }

  @Override
  public void clear() {
    models.clear();
    sequence = 0;
  }

  Optional<Known> find(String model, String fingerprint) {
    return Optional.ofNullable(models.getOrDefault(model, Map.of()).get(fingerprint));
  }

  /** Versions of a model are numbered from 1 without gaps, and none is ever taken away. */
  int next(String model) {
    return models.getOrDefault(model, Map.of()).size() + 1;
  }

  long nextSequence() {
    return sequence + 1;
  }
}
