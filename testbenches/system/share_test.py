# SPDX-License-Identifier: Apache-2.0
"""Tests that the images of a run are shared by workers and ranks, and that finished shares are
kept until the run is finished."""

import csv
import os
import pathlib
import signal
import subprocess
import time

import program
import ranks

RUN = program.RUNS / "lenet-fashion.yaml"
IMAGES = 60
# Six shares of ten images.
SHARES = ("--images", IMAGES, "--share", 10)


class ShareTest(program.ProgramTest):
    def kept(self, out: str) -> list[pathlib.Path]:
        """Returns the finished shares of a run that is not finished."""
        return sorted((self.directory / out).glob("shares/*.share"))

    def begin(self, out: str, *arguments: object) -> subprocess.Popen:
        return subprocess.Popen([program.PROGRAM, "run", RUN, *map(str, SHARES), "-o", out,
                                 *map(str, arguments)], cwd=self.directory, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for_shares(self, run: subprocess.Popen, out: str, count: int) -> None:
        while len(self.kept(out)) < count:
            self.assertIsNone(run.poll())
            time.sleep(0.002)

    def whole(self) -> dict[str, bytes]:
        """Returns the results of one worker with one share."""
        self.succeed("run", RUN, "--images", IMAGES, "-o", "whole")
        self.assertFalse((self.directory / "whole" / "shares").exists())
        return self.results("whole")

    def resume(self, out: str, *arguments: object) -> int:
        """Finishes a run; returns the number of images that it did not have to run."""
        text = self.succeed("run", RUN, *SHARES, "-o", out, "--resume", *arguments)
        before, _, _ = text.splitlines()[-1].partition(" images of an earlier start; ")
        return int(before.split()[-1]) if "earlier" in text else 0


class SharesDoNotChangeTheResults(ShareTest):
    def test(self) -> None:
        whole = self.whole()
        for arguments in (("--share", 1), ("-j", 3, "--share", 7), ("-j", 2, "--share", 59),
                          ("--share", 1000), ("--resume",)):
            self.succeed("run", RUN, "--images", IMAGES, "-o", "out", *arguments)
            self.assertEqual(self.results("out"), whole, arguments)
        self.assertIn("--share: got 0, allowed 1 or more",
                      self.start("run", RUN, "--share", 0).stderr)
        for option in ("--record-levels", "--record-spikes", "--vcd"):
            done = self.start("run", RUN, "--images", 2, "--resume", option, "x.vcd", "-o", "none")
            self.assertEqual(done.returncode, 2)
            self.assertIn("--resume: not allowed with --record-levels", done.stderr)
        self.assertFalse((self.directory / "none").exists())


class AKilledRunIsResumed(ShareTest):
    def test(self) -> None:
        whole = self.whole()
        for number, jobs in ((signal.SIGKILL, 1), (signal.SIGKILL, 2), (signal.SIGTERM, 1),
                             (signal.SIGINT, 2)):
            out = f"{number.name}-{jobs}"
            run = self.begin(out, "-j", jobs)
            self.wait_for_shares(run, out, 2)
            run.send_signal(number)
            _, errors = run.communicate(timeout=60)
            shares = len(self.kept(out))
            self.assertLess(shares, 6)
            if number != signal.SIGKILL:
                self.assertEqual(run.returncode, 128 + number)
                self.assertIn(f"stopped; {10 * shares} of 60 images are kept in {out}/shares; "
                              "--resume goes on from them", errors)
            self.assertEqual(self.resume(out, "-j", 3 - jobs), 10 * shares)
            self.assertEqual(self.results(out), whole)


class AWorkerIsKilled(ShareTest):
    def test(self) -> None:
        whole = self.whole()
        run = self.begin("out")
        self.wait_for_shares(run, "out", 1)
        while not (children := ranks.children(run.pid)):
            self.assertIsNone(run.poll())
        os.kill(children[0], signal.SIGKILL)
        _, errors = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 2)
        shares = len(self.kept("out"))
        self.assertIn("a worker process was ended by signal 9", errors)
        self.assertIn(f"{10 * shares} of 60 images are kept in out/shares", errors)
        self.assertEqual(self.resume("out"), 10 * shares)
        self.assertEqual(self.results("out"), whole)


class ResumeIsOfTheSameRun(ShareTest):
    def test(self) -> None:
        run = self.begin("out")
        self.wait_for_shares(run, "out", 2)
        run.kill()
        run.communicate()
        for arguments in (("--images", 59), ("--first", 1), ("--timing", "functional"),
                          ("--set", "seed=2"), ("--set", "chip.router.link_cycles=2"),
                          ("--verify-config",)):
            images = () if "--images" in arguments else ("--images", IMAGES)
            done = self.start("run", RUN, *images, "-o", "out", "--resume", *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("other files, settings or images", done.stderr)
        kept = self.kept("out")
        self.assertGreaterEqual(len(kept), 2)
        # Another cut of what is left.
        text = self.succeed("run", RUN, "--images", IMAGES, "-o", "out", "--resume", "-j", 2)
        self.assertIn(f"{10 * len(kept)} images of an earlier start", text)
        # Without --resume nothing of an earlier start is used.
        run = self.begin("again")
        self.wait_for_shares(run, "again", 1)
        run.kill()
        run.communicate()
        text = self.succeed("run", RUN, "--images", IMAGES, "-o", "again")
        self.assertNotIn("earlier", text)
        self.assertEqual(self.results("again"), self.results("out"))


class RanksShareARun(ShareTest):
    def run_ranks(self, number: int, *arguments: object) -> tuple[int, str, str]:
        started = ranks.mpirun(self, number, "run", *arguments)
        output, errors = started.communicate(timeout=600)
        return started.returncode, output, errors

    def test(self) -> None:
        whole = self.whole()
        expected = self.succeed("run", RUN, "--images", IMAGES, "-o", "out")
        for number, jobs in ((1, 1), (2, 1), (4, 1), (2, 2)):
            status, output, errors = self.run_ranks(number, RUN, *SHARES, "-o", "out", "-j", jobs)
            self.assertEqual((status, errors), (0, ""))
            # One rank prints, and all of it.
            self.assertEqual(output.replace("mapping from the cache; ", ""),
                             expected.replace("mapping from the cache; ", ""))
            self.assertEqual(self.results("out"), whole)

    def test_every_rank_works(self) -> None:
        self.succeed("run", RUN, "--images", 1)
        started = ranks.mpirun(self, 3, "run", RUN, "--images", 600, "--share", 3, "-o", "out")
        self.wait_for_shares(started, "out", 1)
        idle = {ranks.rank(self, started, number) for number in range(3)}
        while idle:
            self.assertIsNone(started.poll(), f"{len(idle)} of 3 ranks simulated no share")
            # A rank's process forks those of the shares.
            idle -= {rank for rank in idle
                     if any(ranks.children(child) for child in ranks.children(rank))}
        started.terminate()
        started.communicate(timeout=60)

    def test_a_share_fails(self) -> None:
        self.succeed("run", RUN, "--images", IMAGES, "-o", "out")
        with open(self.directory / "out" / "images.csv", encoding="ascii") as file:
            cycles = [int(row["cycles"]) for row in csv.DictReader(file)]
        # The longest tick does not end in time, and the other shares are not waited for.
        for _ in range(3):
            status, output, errors = self.run_ranks(
                4, RUN, "--images", IMAGES, "--share", 2, "-o", "stopped",
                "--set", f"chip.sync.tick_cycles={max(cycles) - 100}")
            self.assertEqual((status, output), (2, ""))
            self.assertEqual(errors.count("the chip stopped"), 1, errors)

    def test_ranks_with_other_files(self) -> None:
        # Each rank has a directory of its own, as on machines without a common file system.
        start = 'mkdir -p $OMPI_COMM_WORLD_RANK && cd $OMPI_COMM_WORLD_RANK && exec "$@"'
        command = ("bash", "-c", start, "bash", program.PROGRAM, "run", RUN, "--images", 6, "--set",
                   "chip=chip.yaml", "-o", "../out")
        chip = (program.CHIPS / "reference.yaml").read_text()
        for number in ("0", "1"):
            (self.directory / number).mkdir()
            (self.directory / number / "chip.yaml").write_text(chip)
        _, errors = ranks.start(self, 2, *command).communicate(timeout=120)
        self.assertEqual(errors, "")
        (self.directory / "1" / "chip.yaml").write_text(chip + "\n# another file\n")
        started = ranks.start(self, 2, *command)
        _, errors = started.communicate(timeout=120)
        self.assertEqual(started.returncode, 2)
        self.assertEqual(errors.count("rank 1: has other input files than rank 0, or another build of the program"), 1, errors)
        (self.directory / "1" / "chip.yaml").unlink()
        started = ranks.start(self, 2, *command)
        _, errors = started.communicate(timeout=120)
        self.assertEqual(started.returncode, 2)
        self.assertEqual(errors.count("rank 1: chip.yaml: cannot be read"), 1, errors)

    def test_errors_are_told_once(self) -> None:
        for arguments, message in ((("none.yaml",), "none.yaml: cannot be read"),
                                   ((RUN, "--images", 2, "--record-levels", "levels", "-o", "out"),
                                    "not allowed with several ranks"),
                                   ((RUN, "--no-such-option"), "unrecognised option")):
            status, output, errors = self.run_ranks(2, *arguments)
            self.assertEqual(status, 2, errors)
            self.assertEqual(errors.count(message), 1, errors)
        status, output, _ = self.run_ranks(2, "--help")
        self.assertEqual((status, output.count("usage: spikeloom run")), (0, 1))


class ARunGoesOnAfterARankHasDied(ShareTest):
    """What ranks have finished counts without them, and the other way round."""

    def test(self) -> None:
        whole = self.whole()
        started = ranks.mpirun(self, 4, "run", RUN, "--images", IMAGES, "--share", 3, "-o", "ranks")
        self.wait_for_shares(started, "ranks", 4)
        os.kill(ranks.rank(self, started, 2), signal.SIGKILL)
        _, errors = started.communicate(timeout=120)
        self.assertNotEqual(started.returncode, 0)
        self.assertIn("signal 9", errors)
        kept = len(self.kept("ranks"))
        self.assertGreaterEqual(kept, 4)
        self.assertLess(kept, 20)
        self.assertEqual(self.resume("ranks"), 3 * kept)
        self.assertEqual(self.results("ranks"), whole)

        started = self.begin("alone")
        self.wait_for_shares(started, "alone", 2)
        started.kill()
        started.communicate()
        kept = len(self.kept("alone"))
        again = ranks.mpirun(self, 2, "run", RUN, *SHARES, "-o", "alone", "--resume")
        output, errors = again.communicate(timeout=600)
        self.assertEqual(again.returncode, 0, errors)
        self.assertIn(f"{10 * kept} images of an earlier start", output)
        self.assertEqual(self.results("alone"), whole)


if __name__ == "__main__":
    program.main()
