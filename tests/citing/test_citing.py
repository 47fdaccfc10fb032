"""References: what stands in them, and that nothing a stranger wrote ends a field."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from monitor.citing.bibtex import bibtex
from monitor.citing.chicago import chicago
from monitor.citing.cited import one_line
from monitor.citing.csl import csl_json, item
from monitor.citing.markdown import markdown
from monitor.citing.names import Name, authors
from monitor.citing.ris import ris
from monitor.citing.tables import cell, csv_lines
from tests.citing.made import OUTLET, cited

NAMES: dict[str, tuple[tuple[str, ...], tuple[Name, ...]]] = {
    "nobody: the outlet": ((), (Name("Asia Wire"),)),
    "a person": (("Jane Doe",), (Name("Doe", "Jane"),)),
    "with an initial": (("Jane A. Doe",), (Name("Doe", "Jane A."),)),
    "initials": (("J. A. Doe",), (Name("Doe", "J. A."),)),
    "accents and hyphens": (("Élise O'Brien-Núñez",), (Name("O'Brien-Núñez", "Élise"),)),
    "turned": (("Doe, Jane",), (Name("Doe", "Jane"),)),
    "two in one": (("Jane Doe and John Roe",), (Name("Doe", "Jane"), Name("Roe", "John"))),
    "three in one": (("Jane Doe, Al Roe and Ann Poe",), (Name("Doe", "Jane"), Name("Roe", "Al"), Name("Poe", "Ann"))),
    "one twice": (("Jane Doe", "Jane Doe"), (Name("Doe", "Jane"),)),
    "the outlet itself": (("ASIA WIRE",), (Name("ASIA WIRE"),)),
    "a desk of the outlet": (("Asia Wire Astana",), (Name("Asia Wire Astana"),)),
    "an agency": (("Associated Press",), (Name("Associated Press"),)),
    "an abbreviation": (("AFP",), (Name("AFP"),)),
    "a body with an and": (("Ministry of Trade and Industry",), (Name("Ministry of Trade and Industry"),)),
    "Chinese, family first": (("Su Xincheng",), (Name("Su Xincheng"),)),
    "Chinese, family last": (("Yuxi Liu",), (Name("Liu", "Yuxi"),)),
    "Korean, family first": (("Park Jae-hyuk",), (Name("Park Jae-hyuk"),)),
    "two names joined": (("Doe-Roe, Anne-Marie",), (Name("Doe-Roe", "Anne-Marie"),)),
    "three names stay whole": (("Gabriel García Márquez",), (Name("Gabriel García Márquez"),)),
    "Cyrillic stays whole": (("Иван Петров",), (Name("Иван Петров"),)),
    "Han": (("王毅",), (Name("王毅"),)),
    "Arabic script": (("عباس عراقچی",), (Name("عباس عراقچی"),)),
    "lines and blanks": (("Jane\n Doe", " "), (Name("Doe", "Jane"),)),
}  # fmt: skip


@pytest.mark.parametrize(("given", "names"), NAMES.values(), ids=NAMES)
def test_authors(given: tuple[str, ...], names: tuple[Name, ...]) -> None:
    assert authors(cited(authors=given)) == names


def test_where_the_family_comes_first_names_stay_whole() -> None:
    chinese = replace(OUTLET, country="cn")
    assert authors(cited(source=chinese, authors=("Wang Wei",))) == (Name("Wang Wei"),)
    assert authors(cited(source=None, authors=(), source_id=None)) == ()


LINES_OF = {
    "line breaks": ("a\r\nb\u2028c\td", "a b c d"),
    "direction": ("a\u202eb\u2066c", "abc"),
    "soft hyphen": ("sum\u00admit", "summit"),
    "Persian keeps its joiners apart": ("راه\u200cآهن", "راه\u200cآهن"),
    "blanks of other widths": ("a\u00a0b\u3000c", "a b c"),
    "Han": ("上合 组织", "上合 组织"),
}


@pytest.mark.parametrize(("text", "line"), LINES_OF.values(), ids=LINES_OF)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


# ---------------------------------------------------------------------------------------------- BibTeX


def read_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Entries by key, read as BibTeX does: by counting braces."""
    found: dict[str, dict[str, str]] = {}
    for entry in re.split(r"^@online", text, flags=re.MULTILINE)[1:]:
        depth, pieces, start = 0, [], 0
        for at, char in enumerate(entry):
            depth += {"{": 1, "}": -1}.get(char, 0)
            assert depth >= 0
            if (char == "," and depth == 1) or depth == 0:
                pieces.append(entry[start:at].strip())
                start = at + 1
            if depth == 0:
                assert entry[at + 1 :].strip() == ""
                break
        key, *fields = pieces
        found[key.removeprefix("{").strip()] = {
            name.strip(): value.strip()[1:-1] for name, _, value in (field.partition("=") for field in fields)
        }
        assert depth == 0
    return found


HOSTILE = {
    "brackets that are not closed": "a { b",
    "brackets that are not open": "a } b}}, url = {http://evil",
    "commands": r"\input{/etc/passwd} \write18",
    "signs": "100% of $5 & #1 a_b ~ ^",
    "lines": "one\r\nER  - \r\nTY  - BOOK\r\n@online{x,",
    "direction and control": "a\u202eb\x07c\u2028d",
    "scripts": "Токаев, 上合组织, اجلاس سازمان, Erdoğan",
    "end of a field": '", author = "me"',
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_bibtex_is_whole_whatever_stands_in_it(title: str) -> None:
    one = cited(title=title, authors=(title,), url=f"https://a.example/{title}", lang="ru")
    found = read_bibtex("".join(bibtex([one, cited(8)])))
    assert list(found) == ["asia-wire-20261120-7", "asia-wire-20261120-8"]
    assert list(found["asia-wire-20261120-7"]) == [
        "author", "title", "organization", "date", "year", "url", "urldate", "language", "keywords", "note",
    ]  # fmt: skip


def test_bibtex_fields() -> None:
    (fields,) = read_bibtex(
        "".join(bibtex([cited(title="5% of {SCO}_bank", authors=("Jane Doe", "Bakhtar News"))]))
    ).values()
    assert fields == {
        "author": "Doe, Jane and {Bakhtar News}",
        "title": r"{5\% of {\textbraceleft}SCO{\textbraceright}\_bank}",
        "organization": "Asia Wire",
        "date": "2026-11-20",
        "year": "2026",
        "url": "https://wire.example/7",
        "urldate": "2026-11-21",
        "language": "en",
        "keywords": "sco, sco-rats",
        "note": "First seen 2026-11-20 07:05 UTC; archived 2026-11-21 08:10 UTC",
    }


def test_what_nobody_said_is_left_out() -> None:
    bare = cited(source=None, source_id=None, published_at=None, lang=None, tags=())
    (fields,) = read_bibtex("".join(bibtex([bare]))).values()
    assert set(fields) == {"title", "url", "urldate", "note"}
    assert [line[:2] for line in "".join(ris([bare])).split("\r\n")] == [
        "TY",
        "ID",
        "TI",
        "UR",
        "Y2",
        "N1",
        "ER",
        "",
        "",
    ]
    assert set(item(bare)) == {"id", "type", "title", "accessed", "URL", "note"}
    assert "n.d." not in chicago(cited())
    assert chicago(bare).startswith("“Ministers meet.” n.d. https://")


# ---------------------------------------------------------------------------------------------- RIS, CSL-JSON


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_ris_has_one_value_a_line(title: str) -> None:
    text = "".join(ris([cited(title=title, authors=(title,), tags=(title,)), cited(8)]))
    lines = text.split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line) for line in lines if line)
    assert [line for line in lines if line[:2] in ("TY", "ER")] == ["TY  - NEWS", "ER  - "] * 2
    assert "\n" not in text.replace("\r\n", "")


def test_ris_fields() -> None:
    official = replace(OUTLET, ownership="official", name="Акорда")
    assert "".join(ris([cited(source=official, title="Саммит", lang="ru")])).split("\r\n") == [
        "TY  - ELEC", "ID  - asia-wire-20261120-7", "AU  - Акорда", "TI  - Саммит", "T2  - Акорда", "PB  - Акорда",
        "PY  - 2026", "DA  - 2026/11/20/", "UR  - https://wire.example/7", "Y2  - 2026/11/21/", "LA  - ru",
        "KW  - sco", "KW  - sco-rats", "N1  - First seen 2026-11-20 07:05 UTC; archived 2026-11-21 08:10 UTC",
        "ER  - ", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize("many", [0, 1, 3])
def test_csl_is_one_list(many: int) -> None:
    found = json.loads("".join(csl_json(cited(n, title=title) for n, title in enumerate([*HOSTILE.values()][:many]))))
    assert [one["id"] for one in found] == [f"asia-wire-20261120-{n}" for n in range(many)]


def test_csl_item() -> None:
    assert item(cited(title="上合组织峰会", authors=("Jane Doe", "新华社"), lang="zh")) == {
        "id": "asia-wire-20261120-7",
        "type": "article-newspaper",
        "title": "上合组织峰会",
        "author": [{"family": "Doe", "given": "Jane"}, {"literal": "新华社"}],
        "container-title": "Asia Wire",
        "publisher": "Asia Wire",
        "issued": {"date-parts": [[2026, 11, 20]]},
        "accessed": {"date-parts": [[2026, 11, 21]]},
        "URL": "https://wire.example/7",
        "language": "zh",
        "keyword": "sco, sco-rats",
        "note": "First seen 2026-11-20 07:05 UTC; archived 2026-11-21 08:10 UTC",
    }


# ---------------------------------------------------------------------------------------------- Chicago, Markdown

END = " https://wire.example/7. First seen November 20, 2026, 07:05 UTC; archived November 21, 2026, 08:10 UTC."
LINES = {
    "the outlet wrote it": ({}, "“Ministers meet.” Asia Wire, November 20, 2026."),
    "a person": ({"authors": ("Jane Doe",)}, "Doe, Jane. “Ministers meet.” Asia Wire, November 20, 2026."),
    "two": (
        {"authors": ("Jane Doe", "Al Roe"), "title": "?"},
        "Doe, Jane, and Al Roe. “?” Asia Wire, November 20, 2026.",
    ),
    "an initial": ({"authors": ("Doe, Jane A.",), "title": "?"}, "Doe, Jane A. “?” Asia Wire, November 20, 2026."),
    "a question": ({"title": "Who met?"}, "“Who met?” Asia Wire, November 20, 2026."),
    "quotes inside": ({"title": 'He said "yes" to “all”'}, "“He said ‘yes’ to ‘all’.” Asia Wire, November 20, 2026."),
    "Russian": ({"title": "«Саммит» ШОС"}, "“«Саммит» ШОС.” Asia Wire, November 20, 2026."),
    "Chinese": ({"title": "谁开会？"}, "“谁开会？” Asia Wire, November 20, 2026."),
    "Persian": ({"title": "اجلاس؟"}, "“اجلاس؟” Asia Wire, November 20, 2026."),
    "no date": ({"published_at": None}, "“Ministers meet.” Asia Wire, n.d."),
    "no title": ({"title": ""}, "Asia Wire, November 20, 2026."),
}


@pytest.mark.parametrize(("changed", "line"), LINES.values(), ids=LINES)
def test_chicago(changed: dict[str, object], line: str) -> None:
    assert chicago(cited(**changed)) == line + END


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_line_is_one_line(title: str) -> None:
    assert len(chicago(cited(title=title)).splitlines()) == 1
    assert len("".join(markdown([cited(title=title, tags=(title,))])).splitlines()) == 1


def test_markdown() -> None:
    shown = "".join(markdown([cited(title="[x](javascript:1) <b> *a* `c`", url="https://a.example/(1)?a=b&c=<d>")]))
    assert shown == (
        "- 2026-11-20 [\\[x\\](javascript:1) \\<b\\> \\*a\\* \\`c\\`](https://a.example/%281%29?a=b&c=%3Cd%3E)"
        " — Asia Wire (wire, kz), first seen 2026-11-20 07:05 UTC; sco, sco-rats\n"
    )
    assert "](" not in "".join(markdown([cited(url="javascript:alert(1)")]))


# ---------------------------------------------------------------------------------------------- tables

CELLS = {
    "formula": ("=1+1", "'=1+1"),
    "plus": ("+1", "'+1"),
    "minus": ("-2", "'-2"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "tab": ("\t=1", "'\t=1"),
    "carriage return": ("\r=1", "'\r=1"),
    "line feed": ("\n=1", "'\n=1"),
    "blanks first": ("  =1", "'  =1"),
    "full width": ("＝1", "'＝1"),
    "minus of typography": ("−1", "'−1"),
    "a dash is no minus": ("— Токаев", "— Токаев"),
    "plain": ("a = b", "a = b"),
    "Han": ("上合=1", "上合=1"),
    "empty": ("", ""),
    "nothing": (None, ""),
    "number": (-7, -7),
    "list": (["=a"], '["=a"]'),
}


@pytest.mark.parametrize(("value", "shown"), CELLS.values(), ids=CELLS)
def test_no_cell_is_a_formula(value: object, shown: object) -> None:
    assert cell(value) == shown


def test_a_table_is_read_back_as_it_was() -> None:
    rows = [{"id": 1, "title": 'a "b", c\nd'}, {"id": 2, "title": "上合"}]
    text = "".join(csv_lines(rows, ("id", "title")))
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert found == [{"id": "1", "title": 'a "b", c\nd'}, {"id": "2", "title": "上合"}]
