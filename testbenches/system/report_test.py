# SPDX-License-Identifier: Apache-2.0
"""Tests the files of the mapping report, and the mapping objectives."""

import json
import xml.etree.ElementTree as ElementTree

import program

MODEL = program.NETWORKS / "lenet-mnist-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"
FILES = {"report.json", "report.txt", "floor_plan.svg"}
SVG = "{http://www.w3.org/2000/svg}"


class ReportHoldsTheMapping(program.ProgramTest):
    def test(self) -> None:
        for chip, settings in ((CHIP, ()), (program.CHIPS / "nc64.yaml", ()),
                               (CHIP, ("--set", "chip.topology=quadtree"))):
            printed = self.succeed("map", MODEL, "--chip", chip, *settings, "--report", "report")
            directory = self.directory / "report"
            self.assertEqual({file.name for file in directory.iterdir()}, FILES)
            self.assertEqual((directory / "report.txt").read_text(), printed)
            self.assertLessEqual(max(map(len, printed.splitlines())), 80)
            report = json.loads((directory / "report.json").read_text())
            self.check_sums(report)
            self.check_plan((directory / "floor_plan.svg").read_text(), report)

    def check_sums(self, report: dict) -> None:
        dendrites = report["chip"]["core"]["dendrites"]
        dendrites //= 2 if report["chip"]["core"]["synapse"] == "binary_pair" else 1
        layers, cores = report["layers"], report["cores"]
        self.assertEqual(len(cores), report["cores_used"])
        for layer in layers:
            apart = layer["separation"]
            self.assertEqual(layer["blocks"] * dendrites,
                             layer["min_dendrites"] + apart["more_groups_dendrites"] +
                             apart["part_blocks_dendrites"] + apart["room_dendrites"])
            parts = [part for core in cores for part in core["parts"]
                     if part["layer"] == layer["name"]]
            self.assertEqual(sum(part["dendrites"] for part in parts), layer["dendrites"])
            self.assertEqual(len(parts), layer["blocks"])
        self.assertEqual(sum(layer["toeplitz"]["cores"] for layer in layers),
                         report["toeplitz"]["cores"])
        spikes = sum(layer["source_neurons"] for layer in layers)
        packets = sum(layer["packets"] for layer in layers)
        self.assertAlmostEqual(packets / spikes, report["packets_per_spike"])
        self.assertEqual(max(core["route_entries"] for core in cores),
                         report["max_route_entries"])
        front = report["plans"]["front"]
        for before, after in zip(front, front[1:]):
            self.assertLess(before["cores"], after["cores"])
            self.assertGreater(before["packets_per_spike"], after["packets_per_spike"])

    def check_plan(self, text: str, report: dict) -> None:
        root = ElementTree.fromstring(text)
        self.assertEqual(root.tag, SVG + "svg")
        cells = [group for group in root.iter(SVG + "g") if group.get("class") == "core"]
        self.assertEqual(len(cells), report["cores_used"])
        for cell, core in zip(cells, report["cores"]):
            title = cell.find(SVG + "title").text
            self.assertRegex(title, rf"^chip\d+\.core_{core['x']}_{core['y']}: ")
            for part in core["parts"]:
                self.assertIn(f"\n{part['layer']}: {part['dendrites']} dendrites", title)
        links = [line for line in root.iter(SVG + "line") if line.get("class") == "link"]
        self.assertEqual(len(links), min(40, len(report["traffic"]["links"])))


class ReportIsTheSameEachTime(program.ProgramTest):
    def test(self) -> None:
        for directory in ("one", "two"):
            self.succeed("map", MODEL, "--chip", CHIP, "--report", directory)
        for name in FILES:
            self.assertEqual((self.directory / "one" / name).read_bytes(),
                             (self.directory / "two" / name).read_bytes())


class ReportIsWrittenWholeOrNotAtAll(program.ProgramTest):
    def test(self) -> None:
        (self.directory / "taken").write_text("mine")
        done = self.start("map", MODEL, "--chip", CHIP, "--report", "taken")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("taken: is not a directory", done.stderr)
        kept = self.directory / "kept"
        (kept / "report.txt").mkdir(parents=True)
        (kept / "notes").write_text("mine")
        done = self.start("map", MODEL, "--chip", CHIP, "--report", "kept")
        self.assertEqual(done.returncode, 2)
        self.assertEqual({file.name for file in kept.iterdir()}, {"report.txt", "notes"})
        self.assertEqual({file.name for file in self.directory.iterdir()}, {"taken", "kept"})


class ObjectivesChooseThePlans(program.ProgramTest):
    def test(self) -> None:
        energy = program.ROOT / "configs" / "energy" / "65nm.yaml"
        chosen = {}
        for objective, extra in (("cores", ()), ("traffic", ()), ("balance", ()),
                                 ("energy", ("--energy", energy))):
            self.succeed("map", MODEL, "--chip", CHIP, "--objective", objective, *extra,
                         "--report", objective, "-o", "made")
            self.succeed("verify", "made", MODEL)
            report = json.loads((self.directory / objective / "report.json").read_text())
            self.assertEqual(report["objective"], objective)
            chosen[objective] = report
        self.assertEqual(chosen["cores"]["cores_used"], 52)
        self.assertEqual(chosen["traffic"]["plans"]["chosen"]["packets_per_spike"], 1.0)
        for report in chosen.values():
            self.assertLessEqual(chosen["balance"]["busiest_core"]["expected_cycles"],
                                 report["busiest_core"]["expected_cycles"])
        for arguments, message in (
                (("--objective", "speed"),
                 "--objective: got speed, allowed cores, traffic, energy, balance"),
                (("--objective", "energy"), "--objective energy needs an energy file"),
                (("--energy", energy), "--energy: only --objective energy reads an energy file")):
            done = self.start("map", MODEL, "--chip", CHIP, *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(message, done.stderr)

    def test_run(self) -> None:
        for objective, cores in (("cores", 52), ("traffic", 68)):
            summary = self.run_network("lenet-mnist", "--images", 2, "--timing", "functional",
                                       "--set", f"mapper.objective={objective}")
            self.assertEqual(summary["cores_used"], cores)
        done = self.start("run", program.RUNS / "lenet-mnist.yaml", "--set",
                          "mapper.objective=speed")
        self.assertEqual(done.returncode, 2)
        self.assertIn("mapper.objective: got speed, allowed cores, traffic, energy, balance",
                      done.stderr)


if __name__ == "__main__":
    program.main()
