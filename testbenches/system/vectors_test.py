# SPDX-License-Identifier: Apache-2.0
"""Tests golden vectors: they pass in Icarus and Verilator with nothing but their directory, a wrong
value is found in its cycle, and their values are those of the waveforms."""

import json
import pathlib
import shutil
import subprocess

import program
import vcd

RUN = program.RUNS / "lenet-fashion.yaml"
WORKLOAD = program.RUNS / "workload.yaml"
# A tick lasts as long as its packets need, not as long as the host port.
FAST_HOST = ("--set", "chip.host_port.cycles_per_packet=1")
CORE = ("--core", "0,0")


class VectorTest(program.ProgramTest):
    def vectors(self, run: pathlib.Path, *arguments: object) -> pathlib.Path:
        """Writes vectors and returns a copy of their directory, which is all that a simulator
        gets."""
        self.succeed("vectors", run, "-o", "vectors", *arguments)
        copy = self.directory / "elsewhere"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.move(self.directory / "vectors", copy)
        return copy

    def need(self, simulator: str) -> None:
        if shutil.which(simulator) is None:
            self.skipTest(f"{simulator} is not installed")

    def simulate(self, folder: pathlib.Path, command: str, simulator: str,
                 ) -> subprocess.CompletedProcess[str]:
        """Runs the command of README.md that has these two words."""
        for line in (folder / "README.md").read_text().splitlines():
            if line.startswith(f"    {simulator} ") and command in line:
                return subprocess.run(["bash", "-c", line], cwd=folder, text=True,
                                      capture_output=True, check=False)
        self.fail(f"README.md has no command for {command} in {simulator}")

    def assert_passes(self, folder: pathlib.Path, part: str, simulator: str) -> None:
        done = self.simulate(folder, f"{part}_tb", simulator)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])
        figures = json.loads((folder / "vectors.json").read_text())[part]
        self.assertIn(
            f"PASS: {figures['cycles']} cycles, {len(figures['ticks'])} ticks; packets: "
            f"{figures['packets_in']} in, {figures['packets_out']} out", done.stdout)
        self.assertGreater(figures["packets_in"], 10)
        self.assertGreater(figures["packets_out"], 10)

    def columns(self, folder: pathlib.Path, name: str) -> dict[str, int]:
        """Returns the number of each column of a file."""
        files = json.loads((folder / "vectors.json").read_text())["files"]
        file, = [file for file in files if file["name"] == name]
        return {column["name"]: i for i, column in enumerate(file["columns"])}

    def lines(self, folder: pathlib.Path, name: str) -> list[list[str]]:
        return [line.split("_") for line in (folder / name).read_text().splitlines()
                if not line.startswith("//")]

    def by_cycle(self, folder: pathlib.Path, name: str, pin: str) -> list[int]:
        """Returns the value of a pin in each cycle."""
        column = self.columns(folder, name)[pin]
        return [int(line[column], 16) for line in self.lines(folder, name)
                for _ in range(int(line[0], 16))]


class VectorsPassInIcarus(VectorTest):
    """Vectors of a core of LeNet and of its router pass; with one bit of a packet changed they fail
    in that cycle."""

    def test(self) -> None:
        self.need("iverilog")
        folder = self.vectors(RUN, "--images", 1, *CORE, "--router", "0,0", *FAST_HOST)
        self.assert_passes(folder, "core", "iverilog")
        self.assert_passes(folder, "router", "iverilog")
        self.damage(folder)

    def damage(self, folder: pathlib.Path) -> None:
        columns = self.columns(folder, "core_expected.hex")
        valid, packet = columns["out_valid"], columns["out_packet"]
        lines = self.lines(folder, "core_expected.hex")
        index = next(i for i, line in enumerate(lines) if line[valid] == "1")
        right = int(lines[index][packet], 16)
        lines[index][packet] = f"{right ^ 0x10:016x}"
        (folder / "core_expected.hex").write_text("".join("_".join(line) + "\n" for line in lines))
        cycle = sum(int(line[0], 16) for line in lines[:index])
        ticks = json.loads((folder / "vectors.json").read_text())["core"]["ticks"]
        tick = [tick for tick in ticks if tick["first_cycle"] <= cycle][-1]
        done = self.simulate(folder, "core_tb", "iverilog")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("PASS", done.stdout)
        self.assertIn(
            f"FAIL: tick {tick['tick']}, cycle {cycle - tick['first_cycle']} (cycle {cycle} of the "
            f"vectors): out_packet: expected {right ^ 0x10:x}, found {right:x}\n", done.stdout)


class VectorsPassInVerilator(VectorTest):
    """The same for slow links and FIFOs of one place, so that packets wait."""

    def test(self) -> None:
        self.need("verilator")
        folder = self.vectors(RUN, "--images", 1, *CORE, "--router", "0,0", *FAST_HOST,
                              "--set", "chip.router.link_cycles=2",
                              "--set", "chip.router.fifo_depth=1")
        self.assertIn(0, self.by_cycle(folder, "core_inputs.hex", "out_ready"))
        self.assertIn(0, self.by_cycle(folder, "core_expected.hex", "in_ready"))
        self.assert_passes(folder, "core", "verilator")
        self.assert_passes(folder, "router", "verilator")
        self.lose_a_departure(folder)

    def lose_a_departure(self, folder: pathlib.Path) -> None:
        """A packet that is expected and does not come."""
        expected = folder / "router_expected.hex"
        column = self.columns(folder, "router_expected.hex")["departs_1"]
        lines = self.lines(folder, "router_expected.hex")
        index = next(i for i, line in enumerate(lines) if line[column] == "1")
        begin = sum(int(line[0], 16) for line in lines[:index - 1])
        lines[index - 1][column] = "1"
        expected.write_text("".join("_".join(line) + "\n" for line in lines))
        done = subprocess.run(["obj_dir/Vrouter_tb"], cwd=folder, text=True, capture_output=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, rf"FAIL: .*\(cycle {begin} of the vectors\): departs 1: "
                                      "expected 1, found 0")


class VectorsAreThoseOfTheWaves(VectorTest):
    """Packets, with their cycles, and the ends of INTEGRATE and FIRE are those of the waveforms."""

    def test(self) -> None:
        folder = self.vectors(RUN, "--images", 1, *CORE, *FAST_HOST)
        self.succeed("run", RUN, "--images", 1, "-o", "out", *FAST_HOST, "--vcd", "a.vcd",
                     "--vcd-scope", "chip0.core_0_0")
        waves = vcd.read(self.directory / "a.vcd").changes
        clock = 252e6 * 1e-12
        starts = [(0, round(waves["board.running"][0][0] * clock))] + [
            (number, round(time * clock)) for time, number in waves["board.tick[31:0]"]]
        core = json.loads((folder / "vectors.json").read_text())["core"]
        ticks = [tick for tick in core["ticks"] if not tick["preload"]]
        self.assertEqual(len(ticks), 2)
        valid = self.by_cycle(folder, "core_expected.hex", "out_valid")
        ready = self.by_cycle(folder, "core_inputs.hex", "out_ready")
        packets = self.by_cycle(folder, "core_expected.hex", "out_packet")
        for tick in ticks:
            start = dict(starts)[tick["tick"]]
            end = start + tick["cycles"]

            def during(signal: str) -> list[tuple[int, int]]:
                changes = [(round(time * clock), value)
                           for time, value in waves[f"board.chip0.core_0_0.{signal}"]]
                return [(cycle - start, value) for cycle, value in changes if start <= cycle < end]

            first = tick["first_cycle"]
            sent = [(cycle, packets[first + cycle]) for cycle in range(tick["cycles"])
                    if valid[first + cycle] and ready[first + cycle]]
            self.assertEqual(len(sent), tick["packets_out"])
            self.assertEqual(sent, during("sent[63:0]"))
            self.assertIn((tick["integrate_cycles"], 3), during("state[1:0]"))
            self.assertIn((tick["busy_cycles"], 0), during("state[1:0]"))
        self.assertGreater(sum(tick["packets_out"] for tick in ticks), 0)


class VectorsAreRepeatable(VectorTest):
    def test(self) -> None:
        arguments = ("--images", 1, *CORE, "--router", "0,0", *FAST_HOST)
        first = self.vectors(RUN, *arguments).rename(self.directory / "first")
        second = self.vectors(RUN, *arguments)
        names = sorted(file.name for file in first.iterdir())
        self.assertEqual(names, sorted(file.name for file in second.iterdir()))
        for name in names:
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)
        listed = (first / "files.f").read_text().split()
        self.assertLessEqual(set(listed), set(names))
        self.assertEqual(set(names) - set(listed), {
            "README.md", "vectors.json", "files.f", "core_config.hex", "core_inputs.hex",
            "core_expected.hex", "router_inputs.hex", "router_expected.hex"})


class VectorErrors(VectorTest):
    """Wrong requests end with status 2 and leave nothing behind."""

    def test(self) -> None:
        (self.directory / "full").mkdir()
        (self.directory / "full" / "file").touch()
        (self.directory / "file").touch()
        core = ("--core", "0,0")
        for arguments, message in [
            ((), "name a core (--core X,Y), a router (--router X,Y) or both"),
            (("--core", "32,0"), "--core: got 32,0, allowed X,Y with X in 0..31 and Y in 0..31"),
            (("--core", "a,0"), "--core: got a,0, allowed X,Y"),
            (("--core", "0"), "--core: got 0, allowed X,Y"),
            (("--core", "0,31"), "--core: 0,31 holds no part of the network; allowed are "),
            (("--router", "0,32"), "--router: got 0,32, allowed X,Y; the mesh has router[0:31,0:31]"),
            ((*core, "--from", "99"), "--from: got 99, allowed 0..11, the ticks of this run"),
            ((*core, "--to", "-1"), "--to: got -1, allowed 0..11, the ticks of this run"),
            ((*core, "--from", "5", "--to", "3"), "--from: got 5, allowed 0..3 (--to)"),
            ((*core, "--to", "1"), "--to: got 1, allowed 6..11 without --from"),
            ((*core, "--timing", "functional"), "got timing functional, allowed only timing cycle"),
            ((*core, "--set", "chip.core.timing.gather_cycles_per_group=0"),
             "core.timing.gather_cycles_per_group"),
        ]:
            done = self.start("vectors", RUN, "--images", 1, "-o", "out", *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(message, done.stderr)
            self.assertFalse(list(self.directory.glob("out*")), arguments)
        for directory, message in [("full", "full: is not empty; name a new or an empty directory"),
                                   ("file", "file: exists, and is no directory")]:
            done = self.start("vectors", RUN, "--images", 1, "-o", directory, *core)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)
        self.assertEqual([file.name for file in (self.directory / "full").iterdir()], ["file"])

    def test_late(self) -> None:
        done = self.start("vectors", RUN, "--images", 2, "-o", "out", *CORE, *FAST_HOST, "--set",
                          "chip.sync.tick_cycles=6000", "--set", "chip.sync.late_spikes=drop",
                          "--from", 1)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--from: got 1: packets are late at the start of this tick", done.stderr)
        self.assertFalse(list(self.directory.glob("out*")))


class VectorsOfManyChips(VectorTest):
    """Both parts of other chips pass in Verilator."""

    LATE = ("--set", "chip.sync.late_spikes=next_tick", "--from", 0, "--to", 5)
    CASES = {
        "torus": (RUN, "--core", "3,1", "--router", "3,1", "--set", "chip.topology=torus",
                  "--set", "chip.router.credit_cycles=2"),
        "torus_edge": (WORKLOAD, "--core", "0,3", "--router", "0,3", "--set",
                       "chip.topology=torus", "--set", "workload.firing_rate=0.2"),
        "quadtree": (RUN, "--core", "5,4", "--router", "2,1,1", "--set", "chip.topology=quadtree",
                     "--set", "chip.router.arbitration=fixed_priority"),
        "lists": (RUN, "--core", "2,1", "--router", "1,0", "--set",
                  "chip.core.axon_expansion.entries=18432", "--set",
                  "chip.core.axon_expansion.cycles_per_write=2"),
        "parallel": (RUN, *CORE, "--router", "1,0", "--set", "chip.core.timing.neurons_per_cycle=2",
                     "--set", "chip.core.timing.emit_cycles_per_packet=3"),
        "boards": (RUN, *CORE, "--router", "7,1", "--set", f"chip={program.CHIPS / 'nc64.yaml'}",
                   "--board", "auto"),
        "late_packets": (RUN, *CORE, "--router", "1,0", "--set", "chip.sync.tick_cycles=7000", *LATE),
        "late_core": (WORKLOAD, "--core", "3,3", "--router", "3,3", "--set",
                      "workload.firing_rate=0.1", "--set", "chip.sync.tick_cycles=1110", *LATE),
    }

    def test(self) -> None:
        self.need("verilator")
        for name, (run, *arguments) in self.CASES.items():
            with self.subTest(name):
                fast = FAST_HOST if run == RUN else ()
                folder = self.vectors(run, *(("--images", 2) if run == RUN else ()), *fast,
                                      *arguments)
                for part in ("core", "router"):
                    self.assert_passes(folder, part, "verilator")


if __name__ == "__main__":
    program.main()
