# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/infer-activity on made-up networks whose layers are known, and the counts that it reads against the
program's."""

import csv
import pathlib
import subprocess
import sys

import program

try:
    import numpy
    import yaml
    MISSING = ""
except ImportError as error:
    MISSING = str(error)

INFER = program.ROOT / "scripts" / "infer-activity"
COUNT = program.ROOT / "scripts" / "train" / "layer_counts.py"
BATCHES, IMAGES = 200, 50
# Per image, and receiving neurons per spike at one level; the last layer's are the host's.
ACTIVITY = (9000, 7000, 6000, 2000, 2500, 1200, 300)
FAN_OUT = (1100, 1100, 128, 2000, 2000, 256, 0)


class Inference(program.ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        if MISSING:
            self.skipTest(MISSING)

    def images(self) -> "numpy.ndarray":
        """Returns what each batch makes of each layer, relative: [batches, layers]; 1 % and correlated, as measured."""
        random = numpy.random.default_rng(3)
        common = random.normal(0, 0.008, (BATCHES, 3)) @ random.normal(0, 1, (3, len(ACTIVITY)))
        return 1 + common + random.normal(0, 0.006, (BATCHES, len(ACTIVITY)))

    def network(self, factors: "numpy.ndarray", levels: int, noise: float, seed: int) -> "numpy.ndarray":
        """Returns spikes [batches, layers] of a network that fires `factors` times as much as the others."""
        random = numpy.random.default_rng(seed)
        own = random.normal(1, noise, (BATCHES, len(ACTIVITY)))
        return numpy.round(IMAGES * levels / 4 * numpy.array(ACTIVITY) * factors * self.images() * own)

    def write(self, name: str, spikes: "numpy.ndarray", levels: int, fan_out: tuple = FAN_OUT,
              neurons: tuple = ()) -> pathlib.Path:
        path = self.directory / f"{name}.csv"
        with open(path, "w", encoding="ascii", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("batch", "layer", "neurons", "levels", "spikes", "paper_sop"))
            for batch, values in enumerate(spikes):
                for layer, value in enumerate(values):
                    limit = neurons[layer] if neurons else 10 * IMAGES * ACTIVITY[layer]
                    rows.writerow((batch, f"conv{layer + 1}", limit, levels, int(value),
                                   int(value * fan_out[layer] * levels)))
        return path

    def log(self, spikes: "numpy.ndarray", levels: int, fan_out: tuple = FAN_OUT) -> pathlib.Path:
        """Writes the totals that authors publish; returns the prefix of the files."""
        prefix = self.directory / "theirs"
        numpy.savetxt(f"{prefix}_spike_num.txt", spikes.sum(1))
        numpy.savetxt(f"{prefix}_sop_num.txt", (spikes * numpy.array(fan_out) * levels).sum(1))
        return prefix

    def infer(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, INFER, *map(str, arguments), "--draws", "40"], cwd=self.directory,
                              text=True, capture_output=True, check=False)

    def result(self, *arguments: object) -> dict:
        done = self.infer(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return yaml.safe_load(done.stdout)

    def own(self, noise: float) -> list[pathlib.Path]:
        one, two = numpy.ones(len(ACTIVITY)), numpy.array((1.1, 1, 0.9, 1, 0.8, 0.9, 1))
        return [self.write("one", self.network(one, 4, noise, 11), 4),
                self.write("two", self.network(two, 2, noise, 12), 2)]


class InfersLayersThatAreExactSums(Inference):
    """Layers that differ by a factor alone are found, at any levels: 0.7 times the input, 1.3 times the second layer."""

    def test(self) -> None:
        factors = numpy.array((0.7, 1.3, 1.1, 0.9, 1.2, 0.8, 1.0))
        theirs = self.network(factors, 4, 0, 0)
        result = self.result(*self.own(0), "--log", self.log(theirs, 4), "--levels", 4)
        self.assertEqual([item["used"] for item in result["by"]], [True, True])
        for layer, expected in zip(result["layers"], theirs.mean(0) / IMAGES, strict=True):
            self.assertLess(abs(layer["spikes"] / expected - 1), 0.01, layer)
        self.assertAlmostEqual(result["spikes_per_image"], theirs.sum() / BATCHES / IMAGES, delta=0.1)
        # The same draws always; files in a folder are read, too.
        folder = self.directory / "theirs"
        folder.mkdir()
        for kind in ("spike_num", "sop_num"):
            (self.directory / f"theirs_{kind}.txt").rename(folder / f"{kind}.txt")
        self.assertEqual(self.result(*self.own(0), "--log", folder, "--levels", 4), result)


class IntervalHoldsWhereNetworksDiffer(Inference):
    """With networks that see the images a little differently, each in its own way, the answer is in the interval, which
    excludes what our own networks fire."""

    def test(self) -> None:
        factors = numpy.array((0.7, 1.3, 1.1, 0.9, 1.2, 0.8, 1.0))
        for seed in range(5):
            with self.subTest(seed=seed):
                theirs = self.network(factors, 4, 0.002, 20 + seed)
                result = self.result(*self.own(0.002), "--log", self.log(theirs, 4), "--levels", 4)
                expected = theirs[:, 0].mean() / IMAGES
                found = result["input"]
                self.assertLessEqual(found["low"], expected)
                self.assertGreaterEqual(found["high"], expected)
                self.assertGreater(found["high"] - found["low"], 0.01 * expected)
                self.assertLess(found["high"], ACTIVITY[0], "no better than our own network")
                # Both totals are met.
                layers = numpy.array([layer["spikes"] for layer in result["layers"]])
                self.assertLess(abs(layers.sum() / result["spikes_per_image"] - 1), 1e-3)
                operations = (layers * numpy.array(FAN_OUT) * 4).sum()
                self.assertLess(abs(operations / result["paper_sop_per_image"] - 1), 1e-3)


class BatchesOfOtherImagesAreRefused(Inference):
    def test(self) -> None:
        theirs = self.network(numpy.ones(len(ACTIVITY)), 4, 0.002, 5)
        prefix = self.log(numpy.random.default_rng(1).permutation(theirs), 4)
        done = self.infer(*self.own(0.002), "--log", prefix, "--levels", 4)
        self.assertEqual(done.returncode, 2)
        self.assertIn("theirs: the batches are not of the same images (correlation", done.stderr)
        self.log(theirs[:-1], 4)
        done = self.infer(*self.own(0.002), "--log", prefix, "--levels", 4)
        self.assertEqual(done.returncode, 2)
        self.assertIn("one: got 200 batches, theirs has 199", done.stderr)
        done = self.infer(*self.own(0.002), "--log", self.directory / "none", "--levels", 4)
        self.assertEqual(done.returncode, 2)
        self.assertIn("none_spike_num.txt: no such file", done.stderr)


class PossibleInputIsThatOfTheTotals(Inference):
    """Three layers, 100 spikes and 1,900 operations, of 10 and 100 for a spike: s1 = 19 - s0 / 10, s2 = 81 - 0.9 s0. The
    last layer has 54 neurons, so that 30 <= s0 <= 90."""

    def test(self) -> None:
        base = numpy.array((60, 13, 27))
        random = numpy.random.default_rng(2)
        # Pairs of batches cancel, so that the totals are exact.
        half = random.integers(-4, 5, (BATCHES // 2, 3))
        own = numpy.concatenate((base + half, base - half))
        fan_out = (10, 100, 0)
        paths = [self.write(name, own, 1, fan_out, (1000, 1000, 54)) for name in ("one", "two")]
        result = self.result(*paths, "--log", self.log(own, 1, fan_out), "--levels", 1, "--batch", 1)
        self.assertEqual((result["spikes_per_image"], result["paper_sop_per_image"]), (100, 1900))
        self.assertEqual(result["input"]["possible"], [30, 90])
        self.assertAlmostEqual(result["input"]["spikes"], 60, delta=0.5)


class CountsEqualTheProgram(Inference):
    """Spikes and operations of layer_counts are those of a run; a layer's operations are counted where they arrive there."""

    def test(self) -> None:
        try:
            import onnx  # noqa: F401
            import torch  # noqa: F401
        except ImportError as missing:
            self.skipTest(f"{missing}")
        summary = self.run_network("lenet-mnist", "--images", 2 * IMAGES, "--timing", "functional")
        subprocess.run([sys.executable, COUNT, program.NETWORKS / "lenet-mnist-k1b2.onnx", "--data", "mnist", "--levels",
                        "4", "--batches", "2", "-o", "counts.csv"], cwd=self.directory, check=True)
        with open(self.directory / "counts.csv", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
        layers = summary["layers"]
        self.assertEqual(len(rows), 2 * len(layers))
        for number, layer in enumerate(layers):
            own = rows[number::len(layers)]
            self.assertEqual(sum(int(row["spikes"]) for row in own), round(100 * layer["spikes_per_image"]))
            self.assertEqual(int(own[0]["neurons"]), IMAGES * layer["neurons"])
            following = layers[number + 1]["paper_sop_per_image"] if number + 1 < len(layers) else 0
            self.assertEqual(sum(int(row["paper_sop"]) for row in own), round(100 * following))


if __name__ == "__main__":
    program.main()
