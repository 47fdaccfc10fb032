"""Rules over a real ledger: what they hold and count, mutes with an end, and a rehearsal that tells the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.jobs import by_hand
from monitor.jobs.rehearsal import rehearse
from monitor.jobs.telling import build_alerts, build_digests
from monitor.ports import Store
from monitor.query import parse
from monitor.types import Arrival, Collected, Digest, Match, Mute, Placement, Rule, Subscription
from storage import open_store
from tests.alerts.test_telling import article
from tests.digest.builders import ENTRIES, NOW, SOURCES, alerts, subscription

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUERY = parse("tag:sco")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'archive.db'}")
    yield opened
    opened.close()


def collect(
    store: Store,
    at: datetime,
    number: int,
    source_id: str = "akorda",
    *,
    story: int | None = None,
    text: str = "",
    tags: Sequence[str] = ("sco",),
    quiet: bool = False,
) -> None:
    found = tuple(
        Match(entry_id=tag, alias=tag, lang="en", field="text", start=n, end=n + 1, rule="strong")
        for n, tag in enumerate(tags)
    )
    one = Arrival(
        article=article(number, at, source_id, text),
        entry_key=f"key-{number}",
        entry_hash=f"{number}-{len(text)}",
        matches=found,
        placement=Placement(story_id=story),
        quiet=quiet,
    )
    store.record(Collected(source_id=source_id, at=at, outcome="ok", arrivals=(one,)))


def raise_alerts(store: Store, now: datetime, one: Subscription) -> tuple[str, ...]:
    return build_alerts(store, [one], {one.id: QUERY}, SOURCES, ENTRIES, now)


def ledger(store: Store) -> list[Digest]:
    found = [digest for _, digest in reversed(store.deliveries())]
    for one in found:
        assert one.seen == one.sent + one.folded + one.held + sum(count for _, count in one.dropped), one.reconciled
    return found


OFFICIAL = alerts(rule=Rule(name="first", classes=("official",), novelty=("story", "date"), cooldown=HOUR))


def test_a_date_that_an_official_names_first_raises_a_second_alert_after_the_cooldown(store: Store) -> None:
    raise_alerts(store, NOW - MINUTE, OFFICIAL)
    collect(store, NOW, 1, "daily", text="They may meet on 24 July.")
    assert raise_alerts(store, NOW + MINUTE, OFFICIAL) == ()
    assert store.ledger(OFFICIAL, NOW).uncounted == (("not from official", 1),)
    collect(store, NOW + 2 * MINUTE, 2, "akorda", story=1, text="The ministers will meet.")
    raise_alerts(store, NOW + 3 * MINUTE, OFFICIAL)
    collect(store, NOW + 4 * MINUTE, 3, "kremlin", story=1, text="The ministers meet on 24 July.")
    raise_alerts(store, NOW + 5 * MINUTE, OFFICIAL)
    assert len(ledger(store)) == 1
    raise_alerts(store, NOW + 2 * HOUR, OFFICIAL)
    raise_alerts(store, NOW + 3 * HOUR, OFFICIAL)
    first, second = ledger(store)
    assert (first.why, first.dropped) == ("rule “first”: from official; new story", (("not from official", 1),))
    assert second.why == "rule “first”: from official; new in a story told before: 24 July"
    assert store.ledger(OFFICIAL, NOW).uncounted == ()


def test_an_edit_is_compared_with_what_the_article_said_before(store: Store) -> None:
    raise_alerts(store, NOW - MINUTE, OFFICIAL)
    collect(store, NOW, 1, text="The ministers meet on 24 July.")
    raise_alerts(store, NOW + MINUTE, OFFICIAL)
    collect(store, NOW + 2 * HOUR, 1, text="The ministers meet on 24 July, as before.")
    raise_alerts(store, NOW + 2 * HOUR + MINUTE, OFFICIAL)
    assert len(ledger(store)) == 1
    collect(store, NOW + 3 * HOUR, 1, text="The ministers now meet on 26 July, not earlier.")
    raise_alerts(store, NOW + 3 * HOUR + MINUTE, OFFICIAL)
    assert ledger(store)[-1].why.endswith("new in a story told before: 26 July")


# ---------------------------------------------------------------------------------------------- mutes


def test_a_mute_ends_and_what_it_left_out_is_counted(store: Store) -> None:
    plain = alerts()
    raise_alerts(store, NOW - MINUTE, plain)
    number = store.add_mute(
        Mute(kind="source", what="daily", channel_id=plain.channel_id, since=NOW - MINUTE, until=NOW + HOUR)
    )
    collect(store, NOW, 1, "daily")
    assert raise_alerts(store, NOW + MINUTE, plain) == ()
    collect(store, NOW + 2 * HOUR, 2, "daily")
    raise_alerts(store, NOW + 2 * HOUR + MINUTE, plain)
    (one,) = ledger(store)
    assert one.reconciled == "seen 2 = sent 1 + folded 0 + held 0 + dropped 1 (muted)"
    assert store.mutes(NOW + HOUR) == ()
    assert [mute.id for mute in store.mutes(NOW)] == [number]
    assert (store.remove_mute(number), store.remove_mute(number)) == (True, False)


def test_a_muted_story_goes_on_under_the_number_it_was_merged_into(store: Store) -> None:
    collect(store, NOW, 1)
    collect(store, NOW, 2)
    one, other = (store.of_stories([n])[0].kept.story_id for n in (1, 2))
    store.add_mute(Mute(kind="story", what=str(one), channel_id="slack:desk", since=NOW, until=NOW + DAY))
    store.merge(one, other, NOW)
    assert [mute.what for mute in store.mutes(NOW)] == [str(other)]


def test_a_mute_of_the_same_is_replaced(store: Store) -> None:
    mute = Mute(kind="entry", what="sco", channel_id="slack:desk", since=NOW, until=NOW + HOUR)
    store.add_mute(mute)
    number = store.add_mute(replace(mute, until=NOW + DAY))
    store.add_mute(replace(mute, channel_id="mail:desk"))
    assert [(m.id == number, m.channel_id, m.until) for m in store.mutes(NOW)] == [
        (True, "slack:desk", NOW + DAY),
        (False, "mail:desk", NOW + HOUR),
    ]


def test_a_digest_leaves_out_what_is_muted_on_its_channel_and_counts_it(store: Store) -> None:
    desk = subscription(search="tag:sco")
    build_digests(store, [desk], {desk.id: QUERY}, SOURCES, ENTRIES, NOW - DAY)
    collect(store, NOW - HOUR, 1, "daily")
    collect(store, NOW - HOUR, 2)
    store.add_mute(Mute(kind="source", what="daily", channel_id="mail:desk", since=NOW - DAY, until=NOW + DAY))
    build_digests(store, [desk], {desk.id: QUERY}, SOURCES, ENTRIES, NOW)
    (one,) = ledger(store)
    assert one.reconciled == "seen 2 = sent 1 + folded 0 + held 0 + dropped 1 (muted)"
    collect(store, NOW + HOUR, 3)
    build_digests(store, [desk], {desk.id: QUERY}, SOURCES, ENTRIES, NOW + DAY)
    assert [len(digest.sections[0].items) for digest in ledger(store)] == [1, 1]


def test_readers_of_one_search_share_a_digest_but_not_their_mutes(store: Store) -> None:
    readers = [replace(subscription(search="tag:sco"), id=f"recipient:{name}", name=name, channel_id=f"mail:{name}")
               for name in ("desk", "second", "third")]  # fmt: skip
    queries = {one.id: QUERY for one in readers}
    build_digests(store, readers, queries, SOURCES, ENTRIES, NOW - DAY)
    collect(store, NOW - HOUR, 1, "daily")
    collect(store, NOW - HOUR, 2)
    store.add_mute(Mute(kind="source", what="daily", channel_id="mail:second", since=NOW - DAY, until=NOW + DAY))
    shown = by_hand.draft(store, readers[1], QUERY, SOURCES, ENTRIES, NOW).digest
    assert shown is not None
    build_digests(store, readers, queries, SOURCES, ENTRIES, NOW)
    made = {one.subscription_id: one for one in ledger(store) if one.seen}
    assert {name: one.sent for name, one in made.items()} == {
        "recipient:desk": 2, "recipient:second": 1, "recipient:third": 2}  # fmt: skip
    assert made["recipient:second"].reconciled == "seen 2 = sent 1 + folded 0 + held 0 + dropped 1 (muted)"
    assert shown.reconciled == made["recipient:second"].reconciled


# ---------------------------------------------------------------------------------------------- rehearsal


RULES = [
    pytest.param(alerts(max_per_day=3), id="plain"),
    pytest.param(alerts(max_per_day=0, quiet_hours="20:00-06:00"), id="quiet hours"),
    pytest.param(
        alerts(
            max_per_day=4,
            quiet_hours="22:00-06:00",
            timezone="Asia/Almaty",
            rule=Rule(
                name="all", priority=1, classes=("official",), min_classes=2, novelty=("story", "name", "date"),
                cooldown=3 * HOUR,
            ),
        ),
        id="every condition",
    ),
    pytest.param(alerts(edits=True, rule=Rule(novelty=("date",), cooldown=HOUR)), id="dates, with edits"),
]  # fmt: skip


def world(store: Store, one: Subscription) -> tuple[datetime, int]:
    """Four days of articles, told as the service tells them, every ten minutes; the end, and how many came."""
    random, at, count = Random(7), NOW, 0
    raise_alerts(store, NOW, one)
    for step in range(4 * 24 * 6):
        at = NOW + (step + 1) * 10 * MINUTE
        if random.random() < 0.35:
            count += 1
            collect(
                store,
                at - MINUTE,
                count,
                random.choice(("akorda", "daily", "kazinform", "interfax", "kremlin")),
                story=random.randrange(1, count) if count > 1 and random.random() < 0.5 else None,
                text=f"They met for the {count}th time, on {random.randrange(1, 29)} July. " * 2,
                tags=random.choice((("sco",), ("sco", "xi-jinping"), ("sco-youth-council", "sco"))),
                quiet=random.random() < 0.1,
            )
        raise_alerts(store, at, one)
    return at + DAY, count


@pytest.mark.parametrize("one", RULES)
def test_a_rehearsal_tells_what_was_told(store: Store, one: Subscription) -> None:
    end, count = world(store, one)
    for hour in range(1, 24 * 6):
        raise_alerts(store, end - DAY + hour * 10 * MINUTE, one)
    before = store.head(), store.deliveries(10_000)
    made = rehearse(store, one, QUERY, SOURCES, ENTRIES, NOW, end)
    assert (store.head(), store.deliveries(10_000)) == before, "nothing is stored"
    sent = [digest for _, digest in reversed(before[1]) if digest.kind != "update"]
    assert [(m.kind, m.why, _items(m)) for m in made.messages] == [(d.kind, d.why, _items(d)) for d in sent]
    assert made.updates == len(before[1]) - len(sent)
    assert made.seen == count
    assert len(sent) > 5
    for digest in (*made.messages, *sent):
        assert digest.seen == digest.sent + digest.folded + digest.held + sum(n for _, n in digest.dropped)


def _items(digest: Digest) -> list[int]:
    return [item.story_id for section in digest.sections for item in section.items]


def test_nothing_is_lost_or_counted_twice_over_days(store: Store) -> None:
    """Everything that came was sent, folded, dropped, or is held, once."""
    one = RULES[2].values[0]
    assert isinstance(one, Subscription)
    _, count = world(store, one)
    digests = ledger(store)
    rest = store.ledger(one, NOW).uncounted
    told = sum(digest.sent + digest.folded + sum(n for _, n in digest.dropped) for digest in digests)
    held = sum(piece.held for piece in store.news(one.id, QUERY))
    assert told + held + sum(n for _, n in rest) == count


# ---------------------------------------------------------------------------------------------- spikes


def test_texts_are_counted_by_entry_and_day_without_first_readings_and_copies(store: Store) -> None:
    collect(store, NOW - HOUR, 1)
    collect(store, NOW - 23 * HOUR, 2, tags=("sco", "xi-jinping"))
    collect(store, NOW - 24 * HOUR - MINUTE, 3)
    collect(store, NOW - 2 * HOUR, 4, quiet=True)
    collect(store, NOW - 9 * DAY, 5)
    collect(store, NOW, 6)
    found = store.daily(NOW, 7)
    assert found == {"sco": (2, 1, 0, 0, 0, 0, 0, 0), "xi-jinping": (1, 0, 0, 0, 0, 0, 0, 0)}


def test_a_spike_raises_an_alert_and_stands_in_the_digest(store: Store) -> None:
    loud = alerts(rule=Rule(name="loud", spike="low"))
    desk = subscription(search="tag:sco", max_items=0)
    number = 0
    for day in range(20, 0, -1):
        for tag in ("sco", "csto"):
            number += 1
            collect(store, NOW - day * DAY - HOUR, number, tags=(tag,), text=f"Text {number}. " * 5)
    queries = {one.id: QUERY for one in (loud, desk)}
    build_digests(store, [desk], queries, SOURCES, ENTRIES, NOW - DAY)
    raise_alerts(store, NOW - 12 * HOUR, loud)
    for _ in range(12):
        number += 1
        collect(store, NOW - HOUR, number, text=f"Text {number}. " * 5)
    raise_alerts(store, NOW, loud)
    build_digests(store, [desk], queries, SOURCES, ENTRIES, NOW)
    told = ledger(store)
    assert told[0].why == "rule “loud”: SCO: 12 texts in 24 hours, about 1 expected; new story"
    assert "More than usual: SCO: 12 texts in 24 hours, about 1 expected." in told[-1].housekeeping
