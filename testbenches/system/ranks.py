# SPDX-License-Identifier: Apache-2.0
"""Starts the program under mpirun, for the tests of runs and sweeps."""

import os
import pathlib
import shutil
import subprocess
import unittest

import program


def start(test: program.ProgramTest, ranks: int, *command: object) -> subprocess.Popen:
    """Starts a command in `ranks` ranks on this machine."""
    if shutil.which("mpirun") is None:
        raise unittest.SkipTest("no mpirun")
    return subprocess.Popen(["mpirun", "--oversubscribe", "-n", str(ranks), *map(str, command)],
                            cwd=test.directory, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE,
                            env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                                 "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})


def mpirun(test: program.ProgramTest, ranks: int, *arguments: object) -> subprocess.Popen:
    """Starts the program with these arguments in `ranks` ranks on this machine."""
    return start(test, ranks, program.PROGRAM, *arguments)


def rank(test: program.ProgramTest, started: subprocess.Popen, number: int) -> int:
    """Returns the process of a rank, which is a child of mpirun."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # the process has ended or belongs to another user
        if parent == started.pid and f"OMPI_COMM_WORLD_RANK={number}".encode() in environment:
            return int(process.name)
    test.fail(f"rank {number} is not there")


def children(process: int) -> list[int]:
    """Returns the child processes of a process; none if it has ended."""
    try:
        text = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]
