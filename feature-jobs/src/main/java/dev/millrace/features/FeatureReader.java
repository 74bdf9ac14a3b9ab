package dev.millrace.features;

import dev.millrace.features.FeatureVector.Origin;
import dev.millrace.features.FeatureVector.ViewState;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.StoreUnavailableException;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads feature values from the online store: any number of entities and views in one round trip,
 * merged from tiles as of the time asked for by the code that computes them offline.
 *
 * <pre>{@code
 * try (FeatureReader reader = FeatureReader.over(address).views(spend, visits).connect()) {
 *   FeatureVector vector = reader.read(Map.of("customer", "c7"));
 * }
 * }</pre>
 *
 * A request is a map: a value for each key of the views' entities, and one, perhaps null, for each
 * request column. Any number of threads may read.
 */
public final class FeatureReader implements AutoCloseable {
  private final Sink.OnlineAddress address;
  private final OnlineStore store;
  private final LoadedSpaces spaces;
  private final List<ViewVersions> views;
  private final RequestFeatures requestFeatures;
  private final @Nullable Map<String, @Nullable Object> defaults;
  private final InstantSource clock;
  private final AsyncReads async;
  private volatile boolean isClosed;

  /** The views whose versions the store is asked for. */
  private final List<String> asked;

  FeatureReader(
      Sink.OnlineAddress address,
      OnlineStore store,
      int threads,
      List<ViewVersions> views,
      RequestFeatures requestFeatures,
      @Nullable Map<String, @Nullable Object> defaults,
      InstantSource clock) {
    this.address = address;
    this.store = store;
    this.spaces = new LoadedSpaces(store);
    this.views = views;
    this.requestFeatures = requestFeatures;
    this.defaults = defaults;
    this.clock = clock;
    this.async = new AsyncReads(threads);
    this.asked = views.stream().filter(ViewVersions::areSeveral).map(ViewVersions::name).toList();
  }

  /** Begins a reader of a store. */
  public static FeatureReaderBuilder over(Sink.OnlineAddress address) {
    return new FeatureReaderBuilder(address);
  }

  /** Connects; a server that does not answer within the timeout is a clear error. */
  public static FeatureReader connect(
      Sink.OnlineAddress address, Duration timeout, List<FeatureView> views) {
    return over(address).views(views).timeout(timeout).connect();
  }

  /**
   * The values of all events that are stored: as of now, or of the newest event's time where a
   * producer's clock is ahead.
   *
   * @throws StoreUnavailableException where the store does not answer and there are no defaults
   * @throws MillraceException where the store does not hold a view, or has the entity in a form of
   *     another release, and there are no defaults
   */
  public FeatureVector read(Map<String, ?> request) {
    return readAll(List.of(request)).get(0);
  }

  /**
   * The values of the stored events before a time; exact for times from an entity's last load on.
   *
   * @throws MillraceException for an earlier time, or where the store does not hold a view, or has
   *     the entity in a form of another release, and there are no defaults
   * @throws StoreUnavailableException where the store does not answer and there are no defaults
   */
  public FeatureVector read(Map<String, ?> request, Instant time) {
    return readAll(List.of(request), time).get(0);
  }

  /**
   * Like {@link #read(Map)} for each request, in one round trip to each node of the store. With
   * defaults, an entity that cannot be read has those, and the others have their values.
   */
  public List<FeatureVector> readAll(List<? extends Map<String, ?>> requests) {
    return answers(requests, null);
  }

  /** Like {@link #read(Map, Instant)} for each request, in one round trip to each node. */
  public List<FeatureVector> readAll(List<? extends Map<String, ?>> requests, Instant time) {
    return answers(requests, time);
  }

  /** Like {@link #read(Map)}, on a thread of the reader's own. */
  public CompletableFuture<FeatureVector> readAsync(Map<String, ?> request) {
    return async.start(() -> read(request));
  }

  /** Like {@link #read(Map, Instant)}, on a thread of the reader's own. */
  public CompletableFuture<FeatureVector> readAsync(Map<String, ?> request, Instant time) {
    return async.start(() -> read(request, time));
  }

  private List<FeatureVector> answers(
      List<? extends Map<String, ?>> requests, @Nullable Instant time) {
    if (isClosed) {
      throw MillraceException.because(
          "Cannot read features", "the reader is closed", "Read before it is");
    }
    List<OnlineStore.Wanted> wanted = new ArrayList<>();
    for (Map<String, ?> request : requests) {
      check(request);
      for (ViewVersions view : views) {
        for (ViewVersion version : view.all()) {
          wanted.add(version.wanted(request));
        }
      }
    }
    long micros = Micros.of(time == null ? clock.instant() : time);
    try {
      return vectors(requests, store.read(asked, wanted), time == null, micros);
    } catch (StoreUnavailableException gone) {
      if (defaults == null) {
        throw gone;
      }
      return requests.stream().map(request -> defaulted(request, micros)).toList();
    }
  }

  private List<FeatureVector> vectors(
      List<? extends Map<String, ?>> requests,
      OnlineStore.Answer answer,
      boolean now,
      long micros) {
    int[] places = places(answer.versions());
    List<FeatureVector> vectors = new ArrayList<>(requests.size());
    Map<String, Boolean> loaded = new HashMap<>();
    int first = 0;
    for (Map<String, ?> request : requests) {
      List<Found> found = new ArrayList<>(views.size());
      for (int i = 0; i < places.length; i++) {
        found.add(found(answer, first + places[i], views.get(i).all().get(places[i]), loaded));
        first += views.get(i).all().size();
      }
      vectors.add(vector(request, places, found, now, micros));
    }
    return vectors;
  }

  /**
   * What the store has of an entity.
   *
   * @param isReadable if not, the defaults stand for it
   */
  private record Found(Optional<StoredEntity> entity, boolean isReadable) {}

  private Found found(
      OnlineStore.Answer answer, int place, ViewVersion version, Map<String, Boolean> loaded) {
    try {
      Optional<StoredEntity> entity = answer.entity(place);
      if (entity.isEmpty() && !loaded.computeIfAbsent(version.space(), spaces::have)) {
        throw version.isNotLoaded();
      }
      return new Found(entity, true);
    } catch (StoreUnavailableException gone) {
      throw gone;
    } catch (MillraceException unknown) {
      if (defaults == null) {
        throw unknown;
      }
      return new Found(Optional.empty(), false);
    }
  }

  private int[] places(List<Optional<String>> chosen) {
    int[] places = new int[views.size()];
    int next = 0;
    for (int i = 0; i < places.length; i++) {
      ViewVersions view = views.get(i);
      places[i] = view.areSeveral() ? view.place(chosen.get(next++)) : 0;
    }
    return places;
  }

  private FeatureVector vector(
      Map<String, ?> request, int[] places, List<Found> found, boolean now, long from) {
    long time = from;
    if (now) {
      for (Found each : found) {
        long end = each.entity().map(entity -> entity.stamp().end()).orElse(time);
        time = Math.max(time, end);
      }
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, ViewState> states = new LinkedHashMap<>();
    for (int i = 0; i < places.length; i++) {
      ViewVersion version = views.get(i).all().get(places[i]);
      if (found.get(i).isReadable()) {
        version.present(found.get(i).entity(), time, values);
        states.put(views.get(i).name(), version.state(found.get(i).entity()));
      } else {
        putDefaults(version, values, states);
      }
    }
    requestFeatures.present(request, values);
    return new FeatureVector(values, Micros.instant(time), states);
  }

  private FeatureVector defaulted(Map<String, ?> request, long time) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    Map<String, ViewState> states = new LinkedHashMap<>();
    views.forEach(view -> putDefaults(view.last(), values, states));
    requestFeatures.present(request, values);
    return new FeatureVector(values, Micros.instant(time), states);
  }

  private void putDefaults(
      ViewVersion version, Map<String, @Nullable Object> values, Map<String, ViewState> states) {
    Map<String, @Nullable Object> declared = Objects.requireNonNull(defaults);
    version.values().forEach(column -> values.put(column.name(), declared.get(column.name())));
    states.put(
        version.view().name(), new ViewState(Origin.DEFAULTS, version.version(), Optional.empty()));
  }

  private void check(Map<String, ?> request) {
    Problems problems = new Problems("a read");
    for (ViewVersions view : views) {
      for (ViewVersion version : view.all()) {
        checkKeys(version.view().entity(), request, problems);
      }
    }
    for (Column column : requestFeatures.columns()) {
      if (!request.containsKey(column.name())) {
        problems.add(Problem.unknown("request column", column.name(), "a read", request.keySet()));
      }
    }
    problems.throwIfAny();
    requestFeatures.check(request);
  }

  private static void checkKeys(Entity entity, Map<String, ?> request, Problems problems) {
    for (Column key : entity.keys()) {
      if (request.get(key.name()) == null) {
        problems.add(
            request.containsKey(key.name())
                ? new Problem(
                    "Key '" + key.name() + "' in a read of entity '" + entity.name() + "' is null",
                    "it names no entity",
                    "Give a value")
                : Problem.unknown(
                    "key",
                    key.name(),
                    "a read of entity '" + entity.name() + "'",
                    request.keySet()));
      }
    }
  }

  /**
   * The values of one of the reader's views, whichever version the store has chosen, of several
   * entities at a time; nothing of one that has events from then on.
   */
  List<Optional<Map<String, @Nullable Object>>> readUnmoved(
      FeatureView view, List<? extends Map<String, ?>> entities, Instant time) {
    ViewVersion version = version(view);
    long micros = Micros.of(time);
    List<Optional<Map<String, @Nullable Object>>> read = new ArrayList<>();
    for (Optional<StoredEntity> stored :
        store.read(entities.stream().map(version::wanted).toList())) {
      if (stored.filter(entity -> entity.stamp().end() > micros).isPresent()) {
        read.add(Optional.empty());
        continue;
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      version.present(stored, micros, values);
      read.add(Optional.of(values));
    }
    return read;
  }

  /** Where it reads. */
  Sink.OnlineAddress address() {
    return address;
  }

  private ViewVersion version(FeatureView view) {
    return views.stream()
        .flatMap(each -> each.all().stream())
        .filter(each -> each.view().equals(view))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Fails the reads that still wait for a thread, awaits those that one has begun, and closes the
   * connections. From a thread of the reader's own it awaits none: reads may fail then that others
   * have begun.
   */
  @Override
  public void close() {
    async.close();
    isClosed = true;
    store.close();
  }
}
