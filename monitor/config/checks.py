"""What a text of the settings may be. A check says nothing of one that can be used; of one that cannot it raises
ValueError, InputError or QueryError with words for the operator.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from monitor.errors import ConfigError


def printable(text: str) -> None:
    if not text.isprintable():
        raise ValueError(f"{text!r} has control characters")


def variable(text: str) -> None:
    if text and not re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII):
        raise ValueError("this is not the name of an environment variable; secrets do not stand in this file")


def web(text: str) -> None:
    if text and not re.fullmatch(r"https?://[^\s/<>\"\\]+(/[^\s<>\"\\]*)?", text, re.ASCII):
        raise ValueError(f"{text!r} is not an address like https://example.org/feeds/")


def name(text: str) -> None:
    if not re.fullmatch(r"[\w][\w .-]{0,63}", text):
        raise ValueError(f"{text!r} is not a name of letters, digits, spaces, dots and hyphens")


def address(text: str) -> None:
    if not re.fullmatch(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+", text) or not text.isprintable():
        raise ValueError(f"{text!r} is not a mail address like desk@example.org")


def https(text: str) -> None:
    if text and not (len(text) < 500 and text.isascii() and re.fullmatch(r"https://[^\s/<>\"\\]+/[^\s<>\"\\]*", text)):
        raise ValueError(f"{text!r} is not an address like https://example.org/unsubscribe/{{recipient}}")


def label(text: str) -> None:
    if text and not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?", text, re.ASCII):
        raise ValueError(f"{text!r} is not a name as in DNS")


def zone(text: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone like Asia/Almaty") from None


def quiet_hours(text: str) -> None:
    from monitor.schedule import parse_quiet_hours

    if text:
        parse_quiet_hours(text)


def one_of(*allowed: str) -> Callable[[str], None]:
    """A check for one of these words."""

    def check(text: str) -> None:
        if text not in allowed:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")

    return check


def span(text: str) -> timedelta:
    """The time that a span like ``4h`` means."""
    if not (found := re.fullmatch(r"(\d{1,4})\s*([mhd])", text)):
        raise ValueError(f"{text!r} is not a span like 30m, 4h or 2d")
    return int(found[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[found[2]]


def search(text: str, saved: Callable[[], Mapping[str, str]]) -> None:
    from monitor import query

    with contextlib.suppress(ConfigError):  # of the list of saved searches, which is told of by itself
        query.parse(text, saved)


def command(text: str) -> None:
    import shlex

    printable(text)
    if text.strip() and not shlex.split(text):
        raise ValueError(f"{text!r} is no command")


def storage_url(text: str) -> None:
    if not re.match(r"[a-z]+://", text):
        raise ValueError("is not a storage address like sqlite:///path or postgresql://host/name")
