"""The process in which strangers' bytes are read: it has limits, knows no secrets and can be killed at any moment.

It is started by sources.pool as ``python -m sources.worker`` and speaks in frames over its standard input and output,
which are one socket::

    in   4 bytes length, JSON {"do", ...}, 4 bytes length, body
    out  4 bytes length, JSON {"value"} or {"error"}; with {"last": true} it ends after that

JSON, not pickle: a pickle out of a process that reads hostile bytes could do anything to the one that loads it.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import struct
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, BinaryIO

from monitor.errors import ParseError
from sources import LISTINGS, plain

LENGTH = struct.Struct(">I")


def main() -> int:
    """Works until its input ends."""
    cpu_seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    logging.disable(logging.CRITICAL)  # the libraries' remarks on strangers' markup are no news
    frames_in, frames_out = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is not a frame
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        header = _frame(frames_in)
        if header is None:
            return 0
        body = _frame(frames_in) or b""
        _allow(cpu_seconds)
        answer = _answer(json.loads(header), body)
        data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        frames_out.write(LENGTH.pack(len(data)) + data)
        frames_out.flush()
        if "last" in answer:
            return 0


def _frame(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    return stream.read(LENGTH.unpack(length)[0])


def _allow(cpu_seconds: int) -> None:
    """Moves the limit that far ahead of what was used up; the hard limit stays away, or it could not be moved."""
    used = time.process_time()
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + cpu_seconds, hard))


def _answer(task: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        return {"value": _DOES[task["do"]](task, body)}
    except ParseError as error:
        return {"error": str(error)}
    except MemoryError:  # what is left may be too little for the next document
        return {"error": "needed too much memory to be read", "last": True}
    except RecursionError:
        return {"error": "nested too deeply to be read"}
    except Exception as error:  # noqa: BLE001 - one document's fault is no other document's
        return {"error": f"could not be read ({type(error).__name__})"}


def _listing(task: dict[str, Any], body: bytes) -> dict[str, Any]:
    module, _, function = LISTINGS[task["kind"]].partition(":")
    read: Callable[..., Any] = getattr(importlib.import_module(module), function)
    address = plain.to_address(task["address"])
    return plain.from_listing(read(body, task["content_type"], address, task["url"], now=datetime.now(UTC)))


def _page(task: dict[str, Any], body: bytes) -> dict[str, Any]:
    from sources import fulltext

    selectors = plain.to_selectors(task["selectors"])
    return plain.from_page(fulltext.read(body, task["content_type"], task["url"], selectors, now=datetime.now(UTC)))


def _cleaned(task: dict[str, Any], body: bytes) -> str:
    from sources import cleaned

    return cleaned.clean(body, task["content_type"], task["url"])


_DOES: dict[str, Callable[[dict[str, Any], bytes], Any]] = {"listing": _listing, "page": _page, "cleaned": _cleaned}

if __name__ == "__main__":
    sys.exit(main())
