#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Executes a quantized ONNX model in float64 and reports accuracy, spikes and, on demand, every activation.

The executor knows nothing of the code that trained or exported the model: it interprets the graph's nodes on
the stored float32 parameters, with pixels p/255 in double. All sums of the ternary layers are exact.
"""

import argparse
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
from errors import InputError

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
    """Floating-point constants in float64, integers in int64."""
    wide = np.float64 if np.issubdtype(values.dtype, np.floating) else np.int64
    return torch.from_numpy(values.astype(wide))


def _per_channel(values: Tensor, like: Tensor, axis: int) -> Tensor:
    """A scalar as it is, [C] shaped to broadcast along `axis` of `like`."""
    if values.numel() == 1:
        return values.reshape(())
    shape = [1] * like.dim()
    shape[axis] = -1
    return values.reshape(shape)


def _padded(node: Node, values: Tensor, fill: float) -> Tensor:
    """values [N, C, H, W] with the node's pads filled in."""
    if node.attribute("auto_pad", b"NOTSET") != b"NOTSET" or node.attribute("ceil_mode", 0):
        raise InputError(f"node {node.name}: auto_pad and ceil_mode are not supported")
    top, left, bottom, right = node.attribute("pads", [0, 0, 0, 0])
    return functional.pad(values, (left, right, top, bottom), value=fill)


def _conv(node: Node, values: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    return functional.conv2d(
        _padded(node, values, 0), weight, bias, node.attribute("strides", [1, 1]),
        dilation=node.attribute("dilations", [1, 1]), groups=node.attribute("group", 1),
    )


def _batch_normalization(
    node: Node, values: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor
) -> Tensor:
    gamma, beta, mean, variance = (_per_channel(item, values, 1) for item in (gamma, beta, mean, variance))
    epsilon = float(np.float32(node.attribute("epsilon", 1e-5)))
    return gamma * (values - mean) / torch.sqrt(variance + epsilon) + beta


def _clip(node: Node, values: Tensor, low: Optional[Tensor] = None, high: Optional[Tensor] = None) -> Tensor:
    low = node.attribute("min", low)
    high = node.attribute("max", high)
    return values if low is None and high is None else torch.clamp(
        values, None if low is None else float(low), None if high is None else float(high)
    )


def _quantize_linear(node: Node, values: Tensor, scale: Tensor, zero_point: Optional[Tensor] = None) -> Tensor:
    raise NotImplementedError


def _dequantize_linear(node: Node, codes: Tensor, scale: Tensor, zero_point: Optional[Tensor] = None) -> Tensor:
    axis = node.attribute("axis", 1)
    offset = 0 if zero_point is None else _per_channel(zero_point, codes, axis)
    return (codes - offset).double() * _per_channel(scale, codes, axis)
def report(model, dataset): print("todo")
