"""Other ways of writing a name that go without saying.

::

    Один пояс, один путь           Один пояс и один путь        halves that begin alike
    India–Central Asia summit      Central Asia–India summit    two sides of which none comes first
    SCO Business Council           the SCO's Business Council, Business Council of the Shanghai Cooperation Organization
    саммит ШОС в Тяньцзине         саммит Шанхайской организации сотрудничества в Тяньцзине
    上合组织天津峰会                 上海合作组织天津峰会
    सिंधु जल समझौता                 सिंधु जल समझौते before a postposition
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from monitor.text.fold import HAN
from monitor.watchlist.declension import phrase_cases

_AND = {"ru": "и", "be": "і", "en": "and", "kk": "және", "ky": "жана", "uz": "va", "uz_cyrl": "ва", "tg": "ва"}
_PAIR = re.compile(r"(?P<one>\w+)(?P<first> \w+)(?:, | ?[-–—] ?| )(?P<two>(?P=one) .+)", re.IGNORECASE)


def halves(name: str, lang: str) -> Iterator[str]:
    """Two halves that begin alike with a comma, a dash, `and` or nothing between them."""
    if pair := _PAIR.fullmatch(name):
        first, second = pair["one"] + pair["first"], pair["two"]
        yield from (f"{first}, {second}", f"{first} - {second}", f"{first} {second}")
        if lang in ("fa", "ur"):
            yield f"{first}، {second}"
        if lang in _AND:
            yield f"{first} {_AND[lang]} {second}"


#: Ending of a last word -> the same before a postposition or a suffix.
_OBLIQUE = {"hi": (("ा", "े"),), "ur": (("ہ", "ے"), ("ا", "ے")), "tg": (("ӣ", "и"),)}


def oblique(name: str, lang: str) -> Iterator[str]:
    """The name with its last word in the form that Hindi, Urdu and Tajik give it before what hangs on it."""
    for ending, other in _OBLIQUE.get(lang, ()):
        if name.endswith(ending):
            yield name.removesuffix(ending) + other


_TWO_SIDES = (
    re.compile(r"(?P<before>)(?P<one>[A-Z]\w+(?: [A-Z]\w+)?)[-–—](?P<two>[A-Z]\w+(?: [A-Z]\w+)?)(?P<after> [A-Za-z]+)"),
    re.compile(r"(?P<before>.*«)(?P<one>[^«»–—-]+) [-–—] (?P<two>[^«»–—-]+)(?P<after>».*)"),
    re.compile(f"(?P<before>)(?P<one>[{HAN}]{{2,4}})[-－–—](?P<two>[{HAN}]{{2,4}})(?P<after>峰会|峰會|机制|機制)"),
)


def turned(name: str) -> Iterator[str]:
    """A name of two sides with the other one first."""
    for sides in _TWO_SIDES:
        if found := sides.fullmatch(name):
            dash = " - " if found["before"] else "-"
            yield f"{found['before']}{found['two']}{dash}{found['one']}{found['after']}"


def of_body(name: str, lang: str, bodies: Sequence[Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """A name with the other names of a body that it belongs to; `bodies` are the names of those, by language."""
    made = {"en": _english, "ru": _russian, "zh": _chinese, "zh_hant": _chinese}.get(lang)
    if made is not None:
        for names in bodies:
            yield from made(name, names.get(lang, ()))


def _short(names: Sequence[str]) -> list[str]:
    return [name for name in names if name.isalpha() and name.isupper()]


def _long(names: Sequence[str]) -> list[str]:
    return [name for name in names if len(name.split()) > 2][:1]


def _english(name: str, names: Sequence[str]) -> Iterator[str]:
    for short in _short(names):
        if not re.search(rf"\b{short}\b(?!['’])", name):
            continue
        longs = _long(names)
        yield from (re.sub(rf"\b{short}\b", long, name) for long in longs)
        rest = name.removeprefix(f"{short} ")
        if rest == name:
            continue
        yield f"{short}'s {rest}"
        yield from (f"{long}'s {rest}" for long in longs)
        if rest.istitle():
            yield from (f"{rest} of the {body}" for body in (short, *longs))


def _russian(name: str, names: Sequence[str]) -> Iterator[str]:
    for short in _short(names):
        token = re.search(rf"(?<![\w«-]){short}(?![\w+-]| плюс)", name)
        if token is None or token.start() == 0:
            continue
        wanted = (2, 4) if re.search(r"\b(?:в|при)\s$", name[: token.start()]) else (0,)
        for long in _long(names):
            for case in wanted:
                yield from (name[: token.start()] + form + name[token.end() :] for form in phrase_cases(long, case))


def _chinese(name: str, names: Sequence[str]) -> Iterator[str]:
    """The shortest name only before something longer: 上合 is also an accident of neighbours."""
    ours = sorted((n for n in names if re.fullmatch(f"[{HAN}]+", n) and n in name), key=len)
    if ours:
        held = ours[-1]
        yield from (name.replace(held, other) for other in names if other not in ours and len(other) > 2)
        if name.startswith(held):
            yield from (name.replace(held, other) for other in names if len(other) == 2 and len(name) - len(held) > 2)
