package dev.millrace.registry;

/**
 * The outcome of {@link Registry#register}.
 *
 * @param version the version that holds the candidate's content
 * @param created true if this call wrote it; false if it was there already and nothing was written
 */
public record Registration(ModelVersion version, boolean created) {}
