# SPDX-License-Identifier: Apache-2.0
"""Tests the testbench programs on both chip files."""

import pathlib
import re
import subprocess

import program

PROGRAMS = pathlib.Path(program.PROGRAM).parent


class Testbench(program.ProgramTest):
    def bench(self, name: str, *arguments: object) -> str:
        done = subprocess.run([PROGRAMS / f"spikeloom_{name}_testbench", *map(str, arguments)],
                              cwd=self.directory, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout


class CoreTestbench(Testbench):
    def test(self) -> None:
        for chip in ("reference", "nc64"):
            text = self.bench("core", program.CHIPS / f"{chip}.yaml")
            self.assertIn("all spikes as the integer reference has them", text)
            rows = [line.split() for line in text.splitlines() if re.match(r" +\d+ +\d", line)]
            self.assertEqual([row[0] for row in rows], "0 1 2 5 10 20 50 100".split())
            self.assertGreater(int(rows[-1][2]), 100000)


class BusTestbench(Testbench):
    def test(self) -> None:
        text = self.bench("bus", program.CHIPS / "reference.yaml")
        for what, response in (("single write", "TLM_OK_RESPONSE"),
                               ("beyond the largest burst", "TLM_BURST_ERROR_RESPONSE"),
                               ("misaligned", "TLM_BURST_ERROR_RESPONSE"),
                               ("byte enables", "TLM_BYTE_ENABLE_ERROR_RESPONSE"),
                               ("no such region", "TLM_ADDRESS_ERROR_RESPONSE"),
                               ("beyond the region", "TLM_ADDRESS_ERROR_RESPONSE"),
                               ("write to read-only", "TLM_COMMAND_ERROR_RESPONSE"),
                               ("neither read nor write", "TLM_COMMAND_ERROR_RESPONSE")):
            self.assertRegex(text, rf"(?m)^{what} .* {response}$")
        # latency of 4 cycles and 8 bytes/cycle, see docs/timing.md
        self.assertRegex(text, r"(?m)^ +1024 +132 +7\.758 ")


class BoardTestbench(Testbench):
    def test(self) -> None:
        text = self.bench("board", program.CHIPS / "nc64.yaml",
                          program.NETWORKS / "lenet-fashion-k1b2.onnx")
        self.assertRegex(text, r"\d+ neurons compared with the integer reference: no difference")
        between = [float(line.split()[3]) for line in text.splitlines()
                   if re.match(r"(input|conv\d) +[\d.]+ +[\d.]+ +\d+\.\d$", line)]
        self.assertEqual(len(between), 6)
        self.assertGreater(sum(between), 0)


if __name__ == "__main__":
    program.main()
