# SPDX-License-Identifier: Apache-2.0
"""Tests runs with faults of the hardware."""

import csv
import json

import program

RATES = {"synapse_flip": 1e-3, "threshold_noise": 3, "core_dead": 0.05, "packet_drop": 1e-2}


class FaultTest(program.ProgramTest):
    def run_with(self, faults: dict[str, object], *arguments: object) -> dict:
        settings = [word for key, value in faults.items() for word in ("--set", f"faults.{key}={value}")]
        return self.run_network("lenet-fashion", *settings, *arguments)

    def refuse(self, *arguments: object) -> str:
        """Runs the program, which must fail with status 2 and leave nothing; returns its message."""
        done = self.start(*arguments)
        self.assertEqual(done.returncode, 2, done.stdout)
        return done.stderr

    def table(self, name: str) -> list[dict[str, str]]:
        with open(self.directory / "out" / name, encoding="utf-8") as file:
            return list(csv.DictReader(file))


class FaultsAreTheSameHoweverTheRunIsDone(FaultTest):
    def test(self) -> None:
        first = self.run_with(RATES, "--images", 20)
        classes = [row["predicted"] for row in self.table("images.csv")]
        counts = first["fault_counts"]
        self.assertGreater(counts["dropped_packets"], 1000)
        self.assertGreater(counts["dead_cores"], 0)
        for arguments in (("-j", 2), ("--share", 7), ("--timing", "functional")):
            other = self.run_with(RATES, "--images", 20, *arguments)
            self.assertEqual(other["fault_counts"], counts, arguments)
            self.assertEqual([row["predicted"] for row in self.table("images.csv")], classes, arguments)
            for layer, same in zip(other["layers"], first["layers"], strict=True):
                self.assertEqual(layer["sop_per_image"], same["sop_per_image"], arguments)
        self.run_with({**RATES, "seed": 2}, "--images", 20)
        again = json.loads((self.directory / "out" / "summary.json").read_text())
        self.assertNotEqual(again["fault_counts"], counts)


class FaultsAreCounted(FaultTest):
    """The expected number of each, and what it does to the spikes of the layers."""

    def test(self) -> None:
        def run(**faults: object) -> dict:
            return self.run_with(faults, "--images", 100, "--timing", "functional")

        plain = run()
        self.assertEqual(set(plain["fault_counts"].values()), {0})
        neurons = sum(layer["neurons"] for layer in plain["layers"][1:])

        def spikes(summary: dict) -> float:
            return sum(layer["spikes_per_image"] for layer in summary["layers"][1:])

        silent = run(neuron_silent=0.1)
        self.assertAlmostEqual(silent["fault_counts"]["silent_neurons"] / (0.1 * neurons), 1.0, delta=0.2)
        self.assertLess(spikes(silent), spikes(plain))
        firing = run(neuron_firing=0.1)
        self.assertAlmostEqual(firing["fault_counts"]["firing_neurons"] / (0.1 * neurons), 1.0, delta=0.2)
        self.assertGreater(spikes(firing), spikes(plain))
        all_silent = run(neuron_silent=1)
        self.assertEqual(spikes(all_silent), 0.0)
        dropped = run(packet_drop=0.05)
        deliveries = 100 * (dropped["deliveries_per_image"] + dropped["layers"][-1]["spikes_per_image"])
        self.assertAlmostEqual(dropped["fault_counts"]["dropped_packets"] / (0.05 * deliveries), 1.0, delta=0.05)
        dead = run(dead_cores="[chip0.core_0_0, chip0.core_1_0]")
        self.assertEqual(dead["fault_counts"]["dead_cores"], 2)
        self.assertEqual(dead["faults"]["dead_cores"], ["chip0.core_0_0", "chip0.core_1_0"])


class DeadLinksHoldPackets(FaultTest):
    def test(self) -> None:
        plain = self.run_with({}, "--images", 12)
        used = set()
        for link in self.table("links.csv"):
            ends = [f"({link[end + '_x']},{link[end + '_y']})" for end in ("from", "to")]
            used |= {f"{ends[0]} to {ends[1]}", f"{ends[1]} to {ends[0]}"}
        rows = [f"({x},{y}) to ({x + 1},{y})" for y in range(8) for x in range(8)]
        unused = [link for link in rows if link not in used][0]
        spared = self.run_with({"dead_links": f"['{unused}']"}, "--images", 12)
        self.assertEqual(spared["faults"]["dead_links"], [unused])
        self.assertEqual(spared["fault_counts"]["dead_links"], 1)
        self.assertEqual(spared["cycles_per_image"], plain["cycles_per_image"])
        for link in [link for link in rows if link in used][:3]:
            failure = self.refuse("run", program.RUNS / "lenet-fashion.yaml", "-o", self.directory / "out", "--images", 12,
                                  "--set", f"faults.dead_links=['{link}']")
            self.assertRegex(failure, "the chip stopped, image .*: the network is stuck; packet .* waits for output ")
            self.assertIn(f"but link {link} is dead", failure)
        failure = self.refuse("run", program.RUNS / "lenet-fashion.yaml", "-o", self.directory / "out", "--images", 12,
                              "--set", "faults.link_dead=0.9")
        self.assertIn("is dead", failure)


class CheckBitsCost(FaultTest):
    def test(self) -> None:
        def run(protection: str, rate: float, *arguments: object) -> dict:
            return self.run_with({"synapse_flip": rate}, "--images", 12, "--set", f"chip.core.protection={protection}",
                                 *arguments)

        plain, parity, secded = (run(protection, 1e-5) for protection in ("none", "parity", "secded"))
        wrong = plain["fault_counts"]["synapse_bits"]
        self.assertGreater(wrong, 100)
        self.assertEqual(parity["fault_counts"]["synapse_bits"], wrong)
        self.assertGreater(parity["fault_counts"]["detected_words"], 0.9 * wrong)
        self.assertGreater(secded["fault_counts"]["corrected_words"], 0.9 * wrong)
        self.assertLess(secded["fault_counts"]["synapse_bits"], 0.1 * wrong)
        # The area of the synapse memory, and the energy of reading it, grow with its words.
        area = [summary["area_mm2"]["parts"]["crossbars"] for summary in (plain, parity, secded)]
        energy = [summary["energy_mj_per_image"]["crossbars"] for summary in (plain, parity, secded)]
        for figures in (area, energy):
            self.assertLess(figures[0], figures[1])
            self.assertLess(figures[1], figures[2])
        self.assertEqual(plain["cycles_per_image"], secded["cycles_per_image"])


class CheckBitsAreNoOtherMapping(FaultTest):
    def test(self) -> None:
        self.run_network("lenet-fashion", "--images", 1)
        done = self.succeed("run", program.RUNS / "lenet-fashion.yaml", "--images", 1, "-o", "out",
                            "--set", "chip.core.protection=secded")
        self.assertIn("cache", done)
        refused = self.refuse("rtl", "--chip", program.CHIPS / "reference.yaml", "--set", "chip.core.protection=parity",
                              "-o", "rtl")
        self.assertIn("core.protection: got parity, but the RTL's memories have no check bits: allowed none", refused)
        self.assertFalse((self.directory / "rtl").exists())


class FaultsAreVisible(FaultTest):
    def test(self) -> None:
        run = program.RUNS / "lenet-fashion.yaml"
        settings = ("--set", "faults.synapse_stuck_at_1=1e-6", "--images", 3)
        failure = self.refuse("run", run, "-o", self.directory / "out", *settings, "--verify-config")
        self.assertIn("the configuration does not read back: address ", failure)
        self.assertIn("_plane, offset ", failure)
        failure = self.refuse("run", run, "-o", self.directory / "out", "--images", 50,
                            "--set", "faults.packet_corrupt=1e-3")
        self.assertIn("the chip stopped, image ", failure)
        for key, value, problem in (
                ("synapse_flip", "1.5", "faults.synapse_flip: got 1.5, allowed 0..1"),
                ("threshold_noise", "-1", "faults.threshold_noise: got -1, allowed 0.."),
                ("dead_cores", "[chip0.core_99_0]", "faults.dead_cores: got chip0.core_99_0, allowed chip0.core_0_0 to "),
                ("dead_cores", "chip0.core_0_0", "faults.dead_cores: got chip0.core_0_0, expected a list: [a, b, c]"),
                ("dead_links", "['(0,0) to (2,0)']", "faults.dead_links: got (0,0) to (2,0), allowed two routers that "
                                                     "a link joins, as (0,0) to (1,0)")):
            failure = self.refuse("run", run, "-o", self.directory / "out", "--set", f"faults.{key}={value}")
            self.assertIn(problem, failure)
        for key, value in (("dead_links", "['(0,0) to (1,0)']"), ("link_dead", "0.1")):
            failure = self.refuse("run", run, "-o", self.directory / "out", "--timing", "functional",
                                  "--set", f"faults.{key}={value}")
            self.assertIn(f"faults.{key}: needs timing: cycle, since with timing functional packets cross no links", failure)


program.main()
