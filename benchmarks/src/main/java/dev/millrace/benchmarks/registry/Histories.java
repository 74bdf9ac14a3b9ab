package dev.millrace.benchmarks.registry;

import dev.millrace.registry.AliasChange;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Holds what callers were told against what the registry kept.
 *
 * <p>The registry's own order of versions and of alias moves is the witness: every call must fit
 * into it at a moment between its beginning and its end. A call that was told nothing, since its
 * process was killed, may have happened or not.
 */
final class Histories {
  /** One call; its end is the end of time if it was told nothing. */
  private static final class Call {
    private final String id;
    private final String kind;
    private final String[] asked;
    private final long begin;
    private long end = Long.MAX_VALUE;
    private String[] told = {};

    private Call(String id, String kind, String[] asked, long begin) {
      this.id = id;
      this.kind = kind;
      this.asked = asked;
      this.begin = begin;
    }
  }

  /** A call that happened at a place of the registry's order, at or after {@code begin}. */
  private record Placed(long begin, long end, int least, int most, String what) {}

  private final Map<String, Call> calls = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  /** Adds what a process wrote down. */
  void add(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long time = Long.parseLong(words[0]);
      String id = words[2];
      if (words[1].equals("begin")) {
        String[] asked = java.util.Arrays.copyOfRange(words, 4, words.length);
        calls.put(id, new Call(id, words[3], asked, time));
      } else {
        Call call = Objects.requireNonNull(calls.get(id));
        call.end = time;
        call.told = java.util.Arrays.copyOfRange(words, 3, words.length);
      }
    }
  }

  long acknowledged(String kind) {
    return calls.values().stream()
        .filter(call -> call.kind.equals(kind) && call.told.length > 0)
        .count();
  }

  long untold() {
    return calls.values().stream().filter(call -> call.told.length == 0).count();
  }

  /** What does not fit; empty if all does. */
  List<String> check(Registry registry) {
    checkVersions(registry.versions(RegistryWriter.MODEL));
    List<String> all = checkAlias(registry.aliasHistory(RegistryWriter.MODEL));
    all.addAll(registry.maintenance().prove().faults());
    return all;
  }

  private void checkVersions(List<ModelVersion> versions) {
    Map<String, Integer> bySeed = new HashMap<>();
    int expected = 1;
    for (ModelVersion version : versions) {
      if (version.version() != expected++) {
        faults.add("version " + (expected - 1) + " is missing or there twice");
      }
      String seed = version.details().parameters().get("seed");
      if (bySeed.put(seed, version.version()) != null) {
        faults.add("content " + seed + " has two numbers");
      }
    }
    List<Placed> placed = new ArrayList<>();
    for (Call call : calls.values()) {
      if (!call.kind.equals("register") || call.told.length == 0) {
        continue;
      }
      int told = Integer.parseInt(call.told[1]);
      if (!Integer.valueOf(told).equals(bySeed.get(call.asked[0]))) {
        faults.add(
            "lost: "
                + call.id
                + " was told version "
                + told
                + ", kept is "
                + bySeed.get(call.asked[0]));
      }
      // A shared content may have been registered before this call, at its place then.
      if (call.asked[0].contains(".")) {
        placed.add(new Placed(call.begin, call.end, told, told, call.id));
      }
    }
    inOrder(placed);
  }

  /** What does not fit the moves of the alias. */
  List<String> checkAlias(List<AliasChange> changes) {
    Map<String, Integer> places = new HashMap<>();
    List<String> values = new ArrayList<>(List.of("none"));
    for (AliasChange change : changes) {
      if (!String.valueOf(change.previous() == null ? "none" : change.previous())
          .equals(values.get(values.size() - 1))) {
        faults.add("the alias moved from where it was not: " + change);
      }
      values.add(Integer.toString(change.version()));
      if (places.put(change.reason(), values.size() - 1) != null) {
        faults.add("moved twice: " + change.reason());
      }
    }
    List<Placed> placed = new ArrayList<>();
    for (Call call : calls.values()) {
      if (call.kind.equals("move") && places.containsKey(call.id)) {
        int place = places.get(call.id);
        if (call.told.length > 0 && !call.told[0].equals("moved")) {
          faults.add("told that it did not move, and it did: " + call.id);
        }
        placed.add(new Placed(call.begin, call.end, place, place, call.id));
      } else if (call.told.length > 0 && call.told[0].equals("moved")) {
        faults.add("lost: told that it moved, and it did not: " + call.id);
      }
    }
    inOrder(placed);
    for (Call call : calls.values()) {
      if (call.told.length > 0 && call.told[0].equals("points")) {
        fits(call, values, placed);
      }
    }
    return faults;
  }

  /** What ended before another began comes before it. */
  private void inOrder(List<Placed> placed) {
    List<Placed> byEnd = new ArrayList<>(placed);
    byEnd.sort(Comparator.comparingLong(Placed::end));
    List<Placed> byBegin = new ArrayList<>(placed);
    byBegin.sort(Comparator.comparingLong(Placed::begin));
    int ended = 0;
    int last = 0;
    for (Placed each : byBegin) {
      while (ended < byEnd.size() && byEnd.get(ended).end() < each.begin()) {
        last = Math.max(last, byEnd.get(ended++).least());
      }
      if (each.most() < last) {
        faults.add("out of order: " + each + " comes before one that had ended");
      }
    }
  }

  /** There was a moment within the call at which the alias pointed to what it was told. */
  private void fits(Call call, List<String> values, List<Placed> moves) {
    int least = 0;
    int most = values.size() - 1;
    for (Placed move : moves) {
      if (move.end() < call.begin) {
        least = Math.max(least, move.least());
      } else if (move.begin() > call.end) {
        most = Math.min(most, move.least() - 1);
      }
    }
    for (int place = least; place <= most; place++) {
      if (values.get(place).equals(call.told[1])) {
        return;
      }
    }
    faults.add("no moment fits: " + call.id + " was told " + call.told[1]);
  }
}
