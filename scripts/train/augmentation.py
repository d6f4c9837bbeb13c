# SPDX-License-Identifier: Apache-2.0
"""Random augmentation of a batch of training images; pixels are 0..255 in float32."""

import math
from typing import Callable, Dict

import torch
import torch.nn.functional as functional
from torch import Generator, Tensor

from datasets import VGG_CROP, standardize, unit_range


def _uniform(count: int, low: float, high: float, generator: Generator) -> Tensor:
    """Returns [count] values uniform in low..high, on the generator's device."""
    return low + (high - low) * torch.rand(count, generator=generator, device=generator.device)


def random_crop(images: Tensor, size: int, generator: Generator) -> Tensor:
    """Crops each image at a random position of its own: [N, C, H, W] -> [N, C, size, size]."""
    count = len(images)
    windows = images.unfold(2, size, 1).unfold(3, size, 1)
    device = generator.device
    top = torch.randint(windows.shape[2], (count,), generator=generator, device=device)
    left = torch.randint(windows.shape[3], (count,), generator=generator, device=device)
    return windows[torch.arange(count, device=device), :, top, left]


def random_flip(images: Tensor, generator: Generator) -> Tensor:
    """Mirrors each image left to right with probability 1/2; [N, C, H, W]."""
    chosen = _uniform(len(images), 0, 1, generator) < 0.5
    return torch.where(chosen[:, None, None, None], images.flip(3), images)


def random_affine(images: Tensor, degrees: float, stretch: float, shift: float, generator: Generator) -> Tensor:
    """Rotates by +-degrees, zooms and shears by +-stretch, shifts by +-shift pixels; [N, C, H, W], zero outside."""
    count, _, height, width = images.shape
    angle = _uniform(count, -1, 1, generator) * math.radians(degrees)
    zoom = 1 + _uniform(count, -stretch, stretch, generator)
    shear = _uniform(count, -stretch, stretch, generator)
    right = _uniform(count, -1, 1, generator) * 2 * shift / width
    down = _uniform(count, -1, 1, generator) * 2 * shift / height
    cosine, sine = angle.cos() * zoom, angle.sin() * zoom
    rows = torch.stack((cosine, shear - sine, right, sine, cosine, down), 1)
    grid = functional.affine_grid(rows.view(count, 2, 3), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def _mnist(images: Tensor, generator: Generator) -> Tensor:
    return unit_range(random_affine(images, 10, 0.1, 2, generator))


def _fashion_mnist(images: Tensor, generator: Generator) -> Tensor:
    shifted = random_crop(functional.pad(images, (2, 2, 2, 2)), images.shape[3], generator)
    return unit_range(random_flip(shifted, generator))


def _cifar(images: Tensor, generator: Generator) -> Tensor:
    cropped = random_flip(random_crop(images, VGG_CROP, generator), generator)
    gain = _uniform(len(images), 0.6, 1.4, generator)[:, None, None, None]
    offset = _uniform(len(images), -40, 40, generator)[:, None, None, None]
    mean = cropped.mean((1, 2, 3), keepdim=True)
    return standardize(((cropped - mean) * gain + mean + offset).clamp_(0, 255))


AUGMENTATIONS: Dict[str, Callable[[Tensor, Generator], Tensor]] = {
    "mnist": _mnist,
    "fashion-mnist": _fashion_mnist,
    "cifar-10": _cifar,
    "cifar-100": _cifar,
}
