# SPDX-License-Identifier: Apache-2.0
"""Encodes a deployment body, with valid checksums, for tests with bodies that the program does
not write."""

import struct
import zlib

from deployment_reader import HEADER, KIND, VERSION


def head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for short, code in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if argument < 1 << 8 * struct.calcsize(code):
            return bytes([major << 5 | short]) + struct.pack(code, argument)
    raise ValueError(f"{argument} is no number of CBOR")


def encode_cbor(item: object) -> bytes:
    """Encodes an item by RFC 8949; supports the types used in deployments."""
    if item is None or isinstance(item, bool):
        return head(7, {False: 20, True: 21, None: 22}[item])
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, float):
        return b"\xfb" + struct.pack(">d", item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(encode_cbor(part) for part in item)
    return head(5, len(item)) + b"".join(encode_cbor(key) + encode_cbor(part)
                                         for key, part in item.items())


def encode(body: dict) -> bytes:
    content = encode_cbor(body)
    header = HEADER.pack(b"SPIKLOOM", KIND, VERSION, len(content), zlib.crc32(content))
    return header + struct.pack("<I", zlib.crc32(header)) + content
