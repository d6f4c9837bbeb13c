# SPDX-License-Identifier: Apache-2.0
"""Finds a simpler recipe that fails in the same way."""

from oracle import recipe as recipes
from oracle.comparison import Disagreement, Oracle, failure
from oracle.values import InfeasibleRecipe


def simplify(oracle: Oracle, recipe: dict, found: Disagreement,
             most: int = 300) -> tuple[dict, Disagreement]:
    """Returns the recipe and its failure after up to `most` trials."""
    trials = 0
    simpler = True
    while simpler:
        simpler = False
        for candidate in recipes.simpler(recipe):
            if trials == most:
                return recipe, found
            trials += 1
            try:
                other = failure(oracle, candidate)
            except InfeasibleRecipe:
                continue
            if other is not None and other.kind == found.kind:
                recipe, found, simpler = candidate, other, True
                break
    return recipe, found
