package dev.millrace.dags;

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
}
