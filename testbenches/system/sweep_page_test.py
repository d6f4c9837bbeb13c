# SPDX-License-Identifier: Apache-2.0
"""Tests that the page that spikeloom report makes of a sweep agrees with the answers of
spikeloom sweep."""

import csv
import sqlite3

import page
import program
import sweeps

SWEEP = f"""
name: test
title: Which links?
run: {sweeps.RUN}
set: {{images: 8}}
axes:
  chip.router.link_cycles: [1, 12]
  chip.voltage: {{from: 0.8 V, to: 0.9 V, steps: 3}}
metrics: [accuracy, ms_per_image, mj_per_image, latency_ms]
"""
CHARTS = ["pareto", "parallel", "sensitivity", "scatter"]


class SweepPageTest(page.PageTest):
    def sweep(self, text: str, *arguments: object) -> None:
        (self.directory / "sweep.yaml").write_text(text)
        self.succeed("sweep", "sweep.yaml", "-o", "out", *arguments)

    def answer(self, *arguments: str) -> list[dict[str, str]]:
        return list(csv.DictReader(self.succeed("sweep", "out", "--csv", *arguments).splitlines()))

    def table(self, text: str, head: str) -> list[dict[str, str]]:
        """Returns the rows of the table whose header line begins with `head`."""
        lines = text.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(head))
        columns = lines[at].split("\t")
        rows = []
        for line in lines[at + 1:]:
            if line.count("\t") != len(columns) - 1:
                break
            rows.append(dict(zip(columns, line.split("\t"))))
        return rows

    def equal(self, shown: str, value: str) -> None:
        """Compares to four digits, the precision of the page."""
        if not value:
            self.assertEqual(shown, "–")
            return
        number = float(value)
        self.assertLessEqual(abs(float(shown.replace(",", "")) - number), max(5e-4 * abs(number), 1e-9))


class PageOfASweep(SweepPageTest):
    def test(self) -> None:
        self.sweep(SWEEP, "-j", 2)
        points = self.answer("--query", "1")
        self.assertEqual([point["status"] for point in points], ["done"] * 6)
        facts = self.look(
            self.report("out"), theme="dark", hover=["pareto", float(points[4]["ms_per_image"]),
                                                     float(points[4]["mj_per_image"])],
            choose=[["#pareto-axes label:nth-of-type(1) select", "latency_ms", "pareto"],
                    ["#pareto-axes label:nth-of-type(2) select", "more", "pareto"],
                    ["#scatter-axes label:nth-of-type(1) select", "voltage", "scatter"],
                    ["#scatter-axes label:nth-of-type(3) select", "link_cycles", "scatter"],
                    ["#parallel-colour select", "voltage", "parallel"]],
            sort=[["#points-table", "mj_per_image"], ["#points-table", "mj_per_image"]])
        self.assertEqual(facts["title"], "Sweep test")
        self.assertEqual(list(facts["charts"]), CHARTS)
        self.assertEqual(facts["scrolling"], [], "tables scroll sideways")
        self.assertEqual({key: shown["text"] for key, shown in facts["figures"].items()},
                         {"points": "6", "done": "6", "failed": "0", "refused": "0"})
        for text in ("Which links?", str(sweeps.RUN), "spikeloom sweep sweep.yaml -o out",
                     "chip.voltage\t0.8 V, 0.85 V, 0.9 V", "grid"):
            self.assertIn(text, facts["text"])

        rows = self.table(facts["text"], "point\tlink_cycles\tvoltage\taccuracy")
        self.assertEqual([row["voltage"] for row in rows], ["0.8 V", "0.85 V", "0.9 V"] * 2)
        for row, point in zip(rows, points, strict=True):
            for column in ("point", "link_cycles", "accuracy", "ms_per_image", "mj_per_image", "latency_ms"):
                self.equal(row[column], point[column])
        self.assertEqual(facts["sorted"][0],
                         [point["point"] for point in sorted(points, key=lambda each: float(each["mj_per_image"]))])
        self.assertEqual(facts["sorted"][1], facts["sorted"][0][::-1])

        fronts = [(facts["text"], "ms_per_image,mj_per_image"),
                  (facts["chosen"][0]["text"], "latency_ms,mj_per_image"),
                  (facts["chosen"][1]["text"], "latency_ms:max,mj_per_image")]
        for text, objectives in fronts:
            self.assertIn(f"--pareto {objectives}", text)
            x, y = (name.split(":")[0] for name in objectives.split(","))
            shown = self.table(text, f"point\tlink_cycles\tvoltage\t{x}\t{y}")
            front = self.answer("--pareto", objectives)
            self.assertEqual([row["point"] for row in shown], [row["point"] for row in front])
            for row, point in zip(shown, front):
                self.equal(row[x], point[x])
                self.equal(row[y], point[y])
        drawings = [chosen["drawing"] for chosen in facts["chosen"]]
        self.assertEqual(len(set(drawings)), len(drawings), "a choice changes nothing")

        shown = self.table(facts["text"], "metric\taxis\tshare, %")
        for row, line in zip(shown, self.answer("--sensitivity"), strict=True):
            self.assertEqual((row["metric"], row["axis"]), (line["metric"], line["axis"]))
            self.assertEqual(row["share, %"], line["share %"] and f"{float(line['share %']):.1f}" or "–")
        for text in ("point 4", "link_cycles: 12", "voltage: 0.85 V", "mj_per_image"):
            self.assertIn(text, facts["hover"])
        self.assertNotEqual(facts["switched"]["chart_background"], facts["chart_background"])
        extremes = self.table(facts["text"], "metric\tmin\tat")
        self.assertEqual([row["metric"] for row in extremes],
                         ["accuracy", "ms_per_image", "mj_per_image", "latency_ms"])
        self.equal(extremes[2]["min"], min((point["mj_per_image"] for point in points), key=float))
        self.equal(extremes[2]["max"], max((point["mj_per_image"] for point in points), key=float))


class PageOfASweepWithFailures(SweepPageTest):
    def test(self) -> None:
        self.sweep(sweeps.FAILING)
        facts = self.look(self.report("out"), width=390, dark=True, keys=True)
        self.assertLessEqual(facts["widths"]["page"], 390, "it scrolls sideways")
        self.assertEqual({key: shown["text"].split()[0] for key, shown in facts["figures"].items()},
                         {"points": "8", "done": "3", "failed": "3", "refused": "2"})
        rows = self.table(facts["text"], "point\tcolumns\tvoltage\tclock")
        self.assertEqual([row["status"] for row in rows].count("failed"), 3)
        for row in rows:
            if row["status"] == "failed":
                self.assertIn("the network needs", row["reason"])
                self.assertEqual(row["cores_used"], "–")
            elif row["status"] == "refused":
                self.assertIn("chip.clock: got 252 MHz, allowed up to", row["reason"])
        for stop in ("Skip to the figures", "theme", "Points"):
            self.assertIn(stop, facts["focused"])

    def test_nothing_done(self) -> None:
        self.sweep(SWEEP + "timeout: 1 ms\n")
        facts = self.look(self.report("out"))
        self.assertEqual(facts["charts"], {})
        self.assertEqual(facts["figures"]["failed"]["text"], "6")
        self.assertIn("took longer than 0.001 s", facts["text"])


class PageOfRepetitions(SweepPageTest):
    def test(self) -> None:
        self.sweep(sweeps.REPEATED.replace("count: 2", "count: 3"))
        spread = self.answer("--spread")
        self.assertEqual([(line["point"], line["metric"], line["runs"]) for line in spread],
                         [("0", "spikes_per_image", "3"), ("0", "accuracy", "3"),
                          ("1", "spikes_per_image", "3"), ("1", "accuracy", "3")])
        facts = self.look(self.report("out"),
                          choose=[["#repetition-metric select", "accuracy", "repetitions"]], open=True)
        self.assertIn("repetitions", facts["charts"])
        self.assertIn("3 of each point, over images", facts["text"])
        for text, metric in ((facts["text"], "spikes_per_image"), (facts["chosen"][0]["text"], "accuracy")):
            shown = self.table(text, "point\truns\tmean\tdeviation")
            lines = [line for line in spread if line["metric"] == metric]
            for row, line in zip(shown, lines, strict=True):
                for column in ("runs", "mean", "deviation", "min", "max"):
                    self.equal(row[column], line[column])


class PageOfAnUnfinishedSweep(SweepPageTest):
    def test(self) -> None:
        self.sweep(SWEEP.replace("images: 8", "images: 1, timing: functional"))
        with sqlite3.connect(self.directory / "out" / "sweep.sqlite") as database:
            database.execute("UPDATE runs SET status = 'waiting', summary = NULL WHERE point > 3")
        done = self.start("report", "out")
        self.assertEqual((done.returncode, done.stdout), (0, "out/report.html\n"))
        self.assertEqual(done.stderr, "out: not finished: 2 of 6 points wait to be run\n")
        facts = self.look(self.directory / "out" / "report.html")
        self.assertIn("Not finished: 4 of 6 points are", facts["text"])
        self.assertEqual(facts["figures"]["waiting"]["text"], "2")
        self.sweep(SWEEP.replace("images: 8", "images: 1, timing: functional"))
        self.assertEqual(self.start("report", "out").stderr, "")


class PageOfASweepIsTheSameEachTime(SweepPageTest):
    def test(self) -> None:
        name = "</script><img src=x onerror=alert(1)>&amp;"
        text = SWEEP.replace("images: 8", "images: 1, timing: functional").replace("Which links?", name)
        pages = []
        for jobs in (1, 2):
            self.sweep(text, "-j", jobs)
            pages.append(self.report("out").read_text())
            (self.directory / "out" / "sweep.sqlite").unlink()
        self.assertEqual(pages[0], pages[1])
        self.assertIn(name, self.look(self.directory / "page.html")["text"])


class ReportRefusesOtherSweeps(SweepPageTest):
    def test(self) -> None:
        self.sweep(SWEEP.replace("images: 8", "images: 1, timing: functional"))
        database = self.directory / "out" / "sweep.sqlite"
        whole = database.read_bytes()
        before = sorted(path.name for path in self.directory.iterdir())
        for arguments, content, saying in (
                (("out", "out"), whole, "out has results of a sweep"),
                (("out",), b"nothing of the kind" * 100, "out/sweep.sqlite"),
                (("out",), b"", "no such table"),
                (("out",), whole[:5000], "out/sweep.sqlite")):
            database.write_bytes(content)
            done = self.start("report", *arguments, "-o", "page.html")
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertIn(saying, done.stderr)
            self.assertEqual(sorted(path.name for path in self.directory.iterdir()), before)


if __name__ == "__main__":
    program.main()
