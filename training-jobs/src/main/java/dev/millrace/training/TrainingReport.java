package dev.millrace.training;

import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.ModelVersion;
import java.util.Optional;

/**
 * What a training run came to.
 *
 * @param trainingSet where the set lies
 * @param created whether the version is new; a run whose data, definitions and parameters are those
 *     of a version keeps that
 * @param proof how the ONNX graph did against the trainer's own scores; empty where nothing was
 *     trained
 */
public record TrainingReport(
    WriteReport trainingSet,
    ModelVersion version,
    boolean created,
    Optional<VerificationRows.Outcome> proof) {}
