#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a low-bit network in plain PyTorch and exports it to ONNX for `spikeloom convert`.

Activations are signed numbers of 2 bits (-2, -1, 0, 1 times a scale), weights signed numbers of 4 bits (-7..7 times a scale
per output channel), and pixels are quantized to 4 bits, so that even the first layer runs on the chip.

    train_low_bit.py -o low_bit.onnx [--epochs 2] [--threads 2]
"""

import argparse
import gzip
import os
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional


def round_through(x: torch.Tensor) -> torch.Tensor:
    """Rounds to the nearest integer, ties to even; in training the gradient passes as if it did not."""
    return x + (torch.round(x) - x).detach() if x.requires_grad else torch.round(x)


class SignedActivation(nn.Module):
    """Quantizes to scale * {-2, -1, 0, 1}; the scale is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return round_through(torch.clamp(x / self.scale, -2.0, 1.0)) * self.scale


def low_bit(weight: torch.Tensor) -> torch.Tensor:
    """Quantizes weights [out channel, ...] to 4 bits, with one scale per output channel."""
    shape = [-1] + [1] * (weight.dim() - 1)
    scale = weight.detach().abs().flatten(1).amax(1).clamp(min=1e-6).reshape(shape) / 7.0
    return round_through(weight / scale) * scale


class LowBitConv(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = low_bit(self.weight) if self.training else self.weight
        return functional.conv2d(x, weight, None, self.stride, self.padding)


class LowBitLinear(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, low_bit(self.weight) if self.training else self.weight)


def freeze(network: nn.Module) -> None:
    """Ends the training: replaces the weights by the quantized ones, which are then exported as numbers."""
    network.eval()
    for layer in network.modules():
        if isinstance(layer, (LowBitConv, LowBitLinear)):
            layer.weight.data = low_bit(layer.weight.data)
    for parameter in network.parameters():
        parameter.requires_grad_(False)


class Network(nn.Module):
    """Images N x 1 x 28 x 28 of 0..1 to scores N x 10."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            LowBitConv(1, 16, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(16), SignedActivation(),
            LowBitConv(16, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), SignedActivation(),
            nn.Flatten(),
            LowBitLinear(32 * 7 * 7, 64, bias=False), nn.BatchNorm1d(64), SignedActivation(),
            nn.Linear(64, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(round_through(torch.clamp(x * 15.0, 0.0, 15.0)))


def read_idx(path: pathlib.Path) -> np.ndarray:
    """Reads an IDX file of bytes, with or without .gz."""
    packed = path.with_name(path.name + ".gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    shape = [int.from_bytes(data[4 + 4 * d:8 + 4 * d], "big") for d in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def load(folder: pathlib.Path, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    images = read_idx(folder / f"{part}-images-idx3-ubyte").astype(np.float32) / np.float32(255)
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte").astype(np.int64)
    return torch.from_numpy(images[:, None]), torch.from_numpy(labels)


def train(network: Network, images: torch.Tensor, labels: torch.Tensor, epochs: int) -> None:
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    steps = epochs * (len(images) // 100)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    network.train()
    for epoch in range(epochs):
        order = torch.randperm(len(images))
        for batch in order[:len(order) // 100 * 100].split(100):
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1} of {epochs}: loss {loss.item():.3f}", flush=True)


def accuracy(network: Network, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        classes = torch.cat([network(batch).argmax(1) for batch in images.split(1000)])
    return (classes == labels).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="ONNX file to write")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--images", type=int, default=60000, help="number of training images")
    parser.add_argument("--test-images", type=int, default=10000, help="number of test images")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/usr/share/datasets/fashion-mnist"),
                        help="folder with the IDX files of Fashion-MNIST")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    network = Network()
    images, labels = load(options.data, "train")
    train(network, images[:options.images], labels[:options.images], options.epochs)
    freeze(network)
    images, labels = load(options.data, "t10k")
    right = accuracy(network, images[:options.test_images], labels[:options.test_images])
    print(f"accuracy in PyTorch: {100 * right:.2f} %")
    torch.onnx.export(network, torch.zeros(1, 1, 28, 28), str(options.output), opset_version=13,
                      input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "N"}, "scores": {0: "N"}})


if __name__ == "__main__":
    main()
