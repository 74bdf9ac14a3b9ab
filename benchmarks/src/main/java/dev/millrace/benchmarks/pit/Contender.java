package dev.millrace.benchmarks.pit;

/** Who answers a question. */
interface Contender extends AutoCloseable {
  String name();

  /** Answers in full, from the files, and comes back when every row is there. */
  Answer answer(Question question) throws Exception;

  @Override
  void close();
}
