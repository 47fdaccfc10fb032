"""What is kept of an article comes apart again as it was put together."""

import pytest

from monitor.identity.kept import NOTHING, Parts, joined, parted
from monitor.identity.prints import print_of

SKETCH = print_of("Саммит ШОС", "上合组织成员国元首理事会会议 " * 9).facts


@pytest.mark.parametrize(
    "parts",
    [
        Parts(SKETCH, '[["tass","ТАСС"]]'.encode(), b"\x01\x02\x03"),
        Parts(SKETCH, b"", b""),
        Parts(b"\0", b"x", b"facts"),
        Parts(SKETCH, "«ایرنا»".encode(), b""),
    ],
)
def test_parts_come_apart_as_they_were(parts: Parts) -> None:
    assert parted(joined(parts)) == parts


@pytest.mark.parametrize("broken", [b"", b"\x05abc", SKETCH + b"\xff\xff", b"\0\0"])
def test_what_was_never_put_together_is_nothing(broken: bytes) -> None:
    assert parted(broken) in (NOTHING, Parts(b"\0", b"", b""))


def test_credits_without_end_are_left_out() -> None:
    assert parted(joined(Parts(SKETCH, b"x" * 70_000, b"f"))) == Parts(SKETCH, b"", b"f")
