# SPDX-License-Identifier: Apache-2.0
"""Documents that are made by the program say what it says, and those about its source what is there."""

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
        if importlib.util.find_spec("yaml") is None:
            self.skipTest("python3-yaml is not there")
        subprocess.run([sys.executable, program.ROOT / "scripts" / "energy-tables", "--check"],
                       check=True)


class FoldersIncludeThoseBefore(program.ProgramTest):
    """The README's order of the program's folders is that of their includes."""

    def test(self) -> None:
        source = program.ROOT / "testbenches" / "spikeloom"
        row, = re.findall(r"^\| `testbenches/spikeloom/` \| (.*) \|$",
                          (program.ROOT / "README.md").read_text(), re.MULTILINE)
        layers = [re.findall("`([a-z_]+)`", part) for part in row.partition(": ")[2].split(";")]
        place = {folder: number for number, layer in enumerate(layers) for folder in layer}
        self.assertEqual(set(place), {path.parent.name for path in source.glob("*/*.*")})
        for file in source.glob("*/*.*"):
            folder = file.parent.name
            for included in re.findall(r'#include "testbenches/spikeloom/([a-z_]+)/', file.read_text()):
                if included != folder:
                    self.assertLess(place[included], place[folder], f"{file} includes {included}/")


if __name__ == "__main__":
    program.main()
