/**
 * What measurements share: a row of results, and how results are printed and written. It measures
 * nothing itself. Start reading at {@link dev.millrace.benchmarks.Results}.
 */
@NullMarked
package dev.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
