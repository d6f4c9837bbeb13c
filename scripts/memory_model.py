# SPDX-License-Identifier: Apache-2.0
"""The memory model of docs/energy.md in Python, independent of hw/energy, for the tables and tests."""

import csv
import math
import pathlib
from typing import Dict, List, NamedTuple, Tuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
MACROS = ROOT / "configs" / "energy" / "memory-macros.csv"
PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
VALUES = ("energy", "power", "energy_per_mm", "um2", "rows", "columns", "value", "share")


def quantity(text: str) -> float:
    """Converts a text such as "2.5 pJ" to a number in SI units, here 2.5e-12."""
    number, unit = text.split()
    return float(number) * (PREFIXES[unit[0]] if len(unit) > 1 and unit != "Hz" else 1.0)


def coefficients(section: Dict[str, Dict]) -> Dict[str, float]:
    """Returns the values of the section `memory` of a technology file: J, W, J per mm, um2, cells."""
    found = {}
    for name, entry in section.items():
        value = next(entry[key] for key in VALUES if key in entry)
        found[name] = quantity(value) if isinstance(value, str) else float(value)
    return found


class Array(NamedTuple):
    """Cells of a memory. Rows in all banks together; columns and the bits of an access in each."""

    rows: float
    columns: float
    bits: float
    ports: int = 1
    banks: float = 1.0

    @property
    def bank_rows(self) -> float:
        """Rows of a full bank."""
        return math.ceil(self.rows / self.banks)


class Memory:
    """An SRAM, or a register file where that is smaller, at the file's reference voltage."""

    def __init__(self, section: Dict[str, float], words: int, bits: int, register_bit: float,
                 ports: int = 1) -> None:
        self.section, self.words, self.bits = section, words, bits
        columns, rows = bits, words
        while rows > section["max_rows"] and 2 * columns <= section["max_columns"]:
            columns *= 2
            rows = -(-words * bits // columns)
        banks = max(1, math.ceil(rows / section["max_rows"]))
        self.array = Array(rows, columns, bits, ports, banks)
        registers = words * bits * register_bit
        self.in_registers = registers < area(section, self.array)
        self.um2 = registers if self.in_registers else area(section, self.array)
        cells = self.um2 / section["cell_area"] if self.in_registers else \
            words * bits * port_factor(section, ports)
        self.leakage = section["cell_leakage"] * cells

    def access(self, bits: float, written: bool) -> float:
        """Returns the energy of an access that reads or writes `bits` of a word."""
        section, array = self.section, self.array
        if self.in_registers:
            return bits * self.words * section["register_cell"]
        full = min(array.rows, section["max_rows"])
        height = (full + section["peripheral_rows"]) * \
            math.sqrt(section["cell_area"] * port_factor(section, array.ports) / section["cell_aspect"])
        wire = section["wire"] * (array.banks - 1) / 2 * height * 1e-3
        one = array._replace(rows=full, bits=bits, banks=1)
        return access(section, one, written) + bits * wire


def port_factor(section: Dict[str, float], ports: int) -> float:
    """Returns the area of a cell of that many ports over that of one port."""
    return 1.0 + section["port_area"] * (ports - 1)


def area(section: Dict[str, float], array: Array) -> float:
    """Returns the area of an SRAM in um2."""
    return section["cell_area"] * port_factor(section, array.ports) * \
        (array.rows + array.banks * section["peripheral_rows"]) * (array.columns + section["peripheral_columns"])


def access(section: Dict[str, float], array: Array, written: bool) -> float:
    """Returns the energy of reading or writing `array.bits` in one bank."""
    bit = section["bit"] + (section["written_bit"] if written else 0.0)
    lines = math.sqrt(port_factor(section, array.ports))
    return section["fixed"] + array.bits * bit + \
        lines * array.columns * (section["column"] + array.rows * section["cell"])


class Macro(NamedTuple):
    """A line of memory-macros.csv; figures that were not published are NaN."""

    name: str
    use: str
    array: Array
    node: float
    cell_um2: float
    voltage: float
    read: float     # J
    write: float    # J
    area: float     # um2
    leakage: float  # W

    def scale(self) -> float:
        """Returns the factor of energies: capacitances go with the cell's edge, energy with V^2."""
        return math.sqrt(self.cell_um2) * self.voltage ** 2


def macros() -> List[Macro]:
    def number(text: str, unit: float = 1.0) -> float:
        return float(text) * unit if text else math.nan

    with open(MACROS, encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [Macro(row["name"], row["use"],
                      Array(int(row["rows"]), int(row["columns"]), int(row["bits"]), int(row["ports"])),
                      float(row["node_nm"]), float(row["cell_um2"]), float(row["voltage_v"]),
                      number(row["read_pj"], 1e-12), number(row["write_pj"], 1e-12),
                      number(row["area_um2"]), number(row["leakage_nw"], 1e-9)) for row in rows]


# What scripts/fit-memory determines: energies, which depend on the technology, and shapes, which do not.
ENERGIES = ("fixed", "bit", "column", "cell", "written_bit")
SHAPES = ("peripheral_rows", "peripheral_columns", "port_area")


def fit(use: List[Macro]) -> Dict[str, float]:
    """Fits ENERGIES, for a cell of 1 um2 and 1 V, and SHAPES by least squares of relative errors."""
    import numpy

    def terms(macro: Macro) -> Tuple[float, ...]:
        array = macro.array
        return 1.0, array.bits, array.columns, array.columns * array.rows

    read = [macro for macro in use if not math.isnan(macro.read)]
    published = numpy.array([macro.read / macro.scale() for macro in read])
    matrix = numpy.array([terms(macro) for macro in read]) / published[:, None]
    found = dict(zip(ENERGIES, numpy.linalg.lstsq(matrix, numpy.ones(len(read)), rcond=None)[0]))
    share = numpy.array([(macro.array.bits * macro.scale() / macro.write, 1.0 - macro.read / macro.write)
                         for macro in read if not math.isnan(macro.write)])
    found["written_bit"] = float(share[:, 0] @ share[:, 1] / (share[:, 0] @ share[:, 0]))

    sized = [macro for macro in use if not math.isnan(macro.area)]
    single = [macro for macro in sized if macro.array.ports == 1]
    rows, columns = (numpy.array([macro.array[i] for macro in single]) for i in (0, 1))
    log_area = numpy.log([macro.area / macro.cell_um2 for macro in single])
    shape = numpy.array([50.0, 50.0])
    for _ in range(100):  # Gauss-Newton steps for the logarithm of the area
        error = numpy.log((rows + shape[0]) * (columns + shape[1])) - log_area
        jacobian = numpy.stack([1 / (rows + shape[0]), 1 / (columns + shape[1])], axis=1)
        shape = shape - numpy.linalg.lstsq(jacobian, error, rcond=None)[0]
    found.update(peripheral_rows=float(shape[0]), peripheral_columns=float(shape[1]))
    double = numpy.log([macro.area / macro.cell_um2 / ((macro.array.rows + shape[0]) * (macro.array.columns + shape[1]))
                        for macro in sized if macro.array.ports == 2])
    found["port_area"] = float(numpy.exp(double.mean()) - 1.0)
    return {name: float(value) for name, value in found.items()}


def scaled(fitted: Dict[str, float], cell_um2: float, voltage: float) -> Dict[str, float]:
    """Returns what `fit` found for the cell and the voltage of a technology."""
    factor = math.sqrt(cell_um2) * voltage ** 2
    found = {name: value * factor if name in ENERGIES else value for name, value in fitted.items()}
    return {**found, "cell_area": cell_um2}


class Core:
    """The memories of a core, given as `core` of `chip_description` in summary.json."""

    def __init__(self, section: Dict[str, float], register_bit: float, core: Dict) -> None:
        self.section = section
        planes = 2 if core["synapse"] == "ternary" else 1
        columns = core["dendrites"]
        neurons = columns if planes == 2 else columns // 2
        timing = core["timing"]
        word, scan = timing["word_bits"], timing["scan_axons_per_cycle"]
        rows, across = core["axons"], columns
        if core.get("rows", "axons") == "dendrites":
            rows, across = across, rows

        def memory(words: int, bits: int) -> Memory:
            return Memory(section, words, bits, register_bit)

        self.crossbar = memory(rows * -(-across // word), word * planes)
        self.bitmap = memory(core["fan_in_groups"] * -(-core["axons"] // scan), scan)
        self.routes = memory(core["route_entries"], 64)
        entries = core["expansion"]["entries"]
        self.expansion = [memory(entries, core["expansion"]["entry_bits"])] if entries else []
        self.all = [self.crossbar, self.bitmap, self.bitmap, self.routes, *self.expansion,
                    memory(core["fan_in_groups"], 64), memory(neurons, 128), memory(neurons, 16),
                    memory(neurons, 32 * core["thresholds_per_dendrite"])]

    def events(self) -> Dict[str, float]:
        """Returns the energy of each event that is an access to a memory, in J."""
        bus = self.section["config_bus"]
        return {"axon_write": self.bitmap.access(1, True),
                "expansion_write": sum(table.access(table.bits, False) for table in self.expansion),
                "scan_word": self.bitmap.access(self.bitmap.bits, False),
                "row_word_read": self.crossbar.access(self.crossbar.bits, False),
                "route_read": self.routes.access(64, False),
                "config_write": bus + self.routes.access(64, True),
                "config_read": bus + self.routes.access(64, False)}

    def leakage(self, rest_um2: float) -> float:
        """Returns the leakage of the core in W; `rest_um2` is its area without memories."""
        return sum(memory.leakage for memory in self.all) + \
            rest_um2 * self.section["cell_leakage"] / self.section["cell_area"]
