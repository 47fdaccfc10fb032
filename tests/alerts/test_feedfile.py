"""Feeds of alerts: read back by feedparser, whole at any time, and the same after a repeat."""

from __future__ import annotations

import asyncio
import fcntl
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from alerts import open_sender
from alerts.feedfile import KEPT, FeedSender, told
from monitor.errors import DeliveryError, InputError
from monitor.types import Channel, Delivery, Digest, Receipt
from tests.alerts.strings import HEADERS, LINKS, shared
from tests.digest.builders import NOW, alert, digest, item

DELIVERY = Delivery(id=1, digest_key="k", channel_id="feed:bank", status="sending", attempts=1, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip
TEST = replace(DELIVERY, id=0)


def sender(folder: Path, name: str = "bank", **settings: str) -> FeedSender:
    channel = Channel(id=f"feed:{name}", kind="feed", target=name, settings={"folder": str(folder)} | settings)
    return FeedSender(channel, {}, lambda _: None)


def send(one: FeedSender, *messages: Digest, delivery: Delivery = DELIVERY) -> Receipt:
    for message in messages:
        receipt = asyncio.run(one.send(delivery, message))
    return receipt


def number(n: int, **more: Any) -> Digest:
    """The alert on story n, told n minutes after the first."""
    return replace(alert(item(n, **more)), created_at=NOW + timedelta(minutes=n))


def update(of: Digest, after: timedelta = timedelta(minutes=30), **more: Any) -> Digest:
    (section,) = of.sections
    changed = replace(section, items=tuple(replace(one, **more) for one in section.items))
    at = of.created_at + after
    return replace(of, kind="update", replaces=of.key, key=f"{of.key}/update/1", created_at=at, sections=(changed,))


def titles(folder: Path, suffix: str = ".atom", name: str = "bank") -> list[str]:
    read = feedparser.parse((folder / f"{name}{suffix}").read_bytes())
    assert not read.bozo, read.get("bozo_exception")
    return [entry.title for entry in read.entries]


def bodies(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files with their inode: another one was written anew."""
    return {path.name: (path.read_bytes(), path.stat().st_ino) for path in folder.iterdir() if path.suffix != ".lock"}


@pytest.mark.parametrize("suffix", [".rss", ".atom"])
def test_alerts_are_read_back_the_newest_first(tmp_path: Path, suffix: str) -> None:
    one = sender(tmp_path, title="Bank & <fund>", url="https://desk.example/feeds")
    send(one, number(1), number(2, title="Саммит ШОС: «итоги»", lang="ru"), number(3, title="上合组织峰会", lang="zh"))
    assert titles(tmp_path, suffix) == ["上合组织峰会", "Саммит ШОС: «итоги»", "Story 1"]
    read = feedparser.parse((tmp_path / f"bank{suffix}").read_bytes())
    assert [entry.link for entry in read.entries] == [f"https://daily.test/{n}" for n in (3, 2, 1)]
    assert any(
        link.rel == "self" and link.href == f"https://desk.example/feeds/bank{suffix}" for link in read.feed.links
    )
    assert read.entries[0].author == "Daily"
    assert read.entries[0].updated.startswith("2026-11-21T06:33")
    assert "Daily · independent · KZ" in read.entries[0].summary


def test_the_json_feed_says_the_same(tmp_path: Path) -> None:
    others = (("Dawn", "https://dawn.test/"), ("APP", "https://app.test/"))
    send(
        sender(tmp_path), replace(number(1, others=others), why="rule “bank”: from official", mute="scowatch mutes add")
    )
    made = json.loads((tmp_path / "bank.json").read_text("utf-8"))
    (told_,) = made["items"]
    assert made["title"] == "Alerts: bank"
    assert told_["content_text"].splitlines() == [
        "The council met. It took note of a report.",
        "Daily · independent · KZ",
        "+2 more: Dawn, APP",
        "Why: rule “bank”: from official",
        "Mute: scowatch mutes add",
    ]
    assert (told_["tags"], told_["_scowatch"]["story_id"]) == (["sco"], 1)


def test_a_repeat_changes_nothing(tmp_path: Path) -> None:
    one = sender(tmp_path)
    send(one, number(1), number(2))
    before = bodies(tmp_path)
    send(one, number(1), delivery=replace(DELIVERY, attempts=2))
    send(sender(tmp_path), number(2))
    assert bodies(tmp_path) == before


def test_an_update_changes_its_item_and_what_comes_late_does_not_undo_it(tmp_path: Path) -> None:
    one = sender(tmp_path)
    first = number(1)
    ids = [entry["id"] for entry in json.loads(_after(one, first))["items"]]
    changed = json.loads(_after(one, update(first, title="Story 1, edited", edited=True)))["items"]
    assert [(entry["id"], entry["title"]) for entry in changed] == [(ids[0], "Story 1, edited")]
    assert "edited" in changed[0]["content_text"]
    assert changed[0]["date_modified"] == "2026-11-21T07:01:00Z"
    before = bodies(tmp_path)
    send(one, first)
    assert bodies(tmp_path) == before


def _after(one: FeedSender, message: Digest) -> str:
    send(one, message)
    return (one.folder / f"{one.name}.json").read_text("utf-8")


def test_the_last_hundred_are_kept_and_a_repeat_of_an_older_one_changes_nothing(tmp_path: Path) -> None:
    one = sender(tmp_path)
    send(one, *[number(n) for n in range(1, KEPT + 6)])
    assert titles(tmp_path)[::99] == [f"Story {KEPT + 5}", "Story 6"]
    before = bodies(tmp_path)
    send(one, number(1))
    assert bodies(tmp_path) == before


def test_a_summary_is_an_item_a_story_and_a_second_test_replaces_the_first(tmp_path: Path) -> None:
    one = sender(tmp_path)
    send(one, replace(digest(item(1), item(2)), kind="summary"))
    for minute in (1, 2):
        said, at = (f"This is test {minute}.",), NOW + timedelta(minutes=minute)
        test = replace(digest(), kind="health", sections=(), heading="A test message", housekeeping=said, created_at=at)
        send(one, test, delivery=TEST)
    assert sorted(titles(tmp_path)) == ["A test message", "Story 1", "Story 2"]
    assert "This is test 2." in (tmp_path / "bank.rss").read_text("utf-8")


@pytest.mark.parametrize("broken", range(3))
def test_files_are_whole_at_any_time_and_a_repeat_brings_what_is_missing(
    tmp_path: Path, broken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sender(tmp_path)
    send(one, number(1))
    renamed, move = [], Path.replace

    def fail(path: Path, target: Any) -> Path:
        if len(renamed) == broken:
            raise OSError(5, "Input/output error")
        renamed.append(path)
        return move(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(DeliveryError, match="feed:bank: the feed cannot be written"):
            send(one, number(2))
    assert {len(titles(tmp_path, suffix)) for suffix in (".rss", ".atom", ".json")[:2]} <= {1, 2}
    json.loads((tmp_path / "bank.json").read_text("utf-8"))
    send(one, number(2))
    assert [titles(tmp_path, suffix) for suffix in (".rss", ".atom")] == [["Story 2", "Story 1"]] * 2
    assert len(json.loads((tmp_path / "bank.json").read_text("utf-8"))["items"]) == 2


_ADD = """
import sys
from pathlib import Path
from tests.alerts.test_feedfile import number, send, sender
send(sender(Path(sys.argv[1])), *[number(n) for n in range(int(sys.argv[2]), 30, 2)])
"""


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    started = [subprocess.Popen([sys.executable, "-c", _ADD, tmp_path, str(n)], cwd=root) for n in (1, 2)]
    assert [process.wait(60) for process in started] == [0, 0]
    assert titles(tmp_path) == [f"Story {n}" for n in range(29, 0, -1)]


def test_a_process_that_hangs_over_a_feed_holds_up_nobody_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.feedfile._PATIENCE", 2)
    with (tmp_path / ".bank.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(DeliveryError, match="another process is writing it"):
            send(sender(tmp_path), number(1))
    send(sender(tmp_path), number(1))
    assert titles(tmp_path) == ["Story 1"]


def test_a_feed_that_somebody_damaged_is_put_aside_and_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text("{", encoding="utf-8")
    send(sender(tmp_path), number(1))
    assert titles(tmp_path) == ["Story 1"]
    assert (tmp_path / "bank.json.damaged").read_text("utf-8") == "{"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a file")
    with pytest.raises(DeliveryError, match="feed:bank: the feed cannot be written"):
        send(sender(tmp_path / "feeds"), number(1))


@pytest.mark.parametrize("name", ["", "a/b", "..", "../x", ".hidden"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    channel = Channel(id="feed:x", kind="feed", target=name, settings={"folder": str(tmp_path)})
    with pytest.raises(InputError, match="cannot be the name of a file"):
        open_sender(channel, {})


def test_a_name_with_letters_of_its_own_is_encoded_in_addresses(tmp_path: Path) -> None:
    send(sender(tmp_path, "стол 1", url="https://desk.example/f/"), number(1))
    assert 'href="https://desk.example/f/%D1%81%D1%82%D0%BE%D0%BB%201.atom"' in (tmp_path / "стол 1.atom").read_text(
        "utf-8"
    )


STRINGS = [*HEADERS, "<script>alert(1)</script>", "]]><x>", "&lt;b&gt;", "<!channel>", "\x00\x0b\ufffe"]


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
def test_strangers_text_stays_text(tmp_path: Path, text: str) -> None:
    _check(tmp_path, text)


@pytest.mark.parametrize(
    "row", shared("slack-text", "slack-blocks", "slack-link", "mail-subject", "mail-body-text", "csv", "log")
)
def test_shared_strings(tmp_path: Path, row: dict[str, Any]) -> None:
    _check(tmp_path, str(row["input"]))


def _check(tmp_path: Path, text: str) -> None:
    one = item(1, title=text, source_name=text, lead=text, tags=((text, text),), others=((text, text),), url=text)
    send(sender(tmp_path), replace(alert(one), why=text, mute=text), number(2))
    for suffix in (".rss", ".atom"):
        body = (tmp_path / f"bank{suffix}").read_text("utf-8")
        names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(body).iter()}
        assert not names & {"script", "x", "img", "b", "iframe", "svg"}
        assert len(titles(tmp_path, suffix)) == 2
    assert "<script" not in (tmp_path / "bank.rss").read_text("utf-8").replace("&amp;lt;script", "")
    assert len(json.loads((tmp_path / "bank.json").read_text("utf-8"))["items"]) == 2


@pytest.mark.parametrize(("url", "expected"), LINKS, ids=range(len(LINKS)))
def test_links_are_honest_or_left_out(url: str, expected: str | None) -> None:
    (one,) = told(DELIVERY, alert(item(1, url=url)))
    assert one.url == expected
