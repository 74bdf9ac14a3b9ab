package dev.millrace.registry;

/** A place for registries that is there while it is open. */
interface CatalogBed extends AutoCloseable {
  /** The same catalog each time: registries that open it share no more than processes do. */
  RegistryConfig config();

  @Override
  void close();

  /** A place in a catalog that is there longer than this. */
  static CatalogBed of(RegistryConfig config) {
    return new CatalogBed() {
      @Override
      public RegistryConfig config() {
        return config;
      }

      @Override
      public void close() {}
    };
  }
}
