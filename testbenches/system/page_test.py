# SPDX-License-Identifier: Apache-2.0
"""Tests the pages that spikeloom report makes of runs."""

import json

import numpy

import page
import program

CHARTS = ["energy-components", "energy-parts", "floor-plan", "timeline", "latency",
          "class-accuracy", "confusion"]
VIEWS = ["layers", "spikes", "sop", "energy", "dendrites", "busy", "links"]


class RunPageTest(page.PageTest):
    def results(self, name: str, *arguments: object) -> dict:
        """Runs LeNet on Fashion-MNIST into the directory `name`; returns the summary."""
        self.succeed("run", program.RUNS / "lenet-fashion.yaml", "--quiet", "-o", name, *arguments)
        return json.loads((self.directory / name / "summary.json").read_text())

    def check_figures(self, facts: dict, summary: dict) -> None:
        """Checks that each figure has the exact value of the summary, and that its text is
        accurate to four digits."""
        self.assertGreater(len(facts["figures"]), 10)
        for key, shown in facts["figures"].items():
            value = summary
            for part in key.split("."):
                value = value[part]
            self.assertEqual(float(shown["value"]), value, key)
            text = float(shown["text"].replace(",", ""))
            wanted = 100 * value if key == "accuracy" else value
            self.assertLessEqual(abs(text - wanted), 0.5 if wanted >= 1e4 else 5e-4 * wanted, key)


class PageOfARun(RunPageTest):
    def test(self) -> None:
        summary = self.results("out", "--images", 60)
        facts = self.look(self.report("out"), keys=True, hover=["floor-plan", 3, 2], theme="dark")
        self.assertEqual(facts["title"], "lenet-fashion on reference")
        self.assertEqual(list(facts["charts"]), CHARTS)
        self.check_figures(facts, summary)
        self.assertEqual(facts["scrolling"], [], "tables scroll sideways")

        wrong = summary["images"] - summary["correct"]
        self.assertGreater(wrong, 0)
        self.assertEqual(len(facts["images"]), wrong)
        for image in facts["images"]:
            self.assertRegex(image["text"], r"^image \d+: .+, taken for .+$")
            self.assertEqual((image["width"], image["height"]), (28, 28))

        self.assertEqual(list(facts["views"]), VIEWS)
        self.assertEqual(len(set(facts["views"].values())), len(VIEWS), "a view shows another's")
        for stop in ("Skip to the figures", "theme", "Energy", "floor-plan-view", "All"):
            self.assertIn(stop, facts["focused"])
        # core 67 = 2 * 32 + 3
        self.assertTrue(facts["hover"].startswith("chip0.core_3_2, core 67conv2"), facts["hover"])
        for shown in ("background", "chart_background"):
            self.assertNotEqual(facts["switched"][shown], facts[shown])
        for text in ("host port: input packets", summary["files"]["run"]["crc32"]):
            self.assertIn(text, facts["text"])

    def test_default_place(self) -> None:
        self.results("out", "--images", 1, "--timing", "functional")
        self.assertEqual(self.succeed("report", "out"), "out/report.html\n")
        self.assertTrue((self.directory / "out" / "report.html").is_file())


class PageOnAPhone(RunPageTest):
    def test(self) -> None:
        self.results("out", "--images", 9, "--set", f"chip={program.CHIPS}/nc64.yaml",
                     "--set", "chip.topology=quadtree")
        facts = self.look(self.report("out"), width=390, dark=True, keys=True)
        self.assertLessEqual(facts["widths"]["page"], 390, "it scrolls sideways")
        self.assertEqual(list(facts["charts"]), CHARTS)
        self.assertEqual(len(set(facts["views"].values())), len(VIEWS))
        red = int(facts["background"].removeprefix("rgb(").split(",")[0])
        self.assertLess(red, 64, "not dark")
        self.assertIn("level 4 (0,0) to level 3 (0,1), between chips", facts["text"])


class PageOfPublishedNetwork(RunPageTest):
    def test(self) -> None:
        self.succeed("run", program.RUNS / "lenet-mnist.yaml", "--images", 9, "--quiet", "-o", "out")
        text = self.look(self.report("out"))["text"]
        self.assertIn("Comparison with published silicon: Zou et al.", text)
        for figure in ("0.3800", "0.2800", "99.37 %", "16,861", "25,960,000"):
            self.assertIn(figure, text)


class PageWithoutTimes(RunPageTest):
    def test(self) -> None:
        for arguments, message in (
                (("--images", 5, "--timing", "functional"), "Timing functional"),
                (("--images", 2), "Too few images")):
            summary = self.results("out", *arguments)
            facts = self.look(self.report("out"))
            self.assertIn(message, facts["text"])
            self.assertEqual(facts["figures"]["ms_per_image"], {"value": None, "text": "–"})
            self.assertEqual(int(facts["figures"]["cores_used"]["value"]), summary["cores_used"])
            self.assertEqual(list(facts["charts"]), ["class-accuracy", "confusion"])


class PageOfImageFiles(RunPageTest):
    """Noise of one channel: most of it is classified wrong."""

    def test(self) -> None:
        random = numpy.random.default_rng(1)
        numpy.save(self.directory / "x.npy", random.random((9, 28, 28)))
        numpy.save(self.directory / "y.npy", numpy.arange(9))
        files = ("--images", 9, "--set", "data.images=x.npy")
        summary = self.results("out", *files, "--set", "data.labels=y.npy")
        facts = self.look(self.report("out"))
        self.check_figures(facts, summary)
        self.assertEqual(len(facts["images"]), 9 - summary["correct"])
        self.assertRegex(facts["images"][0]["text"], r"^image \d: \d, taken for \d$")
        self.assertIn("layout nchw, scale [1], offset [0], crop null", facts["text"])

        self.results("unlabelled", *files)
        facts = self.look(self.report("unlabelled"))
        self.assertEqual(facts["figures"]["accuracy"], {"value": None, "text": "–"})
        self.assertEqual(list(facts["charts"]), CHARTS[:-2])
        self.assertEqual(facts["images"], [])
        self.assertIn("no labels", facts["text"])
        for word in ("NaN", "undefined", "wrong images"):
            self.assertNotIn(word, facts["text"])
        text = self.look(self.report("out", "unlabelled"))["text"]
        [row] = [row for row in text.splitlines() if row.startswith("accuracy, %\t")]
        self.assertEqual(row, f"accuracy, %\t{100 * summary['accuracy']:.2f}\t–\t–")


class PageOfSeveralRuns(RunPageTest):
    def test(self) -> None:
        fast = self.results("runs/fast", "--images", 9)
        slow = self.results("runs/slow", "--images", 9, "--set", "chip.host_port.cycles_per_packet=20")
        facts = self.look(self.report("runs/fast", "runs/slow"))
        self.assertEqual(facts["title"], "2 runs compared")
        self.assertIn("energy-components", facts["charts"])
        self.assertIn("bars-ms_per_image", facts["charts"])
        rows = dict(row.split("\t", 1) for row in facts["text"].splitlines() if "\t" in row)
        self.assertEqual(rows["chip_description.host_port.cycles_per_packet"], "14\t20")
        self.assertNotIn("chip_description.host_port.x", rows)
        times = [run["ms_per_image"] for run in (fast, slow)]
        self.assertEqual(rows["time per image, ms"], f"{times[0]:.4f}\t{times[1]:.4f}\t"
                                                    f"+{100 * (times[1] / times[0] - 1):.1f} %")
        phone = self.look(self.report("runs/fast", "runs/slow", "runs/fast"), width=390)
        self.assertLessEqual(phone["widths"]["page"], 390, "it scrolls sideways")
        self.assertIn("fast (3)", phone["text"])


class PageTakesNamesAsText(RunPageTest):
    def test(self) -> None:
        self.results("out", "--images", 9)
        name = "</script><img src=x onerror=alert(1)>&amp;"
        summary = json.loads((self.directory / "out" / "summary.json").read_text())
        summary["name"] = summary["network"] = summary["layers"][1]["name"] = name
        (self.directory / "out" / "summary.json").write_text(json.dumps(summary))
        facts = self.look(self.report("out"))
        self.assertEqual(facts["title"], f"{name} on reference")
        self.assertIn(name, facts["text"])


class PageIsTheSameEachTime(RunPageTest):
    def test(self) -> None:
        pages = []
        for jobs in (1, 2):
            self.results("out", "--images", 9, "-j", jobs)
            text = self.report("out").read_text()
            seconds = json.loads((self.directory / "out" / "summary.json").read_text())["wall_seconds"]
            pages.append(text.replace(f'"wall_seconds":{seconds}', ""))
        self.assertEqual(pages[0], pages[1])


class ReportRefusesOtherDirectories(RunPageTest):
    def refused(self, *directories: str, saying: str) -> None:
        before = sorted(path.name for path in self.directory.iterdir())
        done = self.start("report", *directories, "-o", "page.html")
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn(saying, done.stderr)
        self.assertEqual(sorted(path.name for path in self.directory.iterdir()), before)

    def test(self) -> None:
        self.results("out", "--images", 9)
        self.refused("none", saying="none: does not exist")
        self.refused("out/summary.json", saying="out/summary.json: is not a directory")
        (self.directory / "empty").mkdir()
        self.refused("out", "empty", saying="empty: not results of spikeloom run")
        self.refused(saying="directory is missing")
        for name in ("images.csv", "energy.csv", "cores.csv", "power.csv", "activity.csv",
                     "links.csv", "timeline.csv", "wrong.npy", "summary.json"):
            file = self.directory / "out" / name
            whole = file.read_bytes()
            for length in (0, 20, len(whole) // 2, len(whole) - 2):
                file.write_bytes(whole[:length])
                self.refused("out", saying=f"out/{name}")
            if name.endswith(".csv"):
                file.unlink()
                self.refused("out", saying=f"out/{name}: cannot be read")
                lines = whole.splitlines(keepends=True)
                if name in ("images.csv", "activity.csv", "timeline.csv"):
                    file.write_bytes(b"".join(lines[:-1]))
                    self.refused("out", saying=f"out/{name}: has {len(lines) - 2} lines")
            file.write_bytes(whole)
        summary = json.loads((self.directory / "out" / "summary.json").read_text())
        for change, saying in (({"schema": 1}, "this program reads schema"),
                               ({"layers": None}, "summary.json"), ({"data": 7}, "summary.json")):
            (self.directory / "out" / "summary.json").write_text(json.dumps({**summary, **change}))
            self.refused("out", saying=saying)
        (self.directory / "out" / "summary.json").write_text(json.dumps(summary))
        self.succeed("report", "out", "-o", "page.html")
        done = self.start("report", "out", "-o", "no/such/page.html")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    program.main()
