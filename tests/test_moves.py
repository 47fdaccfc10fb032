"""Permanent redirects: adopted after confirmation, given up when the target is gone, and whose validators are whose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.moves import after, asked, kept, polled
from monitor.types import Fetch, Move, Outcome, Validators

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD, NEW, THIRD = "http://a.example/feed", "https://a.example/rss", "https://b.example/rss"


def answer(moved_to: str | None, outcome: Outcome = "ok") -> Fetch:
    return Fetch(url=OLD, outcome=outcome, final_url=moved_to or OLD, moved_to=moved_to)


def follow(*polls: tuple[float, Fetch]) -> Move | None:
    """What is remembered after answers that came so many hours after the first."""
    move = None
    for hours, fetch in polls:
        move = after(move, OLD, fetch, NOW + timedelta(hours=hours)) or move
    return move


@pytest.mark.parametrize(
    ("polls", "adopted"),
    [
        pytest.param([(0, NEW), (12, NEW), (24, NEW)], True, id="three-times-over-a-day"),
        pytest.param([(0, NEW), (1, NEW), (2, NEW), (3, NEW)], False, id="often-but-not-for-long"),
        pytest.param([(0, NEW), (48, NEW)], False, id="long-but-not-often"),
        pytest.param([(0, NEW), (12, THIRD), (24, NEW), (36, NEW)], False, id="to-and-fro"),
        pytest.param([(0, NEW), (12, None), (24, NEW), (36, NEW)], False, id="not-always"),
        pytest.param([(0, NEW), (12, None), (24, NEW), (36, NEW), (48, NEW)], True, id="in-the-end"),
        pytest.param([(0, None)], False, id="never"),
    ],
)
def test_a_move_is_adopted_after_confirmation(polls: list[tuple[float, str | None]], adopted: bool) -> None:
    move = follow(*((hours, answer(to)) for hours, to in polls))
    assert (move is not None and move.adopted_at is not None) is adopted
    assert polled(OLD, move) == (NEW if adopted else OLD)


def test_failures_in_between_neither_confirm_nor_deny() -> None:
    broken = Fetch(url=OLD, outcome="temporary", final_url=OLD)
    move = follow((0, answer(NEW)), (6, broken), (12, answer(NEW)), (18, broken), (24, answer(NEW)))
    assert polled(OLD, move) == NEW


def test_a_target_that_is_gone_gives_way_to_the_address_again() -> None:
    move = follow((0, answer(NEW)), (12, answer(NEW)), (24, answer(NEW)))
    for outcome, expected in (("temporary", NEW), ("ok", NEW), ("permanent", OLD)):
        fetch = Fetch(url=NEW, outcome=outcome, final_url=NEW)  # type: ignore[arg-type]
        assert polled(OLD, after(move, OLD, fetch, NOW + timedelta(days=9)) or move) == expected


VALIDATORS = Validators(url=OLD, etag='"1"', last_modified="Fri, 20 Nov 2026 10:00:00 GMT", body_hash="ab", seen=b"x")


def test_the_target_is_told_only_what_it_said_itself() -> None:
    assert asked(VALIDATORS, NEW, conditional=True) == Validators(url=NEW, body_hash="ab")
    own = Validators(url=OLD, final_url=NEW, etag='"2"', body_hash="ab")
    assert asked(own, NEW, conditional=True) == Validators(url=NEW, etag='"2"', body_hash="ab")
    assert asked(own, THIRD, conditional=True) == Validators(url=THIRD, body_hash="ab")
    assert asked(None, NEW, conditional=True) is None


def test_asked_for_the_whole_the_body_is_still_known_again() -> None:
    found = asked(VALIDATORS, OLD, conditional=False)
    assert found is not None
    assert (found.etag, found.last_modified, found.body_hash) == (None, None, "ab")


def test_validators_are_kept_under_the_address_of_the_list() -> None:
    assert kept(Validators(url=NEW, etag='"2"'), OLD, b"s") == Validators(url=OLD, final_url=NEW, etag='"2"', seen=b"s")
    further = Validators(url=NEW, final_url=THIRD, etag='"3"')
    assert kept(further, OLD, b"") == Validators(url=OLD, final_url=THIRD, etag='"3"')
    assert kept(Validators(url=OLD, etag='"1"'), OLD, b"s") == Validators(url=OLD, etag='"1"', seen=b"s")
    assert kept(None, OLD, b"") == Validators(url=OLD)
