"""Items of a JSON answer, found by paths: keys and numbers joined by dots, nothing that could run. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import ParseError
from monitor.text.clean import clean_line, clean_text
from monitor.types import Address, Entry, Listing, Paths
from sources.aggregators import is_wrapped, unwrap
from sources.dates import instant, plausible
from sources.decoding import decode
from sources.languages import primary
from sources.links import absolute
from sources.markup import to_line, to_text

#: Most items of one answer.
ENTRIES = 500

# English names of languages, as some services write them in place of codes
# a function's name around the answer, or a line that keeps scripts of others from reading it
_CALL = re.compile(r"(?:[\w$.]{1,80}\s?\((.*)\);?|\)\]\}',?\s(.*))\Z", re.DOTALL)
_NAMES = {
    "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "belarusian": "be", "bengali": "bn", "chinese": "zh",
    "dari": "fa", "english": "en", "farsi": "fa", "french": "fr", "georgian": "ka", "german": "de", "hindi": "hi",
    "italian": "it", "japanese": "ja", "kazakh": "kk", "korean": "ko", "kyrgyz": "ky", "mongolian": "mn",
    "nepali": "ne", "pashto": "ps", "persian": "fa", "polish": "pl", "portuguese": "pt", "russian": "ru",
    "spanish": "es", "tajik": "tg", "turkish": "tr", "turkmen": "tk", "ukrainian": "uk", "urdu": "ur", "uzbek": "uz",
}  # fmt: skip


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:
    """What the answer lists, in its own order. Raises: ParseError for what is no JSON, or has no list at its place."""
    paths = address.paths or Paths()
    answer = _answer(body, content_type)
    items = _items(answer, paths)
    entries = [_entry(item, paths, address.lang, url, now) for item in items[:ENTRIES]]
    told = tuple(entry for entry in entries if entry.title or entry.url)
    if items and not told:
        raise ParseError(f"no item has anything at {paths.title!r} or {paths.url!r}")
    dropped = {"no title and no link": len(entries) - len(told), f"beyond {ENTRIES} items": len(items) - len(entries)}
    following = absolute(url, at(answer, paths.next)) if paths.next and address.pages > 1 else None
    return Listing(
        entries=told,
        dropped={why: count for why, count in dropped.items() if count},
        next_url=following if following != url else None,
    )


def _answer(body: bytes, content_type: str | None) -> Any:
    if not body.strip():
        raise ParseError("empty answer")
    text = decode(body, content_type)
    if called := _CALL.match(text.strip()):  # of which browsers make a script
        text = called[1] or called[2] or ""
    try:
        return json.loads(text, strict=False)  # line ends within a text are no reason to lose all of them
    except (ValueError, RecursionError) as error:
        said = clean_line(to_line(text[:2000]), 120)
        raise ParseError(f"not JSON: {said!r}" if said else "not JSON") from error


def _items(answer: Any, paths: Paths) -> list[Any]:
    found = at(answer, paths.items) if paths.items else answer
    if found is None and answer == {}:  # how some say that they found nothing
        return []
    if isinstance(found, dict) and found and all(isinstance(item, dict) for item in found.values()):
        return list(found.values())  # by their ids
    if not isinstance(found, list):
        raise ParseError(f"nothing but a list of items can be read, and there is none at {paths.items or 'the top'!r}")
    return found


def at(value: Any, path: str) -> Any:
    """What stands at the path; None: nothing does."""
    while path:
        whole = isinstance(value, dict) and path in value  # names of keys have dots, too
        key, _, path = (path, "", "") if whole else path.partition(".")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _entry(item: Any, paths: Paths, lang: str | None, url: str, now: datetime | None) -> Entry:
    given = absolute(url, _text(item, paths.url)) if _text(item, paths.url) else None
    lang = lang or _language(_text(item, paths.lang))
    inner = unwrap(given) if given else None
    return Entry(
        guid=clean_line(_text(item, paths.id)) or None,
        url=inner or given,
        wrapped=bool(given) and inner is None and is_wrapped(given or ""),
        title=clean_line(to_line(_text(item, paths.title))),
        summary=to_text(_text(item, paths.summary)),
        content=to_text(_text(item, paths.text)),
        authors=_authors(at(item, paths.author) if paths.author else None),
        published_at=_date(_text(item, paths.date), paths.date_format, lang, now),
        lang=lang,
        outlet=clean_line(_text(item, paths.outlet), 200) or None,
    )


def _text(item: Any, path: str) -> str:
    value = at(item, path) if path else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _authors(value: Any) -> tuple[str, ...]:
    """A name, a list of names, or of objects that have one."""
    people: Sequence[Any] = value if isinstance(value, list) else [value]
    names = [person.get("name") if isinstance(person, dict) else person for person in people[:10]]
    return tuple(clean for name in names if isinstance(name, str) and (clean := clean_line(name, 200)))


def _date(text: str, form: str, lang: str | None, now: datetime | None) -> datetime | None:
    if not form:
        return instant(text, lang=lang, now=now)
    try:
        moment = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the next line gives it its zone
        return plausible(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC), now)
    except (ValueError, OverflowError):
        return None


def _language(text: str) -> str | None:
    return _NAMES.get(clean_text(text).lower()) or primary(text)
