package dev.millrace.registry;

import dev.millrace.transforms.problem.NearNames;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which Iceberg catalog holds the registry, and who is told of what happens in it.
 *
 * <p>A Spark session reads the same tables with {@code spark.sql.catalog.<catalog>} set to {@code
 * org.apache.iceberg.spark.SparkCatalog} and each property as {@code
 * spark.sql.catalog.<catalog>.<key>}. The name must be the same there: a JDBC catalog keeps its
 * tables by it.
 *
 * @param catalog the catalog's name: a letter, then letters, digits, {@code _ . -}
 * @param catalogProperties Iceberg's catalog properties: {@code catalog-impl} or {@code type},
 *     {@code uri}, {@code warehouse}, credentials; for a catalog on SQLite completed with what
 *     keeps its readers from locking out writers
 * @param webhooks who is told of registrations, promotions, rollbacks and archiving
 * @param openLineage the configuration of OpenLineage's client ({@code openlineage.yml}) that says
 *     where lineage events go: a file, HTTP or Kafka; empty for nowhere
 */
public record RegistryConfig(
    String catalog,
    Map<String, String> catalogProperties,
    List<Webhook> webhooks,
    Optional<Path> openLineage) {
  private static final String CATALOG = "catalog.";
  private static final String WEBHOOK = "webhook.";
  private static final Set<String> OF_WEBHOOKS = Set.of("url", "secret", "events");

  public RegistryConfig {
    Names.check("a catalog name", catalog);
    catalogProperties = Collections.unmodifiableMap(SqliteFile.completed(catalogProperties));
    webhooks = List.copyOf(webhooks);
    if (isHadoopCatalog(catalogProperties)) {
      throw new IllegalArgumentException(
          "Cannot keep a registry in a HadoopCatalog: when two processes commit at once it loses commits that it has"
              + " acknowledged. Use RegistryConfig.embedded(directory), or a JDBC, REST, Hive or Glue catalog.");
    }
  }

  /** A catalog of which nobody is told. */
  public RegistryConfig(String catalog, Map<String, String> catalogProperties) {
    this(catalog, catalogProperties, List.of(), Optional.empty());
  }

  /** The same with one webhook more. */
  public RegistryConfig with(Webhook webhook) {
    List<Webhook> more = new ArrayList<>(webhooks);
    more.add(webhook);
    return new RegistryConfig(catalog, catalogProperties, more, openLineage);
  }

  /** The same with lineage events going where that configuration of OpenLineage's client says. */
  public RegistryConfig withOpenLineage(Path configuration) {
    return new RegistryConfig(catalog, catalogProperties, webhooks, Optional.of(configuration));
  }

  /**
   * A registry in one directory of the local file system, for one machine and any number of its
   * processes: the catalog {@code registry} on SQLite in {@code catalog.db}, its tables in {@code
   * warehouse}. The directory is made when the registry is opened.
   *
   * @throws IllegalArgumentException if the path contains {@code ?}, which SQLite's address cannot
   *     hold
   */
  public static RegistryConfig embedded(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    if (root.toString().contains("?")) {
      throw new IllegalArgumentException(
          "Cannot keep a registry in '"
              + root
              + "': SQLite's address cannot hold a '?'. Choose another directory.");
    }
    return new RegistryConfig(
        "registry",
        Map.of(
            "catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog",
            "uri", SqliteFile.PREFIX + root.resolve("catalog.db"),
            "warehouse", "file:" + root.resolve("warehouse")));
  }

  /**
   * Reads a file of Java properties:
   *
   * <pre>
   *   catalog = registry
   *   catalog.type = jdbc
   *   catalog.uri = jdbc:postgresql://db.example.org/models
   *   catalog.jdbc.user = models
   *   catalog.jdbc.password = ${MODELS_PASSWORD}
   *   catalog.warehouse = s3://models/registry
   *   webhook.deploy.url = https://deploy.example.org/models
   *   webhook.deploy.secret = ${DEPLOY_SECRET}
   *   webhook.deploy.events = promotion, rollback
   *   openlineage = openlineage.yml
   * </pre>
   *
   * {@code ${NAME}} is a variable of the environment; a path is relative to the file.
   *
   * @throws RegistryException if the file cannot be read, or a key in it is not known
   */
  public static RegistryConfig read(Path file) {
    return read(file, System.getenv());
  }

  static RegistryConfig read(Path file, Map<String, String> environment) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException failure) {
      throw new RegistryException(
          new Problem(
              "Cannot read the registry's configuration '" + file + "'",
              Files.exists(file) ? String.valueOf(failure.getMessage()) : "there is no such file",
              "Name a file of properties such as 'catalog.uri = jdbc:postgresql://host/models'."),
          failure);
    }
    Map<String, String> catalog = new TreeMap<>();
    Map<String, Map<String, String>> webhooks = new TreeMap<>();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      String value = filled(file, key, properties.getProperty(key).strip(), environment);
      if (key.startsWith(CATALOG)) {
        catalog.put(key.substring(CATALOG.length()), value);
      } else if (key.startsWith(WEBHOOK) && key.lastIndexOf('.') > WEBHOOK.length()) {
        String of = key.substring(key.lastIndexOf('.') + 1);
        String name = key.substring(WEBHOOK.length(), key.lastIndexOf('.'));
        if (!OF_WEBHOOKS.contains(of)) {
          throw unknown(file, key);
        }
        webhooks.computeIfAbsent(name, any -> new TreeMap<>()).put(of, value);
      } else if (!key.equals("catalog") && !key.equals("openlineage")) {
        throw unknown(file, key);
      }
    }
    List<Webhook> hooks = new ArrayList<>();
    webhooks.forEach((name, values) -> hooks.add(webhook(file, name, values)));
    @Nullable String openLineage = properties.getProperty("openlineage");
    return new RegistryConfig(
        properties.getProperty("catalog", "registry").strip(),
        catalog,
        hooks,
        Optional.ofNullable(openLineage).map(path -> file.resolveSibling(path.strip())));
  }

  private static Webhook webhook(Path file, String name, Map<String, String> values) {
    for (String needed : List.of("url", "secret")) {
      if (!values.containsKey(needed)) {
        throw new RegistryException(
            new Problem(
                "Cannot use webhook '" + name + "' of '" + file + "'",
                "it has no " + WEBHOOK + name + "." + needed,
                "Say where events are posted, and what they are signed with."));
      }
    }
    Set<RegistryEvent.Type> types = EnumSet.noneOf(RegistryEvent.Type.class);
    String events = values.getOrDefault("events", "");
    if (events.isEmpty()) {
      types.addAll(Arrays.asList(RegistryEvent.Type.values()));
    } else {
      List<String> known =
          Arrays.stream(RegistryEvent.Type.values()).map(RegistryEvent.Type::text).toList();
      for (String event : events.split("\\s*,\\s*", -1)) {
        if (!known.contains(event)) {
          throw new RegistryException(
              Problem.unknown("event", event, "webhook '" + name + "' of '" + file + "'", known));
        }
        types.add(RegistryEvent.Type.valueOf(event.toUpperCase(Locale.ROOT)));
      }
    }
    return new Webhook(
        name, URI.create(values.getOrDefault("url", "")), values.getOrDefault("secret", ""), types);
  }

  private static String filled(
      Path file, String key, String value, Map<String, String> environment) {
    if (!value.startsWith("${") || !value.endsWith("}")) {
      return value;
    }
    String name = value.substring(2, value.length() - 1);
    @Nullable String held = environment.get(name);
    if (held == null) {
      throw new RegistryException(
          new Problem(
              "Cannot use " + key + " of '" + file + "'",
              "the environment has no variable " + name,
              "Set it, or write the value in the file."));
    }
    return held;
  }

  private static RegistryException unknown(Path file, String key) {
    List<String> known =
        List.of(
            "catalog",
            "catalog.uri",
            "catalog.type",
            "catalog.warehouse",
            "openlineage",
            "webhook.NAME.url",
            "webhook.NAME.secret",
            "webhook.NAME.events");
    return new RegistryException(
        new Problem(
            "Cannot use '" + key + "' of '" + file + "'",
            "known are " + known + " and catalog.*",
            NearNames.nearest(key, known).map(near -> "Did you mean '" + near + "'?").orElse("")));
  }

  private static boolean isHadoopCatalog(Map<String, String> properties) {
    return "hadoop".equalsIgnoreCase(properties.get("type"))
        || "org.apache.iceberg.hadoop.HadoopCatalog".equals(properties.get("catalog-impl"));
  }

  /** The catalog's name and the keys of its properties, without values that may be secret. */
  @Override
  public String toString() {
    return "catalog '" + catalog + "' with properties " + catalogProperties.keySet();
  }
}
