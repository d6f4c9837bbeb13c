# SPDX-License-Identifier: Apache-2.0
"""Compares the converter with ONNX Runtime: hidden layers level by level, and the class scores."""

import collections
import dataclasses
import pathlib
import re
import subprocess

import numpy
import onnx

import program
from network_reader import ENCODER, SpikingNetwork
from oracle import builder, lowering
from oracle.runtime import OnnxRuntime, OnnxRuntimeError
from oracle.values import Case, Hidden

TOLERANCE = 1e-5  # relative, of numbers that ONNX Runtime computes in float32


class Disagreement(Exception):
    """The converter and ONNX Runtime disagree, or one of them fails. `kind` tells failures apart
    while a recipe is simplified."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclasses.dataclass
class Counts:
    graphs: int = 0
    layers: int = 0
    exact_layers: int = 0  # whose arithmetic is exact in float32, too
    levels: int = 0
    ties: int = 0          # levels of exact layers whose sums are ties
    excused: int = 0       # levels that differ next to a tie
    excused_graphs: int = 0  # that round levels again, next to a tie
    scores: int = 0
    constant: int = 0        # refused, since a layer has one level alone


class Oracle:
    def __init__(self, runtime: OnnxRuntime, folder: pathlib.Path) -> None:
        self.runtime = runtime
        self.folder = folder
        self.counts = Counts()

    def convert(self, model: onnx.ModelProto, options: list[str]) -> SpikingNetwork:
        source, target = self.folder / "model.onnx", self.folder / "model.snn"
        onnx.save(model, str(source))
        done = subprocess.run([program.PROGRAM, "convert", source, "-o", target, "--quiet",
                               *options], text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise Disagreement("refused", f"status {done.returncode}: {done.stderr.strip()}")
        return SpikingNetwork(target.read_bytes())

    def reference(self, case: Case) -> dict[str, numpy.ndarray]:
        tensors = {hidden.tensor for hidden in case.hidden} | {case.scores}
        tensors |= {hidden.before for hidden in case.hidden if hidden.before}
        tensors |= {case.decision} if case.decision else set()
        tensors.discard(case.image)
        model = lowering.lower(case.oracle, case.ranks)
        batches = [case.given]
        if case.fixed_batch:
            batches = [image[None] for image in case.given]
        results = [self.runtime.evaluate(model, {case.image: batch}, sorted(tensors))
                   for batch in batches]
        merged = {tensor: numpy.concatenate([result[tensor] for result in results])
                  for tensor in tensors}
        return {**merged, case.image: case.given}

    def check(self, case: Case) -> None:
        """Raises Disagreement unless the converted network computes what ONNX Runtime computes."""
        reference = self.reference(case)
        try:
            network = self.convert(case.model, case.options)
        except Disagreement as refusal:
            if not self.has_constant_layer(case, str(refusal), reference):
                raise
            self.counts.constant += 1
            return
        self.counts.graphs += 1
        layers = {ENCODER: network.encoder, **dict(enumerate(network.layers))}
        matches, missing = self.match(layers, case.hidden)
        for hidden in missing:
            if not hidden.optional:
                raise Disagreement("missing layer", f"no layer of {sorted(hidden.names)}")
            if hidden.exact:
                continue
            near, _ = self.near_ties(hidden, reference)
            if near.any():
                # It has no layer that could tell, but the layers after it may differ.
                self.counts.excused_graphs += 1
                return
        levels: dict[int, numpy.ndarray] = {}
        shape = network.encoder.input
        channels_first = shape[0] == case.images.shape[1] or case.given.ndim == 2
        for number, layer in layers.items():
            if number == ENCODER:
                levels[number] = layer.levels(case.images if channels_first else case.given)
            else:
                levels[number] = layer.levels({source: levels[source]
                                               for source in network.sources(layer)})
            if number in matches:
                # From here on with the levels of ONNX Runtime: a difference is told once.
                levels[number] = self.compare(layer, matches[number], levels[number], reference)
        self.compare_scores(case, network.scores(levels[len(network.layers) - 1]), reference)

    @staticmethod
    def has_constant_layer(case: Case, refusal: str, reference: dict[str, numpy.ndarray]) -> bool:
        """Whether the converter refuses a layer for having one level, which is right."""
        named = re.search(r'the quantizer of node "(\w+)" \(\w+\) has 0 levels', refusal)
        return named is not None and any(
            len(numpy.unique(reference[hidden.tensor])) == 1 for hidden in case.hidden
            if named.group(1) in hidden.names)

    @staticmethod
    def match(layers: dict[int, object],
              known: list[Hidden]) -> tuple[dict[int, Hidden], list[Hidden]]:
        """Returns what the layers of the network should compute, and what none of them does. Relays
        and concatenations repeat other layers."""
        names = collections.Counter(layer.name for layer in layers.values())
        by_name = {name: hidden for hidden in known for name in hidden.names}
        matches = {}
        found = set()
        first: dict[int, int] = {}  # channels of a pooling that parts of it have taken
        for number, layer in layers.items():
            if names[layer.name] > 1:
                raise Disagreement("names", f"several layers are named {layer.name}")
            # Parts of a concatenation, and readers of different ranges, have layers of their own.
            name = layer.name if layer.name in by_name else re.sub(r"\.\d+$", "", layer.name)
            if name in by_name:
                hidden = by_name[name]
                found.add(id(hidden))
                if layer.output[0] < hidden.channels.stop - hidden.channels.start:
                    start = first.get(id(hidden), 0)
                    first[id(hidden)] = start + layer.output[0]
                    hidden = dataclasses.replace(
                        hidden, channels=slice(start, start + layer.output[0]))
                matches[number] = hidden
            elif ".relay" not in layer.name and not layer.name.endswith(".concat"):
                raise Disagreement("unknown layer", f"layer {layer.name} is not known: "
                                   f"{[sorted(hidden.names) for hidden in known]}")
        return matches, [hidden for hidden in known if id(hidden) not in found]

    def compare(self, layer: object, hidden: Hidden, computed: numpy.ndarray,
                reference: dict[str, numpy.ndarray]) -> numpy.ndarray:
        """Compares the levels of a layer; returns those of ONNX Runtime."""
        levels = hidden.levels
        values = self.neurons(reference[hidden.tensor], hidden)[:, hidden.channels]
        real = (levels.scale * (values.astype(float) - levels.zero) - levels.offset) / levels.step
        expected = numpy.rint(real).astype(int)
        where = f"layer {layer.name}, tensor {hidden.tensor}"
        if layer.output == [expected[0].size, 1, 1]:  # of an image that is reshaped first
            expected, real = (a.reshape(computed.shape) for a in (expected, real))
        if expected.shape != computed.shape:
            raise Disagreement("shape", f"{where}: {computed.shape[1:]}, not {expected.shape[1:]}")
        no_level = (numpy.abs(real - expected) > 1e-3) | (expected < 0) | (expected > levels.count)
        if no_level.any():
            at = tuple(numpy.argwhere(no_level)[0])
            raise Disagreement("value", f"{where}: {values[at]} at {at} is no value of {levels}")
        near, distances = self.near_ties(hidden, reference)
        if hidden.exact or near is None:
            near = numpy.zeros_like(expected, dtype=bool)
        near = near.reshape(expected.shape)
        expected = self.narrowed(layer, expected, levels.count, computed, near, where)
        self.counts.layers += 1
        self.counts.levels += expected.size
        self.counts.exact_layers += hidden.exact
        if hidden.exact and distances is not None:
            self.counts.ties += int((distances == 0).sum())
        excused = (computed != expected) & near
        wrong = (computed != expected) & ~near
        if wrong.any():
            at = tuple(int(i) for i in numpy.argwhere(wrong)[0])
            before = ""
            if hidden.before:
                sums = self.neurons(reference[hidden.before], hidden)
                before = (f", before the quantizer {sums[at]!r}, distance from a tie "
                          f"{distances[at]:.3g} levels")
            raise Disagreement(
                "level", f"{where}: {int(wrong.sum())} of {wrong.size} levels differ, the first at "
                f"{at}: converted {computed[at]}, ONNX Runtime {expected[at]} of "
                f"0..{layer.quantizer.levels}{before}"
                f"{', exact arithmetic' if hidden.exact else ''}")
        self.counts.excused += int(excused.sum())
        return expected

    @staticmethod
    def narrowed(layer: object, expected: numpy.ndarray, count: int, computed: numpy.ndarray,
                 near: numpy.ndarray, where: str) -> numpy.ndarray:
        """Returns the levels that a layer should have if the converter leaves out those that no
        sum reaches and those that no reader tells apart: any range of as many levels as the layer
        has."""
        own = layer.quantizer.levels
        if own > count:
            raise Disagreement("levels", f"{where}: {own} levels, not {count}")
        ranges = [numpy.clip(expected - first, 0, own) for first in range(count + 1)]
        # Next to a tie a level is one off at most, which tells ranges apart if nothing else does.
        return min(ranges, key=lambda levels: (int(((levels != computed) & ~near).sum()),
                                               int(numpy.abs(levels - computed).sum())))

    @staticmethod
    def neurons(values: numpy.ndarray, hidden: Hidden) -> numpy.ndarray:
        """Returns a tensor in the order of the neurons: [image][channel][y][x]."""
        flat = values.reshape(len(values), -1)
        result = numpy.empty_like(flat)
        result[:, hidden.order] = flat
        return result.reshape(len(values), *hidden.shape)

    def near_ties(self, hidden: Hidden, reference: dict[str, numpy.ndarray],
                  ) -> tuple[numpy.ndarray | None, numpy.ndarray | None]:
        """Returns where the sum before the quantizer is so near to a tie that rounding in float32
        may decide, and its distance from the tie in levels."""
        if not hidden.before:
            return None, None
        sums = self.neurons(reference[hidden.before], hidden).astype(float)
        scaled = sums * hidden.factor[:, None, None] + hidden.addend[:, None, None]
        if isinstance(hidden.ties, str):
            shift = 0.5 if hidden.ties == "half" else 0.0
            distances = numpy.abs(scaled + shift - numpy.rint(scaled + shift))
        else:
            distances = numpy.abs(scaled[..., None] - hidden.ties[:, None, None, :]).min(axis=-1)
        magnitude = numpy.abs(scaled).max(axis=(0, 2, 3), keepdims=True)
        if isinstance(hidden.ties, str):
            magnitude = numpy.maximum(magnitude, 1)
        return distances <= TOLERANCE * magnitude, distances

    def compare_scores(self, case: Case, computed: numpy.ndarray,
                       reference: dict[str, numpy.ndarray]) -> None:
        expected = reference[case.scores].reshape(len(computed), -1).astype(float)
        if expected.shape != computed.shape:
            raise Disagreement("scores", f"{computed.shape[1]} scores, not {expected.shape[1]}")
        self.counts.scores += expected.size
        magnitude = numpy.abs(expected).max() + 1e-30
        far = numpy.abs(expected - computed) > TOLERANCE * magnitude
        if far.any():
            at = tuple(int(i) for i in numpy.argwhere(far)[0])
            raise Disagreement("scores", f"score {at}: converted {computed[at]!r}, ONNX Runtime "
                               f"{expected[at]!r}")
        classes = computed.argmax(axis=1)
        rows = numpy.arange(len(classes))
        best = expected.argmax(axis=1)
        loss = expected[rows, best] - expected[rows, classes]
        differ = (classes != best) & ((loss > TOLERANCE * magnitude) | case.exact_scores)
        if differ.any():
            row = int(numpy.argwhere(differ)[0][0])
            raise Disagreement("class", f"image {row}: class {classes[row]}, ONNX Runtime "
                               f"{best[row]}; scores {expected[row].tolist()}, converted "
                               f"{computed[row].tolist()}")
        if case.decision:
            self.compare_decision(case, expected, reference[case.decision])

    @staticmethod
    def compare_decision(case: Case, scores: numpy.ndarray, decided: numpy.ndarray) -> None:
        """The class that the graph itself decides on must have the highest score."""
        rows = numpy.arange(len(scores))
        decided = decided.reshape(len(scores), -1)
        if decided.dtype == numpy.float32:
            decided = decided.argmax(axis=1)[:, None]
        chosen = scores[rows, decided[:, 0].astype(int)]
        if (chosen < scores.max(axis=1) - TOLERANCE * numpy.abs(scores).max()).any():
            raise Disagreement("decision", f"the graph decides on {decided[:, 0].tolist()}, the "
                               f"best are {scores.argmax(axis=1).tolist()}")


def failure(oracle: Oracle, recipe: dict) -> Disagreement | None:
    """Returns how the graph of a recipe fails; None if it agrees. Raises InfeasibleRecipe."""
    case = builder.build(recipe)
    try:
        oracle.check(case)
    except Disagreement as disagreement:
        return disagreement
    except OnnxRuntimeError as error:
        return Disagreement("ONNX Runtime", str(error))
    return None
