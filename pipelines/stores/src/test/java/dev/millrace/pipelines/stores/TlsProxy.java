package dev.millrace.pipelines.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Speaks TLS for a server that does not, with a certificate of its own. */
final class TlsProxy implements AutoCloseable {
  static final String PASSWORD = "changeit";

  private final ServerSocket door;
  private final int server;
  private final Path certificates;

  private TlsProxy(ServerSocket door, int server, Path certificates) {
    this.door = door;
    this.server = server;
    this.certificates = certificates;
    daemon(this::accept);
  }

  /**
   * Begins to listen.
   *
   * @param names what the certificate is for, as keytool has it: {@code ip:127.0.0.1}
   */
  static TlsProxy before(int server, Path folder, String names) throws Exception {
    Path file = folder.resolve(names.replace(':', '-') + ".p12");
    Files.deleteIfExists(file);
    int made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "EC",
                "-dname",
                "CN=redis",
                "-ext",
                "san=" + names,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (made != 0) {
      throw new IOException("keytool made no key store");
    }
    KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    Path trusted = folder.resolve("trusted-" + file.getFileName());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("redis", keys.getCertificate("redis"));
    try (var out = Files.newOutputStream(trusted)) {
      certificates.store(out, PASSWORD.toCharArray());
    }
    return new TlsProxy(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        server,
        trusted);
  }

  int port() {
    return door.getLocalPort();
  }

  /** The key store of what is to be trusted. */
  Path certificates() {
    return certificates;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
        daemon(() -> pump(client, behind));
        daemon(() -> pump(behind, client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // The other side has closed both.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "tls-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
