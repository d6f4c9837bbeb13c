# SPDX-License-Identifier: Apache-2.0
"""The LeNet that the chip's authors published, from their file to its figures on the chip. The spikes are compared with an
own computation from that file, and with what an independent evaluation of all test images gave."""

import gzip
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile

import program

try:
    import numpy
    import onnx  # noqa: F401
    MISSING = ""
except ImportError as error:
    MISSING = str(error)

FILE = "authors_lenet_mnist.npz"
FILE_SHA256 = "d0d72bd3cd76b8d85d747d85aa3cfa2cc8e993631ca9865abf05457d4ebc6c8f"
NAME = "authors-lenet-mnist"
CONVERT = program.ROOT / "scripts" / "authors-lenet"
GET = program.ROOT / "scripts" / "get-network"
SHARED = program.ROOT.parent / "shared"
# Of all 10,000 test images, per image: spikes of each layer, and the synaptic operations that they cause in the next.
SPIKES = (6676.5289, 6299.3769, 1665.8166, 1555.3008, 419.631, 244.0422)
PAPER_SOP_M = (18.2096, 0.8063, 5.6851, 0.3982, 0.8594)


def find(folder: str) -> pathlib.Path | None:
    """Returns a folder of $SPIKELOOM_DATA, or of `shared` beside the checkout or beside the data."""
    places = [SHARED / folder, SHARED / "datasets" / folder]
    if "SPIKELOOM_DATA" in os.environ:
        data = pathlib.Path(os.environ["SPIKELOOM_DATA"])
        places[:0] = [data / folder, data.parent / folder]
    return next((place for place in places if place.is_dir()), None)


class Authors(program.ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        if MISSING:
            self.skipTest(MISSING)
        networks = find("networks")
        if networks is None or not (networks / FILE).is_file():
            self.skipTest(f"{FILE} is not there: scripts/get-network fetches it")
        self.file = networks / FILE
        self.assertEqual(hashlib.sha256(self.file.read_bytes()).hexdigest(), FILE_SHA256)

    def get(self, *, mirror: pathlib.Path, data: pathlib.Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SPIKELOOM_DATA": str(data), "SPIKELOOM_MIRROR": mirror.as_uri()}
        return subprocess.run([GET, NAME], env=environment, text=True, capture_output=True, check=False)

    def convert(self, source: pathlib.Path, target: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, CONVERT, source, "-o", target], cwd=self.directory, text=True,
                              capture_output=True, check=False)

    def make_network(self) -> None:
        """Makes the network where get-network stores it, in a home of this test."""
        folder = self.directory / "home" / "spikeloom" / "networks"
        folder.mkdir(parents=True)
        done = self.convert(self.file, str(folder / f"{NAME}.onnx"))
        self.assertEqual(done.returncode, 0, done.stderr)
        before = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(self.directory / "home")
        self.addCleanup(lambda: os.environ.pop("XDG_DATA_HOME") if before is None
                        else os.environ.__setitem__("XDG_DATA_HOME", before))

    def run_authors(self, *arguments: object) -> dict:
        """Runs the run file."""
        self.make_network()
        return self.run_network(NAME, *arguments)


class AuthorsFileGivesTheSameModel(Authors):
    """get-network fetches the file and makes the model, the same bytes as the script alone, twice."""

    def test(self) -> None:
        data = self.directory / "data"
        done = self.get(mirror=self.file.parent, data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = data / "networks" / f"{NAME}.onnx"
        self.assertIn(f"{NAME}.onnx (made from {FILE}) is in {made.parent}", done.stdout)
        for target in ("one.onnx", "two.onnx"):
            self.assertEqual(self.convert(self.file, target).returncode, 0)
            self.assertEqual((self.directory / target).read_bytes(), made.read_bytes())
        onnx.checker.check_model(onnx.load(str(made)), full_check=True)

        # A file that is there already is used only if it is the published one.
        made.unlink()
        with open(data / "networks" / FILE, "ab") as stream:
            stream.write(b"\0")
        done = self.get(mirror=self.file.parent, data=data)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{FILE}: SHA-256 must be {FILE_SHA256}", done.stderr)
        self.assertFalse(made.exists())


class AuthorsFilesOfOthersAreRefused(Authors):
    def refused(self, name: str, saying: str) -> None:
        done = self.convert(self.directory / name, "out.onnx")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(saying, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse((self.directory / "out.onnx").exists())

    def write(self, name: str, member: bytes) -> None:
        with zipfile.ZipFile(self.directory / name, "w") as archive:
            archive.writestr("params.npy", member)

    def test(self) -> None:
        with zipfile.ZipFile(self.file) as archive:
            member = archive.read("params.npy")
        pickled = member.index(b"\x80\x02cnumpy")

        # A pickle that calls something else than the parts of an array.
        self.write("call.npz", member[:pickled] + b"ccollections\nOrderedDict\n(tR.")
        self.refused("call.npz", "it wants to call collections.OrderedDict, which is no part of an array")

        self.write("short.npz", member[:pickled + 5000])
        self.refused("short.npz", "damaged pickle")
        self.write("weights.npz", self.changed(lambda arrays: arrays[5].__setitem__((0, 0, 0, 0), 2)))
        self.refused("weights.npz", "convolution 2: got weights other than -1, 0, 1")
        self.write("shape.npz", self.changed(lambda arrays: arrays.__setitem__(6, arrays[6][:15])))
        self.refused("shape.npz", "convolution 2, beta: got (15,), must be (16,)")
        self.write("type.npz", self.changed(lambda arrays: arrays.__setitem__(30, arrays[30].astype(float))))
        self.refused("type.npz", "dense layer: got elements <f8, must be <f4")
        self.write("variance.npz", self.changed(lambda arrays: arrays[9].__setitem__(3, -1)))
        self.refused("variance.npz", "convolution 2: got a negative variance")
        numpy.savez(self.directory / "plain.npz", params=numpy.zeros(31))
        self.refused("plain.npz", "params.npy: got float64 (31,), must be a pickled list of 31 arrays")
        numpy.savez(self.directory / "other.npz", w0=numpy.zeros(3))
        self.refused("other.npz", "no .npz file with an array params")
        shutil.copy(program.NETWORKS / "lenet-mnist-k1b2.onnx", self.directory / "model.onnx")
        self.refused("model.onnx", "no .npz file with an array params")
        self.refused("none.npz", "none.npz: No such file or directory")

    def changed(self, change: object) -> bytes:
        """Returns the member params.npy with a change, pickled again by NumPy."""
        arrays = list(numpy.load(self.file, allow_pickle=True, encoding="latin1")["params"])
        change(arrays)
        outer = numpy.empty(len(arrays), dtype=object)
        outer[:] = arrays
        path = self.directory / "changed.npy"
        with open(path, "wb") as stream:
            numpy.lib.format.write_array_header_1_0(stream, numpy.lib.format.header_data_from_array_1_0(outer))
            import pickle
            pickle.dump(outer, stream, protocol=2)
        return path.read_bytes()


class AuthorsNetworkIsSearched(Authors):
    """Without the network, the message names the places and the script."""

    def test(self) -> None:
        done = self.start("run", program.RUNS / f"{NAME}.yaml", environment={
            "SPIKELOOM_DATA": str(self.directory / "data"), "XDG_DATA_HOME": str(self.directory / "home")})
        self.assertEqual(done.returncode, 2)
        for text in (f"{NAME}.onnx: cannot be read", str(self.directory / "data" / "networks" / f"{NAME}.onnx"),
                     str(self.directory / "home" / "spikeloom" / "networks"), "scripts/get-network"):
            self.assertIn(text, done.stderr)


class AuthorsLevelsEqualNumpy(Authors):
    """Every integer of every layer, of 100 images cycle by cycle, computed here from the authors' file in float64."""

    IMAGES = 100

    def test(self) -> None:
        summary = self.run_authors("--images", self.IMAGES, "--timing", "cycle", "-j", 2, "--record-levels", "levels")
        self.assertIsNotNone(summary["ms_per_image"])
        expected = self.levels()
        files = {file.stem: file for file in (self.directory / "levels").glob("*.npy")}
        self.assertEqual(set(files), {f"conv{number}" for number in range(1, 7)})
        for number, values in enumerate(expected, 1):
            self.assertEqual(int(values.max()), 4)
            numpy.testing.assert_array_equal(numpy.load(files[f"conv{number}"]), values, f"conv{number}")

    def levels(self) -> list["numpy.ndarray"]:
        folder = find("mnist")
        if folder is None:
            self.skipTest("MNIST is not there: scripts/get-data fetches it")
        content = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())
        self.assertEqual(struct.unpack_from(">I", content)[0], 0x803)
        pixels = numpy.frombuffer(content, numpy.uint8, self.IMAGES * 784, 16)
        values = numpy.pad(pixels.reshape(-1, 28, 28, 1) / 255, ((0, 0), (2, 2), (2, 2), (0, 0)))
        arrays = numpy.load(self.file, allow_pickle=True, encoding="latin1")["params"]
        levels = []
        for layer, stride in enumerate((1, 1, 2, 1, 2, 1)):
            weights, beta, gamma, mean, variance = (item.astype(float) for item in arrays[5 * layer:5 * layer + 5])
            kernel = len(weights)
            size = (values.shape[1] - kernel) // stride + 1
            sums = sum(values[:, y:y + size * stride:stride, x:x + size * stride:stride][:, :size, :size]
                       @ weights[y, x] for y in range(kernel) for x in range(kernel))
            activation = gamma * (sums - mean) / numpy.sqrt(variance + 1e-5) + beta
            values = numpy.clip(numpy.floor(activation * 2 + 0.5) / 2, 0, 2)
            levels.append((2 * values).astype(int).transpose(0, 3, 1, 2))
        return levels


class AuthorsAllImages(Authors):
    """The whole test set: 99.38 %, and the spikes and operations of each layer."""

    def test(self) -> None:
        summary = self.run_authors("--images", 0, "--timing", "functional", "-j", 2)
        self.assertEqual((summary["images"], summary["correct"]), (10000, 9938))
        self.assertEqual([layer["spikes_per_image"] for layer in summary["layers"]], list(SPIKES))
        self.assertAlmostEqual(summary["spikes_per_image"], 16860.6964, places=4)
        self.assertAlmostEqual(summary["paper_sop_per_image"] / 1e6, 25.9585, places=4)
        operations = [layer["paper_sop_per_image"] / 1e6 for layer in summary["layers"]]
        self.assertEqual(operations[0], 0)
        for found, expected in zip(operations[1:], PAPER_SOP_M, strict=True):
            self.assertAlmostEqual(found, expected, places=4)


class AuthorsNetworkFitsThePublishedFigures(Authors):
    """Time and energy of the mechanism `port`, and the time with the port as its RTL has it."""

    def validate(self, *arguments: object) -> dict:
        text = self.succeed("validate", program.ROOT / "configs" / "validation" / "zou2021.yaml", "--case", "lenet",
                            "--mechanism", "port", "--json", "-j", 2, *arguments)
        return json.loads(text)["mechanisms"][0]["cases"][0]["figures"]

    def test(self) -> None:
        self.make_network()
        for figure in self.validate().values():
            self.assertLess(abs(figure["error"][0]), 0.01)
            self.assertTrue(figure["within"])
        done = self.start("validate", program.ROOT / "configs" / "validation" / "zou2021.yaml", "--case", "lenet",
                          "--mechanism", "port", "--json", "-j", 2, "--set", "chip.host_port.cycles_per_packet=14")
        self.assertEqual(done.returncode, 1)
        time = json.loads(done.stdout)["mechanisms"][0]["cases"][0]["figures"]["time"]
        self.assertAlmostEqual(time["error"][0], -0.022, places=3)


if __name__ == "__main__":
    program.main()
