/**
 * Model directories of MLflow with the ONNX flavour: versions go out as such and come in from such.
 */
@NullMarked
package dev.millrace.registry.mlflow;

import org.jspecify.annotations.NullMarked;
