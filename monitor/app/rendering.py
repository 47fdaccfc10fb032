"""A digest in the forms that commands print."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.types import Digest


def render_digest(digest: Digest, form: str) -> str:
    """The digest as `text`, `html` or `json`."""
    import json

    from alerts.render import mail, page

    if form == "json":
        return json.dumps(dataclasses.asdict(digest), ensure_ascii=False, indent=2, default=_instant)
    if form == "html":
        return page(digest)
    rendered = mail(digest)
    return f"{rendered.subject}\n\n{rendered.text}"


def _instant(at: object) -> str:
    """An instant as in every JSON that is printed: ISO 8601 in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(at, datetime) else str(at)
