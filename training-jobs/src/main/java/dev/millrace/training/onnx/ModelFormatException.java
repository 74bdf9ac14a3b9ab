package dev.millrace.training.onnx;

/**
 * Bytes that are no model of the form that {@link OnnxModel} scores, or rows that do not fit the
 * model.
 */
public final class ModelFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ModelFormatException(String message) {
    super(message);
  }

  ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
