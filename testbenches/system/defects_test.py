# SPDX-License-Identifier: Apache-2.0
"""Tests chips with dead cores and links, from the chip file to the classes."""

import csv
import json

import program

RUN = program.RUNS / "lenet-fashion.yaml"
MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"


class DefectTest(program.ProgramTest):
    def rows(self, name: str) -> list[dict]:
        with open(self.directory / "out" / name, encoding="ascii") as file:
            return list(csv.DictReader(file))

    def classes(self) -> list[str]:
        return [row["predicted"] for row in self.rows("images.csv")]

    def used(self) -> list[str]:
        return [f"chip{row['chip']}.core_{row['x']}_{row['y']}"
                for row in self.rows("activity.csv")]


class DeadCoresChangeNoClass(DefectTest):
    def test(self) -> None:
        plain = self.run_network("lenet-fashion", "--images", 20, "-j", 2)
        classes = self.classes()
        self.assertGreater(len(set(classes)), 3)
        used = self.used()
        dead = [used[0], used[len(used) // 2], used[-1]]
        damaged = self.run_network("lenet-fashion", "--images", 20, "-j", 2, "--verify-config",
                                   "--set", f"chip.defects.cores=[{', '.join(dead)}]")
        self.assertEqual(self.classes(), classes)
        self.assertEqual(set(self.used()) & set(dead), set())
        for field in ("cores_used", "correct", "spikes_per_image", "sop_per_image"):
            self.assertEqual(damaged[field], plain[field], field)


class DeadLinksChangeNoClass(DefectTest):
    def test(self) -> None:
        self.run_network("lenet-fashion", "--images", 10, "-j", 2)
        classes = self.classes()
        for topology, link, turns in (("mesh", "(9,4) to (10,4)", False),
                                      ("torus", "(1,0) to (2,0)", True),
                                      ("quadtree", "level 1 (1,0) to level 2 (0,0)", False)):
            self.run_network("lenet-fashion", "--images", 10, "-j", 2,
                             "--set", f"chip.topology={topology}",
                             "--set", f"chip.defects.links=['{link}']")
            self.assertEqual(self.classes(), classes, topology)
            crossed = {(row["from_x"], row["from_y"], row["to_x"], row["to_y"])
                       for row in self.rows("links.csv") if row["from_level"] == "0"}
            self.assertFalse(crossed & {("9", "4", "10", "4"), ("10", "4", "9", "4")}
                             and topology == "mesh")
            # The torus reaches column 2 the other way round, from the last column on.
            self.assertEqual(("0", "0", "31", "0") in crossed, turns, topology)


class DeadCoresAreInTheFile(DefectTest):
    def test(self) -> None:
        chip = self.directory / "chip.yaml"
        chip.write_text(CHIP.read_text() +
                        "defects:\n  cores: [chip0.core_0_0, chip0.core_1_0]\n"
                        "  links:\n    - (2,0) to (3,0)\n")
        printed = self.succeed("map", MODEL, "--chip", chip, "-o", "net.deployment", "--report",
                               "report")
        self.assertRegex(printed, r"cores not usable: 2 dead \(chip0.core_0_0, chip0.core_1_0\) "
                                  r"and \d+ cut off \(chip0.core_3_0 by \(2,0\) to \(3,0\), ")
        report = json.loads((self.directory / "report" / "report.json").read_text())
        self.assertEqual(report["chip"]["defects"],
                         {"cores": ["chip0.core_0_0", "chip0.core_1_0"],
                          "links": ["(2,0) to (3,0)"]})
        # The host's packets to columns beyond 2 begin on the link.
        self.assertEqual(report["cores_available"], 3 * 32 - 2)
        self.assertEqual(len(report["cores_cut_off"]), 29 * 32)
        self.succeed("verify", "net.deployment", MODEL)
        # A deployment for another chip is refused, and so is one for a chip without the defects.
        for settings in (("--set", f"chip={chip}"), ()):
            done = self.start("run", RUN, "--images", 1, "--set", "deployment=net.deployment",
                              "-o", "out", *settings)
            self.assertEqual(done.returncode, 0 if settings else 2, done.stderr)
        self.assertIn("was made for another chip than", done.stderr)
        self.assertIn("/defects", done.stderr)


class TooManyDeadCoresAreRefused(DefectTest):
    def test(self) -> None:
        dead = ", ".join(f"chip0.core_{x}_{y}" for x in range(1, 8) for y in range(8))
        done = self.start("map", MODEL, "--chip", CHIP, "-o", "never",
                          "--set", "chip.mesh.columns=8", "--set", "chip.mesh.rows=8",
                          "--set", f"chip.defects.cores=[{dead}]")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr,
                         r"the network needs \d+ cores, .* chip.mesh has 8 x 8 = 64, of which 8 "
                         r"can be used: 56 dead \(chip0.core_1_0, chip0.core_2_0, .*, \.\.\.\); the "
                         r"smallest square mesh that is large enough is \d+ x \d+ without defects")
        self.assertEqual(list(self.directory.iterdir()), [])
        done = self.start("map", MODEL, "--chip", CHIP, "-o", "never",
                          "--set", "chip.defects.links=['(0,0) to (1,0)', '(0,0) to (0,1)']")
        self.assertEqual(done.returncode, 2)
        self.assertIn("chip.defects.links: all links of the host port's router (0,0) are listed",
                      done.stderr)


class DefectsAreSwept(DefectTest):
    def test(self) -> None:
        (self.directory / "sweep.yaml").write_text(f"""
name: defects
run: {RUN}
set: {{images: 5, timing: functional}}
axes:
  chip.defects.cores: [[], [chip0.core_0_0], [chip0.core_1_1, chip0.core_2_2]]
metrics: [correct, cores_used, mapping.cores_available]
""")
        printed = self.succeed("sweep", "sweep.yaml", "-o", "swept")
        self.assertIn("defects: 3 runs: 3 done", printed)
        self.assertIn("3 mappings", printed)
        with open(self.directory / "swept" / "results.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len({(row["correct"], row["cores_used"]) for row in rows}), 1)
        self.assertEqual([float(row["mapping_cores_available"]) for row in rows],
                         [1024.0, 1023.0, 1022.0])


class WorkloadsTakeTheFirstCores(DefectTest):
    def test(self) -> None:
        run = program.RUNS / "workload.yaml"
        defect = ("--set", "chip.defects.cores=[chip0.core_3_0]")
        done = self.start("run", run, *defect, "--set", "workload.cores=4")
        self.assertEqual(done.returncode, 2)
        self.assertIn("chip.defects: chip0.core_3_0 cannot be used, and a workload takes the first "
                      "cores by number: got workload.cores 4, allowed 1..3", done.stderr)
        self.succeed("run", run, *defect, "--set", "workload.cores=3", "--set",
                     "workload.neurons=16", "--set", "workload.active_synapses=8", "-o", "out")


if __name__ == "__main__":
    program.main()
