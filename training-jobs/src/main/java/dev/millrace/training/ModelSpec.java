package dev.millrace.training;

import dev.millrace.features.Names;
import dev.millrace.registry.Gate;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model comes about: what it is trained on, by what, and what it must reach.
 *
 * @param gates all must hold on the test split, or nothing is registered
 * @param alias what a version that holds them becomes
 */
public record ModelSpec(
    String name, TrainingSet trainingSet, Trainer trainer, List<Gate> gates, String alias) {
  public ModelSpec {
    Names.check("model", name);
    gates = List.copyOf(gates);
  }

  /** A model of a training set; it has no gates, and its versions become {@code champion}. */
  public static ModelSpec named(String name, TrainingSet trainingSet, Trainer trainer) {
    return new ModelSpec(name, trainingSet, trainer, List.of(), "champion");
  }

  public ModelSpec gate(Gate gate) {
    List<Gate> more = new ArrayList<>(gates);
    more.add(gate);
    return new ModelSpec(name, trainingSet, trainer, more, alias);
  }
}
