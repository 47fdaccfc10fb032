"""Pages as WARC/1.1 records, and back: one gzip member each, so that any stretch of whole records is a WARC file.

The body of an answer stands in its record as it was sent, compressed or not, but in one piece: how a server cuts it
into chunks is no part of it, and what reads records takes ``Transfer-Encoding: chunked`` at its word, so that header
keeps its value under another name.

Source: ISO 28500:2017, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1-annotated/
(digests as recommended there: label and lower-case hex).
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from monitor import __version__

if TYPE_CHECKING:
    from monitor.types import Capture, Snapshot

VERSION = "WARC/1.1"
#: What is written of the header that a body in one piece makes untrue.
_CHUNKED = re.compile(rb"(?im)^(?=transfer-encoding[ \t]*:)")
_NOT_CHUNKED = b"X-Archive-Orig-"

# a third of the time of 9 for a fiftieth more
_LEVEL = 6
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 64 * 1024


class Damaged(Exception):
    """Bytes that are no whole records of ours; `offset`: where the first one that is none begins."""

    def __init__(self, why: str, offset: int = 0) -> None:
        self.offset = offset
        super().__init__(why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record that was read."""

    headers: dict[str, str]
    block: bytes

    @property
    def type(self) -> str:
        return self.headers.get("warc-type", "")

    @property
    def parts(self) -> tuple[bytes, bytes]:
        """Head and body of the message in the block."""
        head, between, body = self.block.partition(b"\r\n\r\n")
        return head + between, body


# ---------------------------------------------------------------------------------------------- writing


def new_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def write_page(
    put: Callable[[bytes], None], capture: Capture, record_id: str, digest: str, same: Snapshot | None
) -> None:
    """Puts out the answer's record and its request's; `same` is an earlier snapshot with that very body.

    Of such a one only the head is written (``revisit``).
    """
    head = _CHUNKED.sub(_NOT_CHUNKED, capture.response)
    headers = _headers("revisit" if same else "response", record_id, capture)
    headers["WARC-Payload-Digest"] = f"sha256:{digest}"
    if same is None:
        headers["WARC-Block-Digest"] = _labelled(head, capture.body)
    else:
        headers |= {
            "WARC-Block-Digest": _labelled(head),
            "WARC-Refers-To": f"<{same.record_id}>",
            "WARC-Refers-To-Target-URI": same.final_url,
            "WARC-Refers-To-Date": _date(same.at),
            "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        }
    _write(put, headers, head, b"" if same else capture.body)
    asked = _headers("request", new_id(), capture)
    asked |= {"WARC-Concurrent-To": f"<{record_id}>", "WARC-Payload-Digest": _labelled()}
    asked["WARC-Block-Digest"] = _labelled(capture.request)
    _write(put, asked, capture.request, b"")


def write_info(put: Callable[[bytes], None], name: str, at: datetime) -> None:
    """Puts out the record that every file begins with."""
    fields = {
        "software": f"scowatch/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {"WARC-Type": "warcinfo", "WARC-Record-ID": f"<{new_id()}>", "WARC-Date": _date(at)}
    headers |= {"WARC-Filename": name, "WARC-Block-Digest": _labelled(block)}
    _write(put, headers, None, block)


def _headers(kind: str, record_id: str, capture: Capture) -> dict[str, str]:
    headers = {"WARC-Type": kind, "WARC-Record-ID": f"<{record_id}>", "WARC-Date": _date(capture.at)}
    headers["WARC-Target-URI"] = capture.url
    return headers | ({"WARC-IP-Address": capture.address} if capture.address else {})


def _write(put: Callable[[bytes], None], headers: dict[str, str], head: bytes | None, body: bytes) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    member = _Member(put)
    writer = WARCWriter(member, gzip=False, warc_version=VERSION)
    message = None if head is None else StatusAndHeaders(head.partition(b"\r\n")[0].decode("latin-1"), [])
    if message is not None:  # the library would put the head together anew
        message.headers_buff, message.compute_headers_buffer = head, lambda _: None
    record = writer.create_warc_record(
        headers.get("WARC-Target-URI", ""),
        headers["WARC-Type"],
        payload=BytesIO(body),
        length=len(body),
        http_headers=message,
        warc_headers_dict=headers,
    )
    writer.write_record(record)
    member.end()


class _Member:
    """A file for the library to write to: what comes out is one gzip member, always the same for the same record."""

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put
        self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def write(self, data: bytes) -> None:
        if packed := self._packer.compress(data):
            self._put(packed)

    def flush(self) -> None:
        """Nothing: the member ends when the record does."""

    def end(self) -> None:
        self._put(self._packer.flush())


def _labelled(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return f"sha256:{found.hexdigest()}"


def _date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


# ---------------------------------------------------------------------------------------------- reading


def records(data: bytes) -> tuple[Record, ...]:
    """The records that these bytes are. Raises: Damaged."""
    found, rest = [], data
    while rest:
        unpacker = zlib.decompressobj(_GZIP)
        at = len(data) - len(rest)
        try:
            plain = unpacker.decompress(rest)
        except zlib.error as error:
            raise Damaged(str(error), at) from error
        if not unpacker.eof:
            raise Damaged("its end is missing", at)
        found.append(_record(plain, at))
        rest = unpacker.unused_data
    return tuple(found)


def _record(plain: bytes, at: int) -> Record:
    head, between, rest = plain.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "")
    if first != VERSION or not between or not length.isdecimal():
        raise Damaged("this is no record of ours", at)
    block, end = rest[: int(length)], rest[int(length) :]
    if len(block) != int(length) or end != b"\r\n\r\n":
        raise Damaged("the record is not as long as it says", at)
    if headers.get("warc-block-digest") != _labelled(block):
        raise Damaged("the record is not what its digest says", at)
    return Record(headers=headers, block=block)


def members(file: BinaryIO, offset: int) -> Iterator[tuple[int, int]]:
    """Where each record begins and ends, from that offset on, nothing of it kept. Raises: Damaged at one that is
    broken or has no end."""
    file.seek(offset)
    begun, rest = offset, b""
    unpacker: Any = None
    while piece := rest or file.read(_PIECE):
        unpacker = unpacker or zlib.decompressobj(_GZIP)
        try:
            unpacker.decompress(piece)
        except zlib.error as error:
            raise Damaged(str(error), begun) from error
        rest = unpacker.unused_data
        if unpacker.eof:
            end = file.tell() - len(rest)
            yield begun, end
            begun, unpacker = end, None
    if unpacker is not None:
        raise Damaged("its end is missing", begun)


def unpacked(response: bytes, body: bytes) -> bytes:
    """The body as the page's author wrote it: its compression undone. Raises: Damaged."""
    coding = _value(response, b"content-encoding").lower()
    if b"gzip" not in coding or not body.startswith(b"\x1f\x8b"):
        return body
    parts, rest = [], body
    try:
        while rest.startswith(b"\x1f\x8b"):
            unpacker = zlib.decompressobj(_GZIP)
            parts.append(unpacker.decompress(rest))
            rest = unpacker.unused_data
    except zlib.error as error:
        raise Damaged(f"the page's own compression is broken ({error})") from error
    return b"".join(parts)


def content_type(response: bytes) -> str | None:
    """Of the answer with that head."""
    return _value(response, b"content-type").decode("latin-1") or None


def _value(head: bytes, name: bytes) -> bytes:
    found = re.search(rb"(?im)^" + re.escape(name) + rb"[ \t]*:[ \t]*(.*?)[ \t]*\r?$", head)
    return found[1] if found else b""
