package dev.millrace.pipelines.spark;

import dev.millrace.transforms.problem.MillraceException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/** The settings of systems outside that definitions call by a name. */
final class Connections {
  private Connections() {}

  /**
   * The session's settings {@code spark.millrace.<kind>.<name>.*}, without that beginning.
   *
   * @param required one that there must be
   */
  static Map<String, String> of(SparkSession session, String kind, String name, String required) {
    String prefix = "spark.millrace." + kind + "." + name + ".";
    Map<String, String> found = new TreeMap<>();
    scala.collection.JavaConverters.mapAsJavaMap(session.conf().getAll())
        .forEach(
            (setting, value) -> {
              if (setting.startsWith(prefix)) {
                found.put(setting.substring(prefix.length()), value);
              }
            });
    if (!found.containsKey(required)) {
      throw MillraceException.because(
          "Cannot connect to " + kind + " '" + name + "'",
          "the session does not say where it is",
          "Set " + prefix + required);
    }
    return found;
  }
}
