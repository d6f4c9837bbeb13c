# SPDX-License-Identifier: Apache-2.0
"""Tests how the energy of a run depends on its settings, and that the parts add up to the total."""

import collections
import csv
import importlib.util
import math
import pathlib
import subprocess
import sys

import program

ENERGY = program.ROOT / "configs" / "energy"
LEAKAGE = {"chip_leakage", "core_leakage", "idle_core_leakage"}
CLOSE = 1e-9


class EnergyTest(program.ProgramTest):
    def run_lenet(self, *settings: str, images: int = 8) -> dict:
        arguments = [part for setting in settings for part in ("--set", setting)]
        return self.run_network("lenet-fashion", "--images", images, "--tick-events", *arguments)

    def rows(self, name: str) -> list[dict[str, str]]:
        with open(self.directory / "out" / name, encoding="ascii") as file:
            return list(csv.DictReader(file))

    def assert_close(self, value: float, expected: float, what: object = None) -> None:
        self.assertTrue(math.isclose(value, expected, rel_tol=CLOSE), (what, value, expected))


class TwiceTheClock(EnergyTest):
    """Time and leakage energy are halved; the energy of events and clock does not change."""

    def test(self) -> None:
        slow = self.run_lenet("chip.clock=200 MHz")
        fast = self.run_lenet("chip.clock=400 MHz")
        self.assert_close(fast["ms_per_image"], slow["ms_per_image"] / 2)
        self.assertEqual(fast["cycles_per_image"], slow["cycles_per_image"])
        for name, value in slow["energy_mj_per_image"].items():
            factor = 0.5 if name in LEAKAGE else 1.0
            self.assert_close(fast["energy_mj_per_image"][name], value * factor, name)


class LowerVoltage(EnergyTest):
    """The energy of events and clock is proportional to the square of the voltage; leakage
    follows its own law."""

    def test(self) -> None:
        high = self.run_lenet("chip.voltage=0.9 V")
        low = self.run_lenet("chip.voltage=0.8 V")
        self.assertEqual(low["ms_per_image"], high["ms_per_image"])
        leakage = 0.8 / 0.9 * 10 ** (0.1 * (0.8 - 0.9) / 0.09)
        for name, value in high["energy_mj_per_image"].items():
            factor = leakage if name in LEAKAGE else (0.8 / 0.9) ** 2
            self.assert_close(low["energy_mj_per_image"][name], value * factor, name)
        # The maximum clock depends on the voltage.
        done = self.start("run", program.RUNS / "lenet-fashion.yaml", "--set",
                          "chip.voltage=0.8 V", "--set", "chip.clock=600 MHz")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"reference\.yaml: chip\.clock: got 600 MHz, allowed up to "
                                      r"4\d\d\.?\d* MHz at 800 mV \(.*65nm\.yaml: clock_law\)")


class AComponentSwitchedOff(EnergyTest):
    """The energy decreases by the share of the component, and nothing else changes."""

    def test(self) -> None:
        whole = self.run_lenet()
        for setting, names in (
                ("energy.events.router_traversal.energy=0 pJ", {"routers"}),
                ("energy.events.row_word_read.energy=0 pJ", {"crossbars"}),
                ("energy.static.chip_clock.energy_per_cycle=0 pJ", {"chip_clock"}),
                ("energy.static.core_leakage.power=0 W", {"core_leakage", "idle_core_leakage"})):
            less = self.run_lenet(setting)
            parts = dict(whole["energy_mj_per_image"])
            share = sum(parts[name] for name in names)
            self.assertGreater(share, 0.0)
            self.assertEqual(less["energy_mj_per_image"], {**parts, **dict.fromkeys(names, 0.0)})
            self.assert_close(less["mj_per_image"], whole["mj_per_image"] - share, setting)


class IdleCores(EnergyTest):
    def test(self) -> None:
        energies = {gating: self.run_lenet(f"chip.idle_core={gating}")["energy_mj_per_image"]
                    for gating in ("none", "clock_gated", "power_gated")}
        used = 68
        for part in ("clock", "leakage"):
            ungated = energies["none"][f"idle_core_{part}"]
            self.assert_close(ungated, energies["none"][f"core_{part}"] * (1024 - used) / used)
            for gating, factors in (("clock_gated", {"clock": 0.2, "leakage": 1.0}),
                                    ("power_gated", {"clock": 0.2, "leakage": 0.1})):
                self.assert_close(energies[gating][f"idle_core_{part}"], ungated * factors[part])


class RecomputedFromTheEvents(EnergyTest):
    """A short independent script computes the same energy: counts times coefficients."""

    def test(self) -> None:
        if importlib.util.find_spec("yaml") is None:
            self.skipTest("python3-yaml is not there")
        script = pathlib.Path(__file__).with_name("recompute_energy.py")
        for technology, settings in (("65nm", ()), ("28nm", ("chip.voltage=0.8 V", "chip.core.weight_planes=3")),
                                     ("28nm", ("chip.core.rows=dendrites",
                                               "chip.core.axon_expansion.entries=2048")),
                                     ("65nm", (f"chip={program.CHIPS}/nc64.yaml",
                                               "chip.clock=100 MHz", "chip.voltage=1.1 V",
                                               "chip.idle_core=power_gated"))):
            file = ENERGY / f"{technology}.yaml"
            summary = self.run_lenet(f"energy={file}", *settings)
            done = subprocess.run([sys.executable, str(script), "out", str(file)], check=True,
                                  cwd=self.directory, capture_output=True, text=True)
            self.assert_close(float(done.stdout), summary["mj_per_image"], technology)


class ModelledMemories(EnergyTest):
    """A larger memory costs more for the same accesses; a number takes the place of the model."""

    def test(self) -> None:
        def coefficient(*settings: str) -> dict:
            return self.run_lenet(*settings, images=1)["coefficients"]["row_word_read"]

        word = coefficient()
        self.assertEqual(word["status"], "modelled")
        # 512 rows of 512 columns, and a way of two of five banks of 571.4 rows.
        row_mm = math.sqrt(0.667 / 2.5) * 1e-3
        bank = 1.23 + 512 * (0.0426 + 0.0236 + 512 * 0.175e-3)
        self.assert_close(word["pj"], bank + 512 * 0.1 * 2 * 571.4 * row_mm)
        larger = coefficient("chip.core.axons=2304")
        self.assert_close(larger["pj"], bank + 512 * 0.1 * 4 * 571.4 * row_mm)
        given = coefficient("energy.events.row_word_read.energy=30 pJ")
        self.assertEqual(given["status"], "estimated")
        self.assert_close(given["pj"], 30)


class PartsAreTheWhole(EnergyTest):
    def check(self, *arguments: str) -> None:
        summary = self.run_lenet(*arguments)
        whole = summary["mj_per_image"]
        images = summary["steady_ticks"]
        parts = collections.Counter()
        components = collections.Counter()
        for row in self.rows("energy.csv"):
            parts[row["part"]] += float(row["mj_per_image"])
            components[row["component"]] += float(row["mj_per_image"])
        self.assert_close(sum(parts.values()), whole)
        for layer in summary["layers"]:
            self.assert_close(parts[layer["name"]], layer["mj_per_image"], layer["name"])
        self.assert_close(parts["(idle cores)"], summary["idle_cores_mj_per_image"])
        self.assert_close(parts["(idle cores)"] + parts["(chip)"], summary["chip_mj_per_image"])
        for name, value in summary["energy_mj_per_image"].items():
            self.assert_close(components[name], value, name)
        # The energy of a core consists of its memories, its units, its clock and its leakage.
        cores = collections.Counter()
        numbers = set()
        for row in self.rows("cores.csv"):
            cores[row["component"]] += float(row["mj_per_image"])
            numbers.add(row["core"])
        self.assertEqual(len(numbers), summary["cores_used"])
        for name, value in cores.items():
            self.assert_close(value, summary["energy_mj_per_image"][name], name)
        outside = {"routers", "links", "inter_chip_links", "host_port", "config_bus", "chip_clock",
                   "chip_leakage", "idle_core_clock", "idle_core_leakage"}
        self.assertFalse(outside & set(cores))
        self.assert_close(sum(cores.values()) +
                          sum(summary["energy_mj_per_image"][name] for name in outside), whole)
        # Events times coefficients give the energy of the run and of each tick.
        counts = collections.Counter()
        for row in self.rows("events.csv"):
            counts[row["part"], row["term"]] += float(row["count"])
        energy = sum(count * summary["coefficients"][term]["pj"]
                     for (_, term), count in counts.items())
        self.assert_close(energy * 1e-9 / images, whole)
        steady = {row["tick"] for row in self.rows("power.csv") if row["steady"] == "1"}
        by_tick = collections.Counter()
        ticked = collections.Counter()
        for row in self.rows("ticks.csv"):
            by_tick[row["tick"]] += float(row["mj"])
            if row["tick"] in steady:
                ticked[row["part"], row["term"]] += float(row["count"])
        self.assertEqual(set(counts), set(ticked))
        for key, count in counts.items():
            self.assert_close(ticked[key], count, key)
        for row in self.rows("power.csv"):
            self.assert_close(by_tick[row["tick"]], float(row["mj"]), row)

    def test(self) -> None:
        self.check()
        self.check("chip.sync.pipeline=false")
        self.check(f"chip={program.CHIPS}/nc64.yaml")


class PowerOverTime(EnergyTest):
    """Power times time is the energy; the start times match the cycles."""

    def test(self) -> None:
        for pipeline in ("true", "false"):
            summary = self.run_lenet(f"chip.sync.pipeline={pipeline}")
            clock = summary["chip_description"]["clock_hz"]
            rows = self.rows("power.csv")
            self.assertEqual(len(rows), 8 if pipeline == "true" else 8 * 6)
            cycles = 0
            energy = 0.0
            images = collections.Counter()
            for number, row in enumerate(rows):
                self.assertEqual(int(row["tick"]), number)
                self.assert_close(float(row["start_ms"]) + 1.0, cycles / clock * 1e3 + 1.0)
                milliseconds = int(row["cycles"]) / clock * 1e3
                self.assert_close(float(row["mw"]) * milliseconds * 1e-3, float(row["mj"]))
                cycles += int(row["cycles"])
                images[row["image"]] += float(row["mj"])
                if row["steady"] == "1":
                    energy += float(row["mw"]) * milliseconds * 1e-3
            self.assert_close(energy / summary["steady_ticks"], summary["mj_per_image"])
            self.assert_close(summary["average_power_mw"],
                              summary["mj_per_image"] / summary["ms_per_image"] * 1e3)
            peak = max((float(row["mw"]), row["image"]) for row in rows if row["steady"] == "1")
            self.assertEqual((summary["peak_power_mw"], str(summary["peak_power_image"])), peak)
            self.assertGreaterEqual(summary["peak_power_mw"], summary["average_power_mw"])
            self.assert_close(summary["energy_delay_mj_ms"],
                              summary["mj_per_image"] * summary["ms_per_image"])
            for row in self.rows("images.csv"):
                self.assertAlmostEqual(float(row["mj"]) / images[row["index"]], 1.0, places=7)


class AreaOfTheChip(EnergyTest):
    def test(self) -> None:
        one = self.run_lenet(images=1)["area_mm2"]
        self.assert_close(sum(one["parts"].values()), one["chip"])
        self.assertEqual(one["board"], one["chip"])
        self.assert_close(one["core"] * 1024 + one["parts"]["chip"], one["chip"])
        # Each of 1,024 cores has two planes of 1,152 x 512 bits: 512 columns and 2 x 1,152 rows in five banks.
        self.assert_close(one["parts"]["crossbars"],
                          0.667 * (2304 + 5 * 59.4) * (512 + 17.1) * 1024e-6)
        bits = self.run_lenet("energy.area.sram_bit.um2=0.95", images=1)["area_mm2"]
        self.assert_close(bits["parts"]["crossbars"], 2 * 1152 * 512 * 1024 * 0.95e-6)
        four = self.run_lenet(f"chip={program.CHIPS}/nc64.yaml", images=1)["area_mm2"]
        self.assert_close(four["board"], 4 * four["chip"])


class LoadingCostsEnergy(EnergyTest):
    """Loading costs the energy of the writes and reads, and the clock and leakage of the chip
    during that time."""

    def test(self) -> None:
        free = [f"energy.static.{name}={value}" for name, value in (
            ("chip_clock.energy_per_cycle", "0 J"), ("core_clock.energy_per_cycle", "0 J"),
            ("chip_leakage.power", "0 W"), ("core_leakage.power", "0 W"))]
        arguments = [part for setting in free for part in ("--set", setting)]
        loading = self.run_network("lenet-fashion", "--images", 1, "--verify-config",
                                   *arguments)["configuration"]
        words = loading["bytes"] / 8
        # 64 pJ of the bus, and 64 bits of the routing table, 512 rows x 256 columns.
        read = 64 + 1.23 + 64 * 0.0426 + 256 * (0.0236 + 512 * 0.175e-3)
        self.assert_close(loading["mj"], words * (read + 64 * 0.0649) * 1e-9)
        self.assert_close(loading["verify_mj"], words * read * 1e-9)
        summary = self.run_network("lenet-fashion", "--images", 1)
        whole = summary["configuration"]
        self.assertIsNone(whole["verify_mj"])
        cycles = whole["ms"] * 252e3
        chip_clock, core_leakage = (summary["coefficients"][name]["pj"] * 1e-9
                                    for name in ("chip_clock", "core_leakage"))
        static = cycles * (chip_clock + (68 + 0.2 * 956) * 1e-9 + 1024 * core_leakage) + \
            whole["ms"] * 20 * 1e-3
        self.assertAlmostEqual((whole["mj"] - loading["mj"]) / static, 1.0, places=6)


class FunctionalHasNoEnergyFiles(EnergyTest):
    def test(self) -> None:
        self.run_lenet(images=1)
        self.assertTrue((self.directory / "out" / "ticks.csv").exists())
        self.run_network("lenet-fashion", "--images", 1, "--timing", "functional")
        left = sorted(path.name for path in (self.directory / "out").iterdir())
        self.assertEqual(left, ["images.csv", "spikes.profile", "summary.json", "wrong.npy"])


if __name__ == "__main__":
    program.main()
