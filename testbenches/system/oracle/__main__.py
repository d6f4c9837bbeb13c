# SPDX-License-Identifier: Apache-2.0
"""Repeats comparisons, for work on a failure:

    cd testbenches/system
    python3 -m oracle RECIPE.json            a recipe that a test has saved
    python3 -m oracle [--qonnx] FIRST LAST   the random graphs of these seeds
"""

import argparse
import json
import pathlib
import tempfile

from oracle import recipe as recipes
from oracle.comparison import Oracle, failure
from oracle.runtime import OnnxRuntime
from oracle.values import InfeasibleRecipe


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m oracle", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", help="RECIPE.json, or FIRST LAST")
    parser.add_argument("--qonnx", action="store_true", help="graphs with operators of QONNX")
    arguments = parser.parse_args()
    if len(arguments.what) == 1:
        chosen = {arguments.what[0]: json.loads(pathlib.Path(arguments.what[0]).read_text())}
    else:
        first, last = map(int, arguments.what)
        chosen = {f"seed {seed}": recipes.draw(seed, arguments.qonnx)
                  for seed in range(first, last + 1)}
    runtime = OnnxRuntime()
    with tempfile.TemporaryDirectory() as folder:
        oracle = Oracle(runtime, pathlib.Path(folder))
        for name, recipe in chosen.items():
            try:
                found = failure(oracle, recipe)
            except InfeasibleRecipe as reason:
                print(f"{name}: no graph ({reason})")
                continue
            if found is not None:
                print(f"{name}: {found.kind}: {found}")
        print(oracle.counts)
    runtime.close()


main()
