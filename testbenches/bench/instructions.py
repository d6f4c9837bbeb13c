#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of the kernels of kernels.cpp with callgrind and compares them with instructions.json.

  instructions.py PROGRAM KERNEL...      fails if a kernel takes over 3 % more or fewer instructions
  instructions.py PROGRAM --update       counts all kernels of the file and writes it

The counts are of one compiler, build type and instruction set: valgrind offers programs AVX2, and no AVX-512. They do
not depend on other load. A kernel that became faster fails too, so that the file stays the point to fall back from.
Exit status 77: this machine has no AVX2.
"""

import json
import pathlib
import re
import subprocess
import sys

COUNTS = pathlib.Path(__file__).with_name("instructions.json")
TOLERANCE = 0.03


def count(program: str, kernel: str) -> int:
    run = subprocess.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null",
                          program, kernel], text=True, capture_output=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or collected is None:
        sys.exit(f"{kernel} failed with status {run.returncode}:\n{run.stderr}")
    return int(collected[1])


def check(kernel: str, counted: int, expected: int) -> bool:
    change = counted / expected - 1
    print(f"{kernel}: {counted / 1e6:,.0f} M instructions, expected {expected / 1e6:,.0f} M, {change:+.2%}")
    if abs(change) <= TOLERANCE:
        return True
    print(f"{kernel}: differs by more than {TOLERANCE:.0%}. If that is meant: {sys.argv[0]} {sys.argv[1]} --update")
    return False


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, kernels = sys.argv[1], sys.argv[2:]
    if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
        print("this machine has no AVX2")
        sys.exit(77)
    expected = json.loads(COUNTS.read_text())
    if kernels == ["--update"]:
        counts = {kernel: count(program, kernel) for kernel in expected}
        COUNTS.write_text(json.dumps(counts, indent=2) + "\n")
        return
    sys.exit(0 if all([check(kernel, count(program, kernel), expected[kernel]) for kernel in kernels]) else 1)


main()
