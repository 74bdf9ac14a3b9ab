package dev.millrace.scoring.report;

/** Text made safe to stand in HTML, in an attribute or in SVG. */
final class Html {
  private Html() {}

  /** The text with markup escaped; what XML does not allow becomes U+FFFD. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(character -> append(character, out));
    return out.toString();
  }

  /** A column's name, escaped, that may go on in the next line after each underscore. */
  static String breakable(String name) {
    return escape(name).replace("_", "_<wbr>");
  }

  private static void append(int character, StringBuilder out) {
    switch (character) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      case '\t', '\n' -> out.appendCodePoint(character);
      default -> out.appendCodePoint(allowed(character) ? character : 0xFFFD);
    }
  }

  private static boolean allowed(int character) {
    return character >= 0x20
        && !(character >= 0x7F && character <= 0x9F)
        && !(character >= 0xD800 && character <= 0xDFFF)
        && character != 0xFFFE
        && character != 0xFFFF;
  }
}
