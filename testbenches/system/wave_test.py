# SPDX-License-Identifier: Apache-2.0
"""Tests the waveforms of a run: GTKWave's tools read them, and they are the same for any number
of workers."""

import csv
import math
import shutil
import subprocess

import program
import vcd

NETWORK = "lenet-fashion"
IMAGES = 6


class WavesOpenInGtkwave(program.ProgramTest):
    """GTKWave's readers read the file and return every change."""

    def test(self) -> None:
        if shutil.which("vcd2fst") is None:
            self.skipTest("GTKWave is not installed")
        self.run_network(NETWORK, "--images", 1, "--vcd", "a.vcd", "--vcd-to", 1)
        subprocess.run(["vcd2fst", "a.vcd", "b.fst"], cwd=self.directory, check=True,
                       capture_output=True)
        self.run_network(NETWORK, "--images", 1, "--vcd", "c.fst", "--vcd-to", 1)
        self.assertFalse((self.directory / "c.vcd").exists())
        ours = vcd.read(self.directory / "a.vcd")
        for name in ("b", "c"):
            subprocess.run(["fst2vcd", "-f", f"{name}.fst", "-o", f"{name}.vcd"],
                           cwd=self.directory, check=True, capture_output=True)
            theirs = vcd.read(self.directory / f"{name}.vcd")
            self.assertEqual(ours.changes, theirs.changes)
        save = (self.directory / "a.gtkw").read_text()
        for signal in ours.changes:
            self.assertIn(f"\n{signal}", save)
        for line in save.splitlines():
            if line.startswith("^1 "):
                self.assertTrue((self.directory / line[3:]).exists(), line)
        self.assertIn('[dumpfile] "c.fst"', (self.directory / "c.gtkw").read_text())
        self.assertFalse(list(self.directory.glob("*.tmp")))


class WavesDoNotDependOnWorkers(program.ProgramTest):
    def test(self) -> None:
        plain = self.run_network(NETWORK, "--images", IMAGES)
        for jobs in (1, 2, 3):
            traced = self.run_network(NETWORK, "--images", IMAGES, "-j", jobs, "--vcd",
                                      f"{jobs}.vcd", "--vcd-from", 5, "--vcd-to", 8)
            self.assertEqual(plain["spikes_per_image"], traced["spikes_per_image"])
            self.assertEqual(plain["cycles_per_image"], traced["cycles_per_image"])
        texts = [(self.directory / f"{jobs}.vcd").read_bytes() for jobs in (1, 2, 3)]
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(texts[0], texts[2])


class PowerIsThatOfTheTicks(program.ProgramTest):
    """During a tick the power is that of its line in power.csv; between ticks it is clock and
    leakage."""

    def test(self) -> None:
        for pipeline, jobs in (("true", 2), ("false", 1)):
            summary = self.run_network(NETWORK, "--images", IMAGES, "-j", jobs, "--vcd", "a.vcd",
                                       "--vcd-scope", "host", "--set",
                                       f"chip.sync.pipeline={pipeline}")
            with open(self.directory / "out" / "power.csv", encoding="ascii") as file:
                rows = list(csv.DictReader(file))
            waves = vcd.read(self.directory / "a.vcd")
            power = waves.changes["board.power_mw"]
            starts = [waves.changes["board.running"][0][0],
                      *(time for time, _ in waves.changes["board.tick[31:0]"])]
            # The ticks in which the first image fills the pipeline come before those in power.csv.
            starts = starts[len(summary["layers"]):]
            static = sum(summary["coefficients"][term]["pj"] * count for term, count in (
                ("chip_clock", 1), ("chip_leakage", 1), ("core_clock", summary["cores_used"]),
                ("core_leakage", summary["cores_used"]),
                ("idle_core_clock", 1024 - summary["cores_used"]),
                ("idle_core_leakage", 1024 - summary["cores_used"])))
            static *= summary["chip_description"]["clock_hz"] * 1e-9
            self.assertEqual(power[0][0], 0)
            for _, value in (power[0], power[-1]):
                self.assertTrue(math.isclose(value, static, rel_tol=1e-9), (value, static))
            self.assertGreaterEqual(len(starts), len(rows))
            for start, row in zip(starts, rows):
                shown = [value for time, value in power if time <= start][-1]
                self.assertTrue(math.isclose(shown, float(row["mw"]), rel_tol=1e-15), (shown, row))
                self.assertAlmostEqual((start - starts[0]) * 1e-9, float(row["start_ms"]))


class GoldenWaves(program.ProgramTest):
    """The files in traces/ equal those of a new run, signal by signal and change by change."""

    def test(self) -> None:
        traces = program.ROOT / "traces"
        self.succeed("replay", traces / "tiny.npz", traces / "tiny.yaml", "-o", "out",
                     "--vcd", "tiny.vcd")
        golden = vcd.read(traces / "tiny.vcd")
        again = vcd.read(self.directory / "tiny.vcd")
        self.assertEqual(list(golden.changes), list(again.changes))
        for signal, changes in golden.changes.items():
            self.assertEqual((golden.first[signal], changes),
                             (again.first[signal], again.changes[signal]), signal)
        for name in ("gtkw", "state.txt", "command.txt", "response.txt"):
            self.assertEqual((traces / f"tiny.{name}").read_text(),
                             (self.directory / f"tiny.{name}").read_text())


class WavesOfAStoppedChipAreKept(program.ProgramTest):
    """The waveforms of a stopped chip are kept, because they show what led to the fault."""

    def test(self) -> None:
        done = self.start("run", program.RUNS / f"{NETWORK}.yaml", "--images", 2, "--set",
                          "chip.sync.tick_cycles=2000", "--vcd", "a.vcd")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("the chip stopped", done.stderr)
        running = vcd.read(self.directory / "a.vcd").changes["board.running"]
        self.assertEqual([value for _, value in running], [1, 0])
        self.assertEqual(running[1][0] - running[0][0], round(2000 / 252e6 * 1e12))


class WaveErrors(program.ProgramTest):
    def test(self) -> None:
        for arguments, message in [
            (("--vcd", "a.txt"), "got a.txt, allowed FILE.vcd, FILE.fst"),
            (("--vcd", "a.vcd", "--vcd-from", "99"), "--vcd-from: got 99, allowed 0..12"),
            (("--vcd", "a.vcd", "--vcd-to", "x"), "--vcd-to: got x, allowed 0..12"),
            (("--vcd", "a.vcd", "--vcd-from", "5", "--vcd-to", "3"), "allowed 0..3 (--vcd-to)"),
            (("--vcd", "a.vcd", "--timing", "functional"), "got timing functional, allowed only with timing cycle"),
            (("--vcd", "no/such/a.vcd"), "cannot be created: no such directory"),
            (("--vcd-to", "3"), "--vcd-to needs --vcd FILE"),
            (("--vcd", "a.vcd", "--vcd-scope", "chip0.core[99,0]"), "no such core"),
        ]:
            done = self.start("run", program.RUNS / f"{NETWORK}.yaml", "--images", 2, *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)
            self.assertFalse(list(self.directory.glob("a.*")), arguments)
        done = self.start("run", program.RUNS / f"{NETWORK}.yaml", "--images", 2, "--vcd", "a.fst",
                          environment={"PATH": str(self.directory)})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("install GTKWave, or name a .vcd file", done.stderr)


if __name__ == "__main__":
    program.main()
