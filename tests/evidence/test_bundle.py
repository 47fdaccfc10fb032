"""Bundles: the same bytes each time, and not one of them can change unseen."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.evidence import bundle, zipped

MEMBERS = {
    "ABOUT.txt": b"Read me.\n",
    "articles/1/text.txt": "Саммит в Бишкеке\n\n比什凯克峰会\n\nنشست بیشکک\n".encode(),
    "articles/1/pages.warc.gz": bytes(range(256)),
    "articles/1/origin.json": b"",
}
OF = {"asked": "1", "articles": [{"id": 1, "url": "https://news.example/新闻"}]}
KEY = b"a key of ours"


def made(key: bytes | None = None) -> bytes:
    return bundle.sealed(MEMBERS, OF, key)


def rezipped(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same file, written by us, with other members."""
    members = zipped.read(data)
    change(members)
    return zipped.written(members)


def test_a_bundle_is_the_same_each_time_whatever_the_order() -> None:
    assert made() == bundle.sealed(dict(reversed(MEMBERS.items())), OF)
    # the same for every machine and every version of its libraries
    assert hashlib.sha256(zipped.written(MEMBERS)).hexdigest().startswith("22629511f71eee5c")


def test_others_can_read_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(made(KEY))) as file:
        assert file.testzip() is None
        assert file.namelist() == sorted([*MEMBERS, bundle.MANIFEST, bundle.SIGNATURE])
        assert {name: file.read(name) for name in MEMBERS} == MEMBERS
        manifest = json.loads(file.read(bundle.MANIFEST))
        signature = file.read(bundle.SIGNATURE).decode().strip()
        assert signature == hmac.new(KEY, file.read(bundle.MANIFEST), hashlib.sha256).hexdigest()
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert manifest["signature"]["method"] == "HMAC-SHA-256"
    listed = {one["name"]: one["sha256"] for one in manifest["members"]}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in MEMBERS.items()}
    path = tmp_path / "bundle.zip"
    path.write_bytes(made())
    tested = subprocess.run(["python3", "-m", "zipfile", "-t", str(path)], capture_output=True, text=True, check=False)
    assert tested.returncode == 0


@pytest.mark.parametrize(
    ("signed", "given", "proved", "problem"),
    [
        pytest.param(None, None, False, None, id="not signed"),
        pytest.param(KEY, None, False, None, id="signed, not checked"),
        pytest.param(KEY, KEY, True, None, id="signed and checked"),
        pytest.param(KEY, b"another", False, "manifest.hmac", id="another key"),
        pytest.param(None, KEY, False, "manifest.json", id="a signature is asked for"),
    ],
)
def test_signatures(signed: bytes | None, given: bytes | None, proved: bool, problem: str | None) -> None:
    verdict = bundle.verified(made(signed), given)
    assert (verdict.signed, verdict.proved) == (signed is not None, proved)
    assert [member for member, _ in verdict.problems] == ([problem] if problem else [])
    assert (verdict.of, verdict.members) == (OF, len(MEMBERS))


@pytest.mark.parametrize("key", [None, KEY], ids=["not signed", "signed"])
def test_every_single_byte_counts(key: bytes | None) -> None:
    good = made(key)
    for at in range(len(good)):
        for bit in (0x01, 0x80):
            data = bytearray(good)
            data[at] ^= bit
            assert bundle.verified(bytes(data)).problems, f"byte {at} of {len(good)}"


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_the_member_with_the_changed_byte_is_named(name: str) -> None:
    good = made()
    if not MEMBERS[name]:
        return
    data = bytearray(good)
    data[good.index(MEMBERS[name])] ^= 1
    assert [member for member, _ in bundle.verified(bytes(data)).problems] == [name]


def _add(members: dict[str, bytes]) -> None:
    members["articles/1/more.txt"] = b"x"


def _take(members: dict[str, bytes]) -> None:
    del members["articles/1/text.txt"]


def _change(members: dict[str, bytes]) -> None:
    members["articles/1/text.txt"] += b"."


def _swap(members: dict[str, bytes]) -> None:
    members["ABOUT.txt"], members["articles/1/origin.json"] = b"", members["ABOUT.txt"]


def _sign(members: dict[str, bytes]) -> None:
    members[bundle.SIGNATURE] = b"0" * 64


def _forge(members: dict[str, bytes]) -> None:
    manifest = json.loads(members[bundle.MANIFEST])
    members["ABOUT.txt"] = b"Forged."
    for one in manifest["members"]:
        if one["name"] == "ABOUT.txt":
            one |= {"bytes": 7, "sha256": hashlib.sha256(b"Forged.").hexdigest()}
    members[bundle.MANIFEST] = bundle.as_json(manifest)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param(_add, ["articles/1/more.txt"], id="added"),
        pytest.param(_take, ["articles/1/text.txt"], id="missing"),
        pytest.param(_change, ["articles/1/text.txt"], id="changed"),
        pytest.param(_swap, ["ABOUT.txt", "articles/1/origin.json"], id="swapped"),
        pytest.param(lambda m: m.pop(bundle.MANIFEST), ["manifest.json"], id="no manifest"),
        pytest.param(lambda m: m.pop(bundle.SIGNATURE), ["manifest.hmac", "manifest.hmac"], id="no signature"),
        pytest.param(_sign, ["manifest.hmac"], id="another signature"),
        pytest.param(_forge, ["manifest.hmac"], id="forged with its manifest"),
        pytest.param(lambda m: m.update({bundle.MANIFEST: b"[]"}), ["manifest.json"], id="a manifest of another kind"),
        pytest.param(lambda m: m.update({bundle.MANIFEST: b"{" * 99_999}), ["manifest.json"], id="deep nonsense"),
        pytest.param(lambda m: m.update({bundle.MANIFEST: b'{"members": [{"name": []}]}'}), ["manifest.json"],
                     id="nonsense of the right shape"),
    ],
)  # fmt: skip
def test_whoever_rewrites_it_is_found_out(change: Callable[[dict[str, bytes]], None], named: list[str]) -> None:
    verdict = bundle.verified(rezipped(made(KEY), change), KEY)
    assert [member for member, _ in verdict.problems] == named
    assert not verdict.proved


def by_another_program(names: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in names.items():
            file.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "/etc/passwd", "a/../../b", "a//b", "a/./b", "..", "C:/x", "a\\..\\b", "a\nb", "dir/", "a\x00.txt"],
)
def test_a_path_that_climbs_out_is_named(name: str) -> None:
    data = by_another_program({name: b"x"})
    problems = bundle.verified(data).problems
    assert len(problems) == 1
    assert not zipped.is_plain(name)


@pytest.mark.parametrize(
    ("data", "member"),
    [
        pytest.param(b"", "the list of members", id="empty"),
        pytest.param(b"PK\x05\x06" + b"\0" * 18, "manifest.json", id="a ZIP of nothing"),
        pytest.param(b"x" * 5000, "the list of members", id="no ZIP"),
        pytest.param(by_another_program(MEMBERS, zipfile.ZIP_DEFLATED), "ABOUT.txt", id="compressed"),
        pytest.param(by_another_program(MEMBERS), "articles/1/origin.json", id="by another program"),
        pytest.param(b"#!/bin/sh\n" + made(), "ABOUT.txt", id="something before it"),
        pytest.param(made() + b"\0", "the end of the file", id="something behind it"),
        pytest.param(made()[:-1], "the list of members", id="cut short"),
    ],
)
def test_what_is_no_bundle_of_ours(data: bytes, member: str) -> None:
    problems = bundle.verified(data).problems
    assert [name for name, _ in problems] == [member], problems


def test_names_are_there_once() -> None:
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as file:
        file.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a", b"2")
    assert bundle.verified(twice.getvalue()).problems == (("a", "is there twice"),)


def test_what_cannot_be_a_member_is_not_made_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="plain paths"):
        zipped.written({"../x": b""})
    monkeypatch.setattr(zipped, "LIMIT", 10)
    with pytest.raises(ValueError, match="more than"):
        zipped.written({"x": b"12345678901"})
