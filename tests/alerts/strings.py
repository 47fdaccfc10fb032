"""Strings that try to be more than text: our own, and the shared ones where they are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "hostile" / "inject" / "strings.public.jsonl"


def shared(*sinks: str) -> list[object]:
    """One parameter a row of those sinks; one that is skipped where ../shared is not there."""
    if not SHARED.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="../shared/hostile/inject is not there"))]
    rows = [json.loads(line) for line in SHARED.read_text("utf-8").splitlines()]
    return [pytest.param(row, id=row["id"]) for row in rows if row["sink"] in sinks]


HEADERS = [
    "Subject\r\nBcc: x@evil.test",
    "Subject\nBcc: x@evil.test\n\n<html>",
    "🎉 subject=?UTF-8?Q?=0A?=Bcc: x@evil.test",
    "=?utf-8?q?=0d=0aBcc:_x=40evil.test?=",
    "=?utf-8?b?DQpCY2M6IHhAZXZpbC50ZXN0?= and =?utf-8?q?=00?=",
    "Токаев\u2028Bcc: x@evil.test",
    "上合组织\x0bBcc: x@evil.test\x00",
    "نشست\x85Bcc: x@evil.test",
    "a" * 3000,
    "\ud800 lone",
    "\u202egnp.evil\u202c",
    "To: boss@corp.test",
    '"quoted" <x@evil.test>, y',
]

LINKS = [
    ("javascript:alert(1)", None),
    ("JaVaScRiPt:alert(1)", None),
    ("java\nscript:alert(1)", None),
    ("data:text/html,<script>", None),
    ("file:///etc/passwd", None),
    ("slack://open", None),
    ("mailto:x?bcc=all@corp.test", None),
    ("//evil.test/", None),
    ("https://bank.test@evil.test/", None),
    ("https://bank.test\\@evil.test/", None),
    ("https://user:pw@evil.test/", None),
    ("https://", None),
    ("https://[::1", None),
    ("https://a.test:99999/", None),
    ("https://xn--/", "https://xn--/"),
    ("https://good.test/a b\nc", "https://good.test/a%20bc"),
    ("https://good.test/'><img src=x>", "https://good.test/%27%3E%3Cimg%20src=x%3E"),
    ('https://good.test/" onclick="x', "https://good.test/%22%20onclick=%22x"),
    ("https://good.test/?q=a|b>c", "https://good.test/?q=a%7Cb%3Ec"),
    ("https://good.test/%D0%B0?x=1&y=2#z", "https://good.test/%D0%B0?x=1&y=2#z"),
    (
        "https://good.test/новости/上合",
        "https://good.test/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%E4%B8%8A%E5%90%88",
    ),
    ("https://президент.рф/новости", "https://xn--d1abbgf6aiiy.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
    ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
    ("https://good.test:8443/x", "https://good.test:8443/x"),
    ("https://good.test/" + "x" * 5000, None),
    ("https://good.test/\u202egnp", "https://good.test/gnp"),
]
