# SPDX-License-Identifier: Apache-2.0
"""Ternary weights and bounded quantized activations, with straight-through gradients for training."""

import math
from dataclasses import dataclass
from typing import Tuple

import torch
from torch import Tensor, nn

from errors import InputError

MAX_PRECISION = 8
MAX_LEVELS = 255
TERNARY_THRESHOLD = 0.7


@dataclass(frozen=True)
class ActivationFormat:
    """Activations are A / 2^k with A = 0 .. B*2^k; k is the precision, B the bound."""

    precision: int
    bound: float

    def __post_init__(self) -> None:
        if not 0 <= self.precision <= MAX_PRECISION:
            raise InputError(f"precision k: got {self.precision}, allowed 0..{MAX_PRECISION}")
        if not (math.isfinite(self.bound) and self.bound > 0):
            raise InputError(f"bound B: got {self.bound:g}, allowed: positive and finite")
        levels = self.bound * 2**self.precision
        if levels != int(levels) or levels > MAX_LEVELS:
            raise InputError(
                f"B*2^k must be an integer of 1..{MAX_LEVELS}: "
                f"got {self.bound:g}*2^{self.precision} = {levels:g}"
            )

    @property
    def scale(self) -> int:
        """2^k, the number of levels per unit of activation."""
        return 2**self.precision

    @property
    def levels(self) -> int:
        """n = B*2^k, the number of spiking neurons that represent one activation."""
        return int(self.bound * self.scale)


def quantize(values: Tensor, activation: ActivationFormat) -> Tensor:
    """Returns clip(floor(y*2^k + 1/2) / 2^k, 0, B) elementwise; any shape, ties round up."""
    scaled = values * activation.scale
    return scaled.add_(0.5).floor_().clamp_(0, activation.levels).div_(activation.scale)


class _StraightThroughQuantize(torch.autograd.Function):
    """Forward: quantize(). Backward: the gradient passes where 0 < y < B, as for hardtanh."""

    @staticmethod
    def forward(ctx, values: Tensor, activation: ActivationFormat) -> Tensor:
        ctx.save_for_backward(values)
        ctx.bound = activation.bound
        return quantize(values, activation)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        (values,) = ctx.saved_tensors
        return torch.ops.aten.hardtanh_backward(gradient, values, 0, ctx.bound), None


class Quantizer(nn.Module):
    """Activation quantizer; the output has the shape of the input."""

    def __init__(self, activation: ActivationFormat) -> None:
        super().__init__()
        self.activation = activation

    def forward(self, values: Tensor) -> Tensor:
        return _StraightThroughQuantize.apply(values, self.activation)


def ternarize(weight: Tensor) -> Tuple[Tensor, Tensor]:
    """Returns the ternary codes and the scale of a latent weight.

    weight: float [out, in, kh, kw]. The codes in {-1, 0, 1} have the same shape and type and are zero where
    |w| <= 0.7 mean|w|. The scale [] is the mean magnitude of the other weights, rounded to bfloat16 so that
    it is the same number for every type that the convolution is computed in.
    """
    magnitude = weight.abs()
    kept = magnitude > TERNARY_THRESHOLD * magnitude.mean()
    codes = torch.sign(weight) * kept
    scale = (magnitude * kept).sum() / kept.sum().clamp(min=1)
    return codes, scale.to(torch.bfloat16).to(weight.dtype)


class TernaryConv2d(nn.Conv2d):
    """Convolution with weights scale * {-1, 0, 1}; `weight` holds the latent values [out, in, kh, kw]."""

    def forward(self, inputs: Tensor) -> Tensor:
        codes, scale = ternarize(self.weight.detach())
        ternary = self.weight + (scale * codes - self.weight).detach()
        return self._conv_forward(inputs, ternary, self.bias)

    @torch.no_grad()
    def clamp_latent(self) -> None:
        """Keeps the latent weights in [-1, 1], where they can still change sign."""
        self.weight.clamp_(-1, 1)
