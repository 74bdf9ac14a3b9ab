"""Loads an exported model with MLflow, asks it, and saves it again as MLflow does: python mlflow_exchange.py FROM TO."""

import sys

import mlflow.onnx
import numpy
import onnxruntime

source, target = sys.argv[1:]
model = mlflow.onnx.load_model(source)
session = onnxruntime.InferenceSession(model.SerializeToString())
answer = session.run(None, {"features": numpy.array([[1.5, 2.5]])})
print("answers", answer[0].tolist())
print("signature", mlflow.models.Model.load(source).signature.inputs.input_names())
mlflow.onnx.save_model(model, target)
