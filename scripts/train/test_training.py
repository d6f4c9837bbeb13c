#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Unit tests of the training code on small synthetic data; run this file."""

import gzip
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List
from unittest import mock

try:
    import numpy as np
    import onnx
    import torch
    from onnx import TensorProto, helper, numpy_helper
    from torch import nn
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)  # ctest's SKIP_RETURN_CODE

import evaluate
from augmentation import AUGMENTATIONS, random_crop
from datasets import load, standardize
from errors import InputError
from export_onnx import build_model, save_model
from import_model import load_npz, load_onnx, make_trainable
from networks import TOPOLOGIES, Network, build
from quantization import ActivationFormat, Quantizer, TernaryConv2d, quantize, ternarize
from train import Trainer, learning_rate_factor, train

HERE = Path(__file__).resolve().parent
SETTINGS: Dict[str, Any] = {
    "dataset": "mnist", "network": "lenet", "precision": 1, "bound": 2.0, "epochs": 3, "batch_size": 16,
    "learning_rate": 1e-3, "label_smoothing": 0.0, "seed": 5, "holdout": 0, "images": None, "bf16": False, "start": None,
    "real": False, "weight_decay": 0.0, "teacher": None, "teacher_share": 0.9, "temperature": 4.0,
}


def write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes((0, 0, 8, values.ndim)) + np.array(values.shape, ">u4").tobytes()
    with gzip.open(path, "wb") as stream:
        stream.write(header + values.astype(np.uint8).tobytes())


def write_mnist(base: Path, count: int) -> None:
    folder = base / "mnist"
    folder.mkdir()
    random = np.random.default_rng(1)
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", random.integers(0, 256, (count, 28, 28)))
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", random.integers(0, 10, count))


def randomized(name: str, activation: ActivationFormat) -> Network:
    """Returns a network in evaluation mode with ternary weights and random normalization, some gammas negative."""
    network = build(name, activation, 10, seed=3)
    for block in network.blocks:
        norm, conv = block.norm, block.conv
        torch.nn.init.uniform_(norm.weight, -1, 2)
        torch.nn.init.uniform_(norm.bias, -0.5, 1)
        torch.nn.init.uniform_(norm.running_mean, -0.3, 0.3)
        torch.nn.init.uniform_(norm.running_var, 0.5, 2)
        if isinstance(conv, TernaryConv2d):
            codes, scale = ternarize(conv.weight.detach())
            conv.weight.data = codes * scale
    return network.eval()


class TernaryTest(unittest.TestCase):
    def test_threshold_signs_and_scale(self) -> None:
        # mean |w| = 0.5, threshold 0.35: the last two become 0, the scale is the mean of 1, 0.5 and 0.75
        weight = torch.tensor([1.0, -0.5, 0.75, 0.25, 0.0]).reshape(1, 1, 1, 5)
        codes, scale = ternarize(weight)
        self.assertEqual(codes.flatten().tolist(), [1, -1, 1, 0, 0])
        self.assertEqual(float(scale), 0.75)

    def test_a_weight_on_the_threshold_is_zero(self) -> None:
        weight = torch.full((1, 1, 1, 4), 1.0)
        self.assertEqual(ternarize(weight)[0].flatten().tolist(), [1, 1, 1, 1])
        self.assertEqual(ternarize(torch.zeros(1, 1, 1, 4))[0].flatten().tolist(), [0, 0, 0, 0])

    def test_scale_is_a_bfloat16(self) -> None:
        _, scale = ternarize(torch.randn(4, 4, 3, 3, generator=torch.Generator().manual_seed(1)))
        self.assertEqual(scale, scale.to(torch.bfloat16).float())

    def test_convolution_uses_the_ternary_weight_and_passes_its_gradient(self) -> None:
        conv = TernaryConv2d(1, 1, (1, 2), bias=False)
        conv.weight.data = torch.tensor([1.0, -0.125]).reshape(1, 1, 1, 2)
        output = conv(torch.tensor([3.0, 5.0]).reshape(1, 1, 1, 2))
        output.backward(torch.ones_like(output))
        self.assertEqual(output.item(), 3.0)
        self.assertEqual(conv.weight.grad.flatten().tolist(), [3.0, 5.0])

    def test_latent_weights_stay_in_range(self) -> None:
        conv = TernaryConv2d(1, 1, (1, 2), bias=False)
        conv.weight.data = torch.tensor([1.5, -7.0]).reshape(1, 1, 1, 2)
        conv.clamp_latent()
        self.assertEqual(conv.weight.flatten().tolist(), [1.0, -1.0])


class QuantizerTest(unittest.TestCase):
    def test_ties_go_up_and_values_are_clipped(self) -> None:
        values = torch.tensor([-9.0, -0.25, 0.2499, 0.25, 0.7499, 0.75, 1.25, 1.75, 9.0])
        expected = [0, 0, 0, 0.5, 0.5, 1, 1.5, 2, 2]
        self.assertEqual(quantize(values, ActivationFormat(1, 2)).tolist(), expected)

    def test_precision_zero(self) -> None:
        values = torch.tensor([0.4999, 0.5, 1.5, 2.5, 5.0])
        self.assertEqual(quantize(values, ActivationFormat(0, 2)).tolist(), [0, 1, 2, 2, 2])

    def test_gradient_passes_inside_the_range_only(self) -> None:
        values = torch.tensor([-0.1, 0.0, 0.6, 2.0, 2.1], requires_grad=True)
        Quantizer(ActivationFormat(1, 2))(values).backward(torch.ones(5))
        self.assertEqual(values.grad.tolist(), [0, 0, 1, 0, 0])

    def test_levels(self) -> None:
        self.assertEqual(ActivationFormat(1, 2).levels, 4)
        self.assertEqual(ActivationFormat(2, 0.75).levels, 3)
        for precision, bound in ((1, 0.75), (0, 0.5), (-1, 2), (9, 1), (1, 0), (1, float("nan")), (8, 1.0)):
            with self.subTest(precision=precision, bound=bound), self.assertRaises(InputError):
                ActivationFormat(precision, bound)


class DataTest(unittest.TestCase):
    def test_standardize(self) -> None:
        pixels = torch.randint(0, 256, (2, 3, 24, 24), generator=torch.Generator().manual_seed(1)).double()
        result = standardize(pixels)
        for image, expected in zip(result, pixels):
            expected = (expected - expected.mean()) / expected.std(unbiased=False)
            torch.testing.assert_close(image, expected, rtol=0, atol=1e-12)
        self.assertEqual(float(standardize(torch.full((1, 3, 24, 24), 7.0).double()).abs().max()), 0)

    def test_augmentations_keep_shape_and_repeat(self) -> None:
        images = torch.randint(0, 256, (8, 1, 28, 28)).float()
        for name, shape in (("mnist", (8, 1, 28, 28)), ("fashion-mnist", (8, 1, 28, 28)), ("cifar-10", (8, 3, 24, 24))):
            batch = images if name != "cifar-10" else torch.randint(0, 256, (8, 3, 32, 32)).float()
            first, second = (AUGMENTATIONS[name](batch, torch.Generator().manual_seed(2)) for _ in range(2))
            self.assertEqual(tuple(first.shape), shape)
            self.assertTrue(torch.equal(first, second))

    def test_crops_are_windows_of_their_images(self) -> None:
        images = torch.arange(2 * 36.0).reshape(2, 1, 6, 6)
        for image, crop in zip(images, random_crop(images, 4, torch.Generator().manual_seed(1))):
            corner = int(crop[0, 0, 0]) % 36
            top, left = divmod(corner, 6)
            self.assertTrue(torch.equal(crop, image[:, top : top + 4, left : left + 4]))


class RunTest(unittest.TestCase):
    """Training on 64 random images."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.base = Path(temporary.name)
        write_mnist(self.base, 64)
        before = os.environ.get("SPIKELOOM_DATA")
        os.environ["SPIKELOOM_DATA"] = str(self.base)
        self.addCleanup(os.environ.__setitem__, "SPIKELOOM_DATA", before or "")

    def trainer(self, **changes: Any) -> Trainer:
        return Trainer({**SETTINGS, **changes}, *load("mnist", train=True), torch.device("cpu"))

    def test_a_resumed_run_equals_an_undisturbed_one(self) -> None:
        undisturbed = self.trainer()
        train(undisturbed, self.base / "undisturbed.pt")

        stopped = self.trainer()
        stopped.train_epoch()
        stopped.state.save(self.base / "stopped.pt", stopped.settings)
        stopped.train_epoch()  # lost: killed before its checkpoint
        resumed = self.trainer()
        train(resumed, self.base / "stopped.pt")

        self.assertEqual(resumed.state.epochs_done, 3)
        expected = undisturbed.network.state_dict()
        for name, values in resumed.network.state_dict().items():
            self.assertTrue(torch.equal(values, expected[name]), name)
        self.assertFalse(torch.equal(self.trainer().network.classifier.weight, expected["classifier.weight"]))

    def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_refused(self) -> None:
        path = self.base / "run.pt"
        trainer = self.trainer()
        trainer.state.save(path, trainer.settings)
        with self.assertRaisesRegex(InputError, "seed 5, now 6"):
            train(self.trainer(seed=6), path)
        path.write_bytes(path.read_bytes()[:1000])
        with self.assertRaisesRegex(InputError, "not a checkpoint"):
            train(self.trainer(), path)

    def test_holdout_is_not_trained_on(self) -> None:
        trainer = self.trainer(holdout=24)
        self.assertEqual((len(trainer.images), len(trainer.held_images)), (40, 24))
        self.assertTrue(0 <= trainer.holdout_accuracy() <= 1)
        with self.assertRaisesRegex(InputError, "fewer than the batch size"):
            self.trainer(holdout=60)

    def test_missing_data_names_the_places(self) -> None:
        with mock.patch("datasets.REPOSITORY", self.base / "elsewhere"):
            with self.assertRaisesRegex(InputError, f"looked at {self.base}/cifar-10-batches-bin, .*; to get it: "):
                load("cifar-10", train=True)

    def test_the_class_of_cifar_100_is_the_fine_label(self) -> None:
        folder = self.base / "cifar-100-binary"
        folder.mkdir()
        pixels = np.random.default_rng(1).integers(0, 256, (3, 3, 32, 32), np.uint8)
        labels = np.array([[19, 99], [4, 30], [0, 7]], np.uint8)
        np.concatenate((labels, pixels.reshape(3, -1)), 1).tofile(folder / "train.bin")
        images, found = load("cifar-100", train=True)
        self.assertEqual(found.tolist(), [99, 30, 7])
        self.assertTrue(np.array_equal(images.numpy(), pixels))

    def test_damaged_data_is_refused(self) -> None:
        path = self.base / "mnist" / "train-images-idx3-ubyte.gz"
        path.write_bytes(path.read_bytes()[:100])
        with self.assertRaises(InputError):
            load("mnist", train=True)

    def test_exported_model_computes_what_the_module_does(self) -> None:
        for precision, bound in ((0, 1), (1, 2), (2, 0.75)):
            network = randomized("lenet", ActivationFormat(precision, bound))
            model = build_model(network, "lenet", {"k": str(precision), "B": str(bound)})
            result = evaluate.evaluate(model, "mnist", first=3, count=20, keep_levels=True)

            values = load("mnist", train=False)[0][3:23].double() / 255
            network = network.double()
            with torch.no_grad():
                logits = network(values)
                for name, block in zip(result.levels, network.blocks):
                    values = block(values)
                    expected = (values * 2**precision).numpy()
                    self.assertTrue(np.array_equal(result.levels[name], expected), name)
                    self.assertTrue(0 < expected.max() <= bound * 2**precision)
            self.assertEqual(list(result.levels), [f"conv{i}" for i in range(1, 7)])
            self.assertTrue(np.array_equal(result.predicted, logits.argmax(1).numpy()))
            np.testing.assert_allclose(result.logits, logits.numpy(), rtol=1e-12, atol=1e-12)
            self.assertAlmostEqual(result.spikes["conv6"], result.levels["conv6"].sum() / 20)

    def test_a_real_valued_model_computes_what_the_module_does(self) -> None:
        network = build("lenet", ActivationFormat(1, 2), 10, seed=3, quantized=False).eval()
        model = build_model(network, "lenet", {})
        operators = {node.op_type for node in model.graph.node}
        self.assertEqual(operators, {"Conv", "BatchNormalization", "Clip", "Flatten", "Gemm"})
        result = evaluate.evaluate(model, "mnist", count=20)
        with torch.no_grad():
            logits = network.double()(load("mnist", train=False)[0][:20].double() / 255)
        np.testing.assert_allclose(result.logits, logits.numpy(), rtol=1e-12, atol=1e-12)

    def test_a_teacher_draws_the_logits_to_its_own(self) -> None:
        teacher = build("lenet", ActivationFormat(1, 2), 10, seed=3, quantized=False)
        path = self.base / "teacher.onnx"
        save_model(build_model(teacher, "lenet", {}), path)
        trainer = self.trainer(teacher=str(path), teacher_share=0.75, temperature=2.0)
        inputs = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(1))
        labels = torch.tensor([1, 2, 3, 4])
        with torch.no_grad():
            wanted = teacher.eval()(inputs)
            found = torch.zeros(4, 10)
            # uniform classes: cross-entropy log 10; divergence of the teacher's softened classes from them
            soft = (wanted / 2).softmax(1)
            divergence = (soft * (soft.log() - torch.tensor(0.1).log())).sum(1).mean()
            expected = 0.25 * torch.tensor(10.0).log() + 0.75 * 4 * divergence
            torch.testing.assert_close(trainer._loss(inputs, found, labels), expected)
            torch.testing.assert_close(
                trainer._loss(inputs, wanted, labels), 0.25 * nn.functional.cross_entropy(wanted, labels)
            )
        before = [values.clone() for values in trainer.teacher.state_dict().values()]
        trainer.train_epoch()
        for old, new in zip(before, trainer.teacher.state_dict().values()):
            self.assertTrue(torch.equal(old, new))

    def command(self, script: str, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(HERE / script), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def test_bad_arguments_end_with_one_line_and_status_2(self) -> None:
        output = ("--output", str(self.base / "model.onnx"), "--dataset", "mnist")
        cases = (
            (("train.py", *output, "-k", "one"), "invalid int value: 'one'"),
            (("train.py", *output, "-B", "0.3"), "B*2^k must be an integer"),
            (("train.py", *output, "--network", "vgg"), "does not take the images"),
            (("train.py", *output, "--temperature", "0"), "--temperature: got 0.0, allowed: positive"),
            (("train.py", *output, "--teacher-share", "1.5"), "--teacher-share: got 1.5, allowed 0..1"),
            (("evaluate.py", str(self.base / "none.onnx"), "--data", "mnist"), "No such file"),
        )
        for command, text in cases:
            with self.subTest(command=command):
                done = self.command(*command)
                self.assertEqual(done.returncode, 2)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)
                self.assertNotIn("Traceback", done.stderr)

    def test_command_trains_exports_and_evaluates(self) -> None:
        model, checkpoint = self.base / "model.onnx", self.base / "state.pt"
        done = self.command("train.py", "--dataset", "mnist", "--output", str(model), "--checkpoint", str(checkpoint),
                            "--epochs", "1", "--batch-size", "16", "--seed", "9")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertIn("seed 9", done.stdout)
        self.assertIn("of 64 test images", done.stdout)
        properties = {item.key: item.value for item in onnx.load(model).metadata_props}
        self.assertEqual((properties["k"], properties["B"], properties["dataset"]), ("1", "2", "mnist"))


class ExportTest(unittest.TestCase):
    def test_structure(self) -> None:
        for name in TOPOLOGIES:
            model = build_model(randomized(name, ActivationFormat(1, 2)), name, {})
            onnx.checker.check_model(model, full_check=True)
            graph = model.graph
            types = {item.name: item.data_type for item in graph.initializer}
            self.assertEqual(types["conv1.weight"], TensorProto.FLOAT)
            layers = [node.name for node in graph.node if node.op_type == "Conv"]
            self.assertEqual(len(layers), len(TOPOLOGIES[name].convolutions))
            self.assertTrue(all(types[f"{layer}.weight"] == TensorProto.INT8 for layer in layers[1:]))
            self.assertEqual(graph.input[0].type.tensor_type.shape.dim[0].dim_param, "N")
            operators = [node.op_type for node in graph.node[:6]]
            self.assertEqual(operators, ["Conv", "BatchNormalization", "Clip", "Mul", "Add", "Floor"])

    def test_precision_zero_has_no_mul(self) -> None:
        model = build_model(randomized("lenet", ActivationFormat(0, 2)), "lenet", {})
        self.assertNotIn("Mul", [node.op_type for node in model.graph.node])


class ImportTest(unittest.TestCase):
    """Tests of reading parameters back from models."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.base = Path(temporary.name)
        self.activation = ActivationFormat(1, 2)
        self.original = randomized("lenet", self.activation)
        self.images = torch.rand(8, 1, 28, 28)

    def logits(self, network: Network) -> torch.Tensor:
        with torch.no_grad():
            return network.eval()(self.images)

    def test_an_exported_model_comes_back(self) -> None:
        path = self.base / "model.onnx"
        save_model(build_model(self.original, "lenet", {}), path)
        network = build("lenet", self.activation, 10, seed=8)
        load_onnx(network, path)
        self.assertTrue(torch.equal(self.logits(network), self.logits(self.original)))
        with self.assertRaisesRegex(InputError, r"conv1.weight: got \[16, 1, 5, 5\], the network has \[64, 3, 3, 3\]"):
            load_onnx(build("vgg", self.activation, 10, seed=8), path)
        path.write_bytes(b"no model")
        with self.assertRaisesRegex(InputError, "not an ONNX model"):
            load_onnx(network, path)

    def test_a_real_valued_model_gives_the_latent_weights(self) -> None:
        path = self.base / "float.onnx"
        real = build("lenet", self.activation, 10, seed=4, quantized=False)
        save_model(build_model(real, "lenet", {}), path)
        network = build("lenet", self.activation, 10, seed=8)
        load_onnx(network, path)
        for block, original in zip(network.blocks, real.blocks):
            self.assertTrue(torch.equal(block.conv.weight, original.conv.weight))

    def test_integer_weights_of_an_npz(self) -> None:
        arrays = {"k": np.array(1), "B": np.array(2), "fc": self.original.classifier.weight.detach().numpy()}
        for i, block in enumerate(self.original.blocks):
            norm, conv = block.norm, block.conv
            if i > 0:
                conv.weight.data = ternarize(conv.weight.detach())[0]
            kind = np.int8 if i > 0 else np.float32
            arrays[f"w{i}"] = conv.weight.detach().numpy().astype(kind)
            for key, values in (("gamma", norm.weight), ("beta", norm.bias),
                                ("mean", norm.running_mean), ("var", norm.running_var)):
                arrays[f"{key}{i}"] = values.detach().numpy()
        self.original.classifier.bias.data.zero_()
        path = self.base / "weights.npz"
        np.savez(path, **arrays)
        network = build("lenet", self.activation, 10, seed=8)
        load_npz(network, path)
        self.assertTrue(torch.equal(self.logits(network), self.logits(self.original)))
        np.savez(path, **{**arrays, "w2": arrays["w2"] * 2})
        with self.assertRaisesRegex(InputError, "w2: got weights other than -1, 0, 1"):
            load_npz(network, path)
        np.savez(path, **{**arrays, "B": np.array(4)})
        with self.assertRaisesRegex(InputError, "B: got 4, the network has 2"):
            load_npz(network, path)

    def test_trainable_weights_have_the_same_signs_and_the_scale_of_new_ones(self) -> None:
        before = [ternarize(block.conv.weight.detach())[0] for block in self.original.blocks[1:]]
        make_trainable(self.original)
        for block, codes in zip(self.original.blocks[1:], before):
            weight = block.conv.weight.detach()
            self.assertTrue(torch.equal(ternarize(weight)[0], codes))
            magnitude = float(weight.abs().sum() / (weight != 0).sum())
            self.assertAlmostEqual(magnitude, (2 / weight[0].numel()) ** 0.5, places=5)


class ExecutorTest(unittest.TestCase):
    """Tests operators that the exported models do not use, against values calculated by hand."""

    @staticmethod
    def run_nodes(nodes: List[onnx.NodeProto], constants: Dict[str, np.ndarray], image: List, output: str):
        """Runs the nodes on one image [1, 1, H, W]; returns its output tensor and the executor."""
        pixels = torch.tensor(image, dtype=torch.float64)[None, None]
        graph = helper.make_graph(
            nodes, "test",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *pixels.shape[1:]])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            [numpy_helper.from_array(values, name) for name, values in constants.items()],
        )
        executor = evaluate.Executor(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]))
        result, levels = executor.run(pixels)
        return result, levels, executor

    def test_quantize_linear_rounds_half_to_even_and_saturates(self) -> None:
        nodes = [
            helper.make_node("QuantizeLinear", ["image", "step", "zero"], ["codes"], "quantize"),
            helper.make_node("DequantizeLinear", ["codes", "step", "zero"], ["out"], "dequantize"),
        ]
        constants = {"step": np.array(0.5, np.float32), "zero": np.array(0, np.uint8)}
        result, levels, executor = self.run_nodes(nodes, constants, [[0.25, 0.75, -3.0], [1.3, 200.0, 0.0]], "out")
        self.assertEqual(result.flatten().tolist(), [0, 1, 0, 1.5, 127.5, 0])
        self.assertEqual(levels[0].flatten().tolist(), [0, 2, 0, 3, 255, 0])
        self.assertEqual(executor.quantizers[0].layer, "quantize")
        self.assertEqual(executor.margin, 0)

    def test_pools(self) -> None:
        image = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]
        window = {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [1, 1, 0, 0]}
        for operator, attributes, expected in (
            ("MaxPool", {}, [1, 3, 7, 9]),
            ("AveragePool", {}, [1, 2.5, 5.5, 7]),
            ("AveragePool", {"count_include_pad": 1}, [0.25, 1.25, 2.75, 7]),
        ):
            node = helper.make_node(operator, ["image"], ["out"], **window, **attributes)
            self.assertEqual(self.run_nodes([node], {}, image, "out")[0].flatten().tolist(), expected)

    def test_round_relu_and_dense_layers(self) -> None:
        nodes = [
            helper.make_node("Identity", ["image"], ["same"]),
            helper.make_node("Dropout", ["same"], ["kept"]),
            helper.make_node("Reshape", ["kept", "shape"], ["flat"]),
            helper.make_node("MatMul", ["flat", "matrix"], ["product"], "dense"),
            helper.make_node("Div", ["product", "half"], ["scaled"]),
            helper.make_node("Round", ["scaled"], ["rounded"]),
            helper.make_node("Relu", ["rounded"], ["positive"]),
            helper.make_node("Mul", ["half", "positive"], ["activation"]),
            helper.make_node("Gemm", ["activation", "matrix", "bias"], ["out"], alpha=2.0, transB=1),
        ]
        constants = {
            "shape": np.array([0, -1], np.int64),
            "matrix": np.array([[1, 0], [1, -1]], np.float32),
            "half": np.array(0.5, np.float32),
            "bias": np.array([10, 20], np.float32),
        }
        # [0.25, 1] -> dense [1.25, -1] -> halves [2.5, -2] -> even [2, 0] -> [1, 0] -> 2*[1, 1] + bias
        result, levels, executor = self.run_nodes(nodes, constants, [[0.25, 1.0]], "out")
        self.assertEqual(levels[0].tolist(), [[2, 0]])
        self.assertEqual(executor.quantizers[0].layer, "dense")
        self.assertEqual(result.tolist(), [[12, 22]])

    def test_an_unknown_operator_is_refused(self) -> None:
        with self.assertRaisesRegex(InputError, "operator Tanh is not supported"):
            self.run_nodes([helper.make_node("Tanh", ["image"], ["out"])], {}, [[0.0]], "out")


class ScheduleTest(unittest.TestCase):
    def test_warm_up_then_down_to_zero(self) -> None:
        factors = [learning_rate_factor(step, 100) for step in range(101)]
        self.assertEqual(factors[:5], [0.2, 0.4, 0.6, 0.8, 1.0])
        self.assertEqual(sorted(factors[5:], reverse=True), factors[5:])
        self.assertAlmostEqual(factors[100], 0)


if __name__ == "__main__":
    unittest.main()
