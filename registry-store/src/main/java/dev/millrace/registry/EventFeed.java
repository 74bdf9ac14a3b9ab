package dev.millrace.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.jspecify.annotations.Nullable;

/**
 * What happened since a place, and the places that readers have come to. A reader's place is a
 * property of the table {@code models.history}; places only ever go on, but for two processes that
 * send at once, which may send twice.
 */
final class EventFeed {
  /**
   * How far a reader is.
   *
   * @param versions the last place of {@code models.versions}
   * @param history the last place of {@code models.history}
   */
  record Place(long versions, long history) {
    static Place parse(String text) {
      String[] parts = text.split(",", -1);
      return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    Place later(Place other) {
      return new Place(Math.max(versions, other.versions), Math.max(history, other.history));
    }

    @Override
    public String toString() {
      return versions + "," + history;
    }
  }

  /** An event, and where a reader is once it has it. */
  record Placed(RegistryEvent event, Place after) {}

  private static final String PLACE = "millrace.webhook.";
  private static final int TRIES = 20;

  private final VersionStore versions;
  private final HistoryStore history;

  EventFeed(VersionStore versions, HistoryStore history) {
    this.versions = versions;
    this.history = history;
  }

  /** The events after a place: registrations, then what was done. */
  List<Placed> since(Place place) {
    // What was done is read first: a version is there before anything is done to it.
    List<HistoryEvent> done = history.since(place.history());
    List<Placed> events = new ArrayList<>();
    Place at = place;
    for (VersionStore.Numbered each : versions.since(place.versions())) {
      at = new Place(each.sequence(), at.history());
      events.add(new Placed(RegistryEvent.of(each.version()), at));
    }
    for (HistoryEvent each : done) {
      at = new Place(at.versions(), each.sequence());
      @Nullable RegistryEvent event = RegistryEvent.of(each);
      if (event != null) {
        events.add(new Placed(event, at));
      }
    }
    return events;
  }

  /** The place after all that has happened. */
  Place now() {
    List<Placed> all = since(new Place(0, 0));
    return all.isEmpty() ? new Place(0, 0) : all.get(all.size() - 1).after();
  }

  /** Where a reader is; null if it was never here. */
  @Nullable Place place(String reader) {
    String text = history.upkeep().table().load().properties().get(PLACE + reader);
    return text == null ? null : Place.parse(text);
  }

  /** Notes where a reader is, unless it is noted to be further. */
  void note(String reader, Place place) {
    for (int left = TRIES; ; left--) {
      Table table = history.upkeep().table().load();
      String held = table.properties().get(PLACE + reader);
      Place further = held == null ? place : place.later(Place.parse(held));
      if (further.toString().equals(held)) {
        return;
      }
      try {
        table.updateProperties().set(PLACE + reader, further.toString()).commit();
        return;
      } catch (CommitFailedException raced) {
        if (left <= 1) {
          throw raced;
        }
        Committer.pause(20);
      }
    }
  }
}
