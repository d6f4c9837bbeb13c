# SPDX-License-Identifier: Apache-2.0
"""Runs the built program for the system tests. A test file executes one named test case per
process."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = ROOT / "configs" / "runs"
NETWORKS = ROOT / "configs" / "networks"
CHIPS = ROOT / "configs" / "chips"
PROGRAM = os.environ.get("SPIKELOOM", str(ROOT / "build" / "dev" / "bin" / "spikeloom"))
# The sanitizers need terabytes of addresses, and file descriptors for their checks.
CAN_BE_LIMITED = os.environ.get("SPIKELOOM_SANITIZE", "OFF") == "OFF"
SKIPPED = 77
# A number of SystemC's, or a message type of the chip's.
SYSTEMC_WARNING = re.compile(r"^Warning: (\(W\d+\)|/)", re.MULTILINE)


class ProgramTest(unittest.TestCase):
    """A test case with a temporary directory and a cache of its own."""

    def setUp(self) -> None:
        self.directory = self.temporary_directory()
        # Not the user's, and not that of a test that runs at the same time.
        self.cache = self.temporary_directory()
        os.environ["XDG_CACHE_HOME"] = str(self.cache)

    def temporary_directory(self) -> pathlib.Path:
        """Returns a new directory that is removed after the test."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return pathlib.Path(directory.name)

    def start(self, *arguments: object, environment: dict[str, str] | None = None,
              command: pathlib.Path | str = PROGRAM) -> subprocess.CompletedProcess[str]:
        """Runs the program in the directory of the test, in which SystemC may warn of nothing, and
        returns the completed process."""
        done = subprocess.run([command, *map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False,
                              env={**os.environ, **(environment or {})})
        self.assertNotRegex(done.stdout + done.stderr, SYSTEMC_WARNING)
        return done

    def succeed(self, *arguments: object) -> str:
        """Runs the program, which must succeed, and returns its output. A missing data set skips
        the test."""
        done = self.start(*arguments)
        if done.returncode == 2 and done.stderr.startswith("data set "):
            self.skipTest(done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def run_network(self, name: str, *arguments: object) -> dict:
        """Runs a run file and returns its summary; the results are in directory / "out"."""
        self.succeed("run", RUNS / f"{name}.yaml", "-o", "out", *arguments)
        return json.loads((self.directory / "out" / "summary.json").read_text())

    def results(self, out: str) -> dict[str, bytes]:
        """Returns all files of a run with cycles without the time that it took."""
        files = {path.name: path.read_bytes() for path in (self.directory / out).iterdir()}
        for name in ("cores.csv", "images.csv"):
            self.assertIn(name, files)
        summary = json.loads(files["summary.json"])
        files["summary.json"] = json.dumps({**summary, "wall_seconds": 0}).encode()
        return files

    def damage(self, source: str, target: str) -> int:
        """Copies a deployment with one threshold of a core changed; returns the number of the
        core."""
        script = ROOT / "testbenches" / "system" / "damage_deployment.py"
        done = subprocess.run([sys.executable, str(script), source, target], cwd=self.directory,
                              check=True, capture_output=True, text=True)
        return int(done.stdout)


def main() -> None:
    """Runs the test case named on the command line; exits with status 77 if it is skipped."""
    cases = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    suite = unittest.defaultTestLoader.loadTestsFromNames(cases, sys.modules["__main__"])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if not result.wasSuccessful() or result.testsRun == 0:
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped else 0)
