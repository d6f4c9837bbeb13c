# SPDX-License-Identifier: Apache-2.0
"""The two networks: convolutions, each with batch normalization and activation, and a dense classifier.

Each is quantized or real-valued. A real-valued one has real weights and clip(y, 0, B) as activation.
"""

from dataclasses import dataclass
from typing import Dict, List, Tuple

import torch
from torch import Tensor, nn

from quantization import ActivationFormat, Quantizer, TernaryConv2d


@dataclass(frozen=True)
class Convolution:
    """A square convolution without bias."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0


@dataclass(frozen=True)
class Topology:
    """Input shape (C, H, W) and convolutions; the last one must give 1x1 pixels."""

    input_shape: Tuple[int, int, int]
    convolutions: Tuple[Convolution, ...]


def _vgg_stage(channels: int) -> Tuple[Convolution, ...]:
    """Returns two padded 3x3 convolutions and a 2x2 convolution with stride 2, which replaces pooling."""
    padded = Convolution(channels, 3, padding=1)
    return padded, padded, Convolution(channels, 2, stride=2)


TOPOLOGIES: Dict[str, Topology] = {
    "lenet": Topology(
        (1, 28, 28),
        (
            Convolution(16, 5, padding=2),
            Convolution(16, 5),
            Convolution(16, 2, stride=2),
            Convolution(32, 5),
            Convolution(32, 2, stride=2),
            Convolution(256, 4),
        ),
    ),
    "vgg": Topology(
        (3, 24, 24),
        (
            Convolution(64, 3, padding=1),
            *_vgg_stage(64),
            *_vgg_stage(128),
            *_vgg_stage(256),
            Convolution(512, 3, padding=1),
            Convolution(512, 3),
        ),
    ),
}


class Block(nn.Module):
    """Convolution, batch normalization, activation: [N, C, H, W] -> [N, C', H', W']."""

    def __init__(self, conv: nn.Conv2d, activation: nn.Module) -> None:
        super().__init__()
        self.conv = conv
        self.norm = nn.BatchNorm2d(conv.out_channels)
        self.activation = activation

    def forward(self, inputs: Tensor) -> Tensor:
        return self.activation(self.norm(self.conv(inputs).to(self.norm.weight.dtype)))


class Network(nn.Module):
    """A network of TOPOLOGIES. If quantized, only the first convolution and the classifier have real weights."""

    def __init__(self, topology: Topology, activation: ActivationFormat, classes: int, quantized: bool) -> None:
        super().__init__()
        self.input_shape = topology.input_shape
        self.activation = activation
        self.quantized = quantized
        blocks: List[Block] = []
        channels = topology.input_shape[0]
        for spec in topology.convolutions:
            layer = TernaryConv2d if quantized and blocks else nn.Conv2d
            conv = layer(channels, spec.channels, spec.kernel, spec.stride, spec.padding, bias=False)
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            blocks.append(Block(conv, Quantizer(activation) if quantized else nn.Hardtanh(0, activation.bound)))
            channels = spec.channels
        self.blocks = nn.ModuleList(blocks)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Takes preprocessed images [N, C, H, W]; returns the logits [N, classes]."""
        values = images
        for block in self.blocks:
            values = block(values)
        return self.classifier(values.flatten(1))

    def clamp_latent(self) -> None:
        """Clamps the latent weights; must be called after each step of the optimizer."""
        for block in self.blocks:
            if isinstance(block.conv, TernaryConv2d):
                block.conv.clamp_latent()


def build(name: str, activation: ActivationFormat, classes: int, seed: int, quantized: bool = True) -> Network:
    """Builds a network of TOPOLOGIES with random weights from `seed`."""
    torch.manual_seed(seed)
    return Network(TOPOLOGIES[name], activation, classes, quantized)
