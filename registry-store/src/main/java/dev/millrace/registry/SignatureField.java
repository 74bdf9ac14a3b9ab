package dev.millrace.registry;

/**
 * One named input or output of a model.
 *
 * @param name the feature or output, not blank
 * @param type its type as text, such as {@code double} or {@code array<float>}, not blank
 */
public record SignatureField(String name, String type) {
  public SignatureField {
    Names.checkText("signature field name", name);
    Names.checkText("type of signature field '" + name + "'", type);
  }
}
