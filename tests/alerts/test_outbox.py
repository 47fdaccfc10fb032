"""Digests and alerts as files."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from alerts import open_sender
from alerts.outbox import file_name
from monitor.errors import DeliveryError
from monitor.types import Channel, Delivery, Digest
from tests.digest.builders import NOW, alert, digest

DELIVERY = Delivery(id=1, digest_key="k", channel_id="mail:desk", status="sending", attempts=1, next_attempt_at=None,
                    created_at=NOW)  # fmt: skip


def send(folder: Path, told: Digest, channel_id: str = "mail:desk", **settings: object) -> list[str]:
    channel = Channel(
        id=channel_id, kind="outbox", target="desk@example.org", settings={"folder": str(folder)} | settings
    )
    asyncio.run(open_sender(channel, {}).send(DELIVERY, told))
    return sorted(path.name for path in folder.iterdir())


def test_a_digest_is_a_page_and_a_mail(tmp_path: Path) -> None:
    names = send(tmp_path / "out", digest())
    assert [name.rpartition(".")[2] for name in names] == ["eml", "html"]
    message = email.message_from_bytes((tmp_path / "out" / names[0]).read_bytes(), policy=email.policy.default)
    assert message["To"] == "desk@example.org"
    assert "Story 1" in (tmp_path / "out" / names[1]).read_text("utf-8")


def test_an_alert_is_what_slack_would_get_and_a_text(tmp_path: Path) -> None:
    names = send(tmp_path, alert(), "slack:sco-alerts", form="slack")
    assert [name.rpartition(".")[2] for name in names] == ["json", "txt"]
    assert json.loads((tmp_path / names[0]).read_text("utf-8"))["text"] == "Daily: Story 1"
    assert "Story 1" in (tmp_path / names[1]).read_text("utf-8")


def test_a_repeat_writes_the_same_files_again(tmp_path: Path) -> None:
    first = send(tmp_path, digest())
    before = [(tmp_path / name).read_bytes() for name in first]
    assert send(tmp_path, digest()) == first
    assert [(tmp_path / name).read_bytes() for name in first] == before


def test_names_sort_by_time_and_are_safe_and_apart() -> None:
    told = [replace(digest(key=f"k{n}"), created_at=NOW.replace(hour=n)) for n in (9, 10, 23)]
    names = [file_name(one, "mail:desk") for one in told]
    assert names == sorted(names)
    for hostile in (
        "mail:../../etc/passwd",
        "mail:CON",
        "mail:стол",
        "mail:" + "x" * 500,
        "mail:a/b\\c:d*\x00\n",
        "mail",
    ):
        assert re.fullmatch(r"[0-9]{8}T[0-9]{6}Z-[a-z0-9-]{1,40}-digest-[0-9a-f]{8}", file_name(digest(), hostile))
    assert file_name(digest(), "mail:стол") != file_name(digest(), "mail:офис")


def test_an_outbox_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DeliveryError, match="mail:desk: the outbox cannot be written"):
        send(tmp_path / "out", digest())
