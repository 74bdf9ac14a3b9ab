package dev.millrace.registry;

import java.time.Instant;

/**
 * A definition as it was when it was first registered.
 *
 * @param reference kind, name and fingerprint
 * @param text the canonical text that the fingerprint is of
 * @param by who registered it first
 * @param at when, in microseconds
 */
public record Definition(DefinitionReference reference, String text, String by, Instant at) {}
