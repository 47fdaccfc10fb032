"""How a form came out of the name that it is of."""

from __future__ import annotations

import re
from typing import Literal

from monitor.watchlist.forms import Form
from monitor.watchlist.normal import normal_name

#: ``listed``: as in the list; ``initials``, ``patronymic``: out of the parts of a Russian name; ``order``: the parts in
#: another order; ``spelling``: quotation marks, hyphens, British or American; ``case``: a case of the language.
Origin = Literal["listed", "initials", "patronymic", "order", "spelling", "case"]
ORIGINS: tuple[Origin, ...] = ("listed", "case", "order", "initials", "patronymic", "spelling")
#: Languages whose suffixes are accepted when a text is read, and not written out.
SUFFIXED = frozenset(("kk", "ky", "uz", "uz_cyrl", "tg", "tr", "mn", "hi", "ur", "fa", "az", "tk"))

_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]\.")
_DECLINED = frozenset(("ru", "be"))


def origin(form: Form) -> Origin:
    """How the form was made."""
    if form.listed:
        return "listed"
    alias = normal_name(form.alias).text
    if _INITIAL.search(form.text) and not _INITIAL.search(alias):
        return "initials"
    words, listed = _words(form.text), _words(alias)
    if sorted(words) == sorted(listed):
        return "spelling" if words == listed else "order"
    if "".join(words) == "".join(listed) or form.lang not in _DECLINED:
        return "spelling"
    return "patronymic" if len(words) > len(listed) else "case"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
