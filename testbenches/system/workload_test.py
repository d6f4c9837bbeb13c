# SPDX-License-Identifier: Apache-2.0
"""Tests synthetic workloads: run files with neurons that fire at random in place of a network."""

import csv
import json
import math

import numpy

import program

RUN = program.RUNS / "workload.yaml"
CORES, NEURONS, RATE, SYNAPSES, TICKS = 64, 128, 0.05, 32, 30
SMALL = [f"workload.{key}={value}" for key, value in (
    ("cores", CORES), ("neurons", NEURONS), ("firing_rate", RATE), ("active_synapses", SYNAPSES), ("ticks", TICKS))]


def settings(*more: str) -> list[str]:
    return [argument for setting in (*SMALL, *more) for argument in ("--set", setting)]


class WorkloadTest(program.ProgramTest):
    def rows(self, name: str) -> list[dict[str, str]]:
        with open(self.directory / "out" / name, encoding="ascii") as file:
            return list(csv.DictReader(file))


class WorkloadLoadsTheChip(WorkloadTest):
    def test(self) -> None:
        summary = self.run_network("workload", *settings(), "--verify-config", "--tick-events", "--record-levels",
                                   "levels", "--record-spikes", "spikes.npz", "--vcd", "waves.vcd", "--vcd-to", "4")
        self.check_counts(summary)
        self.check_no_classes(summary)
        self.check_records(summary)
        self.check_energy(summary)
        for jobs, timing in ((1, "cycle"), (2, "cycle"), (2, "functional")):
            other = self.run_network("workload", *settings(), "-j", jobs, "--timing", timing)
            for key in ("spikes_per_image", "sop_per_image", "packets_per_image", "axon_writes_per_image"):
                self.assertEqual(other[key], summary[key], key)
            if timing == "cycle":
                for key in ("cycles_per_image", "mj_per_image", "layers", "energy_mj_per_image"):
                    self.assertEqual(other[key], summary[key], key)

    def check_counts(self, summary: dict) -> None:
        mean = RATE * CORES * NEURONS
        deviation = math.sqrt(mean * (1 - RATE) / TICKS)
        self.assertAlmostEqual(summary["spikes_per_image"], mean, delta=5 * deviation)
        self.assertAlmostEqual(summary["sop_per_image"], mean * SYNAPSES, delta=5 * deviation * SYNAPSES)
        for key in ("packets_per_image", "deliveries_per_image", "axon_writes_per_image"):
            self.assertEqual(summary[key], summary["spikes_per_image"])
        self.assertEqual((summary["cores_used"], summary["images"], summary["steady_ticks"]), (CORES, TICKS, TICKS))
        self.assertEqual(summary["input_spikes_per_image"], 0)
        cores = self.rows("activity.csv")
        self.assertEqual(len(cores), CORES)
        self.assertAlmostEqual(sum(float(core["sop"]) for core in cores), summary["sop_per_image"], places=6)
        self.assertTrue(self.rows("links.csv"))
        self.assertEqual(len(self.rows("power.csv")), TICKS)
        self.assertEqual(len(self.rows("timeline.csv")), 2 * TICKS)

    def check_no_classes(self, summary: dict) -> None:
        for key in ("accuracy", "correct", "latency_ms", "network", "data", "objective", "faults"):
            self.assertIsNone(summary[key], key)
        self.assertEqual(summary["paper_sop_per_image"], 0)
        self.assertEqual(summary["workload"]["firing_rate"], RATE)
        self.assertEqual(summary["workload"]["destinations"], "random")
        images = self.rows("images.csv")
        self.assertEqual([row["index"] for row in images], [str(i) for i in range(TICKS)])
        for row in images:
            self.assertEqual((row["label"], row["predicted"], row["latency_ms"], row["steady"]), ("", "", "", "1"))
        self.assertFalse((self.directory / "out" / "spikes.profile").exists())
        self.assertFalse((self.directory / "out" / "wrong.npy").exists())

    def check_records(self, summary: dict) -> None:
        levels = numpy.load(self.directory / "levels" / "workload.npy")
        self.assertEqual(levels.shape, (TICKS, 1, CORES, NEURONS))
        self.assertEqual(levels.sum(), round(summary["spikes_per_image"] * TICKS))
        self.assertLessEqual(levels.max(), 1)
        trace = numpy.load(self.directory / "spikes.npz")
        self.assertEqual(len(trace["tick"]), levels.sum())
        fired = numpy.zeros_like(levels)
        fired[trace["tick"], 0, trace["core"], trace["neuron"]] = 1
        self.assertTrue((fired == levels).all())
        self.assertIn("$enddefinitions", (self.directory / "waves.vcd").read_text())

    def check_energy(self, summary: dict) -> None:
        """The events of a tick cost what the neurons and synapses of the plane cost."""
        events = {(row["part"], row["term"]): float(row["count"]) for row in self.rows("events.csv")}
        neurons = CORES * NEURONS * TICKS
        self.assertEqual(events["workload", "gather"], neurons)
        self.assertEqual(events["workload", "threshold_compare"], neurons)
        self.assertEqual(events["workload", "accumulate"], round(summary["sop_per_image"] * TICKS))
        self.assertGreater(summary["average_power_mw"], 0)


class WorkloadsAreSwept(WorkloadTest):
    def test(self) -> None:
        (self.directory / "plane.yaml").write_text(f"""
name: plane
run: {RUN}
set: {{workload.cores: 16, workload.ticks: 20, timing: functional}}
axes:
  workload.firing_rate: [0.1, 0.5]
  workload.neurons: [32, 128]
  workload.active_synapses: [0, 64]
repeat: {{count: 2, over: seed}}
metrics: [sop_per_image, spikes_per_image]
""")
        self.succeed("sweep", "plane.yaml", "-o", "plane", "-j", 2)
        with open(self.directory / "plane" / "results.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        done = [row for row in rows if row["status"] == "done"]
        self.assertEqual((len(rows), len(done)), (16, 12))
        for row in rows:
            too_many = int(row["active_synapses"]) > int(row["neurons"])
            self.assertEqual(too_many, row["status"] == "refused", row)
        for row in done:
            neurons, rate, synapses = 16 * int(row["neurons"]), float(row["firing_rate"]), int(row["active_synapses"])
            deviation = math.sqrt(neurons * rate * (1 - rate) / 20)
            self.assertAlmostEqual(float(row["spikes_per_image"]), neurons * rate, delta=5 * deviation)
            self.assertAlmostEqual(float(row["sop_per_image"]), neurons * rate * synapses,
                                   delta=5 * deviation * synapses)
        self.assertEqual(len({row["spikes_per_image"] for row in done}), 8, "two rates, sizes and seeds")


class WorkloadsAreValidated(WorkloadTest):
    def test(self) -> None:
        summary = self.run_network("workload", *settings())
        (self.directory / "published.yaml").write_text(f"""
source: "the model itself"
cases:
  point:
    run: {RUN}
    settings: [{", ".join(SMALL)}]
    figures:
      power: {{published: {summary["average_power_mw"]} mW, status: predicted, tolerance: 0.001}}
      tick_rate: {{published: {1 / summary["ms_per_image"]} kHz, status: predicted, tolerance: 0.001}}
""")
        result = json.loads(self.succeed("validate", "published.yaml", "--json"))
        case = result["mechanisms"][0]["cases"][0]
        self.assertTrue(result["passes"])
        self.assertIsNone(case["runs"][0]["accuracy"])
        self.assertAlmostEqual(case["figures"]["power"]["model"][0], summary["average_power_mw"])


class WorkloadsAreNoNetworks(WorkloadTest):
    def test(self) -> None:
        self.succeed("run", RUN, *settings(), "-o", "out", "--record-spikes", "spikes.npz")
        for command in (("diff", RUN), ("replay", "spikes.npz", RUN),
                        ("diff", program.RUNS / "lenet-fashion.yaml", "--images", "1", "--against", RUN)):
            done = self.start(*command)
            if done.stderr.startswith("data set "):
                self.skipTest(done.stderr.strip())
            self.assertEqual(done.returncode, 2)
            self.assertIn("has a workload, which is for run, sweep and validate: this needs a network", done.stderr)
        done = self.start("run", RUN, "--images", 3)
        self.assertEqual(done.returncode, 2)
        self.assertIn("images: not allowed beside workload, which has its own: workload.ticks", done.stderr)
        done = self.start("map", program.NETWORKS / "lenet-fashion-k1b2.onnx", "--chip",
                          program.CHIPS / "reference.yaml", "--set", "chip.core.neuron=stochastic")
        self.assertEqual(done.returncode, 2)
        self.assertIn("chip.core.neuron: got stochastic, allowed threshold: a network's neurons compare their potentials; "
                      "the others are for the workload of a run file", done.stderr)
        for command in ("inspect out/summary.json", "inspect out/images.csv", "inspect spikes.npz"):
            self.succeed(*command.split())


if __name__ == "__main__":
    program.main()
