# SPDX-License-Identifier: Apache-2.0
"""Images and labels of files in place of a data set."""

import csv
import gzip
import json
import pathlib
import shutil
import struct

import numpy

import program
import sweeps

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
IMAGES = DATA / "t10k-images-idx3-ubyte.gz"
LABELS = DATA / "t10k-labels-idx1-ubyte.gz"
COUNT = 40
UNIT_RANGE = ("--set", "data.scale=0.00392156862745098")  # 1 / 255


class ImageFileTest(program.ProgramTest):
    """x.npy and y.npy are the first test images of Fashion-MNIST and their labels."""

    def setUp(self) -> None:
        super().setUp()
        if not IMAGES.exists():
            self.skipTest(f"{IMAGES}: not there: apt-get install dataset-fashion-mnist")
        with gzip.open(IMAGES) as file:
            pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
        with gzip.open(LABELS) as file:
            labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
        self.pixels = pixels[:COUNT]
        self.labels = labels[:COUNT]
        self.save("x.npy", self.pixels)
        self.save("y.npy", self.labels.astype(numpy.int64))

    def save(self, name: str, array: numpy.ndarray) -> None:
        numpy.save(self.directory / name, array)

    def write_run(self, data: str, name: str = "run.yaml", timing: str = "cycle") -> str:
        """The run of LeNet with this value of the key `data`."""
        configs = program.ROOT / "configs"
        (self.directory / name).write_text(
            f"name: lenet-fashion\nnetwork: {configs}/networks/lenet-fashion-k1b2.onnx\n"
            f"chip: {configs}/chips/reference.yaml\nenergy: {configs}/energy/65nm.yaml\n"
            f"data: {data}\nimages: {COUNT}\ntiming: {timing}\n")
        return name

    def results(self, output: str) -> dict[str, bytes]:
        """All files of a run but its summary."""
        return {file.name: file.read_bytes() for file in (self.directory / output).iterdir()
                if file.name != "summary.json"}

    def summary(self, output: str) -> dict:
        return json.loads((self.directory / output / "summary.json").read_text())

    def figures(self, output: str) -> dict:
        """The summary without what says where the images come from."""
        summary = self.summary(output)
        for key in ("data", "preprocessing", "files", "settings", "wall_seconds"):
            summary.pop(key, None)
        return summary

    def images(self, output: str) -> list[dict]:
        return list(csv.DictReader((self.directory / output / "images.csv").read_text().splitlines()))


class FilesGiveTheResultsOfTheDataSet(ImageFileTest):
    def test(self) -> None:
        self.succeed("run", self.write_run("fashion-mnist", "named.yaml"), "-o", "named")
        self.succeed("run", self.write_run("{images: x.npy, labels: y.npy, scale: 0.00392156862745098}"),
                     "-o", "one")
        self.succeed("run", "run.yaml", "-o", "three", "-j", 3)
        for output in ("one", "three"):
            self.assertEqual(self.results(output), self.results("named"), output)
            self.assertEqual(self.figures(output), self.figures("named"), output)
        self.assertIn("wrong.npy", self.results("one"))
        summary = self.summary("one")
        self.assertEqual(summary["data"], "x.npy")
        self.assertEqual(summary["files"]["data.labels"]["path"], "y.npy")
        self.assertEqual(summary["preprocessing"],
                         {"layout": "nchw", "scale": [float(numpy.float32(1 / 255))], "offset": [0.0],
                          "crop": None})
        self.assertNotIn("preprocessing", self.summary("named"))

    def test_forms(self) -> None:
        """Other layouts, types and formats of the same images."""
        named = self.write_run("{set: fashion-mnist}", "named.yaml", "functional")
        self.succeed("run", named, "-o", "named")
        self.save("last.npy", self.pixels[..., numpy.newaxis])
        self.save("first.npy", self.pixels[:, numpy.newaxis])
        self.save("wide.npy", self.pixels.astype(">i8"))
        self.save("fortran.npy", numpy.asfortranarray(self.pixels.astype(numpy.float16)))
        self.save("column.npy", self.labels[:, numpy.newaxis])
        numpy.savez(self.directory / "all.npz", x=self.pixels, y=self.labels,
                    names=numpy.array([{}], dtype=object))
        numpy.savez_compressed(self.directory / "one.npz", self.pixels)
        self.save("scaled.npy", self.pixels.astype(numpy.float32) * numpy.float32(1 / 255))
        (self.directory / "x.idx").write_bytes(
            b"\0\0\x08\3" + b"".join(size.to_bytes(4, "big") for size in self.pixels.shape) +
            self.pixels.tobytes())
        own = ("data.scale=0.00392156862745098",)
        for images, labels, more in (
                ("last.npy", "y.npy", (*own, "data.layout=nhwc")), ("first.npy", "column.npy", own),
                ("wide.npy", "y.npy", own), ("fortran.npy", "y.npy", own),
                ("all.npz:x", "all.npz:y", own), ("one.npz", "y.npy", own), (IMAGES, LABELS, own),
                ("x.idx", "y.npy", own), ("scaled.npy", "y.npy", ())):
            settings = [f"data.images={images}", f"data.labels={labels}", *more]
            self.succeed("run", self.write_run("mnist", timing="functional"), "-o", "own",
                         *(word for setting in settings for word in ("--set", setting)))
            result = self.results("own")
            if images == "scaled.npy":  # pixels that are no bytes are spread over them
                named_wrong = numpy.load(self.directory / "named" / "wrong.npy").astype(int)
                wrong = numpy.load(self.directory / "own" / "wrong.npy")
                top = named_wrong.max(axis=(1, 2, 3), keepdims=True)
                numpy.testing.assert_allclose(wrong, named_wrong * 255 / top, atol=0.51)
            if images in ("wide.npy", "fortran.npy", "scaled.npy"):
                result["wrong.npy"] = self.results("named")["wrong.npy"]
            self.assertEqual(result, self.results("named"), images)
            self.assertEqual(self.figures("own"), self.figures("named"), images)

    def test_paths_are_relative_to_the_run_file(self) -> None:
        (self.directory / "runs").mkdir()
        run = self.write_run("{images: ../x.npy, labels: ../y.npy}", "runs/run.yaml", "functional")
        self.succeed("run", run, "-o", "out", "--images", 1)
        self.assertEqual(self.summary("out")["files"]["data.images"]["path"], "x.npy")


class VectorsMayBeImages(ImageFileTest):
    """A network of vectors takes images, and their files in any shape."""

    def test(self) -> None:
        try:
            import onnx
            import onnx.numpy_helper
        except ImportError as missing:
            self.skipTest(f"{missing}")
        self.write_model(onnx)
        network = ("--set", "network=vectors.onnx", "--timing", "functional", "-o")
        self.succeed("run", self.write_run("fashion-mnist"), *network, "named")
        self.save("flat.npy", self.pixels.reshape(COUNT, -1))
        self.save("last.npy", self.pixels[..., numpy.newaxis])
        for images in ("x.npy", "flat.npy", "last.npy"):
            self.succeed("run", self.write_run(f"{{images: {images}, labels: y.npy}}"), *UNIT_RANGE,
                         *network, "own")
            self.assertEqual(self.figures("own"), self.figures("named"), images)
            self.assertEqual(self.images("own"), self.images("named"), images)
        self.succeed("report", "own")

    def write_model(self, onnx: object) -> None:
        random = numpy.random.default_rng(1)
        helper = onnx.helper
        nodes = []
        constants = {"half": numpy.float32(0.5), "zero": numpy.float32(0), "two": numpy.float32(2)}

        def add(operator: str, *inputs: str, name: str = "") -> str:
            output = f"t{len(nodes)}"
            nodes.append(helper.make_node(operator, inputs, [output], name))
            return output

        def layer(x: str, weights: numpy.ndarray, name: str) -> str:
            constants[name] = weights
            sums = add("MatMul", x, name, name=name)
            return add("Floor", add("Add", add("Clip", sums, "zero", "two"), "half"))

        first = layer("image", random.normal(0, 0.2, (784, 60)).astype(numpy.float32), "first")
        second = layer(first, random.integers(-1, 2, (60, 40)).astype(numpy.float32), "second")
        constants["last"] = random.normal(size=(40, 10)).astype(numpy.float32)
        scores = add("MatMul", second, "last", name="last")
        tensor = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            nodes, "vectors", [helper.make_tensor_value_info("image", tensor, [1, 784])],
            [helper.make_tensor_value_info(scores, tensor, [1, 10])],
            [onnx.numpy_helper.from_array(numpy.asarray(value), name)
             for name, value in constants.items()])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]),
                  str(self.directory / "vectors.onnx"))


class LabelsAreClassesOfTheNetwork(program.ProgramTest):
    def test(self) -> None:
        folder = self.directory / "data" / "fashion-mnist"
        folder.mkdir(parents=True)
        for name, content in (("t10k-images-idx3-ubyte.gz", struct.pack(">4i", 2051, 3, 28, 28) + bytes(3 * 784)),
                              ("t10k-labels-idx1-ubyte.gz", struct.pack(">2i", 2049, 3) + bytes([9, 0, 10]))):
            (folder / name).write_bytes(gzip.compress(content))
        done = self.start("run", program.RUNS / "lenet-fashion.yaml", "-o", "out",
                          environment={"SPIKELOOM_DATA": str(self.directory / "data")})
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^data set fashion-mnist: label \[2\]: got 10, allowed 0..9, the classes of .*\n$")
        self.assertFalse((self.directory / "out").exists())


class WithoutLabelsThereIsNoAccuracy(ImageFileTest):
    def test(self) -> None:
        run = self.write_run("{images: x.npy, scale: 0.00392156862745098}")
        self.succeed("run", self.write_run("fashion-mnist", "named.yaml"), "-o", "out")
        named = self.images("out")
        # The same folder again: the wrong images of the earlier run go.
        printed = self.succeed("run", run, "-o", "out", "--record-spikes", "out.npz")
        self.assertRegex(printed, r"\naccuracy +-  40 images without labels, x\.npy\n")
        self.assertTrue(all(len(line) <= 80 for line in printed.splitlines()), printed)
        self.assertFalse((self.directory / "out" / "wrong.npy").exists())
        summary = self.summary("out")
        self.assertEqual((summary["correct"], summary["accuracy"]), (None, None))
        self.assertNotIn("data.labels", summary["files"])
        rows = self.images("out")
        self.assertEqual(rows, [{**row, "label": ""} for row in named])
        self.assertIn("correct  - (no labels)\n", self.succeed("inspect", "out/images.csv"))
        shown = json.loads(self.succeed("inspect", "out/images.csv", "--json"))
        self.assertEqual((shown["correct"], shown["labels"]), (None, []))
        self.assertRegex(self.succeed("inspect", "out/summary.json"), r"\naccuracy +-\n")
        self.succeed("report", "out")
        self.succeed("report", "out", "out", "-o", "two.html")
        self.assertIn("no difference", self.succeed("diff", run, "--images", 2))
        self.assertEqual(numpy.load(self.directory / "out.npz")["labels"].shape, (0,))
        self.succeed("replay", "out.npz", run, "-o", "again")
        self.assertEqual(self.images("again"), rows)
        self.assertIsNone(self.summary("again")["accuracy"])

    def test_validation(self) -> None:
        run = self.write_run("{images: x.npy, scale: 0.00392156862745098}")
        (self.directory / "validation.yaml").write_text(
            f"source: none\nsettings: [mapper.effort=0, images={COUNT}]\ncases:\n"
            f"  lenet: {{run: {run}, accuracy: 0.9937, figures:\n"
            "    {time: {published: 1 ms, status: predicted, tolerance: 5}}}\n")
        text = self.succeed("validate", "validation.yaml")
        self.assertRegex(text, r"\nlenet +40 +- ")
        self.assertRegex(text, r"\nlenet, published +99\.37 %")
        result = json.loads(self.succeed("validate", "validation.yaml", "--json"))
        self.assertIsNone(result["mechanisms"][0]["cases"][0]["runs"][0]["accuracy"])


class SweepsOfFiles(ImageFileTest):
    def sweep(self, output: str, *arguments: object) -> str:
        return self.succeed("sweep", "sweeps/sweep.yaml", "-o", output, *arguments)

    def table(self, output: str) -> list[dict]:
        text = (self.directory / output / "results.csv").read_text()
        return list(csv.DictReader(text.splitlines()))

    def test(self) -> None:
        self.save("dark.npy", self.pixels // 2)
        (self.directory / "sweeps").mkdir()
        # Paths of a sweep file are relative to it.
        (self.directory / "sweeps" / "sweep.yaml").write_text(f"""
name: files
run: {sweeps.RUN}
set: {{images: 3, timing: functional, data.images: ../x.npy, data.scale: 0.00392156862745098}}
axes:
  data.images: [../x.npy, ../dark.npy]
  data.labels: [../y.npy]
  data.offset: [0, 0.1]
metrics: [spikes_per_image, accuracy]
""")
        self.assertIn("4 runs: 4 done", self.sweep("one"))
        self.sweep("two", "-j", 2)
        rows = self.table("one")
        self.assertEqual(rows, self.table("two"))
        self.assertEqual(len({row["spikes_per_image"] for row in rows}), 4)
        self.succeed("run", self.write_run("{images: dark.npy, labels: y.npy, offset: 0.1}"),
                     *UNIT_RANGE, "--timing", "functional", "--images", 3, "-o", "out")
        self.assertEqual(float(rows[3]["spikes_per_image"]), self.summary("out")["spikes_per_image"])
        # Nothing is left to do, and other images are another sweep.
        self.assertNotIn("this time", self.sweep("two"))
        self.save("dark.npy", self.pixels // 3)
        done = self.start("sweep", "sweeps/sweep.yaml", "-o", "two")
        self.assertEqual(done.returncode, 2)
        self.assertIn("data.images dark.npy: has changed since", done.stderr)

    def test_without_labels(self) -> None:
        run = self.write_run("{images: x.npy, scale: 0.00392156862745098}", timing="functional")
        (self.directory / "sweeps").mkdir()
        (self.directory / "sweeps" / "sweep.yaml").write_text(f"""
name: unlabelled
run: ../{run}
axes: {{data.crop.height: [28], data.crop.width: [28], seed: [1, 2]}}
set: {{images: 2}}
""")
        self.sweep("out")
        self.assertEqual([row["accuracy"] for row in self.table("out")], ["", ""])
        for query in (("--pareto", "accuracy:max,cores_used"), ("--sensitivity",), ("--spread",)):
            self.assertNotIn("nan", self.succeed("sweep", "out", *query))
        self.succeed("report", "out")


class WrongImageFiles(ImageFileTest):
    """Each ends with status 2 and what is allowed, before anything is written."""

    def refused(self, data: str, saying: str, *arguments: object) -> None:
        run = self.write_run(data)
        before = sorted(file.name for file in self.directory.iterdir())
        done = self.start("run", run, "-o", "out", *arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn(saying, done.stderr)
        self.assertEqual(sorted(file.name for file in self.directory.iterdir()), before)

    def test(self) -> None:
        self.refused("{images: none.npy}",
                     "run.yaml:5:16: data.images: none.npy: cannot be read: No such file or directory")
        self.refused("fashion-mnist", "--set data.images=none.npy: data.images: none.npy: cannot be read",
                     "--set", "data.images=none.npy")
        self.refused("{labels: y.npy}", "run.yaml:5:7: data: expected either set: NAME or images: FILE")
        self.refused("{images: x.npy, labels: y.npy}", "images: got 41, allowed 1..40 from image 0 on, or 0 for all (x.npy has 40 test images)",
                     "--images", 41)
        whole = (self.directory / "x.npy").read_bytes()
        for length in (8, 60, 128, len(whole) - 1):
            (self.directory / "part.npy").write_bytes(whole[:length])
            self.refused("{images: part.npy}", "run.yaml:5:16: data.images: part.npy: ")
        (self.directory / "part.gz").write_bytes(IMAGES.read_bytes()[:-100])
        self.refused("{images: part.gz}", "data.images: part.gz: truncated or not a gzip file")
        numpy.savez(self.directory / "two.npz", x=self.pixels, y=self.labels)
        self.refused("{images: two.npz}", "two.npz: holds 2 arrays, name one as two.npz:KEY; allowed x, y")
        self.refused("{images: 'two.npz:z'}", "two.npz: has no array z, allowed x, y")
        self.save("objects.npy", numpy.array([[{}]], dtype=object))
        self.refused("{images: objects.npy}", "objects.npy: type |O: Python objects (pickle) are not supported")
        self.save("wrong.npy", self.pixels.astype(numpy.complex64))
        self.refused("{images: wrong.npy}", "wrong.npy: got type <c8, allowed uint8, uint16,")
        self.save("wrong.npy", self.pixels[:, :20])
        self.refused("{images: wrong.npy}",
                     "data.images: wrong.npy: got an array of 40 x 20 x 28, in layout nchw images of "
                     "1x20x28 (channels x height x width), allowed N x 1 x 28 x 28 or N x 28 x 28, the "
                     "input of ")
        pixels = self.pixels.astype(numpy.float64)
        for value, text in ((numpy.nan, "nan"), (-numpy.inf, "-inf")):
            pixels[3, 27, 2] = value
            self.save("wrong.npy", pixels)
            self.refused("{images: wrong.npy}", f"wrong.npy: element [3, 27, 2]: got {text} (in float32)")
        self.save("wrong.npy", self.labels[1:])
        self.refused("{images: x.npy, labels: wrong.npy}",
                     "data.labels: wrong.npy: got 39 labels, allowed 40, the number of images in x.npy")
        self.save("wrong.npy", numpy.where(numpy.arange(COUNT) == 5, 10, self.labels))
        self.refused("{images: x.npy, labels: wrong.npy}",
                     "data.labels: wrong.npy: label [5]: got 10, allowed 0..9, the classes of ")

    def test_crop_of_a_data_set(self) -> None:
        folder = self.directory / "data" / "cifar-10-batches-bin"
        folder.mkdir(parents=True)
        (folder / "test_batch.bin").write_bytes(bytes(2 * 3073))
        run = program.RUNS / "vgg-cifar10.yaml"
        for settings, saying in (
                (("data.set=cifar-10", "data.crop=none"),
                 "needs images of 3x24x24, but those of cifar-10 are 3x32x32 (channels x height x width)"),
                (("data.set=cifar-10", "data.crop.height=33", "data.crop.width=24"),
                 "data.crop: got 33 x 24, allowed up to 32 x 32, the size of the images of cifar-10")):
            done = self.start("run", run, *(word for setting in settings for word in ("--set", setting)),
                              environment={"SPIKELOOM_DATA": str(self.directory / "data")})
            self.assertEqual(done.returncode, 2)
            self.assertIn(saying, done.stderr)


class DiffIsOfTheSameImages(ImageFileTest):
    def test(self) -> None:
        run = self.write_run("{images: x.npy}", timing="functional")
        shutil.copy(self.directory / "x.npy", self.directory / "z.npy")
        against = ("diff", run, "--images", 2, "--against", run, "--against-set")
        self.assertIn("no difference", self.succeed(*against, "seed=2"))
        done = self.start(*against, "data.images=z.npy")
        self.assertEqual(done.returncode, 2)
        self.assertIn("run.yaml has images 0..1 of x.npy, run.yaml has 0..1 of z.npy", done.stderr)


if __name__ == "__main__":
    program.main()
