# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/synthesize and scripts/toggles against figures that follow from the widths in the
documents, and from golden vectors."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import program
import vectors_test

CHIP = program.ROOT / "testbenches" / "rtl" / "chips" / "core-ternary.yaml"
# Gates are so small that the area of a netlist is that of its flip-flops.
LIBERTY = """
library (cells) {
  cell (BUF) { area : 0.0001; pin (A) { direction : input; } pin (Y) { direction : output; function : "A"; } }
  cell (INV) { area : 0.0001; pin (A) { direction : input; } pin (Y) { direction : output; function : "A'"; } }
  cell (NAND) { area : 0.0001; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "(A*B)'"; } }
  cell (NOR) { area : 0.0001; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "(A+B)'"; } }
  cell (DFF) { area : 10; ff (IQ, IQN) { clocked_on : "C"; next_state : "D"; }
    pin (C) { direction : input; clock : true; } pin (D) { direction : input; }
    pin (Q) { direction : output; function : "IQ"; } }
}
"""


class ScriptTest(program.ProgramTest):
    def script(self, name: str, *arguments: object, path: str | None = None,
               ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **({} if path is None else {"PATH": path})}
        return subprocess.run(["/usr/bin/python3", program.ROOT / "scripts" / name,
                               *map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False, env=environment)

    def figures(self, name: str, *arguments: object) -> dict:
        done = self.script(name, "--json", "figures.json", *arguments)
        if done.returncode == program.SKIPPED or "data set " in done.stderr:
            self.skipTest(done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads((self.directory / "figures.json").read_text())


class SynthesisTest(ScriptTest):
    def parts(self, design: str, *arguments: object) -> dict[str, dict]:
        figures = self.figures("synthesize", "--chip", CHIP, "--only", design, *arguments)
        return {part["part"]: part for part in figures["designs"][design]}


class SynthesisOfARouter(SynthesisTest):
    """Six FIFOs of four packets, and what the documents say that a router remembers."""

    def test(self) -> None:
        liberty = self.directory / "cells.lib"
        liberty.write_text(LIBERTY)
        parts = self.parts("router", "--liberty", liberty)
        # Head and tail of a FIFO have 2 bits each, its fill and a counter of free places 3, and a FIFO counts
        # its packets of either parity; copies that have left; the inputs after the last one, of which the
        # first is never one.
        registers = {"queue": 2 + 2 + 3, "places": 3, "parities": 2 * 3, "copies": 6, "choice": 5}
        for name, bits in registers.items():
            self.assertEqual(parts[name]["instances"], 6, name)
            self.assertEqual(parts[name]["black_boxes"]["flip_flops"], 6 * bits, name)
        for name, part in parts.items():
            self.assertEqual(part["memory_bits"], 6 * 4 * 64 if name == "queue" else 0, name)
            if name not in registers:
                self.assertEqual(part["black_boxes"]["flip_flops"], 0, name)
            self.assertAlmostEqual(part["black_boxes"]["um2"],
                                   10 * part["black_boxes"]["flip_flops"], delta=5)
        queue = parts["queue"]["as_flip_flops"]
        self.assertEqual(queue["flip_flops"], 6 * (4 * 64 + 7))
        # Each bit has an enable: 24 / 3 GE. The word that is read is one of four: at least an AND gate and
        # at most a multiplexer for each bit.
        self.assertGreaterEqual(queue["flip_flops_with_enable"], 6 * 4 * 64)
        for_bits = queue["ge"] - parts["queue"]["black_boxes"]["ge"]
        self.assertGreater(for_bits, 6 * 4 * 64 * (8 + 1))
        self.assertLess(for_bits, 6 * 4 * 64 * (8 + 3) + 6 * 100)
        self.assertAlmostEqual(queue["um2"], 10 * queue["flip_flops"], delta=5)
        # Of each bit of a flit: at least a NAND gate of each input.
        self.assertGreater(parts["flit_mux"]["black_boxes"]["ge"], 6 * 6 * 64)
        self.assertLess(parts["flit_mux"]["black_boxes"]["ge"], 6 * 6 * 64 * 3)
        self.assertNotIn("number_mux", parts)  # for observers


class MemoriesOfASynthesizedCore(SynthesisTest):
    """The memories of a core are those of docs/energy.md, and those that its area model takes as
    registers."""

    def test(self) -> None:
        settings = {"axons": 20, "dendrites": 64, "fan_in_groups": 2, "route_entries": 16,
                    "thresholds_per_dendrite": 2, "timing.scan_axons_per_cycle": 8,
                    "timing.word_bits": 64}
        arguments = [word for key, value in settings.items()
                     for word in ("--set", f"chip.core.{key}={value}")]
        parts = self.parts("core", "--memories", *arguments)
        bits = {name: part["memory_bits"] for name, part in parts.items() if part["memory_bits"]}
        # A sum goes up to 2 x 20 or down to -40. A batch that waits has its parity, its number, 0 to 63, and
        # its two levels.
        sums, batches = 64 * 7, 64 * (1 + 6 + 2)
        self.assertEqual(bits, {
            "crossbar": 20 * 64 * 2, "buffers": 2 * 2 * 3 * 8,
            "groups": 2 * 64, "neurons": 64 * 128, "gather_table": 64 * 16,
            "threshold_table": 64 * 32 * 2, "route_table": 16 * 64, "accumulators": sums,
            "emitter": batches})


class MapsOfSelectsAndWrites(SynthesisTest):
    """The script's maps of selects and writes at a computed place do what Yosys' own ones do: proved
    for places inside of the vector."""

    MODULE = """
module top (input [47:0] bits, input [3:0] place, input [1:0] part, input [3:0] value,
            output reg [15:0] bit_written, output reg [15:0] part_written, output [2:0] selected,
            output [3:0] part_selected, output bit_selected);
  always @* begin
    bit_written = bits[15:0];
    bit_written[place] = value[0];
    part_written = bits[31:16];
    part_written[32'(part) * 4 +: 4] = value;
  end
  assign selected = bits[place * 3 +: 3];
  assign part_selected = bits[32'(part) * 12 +: 4];
  assign bit_selected = bits[place];
endmodule
"""

    def test(self) -> None:
        script = str(program.ROOT / "scripts" / "synthesize")
        loader = importlib.machinery.SourceFileLoader("synthesize", script)
        specification = importlib.util.spec_from_loader("synthesize", loader)
        synthesize = importlib.util.module_from_spec(specification)
        sys.modules["synthesize"] = synthesize  # for its data classes
        loader.exec_module(synthesize)
        (self.directory / "top.sv").write_text(self.MODULE)
        (self.directory / "shifts.v").write_text(synthesize.SHIFTS)
        commands = ("read_verilog -sv top.sv", "hierarchy -top top", "proc", "opt", "copy top mapped",
                    "techmap -map shifts.v mapped", "select -assert-none mapped/t:$shift*",
                    "select -assert-min 4 top/t:$shift*", "miter -equiv -flatten top mapped miter",
                    "hierarchy -top miter", "techmap", "opt", "sat -verify -prove trigger 0 miter")
        try:
            done = subprocess.run(["yosys", "-q", "-p", "; ".join(commands)], cwd=self.directory,
                                  text=True, capture_output=True, check=False)
        except FileNotFoundError:
            self.skipTest("yosys is not there")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class SynthesisErrors(SynthesisTest):
    def test(self) -> None:
        empty = self.script("synthesize", path=str(self.directory))
        self.assertEqual(empty.returncode, program.SKIPPED, empty.stderr)
        self.assertIn("yosys is not there", empty.stderr)
        if self.script("synthesize", "--only", "router", "--chip", "none.yaml").returncode == program.SKIPPED:
            self.skipTest("yosys is not there")
        for arguments, message in ((("--chip", "none.yaml"), "none.yaml"),
                                   (("--liberty", "none.lib"), "allowed is a Liberty file"),
                                   (("--only", "link"), "choose from")):
            done = self.script("synthesize", *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)


class TogglesAreThoseOfTheVectors(ScriptTest):
    """Bits that toggle at a router's outputs, from its golden vectors; the script compares events
    with the ledger itself."""

    def test(self) -> None:
        run = ("--images", 1, *vectors_test.FAST_HOST)
        figures = self.figures("toggles", vectors_test.RUN, *run, "--core", "0,0")
        core, = figures["cores"]
        found = core["events"]["router_traversal"]
        self.succeed("vectors", vectors_test.RUN, *run, "--no-pipeline", "--router", "0,0",
                     "--from", figures["first_tick"], "--to", figures["last_tick"], "-o", "vectors")
        columns = vectors_test.VectorTest.columns(self, self.directory / "vectors", "router_expected.hex")
        departures = bits = 0
        last = [0] * 6
        for line in (self.directory / "vectors" / "router_expected.hex").read_text().splitlines():
            if line.startswith("//"):
                continue
            values = [int(field, 16) for field in line.split("_")]
            for port in range(6):
                if values[columns[f"departs_{port}"]]:
                    flit = values[columns[f"out_flit_{port}"]]
                    departures += values[0]
                    bits += (flit ^ last[port]).bit_count()
                    last[port] = flit
        self.assertGreater(departures, 1000)
        self.assertEqual((found["count"], found["bits_toggled"]), (departures, bits))
        # A row of the crossbar is read for each axon that is set, so far as its words hold dendrites.
        self.assertGreater(core["events"]["row_word_read"]["bits_toggled"], 0)


if __name__ == "__main__":
    program.main()
