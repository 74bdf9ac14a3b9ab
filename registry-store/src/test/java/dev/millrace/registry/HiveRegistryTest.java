package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.txn.TxnDbUtil;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.hive.HiveCatalog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The registry with its tables in Hive's metastore, which serves in this process. */
class HiveRegistryTest extends RegistryContract {
  private static int port;

  @TempDir Path directory;

  @BeforeAll
  static void serve(@TempDir Path metastore) throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    System.setProperty("derby.stream.error.file", metastore.resolve("derby.log").toString());
    HiveConf conf = new HiveConf();
    TxnDbUtil.setConfValues(conf);
    conf.set("javax.jdo.option.ConnectionURL", "jdbc:derby:memory:metastore;create=true");
    conf.set("javax.jdo.option.ConnectionDriverName", "org.apache.derby.jdbc.EmbeddedDriver");
    conf.set("datanucleus.schema.autoCreateAll", "true");
    conf.set("hive.metastore.schema.verification", "false");
    conf.set("hive.metastore.warehouse.dir", "file:" + metastore);
    // The tables of locks.
    TxnDbUtil.prepDb(conf);
    Lock lock = new ReentrantLock();
    Condition changed = lock.newCondition();
    AtomicBoolean serving = new AtomicBoolean();
    Thread server =
        new Thread(
            () -> {
              try {
                HiveMetaStore.startMetaStore(port, null, conf, lock, changed, serving);
              } catch (Throwable failure) {
                throw new IllegalStateException("the metastore ended", failure);
              }
            },
            "metastore");
    server.setDaemon(true);
    server.start();
    lock.lock();
    try {
      while (!serving.get()) {
        // A metastore that ended says why in its own thread, and tells nobody.
        assertThat(server.isAlive()).as("the metastore runs").isTrue();
        boolean unused = changed.await(1, TimeUnit.SECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** One metastore has one registry: what the test before left is dropped. */
  @Override
  CatalogBed bed() throws IOException {
    RegistryConfig config =
        new RegistryConfig(
            "registry",
            Map.of(
                "type", "hive",
                "uri", "thrift://localhost:" + port,
                "warehouse", "file:" + directory));
    HiveCatalog catalog = (HiveCatalog) Catalogs.open(config);
    Namespace models = Namespace.of("models");
    if (catalog.namespaceExists(models)) {
      catalog.listTables(models).forEach(table -> catalog.dropTable(table, false));
      catalog.dropNamespace(models);
    }
    catalog.close();
    return CatalogBed.of(config);
  }
}
