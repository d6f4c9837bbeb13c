# SPDX-License-Identifier: Apache-2.0
"""The chip's spikes equal the quantized network's: by the integer reference, and by PyTorch in
float64 on the exported model."""

import json
import re
import subprocess
import sys

import program

EVALUATE = program.ROOT / "scripts" / "train" / "evaluate.py"
PYTORCH_IMAGES = 200


class Lossless(program.ProgramTest):
    def compare(self, name: str, images: int, timing: str, layers: int = 5) -> None:
        text = self.succeed("diff", program.RUNS / f"{name}.yaml", "--images", images,
                            "--timing", timing)
        self.assertRegex(text, rf"^no difference: {images} images, {layers} layers, \d+ neurons")

    def compare_with_pytorch(self, name: str, data: str, images: int = PYTORCH_IMAGES) -> None:
        try:
            import numpy
            import onnx  # noqa: F401
            import torch  # noqa: F401
        except ImportError as missing:
            self.skipTest(f"{missing}")
        self.succeed("run", program.RUNS / f"{name}.yaml", "--images", images,
                     "--timing", "cycle", "-j", 2, "--record-levels", "levels", "-o", "out")
        subprocess.run([sys.executable, str(EVALUATE),
                        str(program.NETWORKS / f"{name}-k1b2.onnx"), "--data", data,
                        "--images", str(images), "--levels", "levels.npz"],
                       cwd=self.directory, check=True, capture_output=True)
        expected = numpy.load(self.directory / "levels.npz")
        files = sorted((self.directory / "levels").glob("*.npy"))
        self.assertEqual({file.stem for file in files},
                         set(expected.files) - {"logits", "predicted", "labels"})
        for file in files:
            chip = numpy.load(file)
            self.assertGreater(int(chip.max()), 0)
            numpy.testing.assert_array_equal(chip, expected[file.stem], file.stem)
        summary = json.loads((self.directory / "out" / "summary.json").read_text())
        right = int((expected["predicted"] == expected["labels"]).sum())
        self.assertEqual(summary["correct"], right)

    def accuracy_of_card(self, name: str, layers: int = 5) -> None:
        """Over all 10,000 images, the trained model's accuracy to the image."""
        summary = self.run_network(name, "--images", 0, "--timing", "functional", "-j", 2)
        self.assertEqual(summary["images"], 10000)
        card = (program.NETWORKS / f"{name}-k1b2.md").read_text()
        found = re.search(r"(\d\d\.\d\d) %", card)
        self.assertIsNotNone(found, "no accuracy on the card")
        self.assertEqual(f"{summary['accuracy'] * 100:.2f}", found.group(1))
        self.compare(name, 10000, "functional", layers)


class FashionThousandImages(Lossless):
    def test(self) -> None:
        self.compare("lenet-fashion", 1000, "functional")


class MnistThousandImages(Lossless):
    def test(self) -> None:
        self.compare("lenet-mnist", 1000, "functional")


class FashionCyclesHundredImages(Lossless):
    def test(self) -> None:
        self.compare("lenet-fashion", 100, "cycle")


class FashionEqualsPyTorch(Lossless):
    def test(self) -> None:
        self.compare_with_pytorch("lenet-fashion", "fashion-mnist")


class MnistEqualsPyTorch(Lossless):
    def test(self) -> None:
        self.compare_with_pytorch("lenet-mnist", "mnist")


class VggCyclesTenImages(Lossless):
    def test(self) -> None:
        self.compare("vgg-cifar10", 10, "cycle", 11)


class VggEqualsPyTorch(Lossless):
    def test(self) -> None:
        self.compare_with_pytorch("vgg-cifar10", "cifar-10", 20)


class VggAllImages(Lossless):
    def test(self) -> None:
        self.accuracy_of_card("vgg-cifar10", 11)


class FashionAllImages(Lossless):
    def test(self) -> None:
        self.accuracy_of_card("lenet-fashion")


class MnistAllImages(Lossless):
    def test(self) -> None:
        self.accuracy_of_card("lenet-mnist")


class ModelsPassOnnxChecker(program.ProgramTest):
    def test(self) -> None:
        try:
            import onnx
        except ImportError as missing:
            self.skipTest(f"{missing}")
        models = sorted(program.NETWORKS.glob("*.onnx"))
        self.assertGreaterEqual(len(models), 3)
        for model in models:
            onnx.checker.check_model(onnx.load(str(model)), full_check=True)
            self.assertTrue(model.with_suffix(".md").exists(), f"{model.name} has no card")


if __name__ == "__main__":
    program.main()
