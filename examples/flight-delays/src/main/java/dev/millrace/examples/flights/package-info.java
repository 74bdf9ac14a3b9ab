/**
 * An example project: will a flight leave late? One source, two feature views, a model, its scores
 * and a watch on them. Start reading at {@link dev.millrace.examples.flights.FlightDelays}.
 */
@NullMarked
package dev.millrace.examples.flights;

import org.jspecify.annotations.NullMarked;
