# SPDX-License-Identifier: Apache-2.0
"""Tests the results of runs."""

import contextlib
import csv
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import time

import program

FIELDS = [
    "schema", "version", "network", "chip", "timing", "seed", "images", "correct", "accuracy",
    "cycles_per_image", "ms_per_image", "latency_ms", "mj_per_image", "energy_delay_mj_ms", "average_power_mw", "peak_power_mw", "area_mm2",
    "input_spikes_per_image", "spikes_per_image", "sop_per_image", "paper_sop_per_image",
    "cores_used", "chips_used", "layers", "energy_mj_per_image", "configuration",
]
LAYER_FIELDS = ["name", "cores", "neurons", "spikes_per_image", "sop_per_image",
                "paper_sop_per_image", "mj_per_image"]


class SummaryHasEveryField(program.ProgramTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 12)
        for field in FIELDS:
            self.assertIsNotNone(summary.get(field), field)
        for layer in summary["layers"]:
            for field in LAYER_FIELDS:
                self.assertIsNotNone(layer.get(field), field)
        self.assertEqual(set(summary["configuration"]),
                         {"transactions", "bytes", "ms", "mj", "verified_transactions",
                          "verified_bytes", "verify_ms", "verify_mj"})
        self.assertGreater(summary["configuration"]["bytes"], 0)
        with open(self.directory / "out" / "images.csv", encoding="ascii") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([int(row["index"]) for row in rows], list(range(12)))
        correct = sum(row["label"] == row["predicted"] for row in rows)
        self.assertEqual(correct, summary["correct"])
        steady = [row for row in rows if row["steady"] == "1"]
        self.assertEqual(len(steady), 12 - (len(summary["layers"]) - 1))
        mean = sum(int(row["cycles"]) for row in steady) / len(steady)
        self.assertAlmostEqual(mean, summary["cycles_per_image"], places=6)
        mean = sum(float(row["mj"]) for row in steady) / len(steady)
        self.assertAlmostEqual(mean / summary["mj_per_image"], 1.0, places=7)
        milliseconds = summary["cycles_per_image"] / 252e6 * 1e3
        self.assertAlmostEqual(milliseconds / summary["ms_per_image"], 1.0, places=9)


class VerifiedConfigurationChangesNoFigure(program.ProgramTest):
    def test(self) -> None:
        plain = self.run_network("lenet-fashion", "--images", 8)
        for field in ("verified_transactions", "verified_bytes", "verify_ms", "verify_mj"):
            self.assertIsNone(plain["configuration"].pop(field))
        for jobs in (1, 2):
            verified = self.run_network("lenet-fashion", "--images", 8, "--verify-config",
                                        "-j", jobs)
            loading = verified["configuration"]
            self.assertEqual(loading.pop("verified_transactions"), loading["transactions"])
            self.assertEqual(loading.pop("verified_bytes"), loading["bytes"])
            # Reading takes as long as writing.
            self.assertAlmostEqual(loading.pop("verify_ms"), loading["ms"], places=9)
            self.assertGreater(loading.pop("verify_mj"), 0.0)
            del verified["wall_seconds"]
            self.assertEqual(verified, {key: plain[key] for key in verified})
        functional = self.run_network("lenet-fashion", "--images", 8, "--verify-config",
                                      "--timing", "functional")
        self.assertEqual(functional["configuration"]["verified_bytes"],
                         plain["configuration"]["bytes"])
        self.assertIsNone(functional["configuration"]["verify_ms"])


class LoadingTakesTheBusFormula(program.ProgramTest):
    """The loading time follows docs/timing.md, "Configuration bus"; its latency and width are
    keys of the chip file."""

    def test(self) -> None:
        for latency, width in ((4, 8), (0, 8), (25, 8), (4, 1), (4, 2)):
            loading = self.run_network("lenet-fashion", "--images", 1, "--set",
                                       f"chip.bus.latency_cycles={latency}", "--set",
                                       f"chip.bus.bytes_per_cycle={width}")["configuration"]
            # Every transaction is a whole number of words, so every cycle transfers its full width.
            cycles = loading["transactions"] * latency + loading["bytes"] / width
            # The delay of each access is rounded to a picosecond.
            self.assertAlmostEqual(loading["ms"], cycles / 252e6 * 1e3,
                                   delta=loading["transactions"] * 0.5e-9)


class EveryComponentCosts(program.ProgramTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 10)
        for name, value in summary["energy_mj_per_image"].items():
            if name not in ("config_bus", "inter_chip_links", "axon_expansion"):
                self.assertGreater(value, 0.0, name)


class BoardGivesTheSameClasses(program.ProgramTest):
    def test(self) -> None:
        classes = []
        for chip, topology in (("reference", "mesh"), ("nc64", "mesh"), ("nc64", "quadtree")):
            summary = self.run_network(
                "lenet-fashion", "--images", 20, "-j", 2,
                "--set", f"chip={program.CHIPS}/{chip}.yaml",
                "--set", f"chip.topology={topology}")
            rows = (self.directory / "out" / "images.csv").read_text().splitlines()
            classes.append([row.split(",")[2] for row in rows])
            self.assertEqual(summary["chips_used"], 1 if chip == "reference" else 4)
            between = summary["energy_mj_per_image"]["inter_chip_links"]
            self.assertEqual(between > 0.0, chip == "nc64")
        self.assertEqual(classes[0], classes[1])
        self.assertEqual(classes[0], classes[2])


class WorkersDoNotChangeTheResults(program.ProgramTest):
    def test(self) -> None:
        files = []
        for jobs in (1, 2, 5):
            self.run_network("lenet-fashion", "--images", 23, "-j", jobs)
            summary = (self.directory / "out" / "summary.json").read_text().splitlines()
            files.append((
                [line for line in summary if '"wall_seconds"' not in line],
                *((self.directory / "out" / f"{name}.csv").read_bytes()
                  for name in ("images", "events", "energy", "cores", "power", "activity", "links",
                               "timeline")),
                *((self.directory / "out" / name).read_bytes()
                  for name in ("spikes.profile", "wrong.npy")),
            ))
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])


class FunctionalAndCycleAgree(program.ProgramTest):
    def test(self) -> None:
        summaries = [self.run_network("lenet-fashion", "--images", 30, "--timing", timing)
                     for timing in ("cycle", "functional")]
        for field in ("correct", "spikes_per_image", "input_spikes_per_image", "sop_per_image",
                      "paper_sop_per_image", "row_word_reads_per_image", "configuration.bytes"):
            values = [summary["configuration"]["bytes"] if field == "configuration.bytes"
                      else summary[field] for summary in summaries]
            self.assertEqual(values[0], values[1], field)
            self.assertGreater(values[0], 0, field)
        for cycle, functional in zip(summaries[0]["layers"], summaries[1]["layers"], strict=True):
            for field in ("spikes_per_image", "sop_per_image", "row_word_reads_per_image"):
                self.assertEqual(cycle[field], functional[field])
        for field in ("ms_per_image", "mj_per_image", "latency_ms", "cycles_per_image"):
            self.assertIsNone(summaries[1][field], field)
            self.assertIsNotNone(summaries[0][field], field)


class TooFewImagesGiveNoTimes(program.ProgramTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 3)
        self.assertIsNone(summary["ms_per_image"])
        self.assertIsNone(summary["mj_per_image"])
        self.assertIsNotNone(summary["latency_ms"])
        text = self.succeed("run", program.RUNS / "lenet-fashion.yaml", "--images", 3)
        self.assertIn("every layer holds an image only from", text)


class Interrupted(program.ProgramTest):
    """A run that is ended by a signal leaves no results and no process."""

    def begin(self) -> subprocess.Popen:
        """Starts a run over all images in two workers; returns when both have started."""
        self.run_network("lenet-fashion", "--images", 1)
        run = subprocess.Popen([program.PROGRAM, "run", program.RUNS / "lenet-fashion.yaml",
                                "--images", "0", "-j", "2", "-o", "stopped", "--record-levels",
                                "levels"], cwd=self.directory, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
        while len(self.workers(run)) < 2:
            self.assertIsNone(run.poll())
            time.sleep(0.01)
        return run

    def workers(self, run: subprocess.Popen) -> list[int]:
        """Returns the living processes in the session of `run`, except `run` itself."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue  # the process has ended
            if int(session) == run.pid and int(process.name) != run.pid and state not in "ZX":
                found.append(int(process.name))
        return found

    def wait_for_workers(self, run: subprocess.Popen) -> None:
        while self.workers(run):
            time.sleep(0.01)

    def check_nothing_left(self, run: subprocess.Popen) -> None:
        self.assertEqual(self.workers(run), [])
        self.assertFalse((self.directory / "stopped").exists())
        self.assertFalse((self.directory / "levels.tmp").exists())
        self.assertFalse((self.directory / "levels").exists())


class CanBeStopped(Interrupted):
    """Ctrl-C in a terminal signals all processes of the group, kill only one."""

    def test(self) -> None:
        for number, send in ((signal.SIGINT, os.killpg), (signal.SIGINT, os.kill),
                             (signal.SIGTERM, os.killpg), (signal.SIGTERM, os.kill)):
            run = self.begin()
            send(run.pid, number)
            _, errors = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 128 + number, errors)
            self.assertIn("stopped", errors)
            self.check_nothing_left(run)


class WorkersEndWithTheProgram(Interrupted):
    def test(self) -> None:
        run = self.begin()
        run.kill()
        run.communicate(timeout=60)
        self.wait_for_workers(run)


class ARunEndsWithAWorker(Interrupted):
    def test(self) -> None:
        for which in (0, 1):
            run = self.begin()
            os.kill(sorted(self.workers(run))[which], signal.SIGKILL)
            _, errors = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 2, errors)
            self.assertIn("a worker process was ended by signal 9", errors)
            self.check_nothing_left(run)


class AStoppedWorkerIsNoticed(Interrupted):
    def test(self) -> None:
        os.environ["SPIKELOOM_MAX_STOP"] = "2"
        run = self.begin()
        worker = self.workers(run)[0]
        # A pause is no loss.
        os.kill(worker, signal.SIGSTOP)
        time.sleep(0.5)
        os.kill(worker, signal.SIGCONT)
        time.sleep(2.5)
        self.assertIsNone(run.poll())
        os.kill(worker, signal.SIGSTOP)
        _, errors = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 2, errors)
        self.assertIn("a worker process was stopped by a signal and did not go on for 2 s (SPIKELOOM_MAX_STOP)", errors)
        self.check_nothing_left(run)
        os.environ["SPIKELOOM_MAX_STOP"] = "soon"
        done = self.start("run", program.RUNS / "lenet-fashion.yaml", "-o", "out")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "SPIKELOOM_MAX_STOP: got soon, allowed 1..1000000, in seconds\n")


class DiffCanBeStopped(program.ProgramTest):
    """diff simulates in its own process against the reference, and in workers against another
    run."""

    def test(self) -> None:
        run = program.RUNS / "lenet-fashion.yaml"
        self.run_network("lenet-fashion", "--images", 1)
        for against in ((), ("--against", str(run))):
            # On a terminal, diff shows the first image as soon as it is finished.
            terminal, end = pty.openpty()
            diff = subprocess.Popen([program.PROGRAM, "diff", run, "--images", "0", *against],
                                    cwd=self.directory, stdout=subprocess.PIPE, stderr=end,
                                    start_new_session=True)
            os.close(end)
            shown = b""
            while b"/" not in shown:
                shown += os.read(terminal, 1024)
            diff.send_signal(signal.SIGINT)
            with contextlib.suppress(OSError):  # the other end of the terminal is closed
                while more := os.read(terminal, 1024):
                    shown += more
            found, _ = diff.communicate(timeout=60)
            os.close(terminal)
            self.assertEqual((diff.returncode, found), (130, b""), shown)
            self.assertIn(b"spikeloom: stopped", shown)


class BoardGrowsToTheNetwork(program.ProgramTest):
    """--board auto chooses the board that the error message for a too small chip names."""

    def test(self) -> None:
        run = program.RUNS / "lenet-fashion.yaml"
        network = program.NETWORKS / "lenet-fashion-k1b2.onnx"
        chip = program.CHIPS / "reference.yaml"
        small = ("--set", "chip.mesh.columns=8", "--set", "chip.mesh.rows=4")
        done = self.start("map", network, "--chip", chip, *small)
        self.assertEqual(done.returncode, 2)
        named = re.search(r"the smallest board of such chips is (\d+) x (\d+)", done.stderr)
        note = (f"board: {named[1]} x {named[2]} chips, the smallest that fits; 1 x 1 has too few "
                "cores\n")
        text = self.succeed("map", network, "--chip", chip, *small, "--board", "auto", "-o", "made")
        self.assertIn(note, text)
        self.assertIn("no difference", self.succeed("verify", "made", network))
        text = self.succeed("run", run, "--images", 3, *small, "--board", "auto", "-o", "auto")
        self.assertIn(note, text)
        board = {"columns": int(named[1]), "rows": int(named[2])}
        summaries = []
        for directory, settings in (("auto", ("--set", "chip.board.grow=true")),
                                    ("given", ("--set", f"chip.board.columns={named[1]}",
                                               "--set", f"chip.board.rows={named[2]}")),
                                    ("made", ("--board", "auto", "--set", "deployment=made"))):
            self.succeed("run", run, "--images", 7, *small, *settings, "-o", f"{directory}-out")
            path = self.directory / f"{directory}-out" / "summary.json"
            # The option that selected the board does not appear in the figures.
            summaries.append({**json.loads(path.read_text()), "wall_seconds": 0, "settings": [], "files": []})
        self.assertEqual(summaries[0]["chip_description"]["board"], board)
        self.assertGreater(summaries[0]["chips_used"], 1)
        self.assertEqual(summaries[0], summaries[1])
        self.assertEqual(summaries[0], summaries[2])
        # A network that fits is placed on the given chip.
        text = self.succeed("map", network, "--chip", chip, "--board", "auto")
        self.assertNotIn("board:", text)


class WithoutPipelineImagesRunOneByOne(program.ProgramTest):
    def test(self) -> None:
        pipelined = self.run_network("lenet-fashion", "--images", 7)
        files = []
        for jobs in (1, 3):
            summary = self.run_network("lenet-fashion", "--images", 7, "-j", jobs, "--no-pipeline")
            with open(self.directory / "out" / "images.csv", encoding="ascii") as file:
                rows = list(csv.DictReader(file))
            files.append(({**summary, "wall_seconds": 0}, rows))
        self.assertEqual(files[0], files[1])
        self.assertFalse(summary["pipeline"])
        self.assertEqual([row["steady"] for row in rows], ["1"] * 7)
        mean = sum(int(row["cycles"]) for row in rows) / 7
        self.assertAlmostEqual(mean, summary["cycles_per_image"], places=6)
        self.assertEqual(summary["steady_ticks"], 7)
        # After the last output of an image, its last tick waits for idle cores and the barrier.
        barrier = 8 / 252e6 * 1e3
        self.assertGreaterEqual(summary["ms_per_image"], summary["latency_ms"] + barrier)
        self.assertLess(summary["ms_per_image"], 1.05 * summary["latency_ms"])
        self.assertGreater(summary["ms_per_image"], pipelined["ms_per_image"])
        for field in ("correct", "spikes_per_image", "sop_per_image", "row_word_reads_per_image"):
            self.assertEqual(summary[field], pipelined[field], field)
        parts = sum(layer["mj_per_image"] for layer in summary["layers"])
        whole = parts + summary["chip_mj_per_image"]
        self.assertAlmostEqual(whole / summary["mj_per_image"], 1.0, places=9)
        # The latency of the pipeline is measured directly after reset, before neurons that fire
        # without input have filled the layers behind them.
        first = self.run_network("lenet-fashion", "--images", 1, "--no-pipeline")
        self.assertAlmostEqual(first["latency_ms"] / pipelined["latency_ms"], 1.0, delta=0.02)


class FixedTicks(program.ProgramTest):
    def test(self) -> None:
        barrier = self.run_network("lenet-fashion", "--images", 7)
        self.assertIsNone(barrier["late_spikes"])

        def fixed(cycles: int, policy: str) -> dict:
            return self.run_network("lenet-fashion", "--images", 7, "-j", 2,
                                    "--set", f"chip.sync.tick_cycles={cycles}",
                                    "--set", f"chip.sync.late_spikes={policy}")

        generous = fixed(200000, "fail")
        self.assertEqual(generous["late_spikes"], {"count": 0, "unfinished": 0, "receivers": []})
        self.assertEqual(generous["cycles_per_image"], 200000)
        for field in ("correct", "spikes_per_image", "sop_per_image", "row_word_reads_per_image"):
            self.assertEqual(generous[field], barrier[field], field)
        short = int(barrier["cycles_per_image"])
        late = {policy: fixed(short, policy) for policy in ("drop", "next_tick")}
        for policy, summary in late.items():
            counts = summary["late_spikes"]
            self.assertGreater(counts["count"], 0, policy)
            self.assertEqual(counts["count"],
                             sum(item["late_spikes"] for item in counts["receivers"]))
            self.assertNotEqual(summary["spikes_per_image"], barrier["spikes_per_image"])
        done = self.start("run", program.RUNS / "lenet-fashion.yaml", "--images", 7,
                          "--set", f"chip.sync.tick_cycles={short}")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"the chip stopped, image \d+ (entering|alone on the chip): "
                         rf"tick \d+ \({short} cycles\): packets left in the network: \d+")


class InputNoise(program.ProgramTest):
    """A tenth of the input spikes is dropped: the same ones for any number of workers, and the
    chip still equals the reference."""

    def test(self) -> None:
        clean = self.run_network("lenet-fashion", "--images", 20, "--timing", "functional")
        noise = ("--images", 20, "--timing", "functional", "--set", "faults.input_spike_drop=0.1")
        one = self.run_network("lenet-fashion", *noise)
        three = self.run_network("lenet-fashion", *noise, "-j", 3)
        given = {key: value for key, value in one["faults"].items() if value}
        self.assertEqual(given, {"input_spike_drop": 0.1, "seed": 1})
        for field in ("correct", "input_spikes_per_image", "spikes_per_image", "sop_per_image"):
            self.assertEqual(one[field], three[field], field)
        self.assertAlmostEqual(one["input_spikes_per_image"] / clean["input_spikes_per_image"], 0.9, delta=0.01)
        other = self.run_network("lenet-fashion", *noise, "--set", "faults.seed=2")
        self.assertNotEqual(other["input_spikes_per_image"], one["input_spikes_per_image"])
        silent = self.run_network("lenet-fashion", "--images", 20, "--timing", "functional",
                                  "--set", "faults.input_neuron_drop=0.1")
        self.assertAlmostEqual(silent["input_spikes_per_image"] / clean["input_spikes_per_image"], 0.9, delta=0.01)
        compared = self.succeed("diff", program.RUNS / "lenet-fashion.yaml", "--images", 3, "--timing", "functional",
                                "--set", "faults.input_spike_drop=0.1", "--set", "faults.input_spike_insert=0.01")
        self.assertIn("no difference", compared)
        refused = self.start("run", program.RUNS / "lenet-fashion.yaml", "--set", "faults.input_spike_drop=1.5")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("faults.input_spike_drop: got 1.5, allowed 0..1", refused.stderr)


class AxonExpansionSavesPackets(program.ProgramTest):
    def test(self) -> None:
        network = program.NETWORKS / "lenet-fashion-k1b2.onnx"

        def run(table: tuple[str, ...], *settings: str) -> dict:
            # Without annealing each layer is a rectangle, so one packet can reach it.
            self.succeed("map", network, "--chip", program.CHIPS / "reference.yaml", "--effort", 0,
                         "-o", "deployment", *table)
            return self.run_network("lenet-fashion", "--images", 7, *table, *settings, "--set",
                                    f"deployment={self.directory / 'deployment'}")

        plain = run(())
        table = ("--set", "chip.core.axon_expansion.entries=18432")
        expanded = run(table)
        functional = run(table, "--timing", "functional")
        # Without a table a packet to a core writes one axon.
        self.assertEqual(plain["deliveries_per_image"], plain["axon_writes_per_image"])
        self.assertEqual(plain["energy_mj_per_image"]["axon_expansion"], 0)
        self.assertGreater(expanded["axon_writes_per_image"], expanded["deliveries_per_image"])
        self.assertGreater(expanded["energy_mj_per_image"]["axon_expansion"], 0)
        self.assertLess(expanded["cores_used"], plain["cores_used"])
        for field in ("correct", "spikes_per_image", "paper_sop_per_image", "packets_per_image"):
            self.assertEqual(expanded[field], plain[field], field)
        for field in ("packets_per_image", "deliveries_per_image", "axon_writes_per_image",
                      "spikes_per_image", "sop_per_image", "row_word_reads_per_image"):
            self.assertEqual(expanded[field], functional[field], field)


class DiffNamesTheFirstDifference(program.ProgramTest):
    """A changed threshold of a deployment must be detected and located."""

    def test(self) -> None:
        run = program.RUNS / "lenet-fashion.yaml"
        network = program.NETWORKS / "lenet-fashion-k1b2.onnx"
        self.succeed("map", network, "--chip", program.CHIPS / "reference.yaml", "-o", "whole")
        self.assertIn("no difference",
                      self.succeed("diff", run, "--images", 2, "--set", "deployment=whole"))
        core = self.damage("whole", "damaged")
        done = self.start("diff", run, "--images", 2, "--set", "deployment=damaged")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"^first difference: image 0, layer conv\d, neuron \d+ \(.*\), "
                                      r"in tick \d+:\n")
        name = f"chip0.core_{core % 32}_{core // 32}"
        self.assertIn(f"{name}, ", done.stdout)
        self.assertRegex(done.stdout, r"reference: \d+ spikes of 4, potential -?\d+, threshold")

        # The comparison of two runs gives the same result, with the potential of the undamaged chip
        # as reference.
        where = re.match(r"first difference: (image.*\)), in (tick \d+):", done.stdout)
        reference = re.search(r"reference: (\d+ spikes of 4), (potential .*)", done.stdout)
        done = self.start("diff", run, "--images", 2, "--set", "deployment=damaged", "--against",
                          run, "--against-set", "deployment=whole")
        self.assertEqual(done.returncode, 1, done.stderr)
        first, ours, theirs = done.stdout.splitlines()
        self.assertEqual(first, f"first difference: {where[1]}:")
        self.assertRegex(ours, rf"^  run:     \d+ spikes of 4 in tick \d+, {re.escape(name)}, "
                               r"neuron \d+, potential -?\d+, threshold ")
        self.assertTrue(theirs.startswith(f"  against: {reference[1]} in tick "), theirs)
        self.assertTrue(theirs.endswith(reference[2]), theirs)


class DiffOfTwoRuns(program.ProgramTest):
    """Runs of one network on other chips and timings are equal; other networks differ."""

    def test(self) -> None:
        run = program.RUNS / "lenet-fashion.yaml"
        other = program.RUNS / "lenet-mnist.yaml"
        text = self.succeed("diff", run, "--images", 5, "--against", run, "--against-set",
                            f"chip={program.CHIPS / 'nc64.yaml'}", "--against-set",
                            "chip.mesh.columns=32", "--against-set", "chip.mesh.rows=32")
        self.assertRegex(text, r"^no difference: 5 images, 5 layers, \d+ neurons compared")
        text = self.succeed("diff", run, "--images", 5, "--no-pipeline", "--against", run,
                            "--against-set", "timing=functional")
        self.assertIn("no difference", text)
        done = self.start("diff", run, "--images", 2, "--against", other, "--against-set",
                          "data=fashion-mnist")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"^first difference: image 0, layer input, neuron \d+ .*\n"
                                      r"  run:     \d spikes of 4 in tick \d+\n"
                                      r"  against: \d spikes of 4 in tick \d+\n$")
        done = self.start("diff", run, "--against-set", "images=3")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "spikeloom diff: --against-set needs --against\n"))


if __name__ == "__main__":
    program.main()
