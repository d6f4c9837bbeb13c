# SPDX-License-Identifier: Apache-2.0
"""Tests the lockstep tests of the RTL with deliberate faults (scripts/mutate-rtl)."""

import os
import shutil
import subprocess

import yaml

import program

SCRIPT = program.ROOT / "scripts" / "mutate-rtl"
LIST = program.ROOT / "testbenches" / "rtl" / "mutants.yaml"


class MutantTest(program.ProgramTest):
    def mutate(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([SCRIPT, *map(str, arguments)], text=True, capture_output=True,
                              check=False)

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
        self.refuse([mutant for mutant in mutants if mutant["module"] != "arbiter"],
                    "arbiter: has no mutant")
        first, *rest = mutants
        name, module = first["name"], first["module"]
        (path,) = (program.ROOT / "rtl").glob(f"*/{module}.sv")
        for text in ("no such text", "logic"):
            times = path.read_text().count(text)
            self.refuse([{**first, "text": text}, *rest],
                        f"{name}: found {times} times in {module}, must be once: {text}")
        self.refuse([first, *mutants], f"{name}: listed 2 times")


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
