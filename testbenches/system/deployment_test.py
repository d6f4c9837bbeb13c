# SPDX-License-Identifier: Apache-2.0
"""Tests the commands that read and write deployments."""

import csv
import json

import deployment_reader
import program

MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"


class VerifyAcceptsWhatMapWrites(program.ProgramTest):
    def test(self) -> None:
        self.succeed("convert", MODEL, "-o", "lenet.snn")
        for chip in ("reference", "nc64"):
            self.succeed("map", MODEL, "--chip", program.CHIPS / f"{chip}.yaml", "-o", "whole")
            for network in (MODEL, "lenet.snn"):
                text = self.succeed("verify", "whole", network)
                self.assertRegex(text, r"\nthresholds +57344  ")
                self.assertRegex(text, r"\noutputs +1024  ")
                self.assertTrue(text.endswith("\nno difference\n"), text)
            checked = json.loads(self.succeed("verify", "whole", MODEL, "--json"))
            self.assertTrue(checked["matches"])
            self.assertEqual((checked["findings"], checked["first_findings"]), (0, []))
            self.assertEqual(checked["checked"]["cores"], 68 if chip == "reference" else 250)


class VerifyNamesWhatDiffers(program.ProgramTest):
    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "whole")
        core = self.damage("whole", "damaged")
        done = self.start("verify", "damaged", MODEL)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, rf"\n1 findings:\n  chip0\.core_{core % 32}_{core // 32}: layer 0, neuron \d+, level 0 "
                                      r"has threshold -2147483648 for level 0, not -?\d+\n$")
        other = program.NETWORKS / "lenet-mnist-k1b2.onnx"
        done = self.start("verify", "whole", other, "--findings", 3)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"\n\d+ findings:\n  the spiking network inside it.*\n"
                                      r"  chip0\.core_.*\n  chip0\.core_.*\n  and \d+ more\n$")
        checked = self.start("verify", "whole", other, "--findings", 3, "--json")
        self.assertEqual(checked.returncode, 1)
        checked = json.loads(checked.stdout)
        self.assertFalse(checked["matches"])
        self.assertEqual(len(checked["first_findings"]), 3)


class InspectAgreesWithTheDocumentedFormat(program.ProgramTest):
    """A reader written from docs/deployment.md alone agrees with the output of the program."""

    def test(self) -> None:
        table = ("--set", "chip.core.axon_expansion.entries=18432")
        planes = ("--set", "chip.core.weight_planes=4")
        for chip, settings in (("reference", ()), ("reference", table), ("nc64", planes)):
            self.succeed("map", MODEL, "--chip", program.CHIPS / f"{chip}.yaml", *settings,
                         "--seed", 7, "-o", "made")
            read = deployment_reader.Deployment((self.directory / "made").read_bytes())
            self.assertEqual(json.loads(self.succeed("inspect", "made", "--json")),
                             read.describe())
            last_of_layer = {core.labels[-1][1]: number for number, core in read.cores.items()}
            for number in {0, *last_of_layer.values()}:
                place = read.place(number)
                mesh = read.chip["mesh"]
                names = [f"chip{place['chip']}.core_{place['x']}_{place['y']}", f"core={place['x']},{place['y']}",
                         f"chip{place['chip']}.core={place['unit'] % mesh['columns']},"
                         f"{place['unit'] // mesh['columns']}"]
                # Each core by one of its names, and one core by all of them.
                for name in names if number == 0 else [names[number % len(names)]]:
                    dump = json.loads(self.succeed("inspect", "made", "--dump", name, "--json"))
                    self.assertEqual(dump, read.describe_core(number))


class InspectExplainsEveryFile(program.ProgramTest):
    def tables(self, *arguments: object) -> str:
        text = self.succeed("inspect", *arguments)
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        return text

    def test(self) -> None:
        converted = self.succeed("convert", MODEL, "-o", "lenet.snn")
        text = self.tables("lenet.snn")
        self.assertTrue(text.startswith("spiking network, version "), text)
        # The table of the conversion, without its notes.
        self.assertTrue(text.endswith(converted.split("note: ")[0]), text)
        network = json.loads(self.succeed("inspect", "lenet.snn", "--json"))
        self.assertEqual([layer["name"] for layer in network["body"]["layers"]],
                         ["conv2", "conv3", "conv4", "conv5", "conv6"])

        self.succeed("map", MODEL, "--chip", CHIP, "-o", "made")
        text = self.tables("made")
        self.assertRegex(text, r"\nconv2 +1 +9216 +4 +36864 +48 ")
        self.assertIn("... and 36 more cores (--limit 0 shows all)\n\n68 of 1024 cores", text)
        self.assertNotIn("more cores", self.tables("made", "--limit", 0))
        core = json.loads(self.succeed("inspect", "made", "--json"))["cores"][1]
        which = f"core={core['x']},{core['y']}"
        dump = json.loads(self.succeed("inspect", "made", "--dump", which, "--json"))
        text = self.tables("made", "--dump", which, "--limit", 0)
        # All rows of the first strip of each group are shown; equal neighbouring rows are shown
        # once.
        group = dump["groups"][1]
        strip = [row[:64] for row in group["crossbar"]]
        shown = text.split("\ngroup 1, ")[1].splitlines()[2:]
        for i, row in enumerate(strip):
            if i > 0 and strip[i - 1] == row:
                continue
            self.assertEqual(shown.pop(0).split()[1], row)
        self.assertTrue(shown[0].startswith("axons "), shown[0])
        limited = self.tables("made", "--dump", which, "--limit", 3)
        self.assertIn(f"... and {core['neurons'] - 3} more neurons", limited)

        self.succeed("map", MODEL, "--chip", CHIP, "--effort", 0, "--report", "report")
        text = self.tables("report/report.json")
        self.assertTrue(text.startswith("report of a mapping (map --report), schema 2\n"), text)
        self.assertRegex(text, r"\nconv2 +48 +36.0 +9216 +1.00 ")
        report = json.loads((self.directory / "report" / "report.json").read_text())
        self.assertEqual(json.loads(self.succeed("inspect", "report/report.json", "--json"))["report"], report)

        summary = self.run_network("lenet-fashion", "--images", 8, "--record-levels", "levels",
                                   "--record-spikes", "spikes.npz")
        trace = json.loads(self.succeed("inspect", "spikes.npz", "--json"))
        self.assertEqual(trace["images"], 8)
        self.assertAlmostEqual(trace["spikes"] / 8, summary["spikes_per_image"])
        self.assertIn(f"\nspikes {trace['spikes']}\n", self.tables("spikes.npz"))
        text = self.tables("out/summary.json")
        self.assertRegex(text, r"^summary of a run, schema 3\n")
        self.assertRegex(text, rf"\ncorrect +{summary['correct']}\n")
        self.assertRegex(text, r"\nconv6 +1 +256 ")
        self.assertEqual(json.loads(self.succeed("inspect", "out/summary.json", "--json"))["summary"],
                         summary)
        images = json.loads(self.succeed("inspect", "out/images.csv", "--json"))
        self.assertEqual((images["images"], images["correct"], images["steady"]),
                         (8, summary["correct"], summary["steady_ticks"]))
        for name in ("events", "energy", "cores", "power"):
            text = self.tables(f"out/{name}.csv")
            self.assertTrue(text.startswith(f"{name}.csv of a run; "), text)
            with open(self.directory / "out" / f"{name}.csv", encoding="ascii") as file:
                rows = [[cell if key in ("part", "term", "component") else float(cell)
                         for key, cell in row.items()] for row in csv.DictReader(file)]
            found = json.loads(self.succeed("inspect", f"out/{name}.csv", "--json"))["lines"]
            self.assertEqual([list(row.values()) for row in found], rows)
        self.assertAlmostEqual(images["cycles"]["mean"], summary["cycles_per_image"])
        self.assertIn("label images correct", self.tables("out/images.csv"))
        levels = json.loads(self.succeed("inspect", "levels/conv2.npy", "--json"))
        self.assertEqual(levels["shape"], [8, 16, 24, 24])
        self.assertEqual(levels["spikes_per_image"], summary["layers"][1]["spikes_per_image"])
        self.assertEqual(sum(levels["histogram"]), 8 * 16 * 24 * 24)
        self.assertIn("neurons 16 x 24 x 24", self.tables("levels/conv2.npy"))


if __name__ == "__main__":
    program.main()
