# SPDX-License-Identifier: Apache-2.0
"""Runs the program under valgrind, which finds memory that is used but was never written, also in libraries."""

import shutil
import subprocess

import program

STATUS = 99


class RunsUseOnlyWhatTheyWrote(program.ProgramTest):
    def test(self) -> None:
        if shutil.which("valgrind") is None:
            self.skipTest("valgrind is missing")
        for timing, images in (("functional", 2), ("cycle", 1)):
            run = ("run", program.RUNS / "lenet-fashion.yaml", "--timing", timing, "--images", images, "-j", 1, "-o")
            # It also puts the mapping into the cache.
            self.succeed(*run, timing)
            # Worker processes end with the status, too, and then the run fails. SystemC's threads have stacks of their
            # own, of which valgrind warns but not more.
            done = subprocess.run(["valgrind", "--quiet", "--leak-check=no", f"--error-exitcode={STATUS}",
                                   program.PROGRAM, *map(str, run), "memcheck"],
                                  cwd=self.directory, text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            for name in ("images.csv", "spikes.profile"):
                self.assertEqual((self.directory / "memcheck" / name).read_bytes(),
                                 (self.directory / timing / name).read_bytes(), name)


program.main()
