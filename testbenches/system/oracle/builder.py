# SPDX-License-Identifier: Apache-2.0
"""Builds ONNX models from recipes, and records which layer of the spiking network computes which
tensor.

While it builds, it estimates mean and standard deviation of each tensor, so that quantizers use all
their levels, and keeps account of whether float32 computes the tensor without rounding. All numbers
follow from the recipe: a block's from its own seed, so that they stay when another block goes."""

import dataclasses
import fractions

import numpy

from oracle.quantizers import Quantizers
from oracle.writer import MICROSOFT, RANGES
from oracle.values import (MANTISSA, Case, Hidden, InfeasibleRecipe, Levels, Value, are_powers,
                           dyadic_unit, f32, planes_dims, power_of_two)


def planes_of(value: Value) -> bool:
    return len(value.dims) > 1 and value.is_planes()


class Builder(Quantizers):
    def block(self, value: Value, block: dict) -> Value:
        op = block["op"]
        if not planes_of(value) and op in ("conv", "max_pool", "average_pool", "residual", "concat",
                                 "linear_addition"):
            return value
        if op == "max_pool" and value.levels.step < 0:
            return value
        if op in ("conv", "dense"):
            return self.layer(value, block)
        self.random = numpy.random.RandomState(block["seed"])
        if op == "max_pool":
            return self.max_pool(value, block)
        if op == "average_pool":
            return self.average(value, block)
        if op == "requantize":
            return self.requantize(value, block)
        if op == "residual":
            return self.residual(value, block)
        if op == "concat":
            return self.concat(value, block)
        if op == "linear_addition":
            return self.linear_addition(value, block)
        if op == "scale":
            return self.rescale(value, block)
        if op == "noise":
            return self.noise(value)
        raise ValueError(op)

    def layer(self, value: Value, block: dict) -> Value:
        quantizer = block["quantizer"]
        steps = block["steps"]
        on_host = self.first_layer
        self.first_layer = False
        if on_host:
            steps = [step for step in steps if step["op"] in ("normalize", "noise")][:1]
            block = {**block, "arithmetic": block["arithmetic"].replace("integer", "float")}
        if block.get("addend") and planes_of(value) and not on_host:
            value = self.sum_of_activations(value, block["addend"])
            # A sum without quantizer cannot be padded.
            block = {**block, "pad_node": False, "weights": self.few_bits(block["weights"])}
        target, middle = self.target(quantizer)
        integerized = quantizer["form"] == "integerized"
        normalizes = any(step["op"] == "normalize" for step in steps)
        spec = {**block["weights"], "integer": integerized}
        stays = integerized and quantizer["integers"] and self.graph.opset >= 12
        result = self.weighted(value, {**block, "weights": spec, "stays_integer": stays,
                                       "middle": None if normalizes else middle},
                               self.steps_gain(steps), target)
        if result.levels is not None:  # QLinearConv has its own quantizer
            return result
        names = {self.sum_name}
        if result.kind == "int32":
            return self.integerized_integers(result, quantizer, frozenset(names))
        if block.get("average") and result.is_planes() and result.shape[1] > 1:
            if not on_host:
                result = self.average_of_sum(result, block["average"])
                names = {self.graph.names[-1]}
        if integerized:
            steps = [step for step in steps if step["op"] == "noise"]
        result = self.apply_steps(result, steps, middle)
        return self.quantize(result, quantizer, frozenset(names))

    def sum_of_activations(self, value: Value, chain: list[dict]) -> Value:
        """Adds another activation; the sum has no quantizer."""
        value = self.as_float(value)
        other = self.as_float(self.chain(value, chain))
        if other.dims != value.dims or not self.commensurable([value, other]):
            raise InfeasibleRecipe("steps")
        tensor = self.graph.add("Add", [value.tensor, other.tensor])
        result = dataclasses.replace(
            value, tensor=tensor, levels=None, parts=(), mean=value.mean + other.mean,
            std=numpy.hypot(value.std, other.std), unit=min(value.unit, other.unit),
            bound=value.bound + other.bound)
        return dataclasses.replace(result, exact=result.bound / result.unit <= MANTISSA)

    @staticmethod
    def commensurable(values: list[Value], largest: float = 8) -> bool:
        """Whether the steps of activations have ratios that are powers of two, up to `largest`."""
        steps = numpy.abs([levels.step for value in values for _, levels in value.parts])
        return are_powers(steps / steps.min()) and steps.max() <= largest * steps.min()

    def window_attributes(self, value: Value, block: dict,
                          kernel: list[int]) -> tuple[dict, list[int]]:
        rank = len(value.dims) - 1
        stride, pads = list(block["stride"]), list(block.get("pads", [0, 0, 0, 0]))
        dilation = list(block.get("dilation", [1, 1]))
        kernel = [min(kernel[a], value.shape[a + 1]) for a in (0, 1)]
        pads = [min(pads[i], kernel[i % 2] - 1) for i in range(4)]
        if rank == 1:
            kernel[0], stride[0], dilation[0], pads[0], pads[2] = 1, 1, 1, 0, 0
        for a in (0, 1):
            if dilation[a] * (kernel[a] - 1) + 1 > value.shape[a + 1]:
                dilation[a] = 1
        axes = range(2 - rank, 2)
        out = [(value.shape[a + 1] + pads[a] + pads[a + 2] - dilation[a] * (kernel[a] - 1) - 1)
               // stride[a] + 1 for a in (0, 1)]
        attributes = {"kernel_shape": [kernel[a] for a in axes],
                      "strides": [stride[a] for a in axes]}
        if any(pads):
            attributes["pads"] = [pads[a] for a in axes] + [pads[a + 2] for a in axes]
        if any(d != 1 for d in dilation) and self.graph.opset >= 10:
            attributes["dilations"] = [dilation[a] for a in axes]
        elif self.graph.opset < 10 and any(d != 1 for d in dilation):
            raise InfeasibleRecipe("dilation")
        return attributes, out

    def max_pool(self, value: Value, block: dict) -> Value:
        if value.levels.kind not in ("float32", "uint8", "int8") or (
                value.levels.kind != "float32" and self.graph.opset < 12):
            value = self.as_float(value)
        axes = list(range(2, len(value.dims) + 1))
        if block["form"] == "global":
            value = self.as_float(value)
            tensor = self.graph.add("GlobalMaxPool", [value.tensor])
            out = [1, 1]
        elif block["form"] == "reduce":
            value = self.as_float(value)
            tensor = self.graph.add("ReduceMax", [value.tensor], axes=axes, keepdims=1) if (
                self.graph.opset < 18) else self.graph.reduce("ReduceMax", value.tensor, axes, 1)
            out = [1, 1]
        else:
            attributes, out = self.window_attributes(value, block, block["kernel"])
            kind = value.levels.kind
            if block["pad_node"] and any(attributes.get("pads", [])) and (
                    kind == "float32" or self.graph.opset >= 11):
                rank = len(value.dims) - 1
                lowest = value.levels.offset if kind == "float32" else round(
                    value.levels.offset / value.levels.scale) + value.levels.zero
                sides = attributes.pop("pads")
                pads = [0, 0, *sides[:rank], 0, 0, *sides[rank:]]
                value = self.derived(value, self.graph.pad(value.tensor, pads, lowest, kind))
            tensor = self.graph.add("MaxPool", [value.tensor], **attributes)
        if min(out) < 1:
            raise InfeasibleRecipe("window")
        name = self.graph.names[-1]
        shape = (value.shape[0], *out)
        result = dataclasses.replace(
            value, tensor=tensor, shape=shape, dims=planes_dims(shape, len(value.dims)),
            order=numpy.arange(shape[0] * shape[1] * shape[2]),
            mean=value.mean + 0.5 * value.std)
        if len(value.parts) == 1:
            self.record_pool(result, {name}, slice(0, shape[0]), value.levels)
        else:
            first = 0
            for i, (channels, levels) in enumerate(value.parts):
                self.record_pool(result, {f"{name}.{i + 1}"}, slice(first, first + channels),
                                 levels)
                first += channels
        return result

    def record_pool(self, value: Value, names: set[str], channels: slice, levels: Levels) -> None:
        self.hidden.append(Hidden(frozenset(names), value.tensor, value.order, value.shape,
                                  channels, levels, True, False))

    def average_of_sum(self, value: Value, block: dict) -> Value:
        attributes, out = self.window_attributes(value, {"stride": block["stride"]},
                                                 block["kernel"])
        if min(out) < 1:
            raise InfeasibleRecipe("window")
        tensor = self.graph.add("AveragePool", [value.tensor], **attributes)
        return self.averaged(value, tensor, out, int(numpy.prod(attributes["kernel_shape"])))

    def averaged(self, value: Value, tensor: str, out: list[int], taps: int) -> Value:
        shape = (value.shape[0], *out)
        result = self.derived(value, tensor, shape=shape,
                              dims=planes_dims(shape, len(value.dims)), levels=None,
                              order=numpy.arange(shape[0] * shape[1] * shape[2]),
                              std=value.std / numpy.sqrt(taps),
                              unit=value.unit / taps if are_powers(taps) else 0.0)
        result.exact = result.exact and value.exact and value.bound * taps / (
            value.unit or 1e-30) <= MANTISSA
        return result

    def average(self, value: Value, block: dict) -> Value:
        """Adds an average over an activation, with its quantizer."""
        form = block["form"]
        if block["linear"] and form != "reduce" and self.has_integers(value):
            return self.linear_average(value, block)
        value = self.as_float(value)
        rank = len(value.dims) - 1
        size = value.shape[1] * value.shape[2]
        if form == "global":
            result = self.averaged(value, self.graph.add("GlobalAveragePool", [value.tensor]),
                                   [1, 1], size)
        elif form == "reduce":
            axes = list(range(2, rank + 2)) if self.coin() else list(range(-rank, 0))
            keep = int(block["keepdims"])
            tensor = self.graph.reduce("ReduceMean", value.tensor, axes, keep)
            result = self.averaged(value, tensor, [1, 1], size)
            if not keep:
                result = dataclasses.replace(result, dims=(value.shape[0],))
        else:
            attributes, out = self.window_attributes(value, block, block["kernel"])
            if min(out) < 1:
                raise InfeasibleRecipe("window")
            if "pads" in attributes:
                attributes["count_include_pad"] = 1
            if "dilations" in attributes and self.graph.opset < 19:
                raise InfeasibleRecipe("dilation")
            tensor = self.graph.add("AveragePool", [value.tensor], **attributes)
            result = self.averaged(value, tensor, out,
                                   int(numpy.prod(attributes["kernel_shape"])))
        name = frozenset({self.graph.names[-1]})
        result = self.apply_steps(result, block["steps"])
        return self.quantize(result, self.fitted(result, block["quantizer"]), name)

    def linear_average(self, value: Value, block: dict) -> Value:
        """Adds QLinearAveragePool or QLinearGlobalAveragePool, which quantize their result."""
        value = self.as_integers(value, ("uint8", "int8"))
        levels = value.levels
        if block["form"] == "global":
            op, attributes, out = "GlobalAveragePool", {}, [1, 1]
            taps = value.shape[1] * value.shape[2]
        else:
            op = "AveragePool"
            attributes, out = self.window_attributes(value, {**block, "dilation": [1, 1]},
                                                     block["kernel"])
            if min(out) < 1:
                raise InfeasibleRecipe("window")
            if "pads" in attributes:
                attributes["count_include_pad"] = 1
            taps = int(numpy.prod(attributes["kernel_shape"]))
        before = self.graph.add_extra(op, [self.centred(value)], **attributes)
        step = abs(self.step(self.fitted(value, block["quantizer"])))
        zero = self.fitting_zero(value, step, levels.kind, block["quantizer"])
        tensor = self.graph.add(f"QLinear{op}", [
            value.tensor, self.graph.constant(numpy.float32(levels.scale)),
            self.graph.constant(levels.zero, levels.kind),
            self.graph.constant(numpy.float32(step)), self.graph.constant(zero, levels.kind)],
            domain=MICROSOFT, **attributes)
        result = self.averaged(value, tensor, out, taps)
        return self.linear_result(result, step, zero, levels.kind, before, levels.scale / step)

    def linear_result(self, value: Value, step: float, zero: int, kind: str, before: str,
                      factor: float) -> Value:
        low, high = RANGES[kind]
        exact = value.exact and bool(are_powers(step)) and self.exact_ties(value, step)
        levels = Levels(high - low, step, (low - zero) * step, kind, float(numpy.float32(step)),
                        zero)
        return self.quantized(value, frozenset({self.graph.names[-1]}), levels, exact, before,
                              factor, 0.0, "half")

    def linear_addition(self, value: Value, block: dict) -> Value:
        """Adds QLinearAdd of two activations, which quantizes its result."""
        other = self.chain(value, block["chain"])
        if not self.has_integers(value) or not self.has_integers(other) or (
                other.dims != value.dims or not self.commensurable([value, other])):
            return other
        sides = [self.as_integers(value, ("uint8", "int8"))]
        sides.append(self.as_integers(other, (sides[0].levels.kind,)))
        kind = sides[0].levels.kind
        before = self.graph.add_extra("Add", [
            self.graph.add_extra("Mul", [self.centred(side), self.graph.constant(
                numpy.float32(side.levels.scale))]) for side in sides])
        total = dataclasses.replace(
            sides[0], mean=value.mean + other.mean, std=numpy.hypot(value.std, other.std),
            unit=min(value.unit, other.unit), bound=value.bound + other.bound, exact=True)
        step = abs(self.step(self.fitted(total, block["quantizer"])))
        zero = self.fitting_zero(total, step, kind, block["quantizer"])
        inputs = []
        for side in sides:
            inputs += [side.tensor, self.graph.constant(numpy.float32(side.levels.scale)),
                       self.graph.constant(side.levels.zero, kind)]
        inputs += [self.graph.constant(numpy.float32(step)), self.graph.constant(zero, kind)]
        tensor = self.graph.add("QLinearAdd", inputs, domain=MICROSOFT)
        return self.linear_result(dataclasses.replace(total, tensor=tensor), step, zero, kind,
                                  before, 1 / step)

    def requantize(self, value: Value, block: dict) -> Value:
        """Adds steps and a second quantizer to an activation."""
        value = self.as_float(value)
        names = value.since
        start = len(self.graph.names)
        # Bounds of activations must be among their values.
        steps = [step for step in block["steps"] if step["op"] in ("normalize", "multiply", "add",
                                                                   "negate", "noise")]
        quantizer = self.fitted(value, block["quantizer"])
        form = self.settled(quantizer)["form"]
        quantizer["clip"] = "none" if form in ("linear", "quant") else "after"
        quantizer["kind"] = quantizer["kind"].replace("16", "8")
        result = self.apply_steps(dataclasses.replace(value, levels=None), steps)
        names |= set(self.graph.names[start:])
        return self.quantize(result, quantizer, frozenset(names), optional=True)

    def rescale(self, value: Value, block: dict) -> Value:
        """Multiplies, negates or shifts an activation."""
        value = self.as_float(value)
        if block["form"] == "negate":
            return self.derived(value, self.graph.add("Neg", [value.tensor]), mean=-value.mean,
                                **value.scaled_levels(-1.0))
        if block["form"] == "multiply":
            factor = block["factor"] if self.free and not self.exact else power_of_two(
                block["factor"])
            return self.multiply(value, float(f32(factor)), divide=block["divide"])
        shift = block["shift"] * value.levels.step
        return self.add(value, float(f32(shift)), block["add_form"])

    def chain(self, value: Value, blocks: list[dict]) -> Value:
        for block in blocks:
            value = self.block(value, block)
        return value

    def residual(self, value: Value, block: dict) -> Value:
        """Adds two sides, each a chain of blocks and then perhaps a sum without quantizer."""
        value = self.as_float(value)
        quantizer = block["quantizer"]
        target, middle = self.target(quantizer)
        anchor = abs(value.levels.step)
        sides = []
        for side in block["sides"]:
            result = self.as_float(self.chain(value, side["chain"]))
            if not self.commensurable([value, result], 256):
                raise InfeasibleRecipe("steps")
            if side["sum"] is not None:
                spec = {**side["sum"]["weights"], "anchor": anchor, "dyadic": True,
                        "ratio": side["ratio"]}
                result = self.weighted(result, {**side["sum"], "weights": spec,
                                                "arithmetic": "float"}, 1.0, target)
                result = self.apply_steps(result, side["steps"])
            sides.append(result)
        self.random = numpy.random.RandomState(block["seed"])
        if any(side.dims != sides[0].dims or (side.order != sides[0].order).any()
               for side in sides):
            raise InfeasibleRecipe("shapes")
        op = block["form"]
        if op == "Sum" or len(sides) > 2:
            op = "Sum"
        elif op == "Sub":
            sides[1] = dataclasses.replace(sides[1], mean=-sides[1].mean)
        tensor = self.graph.add(op, [side.tensor for side in sides])
        name = frozenset({self.graph.names[-1]})
        exact = all(side.exact or side.levels is not None for side in sides)
        result = dataclasses.replace(
            sides[0], tensor=tensor, levels=None, mean=sum(side.mean for side in sides),
            std=numpy.sqrt(sum(side.std ** 2 for side in sides)),
            unit=min(side.unit for side in sides), bound=sum(side.bound for side in sides),
            since=name, exact=exact)
        result.exact = exact and bool(result.unit) and result.bound / result.unit <= MANTISSA
        result = self.apply_steps(result, block["steps"], middle)
        return self.quantize(result, self.fitted(result, quantizer), name)

    def concat(self, value: Value, block: dict) -> Value:
        value = self.as_float(value)
        parts = [self.as_float(self.chain(value, chain)) for chain in block["branches"]]
        if any(part.dims[1:] != parts[0].dims[1:] or not part.is_planes() for part in parts):
            raise InfeasibleRecipe("shapes")
        if not self.commensurable(parts):
            raise InfeasibleRecipe("steps")
        tensor = self.graph.add("Concat", [part.tensor for part in parts], axis=1)
        channels = sum(part.shape[0] for part in parts)
        shape = (channels, *parts[0].shape[1:])
        lows = [min(part.levels.offset, part.levels.offset + part.levels.step * part.levels.count)
                for part in parts]
        highs = [max(part.levels.offset, part.levels.offset + part.levels.step * part.levels.count)
                 for part in parts]
        step = min(abs(part.levels.step) for part in parts)
        levels = parts[0].levels
        if any((part.levels.step, part.levels.offset) != (levels.step, levels.offset)
               or part.levels.count != levels.count for part in parts):
            levels = Levels(max(1, round((max(highs) - min(lows)) / step)), step, min(lows))
        if any(part.levels.step < 0 for part in parts):
            levels = dataclasses.replace(levels, step=-abs(levels.step))
        return dataclasses.replace(
            parts[0], tensor=tensor, dims=planes_dims(shape, len(value.dims)), shape=shape,
            order=numpy.arange(channels * shape[1] * shape[2]),
            mean=numpy.concatenate([part.mean for part in parts]),
            std=numpy.concatenate([part.std for part in parts]),
            unit=min(part.unit for part in parts), bound=max(part.bound for part in parts),
            exact=True, levels=levels,
            parts=tuple(one for part in parts for one in part.parts),
            since=frozenset({self.graph.names[-1]}))

    def image(self) -> Value:
        spec = self.recipe["image"]
        dims = tuple(spec["dims"])
        shape = dims if len(dims) == 3 else (dims[0], 1, dims[1]) if len(dims) == 2 else (
            dims[0], 1, 1)
        size = int(numpy.prod(dims))
        channels = shape[0]
        mean, std = (128.0, 74.0) if spec["pixels"] else (0.0, 1.0)
        value = Value("image", dims, shape, numpy.arange(size), numpy.full(channels, mean),
                      numpy.full(channels, std), 1.0 if spec["pixels"] else 0.125,
                      255.0 if spec["pixels"] else 8.0, True)
        self.random = numpy.random.RandomState(spec["seed"])
        if spec["layout"] == "channels_last" and len(dims) > 1:
            value.tensor = self.graph.add("Transpose", ["image"],
                                          perm=[0, len(dims), *range(1, len(dims))])
        elif spec["layout"] == "flat" and len(dims) > 1:
            batch = 1 if self.recipe["fixed_batch"] else -1
            value.tensor = self.graph.add("Reshape", ["image", self.graph.constant(
                [batch, *dims], "int64")])
        if not (self.exact or spec["pixels"]):
            value.unit, value.exact = 0.0, False
        if spec["pixels"]:
            if self.exact:
                value = self.multiply(value, 1 / 64, divide=self.coin())
            else:
                value = self.multiply(value, 1 / 255, divide=self.coin(0.7))
        for step in spec["steps"]:
            if step["op"] == "clip" and spec["quantizer"] is None:
                continue
            value = self.apply_steps(value, [step])
        if spec["quantizer"] is None:
            return value
        if spec["first_layer"] != "auto":
            self.options = ["--first-layer", spec["first_layer"]]
            # On the chip all layers take all steps.
            self.first_layer = spec["first_layer"] == "host"
        # Elementwise float32 operations are the same everywhere: no excuses.
        result = self.quantize(value, self.fitted(value, spec["quantizer"]), frozenset(),
                               optional=True)
        self.hidden[-1].exact = True
        return result

    def images(self) -> numpy.ndarray:
        spec, count = self.recipe["image"], self.recipe["images"]
        random = numpy.random.RandomState(spec["seed"] ^ 0x5EED)
        shape = (count, *spec["dims"])
        if spec["pixels"]:
            return random.randint(0, 256, shape).astype(numpy.float32)
        images = random.normal(0, 1, shape)
        if self.exact:
            return numpy.clip(numpy.round(images * 8) / 8, -8, 8).astype(numpy.float32)
        if spec["quantizer"] is not None:
            # Half of the pixels at, or next to, the middle between two levels.
            step = self.step(spec["quantizer"])
            ties = (numpy.round(images / step) + 0.5) * step
            images = numpy.where(random.uniform(size=shape) < 0.5, ties, images)
        return numpy.clip(images, -8, 8).astype(numpy.float32)

    def given(self, dims: list[int]) -> tuple[list[int], list[int] | None]:
        """Returns the dimensions of the graph's input, and the order of axes that makes them."""
        layout = self.recipe["image"]["layout"]
        if layout == "channels_last" and len(dims) > 1:
            return [*dims[1:], dims[0]], [0, *range(2, len(dims) + 1), 1]
        if layout == "flat" and len(dims) > 1:
            return [int(numpy.prod(dims))], None
        return dims, None

    def head(self, value: Value) -> tuple[str, Value]:
        """Adds the class scores; returns their tensor's kind and value."""
        spec = self.recipe["head"]
        self.random = numpy.random.RandomState(spec["seed"])
        form = spec["form"]
        if len(value.parts) > 1:
            self.check_common_levels(value)
        if form == "activation":
            value = self.as_float(value) if not spec["integers"] else value
            if len(value.dims) > 1 and self.coin(0.7):
                value = self.flatten(value)
            if len(value.order) > 4096:
                raise InfeasibleRecipe("scores")
            return value.levels.kind, value
        if form == "global_average" and len(value.dims) > 1 and value.is_planes():
            block = {**spec["sum"], "arithmetic": "float"}
            result = self.weighted(value, block, 1.0, 4.0)
            tensor = self.graph.add("GlobalAveragePool", [result.tensor])
            result = self.averaged(result, tensor, [1, 1], result.shape[1] * result.shape[2])
            return "float32", self.flatten(result, "Flatten" if self.coin() else "Squeeze")
        block = {"product": "Gemm", "transB": True, "flatten": "Flatten", **spec["sum"],
                 "op": "dense"}
        if form == "real":
            result = self.real_dense(value, block)
        else:
            if value.levels.kind == "float32" or spec["arithmetic"] == "float":
                block["arithmetic"] = "float"
            else:
                block["arithmetic"] = "integer"
            result = self.weighted(value, block, 1.0, 4.0)
        return "float32", self.apply_steps(result, spec["steps"])

    @staticmethod
    def check_common_levels(value: Value) -> None:
        """The host takes one tensor, with at most 255 levels: those of all parts."""
        step, first = fractions.Fraction(0), fractions.Fraction(value.parts[0][1].offset)
        ends = []
        for _, levels in value.parts:
            offset, own = fractions.Fraction(levels.offset), fractions.Fraction(levels.step)
            ends += [offset, offset + own * levels.count]
            for other in (own, offset - first):
                while other:
                    step, other = other, step % other
        if (max(ends) - min(ends)) / abs(step) > 255:
            raise InfeasibleRecipe("levels")

    def real_dense(self, value: Value, block: dict) -> Value:
        """Real-valued weights, which are multiples of nothing."""
        value = self.as_float(value)
        if len(value.dims) > 1:
            value = self.flatten(value, block["flatten"])
        self.random = numpy.random.RandomState(block["seed"])
        outputs, inputs = block["channels"], value.dims[0]
        weights = self.number(-1, 1, (outputs, inputs))
        bias = self.number(-1, 1, outputs)
        transposed = block["product"] == "Gemm" and block["transB"]
        constant = self.graph.constant(weights if transposed else weights.T)
        if block["product"] == "Gemm":
            tensor = self.graph.add("Gemm", [value.tensor, constant, self.graph.constant(bias)],
                                    **({"transB": 1} if transposed else {}))
        else:
            tensor = self.graph.add("MatMul", [value.tensor, constant])
        unit = dyadic_unit(weights) * value.unit
        bound = float(numpy.abs(weights).sum(axis=1).max()) * value.bound + 1
        result = Value(tensor, (outputs,), (outputs, 1, 1), numpy.arange(outputs),
                       numpy.zeros(outputs), numpy.ones(outputs), min(unit, dyadic_unit(bias)),
                       bound, False)
        result.exact = self.exact_sum(value, result.unit, bound)
        if block["product"] != "Gemm":
            result = self.add(result, bias)
        return result

    def build(self) -> Case:
        recipe = self.recipe
        value = self.image()
        for block in recipe["blocks"]:
            value = self.block(value, block)
        if not self.hidden:
            raise InfeasibleRecipe("no layers")
        kind, scores = self.head(value)
        output, decision = scores.tensor, ""
        if kind == "float32" and len(scores.dims) == 1 and recipe["head"]["decision"]:
            decision = recipe["head"]["decision"]
            if decision == "ArgMax":
                output = self.graph.add("ArgMax", [output], axis=1,
                                        keepdims=int(self.coin()))
                kind = "int64"
            elif decision == "TopK":
                inputs = [output] + ([self.graph.constant([1], "int64")]
                                     if self.graph.opset >= 10 else [])
                attributes = {} if self.graph.opset >= 10 else {"k": 1}
                self.graph.add("TopK", inputs, outputs=2, axis=-1, **attributes)
                output = f"{self.graph.names[-1]}_out1"
                kind = "int64"
            else:
                output = self.graph.add(decision, [output], axis=1)
        dims, axes = self.given(recipe["image"]["dims"])
        images = self.images()
        given = (images if axes is None else images.transpose(axes)).reshape(len(images), *dims)
        batch = 1 if recipe["fixed_batch"] else "N"
        return Case(
            model=self.graph.model("image", [batch, *dims], output, kind),
            oracle=self.graph.model("image", [batch, *dims], output, kind, extra=True),
            image="image", images=images, given=given, hidden=self.hidden, scores=scores.tensor,
            exact_scores=scores.levels is not None or scores.exact,
            decision=output if decision else "", options=self.options, ranks=self.ranks,
            fixed_batch=recipe["fixed_batch"])


def build(recipe: dict) -> Case:
    """Returns the graph of a recipe. Raises InfeasibleRecipe if there is none."""
    try:
        return Builder(recipe).build()
    except (IndexError, ZeroDivisionError) as error:
        raise InfeasibleRecipe(str(error)) from error
