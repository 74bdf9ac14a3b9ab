/**
 * Cases, as a plan with input and expected rows, that every engine must pass. No engine is named
 * here. Start reading with the plan in {@code dev.millrace.pipelines.core}.
 */
@NullMarked
package dev.millrace.pipelines.conformance;

import org.jspecify.annotations.NullMarked;
