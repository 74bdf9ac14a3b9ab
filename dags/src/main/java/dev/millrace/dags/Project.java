package dev.millrace.dags;

import java.util.Map;

/**
 * A user's project: the one class that Millrace's command looks for, named in {@code
 * META-INF/services/dev.millrace.dags.Project}.
 */
public interface Project {
  /**
   * The project's pipeline.
   *
   * @param data where the project's data lies, a path or URI
   */
  Pipeline pipeline(String data);

  /** The keys of an entity that a first look at the project can show. */
  Map<String, String> exampleEntity();
}
