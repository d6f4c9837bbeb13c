# SPDX-License-Identifier: Apache-2.0
"""Replaces the operators of QONNX by standard operators that compute the same, so that ONNX Runtime
can evaluate the model."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

class Lowering:
    def __init__(self, model: onnx.ModelProto, ranks: dict[str, int]) -> None:
        self.model = model
        self.ranks = ranks
        self.nodes: list[onnx.NodeProto] = []
        self.constants = {initializer.name: numpy_helper.to_array(initializer)
                          for initializer in model.graph.initializer
                          if initializer.data_type < 17}
        for node in model.graph.node:
            if node.op_type == "Constant" and node.attribute[0].name == "value":
                self.constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        self.opset = next(entry.version for entry in model.opset_import if not entry.domain)
        self.count = 0

    def constant(self, values: object, kind: type = numpy.float32) -> str:
        name = f"lowered_constant{self.count}"
        self.count += 1
        self.model.graph.initializer.append(numpy_helper.from_array(
            numpy.asarray(values, dtype=kind), name))
        return name

    def add(self, op: str, *inputs: str, output: str = "", **attributes: object) -> str:
        output = output or f"lowered{self.count}"
        self.count += 1
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def run(self) -> onnx.ModelProto:
        for node in self.model.graph.node:
            attributes = {attribute.name: helper.get_attribute_value(attribute)
                          for attribute in node.attribute}
            if node.domain == "qonnx.custom_op.channels_last":
                self.channels_last(node, attributes)
            elif node.op_type == "ConvInteger":
                self.integer_convolution(node, attributes)
            elif node.op_type == "AveragePool" and any(attributes.get("pads", [])):
                self.padded_average(node, attributes)
            elif node.op_type in ("Quant", "IntQuant"):
                self.quant(node, attributes)
            elif node.op_type == "BipolarQuant":
                self.bipolar(node)
            elif node.op_type == "Trunc":
                self.trunc(node, attributes)
            elif node.op_type == "MultiThreshold":
                self.multi_threshold(node, attributes)
            else:
                self.nodes.append(self.without_foreign_attributes(node))
        del self.model.graph.node[:]
        self.model.graph.node.extend(self.nodes)
        standard = [entry for entry in self.model.opset_import if not entry.domain]
        del self.model.opset_import[1:]
        self.model.opset_import[0].CopyFrom(standard[0])
        return self.model

    def without_foreign_attributes(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """ONNX Runtime refuses attributes that the standard does not know."""
        if not onnx.defs.has(node.op_type, node.domain):
            return node
        newest = min(self.opset, onnx.defs.onnx_opset_version())
        known = onnx.defs.get_schema(node.op_type, newest, node.domain).attributes
        if all(attribute.name in known for attribute in node.attribute):
            return node
        result = onnx.NodeProto()
        result.CopyFrom(node)
        del result.attribute[:]
        result.attribute.extend(attribute for attribute in node.attribute
                                if attribute.name in known)
        return result

    def integer_convolution(self, node: onnx.NodeProto, attributes: dict) -> None:
        """ONNX Runtime has ConvInteger for some types alone. Sums below 2^24 are exact in float."""
        numbers = []
        for i in (0, 1):
            number = self.add("Cast", node.input[i], to=TensorProto.FLOAT)
            if len(node.input) > i + 2 and node.input[i + 2]:
                zero = self.add("Cast", node.input[i + 2], to=TensorProto.FLOAT)
                number = self.add("Sub", number, zero)
            numbers.append(number)
        total = self.add("Conv", *numbers, **attributes)
        self.add("Cast", total, to=TensorProto.INT32, output=node.output[0])

    def padded_average(self, node: onnx.NodeProto, attributes: dict) -> None:
        """ONNX Runtime 1.22 divides by too few pixels at the ends from operator set 19 on, if pads
        before and after differ."""
        pads = attributes.pop("pads")
        if not attributes.pop("count_include_pad", 0):
            raise ValueError("AveragePool without its padding")
        rank = len(pads) // 2
        of_all = [0, 0, *pads[:rank], 0, 0, *pads[rank:]]
        if self.opset < 11:
            padded = self.add("Pad", node.input[0], pads=of_all, mode="constant", value=0.0)
        else:
            padded = self.add("Pad", node.input[0], self.constant(of_all, numpy.int64))
        self.add("AveragePool", padded, output=node.output[0], **attributes)

    def sign(self, value: str) -> str:
        """Returns -1 and +1 by the sign, +1 for zero."""
        reached = self.reached(value, self.constant(0.0))
        return self.add("Sub", self.add("Mul", reached, self.constant(2.0)), self.constant(1.0))

    def reached(self, value: str, threshold: str) -> str:
        """Returns 1 if value >= threshold, else 0."""
        below = self.add("Less", value, threshold)
        return self.add("Cast", self.add("Not", below), to=TensorProto.FLOAT)

    def bipolar(self, node: onnx.NodeProto) -> None:
        value, scale = node.input
        scaled = self.add("Div", value, scale)
        self.add("Mul", self.sign(scaled), scale, output=node.output[0])

    def quant(self, node: onnx.NodeProto, attributes: dict) -> None:
        """Clamps value / scale + zero to the range, then rounds."""
        value, scale, zero, width = node.input
        bits = float(self.constants[width].reshape(-1)[0])
        signed, narrow = attributes.get("signed", 1), attributes.get("narrow", 0)
        scaled = self.add("Add", self.add("Div", value, scale), zero)
        if signed and bits == 1:
            rounded = self.sign(scaled)
        else:
            low = -(2 ** (bits - 1)) + narrow if signed else 0
            high = 2 ** (bits - 1) - 1 if signed else 2 ** bits - 1 - narrow
            if self.opset < 11:
                clipped = self.add("Clip", scaled, min=float(low), max=float(high))
            else:
                clipped = self.add("Clip", scaled, self.constant(low), self.constant(high))
            rounded = self.rounded(clipped, attributes.get("rounding_mode", b"ROUND").decode())
        self.add("Mul", self.add("Sub", rounded, zero), scale, output=node.output[0])

    def trunc(self, node: onnx.NodeProto, attributes: dict) -> None:
        """Drops the last bits of the integers that value / scale + zero is. Version 1 keeps their
        scale, version 2 is told the new one and bounds the result."""
        value, scale, zero, *_ = node.input
        numbers = [float(self.constants[name].reshape(-1)[0]) for name in node.input[1:]]
        integers = self.half_even(self.add("Add", self.add("Div", value, scale), zero))
        mode = attributes.get("rounding_mode", b"FLOOR").decode()
        if len(numbers) == 4:
            shift = 2.0 ** (numbers[2] - numbers[3])
            rounded = self.rounded(self.add("Div", integers, self.constant(shift)), mode)
            self.add("Mul", self.add("Sub", rounded, zero), scale, output=node.output[0])
            return
        _, own_zero, _, out_scale, bits = numbers
        shift = 2.0 ** numpy.round(numpy.log2(out_scale / numbers[0]))
        half = 2.0 ** (bits - 1)
        narrow = attributes.get("narrow", 0)
        low, high = -half + narrow, half - 1
        if not attributes.get("signed", 1):
            low, high = 0.0, 2 * half - 1 - narrow
        clipped = self.add("Clip", self.add("Div", integers, self.constant(shift)),
                           self.constant(low), self.constant(high))
        shifted = self.add("Sub", self.rounded(clipped, mode), self.constant(own_zero / shift))
        self.add("Mul", shifted, self.constant(out_scale), output=node.output[0])

    def channels_last(self, node: onnx.NodeProto, attributes: dict) -> None:
        """Of images of four dimensions; the weights have their inputs last, too."""
        inputs = [self.add("Transpose", node.input[0], perm=[0, 3, 1, 2]), *node.input[1:]]
        if node.op_type == "Conv":
            inputs[1] = self.add("Transpose", inputs[1], perm=[0, 3, 1, 2])
        result = self.add(node.op_type, *inputs, **attributes)
        self.add("Transpose", result, perm=[0, 2, 3, 1], output=node.output[0])

    def rounded(self, value: str, mode: str) -> str:
        if mode in ("ROUND", "HALF_EVEN"):
            return self.half_even(value)
        if mode in ("CEIL", "FLOOR"):
            return self.add(mode.capitalize(), value)
        # By magnitude, with the sign put back.
        magnitude = self.add("Abs", value)
        if mode == "UP":
            magnitude = self.add("Ceil", magnitude)
        elif mode in ("DOWN", "ROUND_TO_ZERO"):
            magnitude = self.add("Floor", magnitude)
        elif mode == "HALF_UP":
            magnitude = self.add("Floor", self.add("Add", magnitude, self.constant(0.5)))
        elif mode == "HALF_DOWN":
            magnitude = self.add("Ceil", self.add("Sub", magnitude, self.constant(0.5)))
        else:
            raise ValueError(f"rounding mode {mode}")
        return self.add("Mul", self.add("Sign", value), magnitude)

    def half_even(self, value: str) -> str:
        if self.opset >= 11:
            return self.add("Round", value)
        # Floor(x + 1/2), less 1 for ties above an odd number.
        up = self.add("Floor", self.add("Add", value, self.constant(0.5)))
        tie = self.add("Less", self.constant(0.49999997), self.add("Sub", up, value))
        half = self.add("Mul", up, self.constant(0.5))
        odd = self.add("Less", self.add("Floor", half), half)
        both = self.add("Cast", self.add("And", tie, odd), to=TensorProto.FLOAT)
        return self.add("Sub", up, both)

    def multi_threshold(self, node: onnx.NodeProto, attributes: dict) -> None:
        """Counts the thresholds that are reached: a sum of comparisons."""
        value, name = node.input
        thresholds = self.constants[name]
        rank = self.ranks.get(value, 2)
        axis = 1 if rank in (2, 4) and attributes.get("data_layout", b"") != b"NHWC" else rank - 1
        shape = [1] * rank
        shape[axis] = len(thresholds)
        counts = [self.reached(value, self.constant(column.reshape(shape)))
                  for column in thresholds.T]
        total = self.add("Sum", *counts) if len(counts) > 1 else counts[0]
        scaled = self.add("Mul", total, self.constant(attributes.get("out_scale", 1.0)))
        self.add("Add", scaled, self.constant(attributes.get("out_bias", 0.0)),
                 output=node.output[0])


def lower(model: onnx.ModelProto, ranks: dict[str, int]) -> onnx.ModelProto:
    """Returns the model in standard operators. `ranks` are those of the inputs of MultiThreshold
    nodes, with the batch; 2 where they are not given."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    return Lowering(result, ranks).run()
