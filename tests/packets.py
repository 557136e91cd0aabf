"""Reads what the browser's parts are given, byte by byte as `lstmviz/packing.py` describes it: not by its own code."""

import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Packet = tuple[dict[str, Any], dict[str, NDArray[Any]]]
_DTYPES = {"float32": "<f4", "int32": "<i4", "uint8": "|u1"}


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header, and what follows it."""
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def joined(data: bytes) -> tuple[dict[str, Any], dict[str, Packet]]:
    """The header of joined packets, and of each one its own header and arrays."""
    header, body = split(data)
    return header, {
        name: unpacked(zlib.decompress(body[part["offset"] : part["offset"] + part["length"]]))
        for name, part in header["parts"].items()
    }


def unpacked(packet: bytes) -> Packet:
    """The header of one packet that is not deflated, and its arrays by name."""
    about, block = split(packet)
    arrays = {}
    for key, one in about["arrays"].items():
        flat = np.frombuffer(block, _DTYPES[one["dtype"]], int(np.prod(one["shape"])), one["offset"])
        arrays[key] = flat.reshape(one["shape"])
    return about, arrays


def given(app: Any, number: int = 0) -> bytes:
    """What a browser part on a page under AppTest is given; those that are given something are counted from 0."""
    every: list[bytes] = [one.proto.bytes for one in parts(app)]
    return [data for data in every if data][number]


def parts(app: Any) -> list[Any]:
    """The browser parts on a page under AppTest that are given something to show."""
    return [one for one in app.get("bidi_component") if one.proto.bytes or json.loads(one.proto.json or "null")]
