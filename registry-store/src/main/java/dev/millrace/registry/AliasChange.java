package dev.millrace.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One move of an alias.
 *
 * @param model the model whose alias moved
 * @param alias the alias, such as {@code champion}
 * @param version the version it points to since
 * @param previous the version it pointed to before; null if the alias was new
 * @param reason why, in the words of who did it
 * @param by who did it
 * @param at when, in microseconds; strictly increasing within a model, even where clocks disagree
 */
public record AliasChange(
    String model,
    String alias,
    int version,
    @Nullable Integer previous,
    String reason,
    String by,
    Instant at) {}
