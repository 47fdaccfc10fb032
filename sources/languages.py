"""Language tags of documents as ISO 639 codes. Pure."""

from __future__ import annotations

import re

_TAG = re.compile(r"([a-z]{2,3})(?:[-_].{0,30})?", re.IGNORECASE)
# as seen in documents: country codes and old codes that stand for a language
_MEANT = {"cn": "zh", "jp": "ja", "ua": "uk", "kz": "kk", "in": "id", "iw": "he", "ji": "yi"}


def primary(tag: str | None) -> str | None:
    """The code of ``zh-Hans-CN`` is ``zh``; None: no tag, or none that means a language."""
    match = _TAG.fullmatch((tag or "").strip())
    if not match:
        return None
    code = match[1].lower()
    return None if code in ("und", "mul", "zxx") else _MEANT.get(code, code)
