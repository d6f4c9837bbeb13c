# SPDX-License-Identifier: Apache-2.0
"""Convolutions and dense layers in all forms of weights and arithmetic."""

import dataclasses

import numpy

from oracle.steps import Steps
from oracle.values import (MANTISSA, InfeasibleRecipe, Levels, Value, are_powers, dyadic_unit, f32,
                           planes_dims, power_of_two)
from oracle.writer import QONNX, RANGES, TYPES


class Sums(Steps):
    def codes(self, spec: dict, outputs: int, fan_in: int) -> numpy.ndarray:
        bits = spec["bits"]
        top = 1 if bits <= 2 else 2 ** (bits - 1) - 1
        if bits == 1:
            codes = self.random.choice([-1, 1], (outputs, fan_in))
        else:
            codes = self.random.randint(-top - (spec["lowest"] and bits > 2), top + 1,
                                        (outputs, fan_in))
            codes *= self.random.uniform(size=codes.shape) < spec["density"]
        if not codes[0].any():
            codes[0, 0] = 1  # a layer of constants is refused
        return codes

    def channel_scales(self, spec: dict, scale: float, outputs: int) -> numpy.ndarray:
        if not spec["per_channel"]:
            return numpy.full(outputs, scale)
        if self.exact or spec.get("dyadic"):
            return scale * 2.0 ** self.random.randint(-1, 2, outputs)
        return f32(scale * self.random.uniform(0.5, 2, outputs))

    def float_weights(self, spec: dict, codes: numpy.ndarray, scales: numpy.ndarray,
                      axis: int) -> str:
        """Adds weights code * scale[output] as a float tensor, in one of the forms of exporters.
        `axis` is that of the outputs."""
        shape = [1] * codes.ndim
        shape[axis] = len(scales)
        per_channel = spec["per_channel"]
        by_output = numpy.float32(scales).reshape(shape)
        scale = by_output if per_channel else numpy.float32(scales[0])
        form, opset = spec["form"], self.graph.opset
        if form == "int4" and (opset < 21 or codes.min() < -8 or codes.max() > 7):
            form = "dequantize"
        if form == "dequantize" and (opset < 10 or (per_channel and opset < 13)):
            form = "cast"
        if form in ("quant", "bipolar") and not self.recipe["qonnx"]:
            form = "float"
        if form == "bipolar" and (per_channel or spec["bits"] != 1):
            form = "quant"
        constant = self.graph.constant
        if form in ("dequantize", "int4"):
            kind = "int4" if form == "int4" else "int8"
            inputs = [constant(codes, kind), constant(scale.reshape(-1) if per_channel else scale)]
            if self.coin():
                inputs.append(constant(numpy.zeros(numpy.shape(scale.reshape(-1) if per_channel
                                                               else scale)), kind))
            attributes = {"axis": axis} if per_channel else {}
            return self.graph.add("DequantizeLinear", inputs, **attributes)
        if form == "cast":
            tensor = self.graph.cast(constant(codes, "int8"), "float32")
            return self.graph.add("Mul", self.shuffled([tensor, constant(scale)]))
        if form == "quant":
            bits = max(2, spec["bits"] + (codes.min() < -(2 ** (spec["bits"] - 1) - 1)))
            # Float weights within the cell of each code.
            jitter = self.random.uniform(-0.3, 0.3, codes.shape)
            weights = constant(numpy.float32((codes + jitter) * by_output))
            if spec["bits"] == 1:
                bits, weights = 1, constant(numpy.float32(codes * by_output))
            return self.graph.add("Quant", [weights, constant(scale), constant(numpy.float32(0)),
                                            constant(numpy.float32(bits))], domain=QONNX,
                                  signed=1, narrow=0, rounding_mode="ROUND")
        if form == "bipolar":
            weights = constant(numpy.float32(codes * self.random.uniform(0.1, 1, codes.shape)))
            return self.graph.add("BipolarQuant", [weights, constant(scale)], domain=QONNX)
        values = numpy.float32(codes) * by_output
        if form == "transpose" and codes.ndim == 2:
            return self.graph.add("Transpose", [constant(values.T)], perm=[1, 0])
        return constant(values, node=form == "node")

    def weighted(self, value: Value, block: dict, gain: float, target: float) -> Value:
        """Adds a convolution or dense layer whose sums have the deviation target / gain."""
        self.random = numpy.random.RandomState(block["seed"])
        if len(value.parts) > 1:
            block = {**block, "weights": self.few_bits(block["weights"])}
        dense = block["op"] == "dense"
        if dense:
            pointwise = block.get("pointwise") and len(value.dims) > 1 and value.is_planes()
            if pointwise:
                value = self.transpose(value, [*range(1, len(value.dims)), 0])
            elif len(value.dims) > 1:
                if block.get("channels_last") and value.is_planes():
                    value = self.transpose(value, [*range(1, len(value.dims)), 0])
                value = self.flatten(value, block["flatten"])
        elif len(value.dims) < 2 or not value.is_planes():
            raise InfeasibleRecipe("no planes")
        arithmetic = block["arithmetic"] if value.levels is not None else "float"
        if arithmetic != "float" and self.has_integers(value):
            value = self.as_integers(value, ("uint8", "int8"))
        else:
            arithmetic = "float"
            value = self.as_float(value)
        return self.dense(value, block, gain, target, arithmetic) if dense else self.convolution(
            value, block, gain, target, arithmetic)

    @staticmethod
    def few_bits(weights: dict) -> dict:
        """Weights times the ratio of the steps of added activations, up to 8, are at most 255."""
        return {**weights, "bits": min(weights["bits"], 4)}

    def convolution(self, value: Value, block: dict, gain: float, target: float,
                    arithmetic: str) -> Value:
        channels, height, width = value.shape
        rank = len(value.dims) - 1
        outputs = block["channels"]
        groups = channels if block["groups"] == -1 else block["groups"]
        groups = groups if channels % groups == 0 else 1
        outputs = -(-outputs // groups) * groups
        stride, dilation = list(block["stride"]), list(block["dilation"])
        pads = list(block["pads"])
        if block["auto_pad"] and not block["pad_node"]:
            dilation, pads = [1, 1], [0, 0, 0, 0]  # ONNX Runtime accepts no dilation with auto_pad
        kernel, sizes = list(block["kernel"]), (height, width)
        for a in (0, 1):
            room = sizes[a] + pads[a] + pads[a + 2]
            kernel[a] = min(kernel[a], room)
            dilation[a] = min(dilation[a], max(1, (room - 1) // max(1, kernel[a] - 1)))
        if block["same"]:
            sizes = [d * (k - 1) for k, d in zip(kernel, dilation)]
            pads = [sizes[0] // 2, sizes[1] // 2, sizes[0] - sizes[0] // 2,
                    sizes[1] - sizes[1] // 2]
            stride = [1, 1]
        if rank == 1:
            kernel[0], stride[0], dilation[0], pads[0], pads[2] = 1, 1, 1, 0, 0
        attributes: dict[str, object] = {}
        axes = range(2 - rank, 2)
        if block["auto_pad"] and not block["pad_node"]:
            same = [self.same_pads(size, kernel[a], stride[a], dilation[a], block["auto_pad"])
                    for a, size in enumerate((height, width))]
            pads = [same[0][0], same[1][0], same[0][1], same[1][1]]
            attributes["auto_pad"] = block["auto_pad"]
        out = [(size + pads[a] + pads[a + 2] - dilation[a] * (kernel[a] - 1) - 1) // stride[a] + 1
               for a, size in enumerate((height, width))]
        if min(out) < 1:
            raise InfeasibleRecipe("window")
        if "auto_pad" not in attributes and any(pads):
            sides = [pads[a] for a in axes] + [pads[a + 2] for a in axes]
            kind = value.levels.kind if value.levels is not None else "float32"
            if block["pad_node"] and (kind == "float32" or self.graph.opset >= 11):
                zero = value.levels.zero if kind != "float32" else 0
                pads_of_all = [0, 0, *sides[:rank], 0, 0, *sides[rank:]]
                value = self.derived(value, self.graph.pad(value.tensor, pads_of_all, zero, kind))
            else:
                attributes["pads"] = sides
        if self.coin() or arithmetic != "float":
            attributes["kernel_shape"] = [kernel[a] for a in axes]
        attributes["strides"] = [stride[a] for a in axes]
        attributes["dilations"] = [dilation[a] for a in axes]
        attributes["group"] = groups
        inputs = channels // groups
        codes = self.codes(block["weights"], outputs, inputs * kernel[0] * kernel[1])
        variance = numpy.zeros((outputs, codes.shape[1]))
        mean = numpy.zeros((outputs, codes.shape[1]))
        for o in range(outputs):
            first = o // (outputs // groups) * inputs
            variance[o] = numpy.repeat(value.std[first:first + inputs] ** 2, kernel[0] * kernel[1])
            mean[o] = numpy.repeat(value.mean[first:first + inputs], kernel[0] * kernel[1])
        shape = (outputs, inputs, *(kernel[a] for a in axes))
        result_shape = (outputs, out[0], out[1])
        return self.finish_sum(value, block, "Conv", codes, shape, 0, attributes, result_shape,
                               planes_dims(result_shape, rank + 1), numpy.arange(
                                   outputs * out[0] * out[1]), mean, variance, gain, target,
                               arithmetic)

    @staticmethod
    def same_pads(size: int, kernel: int, stride: int, dilation: int,
                  mode: str) -> tuple[int, int]:
        if mode == "VALID":
            return 0, 0
        outputs = -(-size // stride)
        pads = (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size
        if pads < (-1 if mode == "SAME_UPPER" else -2):
            raise InfeasibleRecipe("auto_pad")  # refused: ONNX Runtime would leave pixels out
        pads = max(pads, 0)
        return (pads // 2, pads - pads // 2) if mode == "SAME_UPPER" else (pads - pads // 2,
                                                                         pads // 2)

    def dense(self, value: Value, block: dict, gain: float, target: float,
              arithmetic: str) -> Value:
        inputs, outputs = value.dims[-1], block["channels"]
        codes = self.codes(block["weights"], outputs, inputs)
        height_width = value.shape[1] * value.shape[2]
        if len(value.dims) > 1:  # each pixel by itself
            of_input = numpy.arange(inputs)
            shape = (outputs, *value.shape[1:])
            dims = (*value.dims[:-1], outputs)
            order = numpy.arange(outputs * height_width).reshape(outputs, -1).T.reshape(-1)
        else:
            of_input = value.order // height_width
            shape, dims, order = (outputs, 1, 1), (outputs,), numpy.arange(outputs)
        mean = numpy.broadcast_to(value.mean[of_input], codes.shape)
        variance = numpy.broadcast_to(value.std[of_input] ** 2, codes.shape)
        op = block["product"] if len(value.dims) == 1 and arithmetic == "float" else "MatMul"
        transposed = op == "Gemm" and block["transB"]
        return self.finish_sum(value, block, op, codes, (outputs, inputs), 0 if transposed else 1,
                               {"transB": 1} if transposed else {}, shape, dims, order, mean,
                               variance, gain, target, arithmetic)

    def finish_sum(self, value: Value, block: dict, op: str, codes: numpy.ndarray,
                   shape: tuple[int, ...], axis: int, attributes: dict,
                   result_shape: tuple[int, int, int], dims: tuple[int, ...],
                   order: numpy.ndarray, mean: numpy.ndarray, variance: numpy.ndarray, gain: float,
                   target: float, arithmetic: str) -> Value:
        spec = block["weights"]
        deviation = float(numpy.sqrt((codes ** 2 * variance).sum(axis=1)).mean()) or 1.0
        scale = target / gain / deviation
        if spec.get("anchor"):
            # A fixed power of two times the other side's step, for additions.
            scale = spec["anchor"] / self.value_step(value) * 2.0 ** spec["ratio"]
        elif spec.get("integer"):
            scale = 1.0
        elif self.exact:
            scale = power_of_two(scale)
        scales = self.channel_scales(spec, float(f32(scale)), len(codes))
        weights = codes * scales[:, None]
        tensor_codes = codes.reshape(shape)
        if axis == 1:
            tensor_codes = codes.T
        mean_sum, std_sum = (weights * mean).sum(axis=1), numpy.sqrt(
            (weights ** 2 * variance).sum(axis=1)) + 1e-12
        unit = dyadic_unit(scales) * value.unit
        bound = float(numpy.abs(weights).sum(axis=1).max()) * value.bound
        # Biases on the grid of the sums, if these are to be exact.
        bias = None
        if block["bias"] != "none":
            bias = self.random.uniform(-0.7, 0.7, len(codes)) * std_sum
            middle = block.get("middle")
            if middle is not None:
                bias = middle / gain * numpy.ones(len(codes)) - mean_sum + bias
            grid = unit if unit else 1e-30
            if self.exact or spec.get("dyadic"):
                grid = max(grid, power_of_two(std_sum.mean() / 64))
                bias = numpy.round(bias / grid) * grid
            elif arithmetic == "qlinear" or block["bias"] == "dequantize":
                grid = 0.0
            bias = f32(bias)
        result = Value("", dims, result_shape, order, mean_sum, std_sum, unit, bound,
                       value.levels is None or value.unit > 0)
        result.exact = self.exact_sum(value, unit, bound)
        if arithmetic == "qlinear" and "quantizer" in block:
            return self.linear(value, block, op, tensor_codes, scales, attributes, bias, result)
        if arithmetic != "float":
            tensor = self.integer_sum(value, spec, op, tensor_codes, attributes)
            if block.get("stays_integer"):
                self.sum_name = self.graph.names[-1]
                scale = value.levels.scale
                return dataclasses.replace(
                    result, tensor=tensor, kind="int32", mean=result.mean / scale,
                    std=result.std / scale, unit=1.0, bound=result.bound / scale, exact=True)
            tensor = self.graph.cast(tensor, "float32")
            factors = numpy.float32(scales * value.levels.scale)
            shaped = self.by_channel(result, factors.astype(float) if spec["per_channel"]
                                     else factors[0].astype(float))
            tensor = self.graph.add("Mul", self.shuffled([tensor, self.graph.constant(shaped)]))
        else:
            inputs = [value.tensor, self.float_weights(spec, tensor_codes, scales, axis)]
            if bias is not None and op in ("Conv", "Gemm") and block["bias"] != "add":
                if block["bias"] == "dequantize" and self.graph.opset >= 13 and (
                        value.levels is not None):
                    steps = numpy.float32(scales * self.value_step(value))
                    integers = numpy.round(bias / steps).astype(numpy.int64)
                    bias = f32(integers * steps.astype(float))
                    inputs.append(self.graph.add("DequantizeLinear", [
                        self.graph.constant(integers, "int32"), self.graph.constant(steps)],
                        axis=0))
                else:
                    inputs.append(self.graph.constant(bias))
                self.account_bias(result, bias)
                bias = None
            elif op == "Gemm" and self.graph.opset < 11:
                inputs.append(self.graph.constant(numpy.zeros(len(codes))))
            tensor = self.graph.add(op, inputs, **attributes)
        result = dataclasses.replace(result, tensor=tensor,
                                     since=frozenset({self.graph.names[-1]}))
        self.sum_name = self.graph.names[-1]
        if arithmetic != "float":
            self.sum_name = self.graph.names[-3]
        if bias is not None:
            result = self.add(result, bias if self.coin(0.8) else float(numpy.mean(bias))
                              if not self.exact else float(bias[0]),
                              "Sub" if self.coin(0.2) else "Add")
        return result

    def exact_sum(self, value: Value, unit: float, bound: float) -> bool:
        exact_input = value.levels is not None or value.exact
        return bool(exact_input and unit and bound / unit <= MANTISSA)

    @staticmethod
    def account_bias(result: Value, bias: numpy.ndarray) -> None:
        result.mean = result.mean + bias
        result.unit = min(result.unit, dyadic_unit(bias))
        result.bound += float(numpy.abs(bias).max())
        result.exact = result.exact and result.bound / result.unit <= MANTISSA

    @staticmethod
    def value_step(value: Value) -> float:
        if value.levels is None:
            raise InfeasibleRecipe("no levels")
        return abs(value.levels.step)

    def integer_sum(self, value: Value, spec: dict, op: str, codes: numpy.ndarray,
                    attributes: dict) -> str:
        """Adds ConvInteger or MatMulInteger: the sum of (q - zero) * code."""
        levels = value.levels
        kind, weight_zero = "int8", 0
        if spec["unsigned"] and codes.min() >= -128 and codes.max() <= 127:
            kind, weight_zero = "uint8", 128
        if levels.kind == "int8" and kind == "uint8":
            kind, weight_zero = "int8", 0
        constant = self.graph.constant
        inputs = [value.tensor, constant(codes + weight_zero, kind)]
        zeros = [constant(levels.zero, levels.kind), constant(weight_zero, kind)]
        if levels.zero or weight_zero or self.coin():
            inputs += zeros
        name = "ConvInteger" if op == "Conv" else "MatMulInteger"
        return self.graph.add(name, inputs, **attributes)

    def sum_for_oracle(self, value: Value, op: str, codes: numpy.ndarray, attributes: dict) -> str:
        """Adds the sum of (q - zero) * code in numbers, which the converter does not see."""
        return self.graph.add_extra(op, [self.centred(value), self.graph.constant(codes)],
                                    **attributes)

    def centred(self, value: Value) -> str:
        """Adds q - zero in numbers, which the converter does not see."""
        numbers = self.graph.add_extra("Cast", [value.tensor], to=TYPES["float32"])
        return self.graph.add_extra("Sub", [numbers, self.graph.constant(
            numpy.float32(value.levels.zero))])

    def linear(self, value: Value, block: dict, op: str, codes: numpy.ndarray,
               scales: numpy.ndarray, attributes: dict, bias: numpy.ndarray | None,
               result: Value) -> Value:
        """Adds QLinearConv or QLinearMatMul, which quantizes its result."""
        spec, quantizer, levels = block["weights"], block["quantizer"], value.levels
        step = self.step(quantizer)
        kind = levels.kind  # ONNX Runtime has no other
        low, high = RANGES[kind]
        zero = self.zero_of(quantizer, kind)
        constant = self.graph.constant
        weight_kind, weight_zero = "int8", 0
        if spec["unsigned"] and levels.kind == "uint8" and not spec["per_channel"]:
            weight_kind, weight_zero = "uint8", 128
        weight_scale = numpy.float32(scales if spec["per_channel"] else scales[0])
        weight_zeros = numpy.full(numpy.shape(weight_scale), weight_zero)
        inputs = [value.tensor, constant(numpy.float32(levels.scale)),
                  constant(levels.zero, levels.kind), constant(codes + weight_zero, weight_kind),
                  constant(weight_scale), constant(weight_zeros, weight_kind),
                  constant(numpy.float32(step)), constant(zero, kind)]
        accumulated = self.sum_for_oracle(value, op, codes, attributes)
        steps = f32(scales) * levels.scale
        addend = numpy.zeros(len(scales))
        if bias is not None and op == "Conv":
            integers = numpy.round(bias / steps).astype(numpy.int64)
            inputs.append(constant(integers, "int32"))
            addend = integers * steps / step
            result.mean = result.mean + integers * steps
        tensor = self.graph.add("QLinearConv" if op == "Conv" else "QLinearMatMul", inputs,
                                **attributes)
        self.sum_name = self.graph.names[-1]
        exact = bool(are_powers(steps / step)) and result.exact
        result = dataclasses.replace(result, tensor=tensor)
        return self.quantized(result, frozenset({self.sum_name}), Levels(
            high - low, step, (low - zero) * step, kind, float(numpy.float32(step)), zero),
            exact, accumulated, steps / step, addend, "half")
