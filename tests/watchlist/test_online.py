"""Hashtags are taken apart where their words meet; addresses are told from sentences."""

from __future__ import annotations

import time

import pytest

from monitor.watchlist.normal import normal
from monitor.watchlist.online import addresses, joined, without_joints

TAGS = {
    "words": ("#BeltAndRoad", "#belt and road"),
    "abbreviation and word": ("#SCOSummit", "#sco summit"),
    "year": ("#ШОС2026", "#шос 2026"),
    "one digit belongs to its letter": ("#C5plus", "#c5plus"),
    "number before a word": ("#2026Summit", "#2026 summit"),
    "underlines": ("#Садыр_Жапаров", "#садыр жапаров"),
    "small letters": ("#xijinping", "#xijinping"),
    "Chinese": ("#上合组织#", "#上合组织#"),
    "handle": ("@NarendraModi", "@narendra modi"),
    "mail is no handle": ("press@BigHost", "press@bighost"),
    "no tag": ("C# BeltRoad iPhone", "c# beltroad iphone"),
}


@pytest.mark.parametrize(("text", "expected"), TAGS.values(), ids=TAGS.keys())
def test_words_of_tags(text: str, expected: str) -> None:
    made = normal(text)
    assert made.text == expected
    assert [text[made.way.start(n)] for n, c in enumerate(made.text) if c.isalnum()] == [c for c in text if c.isalnum()]


def test_joined_words_with_their_places() -> None:
    assert list(joined("see #xijinping 2026, a@b.org")) == [("xijinping", 5, 14)]


@pytest.mark.parametrize(("name", "expected"), [("xi jinping", "xijinping"), ("putin", None), ("li q", None)])
def test_name_without_joints(name: str, expected: str | None) -> None:
    assert without_joints(name) == expected


ADDRESSES = {
    "path": ("see https://example.org/putin-xi?tag=sco now", ["https://example.org/putin-xi?tag=sco"]),
    "no scheme": ("www.tokayev.example.com/brics.", ["www.tokayev.example.com/brics."]),
    "letters of the path": ("https://пример.рф/Путин/Лавров и", ["https://пример.рф/Путин/Лавров"]),
    "Chinese goes on": ("见https://t.cn/abc普京表示", ["https://t.cn/abc"]),
    "mail": ("a.b+c@d-e.co.uk!", ["a.b+c@d-e.co.uk"]),
    "bare": ("putin.ru, lenta.ru. sco.int", ["putin.ru", "lenta.ru", "sco.int"]),
    "Cyrillic": ("сайт путин.рф закрыт", ["путин.рф"]),
    "in a tag": ('<a href="https://a.org/x">Lavrov</a>', ["https://a.org/x"]),
    "no space after a full stop": ("said Putin.Lavrov left.In Moscow", []),
    "initials": ("В.В. Путин, S.Jaishankar", []),
}


@pytest.mark.parametrize(("text", "expected"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_addresses(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in addresses(text)] == expected


@pytest.mark.parametrize(
    "text", ["Putin." * 50_000, "a.-" * 100_000, "a" * 300_000, "www." * 80_000, "Putin@" * 50_000, "/=上" * 80_000]
)
def test_addresses_take_time_in_proportion(text: str) -> None:
    begun = time.process_time()
    addresses(text + " .ru")
    assert time.process_time() - begun < 3
