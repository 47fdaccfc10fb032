"""Changes in how sources do, as readers and the operator are told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.blocks import slack
from alerts.render import mail
from monitor.digest import housekeeping, operator_digest
from monitor.types import Health, HealthState, SourceEvent, SourceState, Subscription
from tests.digest.builders import NOW, SOURCES

OPERATOR = Subscription(id="operator", name="operator", kind="health", search="", channel_id="operator:health")


def event(
    source_id: str, became: HealthState, evidence: str = "", was: HealthState = "ok", number: int = 1
) -> SourceEvent:
    return SourceEvent(source_id=source_id, at=NOW, was=was, became=became, evidence=evidence, number=number)


def test_a_change_is_told_with_what_shows_it() -> None:
    found = housekeeping(
        SOURCES.values(), {}, NOW, [event("akorda", "frozen", "last item 3 days ago, usually every 2 h")]
    )
    assert found == ("Akorda went silent (last item 3 days ago, usually every 2 h).",)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([event("akorda", "failing", "HTTP 503"), event("akorda", "ok", was="failing")], (),
                     id="what-came-and-went"),
        pytest.param([event("akorda", "ok", was="frozen")], ("Akorda is well again (was: silent).",), id="well-again"),
        pytest.param([event("nobody", "failing", "HTTP 503")], (), id="not-in-the-list-any-more"),
        pytest.param([event(name, "failing", "host name not found") for name in list(SOURCES)],
                     ("8 sources cannot be read (host name not found): Akorda, Kremlin, Kazinform, Khabar, Interfax and"
                      " 3 more.",), id="one-reason-for-many"),
        pytest.param([event("akorda", "ok", was="frozen"), event("kremlin", "ok", was="empty"),
                      event("khabar", "ok", was="empty")],
                     ("2 sources are well again (was: empty): Kremlin, Khabar.", "Akorda is well again (was: silent)."),
                     id="each-with-what-was-the-matter-with-it"),
    ],
)  # fmt: skip
def test_changes(events: list[SourceEvent], expected: tuple[str, ...]) -> None:
    assert housekeeping(SOURCES.values(), {}, NOW, events) == expected


def test_a_state_that_lasts_is_one_line_and_its_change_is_not_told_again() -> None:
    health = Health(state="frozen", since=NOW - timedelta(days=2), new_at=NOW - timedelta(days=5), gap=7200.0)
    states = {"akorda": SourceState(source_id="akorda", health=health)}
    assert housekeeping(SOURCES.values(), states, NOW) == ("Silent: Akorda (since 16 Nov).",)
    told = housekeeping(SOURCES.values(), states, NOW, [event("akorda", "frozen", "last item 5 days ago")])
    assert told == ("Akorda went silent (last item 5 days ago).",)


def test_many_changes_are_counted() -> None:
    found = housekeeping(
        SOURCES.values(), {}, NOW, [event(name, "failing", f"HTTP {500 + n}") for n, name in enumerate(SOURCES)]
    )
    assert len(found) == 6
    assert found[-1] == "and 3 more changes: see `scowatch sources list`"


def test_the_operator_gets_one_message_on_all_changes() -> None:
    events = [
        event("akorda", "gone", "HTTP 410: gone", number=4),
        event("daily", "moved", "now at https://x", number=7),
    ]
    made = operator_digest(events, SOURCES, OPERATOR, NOW)
    assert made is not None
    assert (made.key, made.kind) == ("operator/4-7", "health")
    rendered = mail(made)
    assert rendered.subject == "21 Nov: sources: 2 changes"
    for text in (rendered.html, rendered.text):
        assert "Akorda is gone for good, it says (HTTP 410: gone)." in text.replace("\n", " ")
        assert "watchlist" not in text
        assert "seen 0" not in text
    sent = slack(made)
    assert sent["text"] == "How the sources do"
    assert "Daily has moved" in sent["blocks"][1]["text"]["text"]


def test_changes_that_leave_nothing_make_no_message() -> None:
    assert operator_digest([event("nobody", "gone")], SOURCES, OPERATOR, NOW) is None
