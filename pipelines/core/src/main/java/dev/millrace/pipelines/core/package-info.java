/**
 * The plan: a small closed tree of nodes, checked when it is built, printed, and named by a
 * fingerprint of its content. No feature, model or registry word is known here, and no engine.
 * Start reading at {@link dev.millrace.pipelines.core.Node}.
 */
@NullMarked
package dev.millrace.pipelines.core;

import org.jspecify.annotations.NullMarked;
