"""The fast reader gives what feedparser gives, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.types import Address, Entry, Listing
from sources import feed, hints, lenient
from sources.languages import primary

URL = "https://news.example/feeds/all.xml"
SPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:yandex='http://news.yandex.ru'"
)


def rss(item: str, head: str = "") -> str:
    return f"<rss version='2.0' {SPACES}><channel><title>t</title>{head}<item>{item}</item></channel></rss>"


def atom(entry: str, root: str = "") -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {root}><title>t</title><entry>{entry}</entry></feed>"


def by_feedparser(text: str) -> list[Entry]:
    channel = lenient.channel(lenient.parsed(feed._usable(text), URL))
    return [feed._entry(item, channel, URL, primary(channel.lang), None) for item in channel.items]


def by_ours(text: str) -> list[Entry] | None:
    channel = feed.fast(text, URL)
    if channel is None:
        return None
    return [feed._entry(item, channel, URL, primary(channel.lang), None) for item in channel.items]


TITLE = "<title>Саммит ШОС</title>"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            rss(TITLE + "<link>/1</link><guid>7</guid><pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate>"), id="RSS"
        ),
        pytest.param(
            rss("<title>上合 &amp;mdash; 峰会</title><guid isPermaLink='false'>7</guid>"), id="entity in a title"
        ),
        pytest.param(
            rss("<title><![CDATA[قمة <b>شنغهاي</b> &nbsp;]]></title><link>https://a.example/1</link>"), id="CDATA"
        ),
        pytest.param(rss("<title>a &lt;nosuch&gt;b&lt;/nosuch&gt;</title>"), id="what looks like markup"),
        pytest.param(rss("<media:title>first</media:title>" + TITLE), id="a picture's title before"),
        pytest.param(rss(TITLE + "<media:content><media:title>x</media:title></media:content>"), id="and within"),
        pytest.param(rss("<media:group><media:title>x</media:title></media:group>"), id="and alone"),
        pytest.param(rss("<title/><dc:title>second</dc:title>"), id="an empty title before another"),
        pytest.param(rss(TITLE + "<title>another</title>"), id="two titles"),
        pytest.param(rss(TITLE + "<description>one</description><description>two</description>"), id="two summaries"),
        pytest.param(
            rss(TITLE + "<description>a</description><content:encoded>&lt;p&gt;b</content:encoded>"), id="content"
        ),
        pytest.param(rss(TITLE + "<content:encoded>&lt;p&gt;b&lt;/p&gt;</content:encoded>"), id="content alone"),
        pytest.param(rss(TITLE + "<media:description>a</media:description><description>b</description>"), id="media"),
        pytest.param(rss(TITLE + "<itunes:summary>a</itunes:summary><itunes:author>b</itunes:author>"), id="podcast"),
        pytest.param(rss(TITLE + "<yandex:full-text>весь текст</yandex:full-text>"), id="full text"),
        pytest.param(rss(TITLE + "<author>desk@a.org (The desk)</author>"), id="mail and name"),
        pytest.param(rss(TITLE + "<author>desk@a.org</author><dc:creator>А. Б.</dc:creator>"), id="two authors"),
        pytest.param(
            rss(TITLE + "<atom:link rel='alternate' href='x/2'/><link>https://a.example/1</link>"), id="two links"
        ),
        pytest.param(rss(TITLE + "<atom:link rel='self' href='https://a.example/self'/>"), id="another kind of link"),
        pytest.param(rss(TITLE + "<link>https://a.example/?a=1&amp;amp;b=2</link>"), id="a link escaped twice"),
        pytest.param(rss(TITLE + "<link>https://A.example/a/../b;c?</link>"), id="a link that urljoin changes"),
        pytest.param(rss(TITLE + "<link></link><guid>https://a.example/1</guid>"), id="an empty link and a guid"),
        pytest.param(rss(TITLE + "<guid>https://a.example/1</guid><link>https://a.example/2</link>"), id="guid first"),
        pytest.param(rss(TITLE + "<dc:date>2026-11-20</dc:date><pubDate>2026-11-19</pubDate>"), id="two dates"),
        pytest.param(rss(TITLE + "<source url='https://b.example/rss'>Б-ньюс</source>"), id="outlet"),
        pytest.param(rss("<title>caf\u00c3\u00a9</title>"), id="UTF-8 taken for Latin-1"),
        pytest.param(rss("<title>it\u0092s &#150; so</title><link>https://a.example/\u0092</link>"), id="windows-1252"),
        pytest.param(rss(TITLE, head="<language>ru-RU</language>"), id="language"),
        pytest.param(rss("<title xml:lang='kk'>Самит</title>", head="<dc:language>ru</dc:language>"), id="of a title"),
        pytest.param("\n  <?xml version='1.0' encoding='windows-1251'?>" + rss(TITLE), id="space before the prolog"),
        pytest.param(rss(TITLE).replace("version='2.0'", "version='2.0' xml:base='https://b.example/x/'"), id="base"),
        pytest.param(atom(TITLE + "<id>tag:1</id><link href='/1'/><updated>2026-11-20T10:00:00Z</updated>"), id="Atom"),
        pytest.param(
            atom("<title type='html'>&lt;b&gt;上合&lt;/b&gt;</title><id>urn:1</id>"), id="Atom, title in HTML"
        ),
        pytest.param(
            atom("<title>1 &lt; 2 &amp;amp; 3</title><link href='https://a.example/1'/>"), id="Atom, literal title"
        ),
        pytest.param(
            atom(
                "<id>1</id><content type='xhtml'>"
                "<div xmlns='http://www.w3.org/1999/xhtml'>a &lt; <p>b<br/>c</p></div></content>"
            ),
            id="Atom, XHTML",
        ),
        pytest.param(
            atom(
                "<id>1</id><author><name>记者</name><email>a@b.example</email></author><author><name>乙</name></author>"
            ),
            id="Atom, authors",
        ),
        pytest.param(
            atom(
                TITLE
                + "<source><title>Other</title><link href='https://o.example/'/><updated>2020-01-01</updated></source>"
            ),
            id="Atom, outlet",
        ),
        pytest.param(atom(TITLE, "xml:lang='zh-CN' xml:base='https://b.example/'"), id="Atom, language and base"),
        pytest.param(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
            f"{SPACES}><channel rdf:about='x'><title>t</title></channel><item rdf:about='https://a.example/1'>{TITLE}"
            "<link>https://a.example/1</link><dc:date>2026-11-20T10:00:00+03:30</dc:date></item></rdf:RDF>",
            id="RSS 1.0",
        ),
    ],
)
def test_both_readers_agree(text: str) -> None:
    ours = by_ours(text)
    assert ours is not None
    assert ours == by_feedparser(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<!DOCTYPE rss><rss><channel><item><title>a</title></item></channel></rss>", id="document type"),
        pytest.param(rss("<title>a <b>c</b></title>"), id="elements in a title"),
        pytest.param(rss("<title>a</title><item><title>b</title></item>"), id="an item in an item"),
        pytest.param(rss("<title>a</title>").replace("<item>", "<item xml:base='/x/'>"), id="a base of its own"),
        pytest.param(rss("<title>a</title><description mode='base64'>YQ==</description>"), id="base64"),
        pytest.param(rss(""), id="an item without anything"),
        pytest.param("<rss><channel><title>a</title></channel></rss>", id="no items"),
        pytest.param("<html><body><item>x</item></body></html>", id="another document"),
        pytest.param(rss("<title>a</title>")[:-9], id="cut off"),
        pytest.param(rss("<title>a < b</title>"), id="not well-formed"),
        pytest.param(rss("<x>" * 5000 + "</x>" * 5000), id="nested deeply"),
    ],
)
def test_what_is_unusual_is_left_to_feedparser(text: str) -> None:
    assert feed.fast(text, URL) is None


def test_characters_that_xml_forbids_are_no_reason_to_give_up() -> None:
    ours = by_ours(rss("<title>a\x0b &nbsp;&ndash; &#0;b&#11;</title>"))
    assert ours is not None
    assert ours[0].title == "a – \ufffdb"


def read(text: str) -> Listing:
    return feed.read(text.encode(), None, Address(url=URL), URL)


def test_the_outlet_that_an_aggregator_names_is_kept() -> None:
    (entry,) = read(rss(TITLE + "<source url='https://b.example/rss'>Б-ньюс</source>")).entries
    assert (entry.outlet, entry.outlet_url) == ("Б-ньюс", "https://b.example/rss")


def test_a_link_that_says_where_it_leads_is_unwrapped() -> None:
    link = "https://www.google.com/url?url=https://b.example/1&amp;sa=t"
    (entry,) = read(rss(f"{TITLE}<link>{link}</link>")).entries
    assert (entry.url, entry.wrapped) == ("https://b.example/1", False)


@pytest.mark.parametrize(
    ("head", "every", "skipped"),
    [
        pytest.param("", None, (), id="nothing"),
        pytest.param("<ttl>90</ttl>", timedelta(minutes=90), (), id="ttl"),
        pytest.param("<ttl>0</ttl>", None, (), id="ttl of nothing"),
        pytest.param("<sy:updatePeriod>\n hourly </sy:updatePeriod>", timedelta(hours=1), (), id="period"),
        pytest.param(
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
            (),
            id="period and frequency",
        ),
        pytest.param("<sy:updatePeriod>always</sy:updatePeriod>", None, (), id="another word"),
        pytest.param(
            "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour></skipHours>",
            None,
            (0, 7),
            id="hours",
        ),
    ],
)
def test_how_often_a_feed_wants_to_be_read(head: str, every: timedelta | None, skipped: tuple[int, ...]) -> None:
    text = rss("<title>a</title><ttl>5</ttl>", head)
    assert hints.read(text) == (every, skipped)
    listing = read(text.replace("<rss", "<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"))
    assert (listing.every, listing.skip_hours) == (every, skipped)
