# SPDX-License-Identifier: Apache-2.0
"""Every error that a user can cause ends with status 2 and a message that names the problem, and
leaves no output file."""

import pathlib
import zlib
from collections.abc import Callable

import deployment_reader
import deployment_writer
import program

MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"
RUN = program.RUNS / "lenet-fashion.yaml"


class Refusal(program.ProgramTest):
    def tree(self) -> dict[str, int | None]:
        """Returns all that is in the directory of the test: a checksum of each file, None for directories."""
        return {str(path.relative_to(self.directory)): zlib.crc32(path.read_bytes()) if path.is_file() else None
                for path in self.directory.rglob("*")}

    def refused(self, *arguments: object, saying: str | list[str],
                environment: dict[str, str] | None = None, command: pathlib.Path | str = program.PROGRAM) -> str:
        before = self.tree()
        done = self.start(*arguments, environment=environment, command=command)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        for text in [saying] if isinstance(saying, str) else saying:
            self.assertIn(text, done.stderr)
        self.assertEqual(self.tree(), before, "something was written")
        return done.stderr

    def chip(self, old: str, new: str) -> str:
        """Writes the reference chip with one text replaced; returns the name of the file."""
        text = CHIP.read_text()
        self.assertIn(old, text)
        (self.directory / "chip.yaml").write_text(text.replace(old, new, 1))
        return "chip.yaml"


class MissingModel(Refusal):
    def test(self) -> None:
        self.refused("convert", "none.onnx", "-o", "out", saying="none.onnx: cannot be read")
        self.refused("run", RUN, "--set", "network=none.onnx", "-o", "out",
                     saying="none.onnx: cannot be read")


class TruncatedModel(Refusal):
    def test(self) -> None:
        whole = MODEL.read_bytes()
        for part in (0, 10, len(whole) // 2, len(whole) - 1):
            (self.directory / "part.onnx").write_bytes(whole[:part])
            self.refused("convert", "part.onnx", "-o", "out", saying="part.onnx: ")


class NotAModel(Refusal):
    def test(self) -> None:
        (self.directory / "text.onnx").write_text("not a model\n" * 100)
        self.refused("convert", "text.onnx", "-o", "out", saying="text.onnx: ")


class TooLongToSimulate(Refusal):
    """A simulation holds at most 2^63 ps, which is 9223372036 cycles at 1 kHz; 5 images in 5
    layers take 16 ticks."""

    def test(self) -> None:
        slow = ("--images", 5, "--set", "chip.clock=1 kHz", "--set")
        said = self.refused("run", RUN, *slow, "chip.sync.tick_cycles=600000000", "-o", "out",
                            saying="reference.yaml: sync.tick_cycles: got 600000000, allowed 0..576460752")
        self.assertIn("at clock 1 kHz a simulation can last 9223372036 cycles, and 5 images take 16 ticks",
                      said)


class UnknownKey(Refusal):
    def test(self) -> None:
        chip = self.chip("  axons:", "  axonz:")
        self.refused("map", MODEL, "--chip", chip, "-o", "out",
                     saying=["chip.core.axonz: unknown key, allowed here:", "chip.yaml:",
                             "chip.core.axons: missing"])
        self.refused("run", RUN, "--set", "imagez=3", "-o", "out", saying="imagez: unknown key")


class UnknownUnit(Refusal):
    def test(self) -> None:
        chip = self.chip("252 MHz", "252 MHzz")
        self.refused("map", MODEL, "--chip", chip, "-o", "out",
                     saying="chip.clock: got 252 MHzz, allowed 1 kHz to 100 GHz")
        self.refused("run", RUN, "--set", "chip.clock=252", "-o", "out",
                     saying="--set chip.clock=252: chip.clock: got 252, allowed")


class SeveralProblemsAtOnce(Refusal):
    def test(self) -> None:
        errors = self.refused("run", RUN, "--set", "chip.core.axons=-3", "--set",
                              "chip.voltage=0.9 mV", "-o", "out",
                              saying=["chip.core.axons: got -3, allowed 1..",
                                      "chip.voltage: got 0.9 mV, allowed"])
        self.assertEqual(len(errors.strip().splitlines()), 2)


class WrongImageSize(Refusal):
    def test(self) -> None:
        import gzip
        import struct
        data = self.directory / "data" / "fashion-mnist"
        data.mkdir(parents=True)
        with gzip.open(data / "t10k-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">IIII", 0x803, 2, 20, 20) + bytes(2 * 20 * 20))
        with gzip.open(data / "t10k-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">II", 0x801, 2) + bytes(2))
        self.refused("run", RUN, "--images", 2, "-o", "out",
                     environment={"SPIKELOOM_DATA": str(self.directory / "data")},
                     saying="needs images of 1x28x28, but those of fashion-mnist are 1x20x20")


class CorruptedDeployment(Refusal):
    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "whole")
        whole = (self.directory / "whole").read_bytes()
        for at in (3, 20, 30, len(whole) // 2, len(whole) - 1):
            damaged = bytearray(whole)
            damaged[at] ^= 0x10
            (self.directory / "damaged").write_bytes(damaged)
            self.refused("run", RUN, "--set", "deployment=damaged", "-o", "out",
                         saying="damaged: ")
            self.refused("verify", "damaged", MODEL, saying="damaged: ")
        (self.directory / "damaged").write_bytes(whole[:-5])
        self.refused("run", RUN, "--set", "deployment=damaged", "-o", "out", saying="truncated")


class DeploymentWithImpossibleNumbers(Refusal):
    """The checksums are valid; the chip in the deployment is checked like a chip file."""

    def write(self, change: Callable[[dict], object]) -> None:
        content = memoryview((self.directory / "whole").read_bytes())
        body, _ = deployment_reader.decode_cbor(content[32:])
        change(body)
        (self.directory / "changed").write_bytes(deployment_writer.encode(body))

    def refused_everywhere(self, saying: str) -> None:
        for arguments in (("inspect", "changed"), ("verify", "changed", MODEL),
                          ("run", RUN, "--set", "deployment=changed", "-o", "out")):
            self.refused(*arguments, saying=saying)

    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "whole")
        for value, found in ((-1, "-1"), (0, "0"), (2**31 - 1, "2147483647"), (1152.7, "1152.7")):
            self.write(lambda body: body["chip"]["core"].update(axons=value))
            self.refused_everywhere(f"changed: chip.core.axons: got {found}, allowed 1..65535")
        self.write(lambda body: body["chip"]["mesh"].update(columns=2**31 - 1))
        self.refused_everywhere("changed: chip.mesh.columns: got 2147483647, allowed 1..128")
        self.write(lambda body: body["chip"]["core"].update(synapse="other"))
        self.refused_everywhere("changed: chip.core.synapse: got other, allowed ternary, ")
        self.write(lambda body: body["layers"][0].update(neurons=body["layers"][0]["neurons"] + 1))
        core = deployment_reader.decode_cbor(memoryview((self.directory / "whole").read_bytes())[32:])[0]["cores"][0]["core"]
        self.refused("inspect", "changed", "--dump", f"core={core % 32},{core // 32}",
                     saying="changed: its layers are not those of the network in it")
        self.write(lambda body: body["layers"][-1].update(levels=0))
        self.refused_everywhere(".levels: got 0, allowed 1..255")
        for sizes in ({"levels": 3}, {"first": bytes(8), "packets": b""}):
            self.write(lambda body: body["input"].update(sizes))
            self.refused("run", RUN, "--set", "deployment=changed", "-o", "out",
                         saying="changed: names or sizes of its layers or its input are not those of "
                                "the network in it")


class DeploymentOfAnotherChip(Refusal):
    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "whole")
        self.refused("run", RUN, "--set", "deployment=whole", "--set", "chip.router.link_cycles=9",
                     "-o", "out", saying=["whole: was made for another chip", "link_cycles"])


class VerifyOfOtherFiles(Refusal):
    def test(self) -> None:
        self.succeed("convert", MODEL, "-o", "lenet.snn")
        self.refused("verify", "lenet.snn", MODEL,
                     saying="lenet.snn: is a spiking network, expected a deployment")
        self.refused("verify", MODEL, MODEL, saying="not a spikeloom file")
        self.refused("verify", "none", MODEL, saying="none: cannot be read")
        self.refused("verify", "lenet.snn", saying="network is missing")


class ProfileOfAnotherNetwork(Refusal):
    def test(self) -> None:
        self.succeed("run", program.RUNS / "lenet-fashion.yaml", "--images", 2, "--timing",
                     "functional", "-o", "out")
        other = program.NETWORKS / "lenet-mnist-k1b2.onnx"
        arguments = ("map", other, "--chip", CHIP, "-o", "lenet.deployment", "--profile")
        self.refused(*arguments, "out", saying=[
            "out/spikes.profile: was measured on another network: lenet-fashion-k1b2",
            "not lenet-mnist-k1b2"])
        (self.directory / "empty").mkdir()
        self.refused(*arguments, "empty", saying="empty: contains no spikes.profile; --profile needs the results of a `spikeloom run` of the same network")
        (self.directory / "empty" / "spikes.profile").write_bytes(
            (self.directory / "out" / "spikes.profile").read_bytes()[:-1])
        self.refused(*arguments, "empty", saying="truncated")
        self.refused("map", MODEL, "--chip", CHIP, "--effort=-1",
                     saying="--effort: got -1, allowed 0..1000")
        self.assertFalse((self.directory / "lenet.deployment").exists())


class InspectOfOtherFiles(Refusal):
    def test(self) -> None:
        for file in (MODEL, CHIP, program.ROOT / "README.md"):
            self.refused("inspect", file, saying="not a file that spikeloom writes")
        self.refused("inspect", "none", saying="none: cannot be read")
        (self.directory / "other.json").write_text('{"schema": 7}')
        self.refused("inspect", "other.json", saying="summary of schema 7, this program reads")
        (self.directory / "other.json").write_text('{"name": "other"}')
        self.refused("inspect", "other.json", saying="not the summary.json of a run")
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"
        (self.directory / "other.npy").write_bytes(
            b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header + bytes(4))
        self.refused("inspect", "other.npy", saying="not one of --record-levels: <f4 of 1 dimensions")


class InspectOfDamagedFiles(Refusal):
    def test(self) -> None:
        self.succeed("convert", MODEL, "-o", "lenet.snn")
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "made")
        self.succeed("run", RUN, "--images", 2, "-o", "out", "--record-levels", "levels", "--quiet")
        for file in ("lenet.snn", "made", "levels/conv2.npy", "out/images.csv", "out/power.csv",
                     "out/summary.json"):
            whole = (self.directory / file).read_bytes()
            for length in (0, 1, 9, 20, len(whole) // 2, len(whole) - 2):
                (self.directory / "part").write_bytes(whole[:length])
                self.refused("inspect", "part", saying="part")
        for file in ("lenet.snn", "made"):
            whole = bytearray((self.directory / file).read_bytes())
            whole[12] += 7  # a version that is still to come
            whole[28:32] = zlib.crc32(whole[:28]).to_bytes(4, "little")
            (self.directory / "part").write_bytes(whole)
            self.refused("inspect", "part", saying="this program reads version")
        self.refused("inspect", "made", "--dump", "core=32,0", saying="got 32,0, allowed 0..31,0..31")
        self.refused("inspect", "made", "--dump", "chip1.core=0,0", saying="got chip 1, allowed 0..0")
        self.refused("inspect", "made", "--dump", "5", saying="expected a name like chip0.core_3_1")
        self.refused("inspect", "made", "--dump", "chip1.core_0_0",
                     saying="no such core; the board has chip0.core_0_0 to chip0.core_31_31")
        self.refused("inspect", "made", "--dump", "core=31,31", saying="made: --dump core=31,31: nothing is loaded into this core")
        self.refused("inspect", "lenet.snn", "--dump", "core=0,0", saying="expected a deployment")


class BeyondTheTechnology(Refusal):
    def test(self) -> None:
        self.refused("run", RUN, "--set", "chip.clock=700 MHz", "-o", "out",
                     saying=["reference.yaml: chip.clock: got 700 MHz, allowed up to 637.508 MHz at "
                             "900 mV", "65nm.yaml: clock_law"])
        for voltage in ("0.5 V", "1.3 V"):
            self.refused("run", RUN, "--set", f"chip.voltage={voltage}", "-o", "out",
                         saying=["reference.yaml: chip.voltage: got ",
                                 "allowed above 566 mV and up to 1.2 V", "65nm.yaml"])
        self.refused("run", RUN, "--set", "chip.idle_core=asleep", "-o", "out",
                     saying="chip.idle_core: got asleep, allowed none, clock_gated, power_gated")


class MissingCoefficient(Refusal):
    """Each missing coefficient is reported with its file and key; none defaults to zero."""

    def test(self) -> None:
        whole = (program.ROOT / "configs" / "energy" / "65nm.yaml").read_text()
        for key, missing in (("row_word_read", "events.row_word_read.energy"),
                             ("config_read", "events.config_read.energy"),
                             ("core_clock", "static.core_clock.energy_per_cycle"),
                             ("dibl", "leakage_law.dibl.value"),
                             ("anchor", "clock_law.anchor.clock"),
                             ("power_gated", "idle_core.power_gated.clock.factor"),
                             ("sram_bit", "area.sram_bit.um2")):
            text = whole.replace(f"  {key}:", f"  {key}_gone:", 1)
            (self.directory / "part.yaml").write_text(text)
            self.refused("run", RUN, "--set", "energy=part.yaml", "-o", "out",
                         saying=[f"energy.{missing}: missing, and there is no default",
                                 f"{key}_gone: unknown key", "part.yaml:"])


class ChipTooSmall(Refusal):
    def test(self) -> None:
        self.refused("map", MODEL, "--chip", CHIP, "--set", "chip.mesh.columns=4", "--set",
                     "chip.mesh.rows=4", "-o", "out", saying=["cores", "16"])
        self.refused("map", MODEL, "--chip", CHIP, "--set", "chip.core.fan_in_groups=1", "-o",
                     "out", saying=["fan_in_groups", "1"])


class MissingData(Refusal):
    def test(self) -> None:
        self.refused("run", RUN, "--set", "data=imagenet", "-o", "out",
                     saying="data: got imagenet, allowed mnist, fashion-mnist, cifar-10, cifar-100, or files: {images: FILE}")
        self.refused("run", RUN, "--first", 10000, "-o", "out", saying="first: got 10000, allowed 0..9999 (fashion-mnist has 10000 test images)")


class BadCommandLine(Refusal):
    def test(self) -> None:
        self.refused(saying="usage: spikeloom COMMAND")
        self.refused("fly", saying="spikeloom: there is no command fly; spikeloom --help lists them")
        self.refused("run", saying="spikeloom run: run is missing\nusage: spikeloom run ")
        self.refused("run", RUN, "--imges", 3, saying="unrecognised option '--imges'")
        self.refused("run", RUN, "--set", "images", saying="expected key=value")
        self.refused("run", RUN, "--images", "many", saying="images: got many")
        self.refused("run", RUN, "--timing", "fast", saying="allowed cycle, functional")
        self.refused("run", RUN, "--board", "2x2", saying="--board: got 2x2, allowed auto (for a fixed size: --set chip.board.columns=2 --set chip.board.rows=2)")
        self.refused("map", MODEL, "--chip", CHIP, "--board", "2", saying="--board: got 2, allowed")


if __name__ == "__main__":
    program.main()
