# SPDX-License-Identifier: Apache-2.0
"""Recomputes the energy of a run from its raw counts and the technology file alone.

Usage: recompute_energy.py DIRECTORY TECHNOLOGY.yaml    (prints mJ/image)"""

import csv
import json
import sys

import yaml

UNITS = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}


def quantity(text: str) -> float:
    """Converts a text such as "2.5 pJ" to a number in SI units, here 2.5e-12."""
    number, unit = text.split()
    return float(number) * (UNITS[unit[0]] if len(unit) > 1 and unit != "Hz" else 1.0)


def main(directory: str, technology: str) -> None:
    with open(f"{directory}/summary.json", encoding="utf-8") as file:
        summary = json.load(file)
    with open(technology, encoding="utf-8") as file:
        energy = yaml.safe_load(file)
    chip, core = summary["chip_description"], summary["chip_description"]["core"]
    volt, reference = chip["voltage_v"], quantity(energy["reference_voltage"])
    square = (volt / reference) ** 2
    law = energy["leakage_law"]
    decades = law["dibl"]["value"] * (volt - reference) / quantity(law["swing"]["voltage"])
    leakage = volt / reference * 10 ** decades / chip["clock_hz"]
    planes = 2 if core["synapse"] == "ternary" else 1
    stages = (core.get("weight_planes", 1) - 1).bit_length()
    bits = {"axon_write": core["timing"]["scan_axons_per_cycle"],
            "scan_word": core["timing"]["scan_axons_per_cycle"],
            "expansion_write": core["expansion"]["entry_bits"],
            "row_word_read": core["timing"]["word_bits"] * planes,
            "accumulate": core["potential_bits"], "gather": core["potential_bits"] * (1 + stages),
            "threshold_compare": core["potential_bits"]}
    joule = {name: quantity(event["energy"]) * square * bits.get(name, 64) / event["bits"]
             for name, event in energy["events"].items()}
    for name, term in energy["static"].items():
        clocked = "energy_per_cycle" in term
        joule[name] = (quantity(term["energy_per_cycle"]) * square if clocked
                       else quantity(term["power"]) * leakage)
    gating = energy["idle_core"].get(chip["idle_core"], {})
    for name in ("clock", "leakage"):
        joule[f"idle_core_{name}"] = joule[f"core_{name}"] * gating.get(name, {}).get("factor", 1)
    with open(f"{directory}/events.csv", encoding="utf-8") as file:
        total = sum(float(row["count"]) * joule[row["term"]] for row in csv.DictReader(file))
    print(repr(total * 1e3 / summary["steady_ticks"]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
