/**
 * Training sets and models: built from feature views as of each label's time, fitted, exported to
 * ONNX with proof, held against gates, and registered. Nothing is scored in production here. Start
 * reading at {@link dev.millrace.training.ModelSpec}.
 */
@NullMarked
package dev.millrace.training;

import org.jspecify.annotations.NullMarked;
