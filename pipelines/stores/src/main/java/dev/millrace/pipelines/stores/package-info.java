/**
 * The stores' code that needs no engine: how tiles lie in Redis, and how they are written and read.
 * What a tile's bytes mean is {@code dev.millrace.transforms.window}'s affair. Start reading at
 * {@link dev.millrace.pipelines.stores.OnlineStore}.
 */
@NullMarked
package dev.millrace.pipelines.stores;

import org.jspecify.annotations.NullMarked;
