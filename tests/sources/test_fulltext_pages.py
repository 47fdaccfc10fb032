"""The article among all else that stands on a page: small pages, written for one difficulty each."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from monitor.types import Page, Selectors
from sources import fulltext

NOW = datetime(2026, 11, 21, tzinfo=UTC)

TITLE = {
    "en": "Summit in Bishkek ends with a declaration on transit",
    "ru": "Саммит в Бишкеке завершился декларацией о транзите",
    "zh": "比什凯克峰会通过过境运输宣言",
    "fa": "نشست بیشکک با بیانیه‌ای درباره ترانزیت پایان یافت",
}
#: Three paragraphs each.
STORY = {
    "en": (
        "The heads of state who met in Bishkek on Friday adopted a declaration on transit and customs.",
        "Under the declaration, lorries will cross four borders with one set of papers from next year on.",
        "“We have waited for this for ten years,” the minister of transport told reporters afterwards.",
    ),
    "ru": (
        "Главы государств, собравшиеся в пятницу в Бишкеке, приняли декларацию о транзите и таможне.",
        "Согласно декларации, со следующего года грузовики будут пересекать четыре границы с одним документом.",
        "«Мы ждали этого десять лет», — сказал после заседания министр транспорта.",
    ),
    "zh": (
        "各国元首周五在比什凯克举行会议，通过了关于过境运输和海关的宣言。",
        "根据宣言，自明年起，货车只需一套文件就可以通过四国边境。",
        "交通部长在会后对记者说：“我们等这一天等了十年。”",
    ),
    "fa": (
        "سران کشورها که روز جمعه در بیشکک گرد آمدند بیانیه‌ای درباره ترانزیت و گمرک تصویب کردند.",
        "بر اساس این بیانیه، کامیون‌ها از سال آینده با یک سند از چهار مرز عبور می‌کنند.",
        "وزیر راه پس از نشست به خبرنگاران گفت: «ده سال منتظر این روز بودیم».",
    ),
}
OTHER = {
    "en": "Grain prices rose again in the north of the country, where farmers speak of a poor harvest.",
    "ru": "На севере страны снова выросли цены на зерно, аграрии говорят о плохом урожае.",
    "zh": "北方粮食价格再次上涨，农民表示今年收成不好，市场供应紧张。",
    "fa": "قیمت غلات در شمال کشور دوباره افزایش یافت و کشاورزان از برداشت کم سخن می‌گویند.",
}
LANGS = tuple(STORY)
MENU = "<ul>" + "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(20)) + "</ul>"


def read(body: str, lang: str = "en", head: str = "") -> Page:
    page = f"<html lang='{lang}'><head><title>{TITLE[lang]}</title>{head}</head><body>{body}</body></html>"
    return fulltext.read(page.encode(), "text/html; charset=utf-8", "https://news.example/1", Selectors(), NOW)


def lines(body: str, lang: str = "en", head: str = "") -> list[str]:
    return [line for line in read(body, lang, head).text.split("\n") if line and line != TITLE[lang]]


def paragraphs(lang: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in STORY[lang])


def teasers(lang: str, count: int = 12) -> str:
    return "".join(
        f"<div><h4><a href='/{n}'>Story {n}</a></h4><div>{OTHER[lang]} {n}</div></div>" for n in range(count)
    )


@pytest.mark.parametrize("lang", LANGS)
def test_old_pages_are_laid_out_with_tables(lang: str) -> None:
    text = "<br><br>".join(STORY[lang])
    menu = "<table><tr>" + "".join(f"<td><a href='/{n}'>{n} {n}</a></td>" for n in range(12)) + "</tr></table>"
    left = "<td>" + "<br>".join(f"<a href='/{n}'>{OTHER[lang]}</a>" for n in range(12)) + "</td>"
    page = (
        f"{menu}<table><tr>{left}<td><table><tr><td><b>{TITLE[lang]}</b></td></tr>"
        f"<tr><td>{text}</td></tr></table></td></tr></table>"
    )
    assert lines(page, lang) == list(STORY[lang])


@pytest.mark.parametrize("lang", LANGS)
def test_a_short_article_among_many_longer_teasers(lang: str) -> None:
    page = f"{MENU}<div>{teasers(lang)}</div><div><h1>{TITLE[lang]}</h1><div>{paragraphs(lang)}</div></div>"
    assert lines(page, lang) == list(STORY[lang])


@pytest.mark.parametrize(
    ("announced", "lang"),
    [("Read also", "en"), ("Читайте также:", "ru"), ("相关新闻", "zh"), ("مطالب مرتبط", "fa")],
)
def test_what_is_announced_as_something_else_is_left_out(announced: str, lang: str) -> None:
    text = "".join(f"<p>{p}</p>" for p in STORY[lang] * 1)
    more = f"<h3>{announced}</h3><div><div>{OTHER[lang]}</div></div>"
    long = f"<p>{' '.join(STORY[lang] * 3)}</p>"
    body = f"<article><h1>{TITLE[lang]}</h1>{long}{more}{text}</article>"
    assert lines(body, lang) == [" ".join(STORY[lang] * 3), *STORY[lang]]


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<div class='comments'>{}</div>", id="readers' comments"),
        pytest.param("<div id='cookie-consent'>{}</div>", id="cookies"),
        pytest.param("<div class='modal rules'>{}</div>", id="rules in a window"),
        pytest.param("<footer>{}</footer>", id="foot"),
        pytest.param("<aside class='most-read'>{}</aside>", id="aside"),
        pytest.param("<div class='newsletterSignup'>{}</div>", id="letters"),
        pytest.param("<figure><img src=x><figcaption>{}</figcaption></figure>", id="caption"),
        pytest.param("<div style='display: none'>{}</div>", id="hidden"),
        pytest.param("<form>Name <textarea>{}</textarea></form>", id="form"),
        pytest.param("<script>var text = '{}'</script>", id="program"),
    ],
)
def test_what_stands_around_the_article_is_left_out(around: str) -> None:
    beside = around.format(f"{OTHER['en']} {OTHER['en']}")
    page = f"{MENU}<article><h1>{TITLE['en']}</h1>{paragraphs('en')}{beside}</article>{beside}"
    assert lines(page) == list(STORY["en"])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div class='has-sidebar video-page'><div class='content'>{}</div></div>", id="names of layouts"),
        pytest.param("<article class='post tag-social-media category-comment'>{}</article>", id="names of subjects"),
        pytest.param("<div class='dark:text-more [&_a]:tags'>{}</div>", id="names of styles"),
        pytest.param("<div class='teaser article__teaser'>{}</div>", id="the whole article named a teaser"),
        pytest.param("<div>" * 100 + "{}" + "</div>" * 100, id="deep"),
        pytest.param("<center><font size=2>{}</font></center>", id="before style sheets"),
        pytest.param("<form action='/'>{}</form>", id="a form around everything"),
    ],
)
def test_the_article_whatever_holds_it(body: str) -> None:
    assert lines(MENU + f"<h1>{TITLE['en']}</h1>" + body.format(paragraphs("en"))) == list(STORY["en"])


def test_an_article_in_several_pieces_with_its_lead() -> None:
    first, second, third = STORY["en"]
    ad = "<div class='advert'>Buy grain now, and you will not have to buy it later at all.</div>"
    pieces = f"<div class='piece n1'><p>{first}</p></div>{ad}<div class='piece n2'><p>{second} {third}</p></div>"
    lead = "It took the four countries ten years to agree on papers for lorries at their borders."
    page = f"<div><header><h1>{TITLE['en']}</h1><p class='lead'>{lead}</p></header><section>{pieces}</section></div>"
    assert lines(MENU + page) == [lead, first, f"{second} {third}"]


def test_the_next_article_of_an_endless_page_is_another() -> None:
    other = "".join(f"<p>{OTHER['en']} {n}</p>" for n in range(3))
    page = (
        f"<article class='a'><h1>{TITLE['en']}</h1><div class='b'>{paragraphs('en')}</div></article>"
        f"<article class='a'><h1>Grain prices</h1><div class='b'>{other}</div></article>"
    )
    assert lines(page) == list(STORY["en"])


def test_a_live_blog_is_all_its_entries() -> None:
    entries = "".join(f"<div class='entry'><h3>{n}:30</h3><p>{p}</p></div>" for n, p in enumerate(STORY["en"] * 2, 10))
    found = lines(f"{MENU}<h1>{TITLE['en']}</h1><div class='live'>{entries}</div>")
    assert [line for line in found if line in STORY["en"]] == list(STORY["en"])  # the same again is not said again
    assert "11:30" in found


def test_a_report_in_pictures_has_its_text_beneath_them() -> None:
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{p}</figcaption></figure>" for n, p in enumerate(STORY["en"])
    )
    assert lines(f"{MENU}<h1>{TITLE['en']}</h1><div class='gallery'>{figures}</div>") == list(STORY["en"])


def test_numbers_of_rows_and_the_stamp_above_the_text_are_no_lines_of_it() -> None:
    rows = "".join(f"<tr><td>{n}.</td><td>{p}</td></tr>" for n, p in enumerate(STORY["ru"], 1))
    assert lines(f"{MENU}<h1>{TITLE['ru']}</h1><table>{rows}</table>", "ru") == list(STORY["ru"])
    stamp = "<div class='info'>2026-11-19 16:33 来源：新闻网 字号：大 中 小 打印</div>"
    body = f"{MENU}<h1>{TITLE['zh']}</h1>{stamp}<div id='zoom'>{paragraphs('zh')}</div>"
    assert lines(body, "zh") == list(STORY["zh"])


def test_the_day_of_a_comment_is_not_the_articles() -> None:
    comments = "<h3>1</h3><b>Azamat</b> <time datetime='2026-11-20T05:00Z'>20 November 2026</time><p>Nice.</p>"
    body = f"{MENU}<main><h1>{TITLE['en']}</h1>{paragraphs('en')}</main><div class='comments'>{comments}</div>"
    assert read(body).published_at is None


def test_an_interview_keeps_questions_and_lists() -> None:
    talk = (
        "<p>Why now?</p><p>Because all four sides had lost money for years, and everybody knew it.</p>"
        "<p>What comes next?</p><ul><li>Papers for lorries</li><li>Papers for trains</li></ul>"
        "<p>After that we shall see, but I would not promise anything to anybody before spring.</p>"
    )
    assert lines(f"{MENU}<h1>{TITLE['en']}</h1><div>{talk}</div>") == [
        "Because all four sides had lost money for years, and everybody knew it.",
        "What comes next?",
        "Papers for lorries",
        "Papers for trains",
        "After that we shall see, but I would not promise anything to anybody before spring.",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_a_bulletin_of_one_sentence(lang: str) -> None:
    page = f"{MENU}<div><h1>{TITLE[lang]}</h1><div>{STORY[lang][0]}</div></div>{MENU}"
    assert lines(page, lang) == [STORY[lang][0]]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(MENU * 5, id="links"),
        pytest.param("<h1>Photo of the day</h1><img src='x.jpg'>", id="a picture"),
        pytest.param("<frameset><frame src='a.html'><frame src='b.html'></frameset>", id="frames"),
        pytest.param("x<br>" * 1000, id="scraps"),
    ],
)
def test_where_there_is_no_article_there_is_no_text(body: str) -> None:
    assert read(body).text == ""


def test_a_text_that_only_programs_can_see() -> None:
    told = '{"@type": "NewsArticle", "articleBody": "' + " ".join(STORY["en"]) + '"}'
    page = read("<div id='app'></div>", head=f"<script type='application/ld+json'>{told}</script>")
    assert page.text == " ".join(STORY["en"])


def test_joiners_stay_and_soft_hyphens_go() -> None:
    (first, *_) = lines(f"<h1>{TITLE['fa']}</h1><div>{paragraphs('fa')}</div>", "fa")
    assert "\u200c" in first
    assert lines(f"<p>{STORY['en'][0].replace('declaration', 'decla&shy;ration')}</p>") == [STORY["en"][0]]


def test_bytes_that_are_utf_8_are_read_so_whatever_the_template_says() -> None:
    page = f"<meta charset='iso-8859-1'><title>x</title><div>{paragraphs('ru')}</div>".encode()
    assert fulltext.read(page, "text/html", "", Selectors()).text.split("\n") == list(STORY["ru"])
    page = f"<meta charset='windows-1251'><title>x</title><div>{paragraphs('ru')}</div>".encode("cp1251")
    assert fulltext.read(page, "text/html", "", Selectors()).text.split("\n") == list(STORY["ru"])


SENTENCE = "The heads of state met in Bishkek and adopted number {} of their declarations."


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(30_000)), id="paragraphs"),
        pytest.param(
            "".join(f"<div class='a{n}'><p>{SENTENCE.format(n)}</p></div>" for n in range(15_000)), id="blocks"
        ),
        pytest.param("<div>" * 30_000 + SENTENCE, id="nesting"),
        pytest.param("x<br>" * 50_000, id="breaks"),
        pytest.param("<a href=x>" * 30_000, id="open links"),
        pytest.param("<p>" + "." + "'" * 500_000, id="quotes"),
        pytest.param(f"<p>{SENTENCE}</p>" * 8 + "<p>Read also</p>" * 20_000, id="announcements"),
    ],
)
def test_time_stays_bounded_on_pages_made_to_hurt(body: str) -> None:
    began = time.process_time()
    read(body)
    assert time.process_time() - began < 5  # far below a second each on a quiet machine
