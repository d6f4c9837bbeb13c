# SPDX-License-Identifier: Apache-2.0
"""Tests spikeloom validate, which compares the model with published figures."""

import json
import os
import subprocess

import program

FILES = program.ROOT / "configs" / "validation"
FILE = FILES / "zou2021.yaml"

# Our own LeNet stands in for the authors', which is not in the repository.
CASES = f"""
source: "two published figures"
settings: [seed=1, mapper.effort=0]
cases:
  lenet:
    run: {program.ROOT}/configs/runs/lenet-mnist.yaml
    settings: [images=40]
    spikes: 18478
    figures:
      time: {{published: 0.5 ms, status: fitted, tolerance: 0.01}}
  drop:
    run: {program.ROOT}/configs/runs/lenet-mnist.yaml
    settings: [images=40]
    activities:
      less: [faults.input_spike_drop=0.2]
      all: []
    figures:
      time: {{published: 0.5 ms, status: predicted, tolerance: 0.05}}
      power: {{published: 0.5 W, status: predicted, tolerance: 0.9}}
mechanisms:
  port:
    title: host port
    rank: 1
    parameters:
      - {{key: chip.host_port.cycles_per_packet, case: lenet, figure: time, value: 10, min: 1, max: 30, step: 0.001}}
"""


class Validation(program.ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.file = self.directory / "cases.yaml"
        self.file.write_text(CASES)

    def validate(self, *arguments: object) -> tuple[int, str]:
        done = self.start("validate", self.file, "-j", 2, *arguments)
        if done.returncode == 2 and done.stderr.startswith("data set "):
            self.skipTest(done.stderr.strip())
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, done.stdout

    def calibrate(self) -> str:
        done = subprocess.run([program.ROOT / "scripts" / "calibrate", self.file, "-j", "2"], capture_output=True,
                              text=True, check=False, env={**os.environ, "SPIKELOOM": program.PROGRAM})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class ValidatePredictsAnInterval(Validation):
    def test(self) -> None:
        status, text = self.validate("--json")
        result = json.loads(text)
        self.assertEqual((result["passes"], status), (False, 1))
        fitted, predicted = result["mechanisms"][0]["cases"]
        time = predicted["figures"]["time"]
        low, high = time["model"]
        # A fifth of the input spikes is missing, and the host port determines the time.
        self.assertAlmostEqual(low / high, 0.8, places=1)
        self.assertAlmostEqual(fitted["figures"]["time"]["model"][0], high)
        self.assertAlmostEqual(time["error"][0], low / time["published"] - 1)
        self.assertFalse(time["within"])
        less, everything = (run["input_spikes_per_image"] for run in predicted["runs"])
        self.assertAlmostEqual(less / everything, 0.8, places=2)


class CalibrateFindsTheParameter(Validation):
    def test(self) -> None:
        self.validate("--case", "lenet")  # skips the test without data
        text = self.calibrate()
        self.assertRegex(text, r"^port: chip\.host_port\.cycles_per_packet=1\d\.\d+  # lenet time: error [+-]0\.0\d\d %\n$")
        value = text.split("=")[1].split(" ")[0]
        _, text = self.validate("--case", "lenet", "--json", "--set", f"chip.host_port.cycles_per_packet={value}")
        (error, _) = json.loads(text)["mechanisms"][0]["cases"][0]["figures"]["time"]["error"]
        self.assertLess(abs(error), 0.001)


class CalibrateSaysThatNothingFits(Validation):
    def test(self) -> None:
        self.file.write_text(CASES.replace("max: 30", "max: 11"))
        self.validate("--case", "lenet")
        self.assertRegex(self.calibrate(), r"cycles_per_packet=11 .* at its bound: no value fits\n$")


class ValidateRefusesWhatItCannotUse(program.ProgramTest):
    def test(self) -> None:
        done = self.start("validate", FILE, "--case", "alexnet")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--case: got alexnet, allowed lenet", done.stderr)
        wrong = self.directory / "wrong.yaml"
        wrong.write_text(FILE.read_text().replace("0.38 ms", "0.38 mJ").replace("spikes: 16861", "spike: 16861"))
        done = self.start("validate", wrong)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cases.lenet.figures.time.published", done.stderr)
        self.assertIn("cases.lenet.spike: unknown key", done.stderr)


class PublishedChips(program.ProgramTest):
    """The figures of docs/validation.md."""

    def errors(self, name: str, *arguments: object) -> dict[tuple[str, str], float]:
        """Returns the errors of all predicted figures, by case and figure."""
        result = json.loads(self.succeed("validate", FILES / name, "--json", "-j", 2, *arguments))
        self.assertTrue(result["passes"])
        return {(case["name"], figure): item["error"][0] for case in result["mechanisms"][0]["cases"]
                for figure, item in case["figures"].items() if item["status"] == "predicted"}


class ValidateTrueNorth(PublishedChips):
    def test(self) -> None:
        errors = self.errors("truenorth.yaml", "--set", "workload.ticks=4")
        self.assertEqual(len(errors), 10)
        self.assertLess(sum(map(abs, errors.values())) / len(errors), 0.1)
        self.assertLess(abs(errors["1.05V-200Hz", "power"]), 0.02)
        self.assertAlmostEqual(errors["0.75V-5kHz", "efficiency"], 0.222, places=2)


class ValidateOdin(PublishedChips):
    def test(self) -> None:
        errors = self.errors("odin.yaml")
        self.assertAlmostEqual(errors["75MHz", "area_mm2"], 0.171, places=2)
        others = [error for (_, figure), error in errors.items() if figure != "area_mm2"]
        self.assertEqual(len(others), 6)
        self.assertLess(max(map(abs, others)), 0.005)


if __name__ == "__main__":
    program.main()
