"""Terms of scripts that are written without spaces: every character with the one after it, the last of a run alone."""

from __future__ import annotations

import re
from array import array
from functools import cache

from monitor.text.fold import fold, replaced_han
from monitor.text.units import UNSPACED

#: A letter that is in no run, to stand between them.
APART = "\ua66e"
_BETWEEN = re.compile(rf"[^\w{UNSPACED}]+|_")
# where one run ends and the next begins, when every character has got its neighbour
_BORDER = re.compile(f"{APART} {APART}. ", re.DOTALL)
_SPACE = ord(" ")


def signs(raw: str) -> str:
    """The folded characters of a run without what stands between them. Several runs can be given at once, with APART
    between them: folding takes much longer to begin than to do."""
    return _BETWEEN.sub("", fold(raw))


def pairs(signs: str) -> list[str]:
    """Each character with the one after it; the last one alone."""
    return [*map(str.__add__, signs, signs[1:]), signs[-1:]]


def written(runs: str) -> list[str]:
    """The terms of each of the runs, which stand apart by APART, joined by spaces."""
    body = runs.strip(APART)
    if not body or APART * 2 in runs:
        return [" ".join(pairs(run)) for run in runs.split(APART)]
    # all pairs at once, as three columns of an array: one by one they take ten times as long
    codes = array("I", body.encode("utf-32-le"))
    columns = array("I", (_SPACE,)) * (3 * len(codes))
    columns[0::3] = codes
    columns[1:-2:3] = codes[1:]
    made = _BORDER.split(columns[:-2].tobytes().decode("utf-32-le"))
    return [*[""] * runs.startswith(APART), *made, *[""] * runs.endswith(APART)]


def plain(runs: str) -> bool:
    """Whether folding would change nothing in these runs, as in nearly every Chinese text of today."""
    return _not_plain().search(runs) is None


@cache
def _not_plain() -> re.Pattern[str]:
    """Any character but the Chinese ones that are their own simplified form."""
    others = "\0-\u4dff\ua000-\ua66d\ua66f-\U0010ffff"  # without APART
    return re.compile(f"[{others}{replaced_han()}]")
