package dev.millrace.features;

import dev.millrace.features.RequestFeatures.NamedText;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Gathers what a {@link FeatureReader} reads, in any order. */
public final class FeatureReaderBuilder {
  private final Sink.OnlineAddress address;
  private final List<FeatureView> views = new ArrayList<>();
  private final List<Column> requestColumns = new ArrayList<>();
  private final List<NamedText> requestFeatures = new ArrayList<>();
  private final Problems problems = new Problems("a feature reader");
  private @Nullable Duration timeout;
  private @Nullable Map<String, @Nullable Object> defaults;
  private InstantSource clock = InstantSource.system();

  FeatureReaderBuilder(Sink.OnlineAddress address) {
    this.address = address;
  }

  /**
   * Views to read, in the order of their values. Of views of one name and other meaning, that
   * version is read which the store has chosen, and the first given where it has chosen none.
   */
  public FeatureReaderBuilder views(FeatureView... more) {
    return views(List.of(more));
  }

  /** Like {@link #views(FeatureView...)}. */
  public FeatureReaderBuilder views(List<FeatureView> more) {
    views.addAll(more);
    return this;
  }

  /**
   * How long an answer of the store may take, half a second unless given. A read is tried {@code
   * retries + 1} times, twice unless the address says otherwise.
   */
  public FeatureReaderBuilder timeout(Duration ofAnAnswer) {
    timeout = ofAnAnswer;
    return this;
  }

  /** A value that comes with each request, for expressions. */
  public FeatureReaderBuilder requestColumn(String name, DataType type) {
    requestColumns.add(new Column(name, type));
    return this;
  }

  /**
   * A feature computed when it is asked for.
   *
   * @param expression of Spark SQL, over the request columns and the features {@code
   *     <view>__<value>}; of a view with several versions, those that all have
   */
  public FeatureReaderBuilder requestFeature(String name, String expression) {
    requestFeatures.add(new NamedText(name, expression));
    return this;
  }

  /**
   * Values to answer with where the store does not answer in time, and for an entity that it has in
   * a form of another release, one for each {@code <view>__<value>}; null is one. Without them that
   * is an error, of a whole read.
   */
  public FeatureReaderBuilder defaults(Map<String, ? extends @Nullable Object> values) {
    defaults = new LinkedHashMap<>(values);
    return this;
  }

  /** What the time is, for tests. */
  FeatureReaderBuilder clock(InstantSource source) {
    clock = source;
    return this;
  }

  /**
   * The reader, connected. With defaults it is made though no server answers.
   *
   * @throws dev.millrace.transforms.problem.DefinitionException naming all that does not fit
   * @throws dev.millrace.pipelines.stores.StoreUnavailableException where no server answers and
   *     there are no defaults
   */
  public FeatureReader connect() {
    Map<String, List<ViewVersion>> byName = new LinkedHashMap<>();
    for (FeatureView view : views) {
      if (view.online().isEmpty()) {
        problems.add(
            "Feature view '" + view.name() + "' is not online",
            "the store holds nothing of it",
            "Declare it online(...), or leave it out");
      } else {
        add(ViewVersion.of(view), byName.computeIfAbsent(view.name(), n -> new ArrayList<>()));
      }
    }
    if (views.isEmpty()) {
      problems.add("A feature reader has no view", "there is nothing to read", "Give it one");
    }
    RequestFeatures computed =
        RequestFeatures.of(requestColumns, common(byName), requestFeatures, problems);
    @Nullable Map<String, @Nullable Object> declared =
        defaults == null ? null : checked(defaults, byName);
    @Nullable RedisSettings settings = problems.collect(this::settings).orElse(null);
    problems.throwIfAny();
    if (settings == null) {
      throw new IllegalStateException("settings that are wrong are a problem");
    }
    OnlineStore store = declared == null ? OnlineStore.connect(settings) : OnlineStore.at(settings);
    List<ViewVersions> read = new ArrayList<>();
    byName.forEach((name, versions) -> read.add(new ViewVersions(name, versions)));
    return new FeatureReader(
        address, store, settings.connections(), read, computed, declared, clock);
  }

  private void add(ViewVersion version, List<ViewVersion> to) {
    if (to.stream().anyMatch(each -> each.version().equals(version.version()))) {
      problems.add(
          "Feature view '" + version.view().name() + "' is given twice",
          "both are version '" + version.version() + "'",
          "Leave one out");
      return;
    }
    to.add(version);
  }

  /** The values that all versions of a view have, of one type. */
  private static List<Column> common(Map<String, List<ViewVersion>> byName) {
    List<Column> common = new ArrayList<>();
    for (List<ViewVersion> versions : byName.values()) {
      versions.stream()
          .flatMap(version -> version.values().stream())
          .distinct()
          .filter(column -> versions.stream().allMatch(each -> each.values().contains(column)))
          .forEach(common::add);
    }
    return common;
  }

  private Map<String, @Nullable Object> checked(
      Map<String, @Nullable Object> given, Map<String, List<ViewVersion>> byName) {
    Map<String, Column> wanted = new LinkedHashMap<>();
    byName.values().stream()
        .flatMap(List::stream)
        .flatMap(version -> version.values().stream())
        .forEach(column -> wanted.put(column.name(), column));
    Map<String, @Nullable Object> declared = new HashMap<>();
    given.forEach(
        (name, value) -> {
          Column column = wanted.get(name);
          if (column == null) {
            problems.add(
                Problem.unknown(
                    "value", name, "the defaults of a feature reader", wanted.keySet()));
            return;
          }
          try {
            declared.put(
                name,
                PlainValues.fromCatalyst(
                    column.type(), PlainValues.toCatalyst(column.type(), value)));
          } catch (MillraceException unfit) {
            problems.add(new Problem("Default of '" + name + "': " + unfit.getMessage(), "", ""));
          }
        });
    Set<String> missing = new TreeSet<>(wanted.keySet());
    missing.removeAll(given.keySet());
    if (!missing.isEmpty()) {
      problems.add(
          "The defaults of a feature reader lack " + missing,
          "where the store does not answer, these would have no value",
          "Declare each, or none to have an error then");
    }
    return declared;
  }

  private RedisSettings settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    if (timeout != null) {
      settings.put("timeout.ms", Long.toString(timeout.toMillis()));
    }
    settings.putAll(address.settings());
    return RedisSettings.of(
        address.host(),
        address.port(),
        settings,
        RedisSettings.ofReader(address.host(), address.port()));
  }
}
