"""A digest as a Slack message: blocks within Slack's limits and a fallback line. Pure.

What strangers wrote is escaped and marked as verbatim, so it can neither mention, nor link, nor format its way out.
Source: docs.slack.dev, Block Kit reference (header 150, section 3,000 characters, 50 blocks); about 13,000 characters
of blocks are taken in practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.parts import origins
from alerts.render import items, standing, when
from alerts.safe import Link, line, link
from monitor.types import Digest, Item

SECTION = 3_000
HEADER = 150
TOTAL = 12_000
#: Longest address that is put behind a headline.
_LINK = 1_200
#: Outlets named in the thread.
_JOINED = 8

Block = dict[str, Any]


def slack(digest: Digest, *, repeat: bool = False) -> Mapping[str, Any]:
    """The message as Slack's ``chat.postMessage`` and incoming webhooks take it.

    `repeat`: an earlier attempt may have arrived, and the reader is told.
    """
    blocks = _BLOCKS.get(digest.kind, _list)(digest)
    if repeat:
        blocks.append(_context("Sent again: the first answer got lost, so this may be a repeat."))
    return {"text": fallback(digest), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def joined(digest: Digest) -> Mapping[str, Any]:
    """What a line in the thread of an alert says of the outlets that carry the story by now."""
    (item,) = items(digest)
    told = item.others[-_JOINED:]
    rows = [f"• {_linked(name, url)}" for name, url in told]
    what = "The text was edited; carried by" if item.edited else "Carried by"
    text = f"{what} {len(item.others) + 1} outlets by now. The latest:\n" + "\n".join(rows)
    plain = f"{what.lower()} {len(item.others) + 1} outlets"
    return {"text": plain, "blocks": [_section(text)], "unfurl_links": False, "unfurl_media": False}


def _linked(name: str, url: str) -> str:
    shown, target = escaped(name, 80), _target(link(url))
    return f"<{target}|{shown}>" if target else shown


def fallback(digest: Digest) -> str:
    """What notifications show."""
    told = items(digest)
    if digest.kind in ("alert", "update") and told:
        return f"{escaped(told[0].source_name, 80)}: {escaped(told[0].title, 300)}"
    return escaped(heading(digest), HEADER)


def escaped(text: str, limit: int) -> str:
    """The text as one line in which nothing means anything to Slack.

    At most `limit` code points as they are read, and twice as many as they are sent.
    """
    plain = line(text, limit)
    while len(sent := _entities(plain)) > 2 * limit:
        plain = plain[: len(plain) * 3 // 4].rstrip("…") + "…"
    return sent


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _alert(digest: Digest) -> list[Block]:
    (item,) = items(digest)
    said = item.new if item.facts else item.lead
    lead = f"\n{'*New:* ' if item.facts else ''}{escaped(said, 350)}" if said else ""
    seen = "" if item.published_at is None else f" · first seen {when(item.first_seen_at, digest.timezone)}"
    blocks = [
        _section(f"*{_headline(item, 300)}*{' _(edited)_' if item.edited else ''}{lead}"),
        _context(" · ".join(part for part in (_source(item), _when(item, digest.timezone), _host(item)) if part)),
    ]
    if item.others:
        names = [escaped(name, 60) for name, _ in item.others[:6]]
        rest = f" and {len(item.others) - 6} more" if len(item.others) > 6 else ""
        told = origins(item.origins, len(item.others) + 1)
        of = f" ({escaped(told, 160)})" if told else ""
        blocks.append(_context(f"+{len(item.others)} more{of}: {', '.join(names)}{rest}"))
    tags = f" · tags: {', '.join(escaped(name, 60) for _, name in item.tags[:8])}" if item.tags else ""
    because = f"{escaped(digest.why, 300)} · " if digest.why else ""
    blocks.append(_context(f"Why: {because}search `{escaped(digest.search, 200).replace('`', ' ')}`{tags}{seen}"))
    if digest.mute:
        blocks.append(_context(f"Mute: `{escaped(digest.mute, 300).replace('`', ' ')}`"))
    if digest.held or digest.dropped:
        blocks.append(_context(escaped(digest.reconciled, 300)))
    return blocks


def _list(digest: Digest) -> list[Block]:
    """A heading, then one line a story until the message is full; what is left is counted."""
    blocks: list[Block] = [{"type": "header", "text": _plain(line(heading(digest), HEADER))}]
    told = items(digest)
    rows = [f"• {_headline(item, 160)} — {_source(item)}, {_host(item)}" for item in told]
    shown, used, section = 0, 0, ""
    for row in rows:
        if used + len(row) > TOTAL:
            break
        if len(section) + len(row) + 1 > SECTION:
            blocks.append(_section(section))
            section = ""
        section = f"{section}\n{row}" if section else row
        used, shown = used + len(row) + 1, shown + 1
    if section:
        blocks.append(_section(section))
    if shown < len(told):
        blocks.append(_context(f"and {len(told) - shown} more: search the archive for them"))
    blocks.append(_context(f"Why: search `{escaped(digest.search, 200).replace('`', ' ')}`"))
    blocks.append(_context(escaped(digest.reconciled, 300)))
    return blocks


def _health(digest: Digest) -> list[Block]:
    """A heading, then one line a change until the message is full."""
    blocks: list[Block] = [{"type": "header", "text": _plain(heading(digest))}]
    rows, used, more = [], 0, "and more: see `scowatch sources list`"
    for text in digest.housekeeping:
        row = f"• {escaped(text, 400)}"
        if used + len(row) + 1 + len(more) > SECTION:
            rows.append(more)
            break
        rows.append(row)
        used += len(row) + 1
    return [*blocks, _section("\n".join(rows) or "nothing changed")]


_BLOCKS = {"alert": _alert, "update": _alert, "health": _health}


def heading(digest: Digest) -> str:
    """What a message that is not about one story is about; strangers' text is not in it."""
    told = len(items(digest))
    stories = "1 story" if told == 1 else f"{told} stories"
    if digest.kind == "summary":
        return f"{stories} {digest.heading or 'over the daily limit'}"
    if digest.kind == "health":
        return digest.heading or "How the sources do"
    return f"{stories} on your watchlist" if told else "Nothing new on your watchlist"


def _headline(item: Item, limit: int) -> str:
    """The headline as the one link of its story."""
    address = link(item.url)
    title = escaped(item.title, limit) or escaped(address.host, 100) or "untitled"
    target = _target(address)
    return f"<{target}|{title}>" if target else title


def _target(address: Link) -> str | None:
    """The address as it stands in a link; None: it is unsafe or too long."""
    target = _entities(address.url or "").replace("|", "%7C")
    return target if 0 < len(target) <= _LINK else None


def _source(item: Item) -> str:
    return _entities(line(item.source_name, 80) + standing(item))


def _host(item: Item) -> str:
    """Where the link leads, for all to see; for an address that is not linked, that too."""
    address = link(item.url)
    if _target(address):
        return _entities(address.host)
    return _entities(f"{address.host} (address too long or unsafe to link)" if address.host else "no safe link")


def _when(item: Item, zone: str) -> str:
    return ("" if item.published_at else "first seen ") + when(item.published_at or item.first_seen_at, zone)


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": _entities(text), "emoji": False}
