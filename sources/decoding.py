"""Strangers' bytes as text: as header, byte order mark or document say, and by trying where those are wrong. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_PROLOG = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{4,16})|([0-9]{5,16}));")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_BARE = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#?\w+;)", re.DOTALL)
_RUN = re.compile(rb"[\x80-\xff]{3}")
_LONG_RUN = re.compile(rb"[\xa1-\xff]{8}")
_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
#: So many characters that are well-formed UTF-8 are no chance in any other encoding.
_NO_CHANCE = 6
# what Turkish looks like in Western European, and the letters of those who really write these, as often as these
_TURKISH, _ICELANDIC = re.compile("[ÝÞÐýþð]"), re.compile("[áéíóúæÁÉÍÓÚÆ]")
_REPLACED = "\ufffd"
_SAMPLE = 200_000

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# how a document begins in the wide encodings without their mark
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# names that Python knows and that no document can mean; UTF-7 hides markup from everybody but its reader
_NEVER = frozenset(
    ("utf-7", "undefined", "idna", "punycode", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape")
)


def decode(body: bytes, content_type: str | None) -> str:
    """The text of an HTML page; undecodable bytes are U+FFFD.

    Source: HTML standard, section 13.2.3 (determining the character encoding).
    """
    return _decoded(body, content_type, _META.search(_COMMENT.sub(b"", body[:4096])) or _PROLOG.match(body[:400]))


def decode_xml(body: bytes, content_type: str | None) -> str:
    """The text of an XML document; undecodable bytes are U+FFFD. Source: RFC 7303 section 3."""
    return _decoded(body, content_type, _PROLOG.match(body[:400]))


def readable(document: bytes) -> bytes:
    """The XML document without what libxml2 makes wrong: references to halves of characters, which Python cannot read,
    and ampersands that begin no reference, with which the word behind them would be gone."""
    if b"\x00" in document[:8] or document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return document
    document = _BARE.sub(lambda match: match[0] if len(match[0]) > 1 else b"&amp;", document)
    return _REFERENCE.sub(_whole, document) if b"&#" in document else document


def _whole(reference: re.Match[bytes]) -> bytes:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"&#xFFFD;" if 0xD800 <= number <= 0xDFFF else reference[0]


def is_as_said(body: bytes, content_type: str | None) -> bool:
    """Whether the XML document is in the encoding that it names first, or in UTF-8 where it names none."""
    own = _PROLOG.match(body[:400])
    said = _said(content_type, own)
    if not said and (own or _HEADER.search(content_type or "")):
        return False
    if said == ["cp1252"] and (_is_no_latin(body) or _is_turkish(body)):
        return False
    codec = said[0] if said else "utf-8"
    body = body.removeprefix(codecs.BOM_UTF8)
    return _strictly(body, codec) is not None and (codec == "utf-8" or not _is_utf8(body))


def _decoded(body: bytes, content_type: str | None, own: re.Match[bytes] | None) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _WIDE:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    said = _said(content_type, own)
    if said == ["cp1252"] and _is_no_latin(body):
        said = []
    if said and said[0] != "utf-8" and _is_utf8(body):
        return body.decode("utf-8")
    if said[:1] == ["cp1252"] and _is_turkish(body):  # its standard is Latin-1 but for six letters
        said = ["cp1254"]
    for encoding in (*said, "utf-8"):
        text = _strictly(body, encoding)
        if text is not None:
            return text
    return body.decode(_likeliest(body, said), "replace")


def _said(content_type: str | None, own: re.Match[bytes] | None) -> list[str]:
    """The codecs that header and document name, in the order in which they are believed."""
    header = _HEADER.search(content_type or "")
    names = [header[1] if header else "", own[1].decode("ascii") if own else ""]
    said = [codec for codec in (_codec(name) for name in names if name) if codec]
    # many servers say Latin-1 of whatever they send
    return said[::-1] if said[:1] == ["cp1252"] else said


def _is_utf8(body: bytes) -> bool:
    """Whether the body is UTF-8, whatever anybody says of it."""
    return sum(1 for _ in islice(_SEQUENCE.finditer(body), _NO_CHANCE)) == _NO_CHANCE and (
        _strictly(body, "utf-8") is not None
    )


def _is_no_latin(body: bytes) -> bool:
    """Whether what is said to be Western European has long runs of letters with marks, which no such language has."""
    return sum(1 for _ in islice(_LONG_RUN.finditer(body), _NO_CHANCE)) == _NO_CHANCE


def _is_turkish(body: bytes) -> bool:
    """Whether what is said to be Western European has the letters that Turkish has in the place of Icelandic ones."""
    text = body[:_SAMPLE].decode("cp1252", "replace")
    return len(_TURKISH.findall(text)) > max(_NO_CHANCE - 1, 4 * len(_ICELANDIC.findall(text)))


def _codec(name: str) -> str | None:
    """The codec that a document means by that name, as browsers read it: gb2312 is gb18030, latin-1 is cp1252."""
    if name.lower() in ("utf-8", "utf8"):
        return "utf-8"
    from w3lib.encoding import resolve_encoding

    try:
        codec = codecs.lookup(resolve_encoding(name) or "")
    except (LookupError, ValueError):
        return None
    # a document whose beginning could be read byte by byte is in no wide encoding, whatever it says
    if codec.name in _NEVER or codec.name.startswith(("utf-16", "utf-32")) or not _is_text(codec.name):
        return None
    return codec.name


def _is_text(name: str) -> bool:
    try:
        return b"<a>".decode(name) == "<a>"
    except (LookupError, UnicodeError):
        return False


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likeliest(body: bytes, said: list[str]) -> str:
    """The encoding of a body that is damaged or not in what it was said to be in."""
    if _mostly(body, "utf-8"):
        return "utf-8"
    likely = next((name for name in (*said, *_guesses(body)) if _mostly(body, name)), said[0] if said else "cp1252")
    return "cp1254" if likely == "cp1252" and _is_turkish(body) else likely


def _mostly(body: bytes, encoding: str) -> bool:
    """Whether more of what is not ASCII can be decoded than cannot."""
    text = body[:_SAMPLE].decode(encoding, "replace")
    damaged = text.count(_REPLACED)
    return len(text) - len(text.encode("ascii", "ignore")) >= 2 * damaged


def _guesses(body: bytes) -> Iterator[str]:
    from charset_normalizer import from_bytes

    # markup is the same in all of them and only hides the difference
    words = re.sub(rb"<[^>]{0,2000}>|[\x00-\x7f]{40,}", b" ", body[:_SAMPLE])
    # strays among ASCII are typographic marks of Western European: no letters to tell a language by
    best = from_bytes(words).best() if _RUN.search(words) else None
    if best:
        yield best.encoding
    yield "cp1252"
