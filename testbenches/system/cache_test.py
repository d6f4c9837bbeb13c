# SPDX-License-Identifier: Apache-2.0
"""Tests the cache of mappings: results do not depend on it, and nothing in it ends a run."""

import json
import os
import pathlib
import random
import subprocess
import time

import program

RUN = program.RUNS / "lenet-fashion.yaml"
FROM_CACHE = "mapping from the cache; "


class CacheTest(program.ProgramTest):
    def run_lenet(self, out: str, *arguments: object) -> str:
        """Runs 6 images and returns what is printed."""
        return self.succeed("run", RUN, "--images", 6, "-o", out, *arguments)

    def kept(self) -> list[pathlib.Path]:
        """Returns the files in the directory of the mappings."""
        mappings = self.cache / "spikeloom" / "mappings"
        return sorted(mappings.iterdir()) if mappings.exists() else []

    def begin(self, out: str) -> subprocess.Popen:
        return subprocess.Popen([program.PROGRAM, "run", RUN, "--images", "6", "-o", out],
                                cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)


class LaterRunsTakeTheMapping(CacheTest):
    def test(self) -> None:
        self.assertNotIn(FROM_CACHE, self.run_lenet("without", "--no-cache"))
        self.assertEqual(self.kept(), [])
        self.assertNotIn(FROM_CACHE, self.run_lenet("first"))
        self.assertEqual(len(self.kept()), 1)
        # One worker or more, other images, supply and clock: the same mapping.
        self.assertIn(FROM_CACHE, self.run_lenet("second", "-j", 2))
        self.assertEqual(self.results("first"), self.results("without"))
        self.assertEqual(self.results("second"), self.results("without"))
        self.assertNotIn(FROM_CACHE, self.run_lenet("third", "--no-cache"))
        other = ("--set", "chip.voltage=0.9 V", "--first", 3)
        self.assertIn(FROM_CACHE, self.run_lenet("voltage", *other))
        self.run_lenet("voltage-without", *other, "--no-cache")
        self.assertEqual(self.results("voltage"), self.results("voltage-without"))
        self.assertEqual(len(self.kept()), 1)
        # Other seeds, efforts, objectives and cores: other mappings.
        for setting in ("seed=2", "mapper.effort=1", "mapper.objective=cores",
                        "chip.core.axons=2048"):
            self.assertNotIn(FROM_CACHE, self.run_lenet("other", "--set", setting))
            self.assertIn(FROM_CACHE, self.run_lenet("again", "--set", setting))
            self.assertEqual(self.results("other"), self.results("again"))
        self.assertEqual(len(self.kept()), 5)
        # It is in no result that a program reads.
        self.assertEqual(json.loads(self.run_lenet("out", "--json"))["images"], 6)


class BoardsThatGrewAreKept(CacheTest):
    def test(self) -> None:
        small = ("--set", "chip.mesh.columns=8", "--set", "chip.mesh.rows=4", "--board", "auto")
        texts = [self.run_lenet(f"out-{i}", *small) for i in range(2)]
        self.assertIn("the smallest that fits", texts[0])
        self.assertIn(FROM_CACHE, texts[1])
        self.assertIn(texts[0].splitlines()[1], texts[1])
        self.assertEqual(self.results("out-0"), self.results("out-1"))


class AllCommandsThatRunTakeIt(CacheTest):
    def test(self) -> None:
        self.run_lenet("out", "--record-spikes", "spikes.npz")
        file, = self.kept()
        os.utime(file, (0, 0))
        for command in (("replay", "spikes.npz", RUN), ("diff", RUN, "--images", 2),
                        ("diff", RUN, "--images", 2, "--against", RUN),
                        ("vectors", RUN, "--core", "0,0")):
            for cached in (False, True):
                output = () if command[0] == "diff" else ("-o", f"{command[0]}-{cached}")
                self.succeed(*command, *output, *(() if cached else ("--no-cache",)))
                # The time of the last change is that of the last use.
                self.assertEqual(file.stat().st_mtime > 0, cached, command)
                self.assertEqual(self.kept(), [file])
            os.utime(file, (0, 0))


class DamagedFilesAreReplaced(CacheTest):
    def test(self) -> None:
        self.run_lenet("whole")
        file, = self.kept()
        whole = file.read_bytes()
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 4
        for damaged in (whole[:-1], whole[:1000], b"", bytes(changed), b"another program's file"):
            file.write_bytes(damaged)
            done = self.start("run", RUN, "--images", 6, "-o", "out")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.count("its file in the cache was damaged"), 1)
            self.assertEqual(self.results("out"), self.results("whole"))
            self.assertEqual(self.kept(), [file])
            self.assertEqual(file.read_bytes(), whole)
            self.assertIn(FROM_CACHE, self.run_lenet("out"))


class SeveralRunsAtOnce(CacheTest):
    def test(self) -> None:
        self.run_lenet("alone", "--no-cache")
        runs = [self.begin(f"out-{i}") for i in range(4)]
        for i, run in enumerate(runs):
            _, errors = run.communicate(timeout=300)
            self.assertEqual((run.returncode, errors), (0, ""))
            self.assertEqual(self.results(f"out-{i}"), self.results("alone"))
        self.assertEqual(len(self.kept()), 1)
        self.assertIn(FROM_CACHE, self.run_lenet("out"))


class KilledRunsLeaveNothingThatIsRead(CacheTest):
    def test(self) -> None:
        start = time.monotonic()
        self.run_lenet("alone", "--no-cache")
        longest = time.monotonic() - start
        moments = random.Random(1)
        for _ in range(8):
            run = self.begin("out")
            time.sleep(moments.uniform(0.0, longest))
            run.kill()
            run.communicate()
            self.assertNotIn("damaged", self.run_lenet("out"))
            self.assertEqual(self.results("out"), self.results("alone"))
            for file in self.kept():
                file.unlink()


class WithoutACacheRunsMap(CacheTest):
    def test(self) -> None:
        self.run_lenet("alone", "--no-cache")
        for environment in ({"XDG_CACHE_HOME": "/dev/null"},
                            {"XDG_CACHE_HOME": "", "HOME": ""},
                            {"SPIKELOOM_CACHE_MIB": "0"}):
            done = self.start("run", RUN, "--images", 6, "-o", "out", environment=environment)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(self.results("out"), self.results("alone"))
        self.assertEqual(self.kept(), [])
        done = self.start("run", RUN, "--images", 6, "-o", "none",
                          environment={"SPIKELOOM_CACHE_MIB": "much"})
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("SPIKELOOM_CACHE_MIB: got much, allowed a number of MiB, 0..17592186044415: the size of the cache of mappings; 0: none", done.stderr)


class TheLimitIsKept(CacheTest):
    def test(self) -> None:
        self.run_lenet("out")
        mib = self.kept()[0].stat().st_size / 2**20
        limit = {"SPIKELOOM_CACHE_MIB": str(int(2.5 * mib) + 1)}
        for seed in range(2, 7):
            done = self.start("run", RUN, "--images", 6, "-o", "out", "--set", f"seed={seed}",
                              environment=limit)
            self.assertEqual(done.returncode, 0, done.stderr)
            size = sum(file.stat().st_size for file in self.kept())
            self.assertLessEqual(size, int(limit["SPIKELOOM_CACHE_MIB"]) * 2**20)
        self.assertIn(FROM_CACHE, self.run_lenet("out", "--set", "seed=6"))
        self.assertNotIn(FROM_CACHE, self.run_lenet("out"))


if __name__ == "__main__":
    program.main()
