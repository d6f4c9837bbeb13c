# SPDX-License-Identifier: Apache-2.0
"""Files with valid checksums and contents that the program does not write: each ends with status 2
and a message that names the file, without a signal, with little memory, and leaves nothing behind."""

import json
import resource
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator

import deployment_reader
import deployment_writer
import program

TRACES = program.ROOT / "traces"
CHIP = TRACES / "tiny-chip.yaml"
NETWORK = TRACES / "tiny.snn"
MEMORY = 1 << 30
PROFILE, DEPLOYMENT, SPIKING_NETWORK = 3, 2, 1
VERSIONS = {PROFILE: 1, DEPLOYMENT: 3, SPIKING_NETWORK: 3}


def envelope(kind: int, body: bytes) -> bytes:
    header = deployment_reader.HEADER.pack(b"SPIKLOOM", kind, VERSIONS[kind], len(body), zlib.crc32(body))
    return header + struct.pack("<I", zlib.crc32(header)) + body


class InputTest(program.ProgramTest):
    def limited(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs the program with little memory."""
        def limit() -> None:
            if program.CAN_BE_LIMITED:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

        return subprocess.run(
            [program.PROGRAM, *map(str, arguments)], cwd=self.directory, text=True,
            capture_output=True, check=False, timeout=120,
            preexec_fn=limit)

    def refused(self, *arguments: object, saying: str) -> None:
        before = sorted(self.directory.iterdir())
        done = self.limited(*arguments)
        self.assertEqual(done.returncode, 2, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertEqual(done.stdout, "", arguments)
        self.assertIn(saying, done.stderr, arguments)
        self.assertNotIn("internal error", done.stderr, arguments)
        self.assertEqual(sorted(self.directory.iterdir()), before, "something was written")

    def map_tiny(self) -> dict:
        """Returns the body of a deployment of the tiny network."""
        self.succeed("map", NETWORK, "--chip", CHIP, "-o", "whole", "--quiet")
        content = memoryview((self.directory / "whole").read_bytes())
        body, _ = deployment_reader.decode_cbor(content[32:])
        return body

    def replay(self, deployment: str) -> tuple[object, ...]:
        return ("replay", TRACES / "tiny.npz", TRACES / "tiny.yaml", "--set",
                f"deployment={self.directory / deployment}", "-o", "out", "--quiet")


class NestedBodies(InputTest):
    """The library that decodes CBOR recurses, and so do those that print JSON."""

    def test(self) -> None:
        for depth, body in ((1_000_000, b"\x81"), (1_000_000, b"\xa1\x60"), (1_000_000, b"\xc1")):
            for kind in VERSIONS:
                (self.directory / "deep").write_bytes(envelope(kind, body * depth + b"\0"))
                self.refused("inspect", "deep", saying="deep: ")
            self.refused("verify", "deep", NETWORK, saying="deep: ")
            self.refused("map", "deep", "--chip", CHIP, "-o", "out", saying="deep: ")
        # A small file of many items, which fill the memory when each is a value of its own.
        many = envelope(PROFILE, b"\x9a" + struct.pack(">I", 20_000_000) + bytes(20_000_000))
        (self.directory / "many").write_bytes(many)
        self.refused("inspect", "many", saying="many: its body is not CBOR: it holds more than 4194304 items")


class NestedResults(InputTest):
    def test(self) -> None:
        deep = "[" * 1_000_000 + "]" * 1_000_000
        for key in ("schema", "lower_bound_cores", "more"):
            (self.directory / "deep.json").write_text(f'{{"{key}": {deep}}}')
            self.refused("inspect", "deep.json", saying="deep.json: not the summary.json of a run: ")
        results = self.directory / "results"
        results.mkdir()
        (results / "summary.json").write_text(f'{{"schema": {deep}}}')
        self.refused("report", "results", saying="summary.json: not the summary.json of a run: ")
        for schema in ("1.5", "true", "1e300", "null", '"1"', "-1e400"):
            (results / "summary.json").write_text(f'{{"schema": {schema}}}')
            self.refused("report", "results", saying="summary.json: not the summary.json of a run: ")
            self.refused("inspect", "results/summary.json", saying="not the summary.json of a run: ")


class NumbersOfProfiles(InputTest):
    def test(self) -> None:
        for images in (float("nan"), 0.5, 0, -1, 1 << 63, "3", None, True):
            body = deployment_writer.encode_cbor(
                {"images": images, "layers": [], "network": "n", "network_crc": 0})
            (self.directory / "spikes.profile").write_bytes(envelope(PROFILE, body))
            self.refused("inspect", "spikes.profile",
                         saying="spikes.profile: not a valid spike profile: images: got ")


class ReferencesInYaml(InputTest):
    def test(self) -> None:
        chip = CHIP.read_text()
        for text, saying in (
                (chip.replace("\nmesh:\n", "\nmesh: &m\n  more: *m\n"),
                 "chip.yaml:9:9: this alias stands for a mapping or list that it is part of"),
                (chip + "---\n" + chip, f"chip.yaml:{len(chip.splitlines()) + 1}:1: a second document begins here"),
                ("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
                    f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n"
                    for a, b in zip("abcdefghi", "bcdefghij", strict=True)) + chip,
                 "here are more than 100000 keys and values, with aliases replaced"),
                ("a: " + "[" * 100_000, "are nested more than 64 deep")):
            (self.directory / "chip.yaml").write_text(text)
            self.refused("map", NETWORK, "--chip", "chip.yaml", "-o", "out", saying=saying)


class StringTypes(InputTest):
    """A type whose size overflows to 0 divided by it."""

    def test(self) -> None:
        import io
        import zipfile
        header = b"{'descr': '<U4611686018427387904', 'fortran_order': False, 'shape': (4,), }\n"
        array = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("spikes.npy", array)
        (self.directory / "trace.npz").write_bytes(archive.getvalue())
        self.refused("replay", "trace.npz", TRACES / "tiny.yaml", "-o", "out",
                     saying="trace.npz: spikes: type <U4611686018427387904 cannot be read")


def numbers(item: object, path: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Yields the place of each number in a body, and the map or list that it is in."""
    pairs = item.items() if isinstance(item, dict) else enumerate(item)
    for key, value in pairs:
        if isinstance(value, (dict, list)):
            yield from numbers(value, (*path, key))
        elif isinstance(value, (int, float)):
            yield (*path, key), item


class NumbersOfDeployments(InputTest):
    """Every number replaced by others: a refusal, or the same results."""

    VALUES = (-1, 0, 2**31 - 1, 1 << 63, float("nan"), 0.5, "9", None)

    def test(self) -> None:
        body = self.map_tiny()
        self.succeed(*self.replay("whole"))
        original = self.taken_results()
        tried = 0
        for path, parent in list(numbers(body)):
            if path[0] == "transactions" and path[1] % 5 != 0:
                continue  # addresses are alike
            key, value = path[-1], parent[path[-1]]
            for other in self.VALUES:
                parent[key] = other
                (self.directory / "changed").write_bytes(deployment_writer.encode(body))
                self.check(f"{'.'.join(map(str, path))} = {other}", original)
                tried += 1
            parent[key] = value
        self.assertGreater(tried, 500)

    def taken_results(self) -> dict[str, bytes]:
        """Returns the files of a run, but the name and the checksum of its deployment, and removes
        them."""
        files = self.results("out")
        summary = json.loads(files["summary.json"])
        del summary["files"]["deployment"], summary["settings"]
        shutil.rmtree(self.directory / "out")
        return {**files, "summary.json": json.dumps(summary).encode()}

    def check(self, what: str, original: dict[str, bytes]) -> None:
        before = sorted(self.directory.iterdir())
        inspected = self.limited("inspect", "changed")
        self.assertIn(inspected.returncode, (0, 2), what + inspected.stderr)
        done = self.limited(*self.replay("changed"))
        self.assertNotIn("internal error", inspected.stderr + done.stderr, what)
        if done.returncode == 0:
            self.assertEqual(self.taken_results(), original, what)
        else:
            self.assertEqual(done.returncode, 2, what + done.stderr)
            self.assertIn("changed", done.stderr, what)
        self.assertEqual(sorted(self.directory.iterdir()), before, what)


class LabelsOfDeployments(InputTest):
    def test(self) -> None:
        body = self.map_tiny()

        def refused(change: dict, saying: str) -> None:
            labels = body["cores"][0]
            body["cores"][0] = {**labels, **change}
            (self.directory / "changed").write_bytes(deployment_writer.encode(body))
            body["cores"][0] = labels
            self.refused(*self.replay("changed"), saying=f"changed: cannot be loaded:\n{saying}")

        labels = body["cores"][0]
        refused({"core": 1}, "chip0.core_1_0: its labels are given twice\nchip0.core_0_0: it has no "
                "labels\n")
        refused({"neurons": labels["neurons"][:-8]},
                "chip0.core_0_0: its labels do not match its tables")
        refused({"group_layers": labels["group_layers"] * 2},
                "chip0.core_0_0: its labels do not match its tables")
        refused({"neurons": labels["neurons"] * 1000},
                "chip0.core_0_0: its labels do not match its tables")
        # A core that nothing is loaded into.
        first = body["transactions"]
        body["transactions"] = [write for write in first if write[0] >> 32 != 0]
        refused({}, "chip0.core_0_0: its labels are of a core that nothing is loaded into")
        # What the hardware would refuse, and at most ten of it.
        body["transactions"] = [*first, *([[0xFFFF << 32, bytes(8)]] * 20)]
        refused({}, "a write to 0xffff00000000, where there is no core\n" * 10 + "and 10 more")
        body["transactions"] = first
        packets = body["input"]["packets"]
        body["input"]["packets"] = bytes(8) + packets[8:]
        refused({}, "input: packet 0 is 0x0000000000000000, which the host port does not deliver\n")
        body["input"]["packets"] = packets
        first = body["input"]["first"]
        body["input"]["first"] = first[:-4]
        (self.directory / "changed").write_bytes(deployment_writer.encode(body))
        self.refused(*self.replay("changed"), saying="changed: ")
        body["input"]["first"] = first
        body["layers"][0]["name"] = "other"
        (self.directory / "changed").write_bytes(deployment_writer.encode(body))
        self.refused(*self.replay("changed"), saying="changed: names or sizes of its layers or its input "
                     "are not those of the network in it")


if __name__ == "__main__":
    program.main()
