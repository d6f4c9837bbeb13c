# SPDX-License-Identifier: Apache-2.0
"""Elementwise operators, and those that change nothing but the shape."""

import dataclasses

import numpy

from oracle.values import (MANTISSA, Hidden, InfeasibleRecipe, Levels, Value, are_powers,
                           dyadic_unit, f32, power_of_two)
from oracle.writer import RANGES, GraphWriter


class Steps:
    def __init__(self, recipe: dict) -> None:
        self.recipe = recipe
        self.exact = recipe["exact"]
        self.free = recipe["free"]
        self.graph = GraphWriter(recipe["opset"])
        self.hidden: list[Hidden] = []
        self.random = numpy.random.RandomState(recipe["seed"])
        self.first_layer = True  # whether the next layer is the host's
        self.options: list[str] = []
        self.ranks: dict[str, int] = {}

    def number(self, low: float, high: float, size: object = None) -> object:
        """Random numbers: a few bits if the graph is exact."""
        values = self.random.uniform(low, high, size)
        if self.exact:
            grid = power_of_two((high - low) / 8)
            return numpy.round(values / grid) * grid
        return f32(values)

    def factor(self, low: float, high: float, size: object = None) -> object:
        """Random positive factors: powers of two if the graph is exact."""
        values = numpy.exp(self.random.uniform(numpy.log(low), numpy.log(high), size))
        if self.exact:
            return 2.0 ** numpy.round(numpy.log2(values))
        return f32(values)

    def step(self, spec: dict) -> float:
        """The step of a quantizer: base * 2^exponent, or any if the recipe leaves it free."""
        if self.free and "free_step" in spec:
            return float(f32(spec["free_step"]))
        return float(f32(self.recipe["base"])) * 2.0 ** spec["exponent"]

    def coin(self, probability: float = 0.5) -> bool:
        return bool(self.random.uniform() < probability)

    def derived(self, value: Value, tensor: str, **changes: object) -> Value:
        changed = dataclasses.replace(value, tensor=tensor, **changes)
        if changed.unit == 0 or changed.bound / changed.unit > MANTISSA:
            changed.exact = False
        return dataclasses.replace(changed, since=value.since | {self.graph.names[-1]})

    def by_channel(self, value: Value, numbers: object) -> numpy.ndarray:
        """Shapes numbers for all channels so that they broadcast over the tensor."""
        numbers = numpy.asarray(numbers, dtype=float)
        if numbers.ndim == 0:
            return numbers if self.coin() else numbers.reshape(1)
        channels, height, width = value.shape
        of_element = numpy.broadcast_to(numbers[:, None, None], (channels, height, width))
        of_element = of_element.reshape(-1)[value.order].reshape(value.dims)
        # Dimensions along which the number never changes have size 1.
        for axis in range(len(value.dims)):
            first = numpy.take(of_element, [0], axis=axis)
            if (of_element == first).all():
                of_element = first
        while of_element.ndim > 1 and of_element.shape[0] == 1 and self.coin():
            of_element = of_element[0]
        return of_element if self.coin() or of_element.ndim < len(value.dims) else of_element[None]

    def multiply(self, value: Value, factors: object, divide: bool = False) -> Value:
        operand = f32(1 / numpy.asarray(factors)) if divide else f32(factors)
        factors = 1 / operand if divide else operand
        shaped = self.by_channel(value, operand)
        constant = self.graph.constant(shaped, node=self.coin(0.2))
        if divide:
            tensor = self.graph.add("Div", [value.tensor, constant])
        else:
            tensor = self.graph.add("Mul", self.shuffled([value.tensor, constant]))
        exact_factors = not divide or are_powers(factors)
        return self.derived(value, tensor, mean=value.mean * factors,
                            std=value.std * numpy.abs(factors),
                            unit=value.unit * dyadic_unit(factors) if exact_factors else 0,
                            bound=value.bound * float(numpy.max(numpy.abs(factors))),
                            **value.scaled_levels(float(numpy.ravel(factors)[0])))

    def shuffled(self, operands: list[str]) -> list[str]:
        return operands[::-1] if self.coin(0.3) else operands

    def add(self, value: Value, terms: object, form: str = "Add") -> Value:
        """Adds `terms`; form "Sub" subtracts their negatives, "rsub" subtracts from them."""
        terms = f32(terms)
        operand = -terms if form == "Sub" else terms
        constant = self.graph.constant(self.by_channel(value, operand), node=self.coin(0.2))
        sign = -1 if form == "rsub" else 1
        if form == "rsub":
            tensor = self.graph.add("Sub", [constant, value.tensor])
        elif form == "Sub":
            tensor = self.graph.add("Sub", [value.tensor, constant])
        else:
            tensor = self.graph.add("Add", self.shuffled([value.tensor, constant]))
        unit = min(value.unit, dyadic_unit(terms)) if value.unit else 0
        return self.derived(value, tensor, mean=sign * value.mean + terms, unit=unit,
                            bound=value.bound + float(numpy.max(numpy.abs(terms))),
                            **value.scaled_levels(sign, float(numpy.ravel(terms)[0])))

    def noise(self, value: Value) -> Value:
        """Adds a node, or a pair, that changes nothing."""
        choices = ["Identity", "Dropout", "Cast", "Unsqueeze"]
        if len(value.dims) > 1:
            choices.append("Transpose")
        if value.levels is not None and value.levels.kind != "float32":
            choices = ["Identity"]
        choice = choices[self.random.randint(len(choices))]
        if choice == "Unsqueeze":
            axis = int(self.random.randint(1, len(value.dims) + 2))
            tensor = self.graph.squeeze(self.graph.unsqueeze(value.tensor, [axis]), [axis])
        elif choice == "Transpose":
            order = [0] + [int(i) + 1 for i in self.random.permutation(len(value.dims))]
            tensor = self.graph.add("Transpose", [value.tensor], perm=order)
            tensor = self.graph.add("Transpose", [tensor],
                                    perm=[int(i) for i in numpy.argsort(order)])
        elif choice == "Cast":
            tensor = self.graph.cast(value.tensor, "float32")
        else:
            tensor = self.graph.add(choice, [value.tensor])
        return self.derived(value, tensor)

    def transpose(self, value: Value, axes: list[int]) -> Value:
        """Transposes to the given order of dimensions, the batch not counted."""
        tensor = self.graph.add("Transpose", [value.tensor], perm=[0] + [a + 1 for a in axes])
        order = value.order.reshape(value.dims).transpose(axes)
        return self.derived(value, tensor, dims=order.shape, order=order.reshape(-1))

    def flatten(self, value: Value, form: str = "Flatten") -> Value:
        size = len(value.order)
        batch = 1 if self.recipe["fixed_batch"] else -1
        if form == "Reshape":
            target = [batch, size] if self.coin() else [0, size] if self.coin() else [
                1 if self.recipe["fixed_batch"] else 0, -1]
            tensor = self.graph.add("Reshape", [value.tensor, self.graph.constant(target, "int64",
                                                                                  self.coin())])
        elif form == "Squeeze" and len(value.dims) > 1 and set(value.dims[1:]) == {1}:
            tensor = self.graph.squeeze(value.tensor, list(range(2, len(value.dims) + 1)))
        else:
            tensor = self.graph.add("Flatten", [value.tensor])
        return self.derived(value, tensor, dims=(size,))

    def as_float(self, value: Value) -> Value:
        """Dequantizes an integer tensor."""
        levels = value.levels
        if levels is None or levels.kind == "float32":
            return value
        start = len(self.graph.names)
        scale = self.graph.constant(numpy.float32(levels.scale), node=self.coin(0.2))
        if self.recipe["dequantize"] == "cast" and levels.kind in ("uint8", "int8", "int32"):
            tensor = self.graph.cast(value.tensor, "float32")
            if levels.zero:
                tensor = self.graph.add("Sub", [tensor, self.graph.constant(
                    numpy.float32(levels.zero))])
            tensor = self.graph.add("Mul", [tensor, scale])
        else:
            inputs = [value.tensor, scale]
            if levels.zero or levels.kind != "uint8" or self.coin():
                inputs.append(self.graph.constant(levels.zero, levels.kind))
            tensor = self.graph.add("DequantizeLinear", inputs)
        floats = dataclasses.replace(levels, kind="float32", scale=1.0, zero=0)
        parts = tuple((channels, dataclasses.replace(part, kind="float32", scale=1.0, zero=0))
                      for channels, part in value.parts)
        result = self.derived(value, tensor, levels=floats, parts=parts, exact=True,
                              unit=dyadic_unit([floats.step, floats.offset]),
                              bound=max(abs(floats.offset),
                                        abs(floats.offset + floats.step * floats.count)))
        return dataclasses.replace(result, since=value.since | set(self.graph.names[start:]))

    def zeros(self, levels: Levels, kind: str) -> list[int]:
        """Returns the zero points with which the levels fit an integer type."""
        first = round(levels.offset / levels.step)
        low, high = RANGES[kind]
        return list(range(max(low, low - first), min(high, high - first - levels.count) + 1))

    def has_integers(self, value: Value) -> bool:
        """Whether the levels can be 8-bit integers with a zero point."""
        levels = value.levels
        if levels is None:
            return False
        if levels.kind in ("uint8", "int8"):
            return True
        if len(value.parts) > 1:
            return False
        offset = levels.offset / levels.step
        return (levels.step > 0 and self.graph.opset >= 10 and abs(offset - round(offset)) < 1e-6
                and bool(self.zeros(levels, "int8") and self.zeros(levels, "uint8")))

    def as_integers(self, value: Value, kinds: tuple[str, ...]) -> Value:
        """Quantizes an activation to the same levels."""
        if value.levels.kind in kinds:
            return value
        value = self.as_float(value)
        levels = value.levels
        kind = kinds[self.random.randint(len(kinds))]
        zeros = self.zeros(levels, kind)
        zero = zeros[self.random.randint(len(zeros))]
        inputs = [value.tensor, self.graph.constant(numpy.float32(levels.step)),
                  self.graph.constant(zero, kind)]
        tensor = self.graph.add("QuantizeLinear", inputs)
        integers = dataclasses.replace(levels, kind=kind, scale=float(numpy.float32(levels.step)),
                                       zero=zero)
        result = self.derived(value, tensor, levels=integers, parts=((value.shape[0], integers),))
        # No layer, unless the levels are one.
        self.hidden.append(Hidden(result.since, tensor, value.order, value.shape,
                                  slice(0, value.shape[0]), integers, True, True))
        return result

    def steps_gain(self, steps: list[dict]) -> float:
        gain = 1.0
        for step in steps:
            gain *= step.get("gain", 1.0)
        return gain

    def apply_steps(self, value: Value, steps: list[dict], middle: float | None = None) -> Value:
        for step in steps:
            op, channels = step["op"], value.shape[0]
            if op == "normalize":
                value = self.normalize(value, step, middle)
            elif op == "multiply":
                factors = step["gain"] * self.factor(0.6, 1.7, channels if step["by_channel"]
                                                     else None)
                if step["negative"]:
                    factors = factors * self.random.choice([-1, 1], numpy.shape(factors))
                if self.exact:
                    factors = numpy.sign(factors) * 2.0 ** numpy.round(numpy.log2(
                        numpy.abs(factors)))
                value = self.multiply(value, factors, divide=step["divide"])
            elif op == "add":
                terms = self.random.uniform(-0.5, 0.5, channels) * value.std
                terms = self.on_grid(value, terms)
                value = self.add(value, terms if step["by_channel"] else float(terms[0]),
                                 step["form"])
            elif op == "relu":
                value = self.relu(value)
            elif op == "leaky":
                value = self.leaky(value, step)
            elif op == "clip":
                low, high = -1.2 * float(value.std.mean()), 2.1 * float(value.std.mean())
                low, high = self.on_grid(value, numpy.array([low, high]))
                if low >= high:
                    continue
                value = self.derived(value, self.graph.clip(value.tensor, low, high),
                                     bound=max(abs(low), abs(high), value.bound),
                                     unit=min(value.unit, dyadic_unit([low, high])))
            elif op == "negate":
                value = self.derived(value, self.graph.add("Neg", [value.tensor]),
                                     mean=-value.mean)
            elif op == "noise":
                value = self.noise(value)
            elif op == "channels_last" and value.is_planes() and len(value.dims) > 1:
                rank = len(value.dims)
                value = self.transpose(value, [*range(1, rank), 0])
                value = self.apply_steps(value, step["inner"])
                value = self.transpose(value, [rank - 1, *range(rank - 1)])
        return value

    def on_grid(self, value: Value, numbers: numpy.ndarray) -> numpy.ndarray:
        if self.exact and value.unit:
            grid = max(value.unit, power_of_two(float(value.std.mean()) / 64))
            return numpy.round(numbers / grid) * grid
        return f32(numbers)

    def relu(self, value: Value) -> Value:
        tensor = self.graph.add("Relu", [value.tensor])
        mean = numpy.maximum(value.mean, 0) + 0.4 * value.std * numpy.exp(
            -0.5 * (value.mean / value.std) ** 2)
        return self.derived(value, tensor, mean=mean, std=0.6 * value.std)

    def leaky(self, value: Value, step: dict) -> Value:
        """Adds LeakyRelu or PRelu."""
        slope = self.factor(0.1, 0.6, value.shape[0] if step["by_channel"] else None)
        if step["by_channel"] and self.graph.opset >= 9:
            shaped = self.by_channel(value, slope)
            if shaped.ndim > len(value.dims):
                shaped = shaped[0]
            tensor = self.graph.add("PRelu", [value.tensor, self.graph.constant(shaped)])
        else:
            slope = float(numpy.float32(numpy.ravel(slope)[0]))
            tensor = self.graph.add("LeakyRelu", [value.tensor], alpha=slope)
        return self.derived(value, tensor, unit=value.unit * dyadic_unit(slope),
                            std=value.std * 0.8)

    def normalize(self, value: Value, step: dict, middle: float | None) -> Value:
        channels = value.shape[0]
        if value.dims[0] != channels or not value.is_planes():
            return value
        if self.exact:
            epsilon = 2.0 ** -10
            variance = self.random.choice([0.25, 1, 4], channels) - epsilon
        else:
            epsilon = float(numpy.float32(1e-5))
            variance = f32(value.std ** 2 * self.random.uniform(0.5, 2, channels))
        deviation = numpy.sqrt(variance + epsilon)
        gamma = step["gain"] * self.factor(0.6, 1.7, channels) * deviation
        if step["negative"]:
            gamma *= self.random.choice([-1, 1], channels)
        if self.exact:
            gamma = numpy.sign(gamma) * 2.0 ** numpy.round(numpy.log2(numpy.abs(gamma)))
            mean = self.on_grid(value, value.mean + self.random.uniform(-0.5, 0.5, channels)
                                * value.std)
        else:
            gamma, mean = f32(gamma), f32(value.mean + self.random.uniform(-0.5, 0.5, channels)
                                          * value.std)
        factor = gamma / deviation
        std = value.std * numpy.abs(factor)
        beta = self.random.uniform(-0.5, 0.5, channels) * std + (middle or 0.0)
        unit = value.unit * dyadic_unit(factor) if self.exact else 0.0
        if self.exact:
            grid = max(unit, power_of_two(float(std.mean()) / 64)) if unit else 1.0
            beta = numpy.round(beta / grid) * grid
        beta = f32(beta)
        constant = self.graph.constant
        tensor = self.graph.add("BatchNormalization", [
            value.tensor, constant(gamma), constant(beta), constant(mean), constant(variance)],
            epsilon=epsilon)
        # ONNX Runtime computes x * scale + (beta - mean * scale).
        shift = numpy.abs(beta) + numpy.abs(mean * factor)
        unit = min(unit, dyadic_unit(mean) * dyadic_unit(factor), dyadic_unit(beta))
        return self.derived(value, tensor, mean=beta + (value.mean - mean) * factor, std=std,
                            unit=unit if self.exact else 0,
                            bound=value.bound * float(numpy.abs(factor).max())
                            + float(shift.max()))
