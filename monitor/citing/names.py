"""Authors as references want them: a person's name in two parts, or a name that stays whole.

Which part of a name is the family's cannot be seen in most scripts and countries. A name is taken apart only where it
has the usual shape of a person's in the Latin alphabet and the outlet is not of a country that writes the family first.
All others stay as they are, as names of bodies do: shown right everywhere, though sorted by their first word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.citing.cited import Cited, one_line


class Name(NamedTuple):
    """Empty `given`: the name is whole."""

    family: str
    given: str = ""


_FAMILY_FIRST = frozenset(("cn", "hk", "hu", "jp", "kh", "kp", "kr", "mn", "mo", "sg", "tw", "vn"))
#: Family names that stand first wherever their bearers write: Chinese ones of one syllable.
_CHINESE = re.compile(
    "Bai|Cai|Cao|Chen|Cheng|Cui|Deng|Ding|Dong|Du|Duan|Fan|Fang|Feng|Fu|Gao|Gong|Gu|Guo|Han|Hao|He|Hong|Hou|Hu|Huang|"
    "Jia|Jiang|Jin|Kang|Kong|Lai|Lei|Li|Liang|Liao|Lin|Liu|Long|Lu|Luo|Lü|Ma|Mao|Meng|Mo|Pan|Peng|Qi|Qian|Qiao|Qin|"
    "Qiu|Ren|Shao|Shen|Shi|Song|Su|Sun|Tan|Tang|Tao|Tian|Wan|Wang|Wei|Wen|Wu|Xi|Xia|Xiang|Xiao|Xie|Xiong|Xu|Xue|Yan|"
    "Yang|Yao|Ye|Yin|Yu|Yuan|Zeng|Zhang|Zhao|Zheng|Zhong|Zhou|Zhu|Zou"
)
_PART = r"[A-ZÀ-ÖØ-ÞĀ-Ž][a-zß-öø-ÿā-ž]+(?:['’-][A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿā-ž]+)*"
_PERSON = re.compile(rf"(?P<given>{_PART}(?: [A-Z]\.)*|(?:[A-Z]\. ?)+) (?P<family>(?:(?:Mc|Mac|O['’]|D['’])?{_PART}))")
_TURNED = re.compile(rf"(?P<family>{_PART}), (?P<given>{_PART}(?: [A-Z]\.)*)")
_SEVERAL = re.compile(r"\s*(?:;|\band\b|&|,(?=[^,]*\b(?:and|&)\b))\s*")
#: Words of bodies that look like a person's two names.
_BODIES = re.compile(
    r"\b(?:agence|agencia|agency|agencies|associated|bureau|center|centre|channel|committee|correspondents?|council|daily|desk|"
    r"editors?|editorial|embassy|express|foundation|gazette|government|group|herald|institute|journal|magazine|media|"
    r"ministry|monitor|network|news|newsroom|observer|office|online|post|press|presse|radio|reporters?|reuters|review|"
    r"secretariat|service|services|special|staff|team|television|times|today|tribune|university|watch|web|world|writers?)\b",
    re.IGNORECASE,
)


def authors(cited: Cited) -> tuple[Name, ...]:
    """The article's authors, or the outlet as its author where none is named; nobody where neither is."""
    found = tuple(name for text in cited.article.authors for name in _names(one_line(text), cited))
    outlet = one_line(cited.outlet)
    return tuple(dict.fromkeys(found)) or ((Name(outlet),) if outlet else ())


def _names(text: str, cited: Cited) -> list[Name]:
    """One name; several where each of the parts has a person's shape."""
    country = cited.source.country if cited.source else None
    if not text:
        return []
    if country in _FAMILY_FIRST:
        return [Name(text)]
    if text.casefold() in cited.outlet.casefold() or (cited.outlet and cited.outlet.casefold() in text.casefold()):
        return [Name(text)]
    parts = [part for part in (_person(part) for part in _SEVERAL.split(text)) if part]
    return parts if len(parts) == len(_SEVERAL.split(text)) else [Name(text)]


def _person(text: str) -> Name | None:
    found = _PERSON.fullmatch(text) or _TURNED.fullmatch(text)
    if found is None or _BODIES.search(text) or (found.re is _PERSON and _family_first(found)):
        return None
    return Name(found["family"], found["given"])


def _family_first(found: re.Match[str]) -> bool:
    """Whether the last word looks like a given name: `Wang Wei`, `Park Jae-hyuk`."""
    _, hyphen, second = found["family"].partition("-")
    return bool(_CHINESE.fullmatch(found["given"])) or bool(hyphen and second.islower())
