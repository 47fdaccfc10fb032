"""From the archive to the channel: the real ledger, and what happens when something stops in between."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts import open_sender
from monitor.jobs.delivering import deliver
from monitor.jobs.telling import build_alerts, build_digests
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Arrival, Article, Channel, Collected, Match, Placement, Subscription
from storage import open_store
from tests.digest.builders import ENTRIES, NOW, SOURCES, alerts, subscription
from tests.fake_slack import CHANNEL, fake_slack

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'archive.db'}")
    yield opened
    opened.close()


def article(number: int, at: datetime, source_id: str = "akorda", text: str = "") -> Article:
    url = f"https://{source_id}.test/{number}"
    return Article(
        source_id=source_id,
        url=url,
        canonical_url=url,
        title=f"SCO story {number}",
        text=text or f"The SCO council met for the {number}th time. " * 3,
        text_from="page",
        lang="en",
        published_at=at,
        first_seen_at=at,
        content_hash=f"{number:060x}{len(text):04x}",
    )


def collect(
    store: Store, at: datetime, *numbers: int, quiet: bool = False, text: str = "", story: int | None = None
) -> None:
    match = Match(entry_id="sco", alias="SCO", lang="en", field="title", start=0, end=3, rule="strong")
    arrivals = tuple(
        Arrival(
            article=article(number, at, text=text),
            entry_key=f"key-{number}",
            entry_hash=f"{number}-{len(text)}",
            matches=(match,),
            placement=Placement(story_id=story),
            quiet=quiet,
        )
        for number in numbers
    )
    store.record(Collected(source_id="akorda", at=at, outcome="ok", arrivals=arrivals))


DESK = subscription(search="tag:sco", schedule="daily 06:30", max_items=3)
SLACK = alerts(search="tag:sco", max_per_day=2, channel_id="slack:desk")


def digests(store: Store, now: datetime, one: Subscription = DESK) -> tuple[str, ...]:
    return build_digests(store, [one], {one.id: parse(one.search)}, SOURCES, ENTRIES, now)


def raise_alerts(store: Store, now: datetime, one: Subscription = SLACK) -> tuple[str, ...]:
    return build_alerts(store, [one], {one.id: parse(one.search)}, SOURCES, ENTRIES, now)


def told(store: Store) -> list[list[str]]:
    """Headlines of each digest of the ledger, the oldest first."""
    return [
        [item.title for section in digest.sections for item in section.items]
        for _, digest in reversed(store.deliveries())
    ]


def test_digests_cover_everything_once_over_days_and_an_outage(store: Store) -> None:
    due = NOW
    assert digests(store, due - 2 * MINUTE) == ()
    collect(store, due - MINUTE, 1, 2, 3, 4)
    assert digests(store, due - MINUTE) == (), "not due yet"
    collect(store, due + MINUTE, 5)
    assert digests(store, due + 2 * MINUTE) == ("digest desk: 3 stories, 1 articles held",)
    assert digests(store, due + 3 * MINUTE) == (), "made already"
    collect(store, due + timedelta(days=1, hours=3), 6)
    assert len(digests(store, due + timedelta(days=3, hours=2))) == 1, "three days late: one"
    assert digests(store, due + timedelta(days=4)) == ("digest desk: 0 stories",)
    made = told(store)
    assert [len(one) for one in made] == [3, 3, 0]
    assert sorted(made[0] + made[1]) == [f"SCO story {n}" for n in range(1, 7)]
    windows = [(digest.since, digest.until) for _, digest in reversed(store.deliveries())]
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(windows))


def test_what_came_while_the_clock_was_ahead_is_not_lost(store: Store) -> None:
    digests(store, NOW - 2 * MINUTE)
    collect(store, NOW + MINUTE, 1)  # the clock was two minutes fast
    collect(store, NOW - MINUTE, 2)
    digests(store, NOW)
    digests(store, NOW + timedelta(days=1))
    assert told(store) == [["SCO story 2"], ["SCO story 1"]]


def test_a_clock_that_was_years_ahead_holds_up_neither_digests_nor_alerts(store: Store) -> None:
    digests(store, NOW)
    raise_alerts(store, NOW)
    collect(store, NOW + MINUTE, 1)
    years = timedelta(days=4000)
    digests(store, NOW + years)
    collect(store, NOW + years + MINUTE, 2)
    raise_alerts(store, NOW + years + 2 * MINUTE)
    assert digests(store, NOW + 5 * MINUTE) == (
        "digest desk: the clock was set back; the next one comes at its usual time",
    )
    assert digests(store, NOW + 6 * MINUTE) == ()
    collect(store, NOW + 7 * MINUTE, 3)
    raise_alerts(store, NOW + 8 * MINUTE)
    digests(store, NOW + timedelta(days=1))
    digests(store, NOW + timedelta(days=2))
    rows = [digest for _, digest in reversed(store.deliveries())]
    titles = [[i.title for s in d.sections for i in s.items] for d in rows if d.kind == "digest" and d.sections]
    assert sorted(title for some in titles for title in some) == ["SCO story 1", "SCO story 2", "SCO story 3"]
    assert sum(digest.kind == "alert" for digest in rows) == 3


def test_an_empty_step_moves_on_without_a_mail(store: Store) -> None:
    one = replace(DESK, schedule="every 30m")
    digests(store, NOW - MINUTE, one)
    assert digests(store, NOW, one) == ()
    assert store.deliveries() == ()
    collect(store, NOW + MINUTE, 1)
    assert digests(store, NOW + 30 * MINUTE, one) == ("digest desk: 1 stories",)


def test_alerts_from_the_first_meeting_on_and_never_for_a_first_reading(store: Store) -> None:
    collect(store, NOW - MINUTE, 1)
    assert raise_alerts(store, NOW) == ()
    collect(store, NOW + MINUTE, 2, 3, quiet=True)
    assert raise_alerts(store, NOW + MINUTE) == ()
    collect(store, NOW + 2 * MINUTE, 4)
    assert raise_alerts(store, NOW + 2 * MINUTE) == ("alerts desk: 1",)
    assert raise_alerts(store, NOW + 3 * MINUTE) == ()
    collect(store, NOW + 4 * MINUTE, 4, text="The SCO council met again, and changed its mind. " * 5)
    raise_alerts(store, NOW + 4 * MINUTE)
    assert told(store) == [["SCO story 4"]], "an edit of a told story is no news"


def test_over_the_limit_one_summary_after_midnight(store: Store) -> None:
    raise_alerts(store, NOW)
    collect(store, NOW + MINUTE, 1, 2, 3, 4, 5)
    assert raise_alerts(store, NOW + MINUTE) == ("alerts desk: 2, 3 articles held",)
    collect(store, NOW + 2 * MINUTE, 6)
    raise_alerts(store, NOW + 2 * MINUTE)
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert raise_alerts(store, midnight - MINUTE) == ()
    raise_alerts(store, midnight + MINUTE)
    raise_alerts(store, midnight + 2 * MINUTE)
    made = told(store)
    assert [len(one) for one in made] == [1, 1, 4]
    assert sorted(title for one in made for title in one) == [f"SCO story {n}" for n in range(1, 7)]


def test_two_processes_make_one_digest(store: Store, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'archive.db'}")
    digests(store, NOW - MINUTE)
    collect(store, NOW - MINUTE, 1)
    assert len(digests(store, NOW)) == 1
    assert digests(other, NOW) == ()
    assert len(other.deliveries()) == 1
    other.close()


def channel_to(url: str) -> dict[str, object]:
    channel = Channel(id="slack:desk", kind="slack", settings={"webhook_env": "HOOK"})
    return {"slack:desk": open_sender(channel, {"HOOK": url}, allow_networks=["127.0.0.0/8"])}


def send(store: Store, senders: dict[str, object], now: datetime) -> object:
    return asyncio.run(deliver(store, senders, lambda: now))  # type: ignore[arg-type]


def test_every_alert_arrives_through_a_slack_in_trouble(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.slack.GAP_SECONDS", 0.0)
    raise_alerts(store, NOW, replace(SLACK, max_per_day=0))
    collect(store, NOW + MINUTE, *range(1, 7))
    raise_alerts(store, NOW + MINUTE, replace(SLACK, max_per_day=0))
    with fake_slack("429:2", "ok", "500d", "rst", "ok", "302", "html", "429none", "ok") as fake:
        senders = channel_to(fake.url)
        for sender in senders.values():
            sender._gap = 0.0  # type: ignore[attr-defined]
        for minute in range(2, 120):
            send(store, senders, NOW + minute * MINUTE)
        titles = [text.removeprefix("Akorda: ") for text in fake.texts()]
        assert list(dict.fromkeys(titles)) == [f"SCO story {n}" for n in range(1, 7)]
        assert len(titles) == 7, "one copy more, of the one that was delivered and answered with an error"
        marked = [message for message in fake.delivered if "may be a repeat" in json.dumps(message)]
        assert len(marked) == 1
        assert not fake.faults
    assert {delivery.status for delivery, _ in store.deliveries()} == {"sent"}


def test_killed_between_claim_and_save_the_mail_is_written_again_with_the_same_id(store: Store, tmp_path: Path) -> None:
    digests(store, NOW - MINUTE)
    collect(store, NOW - MINUTE, 1)
    digests(store, NOW)
    channel = Channel(
        id="mail:desk", kind="outbox", target="d@example.org", settings={"folder": str(tmp_path / "o"), "form": "mail"}
    )
    sender = open_sender(channel, {})
    ((delivery, digest),) = store.claim_due(NOW, lease=timedelta(seconds=30))
    asyncio.run(sender.send(delivery, digest))  # and then the process dies
    before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}
    senders: dict[str, object] = {"mail:desk": sender}
    assert send(store, senders, NOW + timedelta(seconds=29)).sent == 0  # type: ignore[attr-defined]
    assert send(store, senders, NOW + timedelta(seconds=31)).sent == 1  # type: ignore[attr-defined]
    assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before
    ((last, _),) = store.deliveries()
    assert (last.status, last.attempts) == ("sent", 2)


def test_the_limit_leaves_other_channels_alone(store: Store, tmp_path: Path) -> None:
    digests(store, NOW - MINUTE)
    raise_alerts(store, NOW - MINUTE)
    collect(store, NOW - MINUTE, 1)
    digests(store, NOW)
    raise_alerts(store, NOW)
    with fake_slack("503") as fake:
        mail = Channel(id="mail:desk", kind="outbox", settings={"folder": str(tmp_path / "o")})
        send(store, channel_to(fake.url) | {"mail:desk": open_sender(mail, {})}, NOW)
    status = {delivery.channel_id: delivery.status for delivery, _ in store.deliveries()}
    assert status == {"mail:desk": "sent", "slack:desk": "pending"}


def test_an_alert_is_brought_up_to_date_in_its_message(store: Store) -> None:
    one = replace(SLACK, edits=True, max_per_day=0)
    with fake_slack() as fake:
        settings = {"token_env": "TOKEN", "api": fake.api}
        channel = Channel(id="slack:desk", kind="slack", target=CHANNEL, settings=settings)
        sender = open_sender(channel, {"TOKEN": "xoxb-1"}, allow_networks=("127.0.0.0/8",))
        store.ledger(one, NOW - MINUTE)
        for minutes, outlet in enumerate(("akorda", "kazinform", "daily")):
            at = NOW + minutes * MINUTE
            placement = Placement(story_id=store.article("1").story_id if minutes else None)  # type: ignore[union-attr]
            match = Match(entry_id="sco", alias="SCO", lang="en", field="title", start=0, end=3, rule="strong")
            arrival = Arrival(
                article=article(minutes, at, outlet), entry_key=f"k{minutes}", entry_hash="h", matches=(match,),
                placement=placement,
            )  # fmt: skip
            store.record(Collected(source_id=outlet, at=at, outcome="ok", arrivals=(arrival,)))
            raise_alerts(store, at, one)
            asyncio.run(deliver(store, {"slack:desk": sender}, lambda now=at: now))
        assert [m["method"].removeprefix("chat.") for m in fake.delivered] == [
            "postMessage",
            *["update", "postMessage"] * 2,
        ]
        shown = next(m for m in fake.shown() if m["method"] == "chat.update")
        assert "+2 more: Kazinform (state), Daily (independent)" in json.dumps(shown)
        assert not fake.faults


@pytest.mark.parametrize("token", [False, True], ids=["webhook", "token"])
def test_two_days_without_slack_end_with_everything_told_once(
    store: Store, token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.slack.GAP_SECONDS", 0.0)
    one = replace(SLACK, max_per_day=0, edits=token)
    store.ledger(one, NOW - MINUTE)
    down, hours = ["500"] * 400, 48
    with fake_slack(*down) as fake:
        settings = {"token_env": "KEY", "api": fake.api} if token else {"webhook_env": "KEY"}
        channel = Channel(id="slack:desk", kind="slack", target=CHANNEL, settings=settings)
        environ = {"KEY": "xoxb-1" if token else fake.url}
        for hour in range(hours + 6):
            at = NOW + timedelta(hours=hour)
            collect(store, at, hour)
            raise_alerts(store, at, one)
            if hour == hours:
                fake.script = ("ok",)
            sender = open_sender(channel, environ, allow_networks=("127.0.0.0/8",))
            for minute in (0, 30):
                asyncio.run(deliver(store, {"slack:desk": sender}, lambda now=at + minute * MINUTE: now))
        rows = store.deliveries(1000)
        assert {delivery.status for delivery, _ in rows} == {"sent", "folded"}
        (summary,) = [digest for _, digest in rows if digest.kind == "summary"]
        alone = [item.title for d, digest in rows if d.status == "sent" and digest.kind == "alert"
                 for section in digest.sections for item in section.items]  # fmt: skip
        together = [item.title for section in summary.sections for item in section.items]
        assert sorted(alone + together) == sorted(f"SCO story {hour}" for hour in range(hours + 6))
        assert len(together) > hours - 6
        assert len(fake.delivered) == len(alone) + 1
        assert "that waited while this channel was down" in json.dumps(fake.delivered)
        assert not fake.faults
