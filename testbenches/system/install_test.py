# SPDX-License-Identifier: Apache-2.0
"""The installed package serves another project: the example host builds and classifies with it."""

import csv
import io
import json
import os
import pathlib
import subprocess

import program

BUILD = pathlib.Path(os.environ.get("SPIKELOOM_BUILD", program.ROOT / "build" / "dev"))
PLACES = [pathlib.Path(os.environ.get("SPIKELOOM_DATA", "data")),
          program.ROOT.parent / "shared" / "datasets", pathlib.Path("/usr/share/datasets")]
FILES = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
IMAGES = 20
FEWER = 8


class ExampleHostAgreesWithTheProgram(program.ProgramTest):
    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def build(self, prefix: pathlib.Path) -> None:
        self.command("cmake", "--install", BUILD, "--prefix", prefix)
        self.command("cmake", "-S", program.ROOT / "examples" / "host", "-B", "host", "-G", "Ninja",
                     "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={prefix}",
                     "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON")
        self.command("cmake", "--build", "host")

    def example(self, data: pathlib.Path, images: int,
                ) -> tuple[list[tuple[str, str, str]], list[str], dict[str, int]]:
        """The example's predictions, what it says, and the chip's counters at its end."""
        done = self.command("host/host_example", "lenet.deployment", data / FILES[0],
                            data / FILES[1], images)
        rows = csv.DictReader(line for line in io.StringIO(done.stdout) if "," in line)
        messages = done.stderr.splitlines()
        counters = dict(line.split() for line in messages[-8:])
        return ([(row["index"], row["label"], row["predicted"]) for row in rows], messages,
                {name: int(value) for name, value in counters.items()})

    def check_texts(self, installed: pathlib.Path, share: pathlib.Path) -> None:
        """Manual page and completions lie where man and the shells look, and are the program's."""
        for place, command in (
                ("man/man1/spikeloom.1", ("manual",)),
                ("bash-completion/completions/spikeloom", ("completion", "bash")),
                ("zsh/site-functions/_spikeloom", ("completion", "zsh"))):
            self.assertEqual((share / place).read_text(), self.command(installed, *command).stdout)

    def test(self) -> None:
        data = [place / "fashion-mnist" for place in PLACES
                if (place / "fashion-mnist" / FILES[0]).exists()]
        if not data:
            self.skipTest("data set fashion-mnist is not there")
        prefix = self.directory / "prefix"
        self.build(prefix)

        # All from the prefix: program, configurations, library.
        installed = prefix / "bin" / "spikeloom"
        configs = prefix / "share" / "spikeloom" / "configs"
        self.check_texts(installed, prefix / "share")
        self.command(installed, "map", configs / "networks" / "lenet-fashion-k1b2.onnx", "--chip",
                     configs / "chips" / "reference.yaml", "-o", "lenet.deployment")
        run = [installed, "run", configs / "runs" / "lenet-fashion.yaml", "--timing", "functional",
               "--quiet"]
        self.command(*run, "--images", IMAGES, "-o", "out")
        found, messages, counters = self.example(data[0], IMAGES)
        with open(self.directory / "out" / "images.csv", encoding="ascii") as file:
            expected = [(row["index"], row["label"], row["predicted"])
                        for row in csv.DictReader(file)]
        self.assertEqual(found, expected)
        self.assertEqual(len(found), IMAGES)
        correct = sum(label == predicted for _, label, predicted in expected)
        self.assertIn(f"accuracy {correct} of {IMAGES}", messages)

        # More images: the counters grow by what the program counts for these. (The ticks that fill
        # and drain the pipeline, where neurons may fire without input, are the same.)
        _, _, fewer = self.example(data[0], FEWER)
        self.command(*run, "--first", FEWER, "--images", IMAGES - FEWER, "-o", "rest")
        summary = json.loads((self.directory / "rest" / "summary.json").read_text())
        spikes = summary["spikes_per_image"] - summary["input_spikes_per_image"]
        for counter, mean in (("spikes", spikes), ("synaptic_operations", summary["sop_per_image"]),
                              ("row_word_reads", summary["row_word_reads_per_image"]),
                              ("ticks", summary["cores_used"])):
            self.assertEqual(counters[counter] - fewer[counter],
                             round(mean * (IMAGES - FEWER)), counter)


if __name__ == "__main__":
    program.main()
