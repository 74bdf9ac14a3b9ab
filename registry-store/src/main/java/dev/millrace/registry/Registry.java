package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/**
 * Model versions and what was done to them in one Iceberg catalog. Safe for any number of threads
 * and processes; every read sees all that was committed before it began, but {@link
 * #resolveWithin}, which may be behind by as much as it is told.
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
  /** Whether this process has read a version before. */
  private static final AtomicBoolean READ_BEFORE = new AtomicBoolean();

  /** The third look takes half as long as the first. */
  private static final int FIRST_LOOKS = 3;

  private final RegistryConfig config;
  private final Catalog catalog;
  private final VersionStore versions;
  private final ArtifactStore artifacts;
  private final HistoryStore history;
  private final DefinitionStore definitions;
  private final RunStore runs;
  private final Resolved resolved;
  private final Webhooks webhooks;
  private final Optional<LineageEvents> lineageEvents;

  private Registry(RegistryConfig config, Catalog catalog, Clock clock) {
    this.config = config;
    this.catalog = catalog;
    this.versions = new VersionStore(catalog, clock);
    this.artifacts = new ArtifactStore(catalog, clock);
    this.history = new HistoryStore(catalog, clock);
    this.definitions = new DefinitionStore(catalog, clock);
    this.runs = new RunStore(catalog);
    this.resolved = new Resolved(this::resolve);
    this.webhooks = new Webhooks(new EventFeed(versions, history), config.webhooks(), clock);
    this.lineageEvents =
        config
            .openLineage()
            .map(configuration -> new LineageEvents(configuration, config.catalog(), this::find));
    lookOnce();
    webhooks.start();
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
    @Nullable Catalog catalog = null;
    try {
      catalog = Catalogs.open(config);
      return new Registry(config, catalog, clock);
    } catch (RegistryException e) {
      close(catalog);
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
   * A process that reads its first version loads thousands of classes and runs code that is not
   * compiled, which takes longer than all looks that follow: the first few are done while the
   * registry is opened.
   */
  private void lookOnce() {
    for (int look = 0; look < FIRST_LOOKS && !READ_BEFORE.get(); look++) {
      Optional<ModelVersion> any = versions.any();
      history.any().ifPresent(event -> alias(event.model(), String.valueOf(event.alias())));
      READ_BEFORE.set(any.isPresent() && look == FIRST_LOOKS - 1);
    }
  }

  /**
   * Adds the candidate as the next version of its model. If a version with the same {@link
   * ModelCandidate#contentFingerprint} exists, that one is returned and nothing is written: doing
   * the same again is harmless.
   *
   * <p>Small contents are kept before the version is, so that a version that can be seen is
   * complete. Of large ones the number is taken first, and the version is {@link
   * VersionState#PENDING} until all bytes are kept; a registration that was cut off is finished by
   * registering the same again.
   *
   * @throws RegistryException if an ONNX artifact is none, or does not fit the signature
   */
  public Registration register(ModelCandidate candidate) {
    ModelCandidate whole = SignatureCheck.complete(candidate);
    definitions.put(whole.definitions(), whole.details().author());
    String fingerprint = whole.contentFingerprint();
    List<Content> contents = whole.contents();
    boolean small =
        contents.stream().mapToLong(each -> each.digest().size()).sum() <= ArtifactStore.LARGE;
    VersionStore.Taken taken =
        small
            ? versions.add(whole, fingerprint, VersionState.READY, artifacts.put(contents))
            : versions.add(whole, fingerprint, VersionState.PENDING, unkept(contents));
    if (taken.state() == VersionState.PENDING) {
      versions.ready(whole.name(), taken.version(), artifacts.stream(contents));
    }
    webhooks.happened();
    @Nullable ModelVersion created = taken.created();
    return created != null && created.state() == VersionState.READY
        ? new Registration(created, true)
        : new Registration(require(whole.name(), taken.version()), created != null);
  }

  private static List<Stored> unkept(List<Content> contents) {
    return contents.stream().map(content -> new Stored("", content.digest())).toList();
  }

  /** Names of all models, in order; empty if there are none. */
  public List<String> models() {
    return versions.models();
  }

  /** All versions of a model, oldest first; empty if there is no such model. */
  public List<ModelVersion> versions(String model) {
    return versions.versions(model);
  }

  /** All versions of all models, by model, the oldest first. */
  public List<ModelVersion> versions() {
    return versions.versions();
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
    throw new RegistryException(
        Problem.unknown(
            "alias",
            parsed.selector(),
            "model '" + parsed.model() + "'",
            aliases(parsed.model()).keySet()));
  }

  /**
   * What {@link #resolve} said at most {@code staleness} ago, without asking the catalog; asked for
   * anew where that is longer ago. For readers that ask for each request.
   *
   * @throws RegistryException as {@link #resolve}; an earlier answer does not outlive its time
   */
  public ModelVersion resolveWithin(Duration staleness, String reference) {
    return resolved.within(staleness, reference);
  }

  /**
   * The model's bytes; throws {@link RegistryException} unless they are, by SHA-256, the registered
   * ones, or if they are more than an array can hold: see {@link #copyArtifact}.
   */
  public byte[] artifact(ModelVersion version) {
    return bytes(version, version.artifact(), "artifact");
  }

  /** The verification rows as given, empty if none were; checked like {@link #artifact}. */
  public byte[] verificationRows(ModelVersion version) {
    return bytes(version, version.verificationRows(), "verification rows");
  }

  /** The training profile as given, empty if none was; checked like {@link #artifact}. */
  public byte[] trainingProfile(ModelVersion version) {
    return bytes(version, version.trainingProfile(), "training profile");
  }

  /**
   * Writes the model's bytes, of any size, to a file, which is there whole and checked or not at
   * all.
   *
   * @throws RegistryException as {@link #artifact}, or if the file cannot be written
   */
  public void copyArtifact(ModelVersion version, Path file) {
    requireReady(version);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part);
          WritableByteChannel channel = Channels.newChannel(out)) {
        artifacts.read(
            version.artifact(),
            "artifact of " + version.reference(),
            bytes -> {
              while (bytes.hasRemaining()) {
                channel.write(bytes);
              }
            });
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot write '" + file + "'",
              String.valueOf(failure.getMessage()),
              "Choose a place that this user may write."),
          failure);
    } finally {
      delete(part);
    }
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytes(ModelVersion version, Stored stored, String what) {
    requireReady(version);
    if (stored.digest().size() > Integer.MAX_VALUE - 8) {
      throw new RegistryException(
          new Problem(
              "Cannot hold the " + what + " of " + version.reference() + " in memory",
              "it has " + stored.digest().size() + " bytes",
              "Copy it to a file."));
    }
    byte[] bytes = new byte[Math.toIntExact(stored.digest().size())];
    ByteBuffer all = ByteBuffer.wrap(bytes);
    artifacts.read(
        stored,
        what + " of " + version.reference(),
        part -> {
          // What is longer than it must be is found out by its digest.
          part.limit(Math.min(part.limit(), part.position() + all.remaining()));
          all.put(part);
        });
    return bytes;
  }

  /** The version an alias points to; empty if there is no such model or alias. */
  public Optional<Integer> alias(String model, String alias) {
    return history.alias(model, alias).map(HistoryEvent::version);
  }

  /** Where each alias of a model points, by name; empty if there is no such model. */
  public Map<String, Integer> aliases(String model) {
    return HistoryIndex.of(history(model)).aliases(model);
  }

  /**
   * Points an alias to a version, if it points to {@code expectedCurrent} now, and the version
   * passes what the alias asks for. If it points to {@code version} already, the change that did so
   * is returned, whatever was expected, and nothing is written.
   *
   * @param expectedCurrent the version the alias must point to; null if it must not exist
   * @param reason why, not blank
   * @param by who, not blank
   * @throws AliasConflictException if the alias points elsewhere
   * @throws RegistryException if there is no such model or version, it is pending or archived, or a
   *     gate of the alias's policy does not hold
   */
  public AliasChange promote(
      String model,
      String alias,
      int version,
      @Nullable Integer expectedCurrent,
      String reason,
      String by) {
    checkSaid("promotion", alias, reason, by);
    ModelVersion to = require(model, version);
    requireReady(to);
    AliasChange change = history.promote(to, alias, expectedCurrent, reason, by);
    webhooks.happened();
    return change;
  }

  /**
   * Points an alias to the version that it pointed to before, if it points to {@code
   * expectedCurrent} now; again, to the one before that. No gate is asked, since it served before.
   *
   * @throws AliasConflictException if the alias points elsewhere
   * @throws RegistryException if there is no version before
   */
  public AliasChange rollback(
      String model, String alias, int expectedCurrent, String reason, String by) {
    checkSaid("rollback", alias, reason, by);
    AliasChange change = history.rollback(model, alias, expectedCurrent, reason, by);
    webhooks.happened();
    return change;
  }

  /**
   * Sets what must hold before an alias moves, in place of what it asked for; nothing, for an empty
   * list.
   */
  public void setPolicy(String model, String alias, List<Gate> gates, String reason, String by) {
    Names.check("a model name", model);
    checkSaid("policy", alias, reason, by);
    history.policy(model, alias, gates, reason, by);
  }

  /** What must hold before an alias moves; empty if nothing. */
  public List<Gate> policy(String model, String alias) {
    return HistoryIndex.of(history(model)).policy(model, alias);
  }

  /** Notes that someone approves of a version. */
  public void approve(String model, int version, String reason, String by) {
    checkWords("approval", reason, by);
    requireReady(require(model, version));
    history.approve(model, version, reason, by);
  }

  /** Notes whether a version answered its verification rows as it must. */
  public void noteVerification(
      String model, int version, boolean passed, String detail, String by) {
    checkWords("verification", detail, by);
    requireReady(require(model, version));
    history.verified(model, version, passed, detail, by);
  }

  /**
   * Puts a version in a stage, such as {@code staging}; it leaves the one that it was in.
   *
   * @throws RegistryException if there is no such version, or an alias points to one that is to be
   *     {@code archived}
   */
  public void setStage(String model, int version, String stage, String reason, String by) {
    Names.check("a stage", stage);
    checkWords("change of stage", reason, by);
    require(model, version);
    history.stage(model, version, stage, reason, by);
    webhooks.happened();
  }

  /** Puts a version in the stage {@code archived}: no alias can be pointed to it any more. */
  public void archive(String model, int version, String reason, String by) {
    setStage(model, version, HistoryStore.ARCHIVED, reason, by);
  }

  /** The stage that a version is in; empty if it was never put in one. */
  public Optional<String> stage(String model, int version) {
    return HistoryIndex.of(history(model)).stage(model, version);
  }

  /** The stages of those versions of a model that were put in one, by number. */
  public Map<Integer, String> stages(String model) {
    return HistoryIndex.of(history(model)).stages(model);
  }

  /** All moves of all aliases of a model, oldest first; empty if there are none. */
  public List<AliasChange> aliasHistory(String model) {
    return history(model).stream()
        .filter(event -> event.kind().movesAlias())
        .map(HistoryEvent::aliasChange)
        .toList();
  }

  /** All that was done to a model, oldest first; empty if nothing was. */
  public List<HistoryEvent> history(String model) {
    return history.events(model);
  }

  /** Keeps the text of a definition, unless it is kept; same text, no new entry. */
  public void define(DefinitionReference reference, String text, String by) {
    definitions.put(List.of(new ModelCandidate.DefinitionText(reference, text)), by);
  }

  /** All definitions by kind and name, the oldest meaning first. */
  public List<Definition> definitions() {
    return definitions.all();
  }

  /** A definition's text and when it was registered; empty if it was not. */
  public Optional<Definition> definition(DefinitionReference reference) {
    return definitions.find(reference);
  }

  /** Records what a run read and made, once for each run id, and sends it to OpenLineage. */
  public void record(LineageRun run) {
    runs.put(run);
    lineageEvents.ifPresent(events -> events.send(run));
  }

  /** All that is known of what is made of what, as of now. */
  public Lineage lineage() {
    return Lineage.of(versions.versions(), runs.all(), this::aliases);
  }

  /**
   * Tells the webhooks of the configuration what they were not told yet. An open registry does so
   * by itself in the background.
   *
   * @return how many events were sent
   * @throws RegistryException if a webhook did not take its events
   */
  public int deliver() {
    return webhooks.deliver();
  }

  /** What keeps the registry small and proves it whole. */
  public Maintenance maintenance() {
    return new Maintenance(
        List.of(
            versions.upkeep(),
            artifacts.upkeep(),
            history.upkeep(),
            definitions.upkeep(),
            runs.upkeep()),
        versions,
        artifacts,
        history);
  }

  /** Which catalog it is. */
  public RegistryConfig config() {
    return config;
  }

  /** Ends the commits under way, and frees the catalog's connections. */
  @Override
  public void close() {
    webhooks.close();
    lineageEvents.ifPresent(LineageEvents::close);
    versions.close();
    artifacts.close();
    history.close();
    definitions.close();
    runs.close();
    close(catalog);
  }

  private Optional<ModelVersion> find(LineageNode model) {
    return versions.find(model.name(), Integer.parseInt(model.version()));
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
          Problem.unknown("model", model, "registry '" + config.catalog() + "'", known));
    }
  }

  private static void requireReady(ModelVersion version) {
    if (version.state() != VersionState.READY) {
      throw new RegistryException(
          new Problem(
              "Cannot use " + version.reference(),
              "it is pending: its bytes are not complete",
              "Wait for its registration to end, or register the same again if that was cut off."));
    }
  }

  private static void checkSaid(String what, String alias, String reason, String by) {
    Names.check("an alias", alias);
    checkWords(what, reason, by);
  }

  private static void checkWords(String what, String reason, String by) {
    Names.checkText("reason of a " + what, reason);
    Names.checkText("author of a " + what, by);
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
