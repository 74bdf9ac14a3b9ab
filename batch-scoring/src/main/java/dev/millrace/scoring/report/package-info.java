/**
 * Reports of batch scoring as pages that can be mailed and kept: one file, no script, nothing
 * fetched. Nothing is computed or written to disk here. Start reading at {@link
 * dev.millrace.scoring.report.DriftPage}.
 */
@NullMarked
package dev.millrace.scoring.report;

import org.jspecify.annotations.NullMarked;
