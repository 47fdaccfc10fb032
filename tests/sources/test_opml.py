"""OPML in and out."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest

from monitor.errors import InputError
from monitor.sourcelist import read_sources, to_yaml
from monitor.types import Address, Login, Paths, Selectors, Source
from sources import opml
from sources.addresses import networks

SHARED = Path(__file__).resolve().parents[3] / "shared"

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>desk</title></head><body>
 <outline text="Agencies"><outline text="Central Asia">
  <outline type="rss" text="Кабар" title="Кабар" xmlUrl="https://kabar.example/rss"
   htmlUrl="https://kabar.example/" language="ru-KG"/>
 </outline></outline>
 <outline type="rss" text="新华社" xmlUrl="https://xinhua.example/rss"/>
 <outline type="rss" text="Wire" xmlUrl="https://wire.example/a"/>
 <outline type="rss" text="Wire" xmlUrl="https://wire.example/b"/>
 <outline type="rss" text="Wire again" xmlUrl="https://wire.example/b"/>
 <outline text="a folder"/>
 <outline text="odd" xmlUrl="javascript:alert(1)"/>
 <outline text="file" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_each_feed_is_a_source_with_an_id_of_its_own() -> None:
    sources = opml.read(LIST.encode(), {"wire"})
    assert [(s.id, s.name) for s in sources] == [
        ("kabar-example", "Кабар"),
        ("xinhua-example", "新华社"),
        ("wire-2", "Wire"),
        ("wire-3", "Wire"),
    ]
    assert sources[0].languages == ("ru",)
    assert sources[0].homepage == "https://kabar.example/"


def test_what_is_written_reads_back() -> None:
    sources = opml.read(LIST.encode())
    again = opml.read(opml.write(sources))
    assert [(s.name, s.addresses, s.homepage) for s in again] == [(s.name, s.addresses, s.homepage) for s in sources]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(b"", "not OPML", id="empty"),
        pytest.param(b"<rss version='2.0'/>", "outermost", id="a feed"),
        pytest.param(b"just words", "not OPML", id="text"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body><outline text="&e;"/></body></opml>',
            "document type",
            id="external entity",
        ),
        pytest.param(b"<!doctype opml><opml/>", "document type", id="document type in lower case"),
    ],
)
def test_what_is_not_opml_is_refused_with_a_reason(body: bytes, part: str) -> None:
    with pytest.raises(InputError, match=part):
        opml.read(body)


EVERYTHING = Source(
    id="ministry.ru_1",
    name="МИД «Тест» & <Co>",
    kind="feed",
    addresses=(Address(url="https://m.example/rss?a=1&b=2", lang="ru"), Address(url="https://m.example/en", lang="en")),
    homepage="https://m.example/",
    languages=("ru", "en"),
    country="kg",
    ownership="official",
    family="house",
    priority=1,
    every=timedelta(minutes=45),
    fulltext="tagged",
    notes="First line.\nSecond line — 上合.",
    group=("Agencies", "آسیای مرکزی"),
)
OTHERS = (
    Source(
        id="page",
        name="Страница",
        kind="page",
        addresses=(
            Address(url="https://p.example/", selectors=Selectors(item="li > a[href*='x']", next=".n"), pages=3),
        ),
    ),
    Source(id="map", name="Map", kind="sitemap", addresses=(Address(url="https://s.example/news.xml"),)),
    Source(
        id="channel",
        name="频道",
        kind="telegram",
        addresses=(Address(url="https://t.me/s/desk_news", pages=2),),
        fulltext="never",
        group=("Agencies",),
    ),
    Source(
        id="answers",
        name="Answers",
        kind="api",
        addresses=(Address(url="https://a.example/v1?q=%22x%22", paths=Paths(items="data.0", title="t", url="u")),),
    ),
)


def test_nothing_that_we_know_of_a_source_is_lost() -> None:
    again = opml.read(opml.write((EVERYTHING, *OTHERS)))
    assert {source.id: source for source in again} == {source.id: source for source in (EVERYTHING, *OTHERS)}
    assert read_sources("sources:\n" + to_yaml((EVERYTHING, *OTHERS)), "x") == (EVERYTHING, *OTHERS)


def test_the_pack_goes_out_and_comes_back() -> None:
    text = (resources.files("monitor") / "packs" / "sco" / "sources.yaml").read_text(encoding="utf-8")
    sources = read_sources(text, "sources.yaml")
    assert opml.read(opml.write(sources)) == sources


def test_other_programs_find_what_they_look_for() -> None:
    from lxml import etree

    root = etree.fromstring(opml.write((EVERYTHING,)))
    headings = [o.get("text") for o in root.iter("outline") if o.get("xmlUrl") is None]
    assert headings == ["Agencies", "آسیای مرکزی"]
    (first, second) = (dict(o.attrib) for o in root.iter("outline") if o.get("xmlUrl"))
    assert {key: value for key, value in first.items() if not key.startswith("{")} == {
        "type": "rss",
        "text": EVERYTHING.name,
        "title": EVERYTHING.name,
        "xmlUrl": "https://m.example/rss?a=1&b=2",
        "htmlUrl": "https://m.example/",
        "language": "ru",
        "description": EVERYTHING.notes,
    }
    assert second["language"] == "en"


def test_mailboxes_go_neither_out_nor_in() -> None:
    """A stranger's list must not send our passwords to a stranger's server."""
    address = Address(url="imaps://m.example:993/X", login=Login(username_env="U", password_env="P"))
    box = Source(id="box", name="Box", kind="mailbox", addresses=(address,), fulltext="never")
    assert b"imaps" not in opml.write((box,))
    block = "{&quot;host&quot;: &quot;evil.example&quot;, &quot;username_env&quot;: &quot;A&quot;}"
    for kind, url in (
        ("mailbox", "imaps://evil.example/x"),
        ("mailbox", "https://evil.example/"),
        ("feed", "imaps://e/"),
    ):
        line = f'<outline text="x" xmlUrl="{url}" o:kind="{kind}" o:block="{block}"/>'
        assert opml.read(f'<opml xmlns:o="{opml.OURS}"><body>{line}</body></opml>'.encode()) == ()


def test_what_is_wrong_in_our_attributes_leaves_a_plain_feed() -> None:
    line = '<outline text="x" xmlUrl="https://a.example/" o:kind="feed" o:class="mine" o:priority="7" o:block="["/>'
    (source,) = opml.read(f'<opml xmlns:o="{opml.OURS}"><body>{line}</body></opml>'.encode())
    assert (source.kind, source.ownership, source.priority) == ("feed", None, 2)


def test_headings_and_categories_become_groups() -> None:
    sources = opml.read(LIST.encode())
    assert sources[0].group == ("Agencies", "Central Asia")
    line = '<outline text="x" xmlUrl="https://a.example/" category="/Press/Азия,/other"/>'
    (source,) = opml.read(f"<opml><body>{line}</body></opml>".encode())
    assert source.group == ("Press", "Азия")


@pytest.mark.parametrize(
    "url",
    [
        "https://[/", "https://a.example:99999/", "http:///x", "https://a b/", "https://a.example/\u202e", "ftp://a.example/",
        "https://", "//a.example/", "data:text/xml,<rss/>", "http://a.example/" + "x" * 5000,
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_end_no_import(url: str) -> None:
    from xml.sax.saxutils import quoteattr

    lines = f'<outline text="x" xmlUrl={quoteattr(url)}/><outline text="y" xmlUrl="https://y.example/"/>'
    assert [s.name for s in opml.read(f"<opml><body>{lines}</body></opml>".encode())] == ["y"]


def test_a_document_type_in_another_encoding_is_refused() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY e "y">]>'
    text += '<opml><body><outline text="&e;"/></body></opml>'
    with pytest.raises(InputError, match="document type"):
        opml.read(text.encode("utf-16"))


@pytest.mark.parametrize("name", ["opml:x", "x:opml", "o:p:m:l", "ns:"])
def test_an_outermost_element_with_a_prefix_is_no_reason_to_break_off(name: str) -> None:
    with pytest.raises(InputError, match="outermost element"):
        opml.read(f"<{name}><body/></{name}>".encode())


@pytest.mark.parametrize("half", ["&#xD800;", "&#xdfff;", "&#56320;", "&#x0000D800;"])
def test_half_a_character_costs_itself_alone(half: str) -> None:
    line = f'<outline text="Саммит 上海{half}" xmlUrl="https://a.example/"/><outline text="{half}"/>'
    (source,) = opml.read(f"<opml><body>{line}</body></opml>".encode())
    assert source.name == "Саммит 上海\ufffd"


def test_deep_and_long_lists_are_read_within_bounds() -> None:
    deep = "<opml><body>" + '<outline text="a">' * 200 + '<outline text="f" xmlUrl="https://a.example/"/>'
    (source,) = opml.read(deep.encode())
    assert len(source.group) == 8
    rows = "".join(f'<outline text="f{n}" xmlUrl="https://a.example/{n}"/>' for n in range(20_001))
    with pytest.raises(InputError, match="split it"):
        opml.read(f"<opml><body>{rows}</body></opml>".encode())


def lists() -> list[Path]:
    return sorted((SHARED / "data" / "feedlists").rglob("*.opml")) if SHARED.exists() else []


@pytest.mark.skipif(not lists(), reason="needs ../shared/data/feedlists, which is not here")
def test_public_lists_go_in_and_out_without_loss() -> None:
    for path in lists():
        sources = opml.read(path.read_bytes())
        assert sources, path
        again = {source.id: source for source in opml.read(opml.write(sources))}
        assert again == {source.id: source for source in sources}, path


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/hostile, which is not here")
def test_hostile_documents_end_in_a_list_or_a_reason() -> None:
    paths = [path for path in (SHARED / "hostile" / "xml").rglob("*") if path.is_file()]
    for path in paths:
        with suppress(InputError):
            assert all(source.addresses for source in opml.read(path.read_bytes())), path
    assert len(paths) > 40


# ---------------------------------------------------------------------------------------------- what is not taken

HERE = "and not allowed by [fetch] allow_networks"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("http://127.0.0.1/feed", f"address 127.0.0.1 is loopback {HERE}", id="loopback"),
        pytest.param("http://localhost:8080/feed", f"address 127.0.0.1 is loopback {HERE}", id="loopback-by-name"),
        pytest.param("http://a.localhost./feed", f"address 127.0.0.1 is loopback {HERE}", id="loopback-by-its-zone"),
        pytest.param("http://2130706433/", f"address 127.0.0.1 is loopback {HERE}", id="loopback-as-a-number"),
        pytest.param("http://0x7f.1/", f"address 127.0.0.1 is loopback {HERE}", id="loopback-in-hexadecimal"),
        pytest.param("http://10.1.2.3/", f"address 10.1.2.3 is private {HERE}", id="private"),
        pytest.param("http://[fd00::1]/", f"address fd00::1 is private {HERE}", id="private-v6"),
        pytest.param("http://169.254.169.254/", f"address 169.254.169.254 is link-local {HERE}", id="link-local"),
        pytest.param("http://[::ffff:10.1.2.3]/", f"is an IPv4 address in disguise {HERE}", id="disguise"),
        pytest.param("file:///etc/passwd", "only http and https URLs are fetched", id="file"),
        pytest.param("/etc/passwd", "only http and https URLs are fetched", id="path"),
        pytest.param("javascript:alert(1)", "only http and https URLs are fetched", id="script"),
        pytest.param("gopher://x", "only http and https URLs are fetched", id="gopher"),
        pytest.param("https://[/", "URL has no valid host", id="no-host"),
        pytest.param("https://reader:secret@a.example/x", "URL has a user name in it", id="password"),
    ],
)
@pytest.mark.parametrize("name", ["Агентство", "通讯社", "وكالة", "Agency"])
def test_an_address_that_is_never_fetched_is_not_taken_and_told(name: str, url: str, why: str) -> None:
    lines = f'<outline text="{name}" xmlUrl="{url}"/><outline text="y" xmlUrl="https://y.example/"/>'
    found = opml.subscriptions(f"<opml><body>{lines}</body></opml>".encode(), allowed=())
    assert [source.name for source in found.sources] == ["y"]
    ((shown, told),) = found.refused
    assert told.endswith(why)
    assert "secret" not in shown
    assert shown.rpartition("@")[2] in url


def test_what_the_settings_allow_is_taken() -> None:
    lines = '<outline text="x" xmlUrl="http://127.0.0.1/"/><outline text="y" xmlUrl="http://10.0.0.1/"/>'
    found = opml.subscriptions(f"<opml><body>{lines}</body></opml>".encode(), allowed=networks(["127.0.0.0/8"]))
    assert [source.name for source in found.sources] == ["x"]
    assert [url for url, _ in found.refused] == ["http://10.0.0.1/"]


def test_headings_and_links_are_nothing_that_was_refused() -> None:
    lines = '<outline text="Agencies"><outline text="x" type="link" url="http://10.0.0.1/"/></outline>'
    assert opml.subscriptions(f"<opml><body>{lines}</body></opml>".encode(), allowed=()) == opml.Subscriptions(
        sources=()
    )


def test_a_mailbox_of_a_list_is_told_as_left_out() -> None:
    line = '<outline text="x" xmlUrl="imaps://evil.example/x" o:kind="mailbox"/>'
    found = opml.subscriptions(f'<opml xmlns:o="{opml.OURS}"><body>{line}</body></opml>'.encode())
    assert found.refused == (("imaps://evil.example/x", "sources of kind 'mailbox' come from no list of others"),)


def test_one_address_in_many_writings_is_one_source() -> None:
    urls = (
        "https://A.example/feed",
        "https://a.example:443/feed",
        "https://a.example/feed#top",
        "https://a.example/Feed",
    )
    lines = "".join(f'<outline text="x" xmlUrl="{url}"/>' for url in urls)
    assert len(opml.read(f"<opml><body>{lines}</body></opml>".encode())) == 2


@pytest.mark.parametrize("page", ["javascript:alert(1)", "file:///etc/passwd", "https://[/", "about", ""])
def test_a_home_page_that_is_no_web_address_is_left_out(page: str) -> None:
    line = f'<outline text="x" xmlUrl="https://a.example/" htmlUrl="{page}"/>'
    assert [s.homepage for s in opml.read(f"<opml><body>{line}</body></opml>".encode())] == [None]


@pytest.mark.parametrize(
    ("outline", "url"),
    [
        pytest.param(
            'text="A & B" xmlUrl="https://x.example/rss?a=1&b=2"', "https://x.example/rss?a=1&b=2", id="bare &"
        ),
        pytest.param('text="A" xmlUrl="feed://x.example/rss"', "http://x.example/rss", id="feed:"),
        pytest.param('text="A" xmlUrl="feed:https://x.example/rss"', "https://x.example/rss", id="feed:https:"),
        pytest.param('text="A" type="rss" url="https://x.example/rss"', "https://x.example/rss", id="url of a feed"),
        pytest.param('text="A" type="link" url="https://x.example/"', None, id="url of a page"),
        pytest.param('text="A" XMLURL=" https://x.example/rss "', "https://x.example/rss", id="capitals and spaces"),
        pytest.param('text="A" xmlUrl="feed:javascript:x"', None, id="feed: of a script"),
    ],
)
def test_addresses_as_other_programs_write_them(outline: str, url: str | None) -> None:
    sources = opml.read(f'<opml version="1.0"><body><outline {outline}/></body></opml>'.encode())
    assert [source.addresses[0].url for source in sources] == ([url] if url else [])
