"""The same work on each of several values, where one that a process does not outlive costs only itself.

The work is done by a copy of this process (``fork``), one value after the other. When the copy dies over one, by a
limit or by a fault of a library, the next copy goes on behind it.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

#: Processor seconds for one value, and for all of them as long as they are no more than a few.
ONE = 2.0
ALL = 8.0
_LEAST = 0.1


def each(work: Callable[[int], Any], count: int) -> Iterator[Any]:
    """What `work` makes of 0, 1 … `count` - 1, each as JSON keeps it; None for one that it did not outlive.

    Beside other threads no copy is made, as it might wait for ever for one of them: then nothing is set apart.
    """
    if threading.active_count() > 1:
        yield from (json.loads(json.dumps(work(number))) for number in range(count))
        return
    done, left = 0, ALL
    while done < count:
        began = _seconds_of_children()
        for answer in _copy(work, done, count, left):
            done += 1
            yield answer
        left -= _seconds_of_children() - began
        if done < count:
            done += 1
            yield None


def _copy(work: Callable[[int], Any], first: int, count: int, left: float) -> Iterator[Any]:
    """The answers from `first` on, as far as the copy gets. It may be given up at any time."""
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        _work(work, first, count, left, writing)
    os.close(writing)
    try:
        with open(reading, "rb") as answers:  # noqa: PTH123 - a pipe has no path
            yield from map(json.loads, _whole_lines(answers))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


def _whole_lines(answers: BinaryIO) -> Iterator[bytes]:
    return (line for line in answers if line.endswith(b"\n"))


def _work(work: Callable[[int], Any], first: int, count: int, left: float, writing: int) -> None:
    """Never returns: the copy ends here, without a word to what it shares with its original."""
    try:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which is to end, also in the middle of a library
        with open(writing, "wb") as answers:
            for number in range(first, count):
                signal.setitimer(signal.ITIMER_PROF, max(_LEAST, min(ONE, (left - time.process_time()) / 3)))
                answer = json.dumps(work(number)).encode()
                answers.write(answer + b"\n")
                answers.flush()
    finally:
        os._exit(0)


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
