"""The query language: what searches mean as a tree, and the column of every fault."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.query import (
    SAVED_LIMIT,
    And,
    Facet,
    Near,
    Node,
    Not,
    Or,
    Period,
    Vocabulary,
    Words,
    asked_of,
    parse,
    period_of,
    unknown,
    vocabulary,
    wanted_words,
)
from monitor.types import Source, WatchlistEntry


def shown(node: Node) -> str:
    """The tree in one line: (and …), (or …), (not …), words as they are, phrases in quotes."""
    match node:
        case Words(wanted=wanted, title=title):
            exact = len(wanted.plain) == 1 and not (wanted.bases or wanted.open_end or wanted.plain_open_end)
            exact &= wanted.plain[0].isalnum() and wanted.plain[0] < "\u3000"
            text = " ".join(wanted.plain) + ("*" if wanted.plain_open_end else "")
            text = f"={text}" if exact else text
            text = text if wanted.bases or wanted.open_end or len(wanted.plain) < 2 else f'"{text}"'
            return f"title:{text}" if title else text
        case Near(operands=operands, distance=distance):
            return f"(near/{distance} {' '.join('|'.join(map(shown, operand)) for operand in operands)})"
        case Facet(field=field, values=values):
            return f"{field}:{','.join(values)}"
        case Period(since=since, until=until):
            return f"{since:%Y-%m-%d}.." if since else f"..{until:%Y-%m-%d}"
        case And(parts=parts):
            return f"(and {' '.join(map(shown, parts))})"
        case Or(parts=parts):
            return f"(or {' '.join(map(shown, parts))})"
        case Not(part=part):
            return f"(not {shown(part)})"


TEXTS = {"one": "a1 OR b1", "two": "@one tag:sco", "bad": "a1 (", "round": "@circle", "circle": "x1 @round"}
TEXTS |= {f"deep{n}": f"@deep{n + 1}" for n in range(SAVED_LIMIT)} | {f"deep{SAVED_LIMIT}": "a1"}
TEXTS |= {f"wide{n}": f"@wide{n + 1} " * 20 for n in range(SAVED_LIMIT - 1)} | {f"wide{SAVED_LIMIT - 1}": "since:2026"}


def SAVED() -> dict[str, str]:
    return TEXTS


TREES = {
    "one word": ("summit", "summit"),
    "words": ("summit  bank", "(and summit bank)"),
    "and": ("summit AND bank", "(and summit bank)"),
    "or": ("a1 OR b1 OR c1", "(or a1 b1 c1)"),
    "and binds tighter": ("a1 b1 OR c1 d1", "(or (and a1 b1) (and c1 d1))"),
    "lower-case operators are words": ("salt and pepper or not near", "(and salt and pepper or not near)"),
    "brackets": ("(a1 OR b1) c1", "(and (or a1 b1) c1)"),
    "brackets without spaces": ("(a1)(b1)", "(and a1 b1)"),
    "full-width brackets": ("（上 OR 合）", "(or 上 合)"),
    "phrase": ('"national currencies"', '"national currencies"'),
    "curly quotes": ("“a1 b1”", '"a1 b1"'),
    "low quotes": ("„a1 b1“", '"a1 b1"'),
    "guillemets": ("«а1 б1»", '"а1 б1"'),
    "Chinese quotes": ("《上合》", '"上 合"'),
    "unlike quotes": ('“a1 b1"', '"a1 b1"'),
    "quotes inside quotes": ('"a1 «b1 c1» d1" e1', '(and "a1 b1 c1 d1" e1)'),
    "quotes inside curly quotes": ("“a1 «b1» c1” d1", '(and "a1 b1 c1" d1)'),
    "quotes inside the same": ("«а1 «б1» в1» г1", '(and "а1 б1 в1" г1)'),
    "quotes inside low quotes": ("„a1 «b1» c1“ d1", '(and "a1 b1 c1" d1)'),
    "titles inside Chinese quotes": ("「上《合》組」", "上 合 组"),
    "half a pair inside quotes": ('"a1 b1» c1"', '"a1 b1 c1"'),
    "the other half inside quotes": ('"«a1 b1"', '"a1 b1"'),
    "unlike quotes, and like ones": ('"a1 b1” c1 "d1 e1"', '(and "a1 b1" c1 "d1 e1")'),
    "unlike quotes the other way": ('“a1 b1" c1 “d1 e1”', '(and "a1 b1" c1 "d1 e1")'),
    "closing quote inside a word": ("qalpoqça”ni x1", '(and "qalpoqca ni" x1)'),
    "apostrophe is no quote": ("ma'lum", "ma lum"),
    "possessive": ("yuan's share", "(and yuan share)"),
    "possessive, typographic, in capitals": ("YUAN’S", "yuan"),
    "possessive in a phrase": ('"yuan\'s share"', '"yuan s share"'),
    "possessive, exact": ("=yuan's", '"yuan s"'),
    "minus": ("a1 -b1", "(and a1 (not b1))"),
    "minus sign of typography": ("a1 −b1", "(and a1 (not b1))"),
    "NOT": ("a1 NOT b1", "(and a1 (not b1))"),
    "twice": ("NOT -a1", "a1"),
    "minus before a phrase": ('-"a1 b1"', '(not "a1 b1")'),
    "minus before a group": ("-(a1 OR b1)", "(not (or a1 b1))"),
    "minus before a field": ("-tag:sco", "(not tag:sco)"),
    "minus before a title": ("-title:x1", "(not title:x1)"),
    "hyphen inside": ("anti-terrorist", "anti terrorist"),
    "lone dash": ("summit — bank - now", "(and summit bank now)"),
    "prefix": ("glaci*", "glaci*"),
    "prefix of two": ("anti-terr*", "anti terr*"),
    "exact": ("=a1 b1", "(and =a1 b1)"),
    "exact, full width": ("＝а1", "=а1"),
    "exact in Chinese": ("=上合", '"上 合"'),
    "exact in a title": ("title:=a1", "title:=a1"),
    "exact phrase": ('="a1 b1"', '"a1 b1"'),
    "exact, without": ("-=a1", "(not =a1)"),
    "exact beginning": ("=glaci*", "glaci*"),
    "exact near": ("=a1 NEAR/2 b1", "(near/2 =a1 b1)"),
    "lone sign of equality": ("a1 = b1", "(and a1 b1)"),
    "equality inside a word": ("a1=b1", '"a1 b1"'),
    "saved": ("@one", "(or a1 b1)"),
    "saved among words": ("@one c1", "(and (or a1 b1) c1)"),
    "saved, in capitals": ("＠ONE", "(or a1 b1)"),
    "saved, without": ("-@one", "(not (or a1 b1))"),
    "saved in saved": ("@two OR d1", "(or (and (or a1 b1) tag:sco) d1)"),
    "at inside a word": ("desk@one", '"desk one"'),
    "lone at": ("a1 @ b1", "(and a1 b1)"),
    "near": ("a1 NEAR/5 b1", "(near/5 a1 b1)"),
    "near, short": ("a1 w/3 b1", "(near/3 a1 b1)"),
    "near without a number": ("a1 NEAR b1", "(near/10 a1 b1)"),
    "near, three": ("a1 NEAR/2 b1 NEAR/2 c1", "(near/2 a1 b1 c1)"),
    "near among words": ("x1 a1 NEAR/2 b1 y1", "(and x1 (near/2 a1 b1) y1)"),
    "near with either": ("(a1 OR b1) NEAR/2 c1", "(near/2 a1|b1 c1)"),
    "near with a phrase": ('"a1 b1" NEAR/2 c1*', '(near/2 "a1 b1" c1*)'),
    "near in a title": ("title:(a1 NEAR/2 b1)", "(near/2 title:a1 title:b1)"),
    "not near": ("-(a1 NEAR/2 b1)", "(not (near/2 a1 b1))"),
    "tag": ("tag:sco", "tag:sco"),
    "tag, named": ("tag!:sco", "tag!:sco"),
    "list": ("from:tj,uz", "from:tj,uz"),
    "list with repeats and gaps": ("from:tj,,uz,TJ,", "from:tj,uz"),
    "list with quotes": ('src:"a b",c', "src:a b,c"),
    "field in capitals": ("LANG:RU", "lang:ru"),
    "field with a full-width colon": ("lang：ru", "lang:ru"),
    "field and word": ("class:official Tokayev", "(and class:official tokayev)"),
    "classes": ("class:state-funded,think-tank", "class:state-funded,think-tank"),
    "story": ("story:17", "story:17"),
    "priority": ("priority:1,2", "priority:1,2"),
    "title": ("title:rail", "title:rail"),
    "title phrase": ('title:"a1 b1"', 'title:"a1 b1"'),
    "title group": ("title:(a1 OR b1) c1", "(and (or title:a1 title:b1) c1)"),
    "since a day": ("since:2026-09-01", "2026-09-01.."),
    "since a month": ("since:2026-09", "2026-09-01.."),
    "since a year": ("since:2026", "2026-01-01.."),
    "until a day": ("until:2026-09-30", "..2026-10-01"),
    "until a month": ("until:2026-12", "..2027-01-01"),
    "until a year": ("until:2024", "..2025-01-01"),
    "until 29 February": ("until:2028-02-29", "..2028-03-01"),
    "web address": ("https://example.org/a1", '"https example org a1"'),
    "time of day": ("10:30", '"10 30"'),
    "colon and space": ("Editorial: praise", "(and editorial praise)"),
    "Cyrillic before a colon": ("Путин:встреча", '"путин встреча"'),
    "Chinese colon": ("专家：会", "专 家 会"),
    "mixed scripts": ("SCO峰会", '"sco 峰 会"'),
    "only signs beside a word": ("!!! summit ???", "summit"),
}


@pytest.mark.parametrize(("text", "tree"), TREES.values(), ids=TREES)
def test_tree(text: str, tree: str) -> None:
    query = parse(text, SAVED)
    assert shown(query.root) == tree
    assert query.text == text


FAULTS = {
    "empty": ("", 1, "nothing to search for"),
    "blank": ("   ", 1, "nothing to search for"),
    "only signs": ("!!! ???", 1, "nothing to search for"),
    "lone minus": ("-", 1, "the minus needs"),
    "minus at the end": ("a1 - ", 4, "the minus needs"),
    "minus before a closing bracket": ("(a1 -) b1", 5, "the minus needs"),
    "lone underscore": ("_", 1, "nothing to search for"),
    "underscores": ("__ (_)", 4, "nothing in the brackets"),
    "quote not closed": ('bank "abc', 6, "not closed"),
    "guillemet not closed": ("банк «abc", 6, "not closed"),
    "empty phrase": ('a1 ""', 4, "no letter"),
    "bracket not closed": ("summit (bank", 8, "not closed"),
    "outer bracket not closed": ("((a1)", 1, "not closed"),
    "bracket too many": ("a1 (b1) )", 9, "no bracket open"),
    "empty brackets": ("a1 ()", 4, "nothing in the brackets"),
    "OR at the end": ("a1 OR", 4, "OR needs"),
    "OR at the start": ("OR a1", 1, "OR needs"),
    "OR in brackets": ("a1 (b1 OR) c1", 8, "OR needs"),
    "OR twice": ("a1 OR OR b1", 4, "OR needs"),
    "AND at the end": ("a1 AND", 4, "AND needs"),
    "AND at the start": ("AND a1", 1, "AND needs"),
    "AND OR": ("a1 AND OR b1", 4, "AND needs"),
    "NOT at the end": ("a1 NOT", 4, "NOT needs"),
    "saved, unknown": ("a1 @tow", 4, "mean @two"),
    "saved, nothing like it": ("@zzzzzz", 1, "in quotes"),
    "saved with a fault": ("a1 @bad", 4, "in @bad: the bracket is not closed (there at column 4)"),
    "saved in a circle": ("a1 @round", 4, "leads back to itself"),
    "saved too deep": ("@deep0", 1, "deep in one another"),
    "saved too wide": ("@wide0", 1, "more than 400 words"),
    "saved in a title": ("title:(a1 @one)", 11, "title: takes words"),
    "saved as a value": ("src:@one", 5, "takes words"),
    "NEAR at the end": ("a1 NEAR/5", 4, "NEAR/5 needs"),
    "NEAR at the start": ("NEAR/5 a1", 1, "NEAR/5 needs"),
    "NEAR with a field": ("tag:sco NEAR/5 a1", 9, "NEAR/5 needs"),
    "NEAR with a group of all": ("a1 NEAR/5 (b1 c1)", 4, "NEAR/5 needs"),
    "NEAR, unlike numbers": ("a1 NEAR/5 b1 NEAR/6 c1", 14, "same number"),
    "NEAR without its number": ("a1 NEAR/ b1", 4, "the number of words"),
    "NEAR with another number": ("a1 NEAR/-1 b1", 4, "the number of words"),
    "NEAR much too far": (f"a1 NEAR/{10**20} b1", 4, "the number of words"),
    "NEAR too far": ("a1 NEAR/99999 b1", 4, "at most"),
    "NEAR without a number": ("банк NEAR/few 上合", 6, "NEAR/5"),
    "unknown field": ("nosuchfield:x bank", 1, "no field nosuchfield"),
    "unknown field, close": ("bank tgas:x", 6, "did you mean tag:"),
    "unknown field, known elsewhere": ("country:kz", 1, "did you mean from:"),
    "empty field": ("bank src:", 6, "src: has no value"),
    "empty field before a word": ("src: bank", 1, "src: has no value"),
    "only commas": ("src:,,", 1, "src: has no value"),
    "empty title": ("title:", 1, "title: has no value"),
    "field in a title": ("title:(a1 tag:sco)", 11, "title: takes"),
    "title of a field": ("title:src:x", 1, "title: takes"),
    "group in a field": ("src:(a1 OR b1)", 5, "src: takes"),
    "no date": ("bank since:soon", 12, "no date"),
    "impossible date": ("until:2026-02-30", 7, "no date"),
    "month 0": ("until:2026-00", 7, "no date"),
    "day 0": ("since:2026-05-00", 7, "no date"),
    "star before a word": ("bank *ing", 6, "end of a word"),
    "star inside a word": ("上合 =ba*k", 7, "end of a word"),
    "month 13": ("until:2026-13", 7, "no date"),
    "year 0": ("since:0000", 7, "no date"),
    "two dates": ("since:2026-01-01,2026-02-01", 18, "one date"),
    "no story": ("story:one", 7, "no story"),
    "part of a language": ("上合 lang:zh-Hant", 9, "lang:zh"),
    "no priority": ("priority:9", 10, "no priority"),
    "no class, second of two": ("class:official,oficial", 16, "no class"),
    "columns are code points": ("上合😀 (bank", 5, "not closed"),
    "lone star": ("a1 *", 4, "no letter"),
    "too deep": ("(" * 5000 + "a1" + ")" * 5000, 8001, "longer than"),
    "deep": ("(" * 50 + "a1" + ")" * 50, 21, "deeper than"),
    "deep with minus": ("-(" * 50 + "a1" + ")" * 50, 42, "deeper than"),
    "too long": ("a" * 9000, 8001, "longer than"),
    "too many words": ("a1 " * 500, 1201, "more than"),
    "too many values": ("src:" + ",".join(["x"] * 500), 1, "more than"),
}


@pytest.mark.parametrize(("text", "column", "message"), FAULTS.values(), ids=FAULTS)
def test_fault(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, SAVED)
    assert message in caught.value.message
    assert caught.value.column == column
    assert str(caught.value).endswith(f"at column {column}")


@given(st.text(alphabet=st.sampled_from(list("a上б \"«»()-*:,/!OR NEAR/5 tag: since:2026\x00😀'")), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_with_a_column_inside_it(text: str) -> None:
    column = 1
    try:
        parse(text)
    except QueryError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


def test_the_words_that_a_hit_shows() -> None:
    query = parse('a1 -b1 (c1 OR "d1 e1") f1 NEAR/2 g1 tag:sco NOT (h1 i1)')
    assert [" ".join(word.wanted.plain) for word in wanted_words(query.root)] == ["a1", "c1", "d1 e1", "f1", "g1"]


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-11-21", (2026, 11, 21), (2026, 11, 22)),
        ("2026-2-1", (2026, 2, 1), (2026, 2, 2)),
        ("2028-02", (2028, 2, 1), (2028, 3, 1)),
        ("2028", (2028, 1, 1), (2029, 1, 1)),
    ],
)
def test_periods(text: str, first: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    assert period_of(text) == (datetime(*first, tzinfo=UTC), datetime(*after, tzinfo=UTC))


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_period_ends_with_all_time(text: str) -> None:
    assert period_of(text)[1] == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-", "26-01-01", "99999", "0000-01-01", "2026-11-21T00:00"])
def test_no_periods(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        period_of(text)


def test_vocabulary_of_sources_and_entries() -> None:
    def entry(name: str, parent: str | None) -> WatchlistEntry:
        return WatchlistEntry(id=name, kind="body", name=name, parent=parent, priority=1, aliases={})

    sources = [
        Source(id=name, name=name, kind="feed", addresses=(), country=country, ownership=ownership)
        for name, country, ownership in [("k", "ru", "official"), ("t", "ru", "wire"), ("x", None, None)]
    ]
    found = vocabulary(sources, [entry("sco", None), entry("rats", "sco"), entry("council", "rats"), entry("un", None)])
    assert found.sources_by_country == {"ru": ("k", "t")}
    assert found.sources_by_class == {"official": ("k",), "wire": ("t",), "": ("x",)}
    asked = parse("tag:rats,rat tag!:nato src:x,y from:ru,us kind:body,person class:state lang:qq -(src:z OR story:9)")
    missing = ("tag:rat", "tag!:nato", "src:y", "from:us", "kind:person", "src:z")
    assert unknown(asked.root, found) == missing
    assert unknown(asked.root, vocabulary([], [])) == ("tag:rats", "tag:rat", "tag!:nato", "kind:body", "kind:person")
    assert found.with_descendants("sco") == ("sco", "rats", "council")
    assert found.with_descendants("nobody") == ("nobody",)
    assert found.entries_by_priority == {"1": ("sco", "rats", "council", "un")}
    assert Vocabulary(children={"a": ("b",), "b": ("a",)}).with_descendants("a") == ("a", "b")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("bank from:in", "mea daily", id="country"),
        pytest.param("bank from:in class:official", "mea", id="country-and-class"),
        pytest.param("bank (src:mea OR class:wire)", "mea wire", id="one-or-the-other"),
        pytest.param("from:in,ru -class:official", "daily wire", id="what-is-left-out-is-not-asked-for"),
        pytest.param("from:in OR bank", None, id="others-can-answer"),
        pytest.param("tag:sco bank", None, id="any"),
        pytest.param("from:uz", "", id="nobody"),
    ],
)
def test_the_sources_that_alone_can_answer(text: str, asked: str | None) -> None:
    listed = (
        ("mea", "in", "official"),
        ("daily", "in", "independent"),
        ("wire", "ru", "wire"),
        ("mid", "ru", "official"),
    )
    sources = [Source(id=i, name=i, kind="feed", addresses=(), country=c, ownership=o) for i, c, o in listed]
    found = asked_of(parse(text).root, sources)
    assert (found and " ".join(one.id for one in found)) == (asked if asked != "" else ())
