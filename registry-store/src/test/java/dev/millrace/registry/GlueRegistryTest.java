package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The registry with its tables in AWS Glue, for which moto answers. It does not hold a table's
 * version against the one that a commit is for, so that two processes are not tried with it.
 */
class GlueRegistryTest extends RegistryContract {
  private static final String RUNNING = " * Running on ";

  private static Process moto;
  private static String endpoint;

  @TempDir Path directory;

  @BeforeAll
  static void serve() throws Exception {
    System.setProperty("aws.accessKeyId", "anyone");
    System.setProperty("aws.secretAccessKey", "anything");
    moto = Python.start("moto_server", "-p", "0");
    BufferedReader said =
        new BufferedReader(new InputStreamReader(moto.getInputStream(), StandardCharsets.UTF_8));
    String line = said.readLine();
    while (line != null && !line.startsWith(RUNNING)) {
      line = said.readLine();
    }
    assertThat(line).as("moto's address").isNotNull();
    endpoint = String.valueOf(line).substring(RUNNING.length()).strip();
    Thread rest = new Thread(() -> discard(moto.getInputStream()), "moto");
    rest.setDaemon(true);
    rest.start();
  }

  private static void discard(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ended) {
      // It was stopped.
    }
  }

  @AfterAll
  static void stop() {
    moto.destroy();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Override
  CatalogBed bed() throws IOException, InterruptedException {
    HttpRequest reset =
        HttpRequest.newBuilder(URI.create(endpoint + "/moto-api/reset"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(
            HttpClient.newHttpClient()
                .send(reset, HttpResponse.BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(200);
    RegistryConfig config =
        new RegistryConfig(
            "registry",
            Map.of(
                "type",
                "glue",
                "glue.endpoint",
                endpoint,
                "client.region",
                "us-east-1",
                "warehouse",
                "file:" + directory));
    return CatalogBed.of(config);
  }
}
