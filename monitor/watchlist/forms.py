"""All the spellings in which a name of the list is looked for, each with the name it comes from.

Built out of the names as listed: Russian and Belarusian cases, initials, the other order of a personal name, British
beside American spelling, names without their inner quotation marks or hyphens. Suffixes of other languages are not
written out but accepted when a text is read (monitor.watchlist.suffixes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from monitor.text.fold import HAN
from monitor.types import Watchlist, WatchlistEntry
from monitor.watchlist.declension import belarusian_phrase, personal, phrase
from monitor.watchlist.normal import normal_name
from monitor.watchlist.variants import halves, oblique, of_body, turned

#: ``exact``: only with exactly these capitals; ``initial``: only with a capital at its beginning.
Capitals = Literal["any", "initial", "exact"]

#: Changes whenever the same list would give other forms: stored forms of another version are not used.
VERSION = 8


class Form(NamedTuple):
    """One spelling to look for."""

    #: In the form of monitor.watchlist.normal, and the same before capitals were lost.
    text: str
    cased: str
    #: Place of the entry in the list.
    entry: int
    #: The name as listed, and its language key.
    alias: str
    lang: str
    #: Place under `ambiguous`; -1: a strong name.
    weak: int
    capitals: Capitals
    #: Stands so in the list; False: built.
    listed: bool


def forms(watchlist: Watchlist) -> tuple[Form, ...]:
    """The forms of all entries, in the order of the list, names as listed before what is built out of them."""
    found: list[Form] = []
    by_id = {entry.id: entry for entry in watchlist.entries}
    for place, entry in enumerate(watchlist.entries):
        found += _of_entry(place, entry, [_all_names(above) for above in _above(entry, by_id)])
    return tuple(found)


def _above(entry: WatchlistEntry, by_id: Mapping[str, WatchlistEntry]) -> list[WatchlistEntry]:
    """The entries that it rolls up into, the nearest first."""
    found: list[WatchlistEntry] = []
    while (above := by_id.get(entry.parent or "")) is not None and above not in found:
        found.append(above)
        entry = above
    return found


def _all_names(entry: WatchlistEntry) -> dict[str, list[str]]:
    """Strong and weak names by language."""
    names = {lang: list(strong) for lang, strong in entry.aliases.items()}
    for weak in entry.ambiguous:
        names.setdefault(weak.lang, []).append(weak.name)
    return names


def _of_entry(place: int, entry: WatchlistEntry, bodies: Sequence[Mapping[str, Sequence[str]]]) -> Iterable[Form]:
    by_key: dict[tuple[str, str, int], Form] = {}
    listed_texts: set[str] = set()

    def add(spelling: str, alias: str, lang: str, weak: int, exact: bool, listed: bool) -> None:
        made = normal_name(spelling)
        exact = exact or _is_foreign_abbreviation(made.cased, lang)
        capitals: Capitals = (
            "exact" if exact else "initial" if _begins_with_capital(entry, made.cased, alias) else "any"
        )
        if listed:
            listed_texts.add(made.text)
        elif made.text in listed_texts:
            return  # the list says itself what it is worth
        key = (made.text, made.cased if exact else "", weak)
        if len(made.text) > 1 or re.match(f"[{HAN}]", made.text):
            by_key.setdefault(key, Form(made.text, made.cased, place, alias, lang, weak, capitals, listed))

    names = [(name, lang, -1, name in entry.cs) for lang, names in entry.aliases.items() for name in names]
    names += [(w.name, w.lang, number, w.exact_case) for number, w in enumerate(entry.ambiguous)]
    for name, lang, weak, exact in names:
        add(name, name, lang, weak, exact, True)
    for name, lang, weak, exact in names:
        others = of_body(name, lang, bodies) if weak < 0 else ()
        for variant in dict.fromkeys((name, *others)):
            for spelling in (variant, *_built(entry, variant, lang)):
                add(spelling, name, lang, weak, exact, False)
    for spelling in _from_parts(entry):
        add(spelling, _full_name(entry), "ru", -1, False, False)
    return by_key.values()


_CYRILLIC_KEYS = frozenset(("ru", "be", "uk", "ky", "uz_cyrl", "tg", "mn"))


def _is_foreign_abbreviation(cased: str, lang: str) -> bool:
    """QUAD in a list of Russian names keeps its capitals: in other languages it is a word."""
    return lang in _CYRILLIC_KEYS and cased.isascii() and cased.isalpha() and cased.isupper()


def _begins_with_capital(entry: WatchlistEntry, cased: str, alias: str) -> bool:
    """Russian surnames are words too: песков (of the sands), норов (a temper); and abbreviations are in other
    languages: Kazakh суару (to water), СУАР."""
    if not (entry.kind == "person" or (alias.isupper() and alias.isalpha())):
        return False
    return cased[0].isupper() and re.fullmatch("[\u0400-\u052f-]+", cased) is not None


def _built(entry: WatchlistEntry, name: str, lang: str) -> Iterator[str]:
    """The spellings that go without saying once the name is listed."""
    if lang in ("zh", "zh_hant"):
        if "·" in name:
            yield name.replace("·", "")
        yield from turned(name)
        return
    hyphened = (
        [name.replace(" ", "-")] if lang == "en" and entry.kind != "person" and _FEW_WORDS.fullmatch(name) else []
    )
    for variant in dict.fromkeys((name, *_variants(name, lang), *oblique(name, lang), *hyphened)):
        if variant != name:
            yield variant
        for inflected in _inflected(entry, variant, lang):
            yield inflected
            yield from _otherwise(inflected)
        yield from _otherwise(variant)


_BRITISH = (
    *(("ization", "isation"), ("ized ", "ised "), ("Center", "Centre"), ("Defense", "Defence"), ("defense", "defence")),
    *(
        ("Program ", "Programme "),
        ("Neighbor", "Neighbour"),
        ("center", "centre"),
        ("anti-", "anti"),
        ("Anti-", "Anti"),
    ),
)


#: What English hyphens before another word: Belt-and-Road loans, Central-Asia policy.
_FEW_WORDS = re.compile("[A-Za-z]+(?: [A-Za-z]+){1,2}")


def _variants(name: str, lang: str) -> Iterator[str]:
    unquoted = re.sub('[«»“”„"]', "", name)
    if unquoted != name:
        yield unquoted
    if lang == "uz":
        yield re.sub("['ʻ‘’ʼ`]", "", name)
    yield from halves(name, lang)
    yield from turned(name)
    if lang != "en":
        return
    for american, british in _BRITISH:
        if american in name:
            yield name.replace(american, british)
        if british in name and len(british) > 4:
            yield name.replace(british, american)
    if " the " in name:
        yield name.replace(" the ", " ")
    if " & " in name:
        yield name.replace(" & ", " and ")


def _otherwise(name: str) -> Iterator[str]:
    """What becomes of the hyphens of a name."""
    for made in (_without_hyphens(name), _joined(name)):
        if made is not None:
            yield made


def _without_hyphens(name: str) -> str | None:
    """Kassym Jomart for Kassym-Jomart; None where a part is so short that the rest would mean anything."""
    parts = re.split("[-‑–—]", name)
    if len(parts) < 2 or any(len(p) < 3 or not p[0].isalpha() or not p[-1].isalpha() for p in parts):
        return None
    return " ".join(parts)


_HYPHENS = re.compile(r"(?<=[^\W\d_]{2})-(?=[^\W\d_A-ZА-Я]{2})")


def _joined(name: str) -> str | None:
    """Kim Jongun for Kim Jong-un, as it comes out of a line that ends with its hyphen; None: there is none that a
    broken word might have."""
    made = _HYPHENS.sub("", name)
    return made if made != name and re.search(r"\w \w", name) else None


def _inflected(entry: WatchlistEntry, name: str, lang: str) -> Iterator[str]:
    if entry.kind == "person":
        for words in _orders(entry, name.split(), lang):
            if " ".join(words) != name:
                yield " ".join(words)
            if lang in ("ru", "be"):
                yield from personal(words, entry.indecl, lang)
    elif lang == "ru":
        yield from phrase(name, entry.indecl)
    elif lang == "be":
        yield from belarusian_phrase(name)


_ORDERED = frozenset(("en", "ru", "be", "uk", "kk", "ky", "uz", "uz_cyrl", "tg", "tr", "az", "de", "fr", "es", "it"))
_NO_NAMES = frozenset(
    (
        *(
            "president",
            "premier",
            "chairman",
            "minister",
            "foreign",
            "prime",
            "defence",
            "defense",
            "deputy",
            "senator",
        ),
        *("admiral", "general", "secretary", "secretary-general", "pm", "dr", "eam", "shri", "mian", "ayatollah"),
        *("field", "senior", "sayyed", "seyyed", "sayyid", "syed", "seyed", "mawlawi", "kremlin", "chinese", "raksha"),
        *("external", "bakan", "sco", "cis", "генсек", "генеральный"),
    )
)


def _orders(entry: WatchlistEntry, words: list[str], lang: str) -> Iterator[list[str]]:
    """The parts of a personal name as listed, and with the last one first."""
    yield words
    if lang not in _ORDERED or len(words) not in (2, 3) or words[0].lower() in _NO_NAMES or "," in "".join(words):
        return
    if any(not w[0].isupper() or (w.isupper() and len(w) > 1) or "." in w for w in words):
        return
    *before, last = words
    yield [last, *before]
    yield [f"{last},", *before]
    if entry.ru_parts.get("order") == "family-first":
        yield [f"{words[0]},", *words[1:]]


# ------------------------------------------------------------------------------------------ parts of a name


def _from_parts(entry: WatchlistEntry) -> Iterator[str]:
    """В. В. Путин, Путин В. В., Владимир Владимирович Путин, each in all cases."""
    parts = entry.ru_parts
    family, given = str(parts.get("family") or ""), str(parts.get("given") or "")
    if not family or not given or parts.get("order") == "family-first":
        return
    patronymic = str(parts.get("patronymic") or "")
    if patronymic:
        for words in ([*given.split(), patronymic, family], [family, *given.split(), patronymic]):
            yield " ".join(words)
            yield from personal(words, entry.indecl)
    if parts.get("weak"):
        return
    for initials in _initials(given, patronymic):
        for words in ([initials, family], [family, initials]):
            yield " ".join(words)
            yield from personal(words, entry.indecl)


def _initials(given: str, patronymic: str) -> list[str]:
    names = re.split("[ -]", given)
    starts = {"".join(f"{n[0]}." for n in names), "-".join(f"{n[0]}." for n in names), f"{names[0][0]}."}
    second = f"{patronymic[0]}." if patronymic else ""
    return sorted(starts | {s + second for s in starts})


def _full_name(entry: WatchlistEntry) -> str:
    wanted = f"{entry.ru_parts.get('given')} {entry.ru_parts.get('family')}"
    listed = entry.aliases.get("ru", ())
    return wanted if wanted in listed or not listed else listed[0]
