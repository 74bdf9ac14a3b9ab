/**
 * What is expected of data, and what to do with data that falls short. Judging is an engine's work,
 * not this package's. Start reading at {@link dev.millrace.transforms.expectation.Expectations}.
 */
@NullMarked
package dev.millrace.transforms.expectation;

import org.jspecify.annotations.NullMarked;
