"""Every section and every kind of message as it is shown, held to files that were looked at.

After a change that is meant, renew them and read what changed:

    SCOWATCH_RENEW_GOLDEN=1 .venv/bin/pytest tests/alerts/test_golden.py; git diff tests/data/golden
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.render import Mail, mail
from monitor.types import Digest, Item
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
        path = FOLDER / f"{name}{suffix}"
        if os.environ.get("SCOWATCH_RENEW_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is not there: see the head of this file"
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs: see the head of this file"


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)
    assert NOW.tzinfo is not None
