"""Markup, links and language tags made plain."""

from __future__ import annotations

import pytest

from sources import markup
from sources.decoding import decode
from sources.languages import primary
from sources.links import absolute, host
from sources.markup import to_line, to_text


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        pytest.param("plain words", "plain words", id="none"),
        pytest.param("a &amp; b &laquo;c&raquo; &#x4e2d;", "a & b «c» 中", id="entities"),
        pytest.param("1 < 2 & 3", "1 < 2 & 3", id="no markup after all"),
        pytest.param("<p>Один</p><p>Два<br>Три</p>", "Один\nДва\nТри", id="paragraphs"),
        pytest.param("<div>一<div>二</div>三</div>", "一\n二\n三", id="blocks in blocks"),
        pytest.param("in<b>li</b>ne", "inline", id="inline"),
        pytest.param("a\nb <i>c\nd</i>", "a b c d", id="line ends of the source"),
        pytest.param("<pre>a\nb</pre>", "a\nb", id="line ends that are meant"),
        pytest.param(
            "a<script>x()</script><style>p{}</style><svg><text>z</text></svg>b", "ab", id="scripts and pictures"
        ),
        pytest.param("<ul><li>اول<li>دوم</ul>", "اول\nدوم", id="list that is not closed"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", "a b", id="table"),
        pytest.param("<!-- c --><?php echo 1 ?><p>x", "x", id="comments"),
        pytest.param("<?xml version='1.0' encoding='koi8-r'?><p>ж</p>", "ж", id="a prolog in the middle"),
        pytest.param("<p>a\x00b</p>", "ab", id="NUL"),
        pytest.param("<b>" * 5000 + "deep", "deep", id="deep"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="None"),
        pytest.param("<p></p>", "", id="nothing in it"),
    ],
)
def test_fragments(fragment: str | None, text: str) -> None:
    assert to_text(fragment) in (text, "" if len(fragment or "") > 5000 else text)


def test_markup_bombs_end_soon() -> None:
    assert to_text("<!--" * 100_000) == ""
    assert to_line("</a" * 100_000 + "<p>x") in ("", "x")


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("1.html", "https://a.example/b/1.html"),
        ("../1", "https://a.example/1"),
        ("?p=2", "https://a.example/b/c?p=2"),
        ("HTTPS://B.example/x", "https://B.example/x"),
        ("ht\ntps://b.example/x", "https://b.example/x"),
        ("mailto:x@y.example", None),
        (" JavaScript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("\x01https://b.example", None),
        ("http:///x", None),
        ("http://b.example:0/", None),
        ("http://b.example:x/", None),
        ("x" * 5000, None),
        (None, None),
        (17, None),
    ],
)
def test_links(href: object, url: str | None) -> None:
    assert absolute("https://a.example/b/c", href) == url


def test_hosts() -> None:
    assert [host("https://WWW.a.example:80/x"), host("http://[bad"), host(None)] == ["a.example", "", ""]


@pytest.mark.parametrize(
    ("tag", "code"),
    [("zh-Hans-CN", "zh"), ("EN_us", "en"), ("kaz", "kaz"), ("cn", "zh"), ("und", None), ("", None), ("русский", None)],
)
def test_language_tags(tag: str, code: str | None) -> None:
    assert primary(tag) == code


SENTENCE = "Это довольно длинный русский текст без всякого объявления кодировки. "


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        pytest.param("<meta charset=windows-1251>Привет".encode("cp1251"), "", "Привет", id="meta"),
        pytest.param("<meta charset=utf-8>Привет".encode("cp1251"), "; charset=cp1251", "Привет", id="header first"),
        pytest.param("<meta charset=gb2312>峰会".encode("gb18030"), "; charset=utf-8", "峰会", id="wrong header"),
        pytest.param("<meta charset=iso-8859-1>مرحبا".encode(), "; charset=utf-8", "مرحبا", id="wrong meta"),
        pytest.param((SENTENCE * 5).encode("cp1251"), "", SENTENCE, id="nothing said"),
        pytest.param(b"It\x92s", "; charset=utf-8", "It’s", id="a stray quotation mark"),
        pytest.param(b"+ADw-script+AD4-", "; charset=utf-7", "+ADw-", id="never UTF-7"),
    ],
)
def test_pages_in_any_encoding(body: bytes, content_type: str, text: str) -> None:
    assert text in decode(body, f"text/html{content_type}")


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param("<p>Саммит <b>ШОС</b> открылся.</p>\n<p>Второй&nbsp;абзац.</p>", id="paragraphs"),
        pytest.param("上合<br>组织<br/>峰会<br />结束", id="line breaks"),
        pytest.param("<P>قمة <A HREF='x'>شنغهاي</A></P>", id="capitals"),
        pytest.param('<a title="1 &gt; 0" href="/x?a=1&amp;b=2">Café</a> &amp; more', id="attributes"),
        pytest.param("<ul><li>one<li>two</ul><p>three<p>four", id="ends left out"),
        pytest.param("<h2>Head</h2>text <i>one</i> <em>two</em><img src='x'> <span> three </span>", id="inline"),
        pytest.param("&#1057;&#x428;&mdash;<wbr>x", id="references"),
    ],
)
def test_simple_markup_takes_a_short_way_with_the_same_result(fragment: str) -> None:
    assert markup._without_tags(fragment) is not None
    assert markup.to_text(fragment) == markup.element_text(markup._parsed(fragment))


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param("<p>a</p><script>b</script>", id="script"),
        pytest.param("<table><tr><td>a<td>b</table>", id="table"),
        pytest.param("<pre>a\nb</pre>", id="preformatted"),
        pytest.param("<p>a<!-- b --></p>", id="comment"),
        pytest.param("<p>1 < 2</p>", id="a stray sign"),
        pytest.param("<p>a</b>c</p>", id="an end without beginning"),
        pytest.param("<p>AT&T</p>", id="an ampersand"),
        pytest.param("<p>&apos;&#150;</p>", id="characters that parsers disagree on"),
        pytest.param('<p title="a>b">c</p>', id="a sign in an attribute"),
    ],
)
def test_other_markup_goes_to_the_parser(fragment: str) -> None:
    assert markup._without_tags(fragment) is None
    assert "\ufffd" not in markup.to_text(fragment)
