"""The words that stories are recognised by: places, happenings, and how common words are (packs/*/places.yaml …)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.errors import ConfigError, Problem
from monitor.identity.meanings import Meanings, meanings
from monitor.identity.rarity import common_sounds
from monitor.marked import Map, Seq, read_yaml

#: Another one: what was kept was made by other rules.
_FORM = 3
#: Each with the one key that it has.
FILES = {"places.yaml": "places", "happenings.yaml": "happenings", "common.yaml": "common"}


class StoryWords(NamedTuple):
    """What `Stories` is made with, and how places are called."""

    #: Place -> its names.
    names: Mapping[str, tuple[str, ...]]
    places: Meanings
    happenings: Meanings
    #: Language -> share of articles, 0 to 1 -> words that so many have, with spaces between.
    common: Mapping[str, Mapping[float, str]]
    #: Share -> how those words sound.
    sounds: Mapping[float, str]


def parse(texts: Mapping[str, tuple[str, str]]) -> StoryWords:
    """The words in the texts of the three files, given with the names that problems are told with.

    Raises: ConfigError with every problem and its line.
    """
    problems: list[Problem] = []
    places, happenings = (_names(*texts[name], FILES[name], problems) for name in ("places.yaml", "happenings.yaml"))
    common = _common(*texts["common.yaml"], problems)
    if problems:
        raise ConfigError(problems)
    return StoryWords(places, meanings(places), meanings(happenings), common, common_sounds(common))


def state_of(texts: Mapping[str, tuple[str, str]]) -> str:
    """Another one: what was kept was made of other texts, or with another dictionary."""
    from pymorphy3_dicts_ru import __version__

    said = "\0".join((__version__, *(text for text, _ in texts.values())))
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def dumps(words: StoryWords) -> str:
    """The words as JSON, for a file of our own: a start needs no YAML, and no dictionary for their base forms."""
    ready = [[listed.words, listed.rows, listed.han] for listed in (words.places, words.happenings)]
    return json.dumps([_FORM, words.names, *ready, words.common, words.sounds], ensure_ascii=False)


def loads(text: str) -> StoryWords | None:
    """What was kept; None when it is not whole, and has to be made anew."""
    try:
        form, names, places, happenings, common, sounds = json.loads(text)
        if form != _FORM:
            return None
        by_share = {lang: {float(share): words for share, words in listed.items()} for lang, listed in common.items()}
        called = {place: tuple(written) for place, written in names.items()}
        heard = {float(share): said for share, said in sounds.items()}
        return StoryWords(called, _ready(*places), _ready(*happenings), by_share, heard)
    except (ValueError, TypeError, AttributeError):
        return None


def _ready(
    words: Mapping[str, str], rows: Mapping[str, Sequence[tuple[Sequence[str], str]]], han: Mapping[str, str]
) -> Meanings:
    return Meanings(
        words, {first: [(tuple(rest), key) for rest, key in rest_of] for first, rest_of in rows.items()}, han
    )


def _document(text: str, file: str, key: str, problems: list[Problem]) -> Map:
    document = read_yaml(text, file)
    listed = document.get(key) if isinstance(document, Map) else None
    if isinstance(listed, Map):
        return listed
    problems.append(Problem(file, 1, f"has to have a mapping named `{key}`"))
    return Map()


def _names(text: str, file: str, key: str, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    found = {}
    listed = _document(text, file, key, problems)
    for name, words in listed.items():
        if isinstance(words, Seq) and words and all(isinstance(word, str) and word.strip() for word in words):
            found[name] = tuple(words)
        else:
            problems.append(Problem(file, listed.line_of(name), f"`{name}` has to have a list of texts"))
    return found


def _common(text: str, file: str, problems: list[Problem]) -> dict[str, dict[float, str]]:
    found: dict[str, dict[float, str]] = {}
    listed = _document(text, file, "common", problems)
    for lang, shares in listed.items():
        if not isinstance(shares, Map):
            problems.append(Problem(file, listed.line_of(lang), f"`{lang}` has to be a mapping of shares to words"))
            continue
        for said, words in shares.items():
            share = _share(said)
            if share is None or not isinstance(words, str):
                told = "a share has to be a number above 0 and below 1, its words one text with spaces between"
                problems.append(Problem(file, shares.line_of(said), f"`{said}`: {told}"))
            else:
                found.setdefault(lang, {})[share] = words
    return found


def _share(said: str) -> float | None:
    try:
        share = float(said)
    except ValueError:
        return None
    return share if 0 < share < 1 else None
