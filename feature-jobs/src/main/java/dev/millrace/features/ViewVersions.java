package dev.millrace.features;

import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import java.util.Optional;

/** The versions of one view that a reader has, and which of them it reads. */
final class ViewVersions {
  private final String name;
  private final List<ViewVersion> versions;

  /** Only for when the store cannot say. */
  private volatile ViewVersion last;

  /**
   * The versions.
   *
   * @param versions one or more, of which the first is read where the store has chosen none
   */
  ViewVersions(String name, List<ViewVersion> versions) {
    this.name = name;
    this.versions = List.copyOf(versions);
    this.last = versions.get(0);
  }

  String name() {
    return name;
  }

  List<ViewVersion> all() {
    return versions;
  }

  /** Whether the store is asked; a reader of one version reads that. */
  boolean areSeveral() {
    return versions.size() > 1;
  }

  /** The place of the version that the store has chosen. */
  int place(Optional<String> chosen) {
    int place = chosen.isEmpty() ? 0 : find(chosen.get());
    last = versions.get(place);
    return place;
  }

  private int find(String chosen) {
    for (int i = 0; i < versions.size(); i++) {
      if (versions.get(i).version().equals(chosen)) {
        return i;
      }
    }
    throw MillraceException.because(
        "Cannot read version '" + chosen + "' of feature view '" + name + "'",
        "the store has chosen it, and this reader has "
            + versions.stream().map(ViewVersion::version).toList(),
        "Give the reader that version of the view too, or choose one that it has");
  }

  /** The version that was read last, or the first. */
  ViewVersion last() {
    return last;
  }
}
