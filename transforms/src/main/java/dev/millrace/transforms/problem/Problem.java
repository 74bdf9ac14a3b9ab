package dev.millrace.transforms.problem;

/**
 * One thing that is wrong, in words for the person who can mend it.
 *
 * @param what what is wrong, with the names and values in question
 * @param why why it is wrong, or what is known instead
 * @param remedy what to do about it; empty where {@code why} says it already
 */
public record Problem(String what, String why, String remedy) {
  public Problem {
    if (what.isBlank()) {
      throw new IllegalArgumentException("a problem says what is wrong");
    }
  }

  /** A name that is not among the known ones, with the nearest of them as the suggestion. */
  public static Problem unknown(String kind, String name, String where, Iterable<String> known) {
    String remedy =
        NearNames.nearest(name, known).map(near -> "Did you mean '" + near + "'?").orElse("");
    return new Problem(
        "Cannot resolve " + kind + " '" + name + "' in " + where,
        "known are [" + String.join(", ", known) + "]",
        remedy);
  }

  /** The sentence or sentences a person reads. */
  public String message() {
    StringBuilder text = new StringBuilder(what);
    if (!why.isBlank()) {
      text.append(": ").append(why);
    }
    if (!endsSentence(text)) {
      text.append('.');
    }
    if (!remedy.isBlank()) {
      text.append(' ').append(remedy);
      if (!endsSentence(text)) {
        text.append('.');
      }
    }
    return text.toString();
  }

  private static boolean endsSentence(CharSequence text) {
    char last = text.charAt(text.length() - 1);
    return last == '.' || last == '?' || last == '!';
  }
}
