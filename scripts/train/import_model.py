# SPDX-License-Identifier: Apache-2.0
"""Sets a network's parameters from a trained model: one exported by export_onnx, or an .npz of ternary convolutions."""

import zipfile
from pathlib import Path
from typing import Dict, Mapping

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor

from errors import InputError
from networks import Network
from quantization import TernaryConv2d


def _take(arrays: Mapping[str, np.ndarray], key: str, like: Tensor, source: Path) -> Tensor:
    """Returns arrays[key] in float32; it must have the shape of `like`."""
    if key not in arrays:
        raise InputError(f"{source}: no {key}")
    if tuple(arrays[key].shape) != tuple(like.shape):
        raise InputError(f"{source}: {key}: got {list(arrays[key].shape)}, the network has {list(like.shape)}")
    return torch.from_numpy(arrays[key].astype(np.float32)).to(like.device)


@torch.no_grad()
def load_npz(network: Network, path: Path) -> None:
    """Loads an .npz. It has for convolution i the arrays w{i} (out, in, kh, kw; int8 codes except for the first),
    gamma{i}, beta{i}, mean{i} and var{i}; fc (classes, channels), a classifier without bias; and k and B."""
    try:
        with np.load(path) as content:
            arrays: Dict[str, np.ndarray] = {key: content[key] for key in content.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not an .npz file: {error}") from error
    activation = network.activation
    for key, wanted in (("k", activation.precision), ("B", activation.bound)):
        if key not in arrays or float(arrays[key]) != wanted:
            raise InputError(f"{path}: {key}: got {arrays.get(key)}, the network has {wanted:g}")
    for i, block in enumerate(network.blocks):
        weight = _take(arrays, f"w{i}", block.conv.weight, path)
        if isinstance(block.conv, TernaryConv2d) and not torch.isin(weight, torch.tensor([-1.0, 0.0, 1.0])).all():
            raise InputError(f"{path}: w{i}: got weights other than -1, 0, 1")
        block.conv.weight.copy_(weight)
        norm = block.norm
        for key, target in (("gamma", norm.weight), ("beta", norm.bias),
                            ("mean", norm.running_mean), ("var", norm.running_var)):
            target.copy_(_take(arrays, f"{key}{i}", target, path))
    network.classifier.weight.copy_(_take(arrays, "fc", network.classifier.weight, path))
    network.classifier.bias.zero_()


@torch.no_grad()
def load_onnx(network: Network, path: Path) -> None:
    """Loads a model of export_onnx of the same topology. A real-valued model sets the latent weights of a quantized
    network; a quantized model sets a real-valued network to its ternary weights."""
    try:
        model = onnx.load(path)
    except DecodeError as error:
        raise InputError(f"{path}: not an ONNX model") from error
    arrays = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    for i, block in enumerate(network.blocks, 1):
        scale = arrays.get(f"conv{i}.scale", np.ones(1)).item()
        block.conv.weight.copy_(_take(arrays, f"conv{i}.weight", block.conv.weight, path) * scale)
        norm = block.norm
        for name, target in (("gamma", norm.weight), ("beta", norm.bias),
                             ("mean", norm.running_mean), ("variance", norm.running_var)):
            target.copy_(_take(arrays, f"conv{i}_bn.{name}", target, path))
    network.classifier.weight.copy_(_take(arrays, "fc.weight", network.classifier.weight, path))
    network.classifier.bias.copy_(_take(arrays, "fc.bias", network.classifier.bias, path))


@torch.no_grad()
def make_trainable(network: Network) -> None:
    """Rescales the latent weights of each ternary layer, with its batch statistics, to the magnitude of newly
    initialized weights: if all are 0 or far beyond the threshold, optimizer steps change no sign."""
    for block in network.blocks:
        if not isinstance(block.conv, TernaryConv2d):
            continue
        weight = block.conv.weight
        kept = weight.abs() > 0
        fan_in = weight[0].numel()
        factor = float((2 / fan_in) ** 0.5 / (weight.abs().sum() / kept.sum().clamp(min=1)))
        weight.mul_(factor)
        block.norm.running_mean.mul_(factor)
        block.norm.running_var.mul_(factor**2)
