# SPDX-License-Identifier: Apache-2.0
"""Quantizers in all forms."""

import dataclasses

import numpy

from oracle.sums import Sums
from oracle.values import (MANTISSA, Hidden, InfeasibleRecipe, Levels, Value, are_powers,
                           dyadic_unit, f32, power_of_two)
from oracle.writer import QONNX, RANGES

ROUNDING = ("Round", "Floor", "Ceil", "Cast", "Sign", "QuantizeLinear", "Quant", "BipolarQuant",
            "MultiThreshold")


class Quantizers(Sums):
    def settled(self, quantizer: dict) -> dict:
        """Returns the quantizer in the form that the operator set has."""
        form, kind, opset = quantizer["form"], quantizer["kind"], self.graph.opset
        if form == "linear" and opset < 10 or form == "sign" and opset < 9:
            return {**quantizer, "form": "round", "clip": "after"}
        if kind in ("uint4", "int4", "int16", "uint16") and opset < 21:
            return {**quantizer, "kind": "uint8" if kind[0] == "u" else "int8"}
        return quantizer

    def zero_of(self, quantizer: dict, kind: str) -> int:
        low, high = RANGES[kind]
        return int(numpy.clip(round(low + quantizer["zero"] * (high - low)), low, high))

    def quantized(self, value: Value, names: frozenset[str], levels: Levels, exact: bool,
                  before: str, factor: object, addend: object, ties: object,
                  optional: bool = False) -> Value:
        """Records a quantized tensor and returns it as an activation."""
        channels = value.shape[0]
        count = levels.count
        # Levels that the sums reach: estimated from their mean and deviation.
        low, high = sorted((levels.offset, levels.offset + levels.step * count))
        mean = numpy.clip(value.mean, low, high) * numpy.ones(channels)
        std = numpy.maximum(numpy.minimum(value.std, (high - low) / 3), abs(levels.step) / 3)
        self.hidden.append(Hidden(
            names, value.tensor, value.order, value.shape, slice(0, channels),
            levels, exact, optional, before,
            numpy.broadcast_to(numpy.asarray(factor, dtype=float), channels),
            numpy.broadcast_to(numpy.asarray(addend, dtype=float), channels), ties))
        unit = dyadic_unit([levels.step, levels.offset])
        return dataclasses.replace(
            value, mean=mean, std=std, unit=unit, bound=max(abs(low), abs(high)), exact=True,
            levels=levels, parts=((channels, levels),), since=frozenset())

    def quantize(self, value: Value, spec: dict, names: frozenset[str],
                 optional: bool = False) -> Value:
        """Adds a quantizer after a sum, or after an activation."""
        value, spec = self.as_float(value), self.settled(spec)
        before, count, form = value.tensor, spec["levels"], spec["form"]
        first = -(count // 2) - (count % 2 and spec["down"]) if spec["signed"] else 0
        last = first + count
        step = self.step(spec)
        graph = self.graph
        exact = value.exact and self.exact_ties(value, step)
        # 1 / step is no exact inverse, and additions want steps with a common divisor.
        divide = spec["divide"] or not (self.free or self.exact)
        start = len(graph.names)

        def done(tensor: str, levels: Levels, factor: object, addend: object, ties: object,
                 exact_now: bool = exact) -> Value:
            # What takes an activation is named by its first node, or by the quantizer itself.
            added = graph.names[start:]
            last = max(i for i, name in enumerate(added) if name.split("_")[0] in ROUNDING)
            if added[last].startswith("Cast"):
                last -= 1  # to integers, and back
            named = names if names and not optional else names | set(added[:last + 1])
            result = dataclasses.replace(value, tensor=tensor)
            result = self.quantized(result, frozenset(named), levels, exact_now, before, factor,
                                    addend, ties, optional)
            return dataclasses.replace(result, since=frozenset(added[last + 1:]))

        if form == "linear":
            return self.quantize_linear(value, spec, step, done)
        if form == "sign":
            tensor = graph.add("Sign", [value.tensor])
            return done(tensor, Levels(2, 1.0, -1.0), 1.0, 0.0,
                        numpy.zeros((value.shape[0], 1)), value.exact)
        if form == "integerized":
            return self.integerized(value, spec, count, done)
        if form == "quant":
            return self.quant(value, spec, step, done)
        if form == "bipolar":
            tensor = graph.add("BipolarQuant", [value.tensor, graph.constant(numpy.float32(step))],
                               domain=QONNX)
            return done(tensor, Levels(1, 2 * step, -step), 1.0, 0.0,
                        numpy.zeros((value.shape[0], 1)), value.exact)
        if form == "multithreshold":
            return self.multi_threshold(value, spec, step, done)
        # Clip, Mul, Round, Mul in some order.
        rounding = spec["rounding"]
        if rounding == "Round" and graph.opset < 11:
            rounding = "FloorHalf"
        ties = "half" if rounding in ("Round", "FloorHalf") else "whole"
        current = value
        if spec["clip"] == "before":
            # In the middle of what is rounded to one integer, unless all is exact.
            below, above = {"Floor": (0.5, 0.5), "Ceil": (-0.5, -0.5),
                            "Cast": (-0.5, 0.5)}.get(rounding, (0.0, 0.0))
            if exact and self.coin():
                below = above = 0.0
            if rounding == "Cast":  # bounds beside 0 as well
                below, above = (below if first else 0.0), (above if last else 0.0)
            current = dataclasses.replace(current, tensor=graph.clip(
                current.tensor, float(f32((first + below) * step)),
                float(f32((last + above) * step))))
        elif spec["clip"] == "relu" and first == 0:
            current = dataclasses.replace(current, tensor=graph.add("Relu", [current.tensor]))
        if step != 1 or self.coin(0.2):
            current = self.multiply(current, 1 / step, divide=divide)
        factor = 1 / step if divide else float(f32(1 / step))
        tensor = current.tensor
        if rounding == "FloorHalf":
            tensor = graph.add("Add", [tensor, graph.constant(numpy.float32(0.5))])
            tensor = graph.add("Floor", [tensor])
        elif rounding == "Cast":  # towards zero
            tensor = graph.cast(graph.cast(tensor, "int32"), "float32")
        else:
            tensor = graph.add(rounding, [tensor])
        if spec["clip"] != "before":
            tensor = graph.clip(tensor, None if spec["clip"] == "relu" and first == 0
                                else float(first), float(last))
        back = 1.0
        if spec["back"]:
            current = self.multiply(dataclasses.replace(current, tensor=tensor, levels=None),
                                    step, divide=not divide)
            tensor = current.tensor
            back = step if divide else 1 / float(f32(1 / step))
        return done(tensor, Levels(count, back, first * back), factor, 0.0, ties)

    def exact_ties(self, value: Value, step: float) -> bool:
        """Whether dividing by the step and adding 1/2 is exact, too."""
        if not are_powers(step) or not value.unit:
            return False
        return value.bound / min(value.unit, step / 2) <= MANTISSA

    def quantize_linear(self, value: Value, spec: dict, step: float, done: object) -> Value:
        graph, kind = self.graph, spec["kind"]
        low, high = RANGES[kind]
        zero = 0
        if kind not in ("int16", "uint16"):
            zero = self.fitting_zero(value, step, kind, spec)
        first, last = low - zero, high - zero
        tensor = value.tensor
        if spec["clip"] == "relu":
            tensor = graph.add("Relu", [tensor])
            first = max(first, 0)
        elif spec["clip"] == "before" or last - first > 255:
            bottom = max(first, -(spec["levels"] // 2) if spec["signed"] else 0)
            top = min(last, bottom + spec["levels"])
            first, last = bottom, top
            tensor = graph.clip(tensor, float(f32(first * step)), float(f32(last * step)))
        if last <= first or last - first > 255:
            raise InfeasibleRecipe("levels")
        scale = numpy.float32(step)
        inputs = [tensor, graph.constant(scale)]
        if zero or kind != "uint8" or self.coin():
            inputs.append(graph.constant(zero, kind))
        tensor = graph.add("QuantizeLinear", inputs)
        result = done(tensor, Levels(last - first, step, first * step, kind, float(scale), zero),
                      1 / float(scale), 0.0, "half")
        if spec["integers"] and kind in ("uint8", "int8"):
            return result
        result = self.as_float(result)
        if kind in ("uint4", "int4"):  # no tensors of JavaScript
            hidden = self.hidden[-1]
            hidden.tensor, hidden.levels = result.tensor, result.levels
        return result

    def integerized(self, value: Value, spec: dict, last: int, done: object) -> Value:
        """The form of integer networks: Mul, Add, Div, Floor, Clip."""
        graph, channels = self.graph, value.shape[0]
        unit = value.unit or 1.0
        multiplier = self.random.randint(3, 30, channels).astype(float)
        if spec["negative"]:
            multiplier *= self.random.choice([-1, 1], channels)
        spread = float((value.std * numpy.abs(multiplier)).mean())
        shift = power_of_two(max(4 * spread / (last + 1), unit))
        middle = shift * (last + 1) / 2
        addend = numpy.round((middle - value.mean * multiplier) / unit) * unit
        before_step = self.multiply(value, multiplier if spec["by_channel"] else multiplier[0])
        scaled = self.add(before_step, addend if spec["by_channel"] else addend[0])
        exact = scaled.exact
        tensor = graph.add("Div", [scaled.tensor, graph.constant(numpy.float32(shift))])
        tensor = graph.add("Floor", [tensor])
        tensor = graph.clip(tensor, 0.0, float(last))
        factor = (multiplier if spec["by_channel"] else multiplier[0]) / shift
        offset = (addend if spec["by_channel"] else addend[0]) / shift
        return done(tensor, Levels(last, 1.0, 0.0), factor, offset, "whole", exact)

    def integerized_integers(self, value: Value, spec: dict, names: frozenset[str]) -> Value:
        """The same in integers, whose Div rounds towards zero."""
        graph, channels, last = self.graph, value.shape[0], spec["levels"]
        multiplier = self.random.randint(3, 30, channels)
        if spec["negative"]:
            multiplier = multiplier * self.random.choice([-1, 1], channels)
        shift = max(1, int(4 * float((value.std * numpy.abs(multiplier)).mean()) / (last + 1)))
        addend = numpy.round(shift * (last + 1) / 2 - value.mean * multiplier).astype(int)
        if not spec["by_channel"]:
            multiplier, addend = multiplier[0], addend[0]
        constant = graph.constant
        tensor = graph.add("Mul", [value.tensor, constant(
            self.by_channel(value, multiplier), "int32")])
        tensor = graph.add("Add", [tensor, constant(self.by_channel(value, addend), "int32")])
        tensor = graph.add("Div", [tensor, constant(shift, "int32")])
        tensor = graph.add("Clip", [tensor, constant(0, "int32"), constant(last, "int32")])
        result = dataclasses.replace(value, tensor=tensor, kind="float32")
        before, since = value.tensor, frozenset()
        if self.coin(0.8):
            result = dataclasses.replace(result, tensor=graph.cast(tensor, "float32"))
            since = frozenset({graph.names[-1]})
        else:
            result = dataclasses.replace(result, tensor=graph.cast(graph.cast(tensor, "uint8"),
                                                                   "float32"))
            since = frozenset(graph.names[-2:])
        result = self.quantized(result, names, Levels(last, 1.0, 0.0), True, before,
                                multiplier / shift, addend / shift, "whole")
        return dataclasses.replace(result, since=since)

    def fitting_zero(self, value: Value, step: float, kind: str, quantizer: dict) -> int:
        """Returns a zero point with which the range holds the mean of the values."""
        low, high = RANGES[kind]
        zero = self.zero_of(quantizer, kind)
        if not low - zero < float(value.mean.mean()) / step < high - zero:
            zero = low if value.mean.mean() > 0 else high
        return zero

    def quant(self, value: Value, spec: dict, step: float, done: object) -> Value:
        graph, bits = self.graph, spec["bits"]
        signed, narrow = spec["signed"], spec["narrow"]
        zero = spec["quant_zero"] if bits > 2 else 0
        scale = float(numpy.float32(step))
        tensor = value.tensor
        if spec["clip"] == "relu" and (bits > 1 or not signed):
            tensor = graph.add("Relu", [tensor])
        if signed and bits == 1:
            zero = 0
            levels = Levels(1, 2 * scale, -scale)
        else:
            low = -(2 ** (bits - 1)) + narrow if signed else 0
            high = 2 ** (bits - 1) - 1 if signed else 2 ** bits - 1 - narrow
            bottom = max(low, zero) if spec["clip"] == "relu" else low
            if bottom >= high:
                raise InfeasibleRecipe("levels")
            levels = Levels(high - bottom, scale, (bottom - zero) * scale)
        mode = spec["mode"]
        tensor = graph.add("Quant", [tensor, graph.constant(numpy.float32(scale)),
                                     graph.constant(numpy.float32(zero)),
                                     graph.constant(numpy.float32(bits))], domain=QONNX,
                           signed=int(signed), narrow=int(narrow), rounding_mode=mode)
        ties = "half" if mode in ("ROUND", "HALF_EVEN", "HALF_UP", "HALF_DOWN") else "whole"
        exact = value.exact and self.exact_ties(value, step)
        if signed and bits == 1:
            return done(tensor, levels, 1 / scale, float(zero), numpy.zeros((value.shape[0], 1)),
                        exact)
        return done(tensor, levels, 1 / scale, float(zero), ties, exact)

    def multi_threshold(self, value: Value, spec: dict, step: float, done: object) -> Value:
        graph, channels, count = self.graph, value.shape[0], spec["levels"]
        # Channels are axis 1 in two and four dimensions, else, and in NHWC, the last one.
        rank = len(value.dims) + 1
        axis = 1 if rank in (2, 4) and value.is_planes() else rank - 1
        channel_of = (value.order // (value.shape[1] * value.shape[2])).reshape(value.dims)
        along = numpy.moveaxis(channel_of, axis - 1, 0).reshape(value.dims[axis - 1], -1)
        fits = len(along) == channels and bool((along == numpy.arange(channels)[:, None]).all())
        rows = channels if spec["by_channel"] and fits else 1
        layout = {}
        if rank == 4 and not value.is_planes():
            layout = {"data_layout": "NHWC"}
        elif rank == 4 and self.coin(0.3):
            layout = {"data_layout": "NCHW"}
        spread = value.mean[:rows, None] + self.random.uniform(-1.5, 1.5, (rows, count)) * (
            value.std[:rows, None])
        thresholds = numpy.sort(spread, axis=1)
        if value.unit and value.exact:
            grid = max(value.unit, power_of_two(float(value.std.mean()) / 16))
            thresholds = numpy.round(thresholds / grid) * grid
        thresholds = f32(thresholds)
        self.ranks[value.tensor] = len(value.dims) + 1
        bias = spec["out_bias"] * step
        tensor = graph.add("MultiThreshold", [value.tensor, graph.constant(thresholds)],
                           domain=QONNX, out_scale=float(f32(step)), out_bias=float(f32(bias)),
                           out_dtype="FLOAT32", **layout)
        exact = value.exact and bool(value.unit) and value.bound / min(
            value.unit, dyadic_unit(thresholds)) <= MANTISSA
        return done(tensor, Levels(count, float(f32(step)), float(f32(bias))), 1.0, 0.0,
                    numpy.broadcast_to(thresholds, (channels, count)), exact)

    def target(self, quantizer: dict) -> tuple[float, float]:
        """Returns deviation and middle that the sums before a quantizer should have."""
        quantizer = self.settled(quantizer)
        form = quantizer["form"]
        count, step = quantizer["levels"], self.step(quantizer)
        if form == "integerized":
            return 8.0, 0.0
        if form in ("sign", "bipolar"):
            return 2 * step, 0.0
        if form == "quant":
            count = 2 ** quantizer["bits"]
        if form == "linear" and quantizer["clip"] == "none":
            low, high = RANGES.get(quantizer["kind"], (0, 255))
            count = min(high - low, 255)
            zero = self.zero_of(quantizer, quantizer["kind"])
            return step * count * quantizer["spread"], step * ((low + high) / 2 - zero + 0.2)
        # Not at a tie, where channels without weights would be.
        middle = step * (0.2 if quantizer["signed"] else count / 2 + 0.2)
        return step * (count + 1) * quantizer["spread"], middle

    def fitted(self, value: Value, quantizer: dict) -> dict:
        """Returns the quantizer with step and sign that fit the values before it."""
        if self.settled(quantizer)["form"] in ("sign", "integerized", "bipolar"):
            return dict(quantizer)
        if float((value.mean + value.std).max()) <= 0:
            quantizer = {**quantizer, "signed": True, "down": True}
            if quantizer["clip"] == "relu":
                quantizer["clip"] = "none" if quantizer["form"] in ("linear", "quant") else "after"
        wanted, _ = self.target(quantizer)
        ratio = float(numpy.hypot(value.std.mean(), value.mean.mean())) / wanted
        shift = int(numpy.clip(round(numpy.log2(max(ratio, 1e-9))), -3, 3))
        result = {**quantizer, "exponent": quantizer["exponent"] + shift}
        if "free_step" in quantizer:
            result["free_step"] = quantizer["free_step"] * ratio
        return result
