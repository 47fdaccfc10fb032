"""What copies are found by: sixteen numbers an article, each anywhere among all that there are.

Stored where it belongs, each number would change a page of a large table of its own: sixteen pages an article. So new
ones go into a small table first, and with every transaction the next stretch of that one moves on into the large one:
numbers that lie side by side, which share pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from storage.connection import Connection

#: Of each band, so many of the newest articles are looked at.
OF_A_BAND = 32
#: Bands in one statement; fewer are filled up with NULL, which costs nothing.
AT_ONCE = 16
#: Rows that the small table holds: those of some sixteen thousand articles.
_NEW_ROWS = 16 * 16_000
_LEAST, _BEYOND = -(1 << 47), 1 << 47


def newest_of_each(table: str, condition: str, limits: Sequence[int]) -> str:
    """A statement for the newest articles of each of several numbers, of each so many: the `?` of the condition."""
    one = f"SELECT article_id FROM {table} WHERE {condition} ORDER BY article_id DESC LIMIT "
    numbered = (one.replace("?", f"?{n}") + str(limit) for n, limit in enumerate(limits, 1))
    return " UNION ALL ".join(f"SELECT article_id FROM ({statement})" for statement in numbered)


_IN_NEW, _IN_LARGE = (newest_of_each(table, "band = ?", [OF_A_BAND] * AT_ONCE) for table in ("new_bands", "bands"))
_IN_BOTH = f"{_IN_LARGE} UNION ALL {_IN_NEW}"


def any_moved(connection: Connection) -> bool:
    """Whether the large table has any yet."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM bands)").fetchone()[0])


def articles_with(connection: Connection, bands: Sequence[int | None], *, moved: bool) -> Iterator[int]:
    """Numbers of articles, each as often as it has one of these AT_ONCE bands; `moved`: as `any_moved` says."""
    return chain.from_iterable(connection.execute(_IN_BOTH if moved else _IN_NEW, bands).fetchall())


def add(connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
    """Stores bands with their articles, and moves as many older ones on where they belong."""
    if not rows:
        return
    statement = "INSERT INTO new_bands (band, article_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
    added = connection.executemany(statement, sorted(rows)).rowcount
    position, waiting = connection.execute("SELECT position, waiting FROM bands_moved").fetchone()
    waiting += added
    while waiting > _NEW_ROWS:
        last = connection.execute(
            "SELECT band FROM new_bands WHERE band >= ? LIMIT 1 OFFSET ?", (position, max(added, 1))
        ).fetchone()
        # a band that more articles have than are moved at once goes as a whole
        stretch = (position, max(last[0], position + 1) if last else _BEYOND)
        connection.execute(
            "INSERT INTO bands (band, article_id) SELECT band, article_id FROM new_bands WHERE band >= ? AND band < ?"
            " ON CONFLICT DO NOTHING",
            stretch,
        )
        waiting -= connection.execute("DELETE FROM new_bands WHERE band >= ? AND band < ?", stretch).rowcount
        position = stretch[1]
        if position == _BEYOND:  # once a round they are counted, so that no wrong number keeps this going
            position = _LEAST
            (waiting,) = connection.execute("SELECT count(*) FROM new_bands").fetchone()
    connection.execute("UPDATE bands_moved SET position = ?, waiting = ?", (position, waiting))
