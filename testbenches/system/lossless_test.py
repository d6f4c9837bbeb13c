# SPDX-License-Identifier: Apache-2.0
"""Tests that the spikes of the chip equal those of the quantized network, computed by the
integer reference and by PyTorch in float64 from the exported model."""

import csv
import json
import pathlib
import re
import subprocess
import sys

import program

EVALUATE = program.ROOT / "scripts" / "train" / "evaluate.py"
PYTORCH_IMAGES = 200
OTHER_LENETS = ("k0b1", "k0b2", "k0b4", "k1b1", "k1b4")
OTHER_VGGS = ("vgg-cifar10-k0b1", "vgg-cifar10-k0b2", "vgg-cifar10-validation")


class Lossless(program.ProgramTest):
    def compare(self, name: str, images: int, timing: str, layers: int = 5) -> None:
        text = self.succeed("diff", program.RUNS / f"{name}.yaml", "--images", images,
                            "--timing", timing)
        self.assertRegex(text, rf"^no difference: {images} images, {layers} layers, \d+ neurons")

    def of_run_file(self, name: str, key: str) -> str:
        found = re.search(rf"^{key}: *([^\s#]+)", (program.RUNS / f"{name}.yaml").read_text(), re.MULTILINE)
        self.assertIsNotNone(found, f"{name}.yaml has no {key}")
        return found.group(1)

    def model(self, name: str) -> pathlib.Path:
        """Returns the path of the ONNX model of a run file."""
        return program.RUNS / self.of_run_file(name, "network")

    def evaluate_with_pytorch(self, name: str, *arguments: object) -> None:
        try:
            import numpy  # noqa: F401
            import onnx  # noqa: F401
            import torch  # noqa: F401
        except ImportError as missing:
            self.skipTest(f"{missing}")
        subprocess.run([sys.executable, str(EVALUATE), str(self.model(name)), "--data",
                        self.of_run_file(name, "data"), *map(str, arguments)],
                       cwd=self.directory, check=True, capture_output=True)

    def compare_with_pytorch(self, name: str, images: int = PYTORCH_IMAGES) -> None:
        self.succeed("run", program.RUNS / f"{name}.yaml", "--images", images,
                     "--timing", "cycle", "-j", 2, "--record-levels", f"levels-{name}", "-o", "out")
        self.evaluate_with_pytorch(name, "--images", images, "--levels", "levels.npz")
        import numpy
        expected = numpy.load(self.directory / "levels.npz")
        files = sorted((self.directory / f"levels-{name}").glob("*.npy"))
        self.assertEqual({file.stem for file in files},
                         set(expected.files) - {"logits", "predicted", "labels"})
        for file in files:
            chip = numpy.load(file)
            self.assertGreater(int(chip.max()), 0)
            numpy.testing.assert_array_equal(chip, expected[file.stem], file.stem)
        summary = json.loads((self.directory / "out" / "summary.json").read_text())
        right = int((expected["predicted"] == expected["labels"]).sum())
        self.assertEqual(summary["correct"], right)

    def all_images(self, name: str, layers: int = 5) -> None:
        """Compares all 10,000 images: the classes with PyTorch, the accuracy with the model
        card, and the spikes with the reference."""
        summary = self.run_network(name, "--images", 0, "--timing", "functional", "-j", 2)
        self.assertEqual(summary["images"], 10000)
        self.evaluate_with_pytorch(name, "--classes", "classes.csv")
        self.assertEqual(self.classes("out/images.csv"), self.classes("classes.csv"))
        card = self.model(name).with_suffix(".md").read_text()
        found = re.search(r"(\d\d\.\d\d) %", card)
        self.assertIsNotNone(found, "no accuracy on the card")
        self.assertEqual(f"{summary['accuracy'] * 100:.2f}", found.group(1))
        self.compare(name, 10000, "functional", layers)

    def classes(self, file: str) -> list[tuple[int, int, int]]:
        with open(self.directory / file, newline="") as stream:
            return [(int(row["index"]), int(row["label"]), int(row["predicted"]))
                    for row in csv.DictReader(stream)]


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
        self.compare_with_pytorch("lenet-fashion")


class MnistEqualsPyTorch(Lossless):
    def test(self) -> None:
        self.compare_with_pytorch("lenet-mnist")


class VggCyclesFourImages(Lossless):
    def test(self) -> None:
        self.compare("vgg-cifar10", 4, "cycle", 11)


class VggEqualsPyTorch(Lossless):
    def test(self) -> None:
        self.compare_with_pytorch("vgg-cifar10", 5)


class VggAllImages(Lossless):
    def test(self) -> None:
        self.all_images("vgg-cifar10", 11)


class FashionAllImages(Lossless):
    def test(self) -> None:
        self.all_images("lenet-fashion")


class MnistAllImages(Lossless):
    def test(self) -> None:
        self.all_images("lenet-mnist")


class OtherLevelsEqualPyTorch(Lossless):
    def test(self) -> None:
        for levels in OTHER_LENETS:
            with self.subTest(levels):
                self.compare_with_pytorch(f"lenet-mnist-{levels}", 20)


class OtherLevelsAllImages(Lossless):
    def test(self) -> None:
        for levels in OTHER_LENETS:
            with self.subTest(levels):
                self.all_images(f"lenet-mnist-{levels}")


class OtherVggsEqualPyTorch(Lossless):
    def test(self) -> None:
        for name in OTHER_VGGS:
            with self.subTest(name):
                self.compare_with_pytorch(name, 2)


class OtherVggsAllImages(Lossless):
    def test(self) -> None:
        for name in OTHER_VGGS:
            with self.subTest(name):
                self.all_images(name, 11)


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
