package dev.millrace.registry;

/**
 * Bytes in {@code models.artifacts}.
 *
 * @param id the {@code content_id} of their parts; empty if there are no bytes
 * @param digest what they must be when they are read
 */
public record Stored(String id, Digest digest) {}
