"""One ZIP for the same members, byte for byte, wherever and whenever it is made. Pure.

Nothing is compressed, since compression differs between programs; names are sorted, times fixed. So whoever has the
members can say what every byte of the file has to be, and no byte can change unseen.

Source: PKWARE APPNOTE.TXT 6.3.9, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO

#: Larger ones would need another form of the file.
LIMIT = 2**31
_MOST_MEMBERS = 60_000

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _UNIX, _UTF8 = 20, 3 << 8, 1 << 11
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01, the first that can be written
_FILE = 0o100644 << 16
_CLIMBS = re.compile(r"(^|/)\.{0,2}(/|$)")


class Unsound(Exception):
    """Why the bytes are not such a ZIP, and the member that shows it."""

    def __init__(self, member: str, why: str) -> None:
        self.member, self.why = member, why
        super().__init__(f"{member}: {why}")


def written(members: Mapping[str, bytes]) -> bytes:
    """The ZIP. Raises: ValueError, when it would be too large, or a name is none that may be used."""
    if any(not is_plain(name) for name in members) or len(members) > _MOST_MEMBERS:
        raise ValueError("names of members have to be plain paths, and not too many")
    if sum(map(len, members.values())) > LIMIT:
        raise ValueError(f"more than {LIMIT // 2**30} GiB")
    return b"".join(piece for _, piece in _pieces(members))


def read(data: bytes) -> dict[str, bytes]:
    """The members, when every byte of it is what `written` makes of them. Raises: Unsound.

    Nothing is unpacked, so nothing can grow; no name leads anywhere.
    """
    members = _members(data)
    at = 0
    for member, piece in _pieces(members):
        if data[at : at + len(piece)] != piece:
            raise Unsound(member, "what stands around its content was changed")
        at += len(piece)
    if at != len(data):
        raise Unsound("the end of the file", "something was added behind it")
    return members


def is_plain(name: str) -> bool:
    """Whether the name is a path that stays where it is unpacked, for every system."""
    return bool(name) and name.isprintable() and not re.search(r'[\\:*?"<>|]', name) and not _CLIMBS.search(name)


def _members(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as file:
            return dict(_member(file, info, len(data)) for info in _once(file.infolist()))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, struct.error) as error:
        raise Unsound("the list of members", f"cannot be read ({error})") from error


def _once(infos: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    names: set[str] = set()
    for info in infos:
        if info.filename in names:
            raise Unsound(info.filename, "is there twice")
        names.add(info.filename)
        yield info


def _member(file: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> tuple[str, bytes]:
    name = info.filename
    if info.orig_filename != name or not is_plain(name):
        raise Unsound(ascii(info.orig_filename)[1:-1], "a path that leads elsewhere")
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 or info.file_size > most:
        raise Unsound(name, "is not stored as it is")
    try:
        return name, file.read(info)
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        NotImplementedError,
        struct.error,
    ) as error:
        raise Unsound(name, f"was changed ({error})") from error


def _pieces(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The file's bytes in order, with the name of the member that they belong to."""
    directory, at = [], 0
    for name in sorted(members):
        data, path = members[name], name.encode()
        flags = 0 if path.isascii() else _UTF8
        rest = (flags, 0, _TIME, _DATE, zlib.crc32(data), len(data), len(data), len(path), 0)
        head = _LOCAL.pack(b"PK\3\4", _VERSION, *rest) + path
        entry = _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, *rest, 0, 0, 0, _FILE, at)
        directory.append((name, entry + path))
        yield name, head
        yield name, data
        at += len(head) + len(data)
    yield from directory
    size = sum(len(entry) for _, entry in directory)
    yield "the list of members", _END.pack(b"PK\5\6", 0, 0, len(members), len(members), size, at, 0)
