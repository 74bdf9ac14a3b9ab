package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files that every engine which reads them must read alike.
 *
 * @param columns that are declared
 * @param files puts them into a folder
 * @param rows that come out in any order, to the bit; empty where an error is expected
 * @param error what the error says; empty where rows are expected
 */
public record FileCase(
    String name,
    Location.Files.Format format,
    Schema columns,
    Writing files,
    List<List<@Nullable Object>> rows,
    String error) {
  /** Puts files into a folder. */
  public interface Writing {
    void into(Path folder) throws IOException;
  }

  /** {@code csv: an empty text is null}. */
  @Override
  public String toString() {
    return name;
  }

  /**
   * Runs the case.
   *
   * @param folder that is this case's own
   * @throws AssertionError saying what came out instead
   */
  public void check(Engine engine, Path folder) throws IOException {
    files.into(folder);
    Scan scan = new Scan(new Location.Files(format, folder.toString()), columns);
    if (error.isEmpty()) {
      RowsText.requireSame(name, new Rows(columns, rows), engine.collect(scan));
      return;
    }
    RowsText.requireError(name, error, () -> engine.collect(scan));
  }
}
