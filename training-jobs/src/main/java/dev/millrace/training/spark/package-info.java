/**
 * Spark ML's fitted models turned into ONNX bytes: the one package of this room that names a Spark
 * type. It neither runs a plan nor scores a row. Start reading at {@link
 * dev.millrace.training.spark.GradientBoostedTreesExport}.
 */
@NullMarked
package dev.millrace.training.spark;

import org.jspecify.annotations.NullMarked;
