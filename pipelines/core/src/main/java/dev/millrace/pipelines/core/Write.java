package dev.millrace.pipelines.core;

/** A whole plan: rows, and where they go. */
public record Write(Node input, Sink sink) {}
