"""Pages of tagged articles are looked at again: what is gone is told, and nothing that may still be there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import presence
from monitor.digest import housekeeping
from monitor.jobs import by_hand
from monitor.jobs.looks import OF_ONE_SOURCE
from monitor.jobs.telling import build_digests
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Fetch, Presence, Source, Subscription
from sources.http import FetchSettings
from sources.pool import ParserPool
from storage import open_store
from tests.cli.calls import SETTINGS, WATCHLIST, Command
from tests.servers import Answer, answer, web_server
from tests.storage.made import arrival, article, imported, match, poll
from tests.test_collecting import Lab, Piece, source

SEEN = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def known(**changed: Any) -> Presence:
    values: dict[str, Any] = {
        "article_id": 1,
        "source_id": "wire",
        "url": "https://wire.example/1",
        "title": "上合组织 meets",
        "first_seen_at": SEEN,
        "due_at": SEEN + DAY,
    }
    return Presence(**(values | changed))


# ---------------------------------------------------------------------------------------------- the decision


MISSED = {"missing_at": SEEN + DAY, "due_at": SEEN + DAY + 6 * HOUR, "status": 404}
GONE = MISSED | {"gone_at": SEEN + DAY + 6 * HOUR, "due_at": SEEN + 3 * DAY}


@pytest.mark.parametrize(
    ("before", "said", "at", "due", "state"),
    [
        pytest.param({}, "there", DAY, 3 * DAY, "there", id="it stands: the next look is planned"),
        pytest.param({}, "there", 4 * DAY, 10 * DAY, "there", id="a look that comes late takes the place of others"),
        pytest.param({}, "there", 10 * DAY, None, "there", id="the last look"),
        pytest.param({}, "nothing", DAY, 3 * DAY, "there", id="an answer that says nothing"),
        pytest.param({}, "missing", DAY, DAY + 6 * HOUR, "missing", id="once: hours later again"),
        pytest.param(MISSED, "missing", DAY + 5 * HOUR, DAY + 6 * HOUR, "missing", id="too soon to be sure"),
        pytest.param(MISSED, "missing", DAY + 6 * HOUR, 3 * DAY, "gone", id="twice"),
        pytest.param(MISSED, "there", DAY + 6 * HOUR, 3 * DAY, "there", id="it was a slip"),
        pytest.param(MISSED, "nothing", DAY + 6 * HOUR, 2 * DAY + 6 * HOUR, "missing", id="unsure: again tomorrow"),
        pytest.param(MISSED, "nothing", 13 * DAY + HOUR, None, "missing", id="unsure to the end: nothing is said"),
        pytest.param(GONE, "missing", 3 * DAY, 10 * DAY, "gone", id="gone for good"),
        pytest.param(GONE, "nothing", 3 * DAY, 10 * DAY, "gone", id="gone, and now a refusal"),
        pytest.param(GONE, "there", 3 * DAY, 10 * DAY, "back", id="it came back"),
    ],
)
def test_what_a_look_says(
    before: dict[str, Any], said: presence.Answer, at: timedelta, due: timedelta | None, state: str
) -> None:
    found = presence.after(known(**before), said, SEEN + at, 404)
    assert found.due_at == (None if due is None else SEEN + due)
    gone = found.gone_at is not None and found.back_at is None
    assert state == ("back" if found.back_at else "gone" if gone else "missing" if found.missing_at else "there")
    assert presence.settled(found) is (found.due_at is None and state in ("there", "missing"))


def test_what_came_back_can_go_again() -> None:
    back = presence.after(known(**GONE), "there", SEEN + 3 * DAY)
    missed = presence.after(back, "missing", SEEN + 10 * DAY, 410)
    assert (missed.missing_at, missed.back_at) == (SEEN + 10 * DAY, back.back_at)
    again = presence.after(missed, "missing", SEEN + 10 * DAY + 6 * HOUR, 410)
    assert (again.gone_at, again.back_at, again.status) == (SEEN + 10 * DAY + 6 * HOUR, None, 410)


CHALLENGE = b"<html><title>Just a moment...</title><form id='challenge' action='/cdn-cgi/x'></form></html>"
PAGE = "https://wire.example/2026/1.html"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"outcome": "ok", "status": 200, "body": b"<html>text"}, "there", id="a page"),
        pytest.param({"outcome": "permanent", "status": 404}, "missing", id="404"),
        pytest.param({"outcome": "permanent", "status": 410}, "missing", id="410"),
        pytest.param({"outcome": "permanent", "status": 403}, "nothing", id="refused"),
        pytest.param({"outcome": "permanent", "status": 451}, "nothing", id="unavailable for legal reasons"),
        pytest.param({"outcome": "temporary", "status": 503}, "nothing", id="a fault"),
        pytest.param({"outcome": "temporary", "status": 429}, "nothing", id="too many requests"),
        pytest.param({"outcome": "temporary"}, "nothing", id="no answer"),
        pytest.param({"outcome": "permanent", "error": "robots.txt"}, "nothing", id="not allowed"),
        pytest.param({"outcome": "ok", "status": 200, "body": CHALLENGE}, "nothing", id="proof of being human"),
        pytest.param(
            {"outcome": "ok", "status": 200, "final_url": "https://wire.example/"}, "nothing", id="front page"
        ),
        pytest.param({"outcome": "ok", "status": 200, "final_url": "https://wire.example/n/1"}, "there", id="moved"),
        pytest.param({"outcome": "ok", "status": 200, "final_url": "http://[bad"}, "nothing", id="no address"),
    ],
)
def test_what_an_answer_says(changed: dict[str, Any], said: str) -> None:
    values = {"url": PAGE, "final_url": PAGE} | changed
    assert presence.answered(Fetch(**values)) == said


# ---------------------------------------------------------------------------------------------- the archive


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/archive.db")
    yield found
    found.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    for name, text in (("scowatch.toml", SETTINGS), ("watchlist.yaml", WATCHLIST), ("sources.yaml", "sources:\n")):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def scowatch(home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("SCOWATCH_HOME", raising=False)
    return Command(home)


def due(store: Store, at: datetime, *source_ids: str, of_one: int = 9, most: int = 99) -> list[str]:
    return [one.title for one in store.looks_due(source_ids or ("kremlin", "akorda"), at, of_one, most)]


def test_only_tagged_articles_that_were_read_on_their_own_pages_are_looked_at(store: Store) -> None:
    tagged = match("sco")
    store.record(
        poll(
            arrival(article("page", title="page", first_seen_at=SEEN), tagged),
            arrival(article("feed", title="feed", first_seen_at=SEEN, text_from="feed"), tagged),
            arrival(article("plain", title="plain", first_seen_at=SEEN)),
            arrival(article("letter", title="letter", first_seen_at=SEEN, url="mid:1@x"), tagged),
            at=SEEN,
        )
    )
    store.record(imported(article("import", ref="r1", source_id="kremlin", text_from="import", first_seen_at=SEEN)))
    assert due(store, SEEN + DAY - HOUR) == []
    assert due(store, SEEN + DAY) == ["page"]
    assert due(store, SEEN + DAY, "akorda") == []


def test_an_article_that_is_edited_until_it_is_tagged_is_looked_at_from_then_on(store: Store) -> None:
    first = article("a", title="a", first_seen_at=SEEN)
    store.record(poll(arrival(first), at=SEEN))
    later = replace(first, text=f"{first.text} and the SCO", content_hash="other")
    store.record(poll(arrival(later, match("sco"), hash="h2"), at=SEEN + 2 * DAY))
    assert [one.due_at for one in store.looks_due(("kremlin",), SEEN + 20 * DAY, 9, 9)] == [SEEN + 3 * DAY]


def test_few_of_one_source_and_the_longest_overdue_first(store: Store) -> None:
    for number, source_id in enumerate(("kremlin", "kremlin", "kremlin", "akorda", "akorda")):
        at = SEEN - number * HOUR
        one = article(f"{number}", title=f"{source_id} {number}", source_id=source_id, first_seen_at=at)
        store.record(poll(arrival(one, match("sco")), source_id=source_id, at=at))
    assert due(store, SEEN + DAY, of_one=2) == ["akorda 4", "akorda 3", "kremlin 2", "kremlin 1"]
    assert due(store, SEEN + DAY, of_one=2, most=3) == ["akorda 4", "akorda 3", "kremlin 2"]


def test_what_is_gone_is_kept_and_what_stands_is_forgotten_in_the_end(store: Store) -> None:
    for name in ("a", "b", "c"):
        store.record(poll(arrival(article(name, title=name, first_seen_at=SEEN), match("sco")), at=SEEN))
    a, b, c = store.looks_due(("kremlin",), SEEN + DAY, 9, 9)
    gone_at = SEEN + DAY + 6 * HOUR
    gone = replace(a, due_at=None, missing_at=SEEN + DAY, gone_at=gone_at, status=410)
    back = replace(b, due_at=None, gone_at=gone_at, back_at=gone_at + DAY, status=404)
    store.record_looks([gone, back, replace(c, due_at=None)], {"wire.example": gone_at + HOUR}, gone_at)
    assert [store.presence(one.article_id) for one in (a, b, c)] == [gone, back, None]
    assert store.gone(gone_at, gone_at + HOUR) == (gone,)
    assert store.gone(gone_at + HOUR, gone_at + DAY) == store.gone(SEEN, gone_at) == ()
    assert store.host_pauses(gone_at) == {"wire.example": gone_at + HOUR}


def test_looks_that_nobody_made_are_given_up(store: Store) -> None:
    store.record(poll(arrival(article("a", title="a", first_seen_at=SEEN), match("sco")), at=SEEN))
    assert due(store, SEEN + 30 * DAY) == ["a"]
    store.record_looks([], {}, SEEN + 30 * DAY)
    assert due(store, SEEN + 30 * DAY) == []


# ---------------------------------------------------------------------------------------------- on a pass


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[asyncio.Runner, ParserPool]]:
    with asyncio.Runner() as runner:
        pool = ParserPool(workers=2)
        yield runner, pool
        runner.run(pool.aclose())


@pytest.fixture
def lab(tmp_path: Path, workers: tuple[asyncio.Runner, ParserPool]) -> Iterator[Lab]:
    with web_server() as web:
        store = open_store(f"sqlite:///{tmp_path}/archive.db")
        settings = FetchSettings(allow_networks=("127.0.0.0/8",), per_host_interval=timedelta())
        yield Lab(web, store, *workers, settings, now=SEEN)
        store.close()


SUMMIT = Piece("summit", "Саммит ШОС прошёл", "Главы государств ШОС говорили о воде и хлебе.")
ROADS = Piece("roads", "On the roads of the valley")
NOT_FOUND = answer("404 Not Found")


def asked(lab: Lab, name: str) -> int:
    return lab.web.paths().count(f"/{name}.html")


def test_an_article_that_was_taken_down_is_told_once_it_is_sure(lab: Lab) -> None:
    lab.serve([SUMMIT, ROADS])
    wire = source(lab.web, fulltext="always")
    lab.collect(wire)
    (tagged,) = [kept for kept in lab.store.export() if kept.tags]
    lab.web.routes["/summit.html"] = NOT_FOUND

    assert lab.collect(wire).gone == 0
    assert asked(lab, "summit") == 1  # its first look is not due yet

    lab.now += DAY
    assert lab.collect(wire).gone == 0
    assert (asked(lab, "summit"), asked(lab, "roads")) == (2, 1)  # what is not tagged is left alone
    lab.now += 5 * HOUR
    assert lab.collect(wire).gone == 0
    assert asked(lab, "summit") == 2

    lab.now += HOUR
    assert lab.collect(wire).gone == 1
    found = lab.store.presence(tagged.id)
    assert found is not None
    assert (found.status, found.gone_at, found.back_at) == (404, lab.now, None)
    assert lab.store.gone(SEEN, lab.now + HOUR) == (found,)

    lab.serve([SUMMIT, ROADS])
    lab.now += 2 * DAY
    assert lab.collect(wire).gone == 0
    found = lab.store.presence(tagged.id)
    assert found is not None
    assert found.back_at == lab.now
    assert lab.store.gone(SEEN, lab.now + HOUR) == ()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(answer("403 Forbidden"), id="refused"),
        pytest.param(answer("503 Service Unavailable"), id="a fault"),
        pytest.param(answer("200 OK", CHALLENGE, Content_Type="text/html"), id="proof of being human"),
        pytest.param(answer("302 Found", Location="/"), id="to the front page"),
        pytest.param(b"", id="no answer"),
    ],
)
def test_what_may_be_there_is_never_said_to_be_gone(lab: Lab, said: Answer) -> None:
    lab.serve([SUMMIT])
    lab.web.routes["/"] = answer("200 OK", b"<html>Front page", Content_Type="text/html")
    wire = source(lab.web, fulltext="always")
    lab.collect(wire)
    lab.web.routes["/summit.html"] = said
    for _ in range(6):
        lab.now += DAY
        assert lab.collect(wire).gone == 0
    assert 2 <= asked(lab, "summit") <= 4
    (kept,) = lab.store.export()
    found = lab.store.presence(kept.id)
    assert found is not None
    assert (found.missing_at, found.gone_at) == (None, None)


def test_a_page_is_left_alone_where_it_says_nothing_or_must_not_be_asked(lab: Lab) -> None:
    lab.serve([SUMMIT])
    wire = source(lab.web, fulltext="always")
    lab.collect(wire)
    lab.now += DAY
    lab.collect(wire, fulltext=False)
    lab.collect(source(lab.web, "other", "/wire.xml"))
    lab.collect(replace(wire, fulltext="never"))
    assert asked(lab, "summit") == 1
    lab.web.routes["/wire.xml"] = answer("500 Internal Server Error")
    lab.collect(wire)
    before = asked(lab, "summit")
    lab.collect(wire)  # its list could not be read: whatever is wrong there may be wrong with its pages
    assert asked(lab, "summit") == before
    lab.serve([SUMMIT])
    lab.collect(wire)
    lab.web.routes["/robots.txt"] = answer("200 OK", b"User-agent: *\nDisallow: /summit", Content_Type="text/plain")
    lab.now += 2 * DAY
    lab.collect(wire)
    assert asked(lab, "summit") == before


def test_a_pass_looks_at_few_pages_of_one_source(lab: Lab) -> None:
    pieces = [replace(SUMMIT, name=f"summit{number}", title=f"Саммит ШОС {number}") for number in range(5)]
    lab.serve(pieces)
    wire = source(lab.web, fulltext="always")
    lab.collect(wire)
    lab.now += DAY
    for looked in (OF_ONE_SOURCE, 2 * OF_ONE_SOURCE, 5, 5):
        lab.collect(wire)
        assert sum(asked(lab, piece.name) for piece in pieces) == 5 + looked


# ---------------------------------------------------------------------------------------------- told


def test_a_digest_names_what_is_gone_by_outlet() -> None:
    wire = Source(id="wire", name="Wire", kind="feed", addresses=())
    gone = [known(article_id=n, title=f"Text {n}") for n in range(1, 6)] + [known(article_id=9, source_id="irna")]
    several = "“Text 1” (article 1); “Text 2” (article 2); “Text 3” (article 3) and 2 more"
    assert housekeeping((wire,), {}, SEEN, (), gone) == (
        f"Gone from Wire after it was tagged: {several}.",
        "Gone from irna after it was tagged: “上合组织 meets” (article 9).",
    )


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param(known(), "", id="stands"),
        pytest.param(known(**MISSED), "not found on its site at the last look (HTTP 404 since", id="once"),
        pytest.param(known(**GONE), "! gone from its site after it was tagged: HTTP 404 since 2026-11-11", id="gone"),
        pytest.param(known(**GONE, back_at=SEEN + 3 * DAY), "and back by 2026-11-13 09:00", id="back"),
    ],
)
def test_versions_and_why_say_whether_the_page_stands(
    page: Presence, told: str, home: Path, scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    archive = open_store(f"sqlite:///{home}/archive.db")
    archive.record(poll(arrival(article("a", title="ШОС", first_seen_at=SEEN), match("sco")), at=SEEN))
    archive.record_looks([page], {}, SEEN)
    archive.close()
    for ran in (scowatch("versions", "1"), scowatch("why", "1", "sco")):
        assert ran.code == 0
        assert told in ran.out
        assert ("its site" in ran.out) is bool(told)
    for ran in (scowatch("versions", "1", "--json"), scowatch("why", "1", "sco", "--json")):
        assert ran.json()["page"]["gone"] is (page.gone_at is not None and page.back_at is None)


def test_a_digest_tells_once_of_an_article_that_is_gone(lab: Lab) -> None:
    desk = Subscription(
        id="recipient:desk", name="desk", kind="digest", search="", channel_id="mail:desk", schedule="daily 09:30"
    )
    query = parse("tag:sco")
    lab.serve([SUMMIT])
    wire = source(lab.web, fulltext="always")
    lab.store.ledger(desk, SEEN)
    lab.collect(wire)
    lab.web.routes["/summit.html"] = NOT_FOUND
    for _ in range(5):
        lab.now += DAY
        lab.collect(wire)
        build_digests(lab.store, [desk], {desk.id: query}, {"wire": wire}, {}, lab.now)
    line = f"Gone from Wire after it was tagged: “{SUMMIT.title}” (article 1)."
    assert [d.housekeeping.count(line) for _, d in reversed(lab.store.deliveries())] == [0, 0, 1, 0, 0]
    asked_for = {"since": SEEN, "until": lab.now + DAY}
    draft = by_hand.draft(lab.store, desk, query, {"wire": wire}, {}, lab.now, **asked_for).digest
    assert draft is not None
    assert line in draft.housekeeping
