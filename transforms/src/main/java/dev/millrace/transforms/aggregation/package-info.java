/**
 * Aggregations as commutative monoids with one canonical byte form. No window, key or engine is
 * known here. Start reading at {@link dev.millrace.transforms.aggregation.Aggregations}.
 */
@NullMarked
package dev.millrace.transforms.aggregation;

import org.jspecify.annotations.NullMarked;
