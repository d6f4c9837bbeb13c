# SPDX-License-Identifier: Apache-2.0
"""Tests the lockstep tests of the RTL with deliberate faults (scripts/mutate-rtl)."""

import os
import pathlib
import shutil
import subprocess

import yaml

import program

SCRIPT = program.ROOT / "scripts" / "mutate-rtl"
LIST = program.ROOT / "testbenches" / "rtl" / "mutants.yaml"


class MutantTest(program.ProgramTest):
    def mutate(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SCRIPT, *map(str, arguments)], text=True, capture_output=True, check=False)

    def run_all(self, test: str) -> None:
        """Runs the mutants that a test must find."""
        if shutil.which("verilator") is None:
            self.skipTest("verilator is not installed")
        done = self.mutate("--only", test, "--build", os.environ["SPIKELOOM_BUILD"])
        self.assertEqual(done.returncode, 0, done.stderr)


class EveryModuleHasAMutant(MutantTest):
    """The list fits the modules, and what does not fit is said."""

    def refuse(self, mutants: list[dict], message: str) -> None:
        path = self.directory / "list.yaml"
        path.write_text(yaml.safe_dump(mutants))
        done = self.mutate("--check", "--mutants", path)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr.strip(), f"mutate-rtl: list.yaml: {message}")

    def test(self) -> None:
        done = self.mutate("--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        mutants = yaml.safe_load(LIST.read_text())
        modules = {path.stem for folder in ("core", "network", "chip")
                   for path in (program.ROOT / "rtl" / folder).iterdir()}
        self.assertEqual({mutant["module"] for mutant in mutants}, modules)
        self.refuse([mutant for mutant in mutants if mutant["module"] != "arbiter"], "arbiter: has no mutant")
        first, *rest = mutants
        self.refuse([{**first, "text": "no such text"}, *rest],
                    f"{first['name']}: found 0 times in {first['module']}, must be once: no such text")
        self.refuse([{**first, "text": "logic"}, *rest],
                    f"{first['name']}: found {self.count('logic', first['module'])} times in {first['module']}, "
                    "must be once: logic")
        self.refuse([first, *mutants], f"{first['name']}: listed 2 times")

    @staticmethod
    def count(word: str, module: str) -> int:
        (path,) = pathlib.Path(program.ROOT / "rtl").glob(f"*/{module}.sv")
        return path.read_text().count(word)


class MutantsOfCores(MutantTest):
    def test(self) -> None:
        self.run_all("core")


class MutantsOfNetworks(MutantTest):
    def test(self) -> None:
        self.run_all("network")


class MutantsOfChips(MutantTest):
    def test(self) -> None:
        self.run_all("chip")


class MutantsOfTheHostPort(MutantTest):
    def test(self) -> None:
        self.run_all("host_port")


if __name__ == "__main__":
    program.main()
