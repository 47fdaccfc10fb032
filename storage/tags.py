"""Matches with their history: which state of the watchlist made them, and which made them no more.

`matches` holds what stands, each row with the list that first made it; `taggings` by which list an article's present
text was last looked through; `ended_matches` what an earlier list had found there and a later one did not. Matches that
take the place of others are no change of the article: subscriptions read `changes`, which is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from storage.connection import Connection, rows_in
from storage.values import instant, sure_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.types import ListVersion, Match, PutDown

#: The columns of a match, in the order of its values.
COLUMNS = "entry_id, alias, lang, field, start_point, end_point, rule, need"
_WIDTH = COLUMNS.count(",") + 1
#: What no list has for its number.
_NO_LIST = 0

Values = tuple[str, str, str, str, int, int, str, str | None]


def in_order(matches: Sequence[Match]) -> Sequence[Match]:
    """Matches in order of mention, title first."""
    return sorted(matches, key=lambda m: (m.field != "title", m.start, m.end)) if len(matches) > 1 else matches


def tags_of(in_order: Iterable[Match]) -> tuple[str, ...]:
    """Ids of the entries, in order of first mention."""
    return tuple(dict.fromkeys(match.entry_id for match in in_order))


def values_of(match: Match) -> Values:
    """The match as its columns."""
    return (match.entry_id, match.alias, match.lang, match.field, match.start, match.end, match.rule, match.need)


def match_of(row: Sequence[Any]) -> Match:
    """The match that begins the row."""
    from monitor.types import Match

    e, alias, lang, field, start, end, rule, need = row[:_WIDTH]
    return Match(entry_id=e, alias=alias, lang=lang, field=field, start=start, end=end, rule=rule, need=need)


# ---------------------------------------------------------------------------------------------- lists


def list_id(connection: Connection, version: ListVersion | None, at: int) -> int | None:
    """Number of that state of the list, put down when it is met for the first time; None for None."""
    if version is None:
        return None
    connection.execute(
        "INSERT INTO lists (digest, as_of, first_used_at) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        (version.digest, version.as_of, at),
    )
    return _list_id(connection, version.digest)


def _list_id(connection: Connection, digest: str) -> int:
    row = connection.execute("SELECT id FROM lists WHERE digest = ?", (digest,)).fetchone()
    return int(row[0]) if row else _NO_LIST


def lists(connection: Connection) -> tuple[ListVersion, ...]:
    """All states of the list that ever tagged an article, in order of first use."""
    return tuple(_lists(connection).values())


def _lists(connection: Connection) -> dict[int, ListVersion]:
    from monitor.types import ListVersion

    rows = connection.execute("SELECT id, digest, as_of, first_used_at FROM lists ORDER BY id")
    return {
        number: ListVersion(digest=digest, as_of=as_of, first_used_at=sure_instant(at))
        for number, digest, as_of, at in rows
    }


# ---------------------------------------------------------------------------------------------- who tagged what


def tagger_of(connection: Connection, article_id: int) -> int | None:
    """Number of the list that the article's present text was tagged by; None: not known."""
    row = connection.execute("SELECT list_id FROM taggings WHERE article_id = ?", (article_id,)).fetchone()
    return row[0] if row else None


def tagged_otherwise(connection: Connection, digest: str) -> int:
    """How many articles were not tagged by that list."""
    (count,) = connection.execute(
        "SELECT (SELECT count(*) FROM articles) - (SELECT count(*) FROM taggings WHERE list_id = ?)",
        (_list_id(connection, digest),),
    ).fetchone()
    return int(count)


def next_to_retag(connection: Connection, digest: str, after: int, limit: int) -> list[int]:
    """Numbers above `after` of articles that were not tagged by that list, in order."""
    rows = connection.execute(
        "SELECT id FROM articles LEFT JOIN taggings ON article_id = id WHERE id > ? AND list_id IS NOT ?"
        " ORDER BY id LIMIT ?",
        (after, _list_id(connection, digest), limit),
    )
    return [row[0] for row in rows]


# ---------------------------------------------------------------------------------------------- matches


def replace(
    connection: Connection,
    article_id: int,
    version: int,
    matches: Sequence[Match],
    by: int | None,
    at: int,
    *,
    late: bool,
) -> None:
    """Puts these matches, in order of mention, in place of those of that version.

    One that stands already keeps the list that made it; one that `by` makes no more is kept among the ended ones,
    unless nobody knows what list `by` is. `late`: the text came before, so that what is new here raises no alert.
    """
    before = connection.execute(
        f"SELECT {COLUMNS}, list_id, late_at FROM matches WHERE article_id = ? AND version = ? ORDER BY position",
        (article_id, version),
    ).fetchall()
    wanted = [values_of(match) for match in matches]
    made = {row[:_WIDTH]: row[_WIDTH:] for row in before}
    if list(made) == wanted:
        return
    new = (by, at if late else None)
    if by is not None:
        staying = set(wanted)
        connection.executemany(
            f"INSERT INTO ended_matches ({COLUMNS}, list_id, article_id, version, ended_by, ended_at)"
            f" VALUES ({', '.join('?' * (_WIDTH + 5))})",
            [(*row[:-1], article_id, version, by, at) for row in before if row[:_WIDTH] not in staying],
        )
    connection.execute("DELETE FROM matches WHERE article_id = ? AND version = ?", (article_id, version))
    connection.executemany(
        f"INSERT INTO matches (article_id, version, position, {COLUMNS}, list_id, late_at)"
        f" VALUES ({', '.join('?' * (_WIDTH + 5))})",
        [(article_id, version, n, *row, *made.get(row, new)) for n, row in enumerate(wanted)],
    )


def forget(connection: Connection, article_id: int, version: int) -> None:
    """Takes away all matches of a version whose text is gone."""
    for table in ("matches", "ended_matches"):
        connection.execute(f"DELETE FROM {table} WHERE article_id = ? AND version = ?", (article_id, version))


def matches_of(connection: Connection, article_id: int, version: int | None = None) -> tuple[Match, ...]:
    """The matches of that version, None: of the present one, in order of mention."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM matches WHERE article_id = ?1"
        " AND version = coalesce(?2, (SELECT version FROM articles WHERE id = ?1)) ORDER BY position",
        (article_id, version),
    )
    return tuple(map(match_of, rows))


def matches_of_all(connection: Connection, article_ids: Sequence[int]) -> Mapping[int, tuple[Match, ...]]:
    """The matches of the present version of each article, in order of mention; nothing for those without any."""
    found: dict[int, list[Match]] = {}
    statement = (
        f"SELECT {COLUMNS}, article_id FROM matches WHERE version ="
        " (SELECT version FROM articles WHERE id = article_id) AND article_id IN"
    )
    for row in rows_in(connection, statement, sorted(set(article_ids))):
        found.setdefault(row[_WIDTH], []).append(match_of(row))
    return {number: tuple(in_order(matches)) for number, matches in found.items()}


def history(connection: Connection, article_id: int) -> tuple[PutDown, ...]:
    """Every match that the article ever had, by version: those that ended, in the order of that, then what stands."""
    known = _lists(connection)
    rows = connection.execute(
        f"SELECT {COLUMNS}, version, list_id, ended_by, ended_at, 0 AS stands, id AS place FROM ended_matches"
        f" WHERE article_id = ?1 UNION ALL SELECT {COLUMNS}, version, list_id, NULL, NULL, 1, position FROM matches"
        " WHERE article_id = ?1 ORDER BY version, stands, place",
        (article_id,),
    )
    return tuple(_put_downs(rows, known))


def _put_downs(rows: Iterable[Any], known: Mapping[int, ListVersion]) -> Iterator[PutDown]:
    from monitor.types import PutDown

    for row in rows:
        version, made_by, ended_by, ended_at = row[_WIDTH : _WIDTH + 4]
        yield PutDown(
            match=match_of(row),
            version=version,
            made_by=known.get(made_by),
            ended_by=known.get(ended_by),
            ended_at=instant(ended_at),
        )
