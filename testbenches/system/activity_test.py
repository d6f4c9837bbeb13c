# SPDX-License-Identifier: Apache-2.0
"""Tests what a run writes about cores, links, ticks and misclassified images: activity.csv,
links.csv, timeline.csv, the latencies in images.csv, and wrong.npy."""

import csv
import gzip
import zlib

import numpy
import program

MS_PER_CYCLE = 1e3 / 252e6


class ActivityTest(program.ProgramTest):
    def rows(self, name: str) -> list[dict[str, str]]:
        with open(self.directory / "out" / name, encoding="ascii") as file:
            return list(csv.DictReader(file))

    def events(self, term: str) -> float:
        return sum(float(row["count"]) for row in self.rows("events.csv") if row["term"] == term)


class CoresAndLinksAddUp(ActivityTest):
    """The figures per core and link add up to the counts of summary.json and events.csv, which
    are computed separately."""

    def test(self) -> None:
        for arguments in ((), ("--set", "chip.topology=quadtree"), ("--no-pipeline",),
                          ("--set", f"chip={program.CHIPS}/nc64.yaml")):
            with self.subTest(arguments):
                summary = self.run_network("lenet-fashion", "--images", 9, *arguments)
                self.check(summary)

    def check(self, summary: dict) -> None:
        steady = summary["steady_ticks"]
        cores, links = self.rows("activity.csv"), self.rows("links.csv")
        self.assertEqual(len(cores), summary["cores_used"])
        grid = summary["chip_description"]["mesh"]
        columns = grid["columns"] * summary["chip_description"]["board"]["columns"]
        for core in cores:
            self.assertEqual(int(core["core"]), int(core["y"]) * columns + int(core["x"]))
            self.assertLessEqual(float(core["busy_cycles"]),
                                 summary["cycles_per_image"])
            self.assertGreater(int(core["dendrites"]), 0)
        for column, term in (("packets", "route_read"),
                             ("sop", "accumulate")):
            total = sum(float(core[column]) for core in cores) * steady
            self.assertAlmostEqual(total / self.events(term), 1.0, places=12)
        self.assertEqual(sum(int(core["neurons"]) for core in cores),
                         sum(layer["neurons"] for layer in summary["layers"][1:]) * self.copies(summary))
        for between, term in (("0", "link_transfer"), ("1", "inter_chip_transfer")):
            total = sum(float(link["packets"]) for link in links
                        if link["between_chips"] == between) * steady
            self.assertAlmostEqual(total, self.events(term), delta=1e-6 * total)
        for link in links:
            self.assertTrue(0.0 < float(link["utilization"]) <= 1.0)

    @staticmethod
    def copies(summary: dict) -> int:
        """Returns the core neurons per network neuron: one per level if each dendrite has one
        threshold, else one."""
        return 4 if summary["chip_description"]["core"]["thresholds_per_dendrite"] == 1 else 1


class TimelineBoundsEachTick(ActivityTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 9)
        barrier = summary["chip_description"]["sync"]["barrier_cycles"]
        parts = [layer["name"] for layer in summary["layers"]]
        ticks = self.rows("power.csv")
        lines = self.rows("timeline.csv")
        self.assertEqual(len(lines), len(ticks) * len(parts))
        for number, tick in enumerate(ticks):
            rows = lines[number * len(parts):(number + 1) * len(parts)]
            self.assertEqual([row["part"] for row in rows], parts)
            self.assertEqual({row["tick"] for row in rows}, {str(number)})
            bounding = [row for row in rows if row["bound"]]
            self.assertEqual(len(bounding), 1)
            column = {"core": "core_cycles", "packets": "packet_cycles"}[bounding[0]["bound"]]
            last = int(bounding[0][column])
            self.assertEqual(last + barrier, int(tick["cycles"]))
            for row in rows:
                self.assertLessEqual(max(int(row["core_cycles"]), int(row["packet_cycles"])), last)
                self.assertEqual(row["core"] == "-1", row["part"] == "input")

    def test_what_bounds(self) -> None:
        """Tests which layer and cause bound the ticks if the host port is fast or slow, if cores
        are slow, and if the tick length is fixed."""
        for settings, expected in (
                # The core with the most neurons bounds the tick, or the packet of its last neuron.
                (("chip.core.timing.compare_cycles=900", "chip.host_port.cycles_per_packet=1"),
                 {("conv5", "core"), ("conv5", "packets")}),
                (("chip.host_port.cycles_per_packet=20",), {("input", "packets")}),
                (("chip.sync.tick_cycles=400000",), set())):
            self.run_network("lenet-fashion", "--images", 8,
                             *(text for setting in settings for text in ("--set", setting)))
            bounds = {(row["part"], row["bound"]) for row in self.rows("timeline.csv")
                      if row["bound"]}
            self.assertEqual(bounds, expected)


class LatencyOfEachImage(ActivityTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 9, "--no-pipeline")
        rows = self.rows("images.csv")
        mean = sum(float(row["latency_ms"]) for row in rows) / len(rows)
        self.assertAlmostEqual(mean / summary["latency_ms"], 1.0, places=8)
        alone = [float(row["latency_ms"]) for row in rows]
        summary = self.run_network("lenet-fashion", "--images", 12)
        depth = len(summary["layers"]) - 1
        rows = self.rows("images.csv")
        self.assertEqual([row["latency_ms"] for row in rows[-depth:]], [""] * depth)
        for i, row in enumerate(rows[:-depth]):
            # Its last output arrives during the tick in which the image is in the last layer.
            before = sum(int(tick["cycles"]) for tick in rows[i:i + depth]) * MS_PER_CYCLE
            after = before + int(rows[i + depth]["cycles"]) * MS_PER_CYCLE
            self.assertGreater(float(row["latency_ms"]), before)
            self.assertLess(float(row["latency_ms"]), after)
            self.assertGreater(float(row["latency_ms"]), alone[i])


class WrongImagesAreKept(ActivityTest):
    def test(self) -> None:
        self.run_network("lenet-fashion", "--images", 1300, "--timing", "functional", "-j", 2)
        wrong = [int(row["index"]) for row in self.rows("images.csv")
                 if row["label"] != row["predicted"]]
        self.assertGreater(len(wrong), 60)
        pixels = numpy.load(self.directory / "out" / "wrong.npy")
        self.assertEqual((pixels.shape, pixels.dtype), ((60, 1, 28, 28), numpy.uint8))
        with gzip.open("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz") as file:
            data = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
        numpy.testing.assert_array_equal(pixels[:, 0], data[wrong[:60]])


class PartsHaveNamesOfTheirOwn(program.ProgramTest):
    """Layers that are named like other parts of the board, or like each other."""

    def test(self) -> None:
        try:
            import onnx
        except ImportError:
            self.skipTest("onnx is missing")
        model = onnx.load(str(program.NETWORKS / "lenet-fashion-k1b2.onnx"))
        sums = [node for node in model.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
        for node, name in zip(sums[1:], ("input", "(chip)", "input"), strict=False):
            node.name = name
        onnx.save(model, str(self.directory / "names.onnx"))
        summary = self.run_network("lenet-fashion", "--set", "network=names.onnx", "--images", 8)
        layers = [layer["name"] for layer in summary["layers"]]
        self.assertEqual(layers[:4], ["input", "input.2", "(chip).2", "input.3"])
        for name, column, more in (("events", "part", {"(idle cores)", "(chip)"}),
                                   ("energy", "part", {"(idle cores)", "(chip)"}), ("timeline", "part", set())):
            with open(self.directory / "out" / f"{name}.csv", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual({row[column] for row in rows} - {"input"}, set(layers[1:]) | more, name)
            first, second = list(rows[0])[:2]
            keys = [(row[first], row[second]) for row in rows]
            self.assertEqual(len(keys), len(set(keys)), name)


class LayerNamesMayHaveCommas(ActivityTest):
    NAME = '3x3, "same"'

    def test(self) -> None:
        try:
            import onnx
        except ImportError as missing:
            self.skipTest(f"{missing}")
        model = onnx.load(str(program.NETWORKS / "lenet-fashion-k1b2.onnx"))
        [node] = [node for node in model.graph.node if node.name == "conv2"]
        node.name = self.NAME
        onnx.save(model, str(self.directory / "named.onnx"))
        self.run_network("lenet-fashion", "--images", 9, "--tick-events", "--set",
                         "network=named.onnx")
        for name, column in (("events", "part"), ("energy", "part"), ("ticks", "part"),
                             ("timeline", "part"), ("activity", "layers")):
            rows = self.rows(f"{name}.csv")
            self.assertIn(self.NAME, {row[column] for row in rows}, name)
            self.assertFalse(any(None in row for row in rows), name)
            self.succeed("inspect", f"out/{name}.csv")
        self.succeed("report", "out", "-o", "page.html")


class SummaryNamesItsFiles(ActivityTest):
    def test(self) -> None:
        summary = self.run_network("lenet-fashion", "--images", 1, "--set",
                                   "chip.router.link_cycles=2")
        self.assertEqual(summary["settings"], ["chip.router.link_cycles=2"])
        self.assertEqual(set(summary["files"]), {"run", "network", "chip", "energy"})
        for file in summary["files"].values():
            with open(file["path"], "rb") as content:
                self.assertEqual(file["crc32"], f"{zlib.crc32(content.read()):08x}")


if __name__ == "__main__":
    program.main()
