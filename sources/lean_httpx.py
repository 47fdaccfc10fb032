"""httpx without its command line, which nobody here asks for: the one place that imports it for reading."""

from __future__ import annotations

import sys
from typing import cast

# httpx pulls in its own command line (rich, pygments, click) wherever these are installed: more than half of the CPU
# time of the import. None in sys.modules makes that one import fail, for which httpx is prepared.
_loaded = cast("dict[str, object]", sys.modules)
_spared = _loaded.setdefault("httpx._main", None) is None
import httpx  # noqa: E402

if _spared:
    del _loaded["httpx._main"]

__all__ = ["httpx"]
