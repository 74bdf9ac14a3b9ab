/**
 * What one meaning costs: exact sums, small accumulators, sliding windows, compiled expressions,
 * checked definitions, each against a bound. Nothing here touches an engine or a store. Start
 * reading at {@link dev.millrace.benchmarks.meaning.MeaningBenchmark}.
 */
@NullMarked
package dev.millrace.benchmarks.meaning;

import org.jspecify.annotations.NullMarked;
