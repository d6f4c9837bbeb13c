# SPDX-License-Identifier: Apache-2.0
"""Tests spike traces: their content, their agreement with the waveforms, and their replay."""

import collections
import json

import numpy

import program
import vcd

RUN = program.RUNS / "lenet-fashion.yaml"
IMAGES = 6
FIRST_TICK = 6  # tick of the chip that is tick 0 of a trace; LeNet has five layers on the chip


class SpikesAreThoseOfSummaryAndWaves(program.ProgramTest):
    """Spikes per layer match the summary; spikes per tick and core match the waveforms."""

    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", IMAGES, "--record-spikes",
                                   "one.npz", "--vcd", "a.vcd", "--vcd-scope",
                                   "chip0.core[*,*],host")
        self.run_network("lenet-fashion", "--images", IMAGES, "--record-spikes", "two.npz",
                         "-j", 2)
        self.assertEqual((self.directory / "one.npz").read_bytes(),
                         (self.directory / "two.npz").read_bytes())
        trace = numpy.load(self.directory / "one.npz")
        self.assertEqual(list(trace["layers"]), [layer["name"] for layer in summary["layers"]])
        for number, layer in enumerate(summary["layers"]):
            self.assertEqual((trace["layer"] == number).sum(),
                             round(layer["spikes_per_image"] * IMAGES), layer["name"])
        rows = numpy.stack([trace[name].astype(numpy.int64) for name in
                            ("tick", "layer", "core", "neuron", "level")], axis=1)
        self.assertEqual(len(numpy.unique(rows, axis=0)), len(rows))
        self.assertTrue((numpy.lexsort(rows.T[::-1]) == numpy.arange(len(rows))).all())

        fired = self.spikes_of_waves()
        compared = 0
        for layer in range(1, len(summary["layers"])):
            mine = trace["layer"] == layer
            for tick in range(layer, layer + IMAGES):
                for core in numpy.unique(trace["core"][mine]):
                    count = (mine & (trace["tick"] == tick) & (trace["core"] == core)).sum()
                    self.assertEqual(fired[tick + FIRST_TICK, f"core_{core % 32}_{core // 32}"],
                                     count)
                    compared += count
        on_chip = sum(layer["spikes_per_image"] for layer in summary["layers"][1:])
        self.assertEqual(compared, round(on_chip * IMAGES))

    def spikes_of_waves(self) -> collections.Counter:
        """Returns the spikes by tick of the chip and core."""
        waves = vcd.read(self.directory / "a.vcd")
        starts = [(time, tick) for time, tick in waves.changes["board.tick[31:0]"]]
        fired = collections.Counter()
        for name, changes in waves.changes.items():
            if not name.endswith(".spikes[31:0]"):
                continue
            before = 0
            tick = 0
            left = list(starts)
            for time, value in changes:
                while left and left[0][0] <= time:
                    tick = left.pop(0)[1]
                fired[tick, name.split(".")[-2]] += value - before
                before = value
        return fired


class ReplayGivesTheSameRun(program.ProgramTest):
    def test(self) -> None:
        for options in ((), ("--no-pipeline",),
                        ("--set", "faults.input_spike_drop=0.1",
                         "--set", "faults.input_spike_insert=0.05")):
            self.run_network("lenet-fashion", "--images", 4, "--first", 3, *options,
                             "--record-spikes", "a.npz")
            self.succeed("replay", "a.npz", RUN, "-j", 2, "-o", "again", *options,
                         "--record-spikes", "b.npz")
            self.assertEqual((self.directory / "a.npz").read_bytes(),
                             (self.directory / "b.npz").read_bytes())
            self.assertEqual((self.directory / "out" / "images.csv").read_text(),
                             (self.directory / "again" / "images.csv").read_text())
            summaries = [json.loads((self.directory / name / "summary.json").read_text())
                         for name in ("out", "again")]
            for summary in summaries:
                del summary["wall_seconds"]
            self.assertEqual(*summaries)

    def test_without_data_set(self) -> None:
        self.run_network("lenet-fashion", "--images", 3, "--record-spikes", "a.npz")
        # numpy.savez stores arrays uncompressed and with wider types.
        trace = dict(numpy.load(self.directory / "a.npz"))
        trace["tick"] = trace["tick"].astype(numpy.int64)
        numpy.savez(self.directory / "b.npz", **trace)
        done = self.start("replay", "b.npz", RUN, "-o", "again", "--set", "data=cifar-10",
                          environment={"SPIKELOOM_DATA": str(self.directory)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.directory / "out" / "images.csv").read_text(),
                         (self.directory / "again" / "images.csv").read_text())


class SpikeTraceErrors(program.ProgramTest):
    def refused(self, message: str, *arguments: object) -> None:
        done = self.start("replay", *arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(message, done.stderr)

    def test(self) -> None:
        self.run_network("lenet-fashion", "--images", 1, "--record-spikes", "a.npz")
        self.refused("unrecognised option '--images'", "a.npz", RUN, "--images", 3)
        for setting in ("images=3", "first=1"):
            self.refused(f"--set {setting}: a replay runs the images of its trace", "a.npz", RUN,
                         "--set", setting)
        # A network of the same shape, and one of another.
        for name, run in (("lenet-mnist", "lenet-mnist.yaml"), ("vgg", "vgg-cifar10.yaml")):
            done = self.start("replay", "a.npz", program.RUNS / run)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "a.npz: was recorded on another network: lenet-fashion-k1b2 "
                                          f"\\(checksum [0-9a-f]{{8}}\\), not {name}.* \\(checksum [0-9a-f]{{8}}\\)")
        self.refused("not a NumPy archive", RUN, RUN)
        whole = (self.directory / "a.npz").read_bytes()
        (self.directory / "b.npz").write_bytes(whole[:-100])
        self.refused("b.npz: not a NumPy archive", "b.npz", RUN)
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        (self.directory / "b.npz").write_bytes(damaged)
        self.refused("b.npz: ", "b.npz", RUN)
        trace = dict(numpy.load(self.directory / "a.npz"))
        crc = trace.pop("network_crc32")
        self.assertEqual((crc.dtype, list(trace["network"])), (numpy.dtype("<u4"), ["lenet-fashion-k1b2"]))
        numpy.savez(self.directory / "b.npz", **trace)
        self.refused("holds an input of 16x28x28 neurons with 4 levels", "b.npz", program.RUNS / "vgg-cifar10.yaml")
        self.succeed("replay", "b.npz", RUN)
        for name, values, message in [
            ("tick", trace["tick"] + 7, f"b.npz: tick: row 0: got {trace['tick'][0] + 7}, which is not in entry_ticks"),
            ("level", trace["level"] + 4, "b.npz: level: row 0: got 4, allowed 0..3"),
            ("neuron", trace["neuron"][1:], "b.npz: neuron: got"),
            ("layer", trace["layer"].astype(float), "expected integers in one dimension"),
            ("labels", None, "b.npz: labels: is missing"),
        ]:
            changed = {**trace, name: values}
            if values is None:
                del changed[name]
            numpy.savez(self.directory / "b.npz", **changed)
            self.refused(message, "b.npz", RUN)
        done = self.start("run", RUN, "--images", 1, "--record-spikes", "no/such/a.npz")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("no/such/a.npz.tmp: cannot be written", done.stderr)


if __name__ == "__main__":
    program.main()
