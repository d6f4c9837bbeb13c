# SPDX-License-Identifier: Apache-2.0
"""Compares the converter with ONNX Runtime: on random graphs of all accepted forms, and on public
networks. The spiking networks are evaluated by testbenches/system/network_reader.py, so that
neither side uses code of Spikeloom."""

import gzip
import json
import os
import pathlib
import shutil
import struct

import program

try:
    import numpy
    import onnx
    from oracle import builder, comparison, lowering, recipe, runtime, simplification
    from oracle.values import InfeasibleRecipe
    MISSING = ""
except ImportError as error:
    MISSING = str(error)

BUILD = pathlib.Path(os.environ.get("SPIKELOOM_BUILD", program.ROOT / "build" / "dev"))
SHARED = program.ROOT.parent / "shared"


def find(folder: str, *elsewhere: pathlib.Path) -> pathlib.Path | None:
    """Returns a folder of $SPIKELOOM_DATA, or one of those beside the checkout."""
    places = [*elsewhere]
    if "SPIKELOOM_DATA" in os.environ:
        places.insert(0, pathlib.Path(os.environ["SPIKELOOM_DATA"]) / folder)
    return next((place for place in places if place.is_dir()), None)


class OracleTest(program.ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        if MISSING:
            self.skipTest(MISSING)
        if not runtime.MODULES.is_dir():
            self.skipTest(f"ONNX Runtime is not there: copy testbenches/onnxruntime/package*.json to "
                          f"{runtime.MODULES.parent} and run npm ci --ignore-scripts there")
        self.runtime = runtime.OnnxRuntime()
        self.addCleanup(self.runtime.close)
        self.oracle = comparison.Oracle(self.runtime, self.directory)


class RandomGraphTest(OracleTest):
    def compare(self, graphs: int, qonnx: bool) -> None:
        """Compares that many graphs, of the seeds from 0 on that give one."""
        counts = self.oracle.counts
        failed = []
        seed = 0
        while counts.graphs + counts.constant + len(failed) < graphs:
            drawn = recipe.draw(seed, qonnx)
            try:
                found = comparison.failure(self.oracle, drawn)
            except InfeasibleRecipe:
                found = None
            if found is not None:
                failed.append(self.explain(seed, drawn, found))
            seed += 1
        print(counts)
        self.assertEqual(failed, [], "\n".join(failed))
        # Numbers next to a tie are few, and many ties are compared exactly.
        self.assertLessEqual(counts.excused, counts.levels / 200)
        self.assertLessEqual(counts.excused_graphs, graphs / 50)
        self.assertGreater(counts.exact_layers, counts.layers / 3)
        self.assertGreater(counts.ties, counts.levels / 50)

    def explain(self, seed: int, drawn: dict, found: Exception) -> str:
        """Simplifies what fails; returns how to see it."""
        drawn, found = simplification.simplify(self.oracle, drawn, found)
        folder = BUILD / "oracle"
        folder.mkdir(parents=True, exist_ok=True)
        name = folder / f"{'qonnx' if drawn['qonnx'] else 'graph'}-{seed}"
        name.with_suffix(".json").write_text(json.dumps(drawn, indent=1))
        case = builder.build(drawn)
        onnx.save(case.model, str(name.with_suffix(".onnx")))
        numpy.save(name.with_suffix(".npy"), case.given)
        return (f"seed {seed}: {found.kind}: {found}\n  simplified: {name}.onnx, inputs {name}.npy; "
                f"python3 -m oracle {name}.json")


class RandomGraphs(RandomGraphTest):
    def test(self) -> None:
        self.compare(100, False)


class RandomQonnxGraphs(RandomGraphTest):
    def test(self) -> None:
        self.compare(100, True)


class ManyRandomGraphs(RandomGraphTest):
    def test(self) -> None:
        self.compare(1000, False)


class ManyRandomQonnxGraphs(RandomGraphTest):
    def test(self) -> None:
        self.compare(1000, True)


class SimplifiesWhatFails(RandomGraphTest):
    """An error made on purpose: weights of the first convolution of the converted model that differ
    from those of the model that ONNX Runtime evaluates."""

    def test(self) -> None:
        def damaged(drawn: dict) -> "builder.Case":
            case = build(drawn)
            node = next((node for node in case.model.graph.node if node.op_type == "Floor"), None)
            if node is not None:
                node.op_type = "Ceil"
            return case

        build = builder.build
        builder.build = damaged
        self.addCleanup(setattr, builder, "build", build)
        seed = next(seed for seed in range(100) if any(
            node.op_type == "Floor" for node in self.model(build, seed).graph.node))
        drawn = recipe.draw(seed, False)
        found = comparison.failure(self.oracle, drawn)
        self.assertIsNotNone(found)
        simple, again = simplification.simplify(self.oracle, drawn, found)
        self.assertEqual(again.kind, found.kind)
        self.assertLessEqual(len(build(simple).model.graph.node),
                             len(build(drawn).model.graph.node))
        self.assertLessEqual(len(simple["blocks"]), 1)

    @staticmethod
    def model(build: object, seed: int) -> "onnx.ModelProto":
        try:
            return build(recipe.draw(seed, False)).model
        except InfeasibleRecipe:
            return onnx.ModelProto()


class PublicNetwork(OracleTest):
    """A public network, in a data folder or beside the checkout. It is skipped without it."""

    def load(self, name: str) -> "onnx.ModelProto":
        networks = find("networks", SHARED / "networks")
        if networks is None or not (networks / name).is_file():
            self.skipTest(f"{name} is not there: scripts/get-network fetches it")
        self.networks = networks
        return onnx.load(str(networks / name))

    def mnist(self, name: str, magic: int, header: int) -> "numpy.ndarray":
        folder = find("mnist", SHARED / "datasets" / "mnist")
        if folder is None:
            self.skipTest("MNIST is not there: scripts/get-data fetches it")
        content = gzip.decompress((folder / name).read_bytes())
        self.assertEqual(struct.unpack_from(">I", content)[0], magic)
        return numpy.frombuffer(content, dtype=numpy.uint8, offset=header)

    def evaluate(self, model: "onnx.ModelProto", inputs: "numpy.ndarray", tensors: list[str],
                 ) -> dict[str, "numpy.ndarray"]:
        """Evaluates the model, lowered to standard operators, for all inputs at once."""
        lowered = lowering.lower(model, {})
        graph = lowered.graph
        constants = {initializer.name for initializer in graph.initializer}
        kept = [value for value in graph.input if value.name not in constants]
        del graph.input[:]
        graph.input.extend(kept)
        (image,) = graph.input
        image.type.tensor_type.shape.dim[0].dim_param = "N"
        shape = [dim.dim_value for dim in image.type.tensor_type.shape.dim[1:]]
        # A fixed batch in the target of a Reshape becomes that of its input.
        targets = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
        for initializer in graph.initializer:
            if initializer.name in targets:
                target = onnx.numpy_helper.to_array(initializer).copy()
                target[0] = 0
                initializer.CopyFrom(onnx.numpy_helper.from_array(target, initializer.name))
        return self.runtime.evaluate(lowered, {
            image.name: inputs.reshape(-1, *shape).astype(numpy.float32)}, tensors)

    def compare(self, model: "onnx.ModelProto", inputs: "numpy.ndarray",
                scores: str) -> tuple["numpy.ndarray", "numpy.ndarray"]:
        """Compares the values of all layers; returns the scores, own and expected. A level may
        differ where float32 itself errs, which is next to a tie alone."""
        network = self.oracle.convert(model, [])
        levels, computed = network.evaluate(inputs)
        layers = {comparison.ENCODER: network.encoder, **dict(enumerate(network.layers))}
        tensors = {number: self.quantized(model, layer.name) for number, layer in layers.items()}
        expected = self.evaluate(model, inputs, sorted({*tensors.values(), scores}))
        for number, layer in layers.items():
            values = layer.quantizer.values(levels[number]).reshape(len(inputs), -1)
            reference = expected[tensors[number]].reshape(len(inputs), -1)
            far = numpy.abs(values - reference) > abs(layer.quantizer.step) / 4
            if far.any():
                print(f"{layer.name}: {int(far.sum())} of {far.size} values differ")
            self.assertLessEqual(int(far.sum()), far.size // 100000, layer.name)
        return computed, expected[scores].reshape(computed.shape)

    @staticmethod
    def quantized(model: "onnx.ModelProto", name: str) -> str:
        """Returns the tensor of the first quantizer from a node on."""
        node = next(node for node in model.graph.node if node.name == name)
        while node.op_type not in ("Quant", "BipolarQuant", "MultiThreshold"):
            (node,) = [reader for reader in model.graph.node if node.output[0] in reader.input]
        return node.output[0]


class IntegersOfDvsCnn(PublicNetwork):
    """All integers of a network of integers, as its authors and as ONNX Runtime compute them."""

    def test(self) -> None:
        model = self.load("quantlab_dvs_cnn.onnx")
        vectors = self.networks / "quantlab_dvs_cnn_vectors.npz"
        if not vectors.is_file():
            self.skipTest(f"{vectors.name} is not there")
        vectors = numpy.load(vectors)
        images = numpy.stack([vectors[f"input{i}"] for i in range(3)])
        network = self.oracle.convert(model, [])
        levels, scores = network.evaluate(images)
        tensors = [node.output[0] for node in model.graph.node if node.op_type in ("Clip",
                                                                                   "MaxPool")]
        self.assertEqual(len(tensors), 10)
        expected = self.evaluate(model, images, [*tensors, model.graph.output[0].name])
        numbers = [comparison.ENCODER, *range(len(network.layers))]
        self.assertEqual(len(numbers), len(tensors))
        for layer, (number, tensor) in enumerate(zip(numbers, tensors, strict=True)):
            quantizer = (network.encoder if number == comparison.ENCODER
                         else network.layers[number]).quantizer
            own = quantizer.values(levels[number])
            numpy.testing.assert_array_equal(own, expected[tensor], tensor)
            numpy.testing.assert_array_equal(
                own.transpose(0, 2, 3, 1).reshape(3, -1),
                [vectors[f"input{i}_layer{layer}_hwc_flat"] for i in range(3)], tensor)
        numpy.testing.assert_array_equal(scores,
                                         expected[model.graph.output[0].name].reshape(3, -1))


class AccuraciesOfTfc(PublicNetwork):
    """Correct classes of MNIST's 10,000 test images, as computed independently in float64."""

    def test(self) -> None:
        images = self.mnist("t10k-images-idx3-ubyte.gz", 0x803, 16).reshape(-1, 784) / 255
        labels = self.mnist("t10k-labels-idx1-ubyte.gz", 0x801, 8)
        for name, correct in (("TFC_2W2A", 9660), ("TFC_1W2A", 9474), ("TFC_1W1A", 9296)):
            with self.subTest(name):
                model = self.load(f"{name}.onnx")
                scores, expected = self.compare(model, images.astype(numpy.float32),
                                                model.graph.output[0].name)
                classes = scores.argmax(axis=1)
                self.assertEqual(int((classes == labels).sum()), correct)
                different = int((classes != expected.argmax(axis=1)).sum())
                print(f"{name}: {different} classes of ONNX Runtime differ")
                self.assertLessEqual(different, 10)


class ClassesOfFinnTfc(PublicNetwork):
    def test(self) -> None:
        model = self.load("finn_tfc_w1a1_multithreshold.onnx")
        images = self.mnist("t10k-images-idx3-ubyte.gz", 0x803, 16).reshape(-1, 784)
        topk = next(node for node in model.graph.node if node.op_type == "TopK")
        scores, expected = self.compare(model, images.astype(numpy.float32), topk.input[0])
        numpy.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-4)


class RandomInputsOfKwsMlp(PublicNetwork):
    def test(self) -> None:
        model = self.load("kwsmlp_w3a3.onnx")
        inputs = numpy.random.RandomState(0).normal(0, 40, (200, 490)).astype(numpy.float32)
        scores, expected = self.compare(model, inputs, model.graph.output[0].name)
        numpy.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-3)


class RandomInputsOfUnswNb15(PublicNetwork):
    def test(self) -> None:
        model = self.load("unsw_nb15-mlp-w2a2.onnx")
        inputs = numpy.random.RandomState(0).choice([-1, 1], (1000, 600)).astype(numpy.float32)
        scores, expected = self.compare(model, inputs, model.graph.output[0].name)
        numpy.testing.assert_array_equal(scores, expected)


if __name__ == "__main__":
    program.main()
