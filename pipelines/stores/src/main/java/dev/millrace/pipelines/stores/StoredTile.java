package dev.millrace.pipelines.stores;

/**
 * A tile as it is stored.
 *
 * @param hop its length in microseconds
 * @param start its first microsecond
 * @param bytes its accumulators, canonical
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredTile(long hop, long start, byte[] bytes) {}
