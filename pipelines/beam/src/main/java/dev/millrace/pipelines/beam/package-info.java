/**
 * The Beam engine: runs the plan on Beam's runners. No value is computed here that {@code
 * transforms} does not define. Start reading with the plan in {@code dev.millrace.pipelines.core}.
 */
@NullMarked
package dev.millrace.pipelines.beam;

import org.jspecify.annotations.NullMarked;
