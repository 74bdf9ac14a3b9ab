package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/**
 * Model versions and their aliases in one Iceberg catalog. Safe for any number of threads and
 * processes; every read sees all that was committed before it began.
 *
 * <pre>{@code
 * try (Registry registry = Registry.open(RegistryConfig.embedded(Path.of("registry")))) {
 *   ModelVersion version = registry.register(candidate).version();
 *   registry.promote("late_flight", "champion", version.version(), null, "first model", "ann");
 *   byte[] onnx = registry.artifact(registry.resolve("late_flight@champion"));
 * }
 * }</pre>
 *
 * <p>Methods throw {@link RegistryException} where the registry cannot answer, and {@link
 * IllegalArgumentException} for a name that no model or alias can have.
 */
public final class Registry implements AutoCloseable {
  private final String name;
  private final Catalog catalog;
  private final VersionStore versions;
  private final AliasStore aliases;

  private Registry(String name, Catalog catalog, Clock clock) {
    this.name = name;
    this.catalog = catalog;
    this.versions = new VersionStore(catalog, clock);
    this.aliases = new AliasStore(catalog, clock);
  }

  /**
   * Opens the registry, and makes its tables if there are none.
   *
   * @throws RegistryException if the catalog cannot be reached or its directory not be written
   */
  public static Registry open(RegistryConfig config) {
    return open(config, Clock.systemUTC());
  }

  static Registry open(RegistryConfig config, Clock clock) {
    Catalog catalog = null;
    try {
      catalog = Catalogs.open(config);
      return new Registry(config.catalog(), catalog, clock);
    } catch (RegistryException e) {
      throw e;
    } catch (RuntimeException e) {
      close(catalog);
      throw new RegistryException(
          new Problem(
              "Cannot open registry '" + config.catalog() + "'",
              String.valueOf(e.getMessage()),
              "Check that the catalog can be reached, and its properties "
                  + config.catalogProperties().keySet()),
          e);
    }
  }

  /**
   * Adds the candidate as the next version of its model, bytes and description in one commit. If a
   * version with the same {@link ModelCandidate#contentFingerprint} exists, that one is returned
   * and nothing is written: doing the same again is harmless.
   */
  public Registration register(ModelCandidate candidate) {
    return versions.register(candidate);
  }

  /** Names of all models, in order; empty if there are none. */
  public List<String> models() {
    return versions.models();
  }

  /** All versions of a model, oldest first; empty if there is no such model. */
  public List<ModelVersion> versions(String model) {
    return versions.versions(model);
  }

  /**
   * The version that {@code late_flight@12} or {@code late_flight@champion} means now.
   *
   * @throws RegistryException if there is no such model, version or alias; with the known ones and
   *     a near name
   */
  public ModelVersion resolve(String reference) {
    ModelReference parsed = ModelReference.parse(reference);
    if (parsed.isVersion()) {
      return require(parsed.model(), parsed.version());
    }
    Optional<Integer> version = alias(parsed.model(), parsed.selector());
    if (version.isPresent()) {
      return require(parsed.model(), version.get());
    }
    requireModel(parsed.model());
    List<String> known =
        aliasHistory(parsed.model()).stream().map(AliasChange::alias).distinct().sorted().toList();
    throw new RegistryException(
        Problem.unknown("alias", parsed.selector(), "model '" + parsed.model() + "'", known));
  }

  /**
   * The model's bytes; throws {@link RegistryException} unless they are, by SHA-256, the registered
   * ones.
   */
  public byte[] artifact(ModelVersion version) {
    return versions.content(version, VersionRow.ARTIFACT, version.artifact());
  }

  /** The verification rows as given, empty if none were; checked like {@link #artifact}. */
  public byte[] verificationRows(ModelVersion version) {
    return versions.content(version, VersionRow.VERIFICATION_ROWS, version.verificationRows());
  }

  /** The training profile as given, empty if none was; checked like {@link #artifact}. */
  public byte[] trainingProfile(ModelVersion version) {
    return versions.content(version, VersionRow.TRAINING_PROFILE, version.trainingProfile());
  }

  /** The version an alias points to; empty if there is no such model or alias. */
  public Optional<Integer> alias(String model, String alias) {
    return aliases.current(model, alias).map(AliasChange::version);
  }

  /**
   * Points an alias to a version, if it points to {@code expectedCurrent} now. If it points to
   * {@code version} already, the change that did so is returned, whatever was expected, and nothing
   * is written.
   *
   * @param expectedCurrent the version the alias must point to; null if it must not exist
   * @param reason why, not blank
   * @param by who, not blank
   * @throws AliasConflictException if the alias points elsewhere
   * @throws RegistryException if there is no such model or version
   */
  public AliasChange promote(
      String model,
      String alias,
      int version,
      @Nullable Integer expectedCurrent,
      String reason,
      String by) {
    Names.check("an alias", alias);
    Names.checkText("reason of a promotion", reason);
    Names.checkText("author of a promotion", by);
    require(model, version);
    return aliases.move(model, alias, version, expectedCurrent, reason, by);
  }

  /** All moves of all aliases of a model, oldest first; empty if there are none. */
  public List<AliasChange> aliasHistory(String model) {
    return aliases.history(model);
  }

  /** Frees the catalog's connections. */
  @Override
  public void close() {
    close(catalog);
  }

  private ModelVersion require(String model, int version) {
    Optional<ModelVersion> found = versions.find(model, version);
    if (found.isPresent()) {
      return found.get();
    }
    requireModel(model);
    throw new RegistryException(
        new Problem(
            "Cannot resolve version " + version + " of model '" + model + "'",
            "its versions are 1 to " + versions(model).size(),
            ""));
  }

  private void requireModel(String model) {
    List<String> known = models();
    if (!known.contains(model)) {
      throw new RegistryException(
          Problem.unknown("model", model, "registry '" + name + "'", known));
    }
  }

  private static void close(@Nullable Catalog catalog) {
    if (catalog instanceof Closeable closeable) {
      try {
        closeable.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
