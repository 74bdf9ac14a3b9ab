package dev.millrace.features;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Micros;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The versions of a view that stand side by side in an online store, and the switch between them: a
 * {@link FeatureReader} that was given several takes the one that the store has chosen.
 *
 * @param view its name
 */
public record OnlineVersions(String view, Sink.OnlineAddress online) {
  /**
   * A version that has been loaded.
   *
   * @param end events before it are in
   * @param isChosen whether readers of several versions take this one
   */
  public record Loaded(String version, Instant end, boolean isChosen) {}

  /** Those that have been loaded, by version. */
  public List<Loaded> loaded() {
    try (OnlineStore store = store()) {
      Optional<String> chosen = store.current(view);
      return store.versions(view).entrySet().stream()
          .map(
              each ->
                  new Loaded(
                      each.getKey(),
                      Micros.instant(each.getValue().end()),
                      chosen.filter(each.getKey()::equals).isPresent()))
          .toList();
    }
  }

  /** The version that readers of several take, whether it is there or not; none by default. */
  public Optional<String> chosen() {
    try (OnlineStore store = store()) {
      return store.current(view);
    }
  }

  /**
   * Has all readers take a version from one moment on; each read is of one version.
   *
   * @return the one that was chosen until then
   * @throws MillraceException where that version has not been loaded
   */
  public Optional<String> switchTo(String version) {
    try (OnlineStore store = store()) {
      SortedMap<String, Stamp> there = store.versions(view);
      if (there.isEmpty()) {
        throw MillraceException.because(
            "Cannot switch feature view '" + view + "' to version '" + version + "'",
            "the online store at " + online + " holds nothing of the view",
            "Load it first");
      }
      if (!there.containsKey(version)) {
        throw new MillraceException(
            Problem.unknown(
                "version",
                version,
                "the online store at " + online + " for feature view '" + view + "'",
                there.keySet()));
      }
      Optional<String> before = store.current(view);
      store.choose(view, version);
      return before;
    }
  }

  private OnlineStore store() {
    return OnlineStore.connect(
        RedisSettings.of(
            online.host(),
            online.port(),
            online.settings(),
            RedisSettings.ofJob(online.host(), online.port())));
  }
}
