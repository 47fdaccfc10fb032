"""What is written about the commands, in --help, README and docs, is what they take."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monitor.cli import group
from tests.cli.calls import Command

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# up to a remark, a pipe or a file
_GIVEN = re.compile(r"(?:^|[|$] )(?:\.venv/bin/)?scowatch (.+?)(?:  .*| [>|#] .*)?$", re.MULTILINE)
_INLINE = re.compile(r"`scowatch ([^`]+)`")


def members(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The command and all below it, each by its words."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from members(below, (*path, name))


def written() -> Iterator[tuple[str, str]]:
    """Every command that is written out in full, with where."""
    for path, command in members(group):
        for line in _GIVEN.findall(re.sub(r"^ +", "", command.help or "", flags=re.MULTILINE)):
            yield " ".join(path), line
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        inline = [line.partition(" > ")[0] for line in _INLINE.findall(text) if not re.search(r"[…\[<]| \w+\|", line)]
        for line in [*(line for block in _BLOCK.findall(text) for line in _GIVEN.findall(block)), *inline]:
            yield page.name, line


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        (" ".join(path), option.opts)
        for path, command in members(group)
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_every_command_that_is_written_out_is_one(scowatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)  # taken apart, not carried out
    given = list(written())
    refused = [(where, line, ran.err) for where, line in given if (ran := scowatch(*shlex.split(line))).code]
    assert refused == []
    assert len(given) > 100
