"""A feed's body cut at its items, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.types import Address, Entry, Fetch, Listing
from sources import unchanged

URL = "https://news.example/rss"
ADDRESS = Address(url=URL)
ITEM = "<item><title>Саммит {0}</title><link>https://news.example/{0}</link></item>"


def fetched(body: str | bytes, content_type: str | None = None) -> Fetch:
    data = body.encode() if isinstance(body, str) else body
    return Fetch(url=URL, outcome="ok", final_url=URL, body=data, content_type=content_type)


def rss(items: str, head: str = "") -> str:
    return f"<rss version='2.0'><channel><title>News</title>{head}{items}</channel></rss>"


TWO = ITEM.format(1) + "\n  " + ITEM.format(2)


@pytest.mark.parametrize(
    ("body", "items"),
    [
        pytest.param(rss(TWO), 2, id="RSS"),
        pytest.param("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id></entry></feed>", 1, id="Atom"),
        pytest.param(
            "<rdf:RDF><channel><items><rdf:li/></items></channel><item rdf:about='1'>上合</item></rdf:RDF>", 1, id="RDF"
        ),
        pytest.param(rss("<item><description><![CDATA[<!-- a --><b>قمة</b>]]></description></item>"), 1, id="CDATA"),
        pytest.param(rss("<!-- two --><item>1</item>"), 1, id="a comment before the items"),
        pytest.param(rss("<item>1</item>  <item>2</item>") + "<!-- served in 3 ms -->", 2, id="a comment at the end"),
        pytest.param(rss("<item>" + "x" * 50_000 + "</item>"), 1, id="long"),
    ],
)
def test_bodies_that_are_cut(body: str, items: int) -> None:
    parts = unchanged.cut(fetched(body), ADDRESS)
    assert parts is not None
    assert len(parts.items) == items
    whole = parts.body(range(items)).decode()
    assert "".join(whole.split()) == "".join(body.split())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(""), id="no items"),
        pytest.param("{}", id="JSON"),
        pytest.param(rss("<item><description><![CDATA[ </item><item> ]]></description></item>"), id="end within CDATA"),
        pytest.param(rss("<item><!-- </item> --></item>"), id="end within a comment"),
        pytest.param(rss("<!-- <item>old</item> --><item>1</item>"), id="item within a comment"),
        pytest.param(rss("<item>1</item><x/><item>2</item>"), id="something between"),
        pytest.param(rss("<item>1</item>words<item>2</item>"), id="text between"),
        pytest.param(rss("<item>1<item>2</item></item>"), id="one within the other"),
        pytest.param(rss("<item/><item>2</item>"), id="an empty element"),
        pytest.param(rss("<item>1</item ><item>2</item>"), id="another spelling of the end"),
        pytest.param(rss("<item>1</item><item>2"), id="cut off"),
        pytest.param("<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss("<item>&a;</item>"), id="entities"),
        pytest.param(rss("<item>x</item>" * 501), id="too many"),
        pytest.param(rss(TWO).encode("utf-16"), id="UTF-16"),
        pytest.param(rss(TWO).encode("utf-16-be"), id="UTF-16 without mark"),
        pytest.param(rss("<item>峰会</item>").encode("iso2022_jp", "replace") + b"\x1b(B", id="ISO-2022"),
    ],
)
def test_bodies_that_are_not_cut(body: str | bytes) -> None:
    assert unchanged.cut(fetched(body), ADDRESS) is None


def listing(*numbers: int) -> Listing:
    return Listing(
        entries=tuple(
            Entry(
                guid=f"g{n}",
                url=f"https://news.example/{n}",
                title=f"t{n}",
                published_at=datetime(2026, 1, n, tzinfo=UTC),
            )
            for n in numbers
        )
    )


def test_what_is_remembered_is_bounded() -> None:
    parts = unchanged.cut(fetched(rss("".join(ITEM.format(n) for n in range(500)))), ADDRESS)
    assert parts is not None
    entries = tuple(Entry(guid="x" * 900, url=f"https://news.example/{n}", title="t") for n in range(500))
    assert len(unchanged.remembered(parts, Listing(entries=entries)).seen) == 16 + 500 * 26


def test_a_listing_that_does_not_fit_the_body_is_not_remembered() -> None:
    parts = unchanged.cut(fetched(rss(TWO)), ADDRESS)
    assert parts is not None
    assert unchanged.remembered(parts, listing(1, 2)).seen != b""
    assert unchanged.remembered(parts, listing(1)).seen == b""
    assert unchanged.remembered(parts, Listing(entries=(), dropped={"x": 2})).seen == b""


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 15, id="too short"),
        pytest.param(b"\x00" * 37, id="a record that is cut off"),
        pytest.param(b"\x00" * 42, id="of other surroundings"),
    ],
)
def test_what_cannot_be_remembered_is_nothing(seen: bytes) -> None:
    parts = unchanged.cut(fetched(rss(TWO)), ADDRESS)
    assert parts is not None
    assert unchanged.known(seen, parts) is None


@pytest.mark.parametrize(
    ("fetch", "address"),
    [
        pytest.param(fetched(rss(TWO), "text/xml; charset=windows-1251"), ADDRESS, id="encoding in the header"),
        pytest.param(fetched("<?xml version='1.0' encoding='KOI8-R'?>" + rss(TWO)), ADDRESS, id="in the prolog"),
        pytest.param(fetched(rss(TWO)), Address(url=URL, lang="ru"), id="language of the address"),
    ],
)
def test_what_is_said_of_the_body_decides_with_it(fetch: Fetch, address: Address) -> None:
    before, after = unchanged.cut(fetched(rss(TWO)), ADDRESS), unchanged.cut(fetch, address)
    assert before is not None
    assert after is not None
    assert unchanged.known(unchanged.remembered(before, listing(1, 2)).seen, after) is None


@pytest.mark.parametrize(
    ("body", "content_type", "certain"),
    [
        pytest.param(rss(TWO), None, True, id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + rss(TWO).encode(), None, True, id="with a mark"),
        pytest.param(rss(TWO).encode("cp1251"), "text/xml; charset=windows-1251", True, id="as the header says"),
        pytest.param(rss(TWO).encode("cp1251"), None, False, id="nothing said"),
        pytest.param(rss("<item>上合</item>").encode("gb18030"), "text/xml; charset=utf-8", False, id="a wrong header"),
        pytest.param(rss("<item>x</item>"), "text/xml; charset=nonsense", False, id="no encoding"),
    ],
)
def test_parts_are_read_alone_only_in_the_encoding_that_is_named(
    body: str | bytes, content_type: str | None, certain: bool
) -> None:
    assert unchanged.is_certain(fetched(body, content_type)) is certain
