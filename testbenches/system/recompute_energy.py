# SPDX-License-Identifier: Apache-2.0
"""Recomputes the energy of a run from its raw counts, its areas and the technology file.

Usage: recompute_energy.py DIRECTORY TECHNOLOGY.yaml    (prints mJ/image)"""

import csv
import json
import pathlib
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import memory_model  # noqa: E402
from memory_model import quantity  # noqa: E402

MEMORIES = ("crossbars", "axon_buffers", "axon_expansion", "tables", "routing_tables")


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
    memories = memory_model.Core(memory_model.coefficients(energy["memory"]),
                                 energy["area"]["register_bit"]["um2"], core)
    modelled = memories.events()
    joule = {name: square * (modelled[name] if event["status"] == "modelled" else
                             quantity(event["energy"]) * bits.get(name, 64) / event["bits"])
             for name, event in energy["events"].items()}
    area = summary["area_mm2"]
    cores = chip["mesh"]["columns"] * chip["mesh"]["rows"]
    rest = area["core"] - sum(area["parts"][name] for name in MEMORIES) / cores
    for name, term in energy["static"].items():
        if "energy_per_cycle" in term:
            joule[name] = quantity(term["energy_per_cycle"]) * square
        else:
            joule[name] = leakage * (memories.leakage(rest * 1e6) if term["status"] == "modelled"
                                     else quantity(term["power"]))
    gating = energy["idle_core"].get(chip["idle_core"], {})
    for name in ("clock", "leakage"):
        joule[f"idle_core_{name}"] = joule[f"core_{name}"] * gating.get(name, {}).get("factor", 1)
    with open(f"{directory}/events.csv", encoding="utf-8") as file:
        total = sum(float(row["count"]) * joule[row["term"]] for row in csv.DictReader(file))
    print(repr(total * 1e3 / summary["steady_ticks"]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
