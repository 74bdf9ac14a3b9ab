package dev.millrace.pipelines.beam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.engine.FileSystemClient;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.ParquetHandler;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.actions.CommitInfo;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.util.Optional;

/**
 * Delta's library, bound to write one version of a table and no later one. By itself it puts a
 * commit that lost a race behind the winner's, as is right for rows that are added; what replaces
 * rows must not go behind a commit that it has not seen.
 */
final class OneCommit implements Engine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INFO = "commitInfo";
  private static final StructType ACCOUNTED =
      new StructType()
          .add(INFO, CommitInfo.FULL_SCHEMA.add("userMetadata", StringType.STRING, true), true);

  /** Another has written the version. */
  static final class Taken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Engine engine;
  private final String file;
  private final String account;
  private final boolean adds;

  /**
   * Bound to a version that adds rows.
   *
   * @param account is kept in the commit as the metadata of its user
   */
  OneCommit(Engine engine, long version, String account) {
    this(engine, version, account, true);
  }

  private OneCommit(Engine engine, long version, String account, boolean adds) {
    this.engine = engine;
    this.file = String.format("/%020d.json", version);
    this.account = account;
    this.adds = adds;
  }

  /** Bound to a version that replaces rows. */
  static OneCommit replacing(Engine engine, long version, String account) {
    return new OneCommit(engine, version, account, false);
  }

  @Override
  public ExpressionHandler getExpressionHandler() {
    return engine.getExpressionHandler();
  }

  @Override
  public FileSystemClient getFileSystemClient() {
    return engine.getFileSystemClient();
  }

  @Override
  public ParquetHandler getParquetHandler() {
    return engine.getParquetHandler();
  }

  @Override
  public JsonHandler getJsonHandler() {
    JsonHandler json = engine.getJsonHandler();
    return new JsonHandler() {
      @Override
      public ColumnarBatch parseJson(
          ColumnVector texts, StructType schema, Optional<ColumnVector> selection) {
        return json.parseJson(texts, schema, selection);
      }

      @Override
      public CloseableIterator<ColumnarBatch> readJsonFiles(
          CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate)
          throws IOException {
        return json.readJsonFiles(files, schema, predicate);
      }

      @Override
      public void writeJsonFileAtomically(
          String path, CloseableIterator<Row> rows, boolean overwrite) throws IOException {
        if (path.contains("/_delta_log/") && path.endsWith(".json") && !path.endsWith(file)) {
          throw new Taken();
        }
        json.writeJsonFileAtomically(
            path, path.endsWith(file) ? rows.map(OneCommit.this::accounted) : rows, overwrite);
      }
    };
  }

  /**
   * By itself Delta's library writes no metadata of a user, and that each commit only adds rows,
   * which Spark's then holds to be in conflict with nothing.
   */
  private Row accounted(Row action) {
    int info = action.getSchema().indexOf(INFO);
    if (info < 0 || action.isNullAt(info)) {
      return action;
    }
    try {
      ObjectNode told = (ObjectNode) JSON.readTree(JsonUtils.rowToJson(action));
      told.withObject("/" + INFO).put("userMetadata", account).put("isBlindAppend", adds);
      return JsonUtils.rowFromJson(told.toString(), ACCOUNTED);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
