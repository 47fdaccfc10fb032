"""What the network has made of names: hashtags and handles that join words, and addresses that name nobody.

::

    #SCOSummit2026     SCO Summit 2026: `joints` says where a space belongs
    #xijinping         the whole of a name without its spaces: `joined`
    a.ru/putin-xi      an address: `addresses`, since its words are chosen by machines and by owners of names
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Hashtags and handles, but no e-mail addresses.
_JOINED = re.compile(r"[#@](?<![\w.][#@])(\w+)")
_LEAST = 6

# letters of other alphabets belong to an address only right after one of its signs: 见https://t.cn/abc普京
_SIGN = r"[!#-;=?-~]"
_WEB = rf"(?:https?://|ftp://|www\.){_SIGN}*+(?:(?<=[/=?&#._%-])[^\W!-~][^\s!-~，。、；：）」』”»]*+{_SIGN}*+)*+"
_MAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++"
_COUNTRIES = "ru|su|by|kz|kg|uz|tj|tm|cn|tw|hk|in|pk|ir|mn|tr|az|am|ua|eu|me|tv|uk|us|de"
_ENDING = rf"\.(?:com|org|net|info|int|gov|edu|io|рф|{_COUNTRIES})(?![\w-])"
_LATIN_HOST = r"(?<![A-Za-z0-9.-])[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++(?=\.[A-Za-z0-9]))*+"
_ADDRESS = re.compile(rf"{_WEB}|{_MAIL}|(?:{_LATIN_HOST}|(?<![\w.-])[а-яё0-9-]++){_ENDING}(?:/{_SIGN}*+)?")
_ANY_ENDING = re.compile(_ENDING)
#: What stands beside a name in an address, among others.
SIGNS = frozenset("/.@-_=?&#%:~+")
#: Characters on each side among which something of an address is looked for.
_REACH = 200


def has_joined(text: str) -> bool:
    """Whether there may be a hashtag or a handle."""
    return "#" in text or "@" in text


def joints(text: str) -> Iterator[tuple[int, int]]:
    """Where in hashtags and handles one word ends and another begins; an underline between them is part of it."""
    for match in _JOINED.finditer(text):
        start, end = match.span(1)
        for at in range(start + 1, end):
            if text[at] == "_":
                yield at, at + 1
            elif _is_joint(text, at, end):
                yield at, at


def _is_joint(text: str, at: int, end: int) -> bool:
    """Whether a word of a hashtag that ends at `end` may begin at `at`: SCO|Summit|2026, but C5 is one."""
    before, here = text[at - 1], text[at]
    if here.isupper():
        return before.islower() or before.isdigit() or (before.isupper() and at + 1 < end and text[at + 1].islower())
    if here.isdigit():
        return before.isalpha() and text[at : at + 2].isdigit()
    return here.islower() and text[max(0, at - 2) : at].isdigit() and at >= 2


def joined(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of hashtags and handles, and where they stand."""
    for match in _JOINED.finditer(text):
        yield match[1], *match.span(1)


def without_joints(name: str) -> str | None:
    """A name of several words as it stands in a hashtag; None: it is one word, or too short to be told from others."""
    words = re.findall(r"[^\W_]+", name)
    made = "".join(words)
    return made if len(words) > 1 and len(made) >= _LEAST else None


def is_near_address(text: str, at: int) -> bool:
    """Whether there may be an address about that place: a look at few characters."""
    return may_have_address(text[max(0, at - _REACH) : at + _REACH])


def may_have_address(text: str) -> bool:
    """Whether anything in the text looks like a part of an address."""
    return "://" in text or "www." in text or "@" in text or _ANY_ENDING.search(text) is not None


def addresses(text: str) -> list[tuple[int, int]]:
    """Begin and end of each web and mail address, in order."""
    return [match.span() for match in _ADDRESS.finditer(text)]
