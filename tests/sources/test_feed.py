"""Feeds as entries: formats, encodings, and what publishers get wrong."""

from __future__ import annotations

import base64
import gzip
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Entry
from sources import feed

URL = "https://news.example/rss/all.xml"
ADDRESS = Address(url=URL)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read(body: bytes | str, content_type: str | None = None, lang: str | None = None) -> tuple[Entry, ...]:
    data = body.encode() if isinstance(body, str) else body
    return feed.read(data, content_type, Address(url=URL, lang=lang), URL, NOW).entries


def rss(items: str, head: str = "") -> str:
    return f"<rss version='2.0'><channel><title>News</title>{head}{items}</channel></rss>"


RSS20 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>News</title><language>ru-RU</language>
<item><title>Саммит ШОС открылся в Бишкеке</title><link>https://news.example/2026/11/20/summit</link>
<guid isPermaLink="false">n-1</guid><pubDate>Fri, 20 Nov 2026 12:30:00 +0600</pubDate><dc:creator>Айгуль Т.</dc:creator>
<description>&lt;p&gt;Лиды &amp;mdash; кратко.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Первый абзац.</p><script>x()</script><p>Второй&nbsp;абзац.</p>]]></content:encoded></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN" xml:base="https://news.example/a/">
<title>新闻</title><entry><id>tag:news.example,2026:1</id><title type="text">上海合作组织峰会 &lt;b&gt;</title>
<link rel="self" href="self.xml"/><link rel="alternate" href="../n/1.html"/>
<published>2026-11-20T08:00:00+08:00</published><updated>2026-11-20T10:00:00Z</updated>
<author><name>记者甲</name></author><author><name>记者乙</name></author>
<summary type="html">&lt;b&gt;摘要&lt;/b&gt;</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>第一段。</p><p>第二段。</p></div></content>
</entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>اخبار</title></channel>
<item rdf:about="https://news.example/1"><title>اجلاس سازمان همکاری شانگهای</title><link>https://news.example/1</link>
<description>متن</description><dc:date>2026-11-20T10:00:00+03:30</dc:date></item></rdf:RDF>"""

RSS091 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Old</title>
<language>en</language><item><title>Caf&eacute; talks</title>
<link>/story?id=7&amp;lang=en</link><description>In short</description></item>
</channel></rss>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "authors": [{"name": "The desk"}],
        "items": [
            {
                "id": 17,
                "url": "/n/17",
                "title": "Talks &amp; trade",
                "content_html": "<p>One.</p><p>Two.</p>",
                "summary": "Short",
                "date_published": "2026-11-20T10:00:00+05:00",
            },
            {"id": "18", "external_url": "https://other.example/18", "content_text": "Text", "author": {"name": "A"}},
            "nonsense",
        ],
    }
)


def test_rss_2_0() -> None:
    assert read(RSS20) == (
        Entry(
            guid="n-1",
            url="https://news.example/2026/11/20/summit",
            title="Саммит ШОС открылся в Бишкеке",
            summary="Лиды — кратко.",
            content="Первый абзац.\nВторой абзац.",
            authors=("Айгуль Т.",),
            published_at=datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
            lang="ru",
        ),
    )


def test_atom() -> None:
    assert read(ATOM) == (
        Entry(
            guid="tag:news.example,2026:1",
            url="https://news.example/n/1.html",
            title="上海合作组织峰会 <b>",
            summary="摘要",
            content="第一段。\n第二段。",
            authors=("记者甲", "记者乙"),
            published_at=datetime(2026, 11, 20, tzinfo=UTC),
            lang="zh",
        ),
    )


def test_rss_1_0() -> None:
    (entry,) = read(RDF)
    assert (entry.title, entry.url) == ("اجلاس سازمان همکاری شانگهای", "https://news.example/1")
    assert entry.published_at == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def test_rss_0_91_with_its_doctype_and_a_relative_link() -> None:
    (entry,) = read(RSS091)
    assert (entry.title, entry.url, entry.lang) == ("Café talks", "https://news.example/story?id=7&lang=en", "en")
    assert (entry.guid, entry.published_at) == (None, None)


def test_json_feed() -> None:
    first, second = read(JSON_FEED, "application/feed+json")
    assert first == Entry(
        guid="17",
        url="https://news.example/n/17",
        title="Talks & trade",
        summary="Short",
        content="One.\nTwo.",
        authors=("The desk",),
        published_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
        lang="en",
    )
    assert (second.url, second.content, second.authors) == ("https://other.example/18", "Text", ("A",))


# ---------------------------------------------------------------------------------------------- encodings

TITLES = {
    "cyrillic": "Саммит Шанхайской организации сотрудничества прошёл в Бишкеке",
    "han": "上海合作组织成员国元首理事会会议在比什凯克举行",
    "arabic": "قمة منظمة شنغهاي للتعاون تنعقد في بيشكك",
    "latin": "Élysée: sommet de l’Organisation de coopération de Shanghai",
}


def _in(codec: str, title: str, declared: str | None) -> bytes:
    prolog = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    return (prolog + rss(f"<item><title>{title}</title><link>https://x.example/1</link></item>")).encode(codec)


@pytest.mark.parametrize(
    ("codec", "title", "declared", "content_type"),
    [
        pytest.param("cp1251", "cyrillic", "windows-1251", None, id="windows-1251 by prolog"),
        pytest.param("cp1251", "cyrillic", None, "text/xml; charset=windows-1251", id="windows-1251 by header"),
        pytest.param("cp1251", "cyrillic", "utf-8", "text/xml; charset=windows-1251", id="header against prolog"),
        pytest.param("cp1251", "cyrillic", "windows-1251", "text/xml; charset=utf-8", id="a header that is wrong"),
        pytest.param("koi8-r", "cyrillic", "KOI8-R", None, id="koi8-r"),
        pytest.param("gb18030", "han", "gb2312", None, id="gb18030 called gb2312"),
        pytest.param("gb18030", "han", "GB18030", None, id="gb18030"),
        pytest.param("gbk", "han", None, "application/xml; charset=gbk", id="gbk by header"),
        pytest.param("cp1256", "arabic", "windows-1256", None, id="windows-1256"),
        pytest.param("cp1252", "latin", "iso-8859-1", None, id="windows-1252 called latin-1"),
        pytest.param("utf-8-sig", "cyrillic", "windows-1251", None, id="byte order mark against prolog"),
        pytest.param("utf-8", "han", None, None, id="utf-8 and nothing said"),
        pytest.param("utf-8", "arabic", "utf-16", None, id="utf-8 called utf-16"),
        pytest.param("utf-8", "cyrillic", "unicode_escape", None, id="a codec of Python's own"),
        pytest.param("utf-8", "cyrillic", None, "text/xml; charset=undefined", id="a codec that only raises"),
        pytest.param("utf-8", "cyrillic", "nonsense", "text/xml; charset=\u0000", id="no encoding at all"),
        pytest.param("utf-16", "han", "utf-16", None, id="utf-16"),
        pytest.param("utf-16-be", "cyrillic", "utf-16", None, id="utf-16 without mark"),
        pytest.param("utf-32", "arabic", "utf-32", None, id="utf-32"),
    ],
)
def test_encodings(codec: str, title: str, declared: str | None, content_type: str | None) -> None:
    (entry,) = read(_in(codec, TITLES[title], declared), content_type)
    assert entry.title == TITLES[title]


@pytest.mark.parametrize("script", TITLES)
def test_one_damaged_byte_does_not_spoil_the_rest(script: str) -> None:
    body = _in("utf-8", TITLES[script] + " #", "utf-8").replace(b" #", b" \xe9")
    (entry,) = read(body)
    assert entry.title == TITLES[script] + " \ufffd"


# ---------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "empty answer", id="nothing"),
        pytest.param(b" \n\t", "empty answer", id="blank"),
        pytest.param(b"\x12", "not a feed", id="one control character"),
        pytest.param(b"<!DOCTYPE html><html><body>Log in</body></html>", "an HTML page, not a feed", id="login page"),
        pytest.param(b"<opml version='2.0'><body><outline/></body></opml>", "an OPML list, not a feed", id="OPML"),
        pytest.param(b"<urlset xmlns='x'><url/></urlset>", "a sitemap, not a feed", id="sitemap"),
        pytest.param(gzip.compress(RSS20.encode()), "a compressed file, not a feed", id="gzip file"),
        pytest.param(b"%PDF-1.7 ...", "a PDF document, not a feed", id="PDF"),
        pytest.param(b"just words", "not a feed", id="words"),
        pytest.param(bytes(range(256)) * 8, "not a feed", id="bytes"),
        pytest.param(b"<rss version='2.0'><channel><title>News</ti", "not a feed: ", id="cut off before an item"),
        pytest.param(b'{"items": 3}', "JSON without a list", id="other JSON"),
        pytest.param(b'{"items": [', "JSON that cannot be read", id="broken JSON"),
        pytest.param(b"[" * 100_000, "JSON", id="deep JSON"),
        pytest.param(b"http://169.254.169.254/latest/meta-data", "not a feed", id="a URL is not followed"),
        pytest.param(b"/etc/passwd", "not a feed", id="a path is not opened"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        read(body)


def test_a_feed_without_items_is_empty() -> None:
    assert read(rss("")) == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<item><title>A & B</title></item>", id="bare ampersand"),
        pytest.param("<item><title>A\x0b B</title></item>", id="control character"),
        pytest.param("<item><title>A</title><description><b>x</description></item>", id="unclosed element"),
        pytest.param("<item><title>A</title><x:y>z</x:y></item>", id="unknown prefix"),
        pytest.param(
            "<item><title>A &#xD800; &#1114112; &#0; &#99999999999;</title></item>", id="references to nothing"
        ),
        pytest.param("<item><title>A &nosuch;</title></item>", id="unknown entity"),
        pytest.param("<item><title>A&nbsp;&ndash;&nbsp;b</title></item>", id="an entity of HTML"),
    ],
)
def test_faults_of_the_markup_lose_no_item(body: str) -> None:
    entries = read(rss(body + "<item><title>Last</title></item>"))
    assert [entry.title[:1] for entry in entries] == ["A", "L"]


@pytest.mark.parametrize(
    ("tail", "titles"),
    [
        pytest.param("<item><title>Two</title><description>cut of", ["One"], id="within an item"),
        pytest.param("<item><title>Two</title></item>", ["One", "Two"], id="between items"),
        pytest.param("<item><title>Two</title></item></channel></rss>", ["One", "Two"], id="whole"),
    ],
)
def test_the_last_item_of_a_cut_off_feed_is_left_for_next_time(tail: str, titles: list[str]) -> None:
    entries = read("<rss version='2.0'><channel><item><title>One</title></item>" + tail)
    assert [entry.title for entry in entries] == titles


def test_nothing_outside_the_document_is_read() -> None:
    body = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + rss("<item><title>a &x; b</title></item>")
    (entry,) = read(body)
    assert entry.title.split() in (["a", "b"], ["a", "&x;", "b"])


@pytest.mark.parametrize(
    ("link", "url"),
    [
        pytest.param("https://a.example/1", "https://a.example/1", id="absolute"),
        pytest.param("/1?a=b&amp;c=d", "https://news.example/1?a=b&c=d", id="relative"),
        pytest.param("//b.example/1", "https://b.example/1", id="scheme of the feed"),
        pytest.param("  https://a.example/\n1 ", "https://a.example/1", id="spaces"),
        pytest.param("https://a.example/новость 1", "https://a.example/новость%201", id="another script"),
        pytest.param("javascript:alert(1)", None, id="script"),
        pytest.param("data:text/html,x", None, id="data"),
        pytest.param("file:///etc/passwd", None, id="file"),
        pytest.param("http://[bad", None, id="no URL"),
        pytest.param("", None, id="empty"),
    ],
)
def test_links(link: str, url: str | None) -> None:
    (entry,) = read(rss(f"<item><title>t</title><link>{link}</link></item>"))
    assert entry.url == url


def test_a_permanent_guid_is_a_link_and_an_aggregators_detour_is_not_the_first_choice() -> None:
    body = rss(
        "<item><title>a</title><guid>https://a.example/1</guid></item>"
        "<item><title>b</title><link>https://feeds.example/~r/1</link>"
        "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://b.example/1"
        "</feedburner:origLink></item>"
    )
    assert [entry.url for entry in read(body)] == ["https://a.example/1", "https://b.example/1"]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        pytest.param("AT&amp;T &amp; Co", "AT&T & Co", id="ampersands"),
        pytest.param("Q&amp;amp;A", "Q&A", id="escaped twice"),
        pytest.param("&lt;b&gt;Bold&lt;/b&gt; news", "Bold news", id="markup"),
        pytest.param("<![CDATA[A <i>B</i>]]>", "A B", id="markup in CDATA"),
        pytest.param("1 &lt; 2", "1 < 2", id="less than"),
        pytest.param("a\n  b\tc", "a b c", id="white space"),
        pytest.param("x\u202e &#8203; y", "x\u202e \u200b y", id="invisible characters are kept"),
        pytest.param("a" * 5000, "a" * 1000, id="a novel"),
    ],
)
def test_titles(title: str, clean: str) -> None:
    (entry,) = read(rss(f"<item><title>{title}</title></item>"))
    assert entry.title == clean


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        pytest.param("Fri, 20 Nov 2026 09:00:00 GMT", datetime(2026, 11, 20, 9, tzinfo=UTC), id="plain"),
        pytest.param("Пт, 20 ноя 2026 09:00:00 +0300", datetime(2026, 11, 20, 6, tzinfo=UTC), id="Russian"),
        pytest.param("2026-02-30T00:00:00Z", None, id="a day that is none"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, id="before the web"),
        pytest.param((NOW + timedelta(days=3650)).isoformat(), None, id="in ten years"),
        pytest.param((NOW + timedelta(hours=20)).isoformat(), NOW + timedelta(hours=20), id="tomorrow"),
        pytest.param("soon", None, id="a word"),
    ],
)
def test_dates(date: str, kept: datetime | None) -> None:
    (entry,) = read(rss(f"<item><title>t</title><pubDate>{date}</pubDate></item>"), lang="ru")
    assert entry.published_at == kept


def test_the_address_knows_the_language_better_than_the_channel() -> None:
    body = rss("<item><title>t</title></item>", head="<language>en-us</language>")
    assert [read(body)[0].lang, read(body, lang="ru")[0].lang] == ["en", "ru"]


def test_the_whole_text_of_a_russian_aggregators_feed_is_found() -> None:
    (entry,) = read(
        "<rss version='2.0' xmlns:yandex='http://news.yandex.ru'><channel><item><title>t</title><description>Коротко"
        "</description><yandex:full-text>Весь текст.&lt;br/&gt;Второй абзац.</yandex:full-text></item></channel></rss>"
    )
    assert (entry.summary, entry.content) == ("Коротко", "Весь текст.\nВторой абзац.")


def test_of_too_many_entries_the_newest_are_kept_in_order() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    items = "".join(
        f"<item><title>{n}</title><pubDate>{(start + timedelta(hours=n)).isoformat()}</pubDate></item>"
        for n in range(600)
    )
    assert [entry.title for entry in read(rss(items))] == [str(n) for n in range(100, 600)]
    undated = "".join(f"<item><title>{n}</title></item>" for n in range(600))
    assert [entry.title for entry in read(rss(undated))] == [str(n) for n in range(500)]


def test_a_headline_that_its_own_markup_swallows_is_kept_as_it_came() -> None:
    swallowed = "&lt;iframe srcdoc=&quot;&amp;lt;x&amp;gt;&quot;&gt; Envoys meet"
    (entry,) = read(rss(f"<item><title>{swallowed}</title><link>http://a.example/1</link></item>"))
    assert "Envoys meet" in entry.title


#: Documents as publishers send them, one a line; `entries` says of each entry what has to come out, null: nothing.
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "feed_cases.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_read_as_publishers_send_it(case: dict[str, Any]) -> None:
    body = base64.b64decode(case["base64"]) if "base64" in case else case["body"].encode()
    now, address = datetime(2026, 6, 15, 12, tzinfo=UTC), Address(url=case["url"])
    if case["entries"] is None:
        with pytest.raises(ParseError):
            feed.read(body, case["content_type"], address, case["url"], now)
        return
    found = feed.read(body, case["content_type"], address, case["url"], now).entries
    assert "never" not in case or case["never"] not in repr(found)
    chosen = found[:1] if "first" in case else found[-1:] if "last" in case else found
    said = [json.loads(json.dumps(asdict(entry), default=_stamp, ensure_ascii=False)) for entry in chosen]
    assert [{key: entry[key] for key in want} for entry, want in zip(said, case["entries"], strict=True)] == case[
        "entries"
    ]


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("parameter", ["section=2", "copy=1", "region=kz", "lang=ru", "order=1", "a&b=c"])
@pytest.mark.parametrize("wrapped", ["{}", "<![CDATA[{}]]>"], ids=["plain", "CDATA"])
def test_a_parameter_of_a_link_is_no_sign(parameter: str, wrapped: str) -> None:
    link = f"https://news.example/story?id=1&{parameter}"
    (entry,) = read(rss(f"<item><title>AT&T & Co</title><link>{wrapped.format(link)}</link></item>"))
    assert (entry.title, entry.url) == ("AT&T & Co", link)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        pytest.param("www.news.example/1", "https://www.news.example/1", id="host without scheme"),
        pytest.param("www.html", "https://news.example/rss/www.html", id="a page of that name"),
        pytest.param("https://a.example/www.b.example/1", "https://a.example/www.b.example/1", id="archive"),
    ],
)
def test_a_host_without_its_scheme_is_no_folder(link: str, url: str) -> None:
    assert read(rss(f"<item><title>a</title><link>{link}</link></item>"))[0].url == url


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("12345", None),
        ("a1b2-c3d4", None),
        ("/n/12345", "https://news.example/n/12345"),
        ("7.html", "https://news.example/rss/7.html"),
    ],
)
def test_a_number_of_the_publishers_database_is_no_link(guid: str, url: str | None) -> None:
    assert read(rss(f"<item><title>a</title><guid>{guid}</guid></item>"))[0].url == url


def test_a_whole_text_that_is_a_file_is_no_text() -> None:
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>a</title><id>tag:a,2026:1</id>"
        "<summary>teaser</summary><content type='application/pdf'>JVBERi0xLjQgaGVyZQ==</content></entry></feed>"
    )
    (entry,) = read(body)
    assert (entry.summary, entry.content) == ("teaser", "")


@pytest.mark.parametrize("tail", ["", "<description>a < b</description>"], ids=["fast reader", "feedparser"])
def test_links_to_further_reading_are_not_the_articles(tail: str) -> None:
    related = "<yandex:related><link url='https://b.example/2'>b</link></yandex:related>"
    item = f"<item><title>a</title><link>https://news.example/1</link>{tail}{related}</item>"
    (entry,) = read(rss(item).replace("<rss", "<rss xmlns:yandex='http://news.yandex.ru'"))
    assert entry.url == "https://news.example/1"


def test_the_outlet_behind_an_aggregators_headline_is_no_part_of_it() -> None:
    item = "<item><title>Саммит ШОС - Б-ньюс</title><source url='https://b.example'>Б-ньюс</source></item>"
    assert read(rss(item))[0].title == "Саммит ШОС"
    assert read(rss(item.replace(" - ", ": ")))[0].title == "Саммит ШОС: Б-ньюс"


@pytest.mark.parametrize(
    ("said", "address", "item", "lang"),
    [(None, "ru", None, "ru"), ("en", "ru", None, "ru"), ("en", None, None, "en"), ("en", "ru", "zh-CN", "zh")],
)
def test_a_json_feed_is_in_the_language_of_its_address_unless_an_item_says_otherwise(
    said: str | None, address: str | None, item: str | None, lang: str
) -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": said,
        "items": [{"id": "1", "language": item}],
    }
    assert read(json.dumps(document), lang=address)[0].lang == lang


def test_sections_that_never_end_cost_nothing() -> None:
    started = time.process_time()
    read(rss("<item><title>a & b</title></item>") + "<![CDATA[" * 20_000)
    assert time.process_time() - started < 5
