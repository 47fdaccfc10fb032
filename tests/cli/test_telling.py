"""digest, deliver, deliveries: the outbox stands in for mail and Slack."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import Command, jsonl, row

DELIVERY = {
    "id": int, "digest": str, "kind": str, "channel": str, "status": str, "attempts": int, "created": str,
    "sent": (str, type(None)), "next_attempt": (str, type(None)), "error": (str, type(None)), "since": str,
    "until": str, "seen": int, "told": int, "folded": int, "held": int, "reconciliation": dict, "why": str,
    "stories": list,
}  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def told(scowatch: Command) -> Command:
    """A home with three articles, two of them about what the recipient reads."""
    scowatch("digest", "preview")
    rows = [row(1), row(2, title="Саммит ШОС", lang="ru"), row(3, title="Weather", text="It rains. " * 40)]
    scowatch("import", "-", stdin=jsonl(*rows))
    return scowatch


def instants(value: Any) -> list[str]:
    """All values under keys that name an instant."""
    if isinstance(value, dict):
        found = [v for k, v in value.items() if isinstance(v, str) and (k.endswith("_at") or k in ("since", "until"))]
        return found + [at for v in value.values() for at in instants(v)]
    return [at for v in value for at in instants(v)] if isinstance(value, list) else []


def test_a_preview_shows_and_stores_nothing(told: Command) -> None:
    text = told("digest", "preview").out
    assert "Story 1" in text
    assert "Саммит ШОС" in text
    assert "Weather" not in text
    html = told("digest", "preview", "--format", "html").out
    assert html.lstrip().lower().startswith("<!doctype html")
    assert told("deliveries", "--json").json() == []
    assert not (told.home / "outbox").exists()


def test_what_came_late_does_not_make_a_language_of_yesterday(scowatch: Command) -> None:
    source = "{id: news, name: News, kind: feed, languages: [en], feeds: [{url: https://news.example/feed}]}"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n- {source}\n", encoding="utf-8")
    scowatch("digest", "preview")
    scowatch("import", "-", stdin=jsonl(row(1, published="2020-01-01T07:00:00Z")))
    text = " ".join(scowatch("digest", "preview").out.split())
    assert "Story 1" in text
    assert "No article of the last 24 hours is in English." in text
    assert "came in" not in text


def test_a_preview_as_json_has_every_item_and_times_as_everywhere(told: Command) -> None:
    digest = told("digest", "preview", "--recipient", "desk", "--format", "json").json()
    items = [item for section in digest["sections"] for item in section["items"]]
    assert sorted(item["title"] for item in items) == ["Story 1", "Саммит ШОС"]
    assert (digest["kind"], digest["subscription_id"], digest["seen"]) == ("digest", "recipient:desk", 2)
    assert len(instants(digest)) >= 5
    assert [at for at in instants(digest) if not INSTANT.fullmatch(at)] == []


def test_a_preview_for_a_given_time_has_what_was_published_then(told: Command) -> None:
    shown = told("digest", "preview", "--since", "2026-11-02", "--until", "2026-11-02").out
    assert "Story 1" in shown
    assert "Саммит" not in shown
    ran = told("digest", "preview", "--since", "2020-01-01", "--until", "2020-01-02")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing new on your watchlist." in ran.out


def test_send_queues_and_deliver_sends_once(told: Command) -> None:
    ran = told("digest", "send")
    assert (ran.code, ran.out, ran.err) == (0, "", "desk: 2 stories queued for mail:desk\n")
    (queued,) = told("deliveries", "--json").json()
    assert list(queued) == list(DELIVERY)
    for key, kind in DELIVERY.items():
        assert isinstance(queued[key], kind), key  # type: ignore[arg-type]
    assert queued["reconciliation"] == {"seen": 2, "sent": 2, "folded": 0, "held": 0, "dropped": {}}
    assert (queued["status"], queued["sent"], queued["channel"], queued["told"]) == ("pending", None, "mail:desk", 2)
    assert [list(story) for story in queued["stories"]] == [["story_id", "title", "url"]] * 2

    report = told("deliver", "--json").json()
    assert list(report) == ["sent", "failed", "later", "problems"]
    assert report["failed"] == report["later"] == 0
    assert report["sent"] >= 1
    files = sorted(path.suffix for path in (told.home / "outbox").glob("*-desk-digest-*"))
    assert files == [".eml", ".html"]
    digests = [d for d in told("deliveries", "--json").json() if d["kind"] == "digest"]
    assert [(d["status"], d["attempts"]) for d in digests] == [("sent", 1)]
    assert INSTANT.fullmatch(digests[0]["sent"])

    assert told("deliver", "--json").json()["sent"] == 0
    told("digest", "send")
    assert sum(d["told"] for d in told("deliveries", "--json").json() if d["kind"] == "digest") == 2


def test_alerts_are_built_by_deliver(told: Command) -> None:
    told("deliver")
    alerts = [d for d in told("deliveries", "--json").json() if d["kind"] == "alert"]
    assert sorted(d["stories"][0]["title"] for d in alerts) == ["Story 1", "Саммит ШОС"]
    assert {(d["channel"], d["status"]) for d in alerts} == {("slack:alerts", "sent")}
    messages = [json.loads(path.read_text()) for path in (told.home / "outbox").glob("*-alert-*.json")]
    assert len(messages) == 2


def test_the_ledger_for_people(told: Command) -> None:
    assert told("deliveries").out == "nothing was sent yet\n"
    told("digest", "send")
    told("deliver")
    shown = told("deliveries").out
    assert shown.splitlines()[0].split() == ["status", "channel", "kind", "made", "attempts", "content"]
    assert "sent" in shown
    assert "mail:desk" in shown
    assert len(told("deliveries", "--limit", "1").out.splitlines()) == 2


def test_what_cannot_be_sent_is_told_and_stays(told: Command) -> None:
    (told.home / "outbox").write_text("a file where the folder should be")
    told("digest", "send")
    ran = told("deliver")
    assert ran.code == 0
    assert re.fullmatch(r"sent 0, failed 0, to be tried again \d+\n", ran.out)
    assert "mail:desk: the outbox cannot be written" in ran.err
    pending = [d for d in told("deliveries", "--json").json() if d["channel"] == "mail:desk"]
    assert [(d["status"], d["attempts"]) for d in pending] == [("pending", 1)]
    assert "cannot be written" in pending[0]["error"]


def test_without_recipients_the_remedy_is_named(told: Command, home: Path) -> None:
    (home / "scowatch.toml").write_text("")
    (line,) = told.refused("digest", "preview")
    assert "add a [[recipient]]" in line
    assert told("deliver").code == 0
