"""Registers model versions in MLflow by threads: STORE FOLDER THREADS VERSIONS. Prints milliseconds a registration."""

import os
import sys
import threading
import time

import mlflow

store, folder, threads, versions = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = mlflow.MlflowClient(tracking_uri=store, registry_uri=store)
client.create_registered_model("late_flight")
waiting = iter(range(versions))
lock = threading.Lock()
numbers = []
failures = []


def register():
    while True:
        with lock:
            i = next(waiting, None)
        if i is None:
            return
        artifact = os.path.join(folder, str(i))
        os.makedirs(artifact)
        for name, size in (("model.onnx", 2000), ("verification.json", 10), ("profile", 2000)):
            with open(os.path.join(artifact, name), "wb") as out:
                out.write(os.urandom(size))
                out.flush()
                os.fsync(out.fileno())
        try:
            made = client.create_model_version("late_flight", artifact, tags={"seed": str(i)})
            numbers.append(int(made.version))
        except Exception as failure:  # pylint: disable=broad-except
            failures.append(str(failure).splitlines()[0])


start = time.perf_counter()
running = [threading.Thread(target=register) for _ in range(threads)]
for thread in running:
    thread.start()
for thread in running:
    thread.join()
took = time.perf_counter() - start
print(
    f"MLflow {mlflow.__version__}, {threads} threads: {len(numbers) / took:.1f} registrations a second, "
    f"{len(numbers) - len(set(numbers))} numbers given twice, {len(failures)} of {versions} refused"
    + (f", such as: {failures[0][:160]}" if failures else ""),
    file=sys.stderr,
)
print(1000 * took / max(1, len(numbers)))
