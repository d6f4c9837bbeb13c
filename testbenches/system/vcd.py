# SPDX-License-Identifier: Apache-2.0
"""Reads a value change dump, independently of the code that writes it."""

import dataclasses
import pathlib


@dataclasses.dataclass
class Dump:
    """The values of all signals, by hierarchical name such as "board.tick[31:0]"."""

    first: dict[str, int | float]                        # value in $dumpvars
    changes: dict[str, list[tuple[int, int | float]]]    # times and values after it


def read(path: pathlib.Path) -> Dump:
    """Reads a file. Raises ValueError or KeyError if it is not a valid dump: each value must be
    complete, binary or real, and of a declared signal."""
    names: dict[str, str] = {}
    scope: list[str] = []
    dump = Dump({}, {})
    time = -1
    lines = iter(path.read_text(encoding="ascii").splitlines())
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words[0] == "$scope":
            scope.append(words[2])
        elif words[0] == "$upscope":
            scope.pop()
        elif words[0] == "$var":
            # The range may be separated from the name by a space.
            name = ".".join([*scope, "".join(words[4:-1])])
            names[words[3]] = name
            dump.changes[name] = []
        elif words[0] == "$enddefinitions":
            break
    if scope:
        raise ValueError("scopes are left open")
    for line in lines:
        if line.startswith("#"):
            if int(line[1:]) < time:
                raise ValueError(f"time goes back at {line}")
            time = int(line[1:])
        elif line.startswith("$") or not line:
            continue
        else:
            text, code = line[1:].split() if line[0] in "br" else (line[0], line[1:])
            value = float(text) if line[0] == "r" else int(text, 2)
            name = names[code]
            if name not in dump.first:
                dump.first[name] = value
            else:
                dump.changes[name].append((time, value))
    return dump
