#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Executes a quantized ONNX model in float64 and prints its accuracy and its spikes per image.

The executor is independent of the code that trained or exported the model: it interprets the nodes of the graph
with the stored float32 parameters, on pixels preprocessed in float64.
"""

import argparse
import itertools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import numpy as np
import onnx
import torch
import torch.nn.functional as functional
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor

import errors
from datasets import DATASETS, load
from errors import ArgumentParser, InputError

BATCH = 250
INTEGER_TOLERANCE = 1e-9


class Node:
    """An ONNX node with its attributes as Python values."""

    def __init__(self, proto: onnx.NodeProto) -> None:
        self.operator = proto.op_type
        self.name = proto.name or proto.output[0]
        self.inputs = list(proto.input)
        self.output = proto.output[0]
        self.attributes = {item.name: onnx.helper.get_attribute_value(item) for item in proto.attribute}

    def attribute(self, name: str, default):
        return self.attributes.get(name, default)


def _constant(values: np.ndarray) -> Tensor:
    """Converts floating-point constants to float64, integers to int64."""
    wide = np.float64 if np.issubdtype(values.dtype, np.floating) else np.int64
    return torch.from_numpy(values.astype(wide))


def _per_channel(values: Tensor, like: Tensor, axis: int) -> Tensor:
    """Reshapes one value to a scalar, [C] values to broadcast along `axis` of `like`."""
    if values.numel() == 1:
        return values.reshape(())
    shape = [1] * like.dim()
    shape[axis] = -1
    return values.reshape(shape)


def _padded(node: Node, values: Tensor, fill: float) -> Tensor:
    """Returns values [N, C, H, W] padded by the node's pads with `fill`."""
    if node.attribute("auto_pad", b"NOTSET") != b"NOTSET" or node.attribute("ceil_mode", 0):
        raise InputError(f"node {node.name}: auto_pad and ceil_mode are not supported")
    top, left, bottom, right = node.attribute("pads", [0, 0, 0, 0])
    return functional.pad(values, (left, right, top, bottom), value=fill)


def _conv(node: Node, values: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    return functional.conv2d(
        _padded(node, values, 0), weight, bias, tuple(node.attribute("strides", (1, 1))),
        dilation=tuple(node.attribute("dilations", (1, 1))), groups=node.attribute("group", 1),
    )


def _max_pool(node: Node, values: Tensor) -> Tensor:
    return functional.max_pool2d(
        _padded(node, values, -math.inf), tuple(node.attribute("kernel_shape", None)),
        tuple(node.attribute("strides", (1, 1))), dilation=tuple(node.attribute("dilations", (1, 1))),
    )


def _average_pool(node: Node, values: Tensor) -> Tensor:
    """Returns the mean over each window; padding counts only with count_include_pad."""
    kernel = tuple(node.attribute("kernel_shape", None))
    strides = tuple(node.attribute("strides", (1, 1)))
    mean = functional.avg_pool2d(_padded(node, values, 0), kernel, strides)
    if node.attribute("count_include_pad", 0):
        return mean
    return mean / functional.avg_pool2d(_padded(node, torch.ones_like(values), 0), kernel, strides)


def _batch_normalization(
    node: Node, values: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor
) -> Tensor:
    gamma, beta, mean, variance = (_per_channel(item, values, 1) for item in (gamma, beta, mean, variance))
    epsilon = float(np.float32(node.attribute("epsilon", 1e-5)))
    return gamma * (values - mean) / torch.sqrt(variance + epsilon) + beta


def _clip(node: Node, values: Tensor, low: Optional[Tensor] = None, high: Optional[Tensor] = None) -> Tensor:
    lowest = -math.inf if low is None else float(low)
    highest = math.inf if high is None else float(high)
    return values.clamp(lowest, highest)


def _quantize_linear(node: Node, values: Tensor, scale: Tensor, zero_point: Optional[Tensor], low: int, high: int):
    axis = node.attribute("axis", 1)
    offset = 0 if zero_point is None else _per_channel(zero_point, values, axis)
    return (torch.round(values / _per_channel(scale, values, axis)) + offset).clamp(low, high).long()


def _dequantize_linear(node: Node, codes: Tensor, scale: Tensor, zero_point: Optional[Tensor] = None) -> Tensor:
    axis = node.attribute("axis", 1)
    offset = 0 if zero_point is None else _per_channel(zero_point, codes, axis)
    return (codes - offset).double() * _per_channel(scale, codes, axis)


def _cast(node: Node, values: Tensor) -> Tensor:
    to_float = node.attribute("to", 0) in (
        onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16,
    )
    return values.double() if to_float else values.long()


def _flatten(node: Node, values: Tensor) -> Tensor:
    axis = node.attribute("axis", 1)
    rows = math.prod(values.shape[:axis])
    return values.reshape(rows, -1)


def _reshape(node: Node, values: Tensor, shape: Tensor) -> Tensor:
    sizes = [values.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())]
    return values.reshape(sizes)


def _gemm(node: Node, left: Tensor, right: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    left = left.T if node.attribute("transA", 0) else left
    right = right.T if node.attribute("transB", 0) else right
    product = node.attribute("alpha", 1.0) * (left @ right)
    return product if bias is None else product + node.attribute("beta", 1.0) * bias


OPERATORS: Dict[str, Callable[..., Tensor]] = {
    "Add": lambda node, left, right: left + right,
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_normalization,
    "Cast": _cast,
    "Clip": _clip,
    "Conv": _conv,
    "DequantizeLinear": _dequantize_linear,
    "Div": lambda node, left, right: left / right,
    "Dropout": lambda node, values, *settings: values,
    "Flatten": _flatten,
    "Floor": lambda node, values: torch.floor(values),
    "Gemm": _gemm,
    "Identity": lambda node, values: values,
    "MatMul": lambda node, left, right: left @ right,
    "MaxPool": _max_pool,
    "Mul": lambda node, left, right: left * right,
    "QuantizeLinear": _quantize_linear,
    "Relu": lambda node, values: values.clamp(min=0),
    "Reshape": _reshape,
    "Round": lambda node, values: torch.round(values),
}

SOURCES = {"Conv", "Gemm", "MatMul", "MaxPool", "AveragePool"}
ROUNDINGS = {"Floor": 0.0, "Round": 0.5, "QuantizeLinear": 0.5}


@dataclass(frozen=True)
class QuantizerOutput:
    """The tensor that holds the activations a of a quantizer, the layer that names it, and the step 2^-k."""

    layer: str
    tensor: str
    step: float


class Executor:
    """Interprets an ONNX model in float64."""

    def __init__(self, model: onnx.ModelProto) -> None:
        graph = model.graph
        self._constants = {item.name: _constant(numpy_helper.to_array(item)) for item in graph.initializer}
        self._code_ranges = {
            item.name: np.iinfo(numpy_helper.to_array(item).dtype)
            for item in graph.initializer
            if item.data_type in (onnx.TensorProto.INT8, onnx.TensorProto.UINT8)
        }
        self._nodes = [Node(node) for node in graph.node]
        for node in self._nodes:
            if node.operator not in OPERATORS:
                raise InputError(f"node {node.name}: operator {node.operator} is not supported")
        inputs = [item for item in graph.input if item.name not in self._constants]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise InputError(f"the model has {len(inputs)} inputs and {len(graph.output)} outputs, not one of each")
        self._input, self._output = inputs[0].name, graph.output[0].name
        self.input_shape = [size.dim_value for size in inputs[0].type.tensor_type.shape.dim][1:]
        self._producers = {node.output: node for node in self._nodes}
        self.quantizers = [self._follow(node) for node in self._nodes if node.operator in ROUNDINGS]
        self.margin = math.inf
        """Minimum distance so far of a value to its nearest rounding boundary, in levels."""

    def run(self, images: Tensor) -> Tuple[Tensor, List[Tensor]]:
        """Takes images float64 [N, C, H, W]; returns logits [N, classes] and A = a*2^k int64 [N, ...] per quantizer."""
        tensors: Dict[str, Optional[Tensor]] = {**self._constants, self._input: images, "": None}
        for node in self._nodes:
            operands = [tensors[name] for name in node.inputs]
            if node.operator in ROUNDINGS:
                self._note_margin(node, operands)
            if node.operator == "QuantizeLinear":
                operands += [None] * (3 - len(operands)) + self._code_limits(node)
            tensors[node.output] = OPERATORS[node.operator](node, *operands)
        levels = [self._levels(quantizer, tensors[quantizer.tensor]) for quantizer in self.quantizers]
        return tensors[self._output], levels

    def _note_margin(self, node: Node, operands: List[Optional[Tensor]]) -> None:
        values = operands[0]
        if node.operator == "QuantizeLinear":
            values = values / _per_channel(operands[1], values, node.attribute("axis", 1))
        shifted = values + ROUNDINGS[node.operator]
        self.margin = min(self.margin, float((shifted - torch.round(shifted)).abs().min()))

    def _code_limits(self, node: Node) -> List[int]:
        """Returns the minimum and maximum code of a QuantizeLinear: by the type of its zero point, else uint8."""
        limits = self._code_ranges.get(node.inputs[2] if len(node.inputs) > 2 else "", np.iinfo(np.uint8))
        return [int(limits.min), int(limits.max)]

    @staticmethod
    def _levels(quantizer: QuantizerOutput, values: Tensor) -> Tensor:
        scaled = values / quantizer.step
        levels = torch.round(scaled)
        if float((scaled - levels).abs().max()) > INTEGER_TOLERANCE:
            raise InputError(f"{quantizer.layer}: activations are not multiples of {quantizer.step:g}")
        return levels.long()

    def _follow(self, rounding: Node) -> QuantizerOutput:
        """Follows a rounding forward through rescaling and clipping, and back to the layer before it."""
        step, tensor = 1.0, rounding.output
        while True:
            consumers = [node for node in self._nodes if tensor in node.inputs]
            factor = self._rescaling(consumers[0], tensor) if len(consumers) == 1 else None
            if factor is None:
                return QuantizerOutput(self._layer_before(rounding), tensor, step)
            step *= factor
            tensor = consumers[0].output

    def _rescaling(self, node: Node, tensor: str) -> Optional[float]:
        """Returns the factor by which `node` scales `tensor` if it still belongs to a quantizer, else None."""
        if node.operator in ("Clip", "Relu", "Identity", "Cast") and node.inputs[0] == tensor:
            return 1.0
        if node.operator == "DequantizeLinear" and node.inputs[0] == tensor:
            return float(self._constants[node.inputs[1]])
        others = [self._constants.get(name) for name in node.inputs if name != tensor]
        if len(others) != 1 or others[0] is None or others[0].numel() != 1:
            return None
        if node.operator == "Mul":
            return float(others[0])
        if node.operator == "Div" and node.inputs[0] == tensor:
            return 1 / float(others[0])
        return None

    def _layer_before(self, node: Node) -> str:
        while node.operator not in SOURCES:
            computed = [name for name in node.inputs if name in self._producers or name == self._input]
            if len(computed) != 1 or computed[0] == self._input:
                return node.name
            node = self._producers[computed[0]]
        return node.name


@dataclass
class Result:
    """Results of a model on some images; levels are int [N, C, H, W] by layer, in the order of the graph."""

    logits: np.ndarray
    predicted: np.ndarray
    labels: np.ndarray
    levels: Dict[str, np.ndarray]
    spikes: Dict[str, float]
    margin: float

    @property
    def correct(self) -> int:
        return int((self.predicted == self.labels).sum())


def evaluate(
    model: onnx.ModelProto, dataset: str, first: int = 0, count: Optional[int] = None, keep_levels: bool = False
) -> Result:
    """Runs the model on `count` test images from `first` on, or on all remaining ones if count is None."""
    executor = Executor(model)
    images, labels = load(dataset, train=False)
    if not 0 <= first < len(images):
        raise InputError(f"first image {first}: the test set has images 0..{len(images) - 1}")
    left = len(images) - first
    count = left if count is None else count
    if not 1 <= count <= left:
        raise InputError(f"{count} images from {first} on: allowed 1..{left}")
    images, labels = images[first : first + count], labels[first : first + count]

    logits: List[Tensor] = []
    kept: Dict[str, List[np.ndarray]] = {quantizer.layer: [] for quantizer in executor.quantizers}
    spikes = {quantizer.layer: 0 for quantizer in executor.quantizers}
    for pixels in images.split(BATCH):
        inputs = DATASETS[dataset].preprocess(pixels.double())
        if list(inputs.shape[1:]) != executor.input_shape:
            raise InputError(f"the model takes images {executor.input_shape}, {dataset} has {list(inputs.shape[1:])}")
        batch_logits, batch_levels = executor.run(inputs)
        logits.append(batch_logits)
        for quantizer, levels in zip(executor.quantizers, batch_levels):
            spikes[quantizer.layer] += int(levels.sum())
            if keep_levels:
                kept[quantizer.layer].append(levels.numpy().astype(np.int16))
    joined = torch.cat(logits)
    return Result(
        joined.numpy(), joined.argmax(1).numpy(), labels.numpy(),
        {name: np.concatenate(parts) for name, parts in kept.items() if parts},
        {name: total / count for name, total in spikes.items()},
        executor.margin,
    )


def report(result: Result) -> None:
    """Prints accuracy, spikes per image of each layer, and the minimum distance to a rounding boundary."""
    count = len(result.labels)
    print(f"accuracy {100 * result.correct / count:.2f} % ({result.correct} of {count} test images)")
    if not result.spikes:
        return
    for name, mean in result.spikes.items():
        print(f"  {name:<12} {mean:10.1f} spikes/image")
    print(f"  {'all':<12} {sum(result.spikes.values()):10.1f} spikes/image")
    print(f"closest value to a rounding boundary: {result.margin:.2g} levels")


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(__doc__)
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--data", required=True, choices=sorted(DATASETS), help="the data set whose test images are used")
    parser.add_argument("--first", type=int, default=0, metavar="I", help="first image (default 0)")
    parser.add_argument("--images", type=int, metavar="N", help="number of images (default: all from the first on)")
    parser.add_argument("--levels", type=Path, metavar="FILE.npz",
                        help="write the integers A = a*2^k of each quantizer, named by its layer "
                        "[images, C, H, W], with logits, predicted and labels")
    parser.add_argument("--classes", type=Path, metavar="FILE.csv", help="write index, label, predicted of each image")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    for name in ("levels", "classes"):
        path = getattr(arguments, name)
        if path is not None and not path.parent.is_dir():
            raise InputError(f"--{name}: no folder {path.parent}")
    try:
        model = onnx.load(arguments.model)
        onnx.checker.check_model(model, full_check=True)
    except (DecodeError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise InputError(f"{arguments.model}: not a valid ONNX model: {str(error).splitlines()[0]}") from error
    keep = arguments.levels is not None
    result = evaluate(model, arguments.data, arguments.first, arguments.images, keep)
    report(result)
    if keep:
        np.savez_compressed(
            arguments.levels, **result.levels,
            logits=result.logits, predicted=result.predicted, labels=result.labels,
        )
        print(f"wrote {arguments.levels}")
    if arguments.classes is not None:
        rows = zip(itertools.count(arguments.first), result.labels.tolist(), result.predicted.tolist())
        lines = ["index,label,predicted", *(",".join(map(str, row)) for row in rows)]
        arguments.classes.write_text("\n".join(lines) + "\n")
        print(f"wrote {arguments.classes}")


if __name__ == "__main__":
    errors.run(main)
