#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Converts an .npz of ternary convolutions and batch normalization parameters to ONNX and evaluates the model.

import_model.load_npz describes the keys.
"""

import argparse
from pathlib import Path

import evaluate
import errors
from datasets import DATASETS
from errors import ArgumentParser, InputError
from export_onnx import build_model, save_model
from import_model import load_npz
from networks import build
from quantization import ActivationFormat


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(__doc__)
    parser.add_argument("weights", type=Path, metavar="WEIGHTS.npz")
    parser.add_argument("--dataset", required=True, choices=sorted(DATASETS))
    parser.add_argument("--output", required=True, type=Path, metavar="MODEL.onnx")
    parser.add_argument("-k", "--precision", type=int, default=1, metavar="K", help="default 1")
    parser.add_argument("-B", "--bound", type=float, default=2, metavar="B", help="default 2")
    arguments = parser.parse_args()
    if arguments.output.suffix != ".onnx":
        raise InputError(f"--output: got {arguments.output}, must end in .onnx")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    dataset = DATASETS[arguments.dataset]
    activation = ActivationFormat(arguments.precision, arguments.bound)
    network = build(dataset.network, activation, dataset.classes, seed=0)
    load_npz(network, arguments.weights)
    metadata = {"k": str(activation.precision), "B": f"{activation.bound:g}", "dataset": arguments.dataset,
                "recipe": f"{dataset.network}; from {arguments.weights.name}"}
    model = build_model(network, arguments.output.stem, metadata)
    save_model(model, arguments.output)
    print(f"wrote {arguments.output}")
    evaluate.report(evaluate.evaluate(model, arguments.dataset))


if __name__ == "__main__":
    errors.run(main)
