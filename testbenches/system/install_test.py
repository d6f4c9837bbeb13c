# SPDX-License-Identifier: Apache-2.0
"""Tests that other projects can use the libraries: as an installed package, with which the
examples build and run, and as part of another build."""

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


class ConsumerTest(program.ProgramTest):
    def attempt(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*map(str, arguments)], cwd=self.directory, text=True,
                              capture_output=True, check=False)

    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done = self.attempt(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def configure(self, build: str, *settings: str) -> str:
        """Configures the project `consumer`; returns the output of CMake."""
        done = self.command("cmake", "-S", program.ROOT / "testbenches" / "system" / "consumer",
                            "-B", build, "-G", "Ninja", *settings)
        return done.stdout + done.stderr

    def check_consumer(self, build: str) -> None:
        done = self.command(f"{build}/consumer", program.CHIPS / "reference.yaml")
        self.assertIn("1024 cores\n", done.stdout)


class InstalledPackageServesAConsumer(ConsumerTest):
    def test(self) -> None:
        prefix = self.directory / "prefix"
        self.command("cmake", "--install", BUILD, "--prefix", prefix)
        found = f"-DCMAKE_PREFIX_PATH={prefix}"

        # The compiler defaults to a later standard and the target requests none: C++17 must be
        # used.
        said = self.configure("build", found, "-DCMAKE_CXX_FLAGS=-std=gnu++20", "-Wdev")
        self.assertNotIn("Warning", said)
        self.command("cmake", "--build", "build")
        self.check_consumer("build")

        # A target that requests another standard gets an error that names the allowed one.
        self.configure("later", found, "-DCMAKE_CXX_STANDARD=20")
        done = self.attempt("cmake", "--build", "later")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("compile with -std=c++17", done.stdout)


class AsAPartOfAnotherBuildThereAreTheLibraries(ConsumerTest):
    def test(self) -> None:
        said = self.configure("build", f"-DSPIKELOOM_SOURCE={program.ROOT}", "-Wdev")
        self.assertNotIn("Warning", said)
        for other in ("Plotly", "SQLite", "MPI", "GTest", "benchmark"):
            self.assertNotIn(other, said)
        listed = self.command("cmake", "--build", "build", "--target", "help").stdout
        targets = [line.split(":")[0] for line in listed.splitlines()]
        libraries = sorted(target for target in targets if target.startswith("libspikeloom"))
        self.assertEqual(libraries, [f"libspikeloom_{name}.a" for name in
                                     ("arch", "base", "converter", "cosim", "hw", "hw_model", "mapper")])
        self.assertNotIn("install/local", targets)
        self.assertNotIn("spikeloom", targets)


class AsAPartOfAnotherBuildServesAConsumer(ConsumerTest):
    def test(self) -> None:
        self.configure("build", f"-DSPIKELOOM_SOURCE={program.ROOT}")
        self.command("cmake", "--build", "build", "--target", "consumer")
        self.check_consumer("build")


class ExampleTest(ConsumerTest):
    def build(self, example: str, prefix: pathlib.Path) -> None:
        """Installs the package and builds the example with it."""
        self.command("cmake", "--install", BUILD, "--prefix", prefix)
        self.command("cmake", "-S", program.ROOT / "examples" / example, "-B", example, "-G",
                     "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={prefix}",
                     "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON")
        self.command("cmake", "--build", example)


class ExampleHostAgreesWithTheProgram(ExampleTest):
    def example(self, data: pathlib.Path, images: int,
                ) -> tuple[list[tuple[str, str, str]], list[str], dict[str, int]]:
        """Returns the predictions of the example, its messages, and the final counters of the
        chip."""
        done = self.command("host/host_example", "lenet.deployment", data / FILES[0],
                            data / FILES[1], images)
        rows = csv.DictReader(line for line in io.StringIO(done.stdout) if "," in line)
        messages = done.stderr.splitlines()
        counters = dict(line.split() for line in messages[-8:])
        return ([(row["index"], row["label"], row["predicted"]) for row in rows], messages,
                {name: int(value) for name, value in counters.items()})

    def check_texts(self, installed: pathlib.Path, share: pathlib.Path) -> None:
        """Checks that the manual page and the completions are installed where man and the shells
        look, and match the output of the program."""
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
        self.build("host", prefix)

        # Everything comes from the prefix: program, configurations and library.
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

        # With more images the counters grow by the amounts that the program reports for them. (The
        # ticks that fill and drain the pipeline, in which neurons may fire without input, are the
        # same.)
        _, _, fewer = self.example(data[0], FEWER)
        self.command(*run, "--first", FEWER, "--images", IMAGES - FEWER, "-o", "rest")
        summary = json.loads((self.directory / "rest" / "summary.json").read_text())
        spikes = summary["spikes_per_image"] - summary["input_spikes_per_image"]
        for counter, mean in (("spikes", spikes), ("synaptic_operations", summary["sop_per_image"]),
                              ("row_word_reads", summary["row_word_reads_per_image"]),
                              ("ticks", summary["cores_used"])):
            self.assertEqual(counters[counter] - fewer[counter],
                             round(mean * (IMAGES - FEWER)), counter)


class ExamplePlatformRunsTwoBoards(ExampleTest):
    TICKS = 6

    def test(self) -> None:
        prefix = self.directory / "prefix"
        self.build("platform", prefix)
        chip = program.CHIPS / "reference.yaml"
        for name in ("fashion", "mnist"):
            self.command(prefix / "bin" / "spikeloom", "map",
                         program.NETWORKS / f"lenet-{name}-k1b2.onnx", "--chip", chip, "--effort",
                         0, "-o", f"{name}.deployment")
        outputs = set()
        synchronizations = []
        for quantum in (0, 1000, 1_000_000):
            done = self.command("platform/platform_example", "fashion.deployment",
                                "mnist.deployment", self.TICKS, quantum)
            outputs.add(done.stdout)
            said = done.stderr.splitlines()
            # Other lines, such as SystemC's banner, precede these.
            self.assertEqual([line for line in said if "DMI" in line][:2],
                             ["board 0 config: DMI refused", "board 0 spikes: DMI refused"])
            synchronizations.append(int(said[-1].split()[2]))
        # The quantum affects how often the processor waits, but nothing that it observes.
        self.assertEqual(len(outputs), 1)
        self.assertGreater(synchronizations[0], synchronizations[1])
        self.assertGreater(synchronizations[1], synchronizations[2])

        runs: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in csv.DictReader(io.StringIO(outputs.pop())):
            self.assertEqual(int(row["tick"]),
                             len(runs.setdefault((row["board"], row["deployment"]), [])))
            runs[row["board"], row["deployment"]].append((row["cycles"], row["outputs"]))
        self.assertEqual(list(runs), [("0", "0"), ("1", "1"), ("0", "1")])
        # After the reset, the first board behaves like the second.
        self.assertEqual(runs["0", "1"], runs["1", "1"])
        self.assertNotEqual(runs["0", "0"], runs["0", "1"])
        for ticks in runs.values():
            self.assertEqual(len(ticks), self.TICKS)
            self.assertGreater(int(ticks[-1][1]), 0)


if __name__ == "__main__":
    program.main()
