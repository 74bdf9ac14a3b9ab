package dev.millrace.features;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of one read.
 *
 * @param values by {@code <view>__<value>}, in the order of the views, then the request's features;
 *     null where a value is of no events
 * @param time the values are of the stored events before it
 * @param views where the values of each view are from, by its name
 */
public record FeatureVector(
    Map<String, @Nullable Object> values, Instant time, Map<String, ViewState> views) {
  public FeatureVector {
    values = Collections.unmodifiableMap(values);
    views = Collections.unmodifiableMap(views);
  }

  /** Where the values of a view are from; the reader has it. */
  public ViewState view(String name) {
    ViewState found = views.get(name);
    if (found == null) {
      throw new MillraceException(
          Problem.unknown("feature view", name, "a feature vector", views.keySet()));
    }
    return found;
  }

  /** Where values are from. */
  public enum Origin {
    /** The store holds the entity. */
    FOUND,
    /** The store holds the view without it: the values are of no events, null, and 0 for counts. */
    NO_ENTITY,
    /**
     * The store did not answer, does not hold the view, or has the entity in a form of another
     * release, and the values are the declared defaults.
     */
    DEFAULTS
  }

  /**
   * Where the values of a view are from.
   *
   * @param version of the view that was read, or would have been
   * @param upTo the time before which all events are in them; known where the entity was found
   */
  public record ViewState(Origin origin, String version, Optional<Instant> upTo) {}
}
