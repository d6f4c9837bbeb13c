# SPDX-License-Identifier: Apache-2.0
"""Tests the worked example of docs/converter.md: a low-bit network trained and exported by PyTorch runs on the chip
with the accuracy that PyTorch gives it."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import program

EXAMPLE = program.ROOT / "examples" / "pytorch" / "train_low_bit.py"
DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
TEST_IMAGES = 1000


class PyTorchToChip(program.ProgramTest):
    def test(self) -> None:
        if any(importlib.util.find_spec(module) is None for module in ("torch", "onnx", "numpy")):
            self.skipTest("PyTorch, ONNX or NumPy is missing")
        if not DATA.exists():
            self.skipTest("dataset-fashion-mnist is missing")
        model = self.directory / "low_bit.onnx"
        trained = subprocess.run(
            [sys.executable, EXAMPLE, "-o", model, "--epochs", "1", "--images", "3000",
             "--test-images", str(TEST_IMAGES), "--threads", "1"],
            check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        accuracy = float(re.search(r"accuracy in PyTorch: ([\d.]+) %", trained.stdout).group(1))
        table = self.succeed("convert", model, "-o", "low_bit.snn")
        self.assertIn("the first layer is on the chip", table)
        self.assertIn("3 layers, 4768 neurons, 14304 spiking neurons", table)
        summary = self.run_network("lenet-fashion", "--set", f"network={self.directory / 'low_bit.snn'}",
                                   "--timing", "functional", "--images", TEST_IMAGES)
        # A score that float32 rounds may change a class here and there.
        self.assertLessEqual(abs(summary["correct"] - round(accuracy * TEST_IMAGES / 100)), 1)
        self.assertGreater(summary["correct"], TEST_IMAGES / 2)
        difference = self.succeed("diff", program.RUNS / "lenet-fashion.yaml", "--set",
                                  f"network={self.directory / 'low_bit.snn'}", "--images", 3)
        self.assertIn("no difference: 3 images, 3 layers", difference)


if __name__ == "__main__":
    program.main()
