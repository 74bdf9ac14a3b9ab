/**
 * What a numeric column looks like, kept in a few kilobytes, and how far two such looks lie apart.
 * No engine, file, clock or picture is known here. Start reading at {@link
 * dev.millrace.transforms.drift.Drift}, then {@link dev.millrace.transforms.drift.ColumnProfile}.
 */
@NullMarked
package dev.millrace.transforms.drift;

import org.jspecify.annotations.NullMarked;
