"""What a text says that its story had not said before: names, dates and numbers, and the sentence that holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.digest.sentences import sentences
from monitor.identity.amounts import figures
from monitor.text.fold import HAN, fold
from monitor.types import Article, Match

#: Code points of the line that says what is new; a Chinese or Japanese one says as much in half of them.
LINE_LIMIT = 190
_DENSE = ("zh", "ja", "ko")
#: What is new stands near the top; what stands below is background.
_SENTENCES = 30
#: Code points of headings that may stand before a headline in a text.
_CRUMBS = 30
#: Code points that are shown behind the last new fact of a long sentence.
_AFTER = 25
_ENTRY, _DATE, _NUMBER, _NAME = 4, 3, 2, 2
_NAMES = re.compile(r"(?<![\w.])[A-ZА-ЯЁҚӘӨҮҰҒҢІЇЄ][\w’'-]+(?:\s+[A-ZА-ЯЁҚӘӨҮҰҒҢІЇЄ][\w’'-]+)+")
_HAN = re.compile(f"[{HAN}]")
#: Sentences before which a headline, and then a dateline, may stand.
_HEADED = 3
_DATED = r"(?:\d{1,2}[ -][^\s\d,.()/]+\.?|[^\s\d,.()/]+\.?\s\d{1,2})"
_PLACE = r"[^\s\d,.()（）/:][^\n\d,.()（）/:]{1,40}"
_CAPITALS = r"[A-ZА-ЯЁ]"
#: Place, day and agency, as first sentences begin; it may look like a sentence of its own.
_DATELINE = re.compile(
    "|".join(
        (
            # 新华社北京11月21日电（记者王希）, （新闻联播）：
            rf"[{HAN}]{{2,6}}[^。，]{{0,16}}\d日电(?:\s*[（(][^）)]{{1,20}}[）)])?\s*[:：]?\s*",
            # MOSCOW, November 18. /TASS/.  New Delhi, Nov 18 (PTI)  БИШКЕК, 18 ноября /Кабар/.
            rf"{_PLACE}[,.]\s{_DATED}\.?,?\s*[(（/][^()（）/\n]{{2,30}}[)）/]\s*(?:[.:：]|--|[–—-])?\s*",
            # 18 ноября, Минск /Корр. БЕЛТА/.
            rf"{_DATED},\s{_PLACE}\s/[^/\n]{{2,30}}/\.?\s*",
            # МОСКВА, 18 ноя - РИА Новости.  Baku, November 18, AZERTAC.
            rf"{_PLACE}[,.]\s{_DATED}(?:\s[–—-]|,)\s{_CAPITALS}\w*(?:\s{_CAPITALS}\w*)?\.\s+",
            # Пекин. 18 ноября. ИНТЕРФАКС -  ALMATY, November 10 -  САНКТ-ПЕТЕРБУРГ, 20 ноября.
            rf"{_CAPITALS}[\w’'-]{{1,30}}(?:\s[\w’'-]{{1,30}}){{0,3}}[,.]\s{_DATED}\.?(?:\s{_CAPITALS}{{3,12}})?\s*(?:--|[–—-])\s+",
            rf"{_CAPITALS}[A-ZА-ЯЁ’' -]{{2,30}},\s{_DATED}\.\s+",
            # ASTANA. KAZINFORM –
            rf"{_CAPITALS}{{4,15}}\.\s{_CAPITALS}{{4,12}}\s(?:[–—-]\s+)?",
            # Tehran, IRNA -  تهران- ایرنا-
            r"[A-Z][\w’'-]+,\s[A-Z]{3,8}\s(?:--|[–—-])\s+",
            r"[\u0620-\u06d3\u200c]{2,15}\s?[–—-]\s[\u0620-\u06d3]{2,12}\s?[–—-]\s",
            # ISLAMABAD (AP) —
            rf"(?:{_CAPITALS}[^\n()（）/]{{0,50}}?)?[(（/][^()（）/\n]{{2,24}}[)）/]\s*[.:：—–-]+\s*",
        )
    )
)
_YEAR = range(1900, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What texts say, in a form that is the same in all languages but for `names`."""

    entries: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    #: Capitalised names, folded; they are compared inside one language only.
    names: frozenset[str] = frozenset()
    #: Languages of the texts.
    langs: frozenset[str | None] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsNew:
    """The line of an article that says what is new."""

    line: str
    #: What is new in it, as it is written there.
    facts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    entries: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    langs: set[str | None] = field(default_factory=set)


def said(texts: Iterable[tuple[Article, Iterable[str]]]) -> Said:
    """All that those articles say; each comes with the ids of the entries that it is tagged with."""
    found = _Gathered()
    for article, tags in texts:
        text = f"{article.title}\n{article.text}"[:12_000]
        found.entries.update(tags)
        found.figures.update(figures_of(text))
        found.names.update(fold(name) for name in _NAMES.findall(text))
        found.langs.add(article.lang)
    return Said(
        entries=frozenset(found.entries),
        figures=frozenset(found.figures),
        names=frozenset(found.names),
        langs=frozenset(found.langs),
    )


def figures_of(text: str) -> tuple[str, ...]:
    """Numbers, ordinals and days that the text names, each in one spelling, without those that say nothing."""
    return tuple(f for f in figures(text, han=bool(_HAN.search(text))) if _tells(f))


def whats_new(article: Article, matches: Sequence[Match], before: Said | None) -> WhatsNew:
    """The sentence with the newest name, date or number; the first one where nothing was said before, or nothing new.

    A day is no news where it is that of the article: datelines name it.
    """
    spans = _told(article)
    first = _first(article, spans)
    if before is None:
        return WhatsNew(line=first)
    own_days = days_of(article)
    best: tuple[int, int, tuple[str, ...]] | None = None
    for number, (start, end) in enumerate(spans):
        weight, facts = _weighed(article, matches, start, end, before, own_days)
        if weight and (best is None or weight > best[0]):
            best = weight, number, facts
    if best is None:
        return WhatsNew(line=first)
    sentence = article.text[slice(*spans[best[1]])]
    sentence = _bare(sentence) if best[1] < _HEADED else sentence
    return WhatsNew(line=_showing(sentence, best[2], article.lang), facts=best[2])


def _told(article: Article) -> list[tuple[int, int]]:
    """Beginnings and ends of the sentences near the top, without the dateline."""
    text = article.text
    headed = len(article.title) if article.title and text.startswith(article.title) else 0
    begins = headed + len(text[headed:]) - len(text[headed:].lstrip(" .\n"))
    found = _DATELINE.match(text, begins)
    told = found.end() if found else 0
    spans = [span for span, _ in zip(sentences(text), range(_SENTENCES), strict=False)]
    return [(max(start, told), end) for start, end in spans if end > told]


def cut(text: str, lang: str | None) -> str:
    """The text as one line of at most LINE_LIMIT code points."""
    limit = LINE_LIMIT // 2 if lang in _DENSE else LINE_LIMIT
    plain = " ".join(text.split())
    if len(plain) <= limit:
        return plain
    kept = plain[: limit - 1]
    if lang not in _DENSE and " " in kept[limit // 2 :]:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:，；：،–—-") + "…"


def _showing(sentence: str, facts: Sequence[str], lang: str | None) -> str:
    """The sentence as one line; of a long one the end, where what is new stands beyond the limit."""
    plain, whole = " ".join(sentence.split()), cut(sentence, lang)
    last = max((plain.rfind(word) + len(word) for word in map(_as_it_stands(plain), facts) if word), default=0)
    if last < len(whole):
        return whole
    limit = LINE_LIMIT // 2 if lang in _DENSE else LINE_LIMIT
    start = max(min(last + _AFTER, len(plain)) - limit + 1, 0)
    if lang not in _DENSE and " " in plain[start : start + limit // 2]:
        start = plain.index(" ", start) + 1
    return cut("…" + plain[start:].lstrip(" ,;:，；：、"), lang)


def _as_it_stands(sentence: str) -> Callable[[str], str]:
    """For a fact the word of it that the sentence has: a number may be written otherwise; empty: none."""
    return lambda fact: next((word for word in (fact, *fact.split()) if word in sentence), "")


def _first(article: Article, spans: Sequence[tuple[int, int]]) -> str:
    """The first sentence that is not the headline again."""
    title = fold(article.title).strip(" .。")
    for start, end in spans:
        sentence = _without(article.title, _bare(article.text[start:end]))
        if fold(sentence).strip(" .。") != title and len(sentence) > (8 if article.lang in _DENSE else 20):
            return cut(sentence, article.lang)
    short = _bare(article.text[slice(*spans[0])]) if spans else ""
    return "" if fold(short).strip(" .。") == title else cut(short, article.lang)


def _without(title: str, sentence: str) -> str:
    """The sentence without a headline that was read into its beginning, perhaps after a heading of the page."""
    at = sentence.find(title, 0, len(title) + _CRUMBS) if title else -1
    rest = sentence[at + len(title) :].lstrip(" .:–—-。：") if at >= 0 else ""
    return rest if len(rest) > 20 and not rest[:1].islower() else sentence


def _bare(sentence: str) -> str:
    """The sentence without the place, the day and the agency that many first sentences begin with."""
    found = _DATELINE.match(sentence)
    return sentence[found.end() :] if found and len(sentence) - found.end() > 12 else sentence


def _weighed(
    article: Article, matches: Sequence[Match], start: int, end: int, before: Said, own_days: frozenset[str]
) -> tuple[int, tuple[str, ...]]:
    """How much news that stretch of the text has, and what."""
    sentence, weight = article.text[start:end], 0
    facts: list[str] = []
    for match in matches:
        if match.field == "text" and start <= match.start < end and match.entry_id not in before.entries:
            weight += _ENTRY
            facts.append(article.text[match.start : match.end])
    for figure in figures_of(sentence):
        if figure not in before.figures and figure not in own_days:
            weight += _DATE if "/" in figure else _NUMBER
            facts.append(written(figure))
    if article.lang in before.langs:
        for found in _NAMES.finditer(sentence):
            if found.start() and fold(found[0]) not in before.names and not _within(found[0], facts):
                weight += _NAME
                facts.append(" ".join(found[0].split()))
    return weight, tuple(dict.fromkeys(facts))[:4]


def written(figure: str) -> str:
    """A figure as a reader expects it: ``24 July``, ``3,000,000``, ``12%``, ``26th``."""
    month, _, day = figure.partition("/")
    if day:
        return f"{day} {MONTHS[int(month) - 1]}" if month.isdecimal() and 1 <= int(month) <= 12 else figure
    if figure.endswith("th"):
        return _ordinal(figure[:-2])
    number, _, percent = figure.partition("%")
    try:
        value = float(number)
    except ValueError:
        return figure
    sign = "%" if figure.endswith("%") else percent
    if value == int(value) and value < 1e15:
        return f"{int(value):,}{sign}" if int(value) not in _YEAR else f"{int(value)}{sign}"
    return f"{number}{sign}"


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _ordinal(number: str) -> str:
    if not number.isdecimal():
        return f"{number}th"
    ends = {1: "st", 2: "nd", 3: "rd"}
    return number + ("th" if int(number) % 100 in (11, 12, 13) else ends.get(int(number) % 10, "th"))


def _tells(figure: str) -> bool:
    """Whether a figure may be news: small numbers and the years around are said of anything."""
    if "/" in figure or figure.endswith(("%", "th")):
        return True
    try:
        value = float(figure)
    except ValueError:
        return False
    return value >= 10 and not (value == int(value) and int(value) in _YEAR)


def days_of(article: Article) -> frozenset[str]:
    """The days that the article may call its own, in the spelling of `figures_of`."""
    at = article.published_at or article.first_seen_at
    days = (at - timedelta(days=1), at, at + timedelta(hours=14))
    return frozenset(f"{day.month}/{day.day}" for day in days)


def _within(name: str, facts: Sequence[str]) -> bool:
    return any(name in fact or fact in name for fact in facts)
