# SPDX-License-Identifier: Apache-2.0
"""Causes messages of docs/errors.md that no other test causes: each with its text, status 2, and nothing left behind."""

import contextlib
import gzip
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time

import numpy

import error_test
import program

MODEL, CHIP, RUN = error_test.MODEL, error_test.CHIP, error_test.RUN
CORPUS = program.ROOT / "testbenches" / "fuzz" / "corpus"


class Messages(error_test.Refusal):
    def write(self, name: str, content: str | bytes) -> str:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def has_pages(self) -> bool:
        return "built without pages" not in self.start("report", "none").stderr

    def array(self, name: str, **arrays: object) -> str:
        """Writes an array, or an archive of several."""
        bytes_ = io.BytesIO()
        if list(arrays) == ["array"]:
            numpy.save(bytes_, arrays["array"])
        else:
            numpy.savez(bytes_, **arrays)
        return self.write(name, bytes_.getvalue())


class OfCommandLines(Messages):
    def test(self) -> None:
        (self.directory / "empty").mkdir()
        for message, *arguments in (
                ("spikeloom completion: got fish, allowed bash, zsh", "completion", "fish"),
                ("--first-layer: got none, allowed auto, host, chip", "convert", MODEL, "--first-layer", "none"),
                ("empty: contains no *.onnx file, expected a folder of ONNX models", "convert", "empty", "--survey"),
                ("--jobs: got 0, allowed 1 or more", "sweep", RUN, "--jobs", 0),
                ("--query: needs the directory of a sweep's results, got ", "sweep", RUN, "--query", "1"),
                ("empty: not a results directory of a sweep: empty/sweep.sqlite is missing", "sweep", "empty", "--query", "1"),
                ("refused-output-of-no-node: no accepted node computes its output ", "convert",
                 CORPUS / "onnx" / "refused-output-of-no-node")):
            self.refused(*arguments, saying=message)


class OfStoppedCommands(Messages):
    def test(self) -> None:
        for _ in range(3):
            started = subprocess.Popen([program.PROGRAM, "map", MODEL, "--chip", CHIP, "--effort", "1000", "-o", "made"],
                                       cwd=self.directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(0.3)
            started.send_signal(signal.SIGINT)
            output, errors = started.communicate()
            if started.returncode == -signal.SIGINT:
                continue    # it had not begun
            self.assertEqual((started.returncode, output), (128 + signal.SIGINT, ""))
            self.assertIn("spikeloom: stopped; nothing written", errors)
            self.assertEqual(self.tree(), {})
            return
        self.fail("never stopped while it worked")


class OfProgramsForMpi(Messages):
    def test(self) -> None:
        of_ranks = pathlib.Path(program.PROGRAM).with_name("spikeloom-mpi")
        if not of_ranks.exists():
            self.skipTest("built without MPI")
        alone = self.temporary_directory() / "spikeloom"
        shutil.copy(program.PROGRAM, alone)
        for command, message in (
                ([of_ranks, "map"],
                 "spikeloom-mpi: is what spikeloom run and spikeloom sweep become under mpirun: start those"),
                ([alone, "run", RUN, "-o", "out"],
                 f"{alone}-mpi: cannot be run: No such file or directory: runs and sweeps under mpirun need a build "
                 "with SPIKELOOM_MPI on")):
            self.refused(*command[1:], saying=message, environment={"PMIX_RANK": "0"}, command=command[0])


class OfChipFiles(Messages):
    def test(self) -> None:
        for message, *settings in (
                ("chip.board.rows: got 9, allowed 1..4 (mesh.rows)", "board.rows=9"),
                ("chip.host_port.y: got 99, allowed 0..31 (mesh.rows, board.rows)", "host_port.y=99"),
                ("chip.host_port.level: got 1, but topology: mesh has no levels, allowed 0", "host_port.level=1"),
                ("chip.core.axon_expansion.entry_bits: got 4, but a group, an axon and the end-of-list bit take ",
                 "core.axon_expansion.entries=8", "core.axon_expansion.entry_bits=4"),
                ("chip.defects.links: got 1, but the routers of the RTL know no dead links: allowed none",
                 "defects.links=['(0,0) to (1,0)']")):
            options = [word for setting in settings for word in ("--set", f"chip.{setting}")]
            self.refused("rtl", "--chip", CHIP, *options, "-o", "out", saying=message)


class OfRunFiles(Messages):
    def test(self) -> None:
        energy = (program.ROOT / "configs" / "energy" / "65nm.yaml").read_text()
        self.assertIn("    status: modelled", energy)
        self.write("energy.yaml", energy.replace("    status: modelled", "    energy: 1 pJ\n    status: modelled", 1))
        self.write("data/fashion-mnist/t10k-images-idx3-ubyte.gz",
                   gzip.compress(struct.pack(">IIII", 0x803, 2, 28, 28) + bytes(2 * 28 * 28)))
        self.write("data/fashion-mnist/t10k-labels-idx1-ubyte.gz", gzip.compress(struct.pack(">II", 0x801, 3) + bytes(3)))
        self.succeed("map", program.NETWORKS / "lenet-mnist-k1b2.onnx", "--chip", CHIP, "--effort", 0, "-o", "other.deployment")
        for name in ("there", "out"):    # The directory of the results is made before the work.
            (self.directory / name).mkdir()
        workload = program.RUNS / "workload.yaml"
        for message, *arguments in (
                ("name: got a/b, allowed a name without '/'", "name=a/b"),
                ("none.onnx: cannot be read; nor is the network in ", "network=none.onnx"),
                ("; scripts/get-network --list shows those that it fetches", "network=none.onnx"),
                ("reference.yaml: chip.voltage: got 200 mV, allowed above 566 mV and up to 1.2 V (", "chip.voltage=0.2 V"),
                ("65nm.yaml: clock_law.threshold, highest_voltage)", "chip.voltage=0.2 V"),
                ("given beside status: modelled, allowed: either, and with a number the status published, derived, "
                 "calibrated, synthesized or estimated", "energy=energy.yaml"),
                ("data/fashion-mnist: 2 images, but 3 labels", "images=2"),
                ("other.deployment: was made from another network than ", "deployment=other.deployment")):
            self.refused("run", RUN, "--set", arguments[0], "-o", "out", saying=message,
                         environment={"SPIKELOOM_DATA": "data"} if arguments[0] == "images=2" else None)
        self.refused("run", RUN, "--images", 1, "--record-levels", "there", "-o", "out", saying="there: already exists")
        self.refused("vectors", RUN, "--core", "0,0", "--set", "faults.packet_drop=0.1", "-o", "out",
                     saying="lenet-fashion.yaml: faults: vectors are of a chip without faults of the hardware")
        self.refused("diff", workload, saying="workload.yaml: has a workload, which is for run, sweep and validate: this needs a network")


class OfFailedTools(Messages):
    def test(self) -> None:
        self.write("bin/vcd2fst", "#!/bin/sh\nexit 3\n")
        (self.directory / "bin" / "vcd2fst").chmod(0o755)
        (self.directory / "out").mkdir()    # made before the work
        self.refused("run", RUN, "--images", 1, "--vcd", "a.fst", "-o", "out", saying=f"a.fst: {self.directory}/bin/vcd2fst failed: status 3",
                     environment={"PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}"})


class OfSpikeTraces(Messages):
    def test(self) -> None:
        self.array("some.npz", tick=numpy.zeros(1, "u4"))
        self.refused("inspect", "some.npz",
                     saying="some.npz: a NumPy archive, but not a spike trace of run --record-spikes: it has no core")
        self.succeed("run", RUN, "--images", 1, "--timing", "functional", "--record-spikes", "a.npz", "-o", "out")
        trace = dict(numpy.load(self.directory / "a.npz"))
        self.array("none.npz", **{**trace, **{name: trace[name][:0] for name in ("images", "labels", "entry_ticks")}})
        self.refused("replay", "none.npz", RUN, "-o", "other", saying="none.npz: images: is empty")


class OfInspectedFiles(Messages):
    def test(self) -> None:
        self.write("report.json", '{"lower_bound_cores": 1, "plans": []}')
        self.refused("inspect", "report.json", saying="report.json: not a complete report of map --report: ")


class OfReports(Messages):
    def test(self) -> None:
        (self.directory / "empty").mkdir()
        if not self.has_pages():
            self.skipTest("built without pages")
        self.refused("report", "empty", saying="empty: not results of spikeloom run or sweep: there is neither "
                     "summary.json nor sweep.sqlite in it")
        self.refused("report", "none", saying="none: does not exist")
        self.refused("report", *["empty"] * 33, saying="spikeloom report: got 33 directories, allowed 1..")
        self.write("swept/sweep.sqlite", "")
        self.refused("report", "empty", "swept", saying="spikeloom report: swept has results of a sweep, which need a "
                     "page of their own: got 2 directories, allowed 1")

        self.run_network("lenet-fashion", "--images", 20)
        images = (self.directory / "out" / "images.csv").read_text()
        header, first, *others = images.splitlines(keepends=True)
        summary = json.loads((self.directory / "out" / "summary.json").read_text())
        wrong = (self.directory / "out" / "wrong.npy").read_bytes()
        for name, content, message in (
                ("images.csv", "a" + images, "out/images.csv: its first line is not that of a run's images.csv"),
                ("images.csv", "".join([header, first.replace(first.split(",")[0], "0.5", 1), *others]),
                 ": got 0.5, expected a whole number"),
                ("images.csv", "".join([header, *others]), "out/images.csv: has 19 lines, expected 20 (summary.json)"),
                ("wrong.npy", b"none", "out/wrong.npy: not the file of a run's wrong images: "),
                ("summary.json", json.dumps({**summary, "chip": 1}), "out: a summary.json is damaged: ")):
            old = (self.directory / "out" / name).read_bytes()
            self.write(f"out/{name}", content)
            self.refused("report", "out", saying=message)
            (self.directory / "out" / name).write_bytes(old)
        self.array("out/wrong.npy", array=numpy.zeros((1, 28, 28), "u1"))
        self.refused("report", "out", saying="out/wrong.npy: not the file of a run's wrong images: its type or shape is wrong")
        count = struct.unpack("<H", wrong[8:10])[0] and numpy.load(io.BytesIO(wrong)).shape[0]
        self.array("out/wrong.npy", array=numpy.zeros((count + 1, 1, 28, 28), "u1"))
        self.refused("report", "out", saying=f"out: wrong.npy has {count + 1} images, but images.csv lists {count} wrong ones")


class OfSweepFiles(Messages):
    AXIS = "{faults.input_spike_drop: [0, 0.1]}"

    def sweep(self, message: str, axes: str = AXIS, more: str = "") -> None:
        self.write("sweep.yaml", f"name: test\nrun: {RUN}\nset: {{images: 2}}\naxes: {axes}\n{more}\n")
        self.refused("sweep", "sweep.yaml", "-o", "out", saying=message)

    def test(self) -> None:
        for message, axis in (
                ("axes.pair: has no keys", "{pair: {}}"),
                ("from and to: expected two numbers, with the same unit or none",
                 "{chip.voltage: {from: 0.8 V, to: 1 MHz, steps: 3}}"),
                ("scale: log needs from to be greater than 0",
                 "{faults.input_spike_drop: {from: 0, to: 0.5, steps: 3, scale: log}}"),
                ("expected a number above 0 with the unit of from, and neither steps nor scale: log beside it",
                 "{faults.input_spike_drop: {from: 0, to: 0.5, step: 0}}"),
                ("makes 500000001 values, allowed at most 1000000",
                 "{faults.input_spike_drop: {from: 0, to: 0.5, step: 1e-9}}")):
            self.sweep(message, axis)
        self.sweep("sweep.yaml:5:11: exclude: link > 0: no such column: link (columns: input_spike_drop)", self.AXIS,
                   "exclude: [link > 0]")


class OfSweepDirectories(Messages):
    def test(self) -> None:
        self.write("sweep.yaml", f"name: test\nrun: {RUN}\nset: {{images: 1, timing: functional}}\naxes: {{seed: [1]}}\n")
        (self.directory / "busy").mkdir()
        # Of another process: one's own locks end when one reads the file.
        lock = ("import fcntl, sys; file = open('busy/sweep.lock', 'w'); fcntl.lockf(file, fcntl.LOCK_EX); "
                "print(flush=True); sys.stdin.read()")
        with subprocess.Popen([sys.executable, "-c", lock], cwd=self.directory, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            self.refused("sweep", "sweep.yaml", "-o", "busy", saying="busy: another sweep is running there")
            other.stdin.close()
        # A repetition that cannot be is refused like a point.
        workload = "workload.ticks: 1, workload.warm_up: 1, workload.cores: 1, timing: functional"
        for run, settings, over, message in (
                ("workload", workload, "images", "repeat: over: images, but a workload has none: allowed seed"),
                ("workload", workload, "faults.seed", "repeat: over: faults.seed, but a workload has none: allowed seed"),
                ("lenet-fashion", "images: 0, first: 9999, timing: functional", "images",
                 "repeat: over: images needs a number of images other than 0 (all)")):
            shutil.rmtree(self.directory / "out", ignore_errors=True)
            self.write("sweep.yaml", f"name: test\nrun: {program.RUNS / run}.yaml\nset: {{{settings}}}\n"
                       f"axes: {{chip.clock: [100 MHz]}}\nrepeat: {{over: {over}, count: 2}}\n")
            self.succeed("sweep", "sweep.yaml", "-o", "out")
            self.assertIn(f"sweep.yaml: {message}", (self.directory / "out" / "results.csv").read_text())
        if not self.has_pages():
            self.skipTest("built without pages")
        with contextlib.closing(sqlite3.connect(self.directory / "out" / "sweep.sqlite")) as database, database:
            database.execute("UPDATE runs SET settings = '{'")
        self.refused("report", "out", saying="out/sweep.sqlite: is damaged, or was changed by hand: ")


class OfValidations(Messages):
    def test(self) -> None:
        self.write("cases.yaml", f"""
source: a figure
cases:
  lenet:
    run: {program.RUNS / 'lenet-fashion.yaml'}
    figures:
      time: {{published: 1 ms, status: predicted, tolerance: 0.1}}
""")
        self.refused("validate", "cases.yaml", "--images", 1,
                     saying="lenet: 1 images are too few: the pipeline was never full")


if __name__ == "__main__":
    program.main()
