"""Letters as entries."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from monitor.errors import ParseError
from monitor.types import Address, Entry, Fetch, Listing
from sources import mailbox
from sources.pool import ParserPool

URL = "imaps://mail.example:993/News"


def row(*letters: bytes) -> bytes:
    return b"".join(b"%d %d\n" % (n, len(letter)) + letter for n, letter in enumerate(letters, 1))


def read(*letters: bytes | EmailMessage, lang: str | None = None) -> Listing:
    raw = [letter if isinstance(letter, bytes) else bytes(letter) for letter in letters]
    return mailbox.read(row(*raw), None, Address(url=URL, lang=lang), URL)


def one(letter: bytes | EmailMessage) -> Entry:
    (entry,) = read(letter).entries
    return entry


def letter(subject: str, html: str = "", text: str = "", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "The Desk <news@desk.example>"
    made["Date"] = "Fri, 20 Nov 2026 10:00:00 +0600"
    made["Message-ID"] = "<2026.11@desk.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text or "see the other part")
    if html:
        made.add_alternative(html, subtype="html")
    return made


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param("SCO weekly", "The summit opens in Bishkek", id="latin"),
        pytest.param("Вестник ШОС", "Саммит открывается в Бишкеке", id="cyrillic"),
        pytest.param("上合周报", "峰会在比什凯克开幕", id="han"),
        pytest.param("هفته‌نامه شانگهای", "نشست در بیشکک آغاز می‌شود", id="arabic script"),
    ],
)
def test_a_letter_is_an_article(subject: str, text: str) -> None:
    entry = one(letter(subject, f"<html><body><h1>{subject}</h1><p>{text}</p><script>x()</script></body></html>"))
    assert entry == Entry(
        guid="2026.11@desk.example",
        url="mid:2026.11@desk.example",
        title=subject,
        content=f"{subject}\n{text}",
        authors=("The Desk",),
        published_at=datetime(2026, 11, 20, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "words",
    [
        "View this email in your browser", "View online", "Web version", "Открыть в браузере", "Веб-версия",
        "Посмотреть письмо на сайте", "在浏览器中打开", "网页版", "مشاهده در مرورگر", "عرض في المتصفح",
        "Tarayıcıda görüntüle", "Brauzerda ochish", "Im Browser ansehen", "Voir dans votre navigateur",
    ],
)  # fmt: skip
def test_the_page_in_a_browser_is_the_address(words: str) -> None:
    html = f'<p><a href="https://desk.example/issue/7">{words}</a></p><p>The news of the week.</p>'
    html += '<a href="https://desk.example/out?u=1">Unsubscribe</a><a href="https://desk.example/a">An article</a>'
    entry = one(letter("Weekly", html, List_Unsubscribe="<https://desk.example/leave>"))
    assert entry.url == "https://desk.example/issue/7"
    assert words not in entry.content


@pytest.mark.parametrize(
    ("headers", "html", "text", "url"),
    [
        pytest.param({"Archived_At": "<https://lists.example/7>"}, "", "x", "https://lists.example/7", id="archive"),
        pytest.param({}, "", "View in browser:\nhttps://desk.example/7\n\nNews", "https://desk.example/7", id="text"),
        pytest.param({"List_Unsubscribe": "<https://x.example/>"}, "<p>x</p>", "", "mid:2026.11@desk.example", id="id"),
        pytest.param({}, '<a href="javascript:x">view online</a>', "", "mid:2026.11@desk.example", id="no address"),
    ],
)
def test_other_places_of_the_address(headers: dict[str, str], html: str, text: str, url: str) -> None:
    assert one(letter("Weekly", html, text, **headers)).url == url


def test_what_is_hidden_in_the_layout_is_not_said() -> None:
    html = '<div style="display: none">preview text</div><table><tr><td>First</td></tr><tr><td>Second</td></tr></table>'
    assert one(letter("Weekly", html)).content == "First\nSecond"


def test_old_encodings_and_missing_parts() -> None:
    koi = b"Subject: =?koi8-r?B?" + b"98/T1M/LIMkg4dLJ0Q==" + b"?=\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"
    assert one(koi + "Саммит в Ташкенте открылся".encode("koi8-r")).content == "Саммит в Ташкенте открылся"
    gb = b"From: =?gb2312?B?0MK7qg==?= <a@b.example>\r\nContent-Type: text/html; charset=gb2312\r\n\r\n"
    entry = one(gb + "<p>上海合作组织峰会开幕</p>".encode("gb18030"))
    assert (entry.title, entry.authors) == ("上海合作组织峰会开幕", ("新华",))
    assert (entry.guid, entry.url) == (None, None)


def test_attachments_are_not_read() -> None:
    made = letter("With a file", text="The letter itself")
    made.add_attachment("secret minutes of the meeting", filename="minutes.txt")
    assert one(made).content == "The letter itself"


@pytest.mark.parametrize(
    "subject", ["Re: Weekly", "Fwd: Weekly", "FW: Re: Weekly", "Отв: Weekly", "转发：Weekly"]
)  # fmt: skip
def test_marks_of_answers_are_no_part_of_the_title(subject: str) -> None:
    assert one(letter(subject)).title == "Weekly"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00\xff\xfe" * 50, id="binary"),
        pytest.param(b"Subject: =?utf-8?B?////?=\r\n\r\n", id="a damaged subject"),
        pytest.param(b"Subject: =?no-such-charset?Q?x?=\r\n\r\nbody", id="an unknown charset"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 5000, id="endless parts"),
        pytest.param(
            b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000)),
            id="nested parts",
        ),
        pytest.param(b"Content-Type: text/html; charset=\xff\xff\r\n\r\n<p>x", id="a damaged charset"),
        pytest.param(b"From: " + b"<" * 5000 + b"\r\nDate: never\r\nMessage-ID: \r\n\r\n", id="odd headers"),
    ],
)
def test_a_letter_that_is_none_costs_no_other_one(raw: bytes) -> None:
    listing = read(raw, letter("Weekly"))
    assert listing.entries[-1].title == "Weekly"
    assert len(listing.entries) + sum(listing.dropped.values()) == 2


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"Content-Type: text/plain" + b";" * 1_900_000 + b"\r\n\r\nx", id="endless parameters"),
        pytest.param(b"Content-Type: text/plain" + b";\r\n " * 400_000 + b"\r\n\r\nx", id="folded ones"),
        pytest.param(
            b"Content-Type: text/html\r\n\r\n<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">x",
            id="endless attributes",
        ),
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<div style='display:none'>x" * 70_000, id="much hidden"),
        pytest.param(b"Subject: " + b"=?utf-8?b?" * 150_000 + b"\r\n\r\nx", id="endless words"),
    ],
)
def test_a_letter_made_to_hurt_costs_little(raw: bytes) -> None:
    """A worker that is killed over one letter would be killed over it at each poll."""
    started = time.process_time()
    assert read(raw, letter("Weekly")).entries[-1].title == "Weekly"
    assert time.process_time() - started < 3


def test_a_letter_that_no_worker_outlives_is_told_and_the_others_are_read() -> None:
    """It would otherwise end the reading of its whole batch, at every poll."""
    dear = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200))
    raws = [letter(title).as_bytes() for title in ("Саммит", "峰会", "القمة", "Summit")]
    raws.insert(2, (dear + b"a\r\n" * 600_000)[: 2 * 2**20])
    body = b"".join(b"%d %d\n" % (uid, len(raw)) + raw for uid, raw in enumerate(raws, 1))

    async def go() -> Listing:
        pool = ParserPool(1)
        try:
            fetch = Fetch(url=URL, outcome="ok", final_url=URL, body=body)
            return await pool.listing("mailbox", Address(url=URL), fetch)
        finally:
            await pool.aclose()

    listing = asyncio.run(go())
    assert [entry.title for entry in listing.entries] == ["Саммит", "峰会", "القمة", "Summit"]
    assert listing.dropped == {"letter that cannot be read": 1}


def test_what_is_no_row_of_letters_is_refused() -> None:
    assert mailbox.read(b"", None, Address(url=URL), URL).entries == ()
    with pytest.raises(ParseError, match="row of letters"):
        mailbox.read(b"Subject: x\r\n\r\n", None, Address(url=URL), URL)


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_headers_in_bare_bytes_are_read_as_the_letter_is(charset: str) -> None:
    head = "Subject: Саммит ШОС открылся =?utf-8?Q?=E2=80=94?=\r\nFrom: Вестник <a@b.example>\r\n"
    head += f"Content-Type: text/plain; charset={charset}\r\n\r\nСаммит открылся в Бишкеке."
    entry = one(head.encode(charset))
    assert (entry.title, entry.authors) == ("Саммит ШОС открылся —", ("Вестник",))


def test_lines_that_were_broken_for_the_screen_are_one_paragraph() -> None:
    text = "The summit of the \r\norganisation opened \r\nin Bishkek.\r\nIt goes on.\r\n-- \r\nThe desk\r\n"
    flowed = f"Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n{text}".encode()
    assert one(flowed).content == "The summit of the organisation opened in Bishkek.\nIt goes on.\n--\nThe desk"
