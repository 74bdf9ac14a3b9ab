package dev.millrace.features;

/**
 * The folder that a project's tables lie in: {@code sources/<name>}, {@code
 * features/<view>/<version>}, and a folder for each later room.
 *
 * @param root a path or URI that the engine can write to
 */
public record Workspace(String root) {
  public Workspace {
    while (root.endsWith("/") && root.length() > 1) {
      root = root.substring(0, root.length() - 1);
    }
  }

  /** A place in it. */
  public String path(String... parts) {
    return root + "/" + String.join("/", parts);
  }
}
