# SPDX-License-Identifier: Apache-2.0
"""Tests that generated documents match the output of the program, and that documents about the
source match the source."""

import importlib.util
import re
import subprocess
import sys

import program


class RegistersAreAsPrinted(program.ProgramTest):
    def test(self) -> None:
        written = (program.ROOT / "docs" / "registers.md").read_text()
        self.assertEqual(written, self.succeed("registers"),
                         "make it anew: spikeloom registers > docs/registers.md")

    def test_sizes_of_a_chip(self) -> None:
        text = self.succeed("registers", "--chip", program.CHIPS / "reference.yaml")
        self.assertIn("| 3 | `plus_plane` | read, write | axons * words(dendrites / 8) | 73728 |",
                      text)
        self.assertIn("| 9 | `routes` | read, write | 8 * route_entries | 16384 |", text)


class EnergyTablesAreAsInTheFiles(program.ProgramTest):
    def test(self) -> None:
        for module in ("numpy", "yaml"):
            if importlib.util.find_spec(module) is None:
                self.skipTest(f"python3-{module} is not there")
        for script in ("energy-tables", "fit-memory"):
            subprocess.run([sys.executable, program.ROOT / "scripts" / script, "--check"],
                           check=True, stdout=subprocess.DEVNULL)


class EveryMessageIsInTheTableAndInATest(program.ProgramTest):
    def test(self) -> None:
        done = subprocess.run([sys.executable, program.ROOT / "scripts" / "error-table", "--check"], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


class ArchitectureIsAsDrawn(program.ProgramTest):
    """No folder includes a header of a folder above it, and docs/architecture.md shows all
    dependencies."""

    def test(self) -> None:
        subprocess.run([sys.executable, program.ROOT / "scripts" / "plot-architecture", "--check"],
                       check=True)


class SystemCStaysInItsFolders(program.ProgramTest):
    WITH_SYSTEMC = {"hw/board", "hw/bus", "hw/host", "hw/sync"}

    def test(self) -> None:
        for folder in ("base", "arch", "converter", "mapper", "hw", "cosim"):
            files = [*(program.ROOT / folder).rglob("*.h"), *(program.ROOT / folder).rglob("*.cpp")]
            self.assertTrue(files, folder)
            for file in files:
                if str(file.parent.relative_to(program.ROOT)) in self.WITH_SYSTEMC:
                    continue
                self.assertIsNone(re.search(r"#include <(systemc|tlm)", file.read_text()), file)


if __name__ == "__main__":
    program.main()
