# SPDX-License-Identifier: Apache-2.0
"""Documents that are made by the program say what it says."""

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


if __name__ == "__main__":
    program.main()
