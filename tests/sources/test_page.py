"""Index pages as entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Entry, Selectors
from sources import page

URL = "https://www.news.example/en/news/"


def read(html: str, selectors: Selectors | None = None, lang: str | None = None) -> tuple[Entry, ...]:
    address = Address(url=URL, lang=lang, selectors=selectors or Selectors())
    return page.read(html.encode(), "text/html; charset=utf-8", address, URL).entries


LISTED = """<html lang="en"><body>
<ul><li class="row"><span class="d">20.11.2026 14:30</span> <a class="t" href="/a/1">SCO</a><p>Teaser one</p></li>
<li class="row"><time datetime="2026-11-19T08:00:00+03:00">yesterday</time><a class="t" href="/a/2">Summit</a></li>
<li class="row"><a class="t" href="javascript:x()">Nothing</a></li></ul>
<a href="/en/news/2026/11/20/a-headline-outside-of-the-list">A headline outside of the list</a></body></html>"""


def test_selectors_choose_what_is_an_entry() -> None:
    chosen = Selectors(item="li.row", link="a.t", date=".d, time", summary="p")
    assert read(LISTED, chosen) == (
        Entry(
            guid=None,
            url="https://www.news.example/a/1",
            title="SCO",
            summary="Teaser one",
            published_at=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
            lang="en",
        ),
        Entry(
            guid=None,
            url="https://www.news.example/a/2",
            title="Summit",
            published_at=datetime(2026, 11, 19, 5, tzinfo=UTC),
            lang="en",
        ),
    )


@pytest.mark.parametrize(
    ("selectors", "titles"),
    [
        pytest.param(Selectors(item="a.t"), ["SCO", "Summit"], id="items that are links"),
        pytest.param(Selectors(link="li.row a"), ["SCO", "Summit"], id="links alone"),
        pytest.param(
            Selectors(item="li", title="span, time"), ["20.11.2026 14:30", "yesterday"], id="a title elsewhere"
        ),
    ],
)
def test_parts_of_selectors_are_enough(selectors: Selectors, titles: list[str]) -> None:
    assert [entry.title for entry in read(LISTED, selectors)] == titles


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        pytest.param("div.gone", "selector 'div.gone' finds no article", id="finds nothing"),
        pytest.param("li[", "cannot be read", id="no selector"),
        pytest.param("li:no-such-thing", "cannot be read", id="no such class"),
        pytest.param("a " * 300, "longer than 500", id="too long"),
    ],
)
def test_selectors_that_fail_say_so(selector: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        read(LISTED, Selectors(item=selector))


def links(*pairs: tuple[str, str], around: str = "{}") -> str:
    rows = "".join(f"<div><a href='{href}'>{text}</a></div>" for href, text in pairs)
    return f"<html lang='ru'><body>{around.format(rows)}</body></html>"


@pytest.mark.parametrize(
    ("href", "text"),
    [
        pytest.param("/20261120/2493609.html", "Leaders adopted the Bishkek declaration", id="English with a number"),
        pytest.param(
            "/lidery-podpisali-deklaratsiyu-v-bishkeke", "Лидеры подписали новую декларацию", id="Russian with a slug"
        ),
        pytest.param("/web/zyxw/202611/t20261120_11.shtml", "上海合作组织峰会举行", id="Chinese"),
        pytest.param("article?id=123456", "اجلاس سران سازمان همکاری شانگهای", id="Persian with a query"),
        pytest.param(
            "https://ru.news.example/20261120/x.html", "Саммит прошёл в Бишкеке сегодня", id="a host of the same site"
        ),
        pytest.param("http://news.example/en/news/politics/x/", "Prime ministers discussed trade", id="a deeper path"),
    ],
)
def test_what_looks_like_an_article(href: str, text: str) -> None:
    (entry,) = read(links((href, text)))
    assert entry.title == text
    assert (entry.url or "").startswith("http")


@pytest.mark.parametrize(
    ("href", "text", "around"),
    [
        pytest.param("/2026/11/20/x.html", "Read more", "{}", id="too few words"),
        pytest.param("/2026/11/20/x.html", "峰会举行", "{}", id="too few characters"),
        pytest.param(
            "https://elsewhere.example/2026/11/20/x", "A headline of another newspaper", "{}", id="another site"
        ),
        pytest.param("https://notnews.example/2026/11/20/x", "A headline of another newspaper", "{}", id="ends alike"),
        pytest.param("/tag/some-very-long-tag-name", "All about this one long tag", "{}", id="a tag"),
        pytest.param("/", "To the front page of our site", "{}", id="front page"),
        pytest.param("/en/news/#top", "Back to the top of this page", "{}", id="the page itself"),
        pytest.param("/files/2026/report-of-the-whole-year.docx", "The report of the whole year", "{}", id="a file"),
        pytest.param("/2026/11/20/x.html", "Rules for our comments and letters", "<footer>{}</footer>", id="footer"),
        pytest.param("/2026/11/20/x.html", "World politics economy and culture", "<nav>{}</nav>", id="navigation"),
        pytest.param("mailto:a@b.example", "Write a letter to our editors", "{}", id="mail"),
    ],
)
def test_what_does_not(href: str, text: str, around: str) -> None:
    with pytest.raises(ParseError, match="needs selectors"):
        read(links((href, text), around=around))


def test_menus_are_told_by_their_class_where_enough_is_left() -> None:
    rows = links(*((f"/2026/11/20/{n}.html", f"Headline of an article number {n}") for n in range(5)))
    menu = "<div class='main-menu'><a href='/our-foreign-policy-team'>Our whole foreign policy team</a></div>"
    assert len(read(rows.replace("<body>", f"<body>{menu}"))) == 5
    wrapped = rows.replace("<body>", "<body><div class='menu-closed'>").replace("</body>", "</div></body>")
    assert len(read(wrapped)) == 5


def test_links_to_one_article_are_one_entry_with_the_fullest_headline() -> None:
    html = links(
        ("/2026/11/20/1.html#photo", "Leaders met in the capital"),
        ("/2026/11/20/1.html", "Leaders met in the capital on Friday to talk"),
        ("/2026/11/20/2.html", "Another article about other things"),
    )
    assert [entry.title for entry in read(html)] == [
        "Leaders met in the capital on Friday to talk",
        "Another article about other things",
    ]


def test_a_shortened_headline_is_taken_from_the_title_attribute() -> None:
    html = "<a href='/2026/11/20/1.html' title='上海合作组织成员国元首理事会会议'>上海合作组织成员国...</a>"
    assert read(html)[0].title == "上海合作组织成员国元首理事会会议"


@pytest.mark.parametrize(
    ("html", "when"),
    [
        pytest.param(
            "<li><a href='/n/1234'>{}</a><time datetime='2026-11-20T10:00Z'>x</time></li>", (20, 10), id="time"
        ),
        pytest.param("<li><a href='/n/1234'>{}</a><span>2026-11-20</span></li>", (20, 0), id="plain date"),
        pytest.param("<li><a href='/n/1234'>{}</a><span>20 ноября 2026, 09:15</span></li>", (20, 9), id="in words"),
        pytest.param("<li><a href='/n/1234'>{}</a>（2026年11月20日）</li>", (20, 0), id="Chinese date"),
        pytest.param("<a href='/2026/11/20/x.html'>{}</a>", (20, 0), id="in the address"),
        pytest.param("<a href='/202611/t20261120_1.shtml'>{}</a>", (20, 0), id="in the address, run together"),
        pytest.param(
            "<p><a href='/n/1234'>{}</a></p><p><a href='/n/5'>x</a> 2026-11-20</p>", None, id="the neighbour's"
        ),
        pytest.param("<a href='/n/1234'>{}</a>", None, id="none"),
    ],
)
def test_dates_beside_a_link(html: str, when: tuple[int, int] | None) -> None:
    entry = read(html.format("Саммит организации прошёл в Бишкеке"), lang="ru")[0]
    assert entry.published_at == (
        datetime(2026, 11, when[0], when[1], 15 if when[1] == 9 else 0, tzinfo=UTC) if when else None
    )


def test_at_most_a_hundred_and_the_first_ones() -> None:
    found = read(links(*((f"/2026/11/20/{n}.html", f"Headline of an article number {n}") for n in range(300))))
    assert len(found) == 100
    assert found[0].title.endswith("number 0")


@pytest.mark.parametrize("body", [b"", b"  ", b"%PDF-1.7", b"plain words"], ids=["empty", "blank", "PDF", "words"])
def test_what_is_no_page(body: bytes) -> None:
    with pytest.raises(ParseError):
        page.read(body, None, Address(url=URL), URL)


def test_the_page_may_name_another_base() -> None:
    html = "<html><head><base href='/zh/'></head><body><a href='1/20261120.html'>上海合作组织峰会举行</a></body></html>"
    assert read(html)[0].url == "https://www.news.example/zh/1/20261120.html"


def paged(pages: int, selector: str | None = None, body: str = "") -> str | None:
    chosen = Selectors(item="li.row", link="a.t", next=selector)
    html = LISTED.replace("</body>", f"{body}</body>").encode()
    return page.read(html, None, Address(url=URL, selectors=chosen, pages=pages), URL).next_url


@pytest.mark.parametrize(
    ("selector", "body", "following"),
    [
        pytest.param(None, '<a rel="next" href="?page=2">Дальше</a>', f"{URL}?page=2", id="marked as next"),
        pytest.param(".more a", '<p class="more"><a href="/en/news/2">下一页</a></p>', f"{URL}2", id="by a selector"),
        pytest.param(".more", '<p class="more"><a href="2">التالي</a></p>', f"{URL}2", id="an element around the link"),
        pytest.param(None, '<a rel="next" href="https://other.example/2">next</a>', None, id="another site"),
        pytest.param(None, f'<a rel="next" href="{URL}#top">next</a>', None, id="the same page"),
        pytest.param(None, '<a rel="next" href="javascript:more()">next</a>', None, id="a script"),
        pytest.param(".gone", '<a rel="next" href="2">next</a>', None, id="a selector that finds nothing"),
        pytest.param(None, "", None, id="no next page"),
    ],
)
def test_the_next_page_of_a_list_is_found(selector: str | None, body: str, following: str | None) -> None:
    assert paged(2, selector, body) == following
    assert paged(1, selector, body) is None


def test_a_link_through_an_aggregator_is_unwrapped_or_marked() -> None:
    html = (
        '<li><a href="https://vk.com/away.php?to=https://b.example/x">One</a></li><li><a href="https://t.co/x">Two</a>'
    )
    found = read(html, Selectors(item="li"))
    assert [(entry.url, entry.wrapped) for entry in found] == [("https://b.example/x", False), ("https://t.co/x", True)]


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "date", "when"),
    [
        pytest.param("ru", "3 часа назад", datetime(2026, 11, 21, 9, tzinfo=UTC), id="so long ago"),
        pytest.param("ru", "Вчера, 10:30", datetime(2026, 11, 20, 10, 30, tzinfo=UTC), id="yesterday"),
        pytest.param(
            "ru", "Опубликовано: 20 ноября 2026 10:30", datetime(2026, 11, 20, 10, 30, tzinfo=UTC), id="label"
        ),
        pytest.param("kk", "20 қараша", datetime(2026, 11, 20, tzinfo=UTC), id="without its year"),
        pytest.param("zh", "[11-20]", datetime(2026, 11, 20, tzinfo=UTC), id="month and day"),
        pytest.param(
            "zh", "发布时间：2026-11-20 10:30", datetime(2026, 11, 20, 10, 30, tzinfo=UTC), id="label in Chinese"
        ),
        pytest.param("fa", "۲۹ آبان ۱۴۰۵", datetime(2026, 11, 20, tzinfo=UTC), id="the calendar of Iran"),
        pytest.param("fr", "20/11/2026", datetime(2026, 11, 20, tzinfo=UTC), id="the day first"),
        pytest.param(
            "en",
            "By the desk | 20 November 2026 10:30 | 4 min",
            datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
            id="byline",
        ),
        pytest.param(
            "ru",
            "(обновлено: 09:11 21.11.2026) 20.11.2026 10:30",
            datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
            id="a change beside it",
        ),
        pytest.param("en", "Python 3.11.12", None, id="a version"),
        pytest.param("en", "5 min read", None, id="how long it takes to read"),
        pytest.param("ru", "1 234 просмотра", None, id="how often it was read"),
    ],
)
@pytest.mark.parametrize("selectors", [Selectors(), Selectors(item="li", date=".when")], ids=["judged", "selected"])
def test_a_date_is_read_as_it_is_shown_now(lang: str, date: str, when: datetime | None, selectors: Selectors) -> None:
    """The language is the address's own: many pages name none, or a wrong one."""
    html = "".join(
        f"<li><a href='/a/{n}-one-of-the-news'>The summit of the organisation has begun</a>"
        f"<span class='when'>{date}</span></li>"
        for n in range(3)
    )
    address = Address(url=URL, lang=lang, selectors=selectors)
    entries = page.read(f"<html><body><ul>{html}</ul></body></html>".encode(), "text/html", address, URL, NOON).entries
    assert [entry.published_at for entry in entries] == [when] * 3


@pytest.mark.parametrize(
    "stamp",
    [
        '<abbr class="when" title="2026-11-20T10:30:00Z">yesterday</abbr>',
        '<span class="when" data-time="1795170600">x</span>',
        '<span class="when" data-publish-date="2026-11-20T10:30:00Z">x</span>',
        '<meta class="when" itemprop="datePublished" content="2026-11-20T10:30:00Z">',
        '<span class="when">10:30 / 20.11.2026</span>',
    ],
)
def test_a_stamp_may_stand_in_other_attributes(stamp: str) -> None:
    (entry,) = read(f"<li><a href='/a/1'>The summit</a>{stamp}</li>", Selectors(item="li", date=".when"))
    assert entry.published_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def test_a_link_may_be_around_the_item() -> None:
    html = "<a href='/a/1'><div class='card'><h3>The summit</h3></div></a>"
    assert [(e.url, e.title) for e in read(html, Selectors(item=".card", title="h3"))] == [
        ("https://www.news.example/a/1", "The summit")
    ]


def test_the_clock_before_the_day_is_not_lost() -> None:
    html = "<li><a href='/n/1234'>Shanxay hamkorlik tashkiloti sammiti</a><span>10:30 / 20.11.2026</span></li>"
    assert read(html, lang="uz")[0].published_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
