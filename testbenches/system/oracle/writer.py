# SPDX-License-Identifier: Apache-2.0
"""Writes the nodes of ONNX models in the form that an operator set wants."""

import numpy
import onnx
from onnx import TensorProto, helper

QONNX = "qonnx.custom_op.general"
MICROSOFT = "com.microsoft"

# Types that are younger than some installed versions of the package onnx.
UINT4, INT4 = 21, 22
TYPES = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8, "int8": TensorProto.INT8,
         "uint16": TensorProto.UINT16, "int16": TensorProto.INT16, "int32": TensorProto.INT32,
         "int64": TensorProto.INT64, "uint4": UINT4, "int4": INT4}
RANGES = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767),
          "uint4": (0, 15), "int4": (-8, 7)}


def tensor_of(name: str, values: numpy.ndarray, kind: str) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=TYPES[kind], dims=list(numpy.shape(values)))
    if kind in ("uint4", "int4"):
        nibbles = numpy.ravel(values).astype(numpy.int64) & 15
        if len(nibbles) % 2:
            nibbles = numpy.append(nibbles, 0)
        tensor.raw_data = (nibbles[::2] | nibbles[1::2] << 4).astype(numpy.uint8).tobytes()
    else:
        tensor.raw_data = numpy.asarray(values, dtype=kind).tobytes()
    return tensor


class GraphWriter:
    """A graph that grows node by node. Functions that add a node return its output."""

    def __init__(self, opset: int) -> None:
        self.opset = opset
        self.nodes: list[onnx.NodeProto] = []
        self.extra_nodes: list[onnx.NodeProto] = []  # computed by the oracle alone
        self.initializers: list[onnx.TensorProto] = []
        self.domains: set[str] = set()
        self.names: list[str] = []  # of all nodes, in order

    def constant(self, values: object, kind: str = "float32", node: bool = False) -> str:
        """Adds a constant tensor, as an initializer or a node."""
        name = f"constant{len(self.initializers) + len(self.nodes)}"
        tensor = tensor_of(name, numpy.asarray(values), kind)
        if node:
            return self.add("Constant", [], value=tensor)
        self.initializers.append(tensor)
        return name

    def add(self, op: str, inputs: list[str], domain: str = "", outputs: int = 1,
            **attributes: object) -> str:
        name = f"{op}_{len(self.names)}"
        self.names.append(name)
        self.domains.add(domain)
        results = [f"{name}_out"] + [f"{name}_out{i}" for i in range(1, outputs)]
        self.nodes.append(helper.make_node(op, inputs, results, name=name, domain=domain,
                                           **attributes))
        return results[0]

    def add_extra(self, op: str, inputs: list[str], **attributes: object) -> str:
        """Adds a node for the oracle, which the converter does not see."""
        result = f"extra{len(self.extra_nodes)}"
        self.extra_nodes.append(helper.make_node(op, inputs, [result], **attributes))
        return result

    def _axes(self, op: str, tensor: str, axes: list[int], first_with_input: int,
              **attributes: object) -> str:
        if self.opset < first_with_input:
            return self.add(op, [tensor], axes=axes, **attributes)
        return self.add(op, [tensor, self.constant(axes, "int64")], **attributes)

    def squeeze(self, tensor: str, axes: list[int]) -> str:
        return self._axes("Squeeze", tensor, axes, 13)

    def unsqueeze(self, tensor: str, axes: list[int]) -> str:
        return self._axes("Unsqueeze", tensor, axes, 13)

    def reduce(self, op: str, tensor: str, axes: list[int], keepdims: int) -> str:
        return self._axes(op, tensor, axes, 18, keepdims=keepdims)

    def clip(self, tensor: str, lower: float | None, upper: float | None) -> str:
        if self.opset < 11:
            bounds = {"min": lower, "max": upper}
            return self.add("Clip", [tensor], **{key: float(bound) for key, bound in bounds.items()
                                                 if bound is not None})
        inputs = [tensor] + ["" if bound is None else self.constant(numpy.float32(bound))
                             for bound in (lower, upper)]
        while not inputs[-1]:
            inputs.pop()
        return self.add("Clip", inputs)

    def pad(self, tensor: str, pads: list[int], value: float, kind: str = "float32") -> str:
        if self.opset < 11:
            return self.add("Pad", [tensor], mode="constant", pads=pads, value=float(value))
        return self.add("Pad", [tensor, self.constant(pads, "int64"), self.constant(value, kind)])

    def cast(self, tensor: str, kind: str) -> str:
        return self.add("Cast", [tensor], to=TYPES[kind])

    def model(self, image: str, dims: list[object], output: str, kind: str,
              extra: bool = False) -> onnx.ModelProto:
        """Returns the model, with the oracle's own nodes if `extra`."""
        nodes = self.nodes + (self.extra_nodes if extra else [])
        result = helper.make_tensor_value_info(output, TYPES[kind], None)
        read = {name for node in nodes for name in node.input}
        constants = [tensor for tensor in self.initializers if tensor.name in read]
        graph = helper.make_graph(nodes, "random", [helper.make_tensor_value_info(
            image, TensorProto.FLOAT, dims)], [result], constants)
        sets = [helper.make_opsetid("", self.opset)]
        sets += [helper.make_opsetid(domain, 1) for domain in sorted(self.domains) if domain]
        model = helper.make_model(graph, opset_imports=sets, producer_name="spikeloom-tests")
        model.ir_version = 8 if self.opset < 18 else 9 if self.opset < 21 else 10
        return model
