"""What identity asks of the archive while an article is given its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from monitor.types import Neighbour

#: Whether an article with that title, and of which that was kept, is worth a comparison.
Worth: TypeAlias = Callable[[str, bytes], bool]


class Neighbours(Protocol):
    """What the archive can be asked while an article is given its place.

    Everything stored before counts, also what the same transaction has stored; the article itself never does. Answers
    are bounded however many articles there are, and an article may be found by a text that it has replaced since: they
    are candidates, to be looked at closely. They come without their texts, and only those of a group or a story with
    their origins.
    """

    @property
    def article_id(self) -> int:
        """Of the article itself, which may not be stored yet."""

    def latest_facts(self, limit: int) -> Iterable[bytes]:
        """Those of the articles stored last, oldest first; nothing of articles without any."""

    def with_bands(self, bands: Sequence[int], limit: int = 24, worth: Worth | None = None) -> tuple[Neighbour, ...]:
        """Articles that share bands: those with most in common first, then the newest; of these the ones that are
        `worth` it, where that is said."""

    def stored_with_bands(self, bands: Sequence[int], limit: int, worth: Worth) -> tuple[Neighbour, ...]:
        """The same among what was stored before the transaction, when what comes has no numbers yet; `with_bands` for
        the same bands then looks at what came meanwhile only."""

    def with_number(self, article_id: int) -> Neighbour | None:
        """The article with that number; None: there is none."""

    def with_text(self, one: Neighbour) -> Neighbour:
        """The same article with its text."""

    def with_keys(
        self, keys: Sequence[int], since: datetime, until: datetime | None = None, limit: int = 48, shared: int = 1
    ) -> tuple[Neighbour, ...]:
        """Articles of that time (published, else first seen) that share so many keys: those with most in common first.

        The first keys count most; where one key is enough, more articles of each of these are looked at.
        """

    def of_group(self, copy_group_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        """The first articles of the copy group, in order of arrival."""

    def of_story(self, story_id: int, limit: int = 24) -> tuple[Neighbour, ...]:
        """The first articles of the story, in order of arrival."""
