package dev.millrace.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.JsonAutoDetect;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.PropertyAccessor;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.PropertyNamingStrategies;

/**
 * Iceberg's own handlers of its REST protocol behind the JDK's HTTP server, over a catalog on
 * SQLite: what Iceberg's fixture is, which does not fit beside the jar that Spark brings.
 */
final class RestCatalogServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Or each answer waits 40 ms for the client's acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    JSON.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    JSON.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    JSON.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
    RESTSerializers.registerAll(JSON);
  }

  /** What becomes of an answer. */
  enum Answer {
    /** It is given. */
    GIVEN,
    /** The server fails after it did what it was asked to. */
    FAILED,
    /** The connection ends without one. */
    DROPPED
  }

  private final JdbcCatalog catalog;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

  private RestCatalogServer(JdbcCatalog catalog, HttpServer server) {
    this.catalog = catalog;
    this.server = server;
  }

  static RestCatalogServer start(Path directory) throws IOException {
    RestCatalogServer rest =
        new RestCatalogServer(
            (JdbcCatalog) Catalogs.open(RegistryConfig.embedded(directory)),
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    rest.server.createContext("/v1/", rest::handle);
    rest.server.setExecutor(rest.threads);
    rest.server.start();
    return rest;
  }

  /** A registry whose catalog it is. */
  RegistryConfig config(Path directory) {
    return new RegistryConfig(
        "registry",
        Map.of(
            "type", "rest",
            "uri", "http://localhost:" + server.getAddress().getPort(),
            "warehouse", "file:" + directory));
  }

  /** The answers to the next commits of tables. */
  void answers(Answer... next) {
    answers.addAll(List.of(next));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Object answer;
      int status = 200;
      try {
        answer = answer(exchange);
        Answer fate = isCommit(exchange) ? answers.poll() : null;
        if (fate == Answer.DROPPED) {
          return;
        }
        if (fate == Answer.FAILED) {
          throw new IllegalStateException("failed after the commit");
        }
      } catch (RuntimeException failure) {
        status = status(failure);
        answer =
            ErrorResponse.builder()
                .responseCode(status)
                .withType(failure.getClass().getSimpleName())
                .withMessage(String.valueOf(failure.getMessage()))
                .build();
      }
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (answer == null || head) {
        exchange.sendResponseHeaders(status == 200 ? 204 : status, -1);
        return;
      }
      byte[] body = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static boolean isCommit(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("POST")
        && exchange.getRequestURI().getPath().contains("/tables/");
  }

  private static int status(RuntimeException failure) {
    if (failure instanceof NoSuchTableException || failure instanceof NoSuchNamespaceException) {
      return 404;
    }
    if (failure instanceof AlreadyExistsException || failure instanceof CommitFailedException) {
      return 409;
    }
    return failure instanceof ValidationException || failure instanceof IllegalArgumentException
        ? 400
        : 500;
  }

  private Object answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getRawPath().substring("/v1/".length()).split("/", -1);
    for (int i = 0; i < path.length; i++) {
      path[i] = URLDecoder.decode(path[i], StandardCharsets.UTF_8);
    }
    String method = exchange.getRequestMethod();
    if (path[0].equals("config")) {
      return ConfigResponse.builder().build();
    }
    if (path.length == 1 && method.equals("POST")) {
      return CatalogHandlers.createNamespace(catalog, read(exchange, CreateNamespaceRequest.class));
    }
    Namespace namespace = Namespace.of(path[1]);
    if (path.length == 2) {
      if (!catalog.namespaceExists(namespace)) {
        throw new NoSuchNamespaceException("Namespace does not exist: %s", namespace);
      }
      return CatalogHandlers.loadNamespace(catalog, namespace);
    }
    if (path.length == 3) {
      return method.equals("POST")
          ? CatalogHandlers.createTable(
              catalog, namespace, read(exchange, CreateTableRequest.class))
          : CatalogHandlers.listTables(catalog, namespace);
    }
    TableIdentifier table = TableIdentifier.of(namespace, path[3]);
    return method.equals("POST")
        ? CatalogHandlers.updateTable(catalog, table, read(exchange, UpdateTableRequest.class))
        : CatalogHandlers.loadTable(catalog, table);
  }

  private static <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
    return JSON.readValue(exchange.getRequestBody(), type);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    catalog.close();
  }
}
