# SPDX-License-Identifier: Apache-2.0
"""Evaluates ONNX models with ONNX Runtime, which serves as the independent oracle of the converter.
It needs Node.js and the packages of testbenches/onnxruntime, which scripts/test installs."""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy
import onnx

import program

SCRIPT = program.ROOT / "testbenches" / "onnxruntime" / "evaluate.js"
BUILD = pathlib.Path(os.environ.get("SPIKELOOM_BUILD", program.ROOT / "build" / "dev"))
MODULES = BUILD.parent / "onnxruntime" / "node_modules"


class OnnxRuntimeError(Exception):
    """ONNX Runtime refuses a model or fails to evaluate it."""


class OnnxRuntime:
    """A process that evaluates models one after another."""

    def __init__(self) -> None:
        if not MODULES.is_dir():
            raise FileNotFoundError(f"{MODULES}: is not there: scripts/test makes it")
        self._directory = tempfile.TemporaryDirectory()
        self._folder = pathlib.Path(self._directory.name)
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(["node", SCRIPT], text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE,
                                         env={**os.environ, "NODE_PATH": str(MODULES)})

    def close(self) -> None:
        self._process.communicate()
        self._directory.cleanup()

    def evaluate(self, model: onnx.ModelProto, inputs: dict[str, numpy.ndarray],
                 tensors: list[str]) -> dict[str, numpy.ndarray]:
        """Returns the given tensors of the model, inner ones too."""
        model = with_outputs(model, tensors)
        onnx.save(model, str(self._folder / "model.onnx"))
        described, offset = [], 0
        with open(self._folder / "data", "wb") as file:
            for name, values in inputs.items():
                content = numpy.ascontiguousarray(values).tobytes()
                described.append({"name": name, "type": values.dtype.name,
                                  "dims": list(values.shape), "offset": offset,
                                  "bytes": len(content)})
                offset += file.write(content)
        answer = self._ask({"model": str(self._folder / "model.onnx"),
                            "data": str(self._folder / "data"), "inputs": described,
                            "outputs": tensors, "result": str(self._folder / "result")})
        content = (self._folder / "result").read_bytes()
        return {tensor["name"]: self._array(content, tensor) for tensor in answer["outputs"]}

    def _ask(self, request: dict) -> dict:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._process.communicate()
            status = self._process.returncode
            self._start()
            raise OnnxRuntimeError(f"node ended with status {status}")
        answer = json.loads(line)
        if "error" in answer:
            raise OnnxRuntimeError(answer["error"])
        return answer

    @staticmethod
    def _array(content: bytes, tensor: dict) -> numpy.ndarray:
        values = numpy.frombuffer(content[tensor["offset"]:tensor["offset"] + tensor["bytes"]],
                                  dtype=tensor["type"])
        return values.reshape(tensor["dims"])


def with_outputs(model: onnx.ModelProto, tensors: list[str]) -> onnx.ModelProto:
    """Returns the model with the given tensors as its outputs. ONNX Runtime infers their types."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.output[:]
    for tensor in tensors:
        result.graph.output.add().name = tensor
    return result
