# SPDX-License-Identifier: Apache-2.0
"""Tests what happens when output cannot be written, or memory or file descriptors are few. A limit of the size of files
stands for a full disk."""

import os
import pathlib
import resource
import signal
import subprocess

import program

RUN = program.RUNS / "lenet-fashion.yaml"


class LimitTest(program.ProgramTest):
    def start_limited(self, size: int, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs the program with files of at most `size` bytes."""
        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return subprocess.run([program.PROGRAM, *map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False, preexec_fn=limit)

    def tree(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.directory)): path.read_bytes()
                for path in self.directory.rglob("*") if path.is_file()}


class ResultsAreReplacedTogether(LimitTest):
    def test(self) -> None:
        self.run_network("lenet-fashion", "--images", 8)
        before = self.tree()
        (self.directory / "out" / "mine.txt").write_text("not a result")
        # spikes.profile is the largest file, cores.csv the next one: neither stops half-way.
        for size in (60_000, 15_000, 1_000):
            done = self.start_limited(size, "run", RUN, "-o", "out", "--images", 9, "--no-cache")
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn("cannot be written: File too large", done.stderr)
            after = self.tree()
            self.assertEqual(after.pop("out/mine.txt"), b"not a result")
            self.assertEqual(after, before, size)
        self.run_network("lenet-fashion", "--images", 9, "--timing", "functional")
        self.assertEqual(set(self.tree()), {"out/images.csv", "out/spikes.profile", "out/summary.json",
                                            "out/wrong.npy", "out/mine.txt"})


class RecordingsNameTheCause(LimitTest):
    def test(self) -> None:
        self.succeed("run", RUN, "-o", "out", "--images", 3)
        for option, target in (("--record-spikes", "spikes.npz"), ("--record-levels", "levels"), ("--vcd", "x.vcd")):
            done = self.start_limited(40_000, "run", RUN, "-o", "out", "--images", 20, option, target)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(target, done.stderr)
            self.assertIn("cannot be written: File too large", done.stderr)
            self.assertEqual([path.name for path in self.directory.iterdir()], ["out"], option)


class MemoryAndDescriptorsCanBeFew(LimitTest):
    def limited(self, which: int, limit: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program.PROGRAM, "run", RUN, "-o", "out", "--images", "3", "-j", "2"], text=True,
                              cwd=self.directory, capture_output=True, check=False,
                              preexec_fn=lambda: resource.setrlimit(which, (limit, limit)))

    def test(self) -> None:
        if not program.CAN_BE_LIMITED:
            self.skipTest("a build with sanitizers cannot be limited")
        self.run_network("lenet-fashion", "--images", 3)
        whole = self.results("out")
        outcomes = set()
        for megabytes in range(44, 84, 4):
            done = self.limited(resource.RLIMIT_AS, megabytes << 20)
            outcomes.add(done.returncode)
            if done.returncode == 0:
                self.assertEqual(self.results("out"), whole)
                continue
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "(?:out of memory; fewer workers \\(-j\\) need less|cannot be read: no memory to map it|Cannot allocate memory)")
            self.assertEqual(self.results("out"), whole)
        self.assertEqual(outcomes, {0, 2})
        outcomes.clear()
        errors = ""
        for descriptors in range(4, 12):
            done = self.limited(resource.RLIMIT_NOFILE, descriptors)
            outcomes.add(done.returncode)
            self.assertIn(done.returncode, (0, 2), done.stderr)
            errors += done.stderr
            if done.returncode == 2:
                self.assertIn("Too many open files", done.stderr)
            self.assertEqual(self.results("out"), whole)
        self.assertEqual(outcomes, {0, 2})
        self.assertIn("no worker process can be started: socketpair: Too many open files", errors)


class StandardOutputCanFail(LimitTest):
    def test(self) -> None:
        self.succeed("run", RUN, "-o", "out", "--images", 3)
        self.succeed("map", program.NETWORKS / "lenet-fashion-k1b2.onnx", "--chip", program.CHIPS / "reference.yaml",
                     "-o", "x.deployment", "--quiet")
        commands = (
            ("--help",), ("--version",), ("run", "--help"), ("registers",), ("completion", "bash"), ("manual",),
            ("run", RUN, "--images", 3, "-o", "out"), ("run", RUN, "--images", 3, "-o", "out", "--json"),
            ("report", "out"), ("inspect", "out/summary.json"), ("inspect", "x.deployment", "--json"),
            ("verify", "x.deployment", program.NETWORKS / "lenet-fashion-k1b2.onnx"))
        for command in commands:
            command = [program.PROGRAM, *map(str, command)]
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run(command, cwd=self.directory, stdout=full, stderr=subprocess.PIPE, text=True,
                                      check=False)
            self.assertEqual(done.returncode, 2, (command, done.stderr))
            self.assertIn("standard output: cannot be written: No space left on device", done.stderr, command)
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run(command, cwd=self.directory, stdout=writer, stderr=subprocess.PIPE, text=True,
                                  check=False)
            os.close(writer)
            self.assertEqual((done.returncode, done.stderr), (2, ""), command)
        self.assertTrue(pathlib.Path(self.directory / "out" / "report.html").exists())


program.main()
