"""Letters of a mailbox as entries: each newsletter is an article. Pure; sources.imap brings the letters.

Nothing in a letter is followed: no picture, no link, no way to unsubscribe. What the letter calls its page in a browser
becomes its address; one without such a page is known by its Message-ID (``mid:``, RFC 2392).
"""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any
from urllib.parse import quote

from monitor.errors import ParseError
from monitor.text.clean import clean_line, clean_text
from monitor.types import Address, Entry, Listing
from sources import apart, plain
from sources.dates import instant
from sources.decoding import decode
from sources.languages import primary
from sources.links import absolute
from sources.markup import element_text

_PARTS = 200
_LETTERS = 500
# what would cost its readers minutes: one such letter must not keep those behind it from being read
_LONG_HEADER = re.compile(
    rb"^(content-[a-z-]{1,30}:(?:[^\n]|\n[ \t]){4000})(?:[^\n]|\n[ \t])*", re.IGNORECASE | re.MULTILINE
)
_PICTURE = re.compile(r"data:[^\"'<>\s]{1000,}", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}>?")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0", re.IGNORECASE)
_ENCODED = re.compile(r"(?:=\?[!-~]{1,60}\?[bBqQ]\?[!->@-~]*\?=(?:[ \t]+(?==\?))?)+")
# Source: RFC 3676 section 4.1; a line of two hyphens and a space begins a signature
_SOFT_BREAK = re.compile(r"(?<!^--)(?<!\n--) \r?\n(?=[^\s>-])")
_REPLY = re.compile(r"\A(?:\s*(?:re|fwd?|aw|wg|отв|пересл|ha|回复|转发)\s*[:：]\s*)+", re.IGNORECASE)
# the link to the same letter as a page, as newsletters call it
_BROWSER = re.compile(
    r"(?:view|read|open|see|display)\b.{0,30}\b(?:browser|online|web)|(?:web|online)[\s-]?version"
    r"|having trouble (?:viewing|reading)"
    r"|(?:откр|просмотр|посмотр|чита|смотр)\w*.{0,40}(?:браузер|онлайн|сайте)|(?:веб|онлайн)[\s-]?верси"
    r"|浏览器|瀏覽器|网页版|網頁版|在线(?:阅读|查看)|線上(?:閱讀|瀏覽)"
    r"|مرورگر|نسخه وب|المتصفح|متصفحك|نسخة الويب|براؤزر|ब्राउज़र|ब्राउजर"
    r"|tarayıcı|brauzer|браузер|im browser|navigateur|navegador|no navegador|nel browser|przeglądar",
    re.IGNORECASE,
)


def read(body: bytes, content_type: str | None, address: Address, url: str, now: datetime | None = None) -> Listing:  # noqa: ARG001
    """An entry a letter, in the order in which they came. `body` has them one after the other, each after a line with
    its UID and its length in bytes. One that nobody can read is left out and counted: those behind it, which come with
    the same reading, would otherwise wait for ever. Raises: ParseError for what is no such row."""
    letters = _letters(body)[:_LETTERS]
    rows = list(apart.each(lambda number: _row(letters[number], address.lang, now), len(letters)))
    entries = [entry for row in rows if row is not None for entry in plain.to_listing(row).entries]
    told = tuple(entry for entry in entries if entry.title or entry.content)
    dropped = len(letters) - len(told)
    return Listing(entries=told, dropped={"letter that cannot be read": dropped} if dropped else {})


def _row(raw: bytes, lang: str | None, now: datetime | None) -> dict[str, Any] | None:
    """The letter's entry as the only one of a listing; None: it is no letter."""
    try:
        entry = _entry(message_from_bytes(_LONG_HEADER.sub(rb"\1", raw)), lang, now)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
        return None  # what the standard library makes of letters that are none
    return plain.from_listing(Listing(entries=(entry,)))


def _letters(body: bytes) -> list[bytes]:
    letters, at = [], 0
    while at < len(body):
        end = body.find(b"\n", at, at + 40)
        match = re.fullmatch(rb"(\d+) (\d+)", body[at:end]) if end > 0 else None
        if match is None:
            raise ParseError("not a row of letters")
        at = end + 1 + int(match[2])
        letters.append(body[end + 1 : at])
    return letters


def _entry(letter: Message, lang: str | None, now: datetime | None) -> Entry:
    text, page = _said(letter)
    subject = _header(letter, "Subject")
    name = re.sub(r"[\s<>]", "", _header(letter, "Message-ID"))
    sender = _sender(letter)
    # RFC 5064: where the letter stands for good
    archived = absolute("", _header(letter, "Archived-At").strip("<> "))
    own = f"mid:{quote(name, safe='@!$*+=.-_~')}" if re.fullmatch(r"[!-~]+@[!-~]+", name) and len(name) < 180 else None
    return Entry(
        guid=clean_line(name) or None,
        url=archived or page or own,
        title=clean_line(_REPLY.sub("", subject) or text.partition("\n")[0][:160]),
        content=text,
        authors=(sender,) if sender else (),
        published_at=instant(_header(letter, "Date"), now=now),
        lang=lang or primary(_header(letter, "Content-Language").partition(",")[0].strip()),
    )


def _header(letter: Message, name: str) -> str:
    """The header's text, decoded by its own words where they can be."""
    value = letter.get(name)
    if value is None:
        return ""
    return clean_line(_words(_unescaped(value, letter)[:10_000]))


def _words(line: str) -> str:
    """The line with its encoded words as what they say; between them, letters that stand there themselves stay."""
    if not line.isascii():
        return _ENCODED.sub(lambda match: _words(match[0]), line)
    try:
        return "".join(_piece(data, charset) for data, charset in decode_header(line))
    except (HeaderParseError, ValueError):
        return line


def _unescaped(value: object, letter: Message) -> str:
    """The header's line, read as the letter's text is where it holds bytes that no mail should."""
    if not isinstance(value, Header):
        return str(value)
    usual = next(filter(None, (part.get_content_charset() for part in letter.walk())), None)
    pieces = decode_header(value)
    return "".join(_piece(data, usual if said == "unknown-8bit" else said) for data, said in pieces)


def _piece(data: str | bytes, charset: str | None) -> str:
    if isinstance(data, str):
        return data
    return decode(data, f"text/plain; charset={charset}" if charset and charset != "unknown-8bit" else None)


def _sender(letter: Message) -> str:
    """The name in From, else the address."""
    raw = _unescaped(letter.get("From") or "", letter)[:2000]
    try:
        name, address = next(iter(getaddresses([raw])), ("", ""))
    except (ValueError, IndexError, TypeError, RecursionError):
        return ""
    if not name:
        return clean_line(address, 200)
    return clean_line(_words(name), 200)


# ---------------------------------------------------------------------------------------------- what it says


def _said(letter: Message) -> tuple[str, str | None]:
    """The text, out of HTML where there is such, and the address of the same as a page."""
    parts = [part for _, part in zip(range(_PARTS), letter.walk(), strict=False) if _is_text(part)]
    rich = max((_decoded(part) for part in parts if part.get_content_type() == "text/html"), key=len, default="")
    bare = max((_decoded(part) for part in parts if part.get_content_type() == "text/plain"), key=len, default="")
    text, page = _from_html(rich) if rich else ("", None)
    if 2 * len(text) < len(bare):
        text = clean_text(bare)
    return text, page or _page_in(bare)


def _is_text(part: Message) -> bool:
    return part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset()
    if not isinstance(payload, bytes):
        return ""
    text = decode(payload, f"text/plain; charset={charset}" if charset else None)
    return _SOFT_BREAK.sub(" ", text) if str(part.get_param("format")).lower() == "flowed" else text


def _from_html(markup: str) -> tuple[str, str | None]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = _LONG_TAG.sub(" ", _PICTURE.sub("", markup.replace("\x00", ""))).encode("utf-8", "replace")
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return "", None
    page = _page_link(root)
    for element in [e for e in root.iter() if _HIDDEN.search((e.get("style") or "")[:2000])]:
        element.clear(keep_tail=True)
    return element_text(root), page


def _page_link(root: Any) -> str | None:
    """Where the link to the page leads, which is taken out: it is no part of what was written."""
    for link in list(root.iter("a"))[:500]:
        words = f"{' '.join(link.itertext())[:200]} {(link.get('title') or '')[:200]}"
        target = absolute("", link.get("href")) if _BROWSER.search(words) else None
        if target:
            link.clear(keep_tail=True)
            return target
    return None


def _page_in(text: str) -> str | None:
    """The address in or after a line that speaks of the browser."""
    lines = clean_text(text[:20_000]).split("\n")[:60]
    for number, line in enumerate(lines):
        if _BROWSER.search(line):
            match = re.search(r"https?://[^\s<>\"')\]]+", " ".join(lines[number : number + 2]))
            return absolute("", match[0]) if match else None
    return None
