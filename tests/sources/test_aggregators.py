"""Links through aggregators: what they say themselves, and what is left alone."""

from __future__ import annotations

import base64

import pytest

from sources.aggregators import is_wrapped, unwrap


def google(target: bytes, path: str = "rss/articles", rest: bytes = b"\xd2\x01\x00") -> str:
    """A link as Google News made them until 2024."""
    size = bytes([len(target)]) if len(target) < 128 else bytes([len(target) & 0x7F | 0x80, len(target) >> 7])
    record = base64.urlsafe_b64encode(b"\x08\x13\x22" + size + target + rest).decode().rstrip("=")
    return f"https://news.google.com/{path}/{record}?oc=5&hl=ru"


LONG = "https://outlet.example/2026/11/20/" + "a-long-headline-" * 9
BING = base64.urlsafe_b64encode(b"https://outlet.example/ck?x=1").decode().rstrip("=")


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        pytest.param(google(b"https://outlet.example/a/1"), "https://outlet.example/a/1", id="google news"),
        pytest.param(google(LONG.encode()), LONG, id="google news, an address of more than 127 bytes"),
        pytest.param(
            google(b"https://outlet.example/a", "read"), "https://outlet.example/a", id="google news, read page"
        ),
        pytest.param(
            "https://www.google.com/url?rct=j&sa=t&url=https://outlet.example/%D1%88%D0%BE%D1%81&ct=ga",
            "https://outlet.example/шос",
            id="google alert, cyrillic",
        ),
        pytest.param(
            "https://www.google.com/amp/s/outlet.example/a.amp?x=1",
            "https://outlet.example/a.amp?x=1",
            id="amp at google",
        ),
        pytest.param(
            "https://outlet-example.cdn.ampproject.org/c/s/outlet.example/a", "https://outlet.example/a", id="amp cache"
        ),
        pytest.param(
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2foutlet.example%2fa%3fb%3d1&c=7",
            "https://outlet.example/a?b=1",
            id="bing news",
        ),
        pytest.param(
            f"https://www.bing.com/ck/a?!&&p=00&u=a1{BING}&ntb=1", "https://outlet.example/ck?x=1", id="bing search"
        ),
        pytest.param(
            "https://r.search.yahoo.com/_ylt=A;_ylu=Y/RV=2/RE=17/RO=10/RU=https%3a%2f%2foutlet.example%2fa/RK=2/RS=x-",
            "https://outlet.example/a",
            id="yahoo search",
        ),
        pytest.param(
            "http://us.rd.yahoo.com/dailynews/rss/world/*http://outlet.example/a?b=1",
            "http://outlet.example/a?b=1",
            id="yahoo, after a star",
        ),
        pytest.param(
            "https://vk.com/away.php?to=https%3A%2F%2Foutlet.example%2Fновость",
            "https://outlet.example/новость",
            id="vk",
        ),
        pytest.param(
            "https://link.zhihu.com/?target=https%3A//outlet.example/%E5%B3%B0%E4%BC%9A",
            "https://outlet.example/峰会",
            id="zhihu, han",
        ),
        pytest.param(
            "https://l.facebook.com/l.php?u=https%3A%2F%2Foutlet.example%2Fa&h=x", "https://outlet.example/a", id="fb"
        ),
        pytest.param(
            "https://lists.example/redirect?url=https%3A%2F%2Foutlet.example%2F%D8%B4%D8%A7%D9%86%DA%AF%D9%87%D8%A7%DB%8C",
            "https://outlet.example/شانگهای",
            id="any redirector, arabic script",
        ),
        pytest.param(
            "https://a.example/out.php?url=https%3A%2F%2Fvk.com%2Faway.php%3Fto%3Dhttps%253A%252F%252Foutlet.example%252Fa",
            "https://outlet.example/a",
            id="wrapped twice",
        ),
    ],
)
def test_a_link_that_says_where_it_leads_is_unwrapped(url: str, inner: str) -> None:
    assert unwrap(url) == inner
    assert is_wrapped(url)
    assert not is_wrapped(inner)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(google(b"AU_yqLN3he6m66di3u4dJBtpZlLiCR91SaAEDZMe4st3"), id="google news since 2024"),
        pytest.param("https://news.google.com/rss/articles/CBMi!!!?oc=5", id="google news, damaged"),
        pytest.param("https://feedproxy.google.com/~r/outlet/~3/x/", id="feed counter"),
        pytest.param("http://www.baidu.com/link?url=abc123", id="baidu"),
        pytest.param("https://bit.ly/3xyz", id="short link"),
        pytest.param("https://clck.ru/3xyz", id="russian short link"),
    ],
)
def test_a_link_that_only_its_owner_can_resolve_is_marked(url: str) -> None:
    assert unwrap(url) is None
    assert is_wrapped(url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://outlet.example/2026/11/20/redirect-of-trade", id="an article"),
        pytest.param("https://outlet.example/login/redirect?url=https://outlet.example/a", id="back to the same host"),
        pytest.param("https://outlet.example/article?url=https://other.example/a", id="an article with a parameter"),
        pytest.param("https://outlet.example/go?url=javascript:alert(1)", id="leads nowhere"),
        pytest.param("https://outlet.example/go?url=//other.example/a", id="not a whole address"),
        pytest.param("mailto:desk@outlet.example", id="no web address"),
        pytest.param("https://[bad/redirect?url=https://a.example/", id="not an address"),
        pytest.param("https://bit.ly/", id="front page of a shortener"),
        pytest.param("https://outlet.example/url?" + "a=1&" * 60 + "url=https://b.example/", id="endless parameters"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_links_are_left_alone(url: str) -> None:
    assert unwrap(url) is None
    assert not is_wrapped(url)


def test_what_comes_out_is_an_address_that_may_be_fetched() -> None:
    for inner in (b"ftp://a.example/x", b"http://", b"https://a.example:0/", b"http://a b/"):
        assert unwrap(google(inner)) is None
