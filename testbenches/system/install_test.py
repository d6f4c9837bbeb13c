# SPDX-License-Identifier: Apache-2.0
"""The installed package serves another project: the example host builds and classifies with it."""

import csv
import io
import os
import pathlib
import subprocess

import program

BUILD = pathlib.Path(os.environ.get("SPIKELOOM_BUILD", program.ROOT / "build" / "dev"))
PLACES = [pathlib.Path(os.environ.get("SPIKELOOM_DATA", "data")),
          program.ROOT.parent / "shared" / "datasets", pathlib.Path("/usr/share/datasets")]
IMAGES = 20


class ExampleHostAgreesWithTheProgram(program.ProgramTest):
    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test(self) -> None:
        data = [place / "fashion-mnist" for place in PLACES if (place / "fashion-mnist").is_dir()]
        if not data:
            self.skipTest("data set fashion-mnist is not there")
        prefix = self.directory / "prefix"
        self.command("cmake", "--install", BUILD, "--prefix", prefix)
        self.command("cmake", "-S", program.ROOT / "examples" / "host", "-B", "host", "-G", "Ninja",
                     "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={prefix}",
                     "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON")
        self.command("cmake", "--build", "host")

        # All from the prefix: program, configurations, library.
        installed = prefix / "bin" / "spikeloom"
        configs = prefix / "share" / "spikeloom" / "configs"
        self.command(installed, "map", configs / "networks" / "lenet-fashion-k1b2.onnx", "--chip",
                     configs / "chips" / "reference.yaml", "-o", "lenet.deployment")
        example = self.command("host/host_example", "lenet.deployment",
                               data[0] / "t10k-images-idx3-ubyte.gz",
                               data[0] / "t10k-labels-idx1-ubyte.gz", IMAGES)
        self.command(installed, "run", configs / "runs" / "lenet-fashion.yaml", "--images", IMAGES,
                     "--timing", "functional", "--quiet", "-o", "out")
        with open(self.directory / "out" / "images.csv", encoding="ascii") as file:
            expected = [(row["index"], row["label"], row["predicted"])
                        for row in csv.DictReader(file)]
        rows = csv.DictReader(line for line in io.StringIO(example.stdout) if "," in line)
        found = [(row["index"], row["label"], row["predicted"]) for row in rows]
        self.assertEqual(found, expected)
        self.assertEqual(len(found), IMAGES)
        correct = sum(label == predicted for _, label, predicted in expected)
        self.assertIn(f"accuracy {correct} of {IMAGES}\n", example.stderr)
        counters = dict(line.split() for line in example.stderr.splitlines()[-8:])
        for name, value in counters.items():
            self.assertGreater(int(value), 0, name)


if __name__ == "__main__":
    program.main()
