"""One article, one address."""

from __future__ import annotations

import pytest

from monitor.identity.urls import canonical_url, page_canonical, url_key


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://a.example/news/1", "https://a.example/news/1", id="plain"),
        pytest.param("HTTPS://A.Example:443/News", "https://a.example/News", id="host and port"),
        pytest.param("https://a.example/n?utm_source=rss&utm_medium=x", "https://a.example/n", id="tracking"),
        pytest.param("https://a.example/n?id=7&fbclid=abc", "https://a.example/n?id=7", id="tracking beside an id"),
        pytest.param("https://a.example/n?b=2&a=1", "https://a.example/n?a=1&b=2", id="order of parameters"),
        pytest.param("https://a.example/n#comments", "https://a.example/n", id="fragment"),
        pytest.param("https://a.example", "https://a.example/", id="no path"),
        pytest.param(
            "https://a.example/саммит",
            "https://a.example/%D1%81%D0%B0%D0%BC%D0%BC%D0%B8%D1%82",
            id="Cyrillic path",
        ),
        pytest.param("https://a.example/上合", "https://a.example/%E4%B8%8A%E5%90%88", id="Han path"),
        pytest.param("https://a.example/خبر", "https://a.example/%D8%AE%D8%A8%D8%B1", id="Arabic path"),
        pytest.param(
            "https://a.example/n?q=%D1%88%D0%BE%D1%81", "https://a.example/n?q=%D1%88%D0%BE%D1%81", id="query"
        ),
    ],
)
def test_canonical_url(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(canonical_url(url)) == expected


def test_a_parameter_that_may_name_the_article_stays() -> None:
    assert canonical_url("https://a.example/show?id=1") != canonical_url("https://a.example/show?id=2")


def test_both_spellings_of_a_host_are_one_key() -> None:
    assert url_key("http://www.a.example/n") == url_key("https://a.example/n")
    assert url_key("https://a.example/n") != url_key("https://b.example/n")


@pytest.mark.parametrize(
    ("declared", "believed"),
    [
        pytest.param("https://a.example/news/tianjin-summit-2025", True, id="without the section"),
        pytest.param("https://www.a.example/world/tianjin-summit-2025", True, id="another host spelling"),
        pytest.param("https://a.example/", False, id="front page"),
        pytest.param("https://a.example/world/", False, id="section"),
        pytest.param("https://b.example/world/tianjin-summit-2025", False, id="another outlet"),
        pytest.param(None, False, id="none"),
    ],
)
def test_a_declared_canonical_address_is_believed_when_it_can_be_this_article(
    declared: str | None, believed: bool
) -> None:
    own = "https://a.example/world/tianjin-summit-2025"
    assert page_canonical(own + "?utm_source=x", declared) == (declared if believed else own)
