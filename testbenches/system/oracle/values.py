# SPDX-License-Identifier: Apache-2.0
"""What is known of the tensors of a random graph while it is built."""

import dataclasses

import numpy
import onnx

MANTISSA = 1 << 24  # integers up to here are float32 numbers


class InfeasibleRecipe(Exception):
    """A recipe that gives no graph; it comes from simplifying another one."""


@dataclasses.dataclass
class Levels:
    """Values of an activation: offset + step * A, A = 0..count. In an integer tensor q stands for
    scale * (q - zero)."""
    count: int
    step: float
    offset: float
    kind: str = "float32"
    scale: float = 1.0
    zero: int = 0

    def scaled(self, factor: float, shift: float = 0.0) -> "Levels":
        return dataclasses.replace(self, step=self.step * factor,
                                   offset=self.offset * factor + shift)


@dataclasses.dataclass
class Value:
    """A tensor without its batch dimension. The neurons of `shape` (channels, height, width) are
    counted in that order; element e is neuron order[e]."""
    tensor: str
    dims: tuple[int, ...]
    shape: tuple[int, int, int]
    order: numpy.ndarray
    mean: numpy.ndarray  # [channel]
    std: numpy.ndarray   # [channel]
    unit: float          # a power of two of which all values are multiples; 0: unknown
    bound: float         # largest magnitude
    exact: bool          # whether float32 computed it without rounding since the last activation
    kind: str = "float32"           # type of a tensor that is no activation
    levels: Levels | None = None
    parts: tuple[tuple[int, Levels], ...] = ()  # channels and levels of what is concatenated
    since: frozenset[str] = frozenset()  # nodes since the quantizer

    def scaled_levels(self, factor: float, shift: float = 0.0) -> dict:
        """Returns the changes of an activation that is multiplied, then shifted."""
        if self.levels is None:
            return {}
        return {"levels": self.levels.scaled(factor, shift),
                "parts": tuple((channels, levels.scaled(factor, shift))
                               for channels, levels in self.parts)}

    def is_planes(self) -> bool:
        return bool((self.order == numpy.arange(len(self.order))).all()) and (
            self.dims == planes_dims(self.shape, len(self.dims)))


@dataclasses.dataclass
class Hidden:
    """A tensor that a layer of the spiking network computes."""
    names: frozenset[str]  # possible names of the layer
    tensor: str
    order: numpy.ndarray
    shape: tuple[int, int, int]
    channels: slice
    levels: Levels
    exact: bool
    optional: bool         # whether the converter may do without the layer
    # A level begins where factor[channel] * before + addend[channel] reaches a tie.
    before: str = ""
    factor: numpy.ndarray | None = None
    addend: numpy.ndarray | None = None
    ties: object = None    # "half", "whole" or thresholds: [channel][level]


@dataclasses.dataclass
class Case:
    """A model, and what the oracle must know of it."""
    model: onnx.ModelProto          # for the converter
    oracle: onnx.ModelProto         # for ONNX Runtime
    image: str
    images: numpy.ndarray           # [image][channel]...
    given: numpy.ndarray            # the same in the order of the graph's input
    hidden: list[Hidden]
    scores: str
    exact_scores: bool
    decision: str                   # tensor of the class, or of its probability; "": none
    options: list[str]              # of spikeloom convert
    ranks: dict[str, int]           # of the inputs of MultiThreshold
    fixed_batch: bool


def planes_dims(shape: tuple[int, int, int], rank: int) -> tuple[int, ...]:
    channels, height, width = shape
    if rank == 3:
        return shape
    if rank == 2:
        return (channels, height * width)
    return (channels * height * width,)


def dyadic_unit(values: object) -> float:
    """Returns the largest power of two of which all numbers are multiples."""
    unit = 0.0
    for value in numpy.unique(numpy.abs(numpy.ravel(values).astype(float))):
        if value == 0:
            continue
        numerator, denominator = float(value).as_integer_ratio()
        power = (numerator & -numerator) / denominator
        unit = power if unit == 0 else min(unit, power)
    return unit or 1.0


def power_of_two(value: float) -> float:
    return 2.0 ** round(float(numpy.log2(value)))


def are_powers(values: object) -> bool:
    """Whether all are powers of two, or their negatives."""
    return bool((numpy.frexp(numpy.abs(values))[0] == 0.5).all())


def f32(values: object) -> numpy.ndarray:
    return numpy.asarray(values, dtype=numpy.float32).astype(float)
