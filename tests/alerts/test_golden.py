"""Every section and every kind of message as it is shown, held to files that were looked at.

After a change that is meant, renew them and read what changed:

    SCOWATCH_RENEW_GOLDEN=1 .venv/bin/pytest tests/alerts/test_golden.py; git diff tests/data/golden
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import apprise, blocks, feedfile, webhook
from alerts.render import Mail, mail
from monitor.types import Channel, Delivery, Digest, Item
from tests.digest.builders import NOW, alert, digest, item
from tests.digest.world import day, whole

FOLDER = Path(__file__).parents[1] / "data" / "golden"


def world(*, weekly: bool = False) -> Digest:
    made = whole(weekly=weekly, gloss=lambda told: {text: "In English" for text, lang in told if lang == "fa"}).digest
    assert made is not None
    return made


def only(**parts: object) -> Digest:
    """A digest with one short item and that part of the whole one."""
    return digest(item(1, title="One item"), timezone="UTC", **parts)


def told(change: Callable[[Item], Item]) -> Digest:
    return only(sections=(replace(digest().sections[0], items=(change(item(1, title="One item")),)),))


def crisis() -> Digest:
    """Far more than fits: 25 items, most of them in one line, the rest waits."""
    pieces = [
        replace(piece, kept=replace(piece.kept, id=100 * n + piece.kept.id, story_id=100 * n + piece.kept.story_id))
        for n in range(1, 6)
        for piece in day()
    ]
    made = whole(*pieces).digest
    assert made is not None
    return made


CASES: dict[str, Callable[[], Digest]] = {
    "day": world,
    "week": lambda: world(weekly=True),
    "crisis": crisis,
    "empty": lambda: replace(digest(), sections=(), seen=0, housekeeping=("Silent: Avesta (since 9 Nov).",)),
    "calendar": lambda: only(calendar=world().calendar),
    "documents": lambda: only(documents=world().documents),
    "readouts": lambda: only(readouts=world().readouts),
    "analysis": lambda: only(sections=tuple(s for s in world().sections if s.key == "analysis")),
    "people": lambda: only(people=world().people),
    "housekeeping": lambda: only(housekeeping=world().housekeeping, held=3, seen=4),
    "subjects": lambda: only(counts=world(weekly=True).counts, span="week"),
    "nonevents": lambda: only(nonevents=("Talks, due 2026-11-18: nothing read says that it took place.",)),
    "quotes": lambda: only(quotes=world(weekly=True).quotes),
    "item-new": lambda: told(lambda one: replace(one, new="They meet on 5 December.", facts=("5 December",))),
    "item-bare": lambda: told(
        lambda one: replace(one, brief=True, bare=True, gloss="In English", funder="a foundation")
    ),
    "item-brief": lambda: told(lambda one: replace(one, brief=True, gloss="In English")),
    "item-late": lambda: told(lambda one: replace(one, waited="late")),
    "item-edited": lambda: told(lambda one: replace(one, edited=True)),
    "item-single": lambda: told(lambda one: replace(one, single="ru", ownership="state")),
    "alert": alert,
    "update": lambda: replace(alert(), kind="update", key="slack:desk/story/1/update/1", replaces="slack:desk/story/1"),
    "summary": lambda: replace(digest(item(1), item(2)), kind="summary"),
    "health": lambda: replace(digest(), kind="health", sections=(), housekeeping=("Avesta: nothing new since 9 Nov.",)),
}


def body(html: str) -> str:
    """What stands between the tags of the body, one element a line, so that a change is easy to see."""
    inside = html.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    return inside.replace("><", ">\n<").strip() + "\n"


def shown(made: Mail) -> dict[str, str]:
    return {".txt": f"{made.subject}\n\n{made.text}", ".html": body(made.html)}


@pytest.mark.parametrize("name", CASES)
def test_as_it_was_looked_at(name: str) -> None:
    for suffix, text in shown(mail(CASES[name]())).items():
        held_to(FOLDER / f"{name}{suffix}", text)


def held_to(path: Path, text: str) -> None:
    if os.environ.get("SCOWATCH_RENEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is not there: see the head of this file"
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs: see the head of this file"


def whole_alert() -> Digest:
    """An alert in which nothing is missing, with what strangers try."""
    one = item(
        17,
        title="Токаев и Си обсудили банк ШОС <!channel> [bank](https://evil.test) @everyone & 上合组织",
        lang="ru",
        source_name="Akorda",
        ownership="official",
        new="They meet on 5 December.",
        facts=("5 December",),
        tags=(("sco", "SCO"), ("sco-development-bank", "SCO development bank")),
        others=(("Dawn", "https://dawn.test/1"), ("<b>APP</b>", "javascript:alert(1)")),
        classes=("official", "independent"),
        origins=(("TASS", 2), ("Akorda", 1)),
        edited=True,
    )
    return alert(
        one,
        why="rule “bank”: priority 1: SCO development bank; from official; first mention: 5 December",
        mute="scowatch mutes add story 17 --on slack:desk --for 3d",
        seen=4,
        folded=1,
        dropped=(("muted", 2),),
    )


#: What channels other than mail are told.
MESSAGES: dict[str, Callable[[], Digest]] = {name: CASES[name] for name in ("alert", "update", "summary", "health")} | {
    "alert-whole": whole_alert,
    "summary-none": lambda: replace(digest(), kind="summary", sections=(), seen=2, dropped=(("muted", 2),)),
}
DELIVERY = Delivery(id=1, digest_key="k", channel_id="c", status="sending", attempts=2, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip


def pretty(text: str | bytes) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


def of_slack(told_: Digest) -> dict[str, str]:
    made = {"slack.json": pretty(json.dumps(blocks.slack(told_, repeat=True)))}
    thread = {"slack-thread.json": pretty(json.dumps(blocks.joined(told_)))} if told_.kind == "update" else {}
    return made | thread


def of_webhook(told_: Digest) -> dict[str, str]:
    return {"webhook.json": pretty(webhook.body(DELIVERY, told_))}


def of_apprise(told_: Digest) -> dict[str, str]:
    made = apprise.note(told_, repeat=True)
    return {"apprise.txt": f"{made.title}\n\n{made.text}\n"}


def of_feed(told_: Digest) -> dict[str, str]:
    settings = {"folder": "/", "title": "Bank & <fund>", "url": "https://desk.example/feeds/"}
    one = feedfile.FeedSender(
        Channel(id="feed:bank", kind="feed", target="bank", settings=settings), {}, lambda _: None
    )
    later = replace(told_, created_at=told_.created_at + timedelta(minutes=1))
    made = one.documents(feedfile.told(DELIVERY, later))
    texts = {name.replace("bank.", "feed."): body_.decode() for name, body_ in made.items()}
    return {name: pretty(text) if name.endswith("json") else text.replace("><", ">\n<") for name, text in texts.items()}


CHANNELS = {"slack": of_slack, "webhook": of_webhook, "apprise": of_apprise, "feed": of_feed}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was_looked_at(name: str, channel: str) -> None:
    for suffix, text in CHANNELS[channel](MESSAGES[name]()).items():
        held_to(FOLDER / "channels" / f"{name}.{suffix}", text)


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir() if path.is_file()} == set(CASES)
    told_ = {f"{name}.{suffix}" for name, of in MESSAGES.items() for way in CHANNELS.values() for suffix in way(of())}
    assert {path.name for path in (FOLDER / "channels").iterdir()} == told_
    assert NOW.tzinfo is not None
