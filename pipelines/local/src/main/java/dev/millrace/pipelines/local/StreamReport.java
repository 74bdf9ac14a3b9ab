package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;

/**
 * What a scripted stream gave.
 *
 * @param rows the plan's rows when all was delivered
 * @param late events that came when the watermark had passed their time; they count all the same
 * @param duplicates batches that came again and did not count
 */
public record StreamReport(Rows rows, long late, long duplicates) {}
