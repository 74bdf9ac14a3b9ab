package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPool;

/** The connections to each node of a Redis, made when they are first wanted. */
public final class RedisConnections implements AutoCloseable {
  /** A pool whose idle connections can be closed, since one that broke is seldom the only one. */
  private static final class Pool extends JedisPool {
    Pool(GenericObjectPoolConfig<Jedis> config, HostAndPort node, JedisClientConfig client) {
      super(config, node, client);
    }

    void closeIdle() {
      clearInternalPool();
    }
  }

  private final GenericObjectPoolConfig<Jedis> config = new GenericObjectPoolConfig<>();
  private final JedisClientConfig client;
  private final Map<HostAndPort, Pool> pools = new ConcurrentHashMap<>();

  RedisConnections(RedisSettings settings) {
    config.setMaxTotal(settings.connections());
    config.setMaxIdle(settings.connections());
    config.setMaxWait(settings.timeout());
    config.setJmxEnabled(false);
    this.client = client(settings);
  }

  /** A connection to a node as the settings have it, whatever their address; to be closed. */
  public static Jedis open(RedisSettings settings, String host, int port) {
    return new Jedis(new HostAndPort(host, port), client(settings));
  }

  private static JedisClientConfig client(RedisSettings settings) {
    int millis = (int) settings.timeout().toMillis();
    DefaultJedisClientConfig.Builder builder =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .clientName("millrace")
            .ssl(settings.tls());
    settings.user().ifPresent(builder::user);
    settings.password().ifPresent(builder::password);
    if (settings.tls()) {
      SSLParameters parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      builder.sslParameters(parameters);
      settings
          .truststore()
          .ifPresent(
              file ->
                  builder.sslSocketFactory(
                      trusting(file, settings.truststorePassword()).getSocketFactory()));
    }
    return builder.build();
  }

  private static SSLContext trusting(String file, Optional<String> password) {
    try {
      KeyStore certificates =
          KeyStore.getInstance(
              new File(file), password.map(String::toCharArray).orElse(new char[0]));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(certificates);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException failure) {
      throw new MillraceException(
          new Problem(
              "Cannot read the certificates to trust from '" + file + "'",
              String.valueOf(failure.getMessage()),
              "Check the settings truststore and truststore.password"),
          failure);
    }
  }

  /** A connection, to be closed when it is done with; waits for one where all are in use. */
  Jedis connection(HostAndPort node) {
    return pools.computeIfAbsent(node, each -> new Pool(config, each, client)).getResource();
  }

  /** Those that there were connections to. */
  Set<HostAndPort> nodes() {
    return pools.keySet();
  }

  /** Closes what no one uses, so that the next ones are new. */
  void closeIdle() {
    pools.values().forEach(Pool::closeIdle);
  }

  @Override
  public void close() {
    pools.values().forEach(Pool::close);
  }
}
