# SPDX-License-Identifier: Apache-2.0
"""Compares the converter with ONNX Runtime on single forms, in the cases that matter: each model is
some quantized activations, the form, and a dense layer that tells all of its levels apart."""

from collections.abc import Callable

import program
from oracle_test import MISSING, OracleTest

if not MISSING:
    import numpy
    from oracle import lowering
    from oracle.writer import MICROSOFT, QONNX, GraphWriter

    f32 = numpy.float32

CHANNELS_LAST = "qonnx.custom_op.channels_last"


class FormTest(OracleTest):
    """Images are integers, of which the models' first node makes the levels 0 .. 15."""

    def setUp(self) -> None:
        super().setUp()
        self.random = numpy.random.RandomState(0)

    def compare(self, form: "Callable[[GraphWriter, str], str]", shape: tuple[int, ...] = (2, 6, 6),
                batch: int | str = "N", opset: int = 13, flat: bool = False,
                images: "numpy.ndarray | None" = None, quantized: bool = True) -> None:
        """`flat`: the form flattens its result itself. `quantized`: it takes levels of the image,
        not the image."""
        graph = GraphWriter(opset)
        image = "image"
        if quantized:
            image = graph.clip(graph.add("Round" if opset >= 11 else "Floor", [image]), 0.0, 15.0)
        result = form(graph, image)
        if not flat:
            result = graph.add("Flatten", [result])
        if images is None:
            images = self.random.randint(0, 16, (12, *shape))
        images = images.astype(f32)
        count = 4 if batch == "N" else batch

        def evaluate(tensor: str) -> "numpy.ndarray":
            model = graph.model("image", [batch, *shape], tensor, "float32")
            lowered = lowering.lower(model, {})
            return numpy.concatenate([
                self.runtime.evaluate(lowered, {"image": images[i:i + count]}, [tensor])[tensor]
                for i in range(0, len(images), count)])

        # Weights whose sums tell levels apart.
        features = evaluate(result).shape[1]
        weights = self.random.choice([-3.0, -2, -1, 1, 2, 3], (features, 8))
        scores = graph.add("MatMul", [result, graph.constant(f32(weights))])
        network = self.oracle.convert(graph.model("image", [batch, *shape], scores, "float32"), [])
        _, computed = network.evaluate(images)
        expected = evaluate(scores)
        numpy.testing.assert_allclose(computed, expected, rtol=1e-5, atol=1e-4)
        self.assertGreater(len(numpy.unique(expected[:, 0])), 1, "all images have the same scores")


def convolution(graph: "GraphWriter", x: str, weights: "numpy.ndarray", **attributes: object) -> str:
    return graph.add("Conv", [x, graph.constant(f32(weights))], **attributes)


def multiply(graph: "GraphWriter", x: str, factor: object) -> str:
    return graph.add("Mul", [x, graph.constant(f32(factor))])


class BoundsBeforeRoundings(FormTest):
    """Saturated values are bounds, which ONNX Runtime scales in float32."""

    def test(self) -> None:
        weights = self.random.choice([-1000.0, 10, 1000], (4, 2, 1, 1))
        for step in (0.1, 0.3, 0.7, 0.013, 0.0471, 0.9):
            for rounding in ("Ceil", "Floor", "Round"):
                for factors in (1 / f32(step), (f32([1, -1, 0.5, 3]) / f32(step)).reshape(4, 1, 1)):
                    with self.subTest(step=step, rounding=rounding, factors=factors):
                        self.compare(lambda graph, x, step=step, rounding=rounding,
                                     factors=factors: graph.add(rounding, [multiply(
                                         graph, graph.clip(convolution(graph, x, weights),
                                                           float(f32(-28 * step)),
                                                           float(f32(27 * step))), factors)]))


class LevelsRoundedAgain(FormTest):
    def test(self) -> None:
        for step in (0.1, 0.3, 0.7, 0.013, 0.0471, 0.9):
            for rounding in ("Ceil", "Floor"):
                for factors in (1 / f32(step), (f32([1, -0.5]) / f32(step)).reshape(2, 1, 1)):
                    with self.subTest(step=step, rounding=rounding, factors=factors):
                        self.compare(lambda graph, x, step=step, rounding=rounding,
                                     factors=factors: graph.add(rounding, [multiply(
                                         graph, multiply(graph, x, step), factors)]))


class LevelsBoundedAgain(FormTest):
    """Bounds that are values of levels as float32 computes them."""

    def test(self) -> None:
        for step in (0.1, 0.3, 0.7, 0.013):
            with self.subTest(step=step):
                low, high = (float(f32(q) * f32(step)) for q in (3, 11))
                self.compare(lambda graph, x, step=step, low=low, high=high: graph.clip(
                    multiply(graph, x, step), low, high))


class ManyIntegersRoundedAgain(FormTest):
    """Sums have more integers than there are levels until they are rounded once more."""

    def test(self) -> None:
        for step, coarse in ((0.1, 0.3), (0.9, 4.5)):
            with self.subTest(step=step):
                self.compare(lambda graph, x, step=step, coarse=coarse: self.form(
                    graph, x, step, coarse))

    @staticmethod
    def form(graph: "GraphWriter", x: str, step: float, coarse: float) -> str:
        fine = graph.add("Floor", [convolution(graph, x, [[[[7]], [[0]]], [[[5]], [[40]]]])])
        scaled = multiply(graph, multiply(graph, fine, step), 1 / f32(coarse))
        return graph.clip(graph.add("Floor", [scaled]), 0.0, 240.0)


class LevelsOfTheImageNarrowedTwice(FormTest):
    """Readers of different levels of the first layer, or of the quantized image."""

    def test(self) -> None:
        def form(graph: "GraphWriter", x: str) -> str:
            low = graph.clip(x, 0.0, 3.0)
            high = graph.clip(x, 2.0, 9.0)
            pooled = graph.add("MaxPool", [graph.clip(x, 5.0, 6.0)], kernel_shape=[1, 1])
            sums = convolution(graph, graph.add("Concat", [low, high, pooled], axis=1),
                               self.random.randint(-2, 3, (3, 6, 2, 2)))
            return graph.clip(graph.add("Round", [sums]), -40.0, 60.0)

        def of_host(graph: "GraphWriter", x: str) -> str:
            sums = convolution(graph, x, [[[[0.37]], [[0.61]]], [[[-0.23]], [[0.71]]]])
            return form(graph, graph.clip(graph.add("Round", [sums]), -4.0, 11.0))

        self.compare(form)
        self.compare(of_host, quantized=False)


class AveragesOfWholeImages(FormTest):
    """QLinearAveragePool rounds ties after its zero point is added, but for windows of the whole
    image before that."""

    def test(self) -> None:
        for shape, kernel, pads in (((2, 4, 4), 2, 0), ((2, 4, 4), 4, 0), ((2, 2, 2), 2, 0),
                                    ((2, 2, 2), 2, 1), ((2, 2, 2), 4, 1)):
            for zero in (0, 1, 3, 4):
                with self.subTest(shape=shape, kernel=kernel, pads=pads, zero=zero):
                    self.compare_average(shape, kernel, pads, zero)

    def compare_average(self, shape: tuple[int, ...], kernel: int, pads: int, zero: int) -> None:
        def form(graph: "GraphWriter", x: str) -> str:
            scale, zeros = graph.constant(f32(1)), graph.constant(0, "uint8")
            pooled = graph.add("QLinearAveragePool", [
                graph.add("QuantizeLinear", [x, scale, zeros]), scale, zeros, scale,
                graph.constant(zero, "uint8")], domain=MICROSOFT, kernel_shape=[kernel, kernel],
                pads=[pads] * 4, count_include_pad=1)
            return graph.cast(pooled, "float32")

        # Sums that are ties in many windows.
        images = self.random.randint(0, 4, (40, *shape)) * 2
        self.compare(form, shape, images=images)


class FixedBatches(FormTest):
    def test(self) -> None:
        def reshaped(graph: "GraphWriter", x: str) -> str:
            return graph.add("Reshape", [x, graph.constant([4, -1], "int64")])

        def by_shape(graph: "GraphWriter", x: str) -> str:
            shape = graph.add("Shape", [x])
            first = graph.add("Gather", [shape, graph.constant([0], "int64")], axis=0)
            target = graph.add("Concat", [first, graph.constant([-1], "int64")], axis=0)
            return graph.add("Reshape", [x, target])

        self.compare(reshaped, batch=4, flat=True)
        self.compare(by_shape, batch=4, flat=True)
        self.compare(lambda graph, x: x, batch=3, flat=True, shape=(20,))


class PickedAndRepeated(FormTest):
    """Gather, Resize and Upsample."""

    def gather(self, graph: "GraphWriter", x: str, indices: object, axis: int) -> str:
        return graph.add("Gather", [x, graph.constant(indices, "int64")], axis=axis)

    def test_gather(self) -> None:
        weights = self.random.randint(-2, 3, (3, 4, 2, 2))
        for indices in ([3, 1, 0, 2], [0, 0, -1, 2]):  # channels, which a convolution takes
            self.compare(lambda graph, x, indices=indices: graph.clip(graph.add("Round", [
                convolution(graph, self.gather(graph, x, indices, 1), weights)]), -40.0, 60.0),
                shape=(4, 5, 5))
        self.compare(lambda graph, x: self.gather(graph, x, 1, 1), shape=(3, 4, 4))
        self.compare(lambda graph, x: self.gather(graph, x, [1, 3, 5], 2))
        self.compare(lambda graph, x: self.gather(graph, x, [2, 3], -1))
        self.compare(lambda graph, x: self.gather(graph, x, [4, 4, 0], 1), shape=(6,), flat=True)

    def test_gather_of_a_concatenation(self) -> None:
        def form(graph: "GraphWriter", x: str) -> str:
            both = graph.add("Concat", [x, graph.add("MaxPool", [x], kernel_shape=[3, 3],
                                                     pads=[1, 1, 1, 1])], axis=1)
            return self.gather(graph, both, [3, 0], 1)

        self.compare(form)

    def test_resize(self) -> None:
        def pooled(graph: "GraphWriter", x: str) -> str:
            average = graph.add("GlobalAveragePool", [x])
            return graph.clip(graph.add("Floor" if graph.opset < 11 else "Round", [average]), 0.0,
                              15.0)

        def summed(graph: "GraphWriter", x: str, repeated: str) -> str:
            # An attention to the image as a whole: its average beside each pixel.
            total = convolution(graph, graph.add("Concat", [x, repeated], axis=1),
                                [[[[1]], [[-1]], [[2]], [[-2]]]])
            return graph.clip(graph.add("Floor", [total]), -30.0, 40.0)

        def resize(graph: "GraphWriter", x: str, mode: str) -> str:
            scales = graph.constant(f32([1, 1, 6, 6]))
            return summed(graph, x, graph.add(
                "Resize", [pooled(graph, x), "", scales], mode="nearest",
                coordinate_transformation_mode=mode, nearest_mode="floor"))

        def sizes(graph: "GraphWriter", x: str) -> str:
            target = graph.constant([4, 2, 6, 6], "int64")
            return summed(graph, x, graph.add("Resize", [pooled(graph, x), "", "", target],
                                              mode="nearest"))

        def upsample(graph: "GraphWriter", x: str) -> str:
            scales = graph.constant(f32([1, 1, 6, 6]))
            return summed(graph, x, graph.add("Upsample", [pooled(graph, x), scales]))

        for mode in ("half_pixel", "asymmetric", "align_corners"):
            self.compare(lambda graph, x, mode=mode: resize(graph, x, mode))
        self.compare(sizes, batch=4)
        self.compare(upsample, opset=9)
        self.compare(lambda graph, x: graph.add(
            "Resize", [x, "", graph.constant(f32([1, 1, 1, 1]))], mode="nearest"))


class MaximaOfFallingLevels(FormTest):
    def test(self) -> None:
        for factor in (-0.5, [[[-1]], [[2]]]):
            self.compare(lambda graph, x, factor=factor: graph.add(
                "MaxPool", [graph.add("Round", [multiply(graph, x, factor)])],
                kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]))
        self.compare(lambda graph, x: graph.add("MaxPool", [graph.add("Neg", [x])],
                                                kernel_shape=[2, 2]))


class Truncations(FormTest):
    """Trunc of QONNX, of both versions."""

    def test(self) -> None:
        def form(graph: "GraphWriter", x: str, inputs: list[float], mode: str) -> str:
            sums = multiply(graph, convolution(graph, x, [[[[3]], [[1]]], [[[-2]], [[5]]]]), 0.25)
            return graph.add("Trunc", [sums, *(graph.constant(f32(number)) for number in inputs)],
                             domain=QONNX, rounding_mode=mode)

        for mode in ("FLOOR", "ROUND", "CEIL", "ROUND_TO_ZERO"):
            for inputs in ([0.25, 0, 8, 5], [0.25, 4, 8, 6], [0.25, 0, 8, 1.0, 5],
                           [0.25, 8, 8, 2.0, 3]):
                with self.subTest(mode=mode, inputs=inputs):
                    self.compare(lambda graph, x, inputs=inputs, mode=mode: form(
                        graph, x, inputs, mode))


class ChannelsLast(FormTest):
    """The wrappers of QONNX for operators over images with their channels last."""

    def test(self) -> None:
        weights = self.random.randint(-2, 3, (3, 2, 3, 2))  # out x height x width x in

        def form(graph: "GraphWriter", x: str) -> str:
            x = graph.add("Transpose", [x], perm=[0, 2, 3, 1])
            x = graph.add("Conv", [x, graph.constant(f32(weights))], domain=CHANNELS_LAST,
                          kernel_shape=[2, 3], pads=[0, 1, 0, 1])
            parameters = ([0.5, -0.25, 1], [1, 2, -3], [4, 0, -2], [1.5, 1, 2])
            x = graph.add("BatchNormalization",
                          [x, *(graph.constant(f32(p)) for p in parameters)], domain=CHANNELS_LAST)
            x = graph.clip(graph.add("Round", [x]), -12.0, 20.0)
            x = graph.add("MaxPool", [x], domain=CHANNELS_LAST, kernel_shape=[2, 2])
            x = graph.add("AveragePool", [x], domain=CHANNELS_LAST, kernel_shape=[2, 2],
                          strides=[2, 1])
            return graph.clip(graph.add("Floor", [multiply(graph, x, 2)]), -30.0, 50.0)

        self.compare(form)


if __name__ == "__main__":
    program.main()
