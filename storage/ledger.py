"""The ledger: who was told what, and what is on its way.

A subscription's cursor, its digests, one pending delivery for each, and the items it holds back move in one
transaction. A delivery is claimed by one conditional update, which also writes down that an attempt was started, so
that of several processes only one sends it, and a sender that died leaves a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from monitor.types import Delivery, Ledger, Subscription
from storage.connection import Connection
from storage.values import instant, micros, sure_instant

if TYPE_CHECKING:
    from monitor.types import Digest

#: How far back a new subscription's first digest reaches.
_FIRST_DAYS = {"weekly": 7}

#: No pause is that long: an attempt that is further away was put there by a clock that has been set back since.
FAR = timedelta(hours=12)

#: Columns of a delivery, as `delivery_of` takes them.
DELIVERY = (
    "d.id, d.digest_key, d.channel_id, d.status, d.attempts, d.next_attempt_at, d.created_at, d.sent_at, d.last_error,"
    " d.message_id, d.closed, d.folded_into"
)


# ---------------------------------------------------------------------------------------------- subscriptions


def ledger(connection: Connection, subscription_id: str) -> Ledger | None:
    """What is remembered of the subscription; None: it was never met."""
    row = connection.execute(
        "SELECT cursor, last_end_at, since_at FROM subscriptions WHERE id = ?", (subscription_id,)
    ).fetchone()
    if row is None:
        return None
    uncounted = connection.execute(
        "SELECT what, articles FROM uncounted WHERE subscription_id = ? ORDER BY what", (subscription_id,)
    )
    return Ledger(
        subscription_id=subscription_id,
        cursor=row[0],
        last_end_at=instant(row[1]),
        since_at=sure_instant(row[2]),
        uncounted=tuple(map(tuple, uncounted)),
    )


def meet(connection: Connection, subscription: Subscription, now: datetime) -> None:
    """Puts a new subscription down: alerts begin now, a digest with what came in the last day or week."""
    days = 0 if subscription.kind == "alert" else _FIRST_DAYS.get((subscription.schedule or "").split(" ")[0], 1)
    numbered = "source_events" if subscription.kind == "health" else "changes"
    connection.execute(
        "INSERT INTO subscriptions (id, cursor, since_at)"
        f" VALUES (:id, (SELECT coalesce(max(number), 0) FROM {numbered} WHERE at < :begin), :now)"
        " ON CONFLICT DO NOTHING",
        {"id": subscription.id, "begin": micros(now - timedelta(days=days)), "now": micros(now)},
    )


#: Number, what, instant, whether it is quiet, whether it is held.
Change = tuple[int, Literal["new", "edited"], int, bool, bool]


def cursor_of(connection: Connection, subscription_id: str) -> int:
    """Up to which change all is decided on; 0 for a subscription that was never met."""
    row = connection.execute("SELECT cursor FROM subscriptions WHERE id = ?", (subscription_id,)).fetchone()
    return int(row[0]) if row else 0


def fresh(connection: Connection, cursor: int, end: int) -> dict[int, Change]:
    """By article: what came after the cursor and before the end.

    Of several changes of one article the one that brought it counts, else the last.
    """
    found: dict[int, Change] = {}
    rows = connection.execute(
        "SELECT article_id, number, what, at, quiet FROM changes WHERE number > ? AND at < ? ORDER BY number",
        (cursor, end),
    )
    for article_id, number, what, at, quiet in rows:
        if article_id not in found or found[article_id][1] != "new":
            found[article_id] = (number, what, at, bool(quiet), False)
    return found


def held(connection: Connection, subscription_id: str, end: int) -> dict[int, Change]:
    """By article: what is held; it stays the change that it was."""
    rows = connection.execute(
        "SELECT h.article_id, c.number, c.what, c.at, c.quiet FROM held h JOIN changes c ON c.number = h.change"
        " WHERE h.subscription_id = ?1 AND c.at < ?2",
        (subscription_id, end),
    )
    return {article_id: (number, what, at, bool(quiet), True) for article_id, number, what, at, quiet in rows}


def end_of(until: datetime | None) -> int:
    """The instant as it is stored, after all others for None."""
    return (1 << 62) if until is None else (micros(until) or 0)


def head(connection: Connection) -> int:
    """Number of the newest change; 0: there is none."""
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0])


# ---------------------------------------------------------------------------------------------- digests


def add_digests(
    connection: Connection,
    subscription_id: str,
    new: Sequence[Digest],
    *,
    channel_id: str,
    cursor_from: int,
    cursor_to: int,
    hold: Iterable[tuple[int, int]],
    release: Iterable[int],
    last_end_at: datetime | None,
    uncounted: Iterable[tuple[str, int]] | None,
) -> bool:
    """Whether all was stored; to be called inside a transaction, which is to be given up on False."""
    moved = connection.execute(
        "UPDATE subscriptions SET cursor = ?, last_end_at = coalesce(?, last_end_at) WHERE id = ? AND cursor = ?",
        (cursor_to, micros(last_end_at), subscription_id, cursor_from),
    )
    if moved.rowcount != 1:
        return False
    if not all(add_digest(connection, subscription_id, digest, channel_id) for digest in new):
        return False
    connection.executemany(
        "DELETE FROM held WHERE subscription_id = ? AND article_id = ?",
        [(subscription_id, article_id) for article_id in release],
    )
    connection.executemany(
        "INSERT INTO held (subscription_id, article_id, change) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(subscription_id, article_id, change) for article_id, change in hold],
    )
    if uncounted is not None:
        connection.execute("DELETE FROM uncounted WHERE subscription_id = ?", (subscription_id,))
        connection.executemany(
            "INSERT INTO uncounted (subscription_id, what, articles) VALUES (?, ?, ?)",
            [(subscription_id, what, articles) for what, articles in uncounted],
        )
    return True


def add_digest(connection: Connection, subscription_id: str, digest: Digest, channel_id: str) -> bool:
    """Whether it may stay: a second alert on a story is left out, any other second one refuses the whole."""
    from storage import digests

    added = connection.execute(
        "INSERT INTO digests (key, subscription_id, kind, created_at, content) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (digest.key, subscription_id, digest.kind, micros(digest.created_at), digests.to_json(digest)),
    )
    if added.rowcount != 1:
        return digest.kind in ("alert", "update")
    connection.executemany(
        "INSERT INTO told_stories (subscription_id, story_id, digest_key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(subscription_id, item.story_id, digest.key) for section in digest.sections for item in section.items]
        + [(subscription_id, item.story_id, digest.key) for item in digest.also],
    )
    if digest.kind != "digest":
        connection.executemany(
            "INSERT INTO told_articles (subscription_id, article_id) SELECT ?1, id FROM articles WHERE id = ?2"
            " ON CONFLICT DO NOTHING",
            [
                (subscription_id, number)
                for section in digest.sections
                for item in section.items
                for number in item.article_ids
            ],
        )
    connection.execute(
        "INSERT INTO deliveries (digest_key, channel_id, status, next_attempt_at, created_at)"
        " VALUES (?1, ?2, 'pending', ?3, ?3)",
        (digest.key, channel_id, micros(digest.created_at)),
    )
    return True


def alerts_between(connection: Connection, subscription_id: str, since: datetime, until: datetime) -> int:
    row = connection.execute(
        "SELECT count(*) FROM digests WHERE subscription_id = ? AND kind = 'alert'"
        " AND created_at >= ? AND created_at < ?",
        (subscription_id, micros(since), micros(until)),
    ).fetchone()
    return int(row[0])


def alerted_at(connection: Connection, subscription_id: str, story_ids: Sequence[int]) -> dict[int, datetime]:
    """By story: when its last alert was made, under whatever number it went by then; nothing for those without one."""
    statement = (
        "SELECT max(d.created_at) FROM (SELECT ?2 AS id UNION SELECT id FROM stories WHERE merged_into = ?2) s JOIN"
        " digests d ON d.kind = 'alert' AND (d.key = ?1 || '/story/' || s.id OR (d.key > ?1 || '/story/' || s.id ||"
        " '/again/' AND d.key < ?1 || '/story/' || s.id || '/again0'))"
    )
    found = {s: connection.execute(statement, (subscription_id, s)).fetchone()[0] for s in story_ids}
    return {story: sure_instant(at) for story, at in found.items() if at is not None}


def told_stories(connection: Connection, subscription_id: str, story_ids: Sequence[int]) -> frozenset[int]:
    """Those of the stories that were told, under whatever number they went by then."""
    statement = (
        "SELECT 1 FROM told_stories WHERE subscription_id = ?1 AND"
        " (story_id = ?2 OR story_id IN (SELECT id FROM stories WHERE merged_into = ?2)) LIMIT 1"
    )
    wanted = frozenset(story_ids)
    return frozenset(s for s in wanted if connection.execute(statement, (subscription_id, s)).fetchone())


def told_articles(connection: Connection, subscription_id: str, article_ids: Sequence[int]) -> frozenset[int]:
    """Those of the articles that an alert of the subscription has told."""
    statement = "SELECT article_id FROM told_articles WHERE subscription_id = ? AND article_id = ?"
    found = (connection.execute(statement, (subscription_id, number)).fetchone() for number in article_ids)
    return frozenset(row[0] for row in found if row)


def told_with_story(connection: Connection, article_id: int, story_id: int) -> None:
    """Puts the article down as told by every alert that told its story; to be called before it leaves the story."""
    connection.execute(
        "INSERT INTO told_articles (subscription_id, article_id) SELECT s.id, ?1 FROM subscriptions s WHERE EXISTS"
        " (SELECT 1 FROM told_stories t JOIN digests d ON d.key = t.digest_key AND d.kind != 'digest' WHERE"
        " t.subscription_id = s.id AND t.story_id IN (SELECT ?2 UNION SELECT id FROM stories WHERE merged_into = ?2))"
        " ON CONFLICT DO NOTHING",
        (article_id, story_id),
    )


def last_told(connection: Connection, subscription_id: str, story_ids: Sequence[int]) -> dict[int, tuple[str, Digest]]:
    """By story: the key of its alert, and what that alert says by now. Stories in a summary have none."""
    from storage import digests

    statement = (
        "SELECT d.key FROM told_stories t JOIN digests d ON d.key = t.digest_key AND d.kind = 'alert' WHERE"
        " t.subscription_id = ?1 AND (t.story_id = ?2 OR t.story_id IN (SELECT id FROM stories WHERE merged_into = ?2))"
        " ORDER BY d.created_at LIMIT 1"
    )
    latest = (
        "SELECT content FROM digests WHERE key = ?1 OR (key > ?1 || '/update/' AND key < ?1 || '/update0')"
        " ORDER BY created_at DESC, kind DESC LIMIT 1"
    )
    found = {}
    for story in story_ids:
        if row := connection.execute(statement, (subscription_id, story)).fetchone():
            (content,) = connection.execute(latest, (row[0],)).fetchone()
            found[story] = (row[0], digests.of_json(content))
    return found


def digest(connection: Connection, key: str) -> Digest | None:
    from storage import digests

    row = connection.execute("SELECT content FROM digests WHERE key = ?", (key,)).fetchone()
    return digests.of_json(row[0]) if row else None


# ---------------------------------------------------------------------------------------------- deliveries


def claim_due(connection: Connection, now: datetime, lease: timedelta, limit: int) -> tuple[Delivery, ...]:
    """Deliveries that are now the caller's, oldest first; to be called inside a transaction.

    Where there are more, each channel has its turn: a thousand alerts for one do not keep the others waiting.
    Where a sender died, the error of the attempt before it goes: how that last attempt ended is not known.
    """
    rows = connection.execute(
        "UPDATE deliveries AS d SET status = 'sending', attempts = attempts + 1, next_attempt_at = NULL,"
        " last_error = CASE status WHEN 'sending' THEN NULL ELSE last_error END,"
        " lease_until = :until WHERE id IN (SELECT id FROM (SELECT id, created_at, row_number() OVER"
        " (PARTITION BY channel_id ORDER BY created_at, id) AS turn FROM deliveries WHERE (status = 'pending' AND"
        " coalesce(next_attempt_at, 0) NOT BETWEEN :now + 1 AND :far"
        " AND channel_id NOT IN (SELECT channel_id FROM stopped_channels))"
        " OR (status = 'sending' AND coalesce(lease_until, 0) NOT BETWEEN :now + 1 AND :far))"
        f" ORDER BY turn, created_at, id LIMIT :limit) RETURNING {DELIVERY.replace('d.', '')}",
        {"now": micros(now), "far": micros(now + FAR), "until": micros(now + lease), "limit": limit},
    ).fetchall()
    claimed = sorted((delivery_of(row) for row in rows), key=lambda d: (d.created_at, d.id))
    connection.executemany(
        "INSERT INTO attempts (delivery_id, number, started_at) VALUES (?, ?, ?)",
        [(delivery.id, delivery.attempts, micros(now)) for delivery in claimed],
    )
    return tuple(claimed)


def end_claims(connection: Connection, now: datetime) -> None:
    """To be called inside a transaction."""
    connection.execute("UPDATE deliveries SET lease_until = ? WHERE status = 'sending'", (micros(now),))


def save_delivery(connection: Connection, delivery: Delivery, *, begun: bool) -> None:
    """To be called inside a transaction. What was sent stays sent, and a sender that was taken for dead may still say
    that it did send, but nothing else. An attempt that was not begun is none: pauses grow with attempts."""
    values = {
        "id": delivery.id,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "next": micros(delivery.next_attempt_at),
        "sent": micros(delivery.sent_at),
        "error": delivery.last_error,
        "message": delivery.message_id,
        "closed": int(delivery.closed),
        "none": int(not begun),
    }
    connection.execute(
        "UPDATE deliveries SET status = :status, next_attempt_at = :next, sent_at = :sent, last_error = :error,"
        " message_id = :message, closed = :closed, attempts = attempts - :none, lease_until = NULL"
        " WHERE id = :id AND status != 'sent' AND (:status = 'sent' OR (status = 'sending' AND attempts = :attempts))",
        values,
    )
    if connection.execute("SELECT changes()").fetchone()[0] and not begun:
        connection.execute("DELETE FROM attempts WHERE delivery_id = :id AND number = :attempts", values)
    connection.execute(
        "UPDATE attempts SET status = :status, error = :error WHERE delivery_id = :id AND number = :attempts", values
    )


def deliveries(connection: Connection, limit: int) -> tuple[tuple[Delivery, Digest], ...]:
    """The newest first."""
    from storage import digests

    rows = connection.execute(
        f"SELECT {DELIVERY}, g.content FROM deliveries d JOIN digests g ON g.key = d.digest_key"
        " ORDER BY d.id DESC LIMIT ?",
        (limit,),
    )
    return tuple((delivery_of(row[:-1]), digests.of_json(row[-1])) for row in rows)


def contents(connection: Connection, claimed: Sequence[Delivery]) -> Mapping[str, Digest]:
    """The digests of those deliveries, by key."""
    found: dict[str, Digest] = {}
    for delivery in claimed:
        if delivery.digest_key not in found and (content := digest(connection, delivery.digest_key)):
            found[delivery.digest_key] = content
    return found


def with_edits(connection: Connection, delivery: Delivery, digest: Digest) -> Delivery:
    """The delivery with the id of the message that it brings up to date."""
    if not digest.replaces:
        return delivery
    row = connection.execute(
        "SELECT message_id FROM deliveries WHERE digest_key = ? AND channel_id = ?",
        (digest.replaces, delivery.channel_id),
    ).fetchone()
    return replace(delivery, edits=row[0] if row else "")


def delivery_of(row: Sequence[Any]) -> Delivery:
    """The delivery in a row of DELIVERY."""
    number, digest_key, channel_id, status, attempts, next_attempt_at, created_at, sent_at, last_error, *more = row
    message_id, closed, folded_into = more
    return Delivery(
        id=number,
        digest_key=digest_key,
        channel_id=channel_id,
        status=status,
        attempts=attempts,
        next_attempt_at=instant(next_attempt_at),
        created_at=sure_instant(created_at),
        sent_at=instant(sent_at),
        last_error=last_error,
        message_id=message_id,
        closed=bool(closed),
        folded_into=folded_into,
    )
