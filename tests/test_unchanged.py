"""Feeds polled again: what stands there as before is not read again, and the archive is the same as if it were."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.jobs.collecting import collect
from monitor.jobs.polls import Report, Tools
from monitor.ports import Store
from monitor.types import Address, Collected, Fetch, Listing, Recorded, Source, Validators
from sources import feed, plain
from sources.pool import ParserPool
from storage import open_store
from tests.storage.placers import Alone

URL = "https://news.example/rss"
WIRE = Source(id="wire", name="Wire", kind="feed", addresses=(Address(url=URL),), fulltext="never")
START = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Piece:
    title: str
    guid: str
    link: str
    text: str = ""
    category: str = ""

    def __str__(self) -> str:
        return (
            f"<item><title>{self.title}</title><link>{self.link}</link><guid isPermaLink='false'>{self.guid}</guid>"
            f"<description>{self.text}</description><category>{self.category}</category></item>"
        )


def piece(name: str, **changed: Any) -> Piece:
    return replace(Piece(f"Саммит {name}", f"id-{name}", f"https://news.example/{name}", f"峰会 {name}"), **changed)


def rss(pieces: Sequence[Piece], built: str = "one") -> bytes:
    items = "\n".join(map(str, pieces))
    head = f"<title>News</title><lastBuildDate>{built}</lastBuildDate><language>ru</language>"
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


@dataclass
class Publisher:
    """monitor.ports.Fetcher: always the body of the moment."""

    body: bytes = b""

    async def fetch(self, url: str, validators: Validators | None = None, *, robots: bool = False) -> Fetch:
        del validators, robots
        return Fetch(url=url, outcome="ok", final_url=url, status=200, body=self.body, validators=Validators(url=url))

    def hold(self, pauses: Mapping[str, datetime]) -> None: ...

    async def aclose(self) -> None: ...


class Here(ParserPool):
    """The pool without its processes, counting what is read."""

    def __init__(self, *, remembers: bool = True) -> None:
        super().__init__()
        self.read: list[int] = []
        self._remembers = remembers

    async def listing(self, kind: str, address: Address, fetch: Fetch, seen: bytes = b"") -> Listing:
        return await super().listing(kind, address, fetch, seen if self._remembers else b"")

    async def _listing(self, kind: str, address: Address, fetch: Fetch) -> Listing:
        del kind
        read = feed.read(fetch.body, fetch.content_type, address, fetch.final_url)
        self.read.append(len(read.entries))
        return plain.to_listing(plain.from_listing(read))


@dataclass
class Lab:
    store: Store
    parser: Here
    publisher: Publisher = field(default_factory=Publisher)
    now: datetime = START

    def poll(self, pieces: Sequence[Piece], built: str = "one") -> Report:
        self.publisher.body = rss(pieces, built)
        return self.poll_body()

    def poll_body(self) -> Report:
        self.now += timedelta(hours=1)
        tools = Tools(
            store=self.store,
            fetcher=self.publisher,
            parser=self.parser,
            tagger=lambda *_: (),
            placer=Alone(),
            now=lambda: self.now,
        )
        return asyncio.run(collect([WIRE], tools))

    def kept(self) -> list[tuple[str, str, str, int]]:
        return sorted((k.article.title, k.article.url, k.article.text, k.versions) for k in self.store.export())

    def titles(self) -> list[str]:
        return [kept[0] for kept in self.kept()]


def lab_at(path: Path, *, remembers: bool = True) -> Lab:
    return Lab(open_store(f"sqlite:///{path}"), Here(remembers=remembers))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return lab_at(tmp_path / "archive.db")


def told(report: Report) -> tuple[int, int, int, int]:
    return report.seen, report.new, report.updated, report.unchanged


A, B, C, D = (piece(name) for name in "ABCD")


def test_only_what_is_new_is_read(lab: Lab) -> None:
    assert told(lab.poll([A, B, C])) == (3, 3, 0, 0)
    assert told(lab.poll([D, A, B, C], built="two")) == (4, 1, 0, 3)
    assert told(lab.poll([D, A, B, C], built="three")) == (4, 0, 0, 4)
    assert lab.parser.read == [3, 1]
    assert lab.titles() == ["Саммит A", "Саммит B", "Саммит C", "Саммит D"]


def test_an_edited_item_is_a_new_version_and_no_other_article(lab: Lab) -> None:
    lab.poll([A, B, C])
    assert told(lab.poll([A, replace(B, text="峰会结束"), C])) == (3, 0, 1, 2)
    assert [(title, versions) for title, _, _, versions in lab.kept()] == [
        ("Саммит A", 1),
        ("Саммит B", 2),
        ("Саммит C", 1),
    ]


def test_an_item_that_went_and_comes_back_is_known(lab: Lab) -> None:
    lab.poll([A, B, C])
    lab.poll([A, C])
    assert told(lab.poll([A, B, C])) == (3, 0, 0, 3)
    assert told(lab.poll([A, replace(B, title="Итоги"), C])) == (3, 0, 1, 2)
    assert lab.titles() == ["Итоги", "Саммит A", "Саммит C"]


def test_another_order_is_nothing_new(lab: Lab) -> None:
    lab.poll([A, B, C])
    assert told(lab.poll([C, A, B])) == (3, 0, 0, 3)
    assert lab.parser.read == [3]


def test_what_could_not_be_stored_is_read_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.poll([A, B])
    record = lab.store.record

    def shut(collected: Collected, _placer: object = None) -> Recorded:
        if collected.arrivals:
            raise StoreError("the disk is full")
        return record(collected)

    monkeypatch.setattr(lab.store, "record", shut)
    assert lab.poll([C, A, B]).not_stored is not None
    monkeypatch.setattr(lab.store, "record", record)
    assert told(lab.poll([C, A, B])) == (3, 1, 0, 2)
    assert lab.titles() == ["Саммит A", "Саммит B", "Саммит C"]


@pytest.mark.parametrize(
    ("before", "after", "titles"),
    [
        pytest.param([A, B], [replace(C, guid=A.guid), A, B], ["Саммит A", "Саммит B", "Саммит C"], id="an id"),
        pytest.param([A, B], [replace(C, link=A.link), A, B], ["Саммит A", "Саммит B", "Саммит C"], id="a link"),
        pytest.param(
            [replace(A, guid="all"), replace(B, guid="all")],
            [replace(C, guid="all"), replace(A, guid="all"), replace(B, guid="all")],
            ["Саммит A", "Саммит B", "Саммит C"],
            id="an id that all share",
        ),
        pytest.param([A, B], [A, replace(A, category="second"), B], ["Саммит A", "Саммит B"], id="listed twice"),
        pytest.param([A, B], [A, A, B], ["Саммит A", "Саммит B"], id="the very same twice"),
    ],
)
def test_a_new_item_that_shares_with_an_old_one(
    lab: Lab, before: list[Piece], after: list[Piece], titles: list[str]
) -> None:
    lab.poll(before)
    lab.poll(after)
    lab.poll(after, built="later")
    assert lab.titles() == titles


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"<language>ru", b"<language>zh", id="language"),
        pytest.param(b"<channel>", b"<channel xml:base='https://other.example/'>", id="base"),
        pytest.param(b"<rss version='2.0'>", b"<rss version='2.0' xmlns:dc='urn:x'>", id="namespace"),
        pytest.param(b"<title>News", b"<ttl>90</ttl><title>News", id="interval"),
    ],
)
def test_all_is_read_again_when_what_items_inherit_has_changed(lab: Lab, old: bytes, new: bytes) -> None:
    lab.poll([A, B])
    lab.publisher.body = rss([A, B]).replace(old, new)
    lab.poll_body()
    assert lab.parser.read == [2, 2]


def test_the_interval_is_told_also_when_nothing_is_read(lab: Lab) -> None:
    async def twice() -> list[Listing]:
        body = rss([A]).replace(b"<title>News", b"<ttl>90</ttl><skipHours><hour>3</hour></skipHours><title>News")
        fetch = Fetch(url=URL, outcome="ok", final_url=URL, body=body)
        first = await lab.parser.listing("feed", WIRE.addresses[0], fetch)
        return [first, await lab.parser.listing("feed", WIRE.addresses[0], fetch, first.seen)]

    first, second = asyncio.run(twice())
    assert (second.entries, second.unchanged) == ((), 1)
    assert first.every == second.every == timedelta(minutes=90)
    assert first.skip_hours == second.skip_hours == (3,)


# ---------------------------------------------------------------------------------------------- any history


def _next(state: list[Piece], dice: random.Random, number: int) -> list[Piece]:
    """What a publisher might do within an hour."""
    state = list(state)
    for _ in range(dice.randrange(4)):
        place = dice.randrange(len(state)) if state else 0
        what = dice.choice(["add", "add", "edit", "drop", "swap", "twice", "guid", "link", "title", "back"])
        if what == "add" or not state:
            state.insert(0, piece(f"{number}-{dice.random():.6f}"))
        elif what == "edit":
            state[place] = replace(state[place], text=f"edited {number}")
        elif what == "drop":
            del state[place]
        elif what == "swap":
            dice.shuffle(state)
        elif what == "twice":
            state.append(replace(state[place], category=f"c{number}"))
        elif what == "guid":
            state.insert(0, piece(f"{number}-{dice.random():.6f}", guid=state[place].guid))
        elif what == "link":
            state.insert(0, piece(f"{number}-{dice.random():.6f}", link=f"{state[place].link}?utm_source=x"))
        elif what == "title":
            state[place] = replace(state[place], title=f"Title {number}")
        else:
            state.append(piece(f"back-{dice.randrange(3)}"))
    return state


@pytest.mark.parametrize("seed", range(6))
def test_no_history_leaves_another_archive_than_reading_everything_each_time(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    quick, thorough = lab_at(tmp_path / "quick.db"), lab_at(tmp_path / "thorough.db", remembers=False)
    state = [A, B, C]
    for number in range(12):
        for lab in (quick, thorough):
            lab.poll(state, built=str(number))
        assert quick.kept() == thorough.kept()
        state = _next(state, dice, number)
    assert quick.parser.read != thorough.parser.read
