/**
 * The Spark engine: plans run as Spark jobs over Delta, validated with Deequ. No value is computed
 * here that {@code dev.millrace.transforms} does not define, and no feature or model is known.
 * Start reading at {@link dev.millrace.pipelines.spark.SparkEngine}.
 */
@NullMarked
package dev.millrace.pipelines.spark;

import org.jspecify.annotations.NullMarked;
