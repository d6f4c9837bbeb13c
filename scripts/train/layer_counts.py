#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the spikes of each layer of a chain of convolutions in batches of test images, and the work that they make.

Writes a CSV file with a line for each batch and layer, the host's first: neurons, of all images of the batch, and their
levels; spikes; paper_sop, the spikes times the receiving neurons of the next layer, its levels and 2 (padding taps receive
nothing; 0 for the last layer, which the host reads). scripts/infer-activity reads it.
"""

import argparse
from pathlib import Path
from typing import List, Tuple

import numpy as np
import onnx
import torch.nn.functional as functional
from torch import Tensor, ones

import errors
from datasets import DATASETS, load
from errors import ArgumentParser, InputError
from evaluate import Executor, Node

SYNAPSES = 2  # one-bit synapses of a ternary weight


def receivers(levels: Tensor, following: Tensor, conv: Node) -> Tensor:
    """Returns for each place [H, W] of a layer how many windows of the next convolution it lies in."""
    kernel = tuple(conv.attribute("kernel_shape", None))
    top, left, bottom, right = conv.attribute("pads", [0, 0, 0, 0])
    covered = functional.conv_transpose2d(
        ones(1, 1, *following.shape[2:]).double(), ones(1, 1, *kernel).double(),
        stride=tuple(conv.attribute("strides", (1, 1))),
    )[0, 0]
    height, width = levels.shape[2:]
    # Where no window ends at the last row or column, nothing receives it.
    covered = functional.pad(covered, (0, left + width + right - covered.shape[1],
                                       0, top + height + bottom - covered.shape[0]))
    return covered[top : top + height, left : left + width]


def count(executor: Executor, convolutions: List[Node], images: Tensor, most: int) -> List[Tuple[int, int, int]]:
    """Returns neurons, spikes and paper_sop of each layer for a batch of images; `most` is the levels of a neuron."""
    _, levels = executor.run(images)
    rows = []
    for layer, own in enumerate(levels):
        work = 0
        if layer + 1 < len(levels):
            windows = (own.sum((0, 1)) * receivers(own, levels[layer + 1], convolutions[layer + 1])).sum()
            work = int(windows) * levels[layer + 1].shape[1] * most * SYNAPSES
        rows.append((own.numel(), int(own.sum()), work))
    return rows


def read_order(path: Path, images: int) -> np.ndarray:
    try:
        order = np.load(path)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error
    if sorted(order.ravel()) != list(range(images)):
        raise InputError(f"{path}: must have each number of 0..{images - 1} once")
    return order


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(__doc__)
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--data", required=True, choices=sorted(DATASETS), help="the data set whose test images are used")
    parser.add_argument("--levels", required=True, type=int, metavar="N", help="levels of a neuron: B * 2^k")
    parser.add_argument("--batch", type=int, default=50, metavar="N", help="images of a batch (default 50)")
    parser.add_argument("--batches", type=int, metavar="N", help="number of batches (default: all whole ones)")
    parser.add_argument("--order", type=Path, metavar="FILE.npy",
                        help="numbers of the images in the order of the batches (default: as stored)")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.csv")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    model = onnx.load(arguments.model)
    executor = Executor(model)
    convolutions = [Node(node) for node in model.graph.node if node.op_type == "Conv"]
    names = [quantizer.layer for quantizer in executor.quantizers]
    if names != [node.name for node in convolutions]:
        raise InputError(f"{arguments.model}: got quantizers after {', '.join(names)}, must be one after each Conv")
    images, _ = load(arguments.data, train=False)
    if arguments.order is not None:
        images = images[read_order(arguments.order, len(images))]
    whole = len(images) // arguments.batch
    batches = whole if arguments.batches is None else arguments.batches
    if not 1 <= batches <= whole:
        raise InputError(f"{batches} batches of {arguments.batch} images: allowed 1..{whole}")
    lines = ["batch,layer,neurons,levels,spikes,paper_sop"]
    for batch in range(batches):
        pixels = images[batch * arguments.batch : (batch + 1) * arguments.batch]
        rows = count(executor, convolutions, DATASETS[arguments.data].preprocess(pixels.double()), arguments.levels)
        lines += [f"{batch},{name},{neurons},{arguments.levels},{spikes},{work}"
                  for name, (neurons, spikes, work) in zip(names, rows)]
    arguments.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    errors.run(main)
