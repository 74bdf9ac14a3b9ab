/**
 * A registered model applied to rows, and the watch on what it was applied to. Nothing is fitted
 * here. Start reading at {@link dev.millrace.scoring.ScoringJob}.
 */
@NullMarked
package dev.millrace.scoring;

import org.jspecify.annotations.NullMarked;
