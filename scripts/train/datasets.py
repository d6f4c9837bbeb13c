# SPDX-License-Identifier: Apache-2.0
"""Finds, reads and preprocesses MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor

from errors import InputError

REPOSITORY = Path(__file__).resolve().parents[2]
VGG_CROP = 24


@dataclass(frozen=True)
class Dataset:
    """Where a data set is stored and how its pixels are converted to network inputs.

    read(folder, train) returns images uint8 [N, C, H, W] and labels int64 [N]. preprocess takes pixels
    [N, C, H, W] of 0..255 in the floating-point type used for computing, and returns the network's input.
    """

    folder: str
    classes: int
    network: str
    read: Callable[[Path, bool], Tuple[np.ndarray, np.ndarray]]
    preprocess: Callable[[Tensor], Tensor]
    how_to_get: str


def _read_idx(path: Path, dimensions: int) -> np.ndarray:
    """Reads a gzipped IDX file of unsigned bytes with the given number of dimensions."""
    try:
        with gzip.open(path, "rb") as stream:
            content = stream.read()
    except (EOFError, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged gzip file: {error}") from error
    header = 4 + 4 * dimensions
    if len(content) < header or content[:4] != bytes((0, 0, 8, dimensions)):
        raise InputError(f"{path}: not an IDX file of bytes with {dimensions} dimensions")
    shape = tuple(np.frombuffer(content, ">u4", dimensions, 4).astype(int))
    if len(content) != header + int(np.prod(shape)):
        raise InputError(f"{path}: {len(content)} bytes, its header says {header + int(np.prod(shape))}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()


def _read_mnist_family(folder: Path, train: bool) -> Tuple[np.ndarray, np.ndarray]:
    part = "train" if train else "t10k"
    images = _read_idx(folder / f"{part}-images-idx3-ubyte.gz", 3)
    labels = _read_idx(folder / f"{part}-labels-idx1-ubyte.gz", 1)
    if len(images) != len(labels):
        raise InputError(f"{folder}: {len(images)} {part} images, {len(labels)} labels")
    return images[:, None], labels.astype(np.int64)


def _read_cifar(files: List[Path], label_bytes: int) -> Tuple[np.ndarray, np.ndarray]:
    """Reads files of records: label_bytes labels, the last of which is the class, then 3 x 32 x 32 pixels."""
    size = label_bytes + 3 * 32 * 32
    records: List[np.ndarray] = []
    for path in files:
        content = np.fromfile(path, np.uint8)
        if content.size == 0 or content.size % size:
            raise InputError(f"{path}: got {content.size} bytes, allowed multiples of {size}, the size of a record")
        records.append(content.reshape(-1, size))
    joined = np.concatenate(records)
    return joined[:, label_bytes:].reshape(-1, 3, 32, 32), joined[:, label_bytes - 1].astype(np.int64)


def _read_cifar10(folder: Path, train: bool) -> Tuple[np.ndarray, np.ndarray]:
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if train else ["test_batch.bin"]
    return _read_cifar([folder / name for name in names], 1)


def _read_cifar100(folder: Path, train: bool) -> Tuple[np.ndarray, np.ndarray]:
    return _read_cifar([folder / ("train.bin" if train else "test.bin")], 2)


def unit_range(pixels: Tensor) -> Tensor:
    """Returns p / 255; any shape."""
    return pixels / 255


def standardize(pixels: Tensor) -> Tensor:
    """Returns (p - mean) / max(std, 1/sqrt(CHW)) for each image of [N, C, H, W].

    With float64 pixels of 0..255 the sums are exact integers, so the result does not depend on the order of addition.
    """
    count = pixels[0].numel()
    total = pixels.sum((1, 2, 3), keepdim=True)
    squares = (pixels * pixels).sum((1, 2, 3), keepdim=True)
    deviation = (count * squares - total * total).clamp(min=0).sqrt() / count
    return (pixels - total / count) / deviation.clamp(min=count**-0.5)


def centre_crop(images: Tensor, size: int) -> Tensor:
    """Crops each image around its centre: [N, C, H, W] -> [N, C, size, size]."""
    top = (images.shape[2] - size) // 2
    left = (images.shape[3] - size) // 2
    return images[:, :, top : top + size, left : left + size]


def _preprocess_cifar(pixels: Tensor) -> Tensor:
    return standardize(centre_crop(pixels, VGG_CROP))


DATASETS: Dict[str, Dataset] = {
    "mnist": Dataset(
        "mnist", 10, "lenet", _read_mnist_family, unit_range,
        "scripts/get-data mnist",
    ),
    "fashion-mnist": Dataset(
        "fashion-mnist", 10, "lenet", _read_mnist_family, unit_range,
        "Debian's package dataset-fashion-mnist, or https://github.com/zalandoresearch/fashion-mnist",
    ),
    "cifar-10": Dataset(
        "cifar-10-batches-bin", 10, "vgg", _read_cifar10, _preprocess_cifar,
        "scripts/get-data cifar-10",
    ),
    "cifar-100": Dataset(
        "cifar-100-binary", 100, "vgg", _read_cifar100, _preprocess_cifar,
        "scripts/get-data cifar-100",
    ),
}


def _find(name: str, dataset: Dataset) -> Path:
    """Returns the first folder of the data set that exists: in $SPIKELOOM_DATA, where scripts/get-data stores it, in
    ../shared/datasets, and in /usr/share/datasets."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    bases = [Path(home) / "spikeloom", REPOSITORY.parent / "shared" / "datasets", Path("/usr/share/datasets")]
    if os.environ.get("SPIKELOOM_DATA"):
        bases.insert(0, Path(os.environ["SPIKELOOM_DATA"]))
    folders = [base / dataset.folder for base in bases]
    for folder in folders:
        if folder.is_dir():
            return folder
    looked = ", ".join(str(folder) for folder in folders)
    raise InputError(
        f"data set {name} not found; looked at {looked}; to get it: {dataset.how_to_get}; "
        "SPIKELOOM_DATA names the folder that holds it"
    )


def load(name: str, train: bool) -> Tuple[Tensor, Tensor]:
    """Returns images uint8 [N, C, H, W] and labels int64 [N] of the training or the test set."""
    dataset = DATASETS[name]
    images, labels = dataset.read(_find(name, dataset), train)
    return torch.from_numpy(images), torch.from_numpy(labels)
