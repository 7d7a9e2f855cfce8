"""A worker that goes over every limit, each in an operation of its own; its clock runs faster than the real one's."""

import os

from openbadges.json_types import JsonObject
from verification import limited_worker


def spin(payload: bytes) -> JsonObject:
    while True:
        pass


def hoard(payload: bytes) -> JsonObject:
    return {"text": "a" * len(bytearray(2**30))}


def crash(payload: bytes) -> JsonObject:
    raise RuntimeError("a fault of our own")


def lie(payload: bytes) -> JsonObject:
    os.write(1, b"\0\0\0\4nope")
    return {}


limited_worker.OPERATIONS = (spin, hoard, crash, lie, limited_worker._weigh)
limited_worker.WALL_SECONDS = limited_worker.CPU_SECONDS = 1

if __name__ == "__main__":
    limited_worker.main()
