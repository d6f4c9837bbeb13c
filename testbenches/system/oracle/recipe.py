# SPDX-License-Identifier: Apache-2.0
"""Draws recipes of random graphs, and simplifies recipes. A recipe is plain data (JSON); see
oracle/builder.py."""

import copy
import random
from collections.abc import Iterator

OPSETS = (8, 9, 10, 11, 12, 13, 15, 17, 19, 21)
WEIGHT_FORMS = ("float", "float", "node", "dequantize", "dequantize", "cast", "transpose", "int4")
MODES = ("ROUND", "HALF_EVEN", "CEIL", "FLOOR", "ROUND_TO_ZERO", "DOWN", "UP", "HALF_UP",
         "HALF_DOWN")


class Drawer:
    def __init__(self, seed: int, qonnx: bool) -> None:
        self.random = random.Random(seed)
        self.qonnx = qonnx
        self.free = False
        self.nested = False

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def seed(self) -> int:
        return self.random.randrange(1 << 31)

    def choice(self, *values: object) -> object:
        return self.random.choice(values)

    def weights(self) -> dict:
        forms = WEIGHT_FORMS + (("quant",) * 6 + ("bipolar",) * 2 if self.qonnx else ())
        return {"bits": self.choice(1, 2, 2, 2, 3, 4, 5, 6, 7), "form": self.choice(*forms),
                "per_channel": self.chance(0.4), "density": self.choice(0.1, 0.4, 0.8, 0.8, 1.0),
                "lowest": self.chance(0.3), "unsigned": self.chance(0.3)}

    def quantizer(self, after: str = "sum") -> dict:
        forms = ["linear"] * 4 + ["round"] * 6 + ["sign"]
        if after == "sum":
            forms += ["integerized"]
        if self.qonnx:
            forms = ["quant"] * 6 + ["bipolar"] * 2 + ["multithreshold"] * 4 + ["linear", "round"]
        form = self.choice(*forms)
        levels = self.choice(1, 2, 3, 3, 4, 7, 7, 15, 31, 63, 127, 255)
        if form == "multithreshold":
            levels = min(levels, 15)
        spec = {"form": form, "levels": levels, "signed": self.chance(0.4),
                "down": self.chance(0.5), "exponent": self.choice(-8, -3, -3, -2, -2, -1, -1, -1, 0, 0, 0, 0, 1, 1),
                "spread": self.random.uniform(0.2, 0.6), "negative": self.chance(0.3),
                "by_channel": self.chance(0.6), "rounding": self.choice(
                    "Round", "Round", "FloorHalf", "Floor", "Ceil", "Cast"),
                "clip": self.choice("before", "after", "relu"), "divide": self.chance(0.4),
                "back": self.chance(0.7), "kind": self.choice("uint8", "uint8", "int8", "int8",
                                                              "uint4", "int4", "int16", "uint16"),
                "zero": self.choice(0.0, 0.0, 0.5, 0.5, 1.0, self.random.random()),
                "integers": self.chance(0.7), "bits": self.choice(1, 2, 2, 3, 4, 5, 8),
                "narrow": self.chance(0.4), "quant_zero": self.choice(0, 0, 0, 1, -1, 2),
                "mode": self.choice("ROUND", "ROUND", "ROUND", *MODES),
                "out_bias": self.choice(0, 0, -1, -2, 1)}
        if form == "linear":
            spec["clip"] = self.choice("none", "none", "before", "relu")
        if form == "quant":
            spec["clip"] = self.choice("none", "none", "relu")
        if self.free:
            spec["free_step"] = self.random.uniform(0.02, 2)
        return spec

    def steps(self, most: int = 2) -> list[dict]:
        result = []
        for _ in range(self.random.randint(0, most)):
            op = self.choice("normalize", "normalize", "normalize", "multiply", "multiply", "add",
                             "relu", "leaky", "clip", "negate", "noise", "channels_last")
            step = {"op": op, "gain": self.choice(0.25, 0.5, 1.0, 1.0, 2.0),
                    "negative": self.chance(0.4), "by_channel": self.chance(0.7),
                    "divide": self.chance(0.3), "form": self.choice("Add", "Add", "Sub", "rsub")}
            if op == "channels_last":
                step["inner"] = [inner for inner in self.steps(1)
                                 if inner["op"] in ("multiply", "add", "relu")]
            if op == "normalize" and any(s["op"] == "normalize" for s in result):
                continue
            result.append(step)
        return result

    def convolution(self) -> dict:
        size = self.choice(1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 7, 9)
        return {"op": "conv", "seed": self.seed(), "channels": self.random.randint(1, 6),
                "kernel": [size, size if self.chance(0.8) else self.random.randint(1, 4)],
                "stride": [self.choice(1, 1, 1, 2), self.choice(1, 1, 2, 4)] if (
                    self.chance(0.3)) else [self.choice(1, 1, 1, 1, 1, 1, 2, 2, 3)] * 2,
                "dilation": [1, 1] if self.chance(0.8) else [self.choice(1, 2, 3, 5),
                                                             self.choice(1, 2, 4)],
                "pads": [0, 0, 0, 0] if self.chance(0.3) else [1, 1, 1, 1] if self.chance(0.6)
                else [self.random.randint(0, self.choice(2, 2, 5)) for _ in range(4)],
                "same": False, "auto_pad": self.choice("", "", "", "", "SAME_UPPER", "SAME_LOWER",
                                                       "VALID"),
                "pad_node": self.chance(0.2), "groups": self.choice(1, 1, 1, 1, 2, 3, -1),
                "arithmetic": self.choice("float", "float", "integer", "linear_or_float"),
                "weights": self.weights(), "bias": self.choice("none", "operator", "operator",
                                                               "add", "dequantize")}

    def dense(self) -> dict:
        return {"op": "dense", "seed": self.seed(), "channels": self.random.randint(2, 12),
                "product": self.choice("Gemm", "Gemm", "MatMul"), "transB": self.chance(0.5),
                "flatten": self.choice("Flatten", "Reshape", "Squeeze"),
                "pointwise": self.chance(0.2), "channels_last": self.chance(0.2),
                "arithmetic": self.choice("float", "float", "integer", "linear_or_float"),
                "weights": self.weights(), "bias": self.choice("none", "operator", "operator",
                                                               "add", "dequantize")}

    def with_quantizer(self, layer: dict) -> dict:
        layer["steps"] = self.steps()
        layer["quantizer"] = self.quantizer()
        if layer["arithmetic"] == "linear_or_float":
            layer["arithmetic"] = "float" if self.qonnx else "qlinear"
            layer["quantizer"]["clip"] = "none" if layer["quantizer"]["form"] == "linear" else (
                layer["quantizer"]["clip"])
        if layer["op"] == "conv" and self.chance(0.1):
            layer["average"] = {"kernel": [2, 2], "stride": [self.choice(1, 2)] * 2}
        if self.chance(0.07) and not self.free and not self.nested:
            self.nested = True
            layer["addend"] = [self.with_quantizer({**self.same_convolution(), "groups": -1})]
            self.nested = False
        return layer

    def pool(self) -> dict:
        if self.chance(0.5):
            return {"op": "max_pool", "seed": self.seed(),
                    "kernel": self.choice([2, 2], [2, 2], [3, 3], [3, 3], [5, 4], [1, 4]),
                    "stride": [self.choice(1, 2, 2, 4)] * 2,
                    "dilation": [self.choice(1, 1, 1, 1, 2, 4)] * 2,
                    "pads": self.choice([0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1],
                                        [3, 2, 1, 3]),
                    "pad_node": self.chance(0.2),
                    "form": self.choice("window", "window", "window", "window", "global",
                                        "reduce")}
        return {"op": "average_pool", "seed": self.seed(),
                "kernel": self.choice([2, 2], [2, 2], [3, 3], [3, 3], [5, 4], [1, 4]),
                "stride": [self.choice(1, 2, 2, 4)] * 2, "dilation": [1, 1],
                "pads": self.choice([0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]),
                "form": self.choice("window", "window", "window", "global", "reduce"),
                "linear": self.chance(0.2), "keepdims": self.chance(0.5),
                "steps": self.steps(1) if self.chance(0.3) else [],
                "quantizer": self.quantizer("average")}

    def same_convolution(self) -> dict:
        layer = self.convolution()
        layer.update(same=True, auto_pad="", pad_node=False)
        return layer

    def residual(self) -> dict:
        dense = self.chance(0.2)
        channels = self.random.randint(2, 6)
        sides = []
        # Either a shortcut and a sum of as many channels, or sums alone.
        shortcut = self.chance(0.5)
        for i in range(2 if self.chance(0.8) else 3):
            chain = []
            if self.chance(0.4) and not dense:
                chain.append(self.with_quantizer(self.same_convolution()))
            last = self.dense() if dense else self.same_convolution()
            last["channels"] = channels
            last["groups"] = 1
            last["pointwise"] = False
            if shortcut:
                last = {**last, "groups": -1}
            side = {"chain": chain, "sum": last,
                    "ratio": self.choice(-2, -1, -1, 0, 0, 0, 0, 1, 1, 2),
                    "steps": [step for step in self.steps(1) if step["op"] in ("noise", "negate",
                                                                               "add")]}
            if shortcut and i == 1:
                side = {"chain": [], "sum": None, "ratio": 0, "steps": []}
            if shortcut:
                for layer in side["chain"]:
                    layer["groups"] = -1
            sides.append(side)
        if dense and shortcut:
            sides = [side for side in sides if side["sum"] is None] * 2
        return {"op": "residual", "seed": self.seed(), "sides": sides,
                "form": self.choice("Add", "Add", "Add", "Sub", "Sum"), "steps": self.steps(),
                "quantizer": self.quantizer("average")}

    def concat(self) -> dict:
        branches = []
        for _ in range(self.choice(2, 2, 3)):
            chain = []
            for _ in range(self.choice(0, 1, 1, 1, 2)):
                chain.append(self.with_quantizer(self.same_convolution()))
                chain[-1]["quantizer"]["exponent"] = self.choice(-2, -1, -1)
                chain[-1]["quantizer"]["back"] = True
                chain[-1].pop("average", None)
                chain[-1].pop("addend", None)
            branches.append(chain)
        for chain in branches[1:]:  # not the same activation twice
            if not chain:
                chain.append(self.with_quantizer(self.same_convolution()))
                chain[-1].update(average=None, addend=None)
        return {"op": "concat", "seed": self.seed(), "branches": branches}

    def block(self, planes: bool) -> dict:
        if not planes:
            return self.with_quantizer(self.dense())
        kind = self.choice("conv", "conv", "conv", "conv", "conv", "pool", "pool", "dense",
                           "requantize", "residual", "concat", "scale", "noise",
                           "linear_addition")
        if kind == "conv":
            return self.with_quantizer(self.convolution())
        if kind == "dense":
            return self.with_quantizer(self.dense())
        if kind == "pool":
            return self.pool()
        if kind == "requantize":
            return {"op": "requantize", "seed": self.seed(), "steps": self.steps(1),
                    "quantizer": self.quantizer("average")}
        if kind == "residual" and not self.free:
            return self.residual()
        if kind == "concat" and not self.free:
            return self.concat()
        if kind == "linear_addition" and not self.free:
            return {"op": "linear_addition", "seed": self.seed(), "quantizer": self.quantizer(),
                    "chain": [self.with_quantizer({**self.same_convolution(), "groups": -1})]
                    if self.chance(0.8) else []}
        if kind == "scale":
            return {"op": "scale", "seed": self.seed(), "form": self.choice(
                "multiply", "multiply", "shift", "negate"), "factor": self.random.uniform(0.3, 3),
                "divide": self.chance(0.3), "shift": self.choice(-2, -1, 1, 3),
                "add_form": self.choice("Add", "Sub", "rsub")}
        return {"op": "noise", "seed": self.seed()}

    def image(self) -> dict:
        size, other = (self.choice(1, *range(3, 10), *range(3, 10), 13) for _ in range(2))
        dims = self.choice([self.random.randint(1, 3), size, other],
                           [self.random.randint(1, 3), size, size],
                           [self.random.randint(1, 3), size, size],
                           [self.random.randint(1, 3), size], [self.random.randint(1, 40)])
        steps = [step for step in self.steps(2) if step["op"] in ("multiply", "add", "clip",
                                                                  "noise", "negate")]
        layout = self.choice("", "", "", "", "channels_last", "flat")
        if layout == "channels_last" and (dims[0] in dims[1:2] or 1 in dims):
            layout = ""  # the order of the pixels must show in the shape
        return {"dims": dims, "layout": layout, "seed": self.seed(), "pixels": self.chance(0.3),
                "steps": steps,
                "quantizer": self.quantizer("average") if self.chance(0.6) else None,
                "first_layer": self.choice("auto", "auto", "auto", "chip", "host")}

    def head(self) -> dict:
        form = self.choice("grid", "grid", "grid", "real", "activation", "global_average")
        layer = self.convolution() if form == "global_average" else self.dense()
        return {"form": form, "seed": self.seed(), "sum": {**layer, "pointwise": False},
                "integers": self.chance(0.5), "arithmetic": self.choice("float", "integer"),
                "steps": [step for step in self.steps(1) if step["op"] in ("multiply", "add",
                                                                           "noise")]
                if self.chance(0.4) else [],
                "decision": self.choice("", "", "", "Softmax", "LogSoftmax", "ArgMax", "TopK")}


def draw(seed: int, qonnx: bool) -> dict:
    """Draws a recipe; it may be infeasible."""
    drawer = Drawer(seed * 2 + qonnx, qonnx)
    exact = drawer.chance(0.5)
    drawer.free = not exact and drawer.chance(0.5)
    image = drawer.image()
    planes = len(image["dims"]) > 1
    blocks = [drawer.with_quantizer(drawer.convolution() if planes and drawer.chance(0.85)
                                    else drawer.dense())]
    if image["layout"]:
        blocks[0].update(pointwise=False, channels_last=False)
    blocks += [drawer.block(planes) for _ in range(drawer.random.randint(0, 4))]
    return {"seed": drawer.seed(), "opset": drawer.choice(*OPSETS[qonnx:], 13, 13, 17, 21),
            "exact": exact, "free": drawer.free, "qonnx": qonnx,
            "base": 1.0 if exact else drawer.random.uniform(0.02, 2),
            "fixed_batch": drawer.chance(0.15), "images": 6,
            "dequantize": drawer.choice("operator", "operator", "cast"), "image": image,
            "blocks": blocks, "head": drawer.head()}


def simpler(recipe: dict) -> Iterator[dict]:
    """Yields recipes that are one step simpler, those with the largest steps first."""

    def changed(change: object) -> dict:
        result = copy.deepcopy(recipe)
        change(result)
        return result

    for i in range(len(recipe["blocks"])):
        yield changed(lambda r, i=i: r["blocks"].pop(i))
        block = recipe["blocks"][i]
        if block["op"] == "residual":
            for side in block["sides"]:
                chain = list(side["chain"])
                if side["sum"] is not None:
                    chain.append({**side["sum"], "steps": block["steps"],
                                  "quantizer": block["quantizer"]})
                yield changed(lambda r, i=i, chain=chain: r["blocks"].__setitem__(
                    slice(i, i + 1), copy.deepcopy(chain)))
        if block["op"] == "concat":
            for chain in block["branches"]:
                yield changed(lambda r, i=i, chain=chain: r["blocks"].__setitem__(
                    slice(i, i + 1), copy.deepcopy(chain)))
    yield from simpler_tree(recipe, recipe, [])


DEFAULTS = {"average": None, "bias": "none", "auto_pad": "", "pad_node": False, "groups": 1,
            "per_channel": False, "unsigned": False, "lowest": False, "negative": False,
            "divide": False, "decision": "", "fixed_batch": False, "pixels": False,
            "narrow": False, "quant_zero": 0, "out_bias": 0, "arithmetic": "float",
            "pointwise": False, "channels_last": False, "same": False, "by_channel": False,
            "layout": "", "linear": False, "dequantize": "operator"}


def simpler_tree(recipe: dict, node: object, path: list) -> Iterator[dict]:
    """Yields recipes with one change somewhere in `node`, which is at `path` of the recipe."""

    def with_value(at: list, value: object) -> dict:
        result = copy.deepcopy(recipe)
        place = result
        for key in at[:-1]:
            place = place[key]
        if isinstance(value, Removed):
            del place[at[-1]]
        else:
            place[at[-1]] = value
        return result

    items = list(node.items() if isinstance(node, dict) else enumerate(node))
    for key, value in items:
        at = [*path, key]
        if key in ("steps", "sides", "branches", "inner", "chain", "addend") and isinstance(
                value, list):
            least = 2 if key in ("sides", "branches") else 0
            for i in range(len(value)):
                if len(value) > least:
                    yield with_value([*at, i], REMOVED)
        elif key == "weights" and (value["form"], value["bits"]) != ("float", 2):
            yield with_value(at, {**value, "form": "float", "bits": 2})
            yield with_value(at, {**value, "form": "float"})
        elif key == "images" and value > 1:
            yield with_value(at, value // 2)
        elif key == "levels" and value > 1:
            yield with_value(at, value // 2)
        elif key == "channels" and isinstance(value, int) and value > 1:
            yield with_value(at, value // 2)
            yield with_value(at, value - 1)
        elif key in ("kernel", "stride", "dilation") and value != [1, 1]:
            yield with_value(at, [1, 1])
            yield with_value(at, [max(1, value[0] - 1), max(1, value[1] - 1)])
        elif key == "pads" and any(value):
            yield with_value(at, [0, 0, 0, 0])
        elif key == "dims" and isinstance(value, list):
            for i, size in enumerate(value):
                if size > 1:
                    yield with_value([*at, i], size // 2)
                    yield with_value([*at, i], size - 1)
        elif key == "quantizer" and path == ["image"] and value is not None:
            yield with_value(at, None)
        elif key == "first_layer" and value != "auto":
            yield with_value(at, "auto")
        elif key == "form" and path == ["head"] and value != "grid":
            yield with_value(at, "grid")
        elif key == "form" and "rounding" in node and value != "round":
            yield with_value(at, "round")
        elif key == "opset" and value != 13:
            yield with_value(at, 13)
        elif key in DEFAULTS and value != DEFAULTS[key]:
            yield with_value(at, DEFAULTS[key])
        if isinstance(value, (dict, list)) and key not in ("kernel", "stride", "dilation", "pads",
                                                           "dims"):
            yield from simpler_tree(recipe, value, at)


class Removed:
    """In place of a value: remove it."""


REMOVED = Removed()
