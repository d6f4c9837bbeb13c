# SPDX-License-Identifier: Apache-2.0
"""Tests sweeps: their points equal separate runs, for any number of workers and after
interruptions."""

import contextlib
import csv
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import program
import ranks
import sweeps

SWEEP = f"""
name: test
run: {sweeps.RUN}
set: {{images: 2}}
axes:
  chip.router.link_cycles: [1, 3]
  chip.voltage: {{from: 0.8 V, to: 0.9 V, steps: 3}}
metrics: [ms_per_image, mj_per_image, latency_ms, correct, cores_used, area_mm2.board,
          mapping.packets_per_spike]
"""


class SweepTest(program.ProgramTest):
    def write(self, text: str = SWEEP, name: str = "sweep.yaml") -> None:
        (self.directory / name).write_text(text)

    def sweep(self, output: str, *arguments: object) -> str:
        return self.succeed("sweep", "sweep.yaml", "-o", output, *arguments)

    def table(self, output: str) -> str:
        return (self.directory / output / "results.csv").read_text()

    def rows(self, output: str) -> list[dict]:
        return list(csv.DictReader(self.table(output).splitlines()))

    def database(self, output: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self.directory / output / "sweep.sqlite")
        self.addCleanup(connection.close)
        return connection

    def begin(self, output: str, *arguments: object, **more: object) -> subprocess.Popen:
        return subprocess.Popen([program.PROGRAM, "sweep", "sweep.yaml", "-o", output,
                                 *map(str, arguments)], cwd=self.directory, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def refused(self, *arguments: object) -> str:
        done = self.start("sweep", *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        return done.stderr

    def done(self, output: str) -> int:
        """Returns the number of runs recorded so far."""
        if not (self.directory / output / "sweep.sqlite").exists():
            return 0
        try:
            query = "SELECT count(*) FROM runs WHERE status != 'waiting'"
            with contextlib.closing(self.database(output)) as database:
                return database.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            return 0


class PointsAreTheRunsOfTheirSettings(SweepTest):
    def test(self) -> None:
        self.write()
        printed = self.sweep("out")
        self.assertIn("test: 6 runs: 6 done, 0 failed, 0 refused; results in out", printed)
        self.assertIn("this time 6 runs and 2 mappings", printed)
        rows = self.rows("out")
        self.assertEqual([row["point"] for row in rows], [str(i) for i in range(6)])
        for row in rows[1], rows[4]:
            summary = self.run_network("lenet-fashion", "--images", 2,
                                       "--set", f"chip.router.link_cycles={row['link_cycles']}",
                                       "--set", f"chip.voltage={row['voltage']} V")
            for metric in ("ms_per_image", "mj_per_image", "latency_ms", "correct", "cores_used"):
                self.assertEqual(summary[metric] is None, row[metric] == "")
                if row[metric]:
                    self.assertAlmostEqual(float(row[metric]) / summary[metric], 1.0, places=12)
            self.assertAlmostEqual(float(row["area_mm2_board"]), summary["area_mm2"]["board"])
            self.assertGreaterEqual(float(row["mapping_packets_per_spike"]), 1.0)
        # The whole summary is stored, whatever metrics were requested.
        text, = self.database("out").execute("SELECT summary FROM runs WHERE point = 4").fetchone()
        kept = json.loads(text)
        for each in kept, summary:
            for field in ("wall_seconds", "settings", "files"):
                each.pop(field, None)
        self.assertEqual(kept, summary)
        self.assertFalse((self.directory / "out" / "cache").exists())


class WorkersShareMappings(SweepTest):
    def test(self) -> None:
        self.write()
        self.sweep("one")
        self.assertIn("2 mappings", self.sweep("two", "-j", 2))
        self.assertIn("2 mappings", self.sweep("three", "-j", 3))
        self.assertEqual(self.table("one"), self.table("two"))
        self.assertEqual(self.table("one"), self.table("three"))
        # A finished sweep has nothing left to do.
        self.assertNotIn("this time", self.sweep("two", "-j", 2))
        self.assertEqual(self.table("one"), self.table("two"))


class PointsThatFail(SweepTest):
    def test(self) -> None:
        self.write(sweeps.FAILING)
        self.assertIn("8 runs: 3 done, 3 failed, 2 refused", self.sweep("out", "-j", 2))
        for row in self.rows("out"):
            if row["voltage"] == "0.7" and row["clock"] == "252000000":
                self.assertEqual(row["status"], "refused")
                self.assertIn("chip.clock: got 252 MHz, allowed up to", row["reason"])
            elif row["columns"] == "1":
                self.assertEqual(row["status"], "failed")
                self.assertIn("the network needs", row["reason"])
                self.assertEqual(row["cores_used"], "")
            else:
                self.assertEqual((row["status"], row["reason"]), ("done", ""))

    def test_timeout(self) -> None:
        self.write(SWEEP + "timeout: 1 ms\n")
        self.assertIn("0 done, 6 failed", self.sweep("out"))
        self.assertEqual({row["reason"] for row in self.rows("out")}, {"took longer than 0.001 s"})
        self.assertNotIn("this time", self.sweep("out"))
        # The timeout is not part of what defines a sweep, so points that exceeded it can be
        # retried.
        self.write()
        self.assertIn("6 done, 0 failed", self.sweep("out", "--retry-failed"))


class RepetitionsOverImages(SweepTest):
    def test(self) -> None:
        self.write(sweeps.REPEATED)
        self.assertIn("4 runs and 1 mapping", self.sweep("out"))
        rows = self.rows("out")
        self.assertEqual([(row["point"], row["repetition"]) for row in rows],
                         [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")])
        spikes = [float(row["spikes_per_image"]) for row in rows]
        self.assertEqual(len(set(spikes)), 4)
        mean = self.run_network("lenet-fashion", "--images", 10, "--timing", "functional")
        answer = self.succeed("sweep", "out", "--csv", "--query", "point = 0")
        point, = csv.DictReader(answer.splitlines())
        self.assertAlmostEqual(float(point["spikes_per_image"]), mean["spikes_per_image"], places=6)
        self.assertEqual(point["runs"], "2")


class DryRunRunsNothing(SweepTest):
    def test(self) -> None:
        self.write()
        printed = self.sweep("out", "--dry-run", "-j", 2)
        self.assertTrue(printed.startswith("6 points, 2 mappings\n"))
        self.assertIn("0.85 V", printed)
        self.assertRegex(printed, r"about [0-9]+ s with -j 2")
        self.assertEqual([file.name for file in self.directory.iterdir()], ["sweep.yaml"])


class WrongSweepFiles(SweepTest):
    def test(self) -> None:
        self.write(f"""
name: wrong
run: {sweeps.RUN}
axes:
  chip.core.axonz: [1]
  chip.router.link_cycles: [1, -4]
  chip.topology: [mesh, ring]
  energy.events.gather.energy: [1 pJ, 1 V]
  images: [1, 20000]
""")
        self.succeed("run", sweeps.RUN, "--images", 1)
        shutil.rmtree(self.directory / "results")
        errors = self.refused("sweep.yaml", "-o", "out")
        for text in ("sweep.yaml:5:21: chip.core.axonz: unknown key",
                     "sweep.yaml:6:32: chip.router.link_cycles: got -4, allowed 1..1024",
                     "sweep.yaml:7:25: chip.topology: got ring, allowed mesh, quadtree, torus",
                     "sweep.yaml:8:39: energy.events.gather.energy: got 1 V",
                     "images: got 20000, allowed 1..10000"):
            self.assertIn(text, errors)
        self.write(SWEEP + "exclude: [link_cycles > 0]\n")
        self.assertIn("sweep.yaml: its conditions exclude all points", self.refused("sweep.yaml", "-o", "out"))
        self.write(SWEEP + "exclude: [link > 0]\n")
        self.assertIn("no such column: link", self.refused("sweep.yaml", "-o", "out"))
        self.assertIn("--query: needs the directory",
                      self.refused("sweep.yaml", "--query", "point = 0"))
        self.assertIn("none: cannot be read", self.refused("none"))
        (self.directory / "empty").mkdir()
        self.assertIn("empty: not a results directory of a sweep", self.refused("empty"))
        self.assertEqual(sorted(file.name for file in self.directory.iterdir()),
                         ["empty", "sweep.yaml"])


class Killed(SweepTest):
    def check(self, kills: int, pause: float) -> None:
        """Kills the sweep at random moments and continues it each time."""
        self.write()
        self.sweep("whole")
        source = random.Random(kills)
        output = "killed"
        killed = 0
        while killed < kills:
            sweep = self.begin(output, "-j", 2)
            time.sleep(source.uniform(0.0, pause))
            before = sweep.poll()
            sweep.send_signal(signal.SIGKILL)
            sweep.communicate()
            if before is not None:
                # The sweep had already finished; start another one.
                self.assertEqual(self.table(output), self.table("whole"))
                output = f"killed-{killed}"
                continue
            killed += 1
            done = self.done(output)
            time.sleep(0.01)
            self.assertEqual(self.done(output), done, "a worker goes on")
        done = self.done(output)
        printed = self.sweep(output)
        if done < 6:
            self.assertIn(f"this time {6 - done} run", printed)
        self.assertEqual(self.table(output), self.table("whole"))


class GoesOnWhereItWasKilled(Killed):
    def test(self) -> None:
        self.check(kills=3, pause=1.0)


class TenKills(Killed):
    def test(self) -> None:
        self.check(kills=10, pause=2.0)


class GoesOnAfterCtrlC(SweepTest):
    def test(self) -> None:
        self.write(SWEEP.replace("images: 2", "images: 20"))
        sweep = self.begin("out", start_new_session=True)
        while sweep.poll() is None and self.done("out") == 0:
            time.sleep(0.01)
        os.killpg(sweep.pid, signal.SIGINT)
        _, errors = sweep.communicate(timeout=60)
        if sweep.returncode == 2 and errors.startswith("data set "):
            self.skipTest(errors.strip())
        self.assertEqual(sweep.returncode, 130, errors)
        self.assertIn("continues with the remaining points", errors)
        done = self.done("out")
        self.assertIn(f"this time {6 - done} run", self.sweep("out"))
        self.assertIn("6 runs: 6 done", self.sweep("out"))


class GoesOnAfterItsWorkerWasKilled(SweepTest):
    """The points of the killed worker fail; another worker continues with the remaining ones."""

    def workers(self, sweep: subprocess.Popen) -> list[int]:
        children = pathlib.Path(f"/proc/{sweep.pid}/task/{sweep.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def test(self) -> None:
        self.write()
        self.sweep("whole")
        sweep = self.begin("out", "-j", 2)
        while len(self.workers(sweep)) < 2:
            self.assertIsNone(sweep.poll())
            time.sleep(0.01)
        os.kill(self.workers(sweep)[0], signal.SIGKILL)
        output, errors = sweep.communicate(timeout=60)
        self.assertEqual(sweep.returncode, 0, errors)
        self.assertRegex(output, "6 runs: [0-5] done, [1-6] failed")
        with contextlib.closing(self.database("out")) as database:
            reasons = database.execute("SELECT reason FROM runs WHERE status = 'failed'").fetchall()
        self.assertEqual(set(reasons), {("its process was ended by signal 9",)})
        self.assertIn("6 done, 0 failed", self.sweep("out", "--retry-failed"))
        self.assertEqual(self.table("out"), self.table("whole"))


class GoesOnAfterAFullDisk(SweepTest):
    def test(self) -> None:
        self.write()
        self.sweep("whole")
        for limit in (1 << 20, 30_000):

            def small_disk() -> None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            sweep = self.begin("out", preexec_fn=small_disk)
            output, errors = sweep.communicate(timeout=60)
            self.assertEqual((sweep.returncode, output), (2, ""), errors)
            self.assertIn("out/", errors)
        self.sweep("out")
        self.assertEqual(self.table("out"), self.table("whole"))


class RefusesWhatHasChanged(SweepTest):
    def test(self) -> None:
        chip = self.directory / "chip.yaml"
        shutil.copy(program.CHIPS / "reference.yaml", chip)
        text = SWEEP.replace("images: 2", f"images: 2, chip: {chip}")
        self.write(text)
        self.sweep("out")
        self.write(text.replace("[1, 3]", "[1, 4]"))
        errors = self.refused("sweep.yaml", "-o", "out")
        self.assertIn('point 3: was ["3","0.8 V"], is ["4","0.8 V"]', errors)
        self.assertIn("out/sweep.sqlite: these results belong to another sweep than sweep.yaml:\n", errors)
        self.assertIn("\nTo continue it, undo this change; to start a new sweep, give another directory (-o)", errors)
        self.write(text.replace("steps: 3", "steps: 5"))
        self.assertIn("points: were 6, are 10", self.refused("sweep.yaml", "-o", "out"))
        # Other notation is not a change, and neither are other metrics.
        self.write("# why\n" + text.replace("steps: 3", "step: 0.05 V").replace("correct, ", ""))
        self.assertNotIn("this time", self.sweep("out"))
        self.assertNotIn("correct", self.table("out"))
        self.write(text)
        chip.write_text(chip.read_text().replace("fifo_depth: 4", "fifo_depth: 5"))
        errors = self.refused("sweep.yaml", "-o", "out")
        self.assertIn("chip.yaml: has changed since", errors)
        self.assertIn("out/sweep.sqlite: these results were made from other files:\n", errors)
        self.assertIn("\nTo continue the sweep, undo this change; to start a new one, give another directory (-o)", errors)
        self.sweep("beside")


class AnswersFromResults(SweepTest):
    def test(self) -> None:
        self.write(SWEEP.replace("images: 2", "images: 8"))
        self.sweep("out")
        points = self.rows("out")
        query = "mj_per_image < 1 order by mj_per_image limit 2"
        answer = list(csv.DictReader(
            self.succeed("sweep", "out", "--csv", "--query", query).splitlines()))
        best = sorted(points, key=lambda row: float(row["mj_per_image"]))[:2]
        self.assertEqual([row["point"] for row in answer], [row["point"] for row in best])
        counted = self.succeed("sweep", "out", "--query", "select count(*) as n from points")
        self.assertEqual(counted.split(), ["n", "6"])
        front = list(csv.DictReader(self.succeed(
            "sweep", "out", "--csv", "--pareto", "ms_per_image,mj_per_image").splitlines()))
        beaten = {row["point"] for row in points for other in points
                  if (float(other["ms_per_image"]), float(other["mj_per_image"])) !=
                  (float(row["ms_per_image"]), float(row["mj_per_image"])) and
                  float(other["ms_per_image"]) <= float(row["ms_per_image"]) and
                  float(other["mj_per_image"]) <= float(row["mj_per_image"])}
        self.assertEqual({row["point"] for row in front},
                         {row["point"] for row in points} - beaten)
        table = list(csv.DictReader(
            self.succeed("sweep", "out", "--csv", "--sensitivity").splitlines()))
        energy = [row for row in table if row["metric"] == "mj_per_image"]
        self.assertEqual(energy[0]["axis"], "voltage")
        self.assertAlmostEqual(sum(float(row["share %"]) for row in energy), 100.0, delta=2.0)
        state = self.succeed("sweep", "out")
        self.assertEqual(state.split(), ["status", "points", "done", "6"])


class FilesThatChangeDoNotMatter(SweepTest):
    """Each point runs with the files as they were when the sweep was planned."""

    def test(self) -> None:
        text = """
name: changed
run: run.yaml
set: {timing: functional, images: 200}
axes: {faults.input_spike_drop: [0, 0.01, 0.02, 0.03]}
metrics: [accuracy, spikes_per_image, cores_used]
"""
        run = sweeps.RUN.read_text(encoding="utf-8")
        for folder in ("chips", "energy", "networks"):
            run = run.replace(f"../{folder}/", f"{program.ROOT}/configs/{folder}/")
        chip = (program.CHIPS / "reference.yaml").read_text(encoding="utf-8")
        run = run.replace(f"{program.CHIPS}/reference.yaml", "chip.yaml")
        self.assertIn("chip.yaml", run)
        self.write(text)
        self.write(run, "run.yaml")
        self.write(chip, "chip.yaml")
        self.sweep("whole")
        sweep = self.begin("changed")
        started = self.directory / "changed" / "sweep.sqlite"
        while not started.exists():
            self.assertIsNone(sweep.poll())
            time.sleep(0.005)
        # The network does not fit on this chip, and the run file is not YAML.
        self.write(chip.replace("columns: 32", "columns: 1"), "chip.yaml")
        self.write("[", "run.yaml")
        _, errors = sweep.communicate(timeout=300)
        self.assertEqual(sweep.returncode, 0, errors)
        self.assertEqual(self.table("changed"), self.table("whole"))


class AxesHaveTheTypeOfTheirKey(SweepTest):
    def points(self, axes: str) -> list[str]:
        self.write(f"name: x\nrun: {sweeps.RUN}\nset: {{timing: functional, images: 1}}\naxes: {axes}\n")
        lines = self.succeed("sweep", "sweep.yaml", "--dry-run").splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("0 "))
        return [line.split()[1] for line in lines[first:] if line[:1].isdigit()]

    def test(self) -> None:
        self.assertEqual(self.points("{faults.packet_drop: {from: 0, to: 1, step: 0.25}}"),
                         ["0", "0.25", "0.5", "0.75", "1"])
        self.assertEqual(self.points("{host: {chip.host_port.cycles_per_packet: {from: 1, to: 2, steps: 3}}}"),
                         ["1", "1.5", "2"])
        self.assertEqual(self.points("{chip.core.axons: {from: 1152, to: 1155, steps: 3}}"), ["1152", "1154", "1155"])
        self.assertEqual(self.points("{chip.voltage: {from: 0.8 V, to: 0.800002 V, step: 0.000001 V}}"),
                         ["0.8", "0.800001", "0.800002"])
        self.assertEqual(self.points("{faults.packet_drop: {from: 0.1, to: 0.3, step: 0.1}}"), ["0.1", "0.2", "0.3"])


class ReadersDoNotMatter(SweepTest):
    def test(self) -> None:
        self.write()
        self.sweep("alone")
        sweep = self.begin("read")
        path = self.directory / "read" / "sweep.sqlite"
        reader = None
        while reader is None:
            self.assertIsNone(sweep.poll())
            with contextlib.suppress(sqlite3.OperationalError):
                reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
                reader.execute("BEGIN")
                seen = reader.execute("SELECT count(*) FROM runs WHERE status = 'done'").fetchone()
                break
            if reader is not None:
                reader.close()
                reader = None
        # The reader has its snapshot until the sweep has ended.
        _, errors = sweep.communicate(timeout=120)
        self.assertEqual(sweep.returncode, 0, errors)
        self.assertEqual(reader.execute("SELECT count(*) FROM runs WHERE status = 'done'").fetchone(), seen)
        reader.close()
        self.assertEqual(self.table("read"), self.table("alone"))
        self.assertIn("done", self.succeed("sweep", "read"))
        self.assertEqual(sorted(path.name for path in (self.directory / "alone").iterdir()),
                         ["results.csv", "sweep.lock", "sweep.sqlite"])


class EditedDatabases(SweepTest):
    def test(self) -> None:
        self.write(sweeps.REPEATED)
        self.sweep("out")
        edits = (
            "UPDATE runs SET summary = 'x' WHERE point = 0",
            "UPDATE runs SET summary = x'ff'",
            "UPDATE runs SET coordinates = '[' WHERE point = 1",
            "UPDATE runs SET settings = '3'",
            "UPDATE sweep SET value = '{' WHERE key = 'question'",
            "DELETE FROM sweep", "DELETE FROM metrics", "DELETE FROM axes", "DELETE FROM runs",
            "UPDATE metrics SET \"column\" = 'other'",
            "UPDATE axes SET \"column\" = 5",
            "DROP VIEW points", "DROP TABLE mappings", "DROP TABLE sweep",
            "DROP VIEW points; CREATE VIEW points AS SELECT 1 AS one",
            "DROP VIEW points; DROP VIEW results; ALTER TABLE runs RENAME COLUMN point TO place")
        commands = (("sweep", "edited"), ("sweep", "edited", "--sensitivity"), ("sweep", "edited", "--spread"),
                    ("sweep", "edited", "--pareto", "accuracy:max"), ("sweep", "edited", "--query", "accuracy > 0"),
                    ("report", "edited", "-o", "page.html"), ("sweep", "sweep.yaml", "-o", "edited"))
        refusals = 0
        for edit in edits:
            for command in commands:
                shutil.rmtree(self.directory / "edited", ignore_errors=True)
                shutil.copytree(self.directory / "out", self.directory / "edited")
                connection = sqlite3.connect(self.directory / "edited" / "sweep.sqlite")
                connection.executescript(edit)
                connection.close()
                done = self.start(*command)
                self.assertIn(done.returncode, (0, 2), (edit, command, done.stderr))
                self.assertNotIn("internal error", done.stderr, (edit, command))
                if done.returncode == 2:
                    refusals += 1
                    self.assertRegex(done.stderr, "edited/sweep.sqlite|^--pareto", (edit, command))
        self.assertGreater(refusals, 30)
        for query in ('"nothing" > 1', 'accuracy > "high"'):
            self.assertIn("no such column", self.refused("out", "--query", query))


class QueriesOnlyRead(SweepTest):
    def test(self) -> None:
        self.write()
        self.sweep("out")
        before = (self.directory / "out" / "sweep.sqlite").read_bytes()
        for query, message in (
                ("mj < 1", "no such column: mj"), ("point = 0; DELETE FROM runs", "one statement"),
                ("point ==== 0", "syntax error"), ("", "incomplete input"),
                ("select load_extension('x')", "not authorized"),
                ("with a as (select 1) delete from runs", "queries may only read")):
            errors = self.refused("out", "--query", query)
            self.assertIn(message, errors)
            self.assertIn("columns: point, link_cycles, voltage, ms_per_image", errors)
        self.assertIn("--pareto: got mj, allowed ms_per_image",
                      self.refused("out", "--pareto", "mj"))
        self.assertIn("--pareto: mj_per_image: got least, allowed min, max", self.refused("out", "--pareto", "mj_per_image:least"))
        self.assertEqual((self.directory / "out" / "sweep.sqlite").read_bytes(), before)


class Ranks(SweepTest):
    def mpirun(self, number: int, *arguments: str) -> subprocess.Popen:
        return ranks.mpirun(self, number, "sweep", *arguments)


class RanksGiveTheSameResults(Ranks):
    def test(self) -> None:
        self.write()
        self.sweep("alone")
        for number in (2, 4):
            sweep = self.mpirun(number, "sweep.yaml", "-o", f"ranks-{number}")
            output, errors = sweep.communicate()
            self.assertEqual(sweep.returncode, 0, errors)
            self.assertIn(f"this time 6 runs and 2 mappings", output)
            self.assertIn(f"{number} workers busy", output)
            self.assertEqual(self.table(f"ranks-{number}"), self.table("alone"))
        wrong = self.mpirun(2, "none.yaml")
        _, errors = wrong.communicate()
        self.assertEqual(wrong.returncode, 2)
        self.assertEqual(errors.count("none.yaml: cannot be read"), 1)


class GoesOnAfterARankHasDied(Ranks):
    def test(self) -> None:
        self.write(SWEEP.replace("images: 2", "images: 8").replace("steps: 3", "steps: 6"))
        self.sweep("whole")
        sweep = self.mpirun(4, "sweep.yaml", "-o", "out")
        while sweep.poll() is None and self.done("out") < 2:
            time.sleep(0.01)
        os.kill(ranks.rank(self, sweep, 2), signal.SIGKILL)
        before = self.done("out")
        _, errors = sweep.communicate(timeout=120)
        # Open MPI aborts the job; the results recorded until then are kept.
        self.assertNotEqual(sweep.returncode, 0)
        self.assertIn("signal 9", errors)
        done = self.done("out")
        self.assertGreaterEqual(done, before)
        self.assertLess(done, 12)
        again = self.mpirun(4, "sweep.yaml", "-o", "out")
        output, errors = again.communicate()
        self.assertEqual(again.returncode, 0, errors)
        self.assertIn(f"this time {12 - done} run", output)
        self.assertEqual(self.table("out"), self.table("whole"))


class PlotsOfResults(SweepTest):
    def plot(self, *arguments: str, results: str = "out") -> subprocess.CompletedProcess[str]:
        return subprocess.run(["/usr/bin/python3", str(program.ROOT / "scripts" / "plot-sweep"), results, *arguments],
                              cwd=self.directory, text=True, capture_output=True, check=False)

    def test(self) -> None:
        self.write()
        self.sweep("out")
        for number, arguments in enumerate((("pareto", "voltage", "latency_ms"),
                                            ("scatter", "voltage", "latency_ms", "--colour", "link_cycles"),
                                            ("parallel", "--colour", "latency_ms"))):
            done = self.plot(*arguments, "-o", f"{number}.svg")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("</svg>", (self.directory / f"{number}.svg").read_text())
        for column, message in (("nothing", "got nothing, allowed link_cycles, voltage, "),
                                ("ms_per_image", "no finished point has values for voltage and ms_per_image")):
            done = self.plot("scatter", "voltage", column, "-o", "none.svg")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
            self.assertIn(message, done.stderr)
        self.assertFalse((self.directory / "none.svg").exists())

    def test_texts_and_a_directory_of_any_name(self) -> None:
        results = "50% #1?"
        (self.directory / results).mkdir()
        connection = sqlite3.connect(self.directory / results / "sweep.sqlite")
        connection.executescript("""
            CREATE TABLE sweep (key, value);
            INSERT INTO sweep VALUES ('name', 'by hand');
            CREATE TABLE axes (position, "column");
            INSERT INTO axes VALUES (0, 'topology');
            CREATE TABLE metrics (position, "column");
            INSERT INTO metrics VALUES (0, 'ms');
            CREATE TABLE points (point, status, topology, ms);
            INSERT INTO points VALUES (0, 'done', 'mesh', 2.0), (1, 'done', 'quadtree', 1.0);
        """)
        connection.close()
        done = self.plot("scatter", "topology", "ms", "-o", "texts.svg", results=results)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("</svg>", (self.directory / "texts.svg").read_text())
        done = self.plot("pareto", "topology", "ms", "-o", "none.svg", results=results)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "got topology, whose values are not numbers; a Pareto front needs two columns of "
                             "numbers\n"))
        self.assertFalse((self.directory / "none.svg").exists())


if __name__ == "__main__":
    program.main()
