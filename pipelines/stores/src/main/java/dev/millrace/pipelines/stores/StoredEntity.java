package dev.millrace.pipelines.stores;

import java.util.List;
import java.util.Optional;

/**
 * An entity as it is stored.
 *
 * @param stamp of the load that wrote it; empty where the store does not hold the entity
 */
public record StoredEntity(Optional<LoadStamp> stamp, List<StoredTile> tiles) {}
