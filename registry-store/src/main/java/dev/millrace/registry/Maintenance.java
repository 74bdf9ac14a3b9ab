package dev.millrace.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Keeps a registry small, and proves it whole. */
public final class Maintenance {
  private final List<Upkeep> tables;
  private final VersionStore versions;
  private final ArtifactStore artifacts;
  private final HistoryStore history;

  Maintenance(
      List<Upkeep> tables, VersionStore versions, ArtifactStore artifacts, HistoryStore history) {
    this.tables = tables;
    this.versions = versions;
    this.artifacts = artifacts;
    this.history = history;
  }

  /**
   * Rewrites the small files of every table into larger ones; commits do so by themselves, by and
   * by.
   *
   * @return how many data files there are fewer, by table
   */
  public Map<String, Long> compact() {
    Map<String, Long> fewer = new HashMap<>();
    for (Upkeep upkeep : tables) {
      fewer.put(upkeep.table().toString(), upkeep.compact(upkeep.table().load(), 2));
    }
    return fewer;
  }

  /**
   * What was taken away.
   *
   * @param contents contents that no version refers to
   * @param files files that no snapshot of a table refers to
   */
  public record Collected(int contents, int files) {}

  /**
   * Takes away what is of no use: snapshots older than {@code age}, contents that no version refers
   * to, and files that no snapshot refers to, such as those of a process that was killed.
   *
   * @param age what is younger is left, as it may belong to a registration under way; an hour or
   *     more
   */
  public Collected collect(Duration age) {
    if (age.compareTo(Duration.ofHours(1)) < 0) {
      throw new IllegalArgumentException(
          "What is younger than an hour may belong to a registration under way; "
              + age
              + " is too short.");
    }
    return collectBefore(Instant.now().minus(age));
  }

  Collected collectBefore(Instant before) {
    int contents = artifacts.retain(referenced(), before);
    int files = 0;
    for (Upkeep upkeep : tables) {
      Table table = upkeep.table().load();
      Upkeep.expire(table, before.toEpochMilli());
      files += new OrphanFiles(upkeep.table().load()).delete(before);
    }
    return new Collected(contents, files);
  }

  private Set<String> referenced() {
    Set<String> ids = new HashSet<>();
    for (ModelVersion version : versions.versions()) {
      contents(version).forEach(stored -> ids.add(stored.id()));
    }
    return ids;
  }

  private static Stream<Stored> contents(ModelVersion version) {
    return Stream.of(version.artifact(), version.verificationRows(), version.trainingProfile());
  }

  /**
   * What was looked at, and what is wrong.
   *
   * @param versions how many versions were read, bytes and all
   * @param bytes how many bytes that was
   * @param events how many events of their history
   * @param pending versions whose bytes are not complete, which is no fault
   * @param faults what is wrong, one sentence each; empty if the registry is whole
   */
  public record Proof(
      int versions, long bytes, int events, List<String> pending, List<String> faults) {}

  /**
   * Reads every version with its bytes and every event, and tells what does not fit: a number that
   * is missing or twice, bytes that are not the registered ones, an event of a version that is not
   * there, an alias that moved from where it was not.
   */
  public Proof prove() {
    List<String> faults = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    Map<String, List<ModelVersion>> models = new HashMap<>();
    List<ModelVersion> all = versions.versions();
    all.forEach(each -> models.computeIfAbsent(each.name(), any -> new ArrayList<>()).add(each));
    models.forEach((model, held) -> numbers(model, held, faults));
    Map<String, Digest> kept = artifacts.digests();
    long bytes = 0;
    for (ModelVersion version : all) {
      if (version.state() == VersionState.PENDING) {
        pending.add(version.reference());
      } else {
        bytes += bytes(version, kept, faults);
      }
    }
    List<HistoryEvent> events = history.since(0);
    events(events, models, faults);
    return new Proof(all.size(), bytes, events.size(), pending, faults);
  }

  private static void numbers(String model, List<ModelVersion> held, List<String> faults) {
    Set<String> fingerprints = new HashSet<>();
    int expected = 1;
    for (ModelVersion version : held) {
      if (version.version() != expected) {
        faults.add(
            "Version "
                + (version.version() < expected ? version.version() : expected)
                + " of model '"
                + model
                + "' is "
                + (version.version() < expected ? "there twice." : "missing."));
        expected = version.version();
      }
      expected++;
      if (!fingerprints.add(version.contentFingerprint())) {
        faults.add("The content of " + version.reference() + " has more than one number.");
      }
    }
  }

  private long bytes(ModelVersion version, Map<String, Digest> kept, List<String> faults) {
    Map<String, Stored> contents =
        Map.of(
            "artifact", version.artifact(),
            "verification rows", version.verificationRows(),
            "training profile", version.trainingProfile());
    contents.forEach(
        (what, stored) -> {
          if (!stored.digest().equals(kept.get(stored.id()))) {
            try {
              artifacts.read(stored, what + " of " + version.reference(), part -> {});
            } catch (RegistryException e) {
              faults.add(String.valueOf(e.getMessage()));
            }
          }
        });
    return contents(version).mapToLong(stored -> stored.digest().size()).sum();
  }

  private static void events(
      List<HistoryEvent> events, Map<String, List<ModelVersion>> models, List<String> faults) {
    Map<String, @Nullable Integer> pointing = new HashMap<>();
    Set<Long> places = new HashSet<>();
    for (HistoryEvent event : events) {
      if (!places.add(event.sequence())) {
        faults.add("Place " + event.sequence() + " of the history is taken twice.");
      }
      @Nullable Integer version = event.version();
      if (version != null && version > models.getOrDefault(event.model(), List.of()).size()) {
        faults.add(
            "The history has a "
                + HistoryRow.lower(event.kind())
                + " of "
                + event.model()
                + "@"
                + version
                + ", which is not there.");
      }
      if (event.kind().movesAlias()) {
        String alias = event.model() + "@" + event.alias();
        if (!java.util.Objects.equals(pointing.get(alias), event.previous())) {
          faults.add(
              "Alias "
                  + alias
                  + " moved from version "
                  + event.previous()
                  + " at "
                  + event.at()
                  + ", and it pointed to "
                  + pointing.get(alias)
                  + ".");
        }
        pointing.put(alias, version);
      }
    }
  }
}
