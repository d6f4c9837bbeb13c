# SPDX-License-Identifier: Apache-2.0
"""Tests the RTL that the program writes: its numbers against the chip file and against the printed
registers, and its files in the tools that read them."""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess

import program

ADDRESS_TABLE = re.compile(r"^\| (\d+)\.\.(\d+) \| (\w+) \|", re.MULTILINE)
REGION = re.compile(r"^\| (\d+) \| `(\w+)` \|.*\| (\d+) \| [^|]*\|$", re.MULTILINE)
REGISTER = re.compile(r"^\| (0x[0-9a-f]+) \| `(\w+)` \|", re.MULTILINE)
FIELD = re.compile(r"^\| (\d) \| (\d+)\.\.(\d+) \| `(\w+)` \|", re.MULTILINE)
PREFIX_OF_REGISTERS = {
    "Core: control": "CORE_CONTROL", "Core: status": "CORE_STATUS", "Core: counters": "CORE_COUNTER",
    "Chip: control": "CHIP_CONTROL", "Chip: status": "CHIP_STATUS", "Interrupt": "INTERRUPT",
    "Host port": "HOST_PORT"}
PREFIX_OF_FIELDS = {"Group": "GROUP", "Neuron": "NEURON", "Expansion": "EXPANSION", "Packet": "PACKET"}


class RtlTest(program.ProgramTest):
    def constants(self, chip: pathlib.Path, *arguments: object) -> dict[str, int]:
        """Returns the constants of both packages of a chip, whose files go to directory / "rtl"."""
        self.succeed("rtl", "--chip", chip, "-o", "rtl", *arguments)
        found: dict[str, int] = {}
        for package in ("chip_params", "register_map"):
            text = (self.directory / "rtl" / f"{package}.sv").read_text()
            self.assertIn(f"package {package};", text)
            for name, value in re.findall(r"^  localparam int (\w+) = ([^;]+);", text, re.MULTILINE):
                self.assertNotIn(name, found)
                hexadecimal = re.fullmatch("32'sh([0-9a-f]{8})", value)
                number = int(hexadecimal[1], 16) if hexadecimal else int(value)
                found[name] = number - (1 << 32) if hexadecimal and number >> 31 else number
        return found


class PackageHasTheNumbersOfTheChip(RtlTest):
    """chip_params against the keys of the chip file."""

    def expected(self, chip: dict) -> dict[str, int]:
        core, timing, mesh = chip["core"], chip["core"]["timing"], chip["mesh"]
        router, sync, board = chip["router"], chip["sync"], chip.get("board", {})
        columns = mesh["columns"] * board.get("columns", 1)
        rows = mesh["rows"] * board.get("rows", 1)
        pair = core["synapse"] == "binary_pair"
        ternary = core["dendrites"] // (2 if pair else 1)
        late = sync.get("late_spikes", "fail")
        packet = lambda link: link["link_cycles"] * -(-64 // link.get("flit_bits", 64))
        expansion = core.get("axon_expansion", {})
        return {
            "COLUMNS": columns, "ROWS": rows, "CORES": columns * rows,
            "CHIP_COLUMNS": mesh["columns"], "CHIP_ROWS": mesh["rows"],
            "TOPOLOGY": {"mesh": 0, "quadtree": 1, "torus": 2}[chip.get("topology", "mesh")],
            "AXONS": core["axons"], "DENDRITES": core["dendrites"],
            "TERNARY_DENDRITES": ternary, "COLUMNS_PER_DENDRITE": 2 if pair else 1,
            "FAN_IN_GROUPS": core["fan_in_groups"],
            "THRESHOLDS_PER_DENDRITE": core["thresholds_per_dendrite"],
            "MAX_THRESHOLDS": ternary * core["thresholds_per_dendrite"], "MAX_NEURONS": ternary,
            "POTENTIAL_BITS": core["potential_bits"], "ROUTE_ENTRIES": core["route_entries"],
            "EXPANSION_ENTRIES": expansion.get("entries", 0),
            "WRITE_CYCLES": expansion.get("cycles_per_write", 1),
            "ROWS_OF_DENDRITES": core.get("rows") == "dendrites",
            "WEIGHT_PLANES": core.get("weight_planes", 1),
            "STOCHASTIC": core.get("neuron") == "stochastic",
            "SCAN_AXONS": timing["scan_axons_per_cycle"], "WORD_BITS": timing["word_bits"],
            "WORD_CYCLES": timing.get("cycles_per_word", 1),
            "NEURONS_PER_CYCLE": timing["neurons_per_cycle"],
            "GATHER_CYCLES": timing["gather_cycles_per_group"],
            "COMPARE_CYCLES": timing["compare_cycles"],
            "EMIT_CYCLES": timing["emit_cycles_per_packet"],
            "FIFO_DEPTH": router["fifo_depth"], "PIPELINE_CYCLES": router["pipeline_cycles"],
            "ROUTER_LINK_CYCLES": packet(router),
            "INTER_CHIP_LINK_CYCLES": packet(chip.get("inter_chip", {"link_cycles": 1})),
            "CREDIT_CYCLES": router.get("credit_cycles", 0),
            "FIXED_PRIORITY": router.get("arbitration") == "fixed_priority",
            "TRUNK_MILLICYCLES": round(1000 * chip.get("trunk", {}).get("cycles_per_packet", 0)),
            "HOST_MILLICYCLES": round(1000 * chip["host_port"]["cycles_per_packet"]),
            "MULTICAST": router.get("multicast", True),
            "HOST_MULTICAST": router.get("multicast", True) and chip["host_port"].get("multicast", True),
            "HOST_X": chip["host_port"]["x"], "HOST_Y": chip["host_port"]["y"],
            "BARRIER_CYCLES": sync["barrier_cycles"], "TICK_CYCLES": sync.get("tick_cycles", 0),
            "LATE_FAIL": late == "fail", "LATE_DROP": late == "drop",
            "LATE_NEXT_TICK": late == "next_tick",
            "BUS_LATENCY_CYCLES": chip["bus"]["latency_cycles"],
            "MAX_BURST_BYTES": chip["bus"]["max_burst_bytes"]}

    def test_chips_that_are_shipped(self) -> None:
        if importlib.util.find_spec("yaml") is None:
            self.skipTest("python3-yaml is not there")
        import yaml
        checked = 0
        for path in sorted(program.CHIPS.glob("*.yaml")):
            chip = yaml.safe_load(path.read_text())
            if chip["core"]["timing"]["gather_cycles_per_group"] == 0:
                continue
            with self.subTest(path.stem):
                found = self.constants(path, "--set", "chip.bus.bytes_per_cycle=8")
                for name, value in self.expected(chip).items():
                    self.assertEqual(found[name], int(value), name)
                checked += 1
        self.assertGreater(checked, 1)

    def test_levels_routers_and_the_host_port(self) -> None:
        def of(**settings: object) -> dict[str, int]:
            chosen = [part for key, value in settings.items()
                      for part in ("--set", f"chip.{key.replace('__', '.')}={value}")]
            return self.constants(program.CHIPS / "reference.yaml", *chosen)

        mesh = of(mesh__columns=8, mesh__rows=4, board__rows=2)
        self.assertEqual([mesh[name] for name in ("ROUTERS", "PORTS", "INPUTS", "LEVELS", "HOST_LEVEL")],
                         [64, 6, 6, 0, 0])
        torus = of(topology="torus", mesh__columns=5, mesh__rows=3)
        self.assertEqual([torus[name] for name in ("ROUTERS", "PORTS", "INPUTS", "LEVELS")], [15, 6, 10, 0])
        # Two chips of 4 x 4 cores: 4 and 1 routers on each, and the root of the board.
        tree = of(topology="quadtree", mesh__columns=4, mesh__rows=4, board__columns=2, host_port__x=6)
        self.assertEqual([tree[name] for name in ("ROUTERS", "LEVELS", "CHIP_LEVELS", "HOST_X", "HOST_LEVEL")],
                         [11, 3, 2, 6, 3])
        self.assertEqual(of(topology="quadtree", host_port__level=2)["HOST_LEVEL"], 2)

    def test_options(self) -> None:
        chip = program.CHIPS / "reference.yaml"
        self.assertEqual(self.constants(chip)["HOST_FIFO_DEPTH"], 4096)
        self.assertEqual(self.constants(chip, "--host-packets", 12)["HOST_FIFO_DEPTH"], 12)


class PackageHasTheRegistersAsPrinted(RtlTest):
    """register_map against the Markdown of `spikeloom registers`."""

    def check_fields(self, found: dict[str, int], prefix: str, text: str) -> int:
        fields = FIELD.findall(text)
        words = {word for word, *_ in fields}
        for word, high, low, name in fields:
            base = f"{prefix}_{name.upper()}"
            self.assertEqual(found[base + "_LSB"], int(low), base)
            self.assertEqual(found[base + "_BITS"], int(high) - int(low) + 1, base)
            self.assertEqual(found.get(base + "_WORD"), int(word) if len(words) > 1 else None, base)
        return len(fields)

    def test(self) -> None:
        for planes in (1, 4):
            chip = program.CHIPS / "reference.yaml"
            setting = ("--set", f"chip.core.weight_planes={planes}")
            found = self.constants(chip, *setting)
            printed = self.succeed("registers", "--chip", chip)
            sections = re.split(r"^##+ (.*)\n", printed, flags=re.MULTILINE)
            seen = {"regions": 0, "registers": 0, "fields": 0, "address": 0}
            for title, text in zip(sections[1::2], sections[2::2]):
                if title == "Address":
                    for high, low, name in ADDRESS_TABLE.findall(text):
                        base = f"ADDRESS_{name.upper()}"
                        self.assertEqual((found[base + "_LSB"], found[base + "_BITS"]),
                                         (int(low), int(high) - int(low) + 1))
                        seen["address"] += 1
                for number, name, size in REGION.findall(text):
                    self.assertEqual(found[f"CORE_REGION_{name.upper()}"], int(number))
                    self.assertEqual(found[f"CORE_REGION_{name.upper()}_BYTES"], int(size))
                    seen["regions"] += 1
                for start, prefix in PREFIX_OF_REGISTERS.items():
                    if title.startswith(start):
                        for offset, name in REGISTER.findall(text):
                            self.assertEqual(found[f"{prefix}_{name.upper()}"], int(offset, 16))
                            seen["registers"] += 1
                        for number, name in re.findall(r"^\| (0x\d+) \| `(\w+)` \| \|", text, re.M):
                            self.assertEqual(found[f"{prefix}_{name}"], int(number, 16))
                if title == ("Gather" if planes == 1 else "Gather with weight planes"):
                    seen["fields"] += self.check_fields(found, "GATHER", text)
                for start, prefix in PREFIX_OF_FIELDS.items():
                    if title.startswith(start):
                        seen["fields"] += self.check_fields(found, prefix, text)
            self.assertEqual(seen, {"regions": 12, "registers": 23, "address": 5,
                                    "fields": 33 if planes == 1 else 34})
            self.assertEqual(found["GATHER_SHIFT_BITS"], 0 if planes == 1 else 3)
        self.assertEqual([found[f"CORE_STATE_{name}"] for name in ("ENABLED", "WAITING", "FAULT")],
                         [1, 2, 4])
        self.assertEqual((found["PACKET_KIND_CORE"], found["PACKET_KIND_HOST"]), (1, 2))
        self.assertEqual((found["CHIP_REGION_CONTROL"], found["CHIP_REGION_STATUS"]), (0, 1))
        self.assertEqual((found["CHIP_REGION_CONTROL_BYTES"], found["CHIP_REGION_STATUS_BYTES"]), (32, 16))
        self.assertEqual((found["CORE_REGIONS"], found["CHIP_UNIT"]), (12, 0xffff))
        self.assertEqual((found["RANDOM_SEED_OFFSET"], found["RANDOM_TICK_OFFSET"]), (0, 8))
        self.assertEqual((found["THRESHOLD_ALWAYS"], found["THRESHOLD_NEVER"]),
                         (-2147483648, 2147483647))
        self.assertEqual((found["THRESHOLD_BYTES"], found["ROUTE_BYTES"]), (4, 8))


class ChipsWithoutRtlAreRefused(RtlTest):
    def refused(self, *arguments: object) -> str:
        done = self.start("rtl", "--chip", program.CHIPS / "reference.yaml", "-o", "rtl", *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertFalse((self.directory / "rtl").exists())
        return done.stderr

    def test(self) -> None:
        text = self.refused("--set", "chip.core.timing.gather_cycles_per_group=0",
                            "--set", "chip.bus.bytes_per_cycle=16")
        self.assertRegex(text, "chip.core.timing.gather_cycles_per_group: got 0, but the RTL takes a cycle for each gather: allowed 1 and more")
        self.assertRegex(text, "chip.bus.bytes_per_cycle: got 16, but the bus of the RTL has words of 8 bytes: allowed 8")
        self.assertIn("--host-packets: got 0, allowed 1..1048576", self.refused("--host-packets", 0))
        self.assertIn('--set core.axons=1: keys start with "chip.", for example chip.core.axons=512', self.refused("--set", "core.axons=1"))

    def test_the_files_are_written_whole_or_not_at_all(self) -> None:
        target = self.directory / "rtl"
        chip = program.CHIPS / "reference.yaml"
        (target / "register_map.sv").mkdir(parents=True)
        done = self.start("rtl", "--chip", chip, "-o", "rtl")
        self.assertEqual(done.returncode, 2)
        self.assertEqual([path.name for path in target.iterdir()], ["register_map.sv"])
        self.assertEqual([path.name for path in self.directory.iterdir()], ["rtl"])


class RtlIsReadByItsTools(RtlTest):
    """Verilator finds nothing to warn of, Icarus elaborates, Yosys reads."""

    TOPS = {"core-": "core", "network-": "network", "chip_": "chip"}
    CHIPS = ("core-lists", "network-tree", "chip_mesh")

    def chips(self) -> list[pathlib.Path]:
        return [program.ROOT / "testbenches" / "rtl" / "chips" / f"{name}.yaml" for name in self.CHIPS]

    def setUp(self) -> None:
        super().setUp()
        self.missing: set[str] = set()

    def tool(self, name: str, *arguments: str) -> None:
        if shutil.which(name) is None:
            self.missing.add(name)
            return
        done = subprocess.run([name, *arguments], cwd=self.directory / "rtl", text=True,
                              capture_output=True, check=False)
        # Newer versions of Verilator report what they have done, with a dash before each line.
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("- ")]
        self.assertEqual((done.returncode, said), (0, []), f"{name} {' '.join(arguments)}")

    def check(self, chip: pathlib.Path, top: str) -> None:
        self.succeed("rtl", "--chip", chip, "-o", "rtl")
        files = (self.directory / "rtl" / "files.f").read_text().split()
        self.assertEqual(files[:2], ["chip_params.sv", "register_map.sv"])
        self.assertEqual(sorted(files), sorted(path.name for path in (self.directory / "rtl").glob("*.sv")))
        if top == "network":  # Verilator warns of constants that only the core uses
            modules = {path.name for path in (program.ROOT / "rtl" / "network").glob("*.sv")}
            files = files[:2] + [name for name in files if name in modules]
        self.tool("verilator", "--lint-only", "-Wall", "--top-module", top, *files)
        self.tool("iverilog", "-g2012", "-t", "null", "-s", top, *files)
        self.tool("yosys", "-q", "-p",
                  f"read_verilog -sv {' '.join(files)}; hierarchy -check -top {top}; proc")

    def test(self) -> None:
        checked = set()
        for chip in self.chips():
            for start, top in self.TOPS.items():
                if chip.stem.startswith(start):
                    with self.subTest(chip.stem):
                        self.check(chip, top)
                    checked.add(top)
        self.assertEqual(checked, set(self.TOPS.values()))
        if self.missing:
            self.skipTest(f"not there: {', '.join(sorted(self.missing))}")


class EveryChipsRtlIsReadByItsTools(RtlIsReadByItsTools):
    def chips(self) -> list[pathlib.Path]:
        return sorted((program.ROOT / "testbenches" / "rtl" / "chips").glob("*.yaml"))


# Ticks that are too short for the trace of the examples.
LATE = ("--set", "chip.sync.tick_cycles=60", "--set", "chip.sync.late_spikes=next_tick")


class MixedRunTest(program.ProgramTest):
    TRACE = (program.ROOT / "traces" / "tiny.npz", program.ROOT / "traces" / "tiny.yaml")

    def setUp(self) -> None:
        super().setUp()
        # What is built is kept for the next time.
        build = os.environ.get("SPIKELOOM_BUILD")
        cache = pathlib.Path(build) if build else self.directory
        self.environment = {"XDG_CACHE_HOME": str(cache / "cache")}

    def results(self, directory: str, *arguments: object) -> dict[str, bytes]:
        """Runs the program and returns the files of its results and its spikes, without the time
        that it took."""
        spikes = self.directory / f"{directory}.npz"
        done = self.start(*arguments, "--record-spikes", spikes, "-o", directory,
                          environment=self.environment)
        if done.returncode == 2 and done.stderr.startswith("data set "):
            self.skipTest(done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        files = {path.name: path.read_bytes() for path in sorted((self.directory / directory).iterdir())}
        files["summary.json"] = re.sub(rb'"wall_seconds": .*', b"", files["summary.json"])
        files["spikes.npz"] = spikes.read_bytes()
        return files


class MixedRunComparison(MixedRunTest):
    def setUp(self) -> None:
        super().setUp()
        if shutil.which("verilator") is None:
            self.skipTest("verilator is not there")

    def compare(self, parts: list[str], *arguments: object) -> None:
        model = self.results("model", *arguments, "--tick-events")
        self.assertGreater(len(model), 9)
        for number, part in enumerate(parts):
            rtl = self.results(f"rtl{number}", *arguments, "--tick-events", "--rtl", part)
            self.assertEqual(sorted(rtl), sorted(model))
            for name, content in model.items():
                self.assertEqual(rtl[name], content, f"{part}: {name}")

    def compare_lenet(self, parts: list[str], images: int, *settings: str) -> dict:
        """Compares runs of LeNet with settings of its chip, and returns the summary of the model's."""
        self.compare(parts, "run", program.RUNS / "lenet-fashion.yaml", "--images", images,
                     *(part for setting in settings for part in ("--set", f"chip.{setting}")))
        return json.loads((self.directory / "model" / "summary.json").read_text())


class MixedRunsGiveTheSameFiles(MixedRunComparison):
    """Parts in RTL change no byte of the results."""

    PARTS = ["core=0,0;core=1,1", "network", "network;core=*", "router=0,0;router=1,1",
             "router=*;core=0,1"]

    def test_the_trace_of_the_examples(self) -> None:
        self.compare(self.PARTS, "replay", *self.TRACE, "--verify-config")

    def test_late_spikes(self) -> None:
        self.compare(["network;core=*", "router=1,0;core=0,0"], "replay", *self.TRACE, *LATE)
        summary = json.loads((self.directory / "model" / "summary.json").read_text())
        self.assertGreater(summary["late_spikes"]["count"], 0)

    def test_lenet(self) -> None:
        self.compare(["core=*;router=*"], "run", program.RUNS / "lenet-fashion.yaml", "--images", 2, "-j", 2)


class WaveformsOfMixedRuns(MixedRunComparison):
    """Waveforms of networks in RTL are those of the model; cores in RTL have none."""

    def waves(self, name: str, *arguments: object) -> bytes:
        done = self.start("replay", *self.TRACE, "-o", "out", "--vcd", f"{name}.vcd", *arguments,
                          environment=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return (self.directory / f"{name}.vcd").read_bytes()

    def test_networks(self) -> None:
        model = self.waves("model")
        self.assertIn(b"$scope module router_0_0 $end", model)
        for number, part in enumerate(["network", "router=*"]):
            self.assertEqual(self.waves(f"rtl{number}", "--rtl", part), model, part)

    def test_cores(self) -> None:
        scope = ("--vcd-scope", "chip0.core_0_0,chip0.router[*,*],host,bus")
        model = self.waves("model", *scope)
        self.assertEqual(self.waves("rtl", *scope, "--rtl", "network;core=1,0;core=1,1"), model)
        # By default those of the model alone.
        text = self.waves("default", "--rtl", "core=0,0")
        self.assertNotIn(b"$scope module core_0_0 $end", text)
        self.assertIn(b"$scope module router_0_0 $end", text)
        done = self.start("replay", *self.TRACE, "-o", "out", "--vcd", "a.vcd", "--vcd-scope",
                          "chip0.core[*,*]", "--rtl", "core=1,0", environment=self.environment)
        self.assertEqual((done.returncode, done.stderr), (2, (
            "--vcd-scope: chip0.core_1_0 is in RTL (--rtl), and only cores of the model have waveforms; "
            "allowed are those, all routers, host and bus\n")))


class LeNetInRtlGivesTheSameFiles(MixedRunComparison):
    """Ten real images on a chip that LeNet fills, with all cores, all routers and links in RTL."""

    def test_mesh(self) -> None:
        self.compare_lenet(["network;core=*"], 10, "mesh.columns=9", "mesh.rows=8")

    def test_all_routers_of_the_reference_chip(self) -> None:
        self.compare_lenet(["router=*;core=*"], 10)

    def test_quadtree_of_six_chips(self) -> None:
        summary = self.compare_lenet(
            ["network;core=*", "router=*", "router=1,0,0;router=4,0,0;core=0,0"], 3, "topology=quadtree",
            "mesh.columns=4", "mesh.rows=4", "board.columns=3", "board.rows=2",
            "router.arbitration=fixed_priority")
        self.assertEqual(summary["chips_used"], 6)

    def test_torus_of_two_chips(self) -> None:
        summary = self.compare_lenet(
            ["network;core=*", "router=*", "router=0,0;router=5,3;router=9,7"], 3, "topology=torus",
            "mesh.columns=5", "mesh.rows=8", "board.columns=2", "router.credit_cycles=1")
        self.assertEqual(summary["chips_used"], 2)


class LateWorkOfMixedRunsIsTheSame(MixedRunComparison):
    """In ticks that are too short for LeNet, cores and spikes are late."""

    SHORT = ("sync.tick_cycles=40000", "sync.late_spikes=next_tick", "host_port.cycles_per_packet=1",
             "router.link_cycles=4", "core.timing.compare_cycles=76")

    def test(self) -> None:
        summary = self.compare_lenet(["core=*", "core=*;router=*"], 3, *self.SHORT)
        self.assertGreater(summary["late_spikes"]["count"], 10000)
        self.assertGreater(summary["late_spikes"]["unfinished"], 0)

    def test_network(self) -> None:
        summary = self.compare_lenet(["network;core=*"], 3, *self.SHORT, "mesh.columns=9", "mesh.rows=8")
        self.assertGreater(summary["late_spikes"]["count"], 10000)


class MixedRunsThatAreRefused(MixedRunTest):
    def refusal(self, *arguments: object, **environment: str) -> str:
        self.environment.update(environment)
        done = self.start("replay", *self.TRACE, "-o", "out", *arguments, environment=self.environment)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        return done.stderr

    def test(self) -> None:
        self.assertEqual(self.refusal("--rtl", "core=0,0", PATH="/nowhere"),
                         "--rtl: modules in RTL are simulated by Verilator, which is not there: no program "
                         "verilator in PATH (Debian: apt install verilator)\n")

    def test_parts(self) -> None:
        if shutil.which("verilator") is None:
            self.skipTest("verilator is not there")
        self.assertEqual(
            self.refusal("--rtl", "core=0,2;router=2,1;core=0,0;links"),
            "--rtl: got core=0,2, allowed core=X,Y with X in 0..1 and Y in 0..1, or core=*\n"
            "--rtl: got router=2,1, allowed router=* or router=X,Y; the mesh has router[0:1,0:1]\n"
            "--rtl: got links, allowed core=X,Y  core=*  router=X,Y  router=*  network; several: "
            "'network;core=0,0'\n")
        for part in ("core=0,0", "router=0,0", "network"):
            self.assertEqual(self.refusal("--rtl", part, "--timing", "functional"),
                             "--rtl: parts in RTL work cycle by cycle: got timing functional, allowed cycle\n")
        self.assertIn("cores in RTL: chip.core.timing.gather_cycles_per_group: got 0",
                      self.refusal("--rtl", "core=0,0", "--set", "chip.core.timing.gather_cycles_per_group=0"))


if __name__ == "__main__":
    program.main()
