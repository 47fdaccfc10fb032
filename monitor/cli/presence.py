"""Whether the page of an article still stands, as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.places import paragraph
from monitor.cli.shown import instant

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.types import Presence


def show_page(page: Presence | None) -> None:
    """A line where the page of a tagged article was not found; nothing where it stands, as far as is known."""
    if page is None or (page.missing_at is None and page.gone_at is None):
        return
    missed = f"HTTP {page.status}" + (f" since {_minute(page.missing_at)}" if page.missing_at else "")
    if page.back_at is not None and page.gone_at is not None:
        line = f"  ! was gone from its site, found so {_minute(page.gone_at)}, and back by {_minute(page.back_at)}"
    elif page.gone_at is not None:
        line = f"  ! gone from its site after it was tagged: {missed}, made sure {_minute(page.gone_at)}"
    else:
        line = f"    not found on its site at the last look ({missed}), not made sure yet"
    paragraph(line, hang=4)


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def record_of_page(page: Presence | None) -> dict[str, Any] | None:
    """As JSON; None: the page is not looked at, or stood at the last look."""
    if page is None:
        return None
    return {
        "gone": page.gone_at is not None and page.back_at is None,
        "missing_since": instant(page.missing_at),
        "gone_at": instant(page.gone_at),
        "back_at": instant(page.back_at),
        "status": page.status,
        "next_look": instant(page.due_at),
    }
