# SPDX-License-Identifier: Apache-2.0
"""Reads and evaluates spiking networks (.snn). It is written from docs/converter.md alone, and uses
no code of Spikeloom."""

import dataclasses
import struct
import zlib

import numpy

import deployment_reader

HEADER = struct.Struct("<8sIIQII")
KIND = 1
VERSIONS = (2, 3)
ENCODER = -1
BATCH = 200  # images that are evaluated at once


@dataclasses.dataclass
class Quantizer:
    """Level A of 0..levels stands for offset + step * A."""
    levels: int
    step: float
    offset: float
    rounding: str

    @classmethod
    def read(cls, body: dict) -> "Quantizer":
        if "k" in body:
            return cls(body["levels"], 2.0 ** -body["k"], 0.0,
                       "half_even" if body["half_even"] else "half_up")
        return cls(body["levels"], body["step"], body["offset"], body["rounding"])

    def values(self, levels: numpy.ndarray) -> numpy.ndarray:
        return self.offset + self.step * levels


def array(content: bytes, code: str) -> numpy.ndarray:
    return numpy.frombuffer(content, dtype=numpy.dtype(code).newbyteorder("<"))


def count_reached(values: numpy.ndarray, thresholds: numpy.ndarray) -> numpy.ndarray:
    """Returns the number of thresholds, along the last axis, that each value reaches."""
    return (values[..., None] >= thresholds).sum(axis=-1)


class Window:
    def __init__(self, body: dict) -> None:
        self.kernel = body["kernel"]
        self.stride = body["stride"]
        self.top, self.left, self.bottom, self.right = body["pad"]
        self.dilation = body["dilation"]

    def pad(self, planes: numpy.ndarray, value: float = 0) -> numpy.ndarray:
        sides = ((0, 0), (0, 0), (self.top, self.bottom), (self.left, self.right))
        return numpy.pad(planes, sides, constant_values=value)

    def taps(self, padded: numpy.ndarray, output: list[int]):
        """Yields, for each tap of the kernel in order, its row and column and the pixels that it
        has in the windows: [image][channel][y][x]."""
        height, width = output[1:]
        for ky in range(self.kernel[0]):
            for kx in range(self.kernel[1]):
                y, x = ky * self.dilation[0], kx * self.dilation[1]
                yield ky, kx, padded[:, :, y:y + (height - 1) * self.stride[0] + 1:self.stride[0],
                                     x:x + (width - 1) * self.stride[1] + 1:self.stride[1]]


class Encoder:
    """The host's first layer: float32 operations on pixels, then sums in double."""

    def __init__(self, body: dict) -> None:
        self.name = body["name"]
        self.input, self.output = body["input"], body["output"]
        self.window, self.groups = Window(body["window"]), body["groups"]
        inputs = self.input[0] // self.groups
        self.weights = array(body["weights"], "f4").astype(float).reshape(
            self.output[0], inputs, *self.window.kernel)
        self.bias = array(body["bias"], "f4").astype(float)
        self.normalized = body["normalized"]
        self.gamma, self.beta, self.mean, self.variance = (
            array(body[key], "f4").astype(float) for key in ("gamma", "beta", "mean", "variance"))
        self.epsilon = body["epsilon"]
        self.quantizer = Quantizer.read(body["quantizer"])
        self.steps = [(step["kind"], array(step["values"], "f4"))
                      for step in body.get("pixel_steps", [])]
        self.pixel_quantizer, self.pixel_thresholds = None, None
        if "pixel_quantizer" in body:
            self.pixel_quantizer = Quantizer.read(body["pixel_quantizer"]["quantizer"])
            self.pixel_thresholds = array(body["pixel_quantizer"]["thresholds"], "f4").reshape(
                self.input[0], self.pixel_quantizer.levels)
        if "thresholds" in body:
            self.thresholds = array(body["thresholds"], "f8").reshape(self.output[0], -1)
        else:
            self.thresholds = numpy.tile(self.regular_thresholds(), (self.output[0], 1))

    def regular_thresholds(self) -> list[float]:
        """Ties are half-way between levels. One that goes down needs the next larger number."""
        thresholds = []
        for level in range(self.quantizer.levels):
            tie = (level + 0.5) * self.quantizer.step
            down = self.quantizer.rounding == "half_even" and level % 2 == 0
            thresholds.append(numpy.nextafter(tie, numpy.inf) if down else tie)
        return thresholds

    def pixels(self, images: numpy.ndarray) -> numpy.ndarray:
        values = images.astype(numpy.float32).reshape(-1, *self.input)
        for kind, operands in self.steps:
            by_channel = operands[:, None, None]
            if kind == "multiply":
                values = values * by_channel
            elif kind == "divide":
                values = values / by_channel
            elif kind == "add":
                values = values + by_channel
            else:
                raise ValueError(f"step {kind}")
        if self.pixel_quantizer is None:
            return values.astype(float)
        return self.pixel_quantizer.values(
            count_reached(values, self.pixel_thresholds[:, None, None, :]))

    def levels(self, images: numpy.ndarray) -> numpy.ndarray:
        """Returns the levels of images: [image][channel][y][x]."""
        padded = self.window.pad(self.pixels(images))
        inputs, outputs = self.input[0] // self.groups, self.output[0] // self.groups
        sums = numpy.zeros((len(padded), *self.output))
        taps = list(self.window.taps(padded, self.output))
        for channel in range(self.output[0]):
            first = channel // outputs * inputs
            for i in range(inputs):
                for ky, kx, pixels in taps:
                    sums[:, channel] += self.weights[channel, i, ky, kx] * pixels[:, first + i]
        sums += self.bias[:, None, None]
        if self.normalized:
            gamma, mean, beta = (values[:, None, None] for values in (self.gamma, self.mean,
                                                                      self.beta))
            deviation = numpy.sqrt(self.variance + self.epsilon)[:, None, None]
            sums = gamma * (sums - mean) / deviation + beta
        return count_reached(sums, self.thresholds[:, None, None, :])


class Term:
    def __init__(self, body: dict) -> None:
        self.source, self.input = body["source"], body["input"]
        self.input_levels = body["input_levels"]
        self.window, self.groups = Window(body["window"]), body["groups"]
        self.repeat = body["repeat"]
        self.first_output, self.outputs = body["first_output"], body["outputs"]
        self.weights = array(body["weights"], "i1").astype(float)

    def sums(self, levels: numpy.ndarray, output: list[int]) -> numpy.ndarray:
        """Returns the sums of the term's outputs. Sums of integers are exact in double."""
        inputs, outputs = self.input[0] // self.groups, self.outputs // self.groups
        weights = self.weights.reshape(self.groups, outputs, inputs, *self.window.kernel)
        padded = self.window.pad(levels.astype(float))
        result = numpy.zeros((len(levels), self.outputs, *output[1:]))
        for ky, kx, pixels in self.window.taps(padded, output):
            for g in range(self.groups):
                part = pixels[:, g * inputs:(g + 1) * inputs]
                result[:, g * outputs:(g + 1) * outputs] += numpy.einsum(
                    "oi,biyx->boyx", weights[g, :, :, ky, kx], part, optimize=True)
        return self.repeat * result

    def maxima(self, levels: numpy.ndarray, output: list[int]) -> numpy.ndarray:
        padded = self.window.pad(levels)
        return numpy.max([pixels for _, _, pixels in self.window.taps(padded, output)], axis=0)


class Layer:
    def __init__(self, body: dict) -> None:
        self.name, self.max_pool = body["name"], body["max_pool"]
        self.output = body["output"]
        self.quantizer = Quantizer.read(body["quantizer"])
        self.terms = [Term(term) for term in body["terms"]]
        rows, self.rows = self.border(body, "rows", self.output[1])
        columns, self.columns = self.border(body, "columns", self.output[2])
        self.thresholds = array(body["thresholds"], "i4")
        if not self.max_pool:
            self.thresholds = self.thresholds.reshape(self.output[0], rows, columns,
                                                      self.quantizer.levels)

    @staticmethod
    def border(body: dict, key: str, size: int) -> tuple[int, numpy.ndarray]:
        """Returns the number of classes along an axis, and the class of each output."""
        if key not in body:
            return 1, numpy.zeros(size, dtype=int)
        return body[key]["count"], array(body[key]["of"], "u2").astype(int)

    def levels(self, sources: dict[int, numpy.ndarray]) -> numpy.ndarray:
        """Returns the levels of the layer from those of its sources, by their number."""
        if self.max_pool:
            (term,) = self.terms
            return term.maxima(sources[term.source], self.output)
        potentials = numpy.zeros((len(next(iter(sources.values()))), *self.output))
        for term in self.terms:
            channels = slice(term.first_output, term.first_output + term.outputs)
            potentials[:, channels] += term.sums(sources[term.source], self.output)
        return count_reached(potentials, self.thresholds[:, self.rows][:, :, self.columns])


class Readout:
    def __init__(self, body: dict) -> None:
        self.name, self.inputs, self.classes = body["name"], body["inputs"], body["classes"]
        self.weights = array(body["weights"], "f4").astype(float).reshape(self.classes, self.inputs)
        self.constant, self.scale = None, None
        if "constant" in body:
            self.bias = array(body["bias"], "f8")
            self.constant, self.scale = array(body["constant"], "f8"), array(body["scale"], "f8")
        else:
            self.bias = array(body["bias"], "f4").astype(float)

    def scores(self, levels: numpy.ndarray, last: Quantizer) -> numpy.ndarray:
        sums = levels.reshape(len(levels), -1).astype(float) @ self.weights.T
        if self.constant is None:
            return sums * last.step + self.bias
        return (sums + self.constant) * self.scale + self.bias


class SpikingNetwork:
    def __init__(self, content: bytes) -> None:
        magic, kind, self.version, length, crc, header_crc = HEADER.unpack_from(content)
        if (magic, kind, length) != (b"SPIKLOOM", KIND, len(content) - HEADER.size):
            raise ValueError("not a whole spiking network")
        if self.version not in VERSIONS:
            raise ValueError(f"version {self.version}")
        if zlib.crc32(content[:28]) != header_crc or zlib.crc32(content[HEADER.size:]) != crc:
            raise ValueError("corrupted")
        body, end = deployment_reader.decode_cbor(memoryview(content)[HEADER.size:])
        if end != length:
            raise ValueError("more than one CBOR item")
        self.name = body["name"]
        self.encoder = Encoder(body["encoder"])
        self.layers = [Layer(layer) for layer in body["layers"]]
        self.readout = Readout(body["readout"])

    def sources(self, layer: Layer) -> set[int]:
        return {term.source for term in layer.terms}

    def evaluate(self, images: numpy.ndarray) -> tuple[dict[int, numpy.ndarray], numpy.ndarray]:
        """Returns the levels of encoder and layers, by number, and the class scores."""
        parts = []
        for first in range(0, len(images), BATCH):
            levels = {ENCODER: self.encoder.levels(images[first:first + BATCH])}
            for number, layer in enumerate(self.layers):
                levels[number] = layer.levels({source: levels[source]
                                               for source in self.sources(layer)})
            parts.append(levels)
        levels = {number: numpy.concatenate([part[number] for part in parts])
                  for number in parts[0]}
        return levels, self.scores(levels[len(self.layers) - 1])

    def scores(self, levels: numpy.ndarray) -> numpy.ndarray:
        return self.readout.scores(levels, self.layers[-1].quantizer)
