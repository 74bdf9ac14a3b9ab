/**
 * Models as ONNX bytes: gradient-boosted trees written as one double-precision graph, and any such
 * graph scored by ONNX Runtime with results that do not depend on the batch. No trainer and no
 * engine is known here; {@code training.spark} turns a fitted model into {@link
 * dev.millrace.training.onnx.BoostedTrees}. Start reading at {@link
 * dev.millrace.training.onnx.OnnxModel}.
 */
@NullMarked
package dev.millrace.training.onnx;

import org.jspecify.annotations.NullMarked;
