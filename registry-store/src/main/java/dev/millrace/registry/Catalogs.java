package dev.millrace.registry;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Opens the catalog of a configuration. */
final class Catalogs {
  private Catalogs() {}

  static Catalog open(RegistryConfig config) {
    SqliteFile.prepare(config);
    Map<String, String> properties = new HashMap<>(config.catalogProperties());
    boolean localFiles =
        properties.getOrDefault("warehouse", "").startsWith(LocalFiles.PREFIX)
            && !properties.containsKey("io-impl");
    if (localFiles && isJdbc(properties)) {
      boolean sqlite = properties.getOrDefault("uri", "").startsWith(SqliteFile.PREFIX);
      JdbcCatalog catalog = new JdbcCatalog(ignored -> new LocalFiles(), null, !sqlite);
      catalog.initialize(config.catalog(), properties);
      return catalog;
    }
    if (localFiles) {
      properties.put("io-impl", LocalFiles.class.getName());
    }
    return CatalogUtil.buildIcebergCatalog(config.catalog(), properties, null);
  }

  private static boolean isJdbc(Map<String, String> properties) {
    return JdbcCatalog.class.getName().equals(properties.get("catalog-impl"))
        || "jdbc".equals(properties.get("type"));
  }
}
