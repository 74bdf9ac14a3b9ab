package dev.millrace.registry;

import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Opens the catalog of a configuration. */
final class Catalogs {
  private Catalogs() {}

  static Catalog open(RegistryConfig config) {
    SqliteFile.prepare(config);
    Map<String, String> properties = config.catalogProperties();
    if (!isJdbcOnLocalFiles(properties)) {
      return CatalogUtil.buildIcebergCatalog(config.catalog(), properties, null);
    }
    JdbcCatalog catalog = new JdbcCatalog(ignored -> new LocalFiles(), null, false);
    catalog.initialize(config.catalog(), properties);
    return catalog;
  }

  private static boolean isJdbcOnLocalFiles(Map<String, String> properties) {
    return (JdbcCatalog.class.getName().equals(properties.get("catalog-impl"))
            || "jdbc".equals(properties.get("type")))
        && properties.getOrDefault("warehouse", "").startsWith(LocalFiles.PREFIX)
        && !properties.containsKey("io-impl");
  }
}
