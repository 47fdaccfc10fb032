"""Pages for viewing: nothing runs, nothing is loaded, nothing is asked; the text stays."""

from __future__ import annotations

import asyncio
import re

import pytest

from monitor.errors import ParseError
from monitor.types import Fetch
from sources.cleaned import clean
from sources.pool import ParserPool

URL = "https://news.example/a/b.html"


def cleaned(markup: str) -> str:
    return clean(markup.encode(), "text/html; charset=utf-8", URL)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<svg><script>alert(1)</script></svg>",
        "<img src=//evil.example/x onerror=alert(1)>",
        "<p onclick=alert(1) style='background:url(//evil.example)' background=//evil.example>",
        "<a href='javascript:alert(1)'>x</a><a href='java&#10;script:alert(1)'>x</a><a href='data:text/html,x'>x</a>",
        "<a href=' javascript:alert(1)'>x</a><a href='vbscript:alert(1)' target=_blank>x</a>",
        "<iframe src=//evil.example></iframe><object data=//evil.example></object><embed src=//evil.example>",
        "<link rel=stylesheet href=//evil.example><style>@import url(//evil.example)</style>",
        "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example>",
        "<form action=//evil.example><input name=q><button>go</button></form>",
        "<video src=//evil.example poster=//evil.example></video><audio src=//evil.example></audio>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<table background=//evil.example><td background=//evil.example>x</table>",
        "<input type=image src=//evil.example><picture><source srcset=//evil.example></picture>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<template><img src=//evil.example></template><portal src=//evil.example></portal>",
    ],
)
def test_nothing_runs_loads_or_asks(hostile: str) -> None:
    found = cleaned(f"<html><body><p>Before</p>{hostile}<p>After")
    assert "Before" in found
    assert "evil.example" not in found
    tags = set(re.findall(r"<([a-z0-9]+)", found))
    assert tags <= {"p", "a", "table", "tbody", "tr", "td"}
    assert not re.findall(r"<[^>]*\s(on\w+|style|src|srcset|target|background)\s*=", found)
    assert not re.findall(r"href=\"(?!https?://)", found)


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        pytest.param("<p lang=ru>Саммит ШОС <b>в Бишкеке</b>", '<p lang="ru">Саммит ШОС <b>в Бишкеке</b></p>', id="ru"),
        pytest.param("<p>上合组织峰会", "<p>上合组织峰会</p>", id="zh"),
        pytest.param("<p dir=rtl>نشست بیشکک", '<p dir="rtl">نشست بیشکک</p>', id="fa"),
        pytest.param("<p>1 &lt; 2 &amp; 3", "<p>1 &lt; 2 &amp; 3</p>", id="signs"),
        pytest.param("<table><tr><td colspan=2>x", '<td colspan="2">x</td>', id="table"),
        pytest.param("<a href='../c?x=1&y=2#z'>c</a>", 'href="https://news.example/c?x=1&amp;y=2#z"', id="link"),
    ],
)
def test_the_text_stays_with_its_structure_and_links(markup: str, wanted: str) -> None:
    assert wanted in cleaned(f"<html><body>{markup}</body></html>")


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\x89PNG\r\n", b"no markup"], ids=["empty", "pdf", "png", "text"])
def test_what_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        clean(body, None, URL)


def test_a_worker_does_it() -> None:
    async def go(body: bytes) -> str:
        pool = ParserPool(workers=1)
        try:
            return await pool.cleaned(Fetch(url=URL, final_url=URL, outcome="ok", body=body, content_type="text/html"))
        finally:
            await pool.aclose()

    assert asyncio.run(go("<p>Саммит<script>1</script>".encode())) == "<p>Саммит</p>"
    with pytest.raises(ParseError, match="not an HTML page"):
        asyncio.run(go(b"%PDF"))
