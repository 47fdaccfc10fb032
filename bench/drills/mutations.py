"""Damaged documents without end: good feeds and pages with a few changes each, the same for the same seed. Pure."""

# ruff: noqa: E501 - documents are as long as they are

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

_NEWS = (
    ("Shanghai Cooperation Organization meets in Bishkek", "Leaders agreed on a bank of their own & a plan.", "en"),
    ("Саммит ШОС прошёл в Бишкеке", "Главы государств договорились о банке развития.", "ru"),
    ("上海合作组织峰会在比什凯克举行", "各国领导人就成立开发银行达成一致。", "zh"),
    ("قمة منظمة شنغهاي للتعاون في بيشكيك", "اتفق القادة على إنشاء مصرف للتنمية.", "ar"),
)

# what parsers stumble over, put anywhere
_TOKENS = (
    b"<", b">", b"&", b"&#xD800;", b"&#x110000;", b"&#0;", b"&nbsp;", b"&#99999999999;", b"]]>", b"<![CDATA[", b"<!--", b"-->",
    b"<?xml version='1.0' encoding='utf-7'?>", b"<?x ", b"<!DOCTYPE rss [<!ENTITY a 'b'>]>", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x1b$B", b"\x85", b"\xe2\x80\xa8", b"<item>", b"</item>", b"<entry>",
    b"</channel>", b"<div>" * 200, b"</div>" * 200, b"<a href='http://[::1'>", b"<link href='javascript:alert(1)'/>", b"<svg><p>",
    b"<table><tr><td>", b"<script>", b"<style>", b"<textarea>", b"<title>", b"<base href='//x'>", b" xmlns:a='b'", b" xml:base='http://['",
    b" xml:lang='" + b"x" * 300 + b"'", b" a='1' a='2'", b"A" * 5000, b"9" * 400, b"-1", b"1e309", b"2026-02-30", b"0000-00-00",
    b"Mon, 99 Abc 99999 99:99:99 +9999", b"\r", b"\t", b"\xe2\x80\xae", b'"', b"'", b"%00", b"\\u0000", b"\\ud800", b"null", b"[[[[", b"{}",
)  # fmt: skip


def seeds() -> list[tuple[str, bytes, str]]:
    """Good documents: (``feed``, ``page`` or another kind, body, content type)."""
    made = [("feed", _rss().encode(), "application/rss+xml; charset=utf-8")]
    made += [("feed", _rss("windows-1251").encode("windows-1251", "xmlcharrefreplace"), "application/rss+xml")]
    made += [("feed", _rss("gb18030").encode("gb18030"), "text/xml")]
    made += [("feed", _atom().encode(), "application/atom+xml"), ("feed", _rdf().encode(), "application/rdf+xml")]
    made += [("feed", _json().encode(), "application/feed+json")]
    made += [("page", _page(*news).encode(), "text/html; charset=utf-8") for news in _NEWS]
    made += [("page", _page(*_NEWS[1]).encode("koi8-r", "xmlcharrefreplace"), "text/html; charset=koi8-r")]
    made += [("telegram", _channel().encode(), "text/html; charset=utf-8"), ("api", _answer().encode(), "text/json")]
    made += [("sitemap", _sitemap().encode(), "text/xml"), ("sitemap", _sitemap_index().encode(), "text/xml")]
    made += [("mailbox", _letter(), ""), ("opml", _list().encode(), ""), ("robots", _robots().encode(), "text/plain")]
    return made


def mutate(body: bytes, others: Sequence[bytes], seed: int) -> bytes:
    """The body with one to eight changes; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        body = chance.choice(_CHANGES)(body, others, chance)[:400_000]
    return body


def _place(body: bytes, chance: random.Random) -> int:
    return chance.randrange(len(body) + 1)


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    start = _place(body, chance)
    return start, min(len(body), start + chance.choice((1, 4, 20, 200, 2000)))


def _flipped(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _n in range(chance.choice((1, 3, 30))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _removed(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def _repeated(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:end] + body[start:end] * chance.choice((1, 2, 50)) + body[end:]


def _inserted(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = _place(body, chance)
    return body[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 40)) + body[at:]


def _spliced(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    return body[: _place(body, chance)] + other[_place(other, chance) :]


def _cut(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return body[: _place(body, chance)]


def _moved(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    rest = body[:start] + body[end:]
    at = _place(rest, chance)
    return rest[:at] + body[start:end] + rest[at:]


def _renamed(body: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    words = (
        b"item",
        b"title",
        b"link",
        b"rss",
        b"channel",
        b"guid",
        b"pubDate",
        b"feed",
        b"entry",
        b"utf-8",
        b"p",
        b"html",
    )
    return body.replace(chance.choice(words), chance.choice((*words, b"x:y", b"", b"svg")), chance.choice((1, 3, -1)))


_CHANGES: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flipped, _removed, _repeated, _inserted, _inserted, _spliced, _cut, _moved, _renamed,
)  # fmt: skip


def _rss(encoding: str = "utf-8") -> str:
    items = "".join(
        f"<item xml:lang='{lang}'><title>{title}</title><link>https://news.example/{lang}/1?a=1&amp;b=2</link>"
        f"<guid isPermaLink='false'>urn:{lang}</guid><pubDate>Fri, 20 Nov 2026 10:00:00 +0600</pubDate><dc:creator>A. B.</dc:creator>"
        f"<description><![CDATA[<p>{text}</p><img src='/a.png'>]]></description><content:encoded>&lt;p&gt;{text.replace('&', '&amp;amp;')}&lt;/p&gt;"
        f"</content:encoded><enclosure url='https://news.example/a.mp3' type='audio/mpeg' length='1'/></item>"
        for title, text, lang in _NEWS
    )
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    head = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" {space}><channel><title>News</title>'
    return f"{head}<link>https://news.example/</link><language>en</language><ttl>60</ttl>{items}</channel></rss>"


def _atom() -> str:
    entries = "".join(
        f"<entry xml:lang='{lang}'><id>urn:{lang}</id><title type='html'>{title}</title><link href='/{lang}/1'/>"
        f"<updated>2026-11-20T10:00:00+06:00</updated><author><name>A. B.</name></author><summary>{text.replace('&', '&amp;')}</summary>"
        f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>{text.replace('&', '&amp;')}</p></div></content></entry>"
        for title, text, lang in _NEWS
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><id>urn:f</id><title>News</title>{entries}</feed>'


def _rdf() -> str:
    items = "".join(
        f"<item rdf:about='https://news.example/{lang}'><title>{title}</title><link>https://news.example/{lang}</link>"
        f"<description>{text.replace('&', '&amp;')}</description><dc:date>2026-11-20T10:00:00Z</dc:date></item>"
        for title, text, lang in _NEWS
    )
    space = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<rdf:RDF {space}><channel rdf:about="https://news.example/"><title>News</title></channel>{items}</rdf:RDF>'


def _json() -> str:
    items = [
        {"id": lang, "url": f"https://news.example/{lang}", "title": title, "content_html": f"<p>{text}</p>", "language": lang,
         "date_published": "2026-11-20T10:00:00Z", "authors": [{"name": "A. B."}]}
        for title, text, lang in _NEWS
    ]  # fmt: skip
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}, ensure_ascii=False
    )


def _channel() -> str:
    messages = "".join(
        f"<div class='tgme_widget_message' data-post='desk/{n}'><a class='tgme_widget_message_owner_name' href='/desk'>Desk</a>"
        f"<a class='tgme_widget_message_forwarded_from_name' href='https://t.me/m/5'>{title}</a>"
        f"<div class='tgme_widget_message_text js-message_text'>{title}.<br/>{text}</div>"
        f"<a class='tgme_widget_message_date' href='https://t.me/desk/{n}'><time datetime='2026-11-20T10:00:00+00:00'>10:00</time></a></div>"
        for n, (title, text, _) in enumerate(_NEWS)
    )
    return (
        f"<html><head><link rel='prev' href='/s/desk?before=7'></head><body><section>{messages}</section></body></html>"
    )


def _sitemap() -> str:
    rows = "".join(
        f"<url><loc>https://news.example/{lang}/1</loc><lastmod>2026-11-20T10:00:00+06:00</lastmod><n:news><n:publication>"
        f"<n:name>News</n:name><n:language>{lang}</n:language></n:publication><n:publication_date>2026-11-20</n:publication_date>"
        f"<n:title>{title}</n:title></n:news></url>"
        for title, _, lang in _NEWS
    )
    space = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><urlset {space}>{rows}</urlset>"


def _sitemap_index() -> str:
    parts = "".join(
        f"<sitemap><loc>https://news.example/{n}.xml</loc><lastmod>2026-11-20</lastmod></sitemap>" for n in range(4)
    )
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{parts}</sitemapindex>"


def _answer() -> str:
    items = [
        {"title": title, "url": f"/{lang}", "date": "2026-11-20T10:00:00Z", "author": [{"name": "A. B."}], "lang": "Russian",
         "text": f"<p>{text}</p>", "id": 7}
        for title, text, lang in _NEWS
    ]  # fmt: skip
    return json.dumps({"items": items, "next": "/2"}, ensure_ascii=False)


def _letter() -> bytes:
    head = "Subject: =?utf-8?B?0KHQsNC80LzQuNGC?=\r\nFrom: =?koi8-r?B?98/T1M/L?= <a@b.example>\r\nMessage-ID: <1@x.example>\r\n"
    head += 'Date: Fri, 20 Nov 2026 10:00:00 +0600\r\nContent-Type: multipart/alternative; boundary="x"\r\n\r\n--x\r\n'
    plain = "Content-Type: text/plain; charset=utf-8\r\n\r\nView in browser: https://a.example/1\r\n--x\r\n"
    rich = "Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+x88=\r\n--x--\r\n"
    return f"{head}{plain}{rich}".encode()


def _list() -> str:
    ours = "o:id='a' o:kind='page' o:class='state' o:block='{&quot;pages&quot;: 3}'"
    rows = "".join(
        f"<outline text='{title}' type='rss' xmlUrl='https://news.example/{lang}' htmlUrl='/' language='{lang}' {ours}/>"
        for title, _, lang in _NEWS
    )
    lists = f"<outline text='Agencies'>{rows}<outline text='x' xmlUrl='http://10.0.0.1/'/></outline>"
    return f"<?xml version='1.0'?><opml version='2.0' xmlns:o='urn:scowatch:opml'><body>{lists}</body></opml>"


def _robots() -> str:
    rules = "Disallow: /a*b$\nAllow: /a/b\nCrawl-delay: 5\n"
    return f"User-agent: *\n{rules}Sitemap: https://news.example/s.xml\n\nUser-agent: scowatch\n{rules}"


def _page(title: str, text: str, lang: str) -> str:
    links = "".join(
        f"<li class='i'><a href='/{lang}/2026/11/20/{n}-a-long-story'>{title} {n}</a> <time>2026-11-20</time></li>"
        for n in range(5)
    )
    meta = f"<meta charset='utf-8'><meta property='og:title' content='{title}'><link rel='canonical' href='/{lang}/1'>"
    data = json.dumps(
        {"@type": "NewsArticle", "headline": title, "datePublished": "2026-11-20T10:00:00Z"}, ensure_ascii=False
    )
    body = f"<article><h1>{title}</h1><time datetime='2026-11-20'>20.11.2026</time>{f'<p>{text}</p>' * 9}</article>"
    script = f"<script type='application/ld+json'>{data}</script>"
    return f"<!doctype html><html lang='{lang}'><head><title>{title}</title>{meta}{script}</head><body><nav>menu</nav>{body}<ul>{links}</ul></body></html>"
