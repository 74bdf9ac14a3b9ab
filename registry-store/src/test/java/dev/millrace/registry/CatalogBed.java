package dev.millrace.registry;

/** A place for registries that is there while it is open. */
interface CatalogBed extends AutoCloseable {
  /** The same catalog each time: registries that open it share no more than processes do. */
  RegistryConfig config();

  @Override
  void close();
}
