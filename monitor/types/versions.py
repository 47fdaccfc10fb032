"""What an article said at one time or another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of an article. One that comes back is the version that it was."""

    #: In the order in which they were made, from 1.
    number: int
    title: str
    text: str
    #: As in Article.
    text_from: str
    made_at: datetime
    #: When it last gave way to another; None: the article says this now.
    replaced_at: datetime | None
    #: Times that the article said this again, after having said something else, and the last of them.
    returned: int = 0
    returned_at: datetime | None = None
    #: Texts that stood in its place for a while before it and were not kept, since there were too many.
    passed_over: int = 0
