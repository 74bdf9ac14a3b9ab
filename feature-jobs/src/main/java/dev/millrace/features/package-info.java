/**
 * Sources, entities and feature views, and the jobs planned from them: ingest, materialise, read
 * online, audit. No engine is named here; jobs are given one. Start reading at {@link
 * dev.millrace.features.FeatureView}.
 */
@NullMarked
package dev.millrace.features;

import org.jspecify.annotations.NullMarked;
