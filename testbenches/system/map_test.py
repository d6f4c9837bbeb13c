# SPDX-License-Identifier: Apache-2.0
"""Tests the placement options of users: effort, measured spikes, and interruption."""

import json
import re
import signal
import subprocess

import program

MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"


class ProfileDoesNotDependOnTheChip(program.ProgramTest):
    """Spikes depend on the network only: the file is the same for any chip, placement and
    timing."""

    def test(self) -> None:
        profiles = set()
        for settings in ((), ("--timing", "functional"), ("--no-pipeline",),
                         ("--set", "chip.topology=quadtree"),
                         ("--set", f"chip={program.CHIPS / 'nc64.yaml'}", "-j", 2)):
            summary = self.run_network("lenet-fashion", "--images", 7, *settings)
            profiles.add((self.directory / "out" / "spikes.profile").read_bytes())
        self.assertEqual(len(profiles), 1)
        inspected = json.loads(self.succeed("inspect", "out/spikes.profile", "--json"))
        self.assertEqual(inspected["images"], 7)
        for layer, expected in zip(inspected["layers"], summary["layers"], strict=True):
            self.assertAlmostEqual(sum(layer["spikes"]) / 7, expected["spikes_per_image"], places=9)


class MapsByMeasuredSpikes(program.ProgramTest):
    def test(self) -> None:
        def cycles(text: str) -> int:
            return int(re.search(r"cycles on links: ([0-9]+)", text)[1])

        self.run_network("lenet-fashion", "--images", 20, "--timing", "functional")
        arguments = ("map", MODEL, "--chip", CHIP, "--profile", "out", "-o")
        annealed = self.succeed(*arguments, "a")
        self.assertIn("as measured", annealed)
        self.assertEqual(annealed, self.succeed(*arguments, "b"))
        self.assertEqual((self.directory / "a").read_bytes(), (self.directory / "b").read_bytes())
        greedy = self.succeed(*arguments, "c", "--effort", 0)
        self.assertLess(cycles(annealed), cycles(greedy))
        self.succeed("verify", "a", MODEL)


class RunMapsByItsEffort(program.ProgramTest):
    """mapper.effort in a run file has the same effect as --effort of map."""

    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "--effort", 0, "-o", "greedy")
        ms = {}
        for setting in ("deployment=greedy", "mapper.effort=0", "mapper.effort=10", "images=7"):
            summary = self.run_network("lenet-fashion", "--images", 7, "--set", setting)
            ms[setting] = summary["ms_per_image"]
        self.assertEqual(ms["mapper.effort=0"], ms["deployment=greedy"])
        self.assertEqual(ms["mapper.effort=10"], ms["images=7"])
        self.assertLess(ms["mapper.effort=10"], ms["mapper.effort=0"])
        done = self.start("run", program.RUNS / "lenet-fashion.yaml", "--set", "mapper.effort=1001")
        self.assertEqual(done.returncode, 2)
        self.assertIn("mapper.effort: got 1001, allowed 0..1000", done.stderr)


class MapCanBeStopped(program.ProgramTest):
    def test(self) -> None:
        process = subprocess.Popen([program.PROGRAM, "map", MODEL, "--chip", CHIP, "--effort", "1000",
                                    "-o", "never"], cwd=self.directory, stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, start_new_session=True)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.communicate(timeout=2)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        # Before the first move the signal's default action ends the program.
        self.assertIn(process.returncode, (130, -signal.SIGINT))
        self.assertEqual(output, "")
        if process.returncode == 130:
            self.assertIn("stopped", errors)
        self.assertEqual(list(self.directory.iterdir()), [])


if __name__ == "__main__":
    program.main()
