#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a network with ternary weights and quantized activations, or its real-valued version, and exports it to ONNX.

The network of the last epoch is exported. The test set is evaluated only once, at the end, on the exported model; no
choice depends on it. After an interruption, the same command continues from the last complete epoch and gives the
same result.
"""

import argparse
import math
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import torch
from torch import Generator, Tensor, nn

import errors
import evaluate
from augmentation import AUGMENTATIONS
from checkpoint import RunState
from datasets import DATASETS, REPOSITORY, load
from errors import ArgumentParser, InputError
from export_onnx import build_model, save_model
from import_model import load_onnx, make_trainable
from networks import TOPOLOGIES, Network, build
from quantization import ActivationFormat

WARMUP = 0.05
HOLDOUT_BATCH = 500


def parse_arguments() -> argparse.Namespace:
    parser = ArgumentParser(__doc__)
    parser.add_argument("--dataset", required=True, choices=sorted(DATASETS))
    parser.add_argument("--output", required=True, type=Path, metavar="MODEL.onnx", help="the exported model")
    parser.add_argument("--network", choices=sorted(TOPOLOGIES), help="default: the data set's own")
    parser.add_argument("-k", "--precision", type=int, default=1, metavar="K",
                        help="activations are multiples of 2^-K (default 1)")
    parser.add_argument("-B", "--bound", type=float, default=2, metavar="B",
                        help="largest activation; B*2^K must be an integer (default 2)")
    parser.add_argument("--start", type=Path, metavar="MODEL.onnx",
                        help="start from the weights of an exported model (default: random weights)")
    parser.add_argument("--float", action="store_true", dest="real",
                        help="train the real-valued version: float weights, activations clip(y, 0, B)")
    parser.add_argument("--teacher", type=Path, metavar="MODEL.onnx",
                        help="distillation: learn from the logits of this model too, which was exported with --float")
    parser.add_argument("--teacher-share", type=float, default=0.9, metavar="S",
                        help="weight of the teacher in the loss; the labels have the rest (default 0.9)")
    parser.add_argument("--temperature", type=float, default=4.0, metavar="T",
                        help="divisor of both logits when learning from the teacher (default 4)")
    parser.add_argument("--epochs", type=int, default=40, help="default 40")
    parser.add_argument("--batch-size", type=int, default=128, help="default 128")
    parser.add_argument("--learning-rate", type=float, default=1e-3,
                        help="peak learning rate of AdamW: warm-up over 5%% of the steps, then a cosine to 0 "
                        "(default 1e-3)")
    parser.add_argument("--weight-decay", type=float, default=0.0, metavar="D",
                        help="decoupled weight decay of AdamW, relative to the learning rate (default 0)")
    parser.add_argument("--label-smoothing", type=float, default=0.0, help="default 0")
    parser.add_argument("--seed", type=int, default=1, help="seed of weights, order and augmentation (default 1)")
    parser.add_argument("--holdout", type=int, default=0, metavar="N",
                        help="hold out the last N training images and report the accuracy on them after each epoch, "
                        "to compare recipes (default 0: train on all)")
    parser.add_argument("--images", type=int, metavar="N", help="train on the first N images only, for a quick test")
    parser.add_argument("--bf16", action="store_true", help="compute convolutions in bfloat16 (faster for vgg)")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE",
                        help="file for the state after each epoch (default build/train/<name of MODEL>.pt)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu",
                        help="torch device (default: cuda if there is one, else cpu)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(),
                        help="CPU threads; the result may depend on them in the last bits (default: all)")
    arguments = parser.parse_args()
    _check_ranges(arguments)
    arguments.network = arguments.network or DATASETS[arguments.dataset].network
    if arguments.network != DATASETS[arguments.dataset].network:
        raise InputError(f"--network {arguments.network} does not take the images of {arguments.dataset}")
    if arguments.checkpoint is None:
        arguments.checkpoint = REPOSITORY / "build" / "train" / f"{arguments.output.stem}.pt"
    return arguments


def _check_ranges(arguments: argparse.Namespace) -> None:
    for name, lowest in (("epochs", 1), ("batch_size", 2), ("seed", 0), ("holdout", 0), ("images", 2), ("threads", 1)):
        value = getattr(arguments, name)
        if value is not None and not lowest <= value < 2**31:
            raise InputError(f"--{name.replace('_', '-')}: got {value}, allowed {lowest}..{2**31 - 1}")
    for name in ("learning_rate", "temperature"):
        value = getattr(arguments, name)
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"--{name.replace('_', '-')}: got {value}, allowed: positive")
    for name in ("label_smoothing", "teacher_share", "weight_decay"):
        value = getattr(arguments, name)
        if not 0 <= value <= 1:
            raise InputError(f"--{name.replace('_', '-')}: got {value}, allowed 0..1")
    ActivationFormat(arguments.precision, arguments.bound)
    if arguments.output.suffix != ".onnx":
        raise InputError(f"--output: got {arguments.output}, must end in .onnx")


def run_settings(arguments: argparse.Namespace) -> Dict[str, Any]:
    """Returns the settings that determine the result; a checkpoint belongs to one such set."""
    names = ("dataset", "network", "precision", "bound", "real", "epochs", "batch_size", "learning_rate", "weight_decay",
             "label_smoothing", "teacher_share", "temperature", "seed", "holdout", "images", "bf16")
    settings = {name: getattr(arguments, name) for name in names}
    for name in ("start", "teacher"):
        model = getattr(arguments, name)
        settings[name] = None if model is None else str(model)
    return settings


def learning_rate_factor(step: int, steps: int) -> float:
    """Returns the factor of a linear warm-up followed by half a cosine down to 0, over `steps` steps."""
    warmup = max(1, int(WARMUP * steps))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


class Trainer:
    """Trains on images uint8 [N, C, H, W] and labels [N], both on `device`."""

    def __init__(self, settings: Dict[str, Any], images: Tensor, labels: Tensor, device: torch.device) -> None:
        self.settings = settings
        self.device = device
        self.dataset = DATASETS[settings["dataset"]]
        held = settings["holdout"]
        available = len(images) - held
        used = available if settings["images"] is None else min(settings["images"], available)
        if used < settings["batch_size"]:
            raise InputError(f"{used} images to train on are fewer than the batch size {settings['batch_size']}")
        self.images, self.labels = images[:used], labels[:used]
        self.held_images, self.held_labels = images[len(images) - held :], labels[len(labels) - held :]

        activation = ActivationFormat(settings["precision"], settings["bound"])
        network = build(settings["network"], activation, self.dataset.classes, settings["seed"], not settings["real"])
        if settings["start"] is not None:
            load_onnx(network, Path(settings["start"]))
            make_trainable(network)
        network = network.to(device, memory_format=torch.channels_last)
        self.teacher = self._load_teacher(activation)
        optimizer = torch.optim.AdamW(
            network.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"]
        )
        self.batches = used // settings["batch_size"]
        factor = partial(learning_rate_factor, steps=self.batches * settings["epochs"])
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        generator = Generator(device).manual_seed(settings["seed"])
        self.state = RunState(network, optimizer, scheduler, generator)
        self.label_loss = nn.CrossEntropyLoss(label_smoothing=settings["label_smoothing"])

    def _load_teacher(self, activation: ActivationFormat) -> Optional[Network]:
        if self.settings["teacher"] is None:
            return None
        teacher = build(self.settings["network"], activation, self.dataset.classes, seed=0, quantized=False)
        load_onnx(teacher, Path(self.settings["teacher"]))
        return teacher.to(self.device, memory_format=torch.channels_last).eval().requires_grad_(False)

    @property
    def network(self) -> Network:
        return self.state.network

    def _logits(self, network: Network, inputs: Tensor) -> Tensor:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings["bf16"]):
            return network(inputs.contiguous(memory_format=torch.channels_last)).float()

    def _loss(self, inputs: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
        """Returns the cross-entropy with the labels; with a teacher, also the divergence from its softened outputs
        (Hinton et al., 2015)."""
        loss = self.label_loss(logits, labels)
        if self.teacher is None:
            return loss
        share, temperature = self.settings["teacher_share"], self.settings["temperature"]
        wanted = (self._logits(self.teacher, inputs) / temperature).log_softmax(1)
        found = (logits / temperature).log_softmax(1)
        divergence = nn.functional.kl_div(found, wanted, reduction="batchmean", log_target=True)
        return (1 - share) * loss + share * temperature**2 * divergence

    def train_epoch(self) -> Tuple[float, float]:
        """Trains one pass over the images, without the last incomplete batch; returns mean loss and accuracy."""
        state, size = self.state, self.settings["batch_size"]
        augment = AUGMENTATIONS[self.settings["dataset"]]
        order = torch.randperm(len(self.images), generator=state.generator, device=self.device)
        total_loss = torch.zeros((), device=self.device)
        correct = torch.zeros((), device=self.device)
        self.network.train()
        for batch in range(self.batches):
            chosen = order[batch * size : (batch + 1) * size]
            labels = self.labels[chosen]
            inputs = augment(self.images[chosen].float(), state.generator)
            logits = self._logits(self.network, inputs)
            loss = self._loss(inputs, logits, labels)
            state.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            state.optimizer.step()
            state.scheduler.step()
            self.network.clamp_latent()
            total_loss += loss.detach()
            correct += (logits.argmax(1) == labels).sum()
            if sys.stderr.isatty():
                print(f"\r  batch {batch + 1}/{self.batches} ", end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        state.epochs_done += 1
        return float(total_loss) / self.batches, float(correct) / (self.batches * size)

    @torch.no_grad()
    def holdout_accuracy(self) -> float:
        """Returns the fraction of the held-out images that are classified correctly."""
        self.network.eval()
        correct = 0
        for first in range(0, len(self.held_images), HOLDOUT_BATCH):
            pixels = self.held_images[first : first + HOLDOUT_BATCH].float()
            predicted = self._logits(self.network, self.dataset.preprocess(pixels)).argmax(1)
            correct += int((predicted == self.held_labels[first : first + HOLDOUT_BATCH]).sum())
        return correct / len(self.held_images)


def train(trainer: Trainer, checkpoint: Path) -> None:
    """Trains up to the number of epochs in the settings, from the checkpoint if it exists; prints a line per epoch."""
    settings, state = trainer.settings, trainer.state
    state.load(checkpoint, settings)
    if state.epochs_done:
        print(f"continuing after epoch {state.epochs_done} from {checkpoint}", flush=True)
    while state.epochs_done < settings["epochs"]:
        start = time.monotonic()
        loss, accuracy = trainer.train_epoch()
        state.save(checkpoint, settings)
        held = f"  held out {100 * trainer.holdout_accuracy():.2f} %" if settings["holdout"] else ""
        print(
            f"epoch {state.epochs_done}/{settings['epochs']}  loss {loss:.4f}  training {100 * accuracy:.2f} %{held}"
            f"  {time.monotonic() - start:.1f} s",
            flush=True,
        )


def metadata(settings: Dict[str, Any]) -> Dict[str, str]:
    """Returns the metadata_props of the model."""
    recipe = (
        "{network}; {epochs} epochs, AdamW, peak rate {learning_rate:g}, weight decay {weight_decay:g}, warm-up and "
        "cosine, batch {batch_size}, label smoothing {label_smoothing:g}, seed {seed}".format(**settings)
    )
    if settings["real"]:
        recipe += ", real-valued"
    if settings["start"] is not None:
        recipe += f", from {Path(settings['start']).name}"
    if settings["teacher"] is not None:
        recipe += ", teacher {0}, share {teacher_share:g}, temperature {temperature:g}".format(
            Path(settings["teacher"]).name, **settings
        )
    if settings["bf16"]:
        recipe += ", bfloat16 convolutions"
    if settings["holdout"]:
        recipe += ", {holdout} training images held out".format(**settings)
    if settings["images"] is not None:
        recipe += ", first {images} training images".format(**settings)
    return {
        "k": str(settings["precision"]),
        "B": f"{settings['bound']:g}",
        "dataset": settings["dataset"],
        "recipe": recipe,
    }


def main() -> None:
    arguments = parse_arguments()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(arguments.threads)
    try:
        device = torch.device(arguments.device)
        images, labels = (part.to(device) for part in load(arguments.dataset, train=True))
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"--device {arguments.device}: {str(error).splitlines()[0]}") from error
    settings = run_settings(arguments)
    trainer = Trainer(settings, images, labels, device)
    info = metadata(settings)
    print(f"{info['recipe']}, k {info['k']}, B {info['B']}, {arguments.dataset}, {device}", flush=True)
    try:
        train(trainer, arguments.checkpoint)
    except KeyboardInterrupt:
        print(
            f"\ninterrupted after {trainer.state.epochs_done} complete epochs; the same command continues",
            file=sys.stderr,
        )
        sys.exit(130)
    model = build_model(trainer.network, arguments.output.stem, info)
    save_model(model, arguments.output)
    print(f"wrote {arguments.output}")
    if settings["images"] is None and not settings["holdout"]:
        evaluate.report(evaluate.evaluate(model, arguments.dataset))


if __name__ == "__main__":
    errors.run(main)
