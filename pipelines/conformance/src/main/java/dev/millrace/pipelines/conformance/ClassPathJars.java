package dev.millrace.pipelines.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * The jars that an engine's workers are given. Libraries that several of them bring must be there
 * once, in one version, whatever their jars are called; a copy in packages of its own is another
 * library.
 */
public final class ClassPathJars {
  private static final List<String> PACKAGES =
      List.of(
          "com/google/common/",
          "com/google/protobuf/",
          "com/fasterxml/jackson/",
          "org/apache/avro/",
          "com/esotericsoftware/kryo/");

  private static final List<String> GENERATED =
      List.of(
          "org/apache/spark/sql/catalyst/expressions/",
          "org/apache/spark/sql/catalyst/util/",
          "org/apache/spark/sql/errors/",
          "org/apache/spark/sql/types/",
          "org/apache/spark/unsafe/");

  private static final Pattern FAMILY =
      Pattern.compile("(jackson-|protobuf-java|avro)[a-z0-9_.-]*?-(\\d+\\.\\d+\\.\\d+)\\.jar");

  private final List<Path> jars;

  private ClassPathJars(List<Path> jars) {
    this.jars = jars;
  }

  /** Those of a file that names them as Java takes them. */
  public static ClassPathJars in(Path file) {
    try {
      List<Path> jars = new ArrayList<>();
      for (String each : Files.readString(file).strip().split(File.pathSeparator, -1)) {
        jars.add(Path.of(each));
      }
      return new ClassPathJars(jars);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** How they are called. */
  public List<String> names() {
    return jars.stream().map(jar -> jar.getFileName().toString()).toList();
  }

  /** The versions of Jackson, protobuf and Avro, by the beginning of their jars' names. */
  public Map<String, Set<String>> versions() {
    Map<String, Set<String>> versions = new TreeMap<>();
    for (String name : names()) {
      Matcher matcher = FAMILY.matcher(name);
      if (matcher.matches()) {
        versions.computeIfAbsent(matcher.group(1), none -> new TreeSet<>()).add(matcher.group(2));
      }
    }
    return versions;
  }

  /** Classes of Guava, protobuf, Jackson, Avro or Kryo that two jars have, with their jars. */
  public Map<String, List<String>> twice() {
    Map<String, List<String>> homes = new TreeMap<>();
    for (Path jar : jars) {
      if (Files.isRegularFile(jar)) {
        classes(jar, PACKAGES)
            .forEach(
                name ->
                    homes
                        .computeIfAbsent(name, none -> new ArrayList<>())
                        .add(jar.getFileName().toString()));
      }
    }
    homes.values().removeIf(those -> those.size() < 2);
    return homes;
  }

  /**
   * Types that methods of Catalyst's functions and of what they fail with name, and that no jar
   * has. Code is generated against these methods: all of a class must be there if one is called.
   */
  public Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    try (URLClassLoader workers =
        new URLClassLoader(
            jars.stream().map(ClassPathJars::url).toArray(URL[]::new),
            ClassLoader.getPlatformClassLoader())) {
      for (Path jar : jars) {
        if (jar.getFileName().toString().matches("spark-(catalyst|sql-api|unsafe)_.*")) {
          for (String name : classes(jar, GENERATED)) {
            look(workers, name.replace('/', '.').replaceAll("[.]class$", ""))
                .ifPresent(missing::add);
          }
        }
      }
      return missing;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static Optional<String> look(ClassLoader workers, String name) {
    try {
      return Class.forName(name, false, workers).getDeclaredMethods() == null
          ? Optional.of(name)
          : Optional.empty();
    } catch (ClassNotFoundException | LinkageError gone) {
      return Optional.of(String.valueOf(gone.getMessage()));
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static List<String> classes(Path jar, List<String> packages) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && packages.stream().anyMatch(name::startsWith))
          .toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
