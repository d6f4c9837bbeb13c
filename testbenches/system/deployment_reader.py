# SPDX-License-Identifier: Apache-2.0
"""Reads a deployment. It is written from docs/deployment.md and docs/registers.md alone; it uses
no code of Spikeloom and only Python's standard library."""

import dataclasses
import struct
import zlib

HEADER = struct.Struct("<8sIIQI")
KIND = 2
VERSION = 3
CHIP_UNIT = 0xFFFF
REGIONS = ["control", "status", "counters", "plus_plane", "minus_plane", "groups", "neurons",
           "gather", "thresholds", "routes", "expansion", "random"]


def decode_cbor(data: memoryview, at: int = 0) -> tuple[object, int]:
    """Returns the item at `at` and the offset of the next one (RFC 8949, definite lengths only)."""
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    argument = short
    if short >= 24:
        size = 1 << (short - 24)
        raw = bytes(data[at:at + size])
        argument = int.from_bytes(raw, "big")
        at += size
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        content = bytes(data[at:at + argument])
        return content if major == 2 else content.decode(), at + argument
    if major == 4:
        items = []
        for _ in range(argument):
            item, at = decode_cbor(data, at)
            items.append(item)
        return items, at
    if major == 5:
        entries = {}
        for _ in range(argument):
            key, at = decode_cbor(data, at)
            entries[key], at = decode_cbor(data, at)
        return entries, at
    if major == 7 and short in (20, 21, 22):
        return {20: False, 21: True, 22: None}[short], at
    if major == 7 and short in (25, 26, 27):
        return struct.unpack({25: ">e", 26: ">f", 27: ">d"}[short], raw)[0], at
    raise ValueError(f"CBOR item of type {major}, {short}")


def numbers(data: bytes, code: str) -> list[int]:
    return list(struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data))


def bits(word: int, high: int, low: int) -> int:
    return word >> low & (1 << high - low + 1) - 1


def packet(word: int) -> dict:
    fields = {"packet": f"{word:#018x}"}
    if bits(word, 63, 62) == 2:
        return {**fields, "to": "host", "output": bits(word, 23, 0)}
    fields |= {"to": "cores", "region": [bits(word, 60, 54), bits(word, 53, 47),
                                         bits(word, 46, 40), bits(word, 39, 33)]}
    if bits(word, 24, 24):
        return {**fields, "entry": bits(word, 15, 0), "level": bits(word, 23, 16)}
    return {**fields, "group": bits(word, 23, 16), "axon": bits(word, 15, 0)}


@dataclasses.dataclass
class Core:
    """The memory and labels of a core."""
    number: int
    chip: dict
    regions: dict[str, bytearray]
    group_layers: list[int]
    labels: list[tuple[int, int, int, int]]  # neuron, layer, first level, thresholds

    def words(self, region: str, code: str, first: int, count: int) -> list[int]:
        size = struct.calcsize(code)
        data = self.regions[region][first * size:(first + count) * size]
        return numbers(bytes(data).ljust(count * size, b"\0"), code)

    def control(self, offset: int) -> int:
        return self.words("control", "Q", offset // 8, 1)[0]

    def groups(self) -> list[tuple[int, int, int]]:
        """Returns first dendrite, dendrites and axons of each group."""
        return [(bits(word, 15, 0), bits(word, 31, 16), bits(word, 47, 32))
                for word in self.words("groups", "Q", 0, self.control(0x08))]

    def weight_row(self, row: int, first: int, count: int) -> str:
        pair = self.chip["core"]["synapse"] == "binary_pair"
        size = -(-self.chip["core"]["dendrites"] // 64) * 8

        def plane(name: str) -> int:
            data = self.regions.get(name, b"")[row * size:(row + 1) * size]
            return int.from_bytes(data, "little")

        plus, minus = plane("plus_plane"), plane("minus_plane")
        text = ""
        for dendrite in range(first, first + count):
            if pair:
                weight = (plus >> 2 * dendrite & 1) - (plus >> 2 * dendrite + 1 & 1)
            else:
                weight = (plus >> dendrite & 1) - (minus >> dendrite & 1)
            text += ".+-"[weight]
        return text

    def synapses(self) -> int:
        return sum(int.from_bytes(self.regions.get(plane, b""), "little").bit_count()
                   for plane in ("plus_plane", "minus_plane"))

    def neurons(self) -> list[dict]:
        result = []
        words = self.words("neurons", "Q", 0, 2 * self.control(0x10))
        for low, high in zip(words[::2], words[1::2], strict=True):
            routes = self.words("routes", "Q", bits(high, 15, 0), bits(high, 31, 16))
            gather = self.words("gather", "H", bits(low, 15, 0), bits(low, 31, 16))
            if self.chip["core"].get("weight_planes", 1) > 1:
                gathered = {"gather": [bits(word, 12, 0) for word in gather],
                            "shifts": [bits(word, 15, 13) for word in gather]}
            else:
                gathered = {"gather": gather}
            result.append({
                **gathered,
                "thresholds": self.words("thresholds", "i", bits(low, 47, 32), bits(low, 63, 48)),
                "routes": [packet(word) for word in routes]})
        return result

    def expansion(self) -> list[dict]:
        words = numbers(bytes(self.regions.get("expansion", b"")), "I")
        while words and words[-1] == 0:
            words.pop()
        return [{"group": bits(word, 23, 16), "axon": bits(word, 15, 0),
                 "last": bool(bits(word, 24, 24))} for word in words]


class Deployment:
    def __init__(self, content: bytes) -> None:
        magic, kind, version, length, crc = HEADER.unpack_from(content)
        if (magic, kind, version, length) != (b"SPIKLOOM", KIND, VERSION, len(content) - 32):
            raise ValueError("not a whole deployment of this version")
        (header_crc,) = struct.unpack_from("<I", content, 28)
        if zlib.crc32(content[:28]) != header_crc or zlib.crc32(content[32:]) != crc:
            raise ValueError("corrupted")
        self.size = len(content)
        self.body, end = decode_cbor(memoryview(content)[32:])
        if end != length:
            raise ValueError("more than one CBOR item")
        self.chip = self.body["chip"]
        self.columns = self.chip["mesh"]["columns"] * self.chip["board"]["columns"]
        self.writes = {name: {"count": 0, "bytes": 0} for name in REGIONS}
        self.cores = {}
        for labels in self.body["cores"]:
            words = numbers(labels["neurons"], "I")
            neurons = [(neuron, bits(word, 15, 0), bits(word, 23, 16), bits(word, 31, 24))
                       for neuron, word in zip(words[::2], words[1::2], strict=True)]
            self.cores[labels["core"]] = Core(labels["core"], self.chip, {},
                                              numbers(labels["group_layers"], "H"), neurons)
        for address, data in self.body["transactions"]:
            self.write(address, data)

    def write(self, address: int, data: bytes) -> None:
        unit, chip = bits(address, 47, 32), bits(address, 55, 48)
        region, offset = REGIONS[bits(address, 31, 28)], bits(address, 27, 0)
        self.writes[region]["count"] += 1
        self.writes[region]["bytes"] += len(data)
        mesh, board = self.chip["mesh"], self.chip["board"]
        x = chip % board["columns"] * mesh["columns"] + unit % mesh["columns"]
        y = chip // board["columns"] * mesh["rows"] + unit // mesh["columns"]
        memory = self.cores[y * self.columns + x].regions.setdefault(region, bytearray())
        memory.extend(bytes(max(0, offset + len(data) - len(memory))))
        memory[offset:offset + len(data)] = data

    def place(self, core: int) -> dict:
        """Returns the location of a core as `spikeloom inspect` prints it."""
        mesh = self.chip["mesh"]
        x, y = core % self.columns, core // self.columns
        return {"core": core, "x": x, "y": y,
                "chip": y // mesh["rows"] * self.chip["board"]["columns"] + x // mesh["columns"],
                "unit": y % mesh["rows"] * mesh["columns"] + x % mesh["columns"]}

    def layer_name(self, layer: int) -> str:
        return self.body["layers"][layer]["name"]

    def describe(self) -> dict:
        """Returns what `spikeloom inspect --json` prints."""
        cores = []
        for number, core in sorted(self.cores.items()):
            groups, neurons = core.groups(), core.neurons()
            cores.append({
                **self.place(number),
                "layers": [self.layer_name(layer) for layer in sorted(set(core.group_layers))],
                "groups": len(groups),
                "axons": sum(axons for _, _, axons in groups),
                "dendrites": sum(dendrites for _, dendrites, _ in groups),
                "neurons": len(neurons),
                "thresholds": sum(len(neuron["thresholds"]) for neuron in neurons),
                "routes": sum(len(neuron["routes"]) for neuron in neurons),
                "synapses": core.synapses()})
        source = self.body["input"]
        return {
            "kind": "deployment", "version": VERSION, "bytes": self.size,
            "network": self.body["network"], "seed": self.body["seed"], "chip": self.chip,
            "layers": self.body["layers"],
            "input": {"neurons": len(numbers(source["first"], "I")) - 1,
                      "levels": source["levels"], "packets": len(numbers(source["packets"], "Q"))},
            "transactions": {"count": len(self.body["transactions"]),
                             "bytes": sum(write["bytes"] for write in self.writes.values()),
                             "regions": self.writes},
            "cores": cores,
            "spiking_network_bytes": len(self.body["spiking_network"]),
            "faults": []}

    def shapes(self) -> dict[str, list[int]]:
        """Returns channels, height and width of each layer, from the embedded network."""
        body, _ = decode_cbor(memoryview(self.body["spiking_network"])[32:])
        return {layer["name"]: layer["output"] for layer in body["layers"]}

    def describe_core(self, number: int) -> dict:
        """Returns what `spikeloom inspect --dump core=X,Y --json` prints."""
        core = self.cores[number]
        shapes = self.shapes()
        groups = [{"layer": self.layer_name(layer), "first_dendrite": first,
                   "dendrites": dendrites, "axons": axons,
                   "crossbar": [core.weight_row(row, first, dendrites) for row in range(axons)]}
                  for layer, (first, dendrites, axons)
                  in zip(core.group_layers, core.groups(), strict=True)]
        neurons = []
        for (neuron, layer, first_level, levels), tables in zip(core.labels, core.neurons(),
                                                                strict=True):
            _, height, width = shapes[self.layer_name(layer)]
            place = [neuron // (height * width), neuron // width % height, neuron % width]
            if levels != len(tables["thresholds"]):
                raise ValueError("label and table differ")
            neurons.append({"layer": self.layer_name(layer), "neuron": neuron, "place": place,
                            "first_level": first_level, **tables})
        return {"kind": "core", **self.place(number), "enabled": core.control(0x00) == 1,
                "groups": groups, "neurons": neurons, "expansion": core.expansion(),
                "faults": []}
