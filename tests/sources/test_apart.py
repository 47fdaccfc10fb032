"""Values that a process does not outlive, and those behind them."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from sources import apart

ROOT = Path(__file__).resolve().parents[2]


def each(work: str, count: int, more: str = "") -> list[object]:
    """What comes out in a process that has no other threads, as workers have none."""
    lines = f"""
        import json, os, signal, sys
        from sources import apart
        {more}
        def work(n):
            {work}
            return ["Бишкек 上海 بيشكك", n]
        print(json.dumps(list(apart.each(work, {count}))))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(lines)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def row(number: int) -> list[object]:
    return ["Бишкек 上海 بيشكك", number]


@pytest.mark.parametrize(
    "dies",
    [
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", id="killed"),
        pytest.param("os.kill(os.getpid(), signal.SIGSEGV)", id="a-library-at-fault"),
        pytest.param("raise SystemExit(3)", id="ended"),
        pytest.param("raise KeyError(n)", id="an-error-that-nobody-expected"),
        pytest.param("open(3, 'wb', closefd=False).write(b'half an ans'); os._exit(1)", id="cut-off"),
        pytest.param("list(iter(int, 1))", id="endless"),
        pytest.param("sum(range(10**12))", id="endless-in-a-library"),
    ],
)
def test_what_comes_behind_goes_on(dies: str) -> None:
    few = "apart.ONE = apart.ALL = 0.3"
    assert each(f"if n == 2: {dies}", 5, few) == [row(0), row(1), None, row(3), row(4)]


def test_all_of_them_together_have_a_limit() -> None:
    found = each("while n % 2: pass", 12, "apart.ONE = apart.ALL = 0.6; apart._LEAST = 0.02")
    assert found == [None if n % 2 else row(n) for n in range(12)]


def test_nothing_to_do_and_everything_dead() -> None:
    assert each("os._exit(1)", 0) == []
    assert each("os._exit(1)", 3) == [None, None, None]


def test_what_is_done_in_place_comes_as_json_keeps_it_too() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert list(apart.each(lambda number: {"names": (number, "Токаев")}, 2)) == [
            {"names": [0, "Токаев"]},
            {"names": [1, "Токаев"]},
        ]
    finally:
        stop.set()
        thread.join()


def test_beside_other_threads_it_is_done_in_place() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert list(apart.each(lambda n: n * n, 4)) == [0, 1, 4, 9]
    finally:
        stop.set()
        thread.join()
