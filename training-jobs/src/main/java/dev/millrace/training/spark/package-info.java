/**
 * Spark ML as a library of trainers: the one package of this room that names a Spark type. Plans
 * are the engine's, and the graph that a model is served by is {@code
 * dev.millrace.training.onnx}'s. Start reading at {@link
 * dev.millrace.training.spark.GradientBoostedTrees}.
 */
@NullMarked
package dev.millrace.training.spark;

import org.jspecify.annotations.NullMarked;
