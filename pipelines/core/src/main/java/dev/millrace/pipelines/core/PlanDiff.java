package dev.millrace.pipelines.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What differs between two plans, and which features of the later one must be computed anew. A
 * feature that is new or has another window or aggregation is computed alone; where its rows, keys
 * or event time differ, every feature of theirs is.
 *
 * @param recompute the features' names
 */
public record PlanDiff(List<Change> changes, Set<String> recompute) {
  public PlanDiff {
    changes = List.copyOf(changes);
  }

  public static PlanDiff between(Node before, Node after) {
    if (PlanPrinter.canonical(before).equals(PlanPrinter.canonical(after))) {
      return new PlanDiff(List.of(), Set.of());
    }
    PlanParts old = PlanParts.of(before);
    PlanParts now = PlanParts.of(after);
    List<Change> changes = new ArrayList<>();
    Set<String> subjects = new LinkedHashSet<>(now.parts().keySet());
    subjects.addAll(old.parts().keySet());
    Set<String> recompute = new TreeSet<>();
    for (String subject : subjects) {
      String was = old.parts().getOrDefault(subject, "");
      String is = now.parts().getOrDefault(subject, "");
      if (was.equals(is)) {
        continue;
      }
      changes.add(new Change(subject, was, is));
      String feature = now.features().get(subject);
      if (feature != null) {
        recompute.add(feature);
      } else if (!old.features().containsKey(subject)) {
        String owner = now.parts().containsKey(subject) ? now.owner(subject) : old.owner(subject);
        recompute.addAll(now.featuresOf(owner));
      }
    }
    now.order()
        .forEach(
            (owner, order) ->
                moved(old.order().getOrDefault(owner, List.of()), order)
                    .ifPresent(
                        change -> {
                          changes.add(change);
                          recompute.addAll(now.featuresOf(owner));
                        }));
    return new PlanDiff(changes, recompute);
  }

  /** The first two that both have, and not in the same order. */
  private static Optional<Change> moved(List<String> before, List<String> after) {
    List<String> was = new ArrayList<>(before);
    List<String> is = new ArrayList<>(after);
    was.retainAll(new HashSet<>(after));
    is.retainAll(new HashSet<>(before));
    return IntStream.range(0, is.size())
        .filter(i -> !was.get(i).equals(is.get(i)))
        .mapToObj(
            i ->
                new Change(
                    "order",
                    was.get(i) + " above " + is.get(i),
                    is.get(i) + " above " + was.get(i)))
        .findFirst();
  }

  /** Whether the plans mean the same, and have one fingerprint. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** A line for each change, and one that says what must be computed anew. */
  @Override
  public String toString() {
    if (isEmpty()) {
      return "nothing changed";
    }
    StringBuilder text = new StringBuilder();
    changes.forEach(change -> text.append(change).append('\n'));
    return text.append("recompute: ")
        .append(recompute.isEmpty() ? "nothing" : String.join(", ", recompute))
        .toString();
  }
}
