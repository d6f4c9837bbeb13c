# SPDX-License-Identifier: Apache-2.0
"""Writes a trained network as a standard ONNX model (opset 13).

The input is "image" [N, C, H, W] float32, preprocessed; the output is "logits" [N, classes]. The first convolution
and the classifier have float32 weights, the others int8 codes and a scale, combined by DequantizeLinear. Each
convolution is followed by BatchNormalization and the quantizer Clip(0, B), Mul(2^k), Add(1/2), Floor, Mul(2^-k),
which equals clip(floor(y*2^k + 1/2)/2^k, 0, B) since B*2^k is an integer. With k = 0 both Mul nodes are omitted.
A real-valued network has float32 weights throughout and only Clip(0, B) as activation.
"""

import os
from pathlib import Path
from typing import Dict, List

import numpy as np
import onnx
from onnx import helper, numpy_helper
from torch import Tensor, nn

from networks import Block, Network
from quantization import ActivationFormat, TernaryConv2d, ternarize

OPSET = 13
IR_VERSION = 7


class _GraphWriter:
    """Collects nodes and initializers; each node's output is named after the node."""

    def __init__(self) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self.initializers: List[onnx.TensorProto] = []

    def constant(self, name: str, values: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def scalar(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, np.float32))

    def parameter(self, name: str, values: Tensor) -> str:
        return self.constant(name, values.detach().cpu().numpy().astype(np.float32))

    def node(self, operator: str, name: str, inputs: List[str], output: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output or name], name, **attributes))
        return output or name


def _write_weight(graph: _GraphWriter, name: str, conv: nn.Conv2d) -> str:
    if not isinstance(conv, TernaryConv2d):
        return graph.parameter(f"{name}.weight", conv.weight)
    codes, scale = ternarize(conv.weight.detach())
    inputs = [
        graph.constant(f"{name}.weight", codes.cpu().numpy().astype(np.int8)),
        graph.parameter(f"{name}.scale", scale),
        graph.constant(f"{name}.zero_point", np.array(0, np.int8)),
    ]
    return graph.node("DequantizeLinear", f"{name}_weight", inputs)


def _write_activation(
    graph: _GraphWriter, name: str, values: str, activation: ActivationFormat, quantized: bool
) -> str:
    limits = [graph.scalar(f"{name}.minimum", 0), graph.scalar(f"{name}.maximum", activation.bound)]
    values = graph.node("Clip", f"{name}_clip", [values, *limits])
    if not quantized:
        return values
    if activation.precision:
        scale = graph.scalar(f"{name}.scale", activation.scale)
        values = graph.node("Mul", f"{name}_scale", [values, scale])
    values = graph.node("Add", f"{name}_add", [values, graph.scalar(f"{name}.half", 0.5)])
    values = graph.node("Floor", f"{name}_floor", [values])
    if activation.precision:
        step = graph.scalar(f"{name}.step", 1 / activation.scale)
        values = graph.node("Mul", f"{name}_unscale", [values, step])
    return values


def _write_block(graph: _GraphWriter, name: str, values: str, block: Block, network: Network) -> str:
    conv, norm = block.conv, block.norm
    values = graph.node(
        "Conv", name, [values, _write_weight(graph, name, conv)],
        kernel_shape=list(conv.kernel_size), strides=list(conv.stride), pads=list(conv.padding) * 2,
    )
    inputs = [
        graph.parameter(f"{name}_bn.gamma", norm.weight),
        graph.parameter(f"{name}_bn.beta", norm.bias),
        graph.parameter(f"{name}_bn.mean", norm.running_mean),
        graph.parameter(f"{name}_bn.variance", norm.running_var),
    ]
    values = graph.node("BatchNormalization", f"{name}_bn", [values, *inputs], epsilon=norm.eps)
    return _write_activation(graph, f"{name}_quant", values, network.activation, network.quantized)


def build_model(network: Network, name: str, metadata: Dict[str, str]) -> onnx.ModelProto:
    """Builds and checks the ONNX model; `name` is the name of the graph, `metadata` becomes metadata_props."""
    graph = _GraphWriter()
    values = "image"
    for index, block in enumerate(network.blocks, 1):
        values = _write_block(graph, f"conv{index}", values, block, network)
    values = graph.node("Flatten", "flatten", [values], axis=1)
    classifier = network.classifier
    inputs = [graph.parameter("fc.weight", classifier.weight), graph.parameter("fc.bias", classifier.bias)]
    graph.node("Gemm", "fc", [values, *inputs], output="logits", transB=1)

    float32 = onnx.TensorProto.FLOAT
    image = helper.make_tensor_value_info("image", float32, ["N", *network.input_shape])
    logits = helper.make_tensor_value_info("logits", float32, ["N", classifier.out_features])
    model = helper.make_model(
        helper.make_graph(graph.nodes, name, [image], [logits], graph.initializers),
        producer_name="spikeloom", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def save_model(model: onnx.ModelProto, path: Path) -> None:
    """Writes the model atomically; creates the folder if necessary."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(model.SerializeToString())
    os.replace(partial, path)
