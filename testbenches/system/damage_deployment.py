# SPDX-License-Identifier: Apache-2.0
"""Copies a deployment with one threshold of one core set to "always fires" and recomputed
checksums. Prints the number of the core.

Usage: damage_deployment.py SOURCE TARGET

It finds the transaction without a CBOR library: every transaction is an array of an address (an
unsigned 64-bit integer) and a byte string (RFC 8949, section 3)."""

import struct
import sys
import zlib

HEADER = 32
THRESHOLDS = 8  # region number, see docs/registers.md
ALWAYS = -(2**31)


def main() -> None:
    source, target = sys.argv[1:]
    with open(source, "rb") as file:
        content = bytearray(file.read())
    at = content.find(b"\x6ctransactions") + 13
    while True:
        # 0x82: array of two items; 0x1b: 64-bit integer; 0x1a: 32-bit integer
        at = content.index(b"\x82\x1b", at)
        (address,) = struct.unpack_from(">Q", content, at + 2)
        at += 10
        if address >> 28 & 0xF == THRESHOLDS and address >> 48 == 0:
            break
    core = address >> 32
    # The head of the byte string; its length follows in 1 or 2 bytes.
    data = at + {0x58: 2, 0x59: 3}[content[at]]
    struct.pack_into("<i", content, data, ALWAYS)
    struct.pack_into("<I", content, 24, zlib.crc32(content[HEADER:]))
    struct.pack_into("<I", content, 28, zlib.crc32(content[:28]))
    with open(target, "wb") as file:
        file.write(content)
    print(core)


if __name__ == "__main__":
    main()
