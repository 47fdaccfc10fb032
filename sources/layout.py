"""A page as a reader's eye takes it in: lines of text, and the blocks that hold them. Pure; one walk over the tree.

A line is what stands between two breaks: a paragraph, a cell, a part of a paragraph between two ``<br>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Blocks that are one paragraph each.
LEAVES = frozenset(("p", "li", "blockquote", "dd", "pre", *HEADINGS))

# never text of an article
_DROPPED = _words(
    "script style template noscript iframe object embed applet svg math canvas audio video map select option optgroup "
    "button textarea input label head title meta link base datalist dialog progress meter menu nav footer "
    "figcaption rt rp"
)
_BLOCKS = _words(
    "html body p div li ul ol dl dt dd table tbody thead tfoot tr td th caption blockquote pre section article aside "
    "header main figure h1 h2 h3 h4 h5 h6 address details summary center fieldset legend hgroup search form"
)
_BREAKS = frozenset(("br", "hr"))

# Words in class and id of what stands around articles. These may hold most of a page's sentences …
_VOICES = _words(
    "comment comments commentlist disqus cookie cookies consent gdpr popup modal copyright disclaimer replies reply"
)
# … these hardly ever do …
_FRAME = _words(
    "respond related recommend recommended recommendation recommendations recirc outbrain taboola promo promos teaser "
    "teasers share shares sharing social follow newsletter newsletters breadcrumb breadcrumbs navigation navbar nav "
    "menu footer pagination pager sponsor sponsored advert adverts advertisement advertising ads ad adv banner banners "
    "caption credit credits byline rating signup login popular trending toolbar tags"
)
# … and these may also name a part of an article.
_PERHAPS = _words(
    "sidebar aside foot masthead tools tag subscribe subscription overlay author authors bio dateline timestamp "
    "gallery slideshow vote votes poll more also latest hot rank ranking search hidden skip correction donate donation "
    "player video meta metadata print crumbs"
)
#: Block.around of what readers say.
VOICES = 0.9
_WITHIN = _words("article articlebody content story text body entry post news detail")
_OTHERS = re.compile(r"\b(?:comment|related|teaser|promo|recommend|reply)", re.IGNORECASE)
# classes that say what an article is about, as blogs write them
_SUBJECT = ("tag-", "category-", "topic-", "section-")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAMES_LIMIT = 500


@dataclass(slots=True)
class Line:
    """What stands between two breaks."""

    text: str
    #: Characters of it that are links.
    linked: int
    #: The innermost block that holds it.
    block: int
    heading: bool
    #: How much it speaks for the blocks around it, in characters; below zero: against.
    weight: float = 0.0
    #: Which words of the headline are in it, a bit each.
    told: int = 0


@dataclass(slots=True)
class Block:
    """An element that begins and ends lines; known by its number in page order."""

    #: Its number; -1: none.
    parent: int
    tag: str
    #: Its classes.
    names: str
    #: By its names or looks, something around articles, if it holds no more of the page's sentences than this part.
    around: float
    #: By its names, something that holds an article.
    within: bool
    #: Sums over all lines in it.
    prose: float = 0.0
    against: float = 0.0
    told: int = 0
    #: Numbers of its lines: from the first to before the last.
    first: int = 0
    last: int = 0


@dataclass(slots=True)
class Layout:
    """Both in page order."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def layout(root: Any, *, captions: bool = False) -> Layout:
    """The page's lines and blocks; those of pictures' captions, too, where they may be all that the article has."""
    walk = _Walk()
    dropped = _DROPPED - {"figcaption"} if captions else _DROPPED
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element, tail=element is not root)
        elif element.tag in dropped:
            events.skip_subtree()  # its end comes, and with it the text behind it
        else:
            walk.enter(element)
    walk.end_line()
    return walk.found


class _Walk:
    """What has been seen so far."""

    __slots__ = ("_block", "_linked", "_links", "_pieces", "found")

    def __init__(self) -> None:
        self.found = Layout()
        self._pieces: list[str] = []
        self._linked = 0
        #: How many links we are in.
        self._links = 0
        #: The block that we are in.
        self._block = -1

    def enter(self, element: Any) -> None:
        tag, text = element.tag, element.text
        if tag in _BLOCKS:
            if self._pieces:
                self.end_line()
            blocks = self.found.blocks
            blocks.append(_block(element, tag, self._block))
            self._block = len(blocks) - 1
            blocks[-1].first = len(self.found.lines)
        elif tag == "a":
            self._links += 1
        elif tag in _BREAKS and self._pieces:
            self.end_line()
        if text:
            self._add(text)

    def leave(self, element: Any, tail: bool) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            if self._pieces:
                self.end_line()
            block = self.found.blocks[self._block]
            block.last = len(self.found.lines)
            self._block = block.parent
        elif tag == "a":
            self._links -= 1
        text = element.tail
        if text and tail:
            self._add(text)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        if self._links:
            self._linked += len(text)

    def end_line(self) -> None:
        text = " ".join("".join(self._pieces).replace("\xad", "").split())
        self._pieces.clear()
        if text:
            number = max(self._block, 0)
            heading = bool(self.found.blocks) and self.found.blocks[number].tag in HEADINGS
            self.found.lines.append(Line(text, min(self._linked, len(text)), number, heading))
        self._linked = 0


def _block(element: Any, tag: str, parent: int) -> Block:
    if not element.attrib:
        return Block(parent, tag, "", 0.5 if tag == "aside" else 0.0, tag == "article")
    classes = " ".join((element.get("class") or "")[:_NAMES_LIMIT].split())
    around, within = _named(f"{classes} {(element.get('id') or '')[:_NAMES_LIMIT]}")
    if tag in ("article", "main"):
        around = 0.3 if _OTHERS.search(classes) else 0.0
    elif tag == "aside" or _HIDDEN.search(element.get("style") or ""):
        around = max(around, 0.5)
    return Block(parent, tag, classes, around, within or tag == "article" or element.get("itemprop") == "articleBody")


@lru_cache(4096)
def _named(names: str) -> tuple[float, bool]:
    """Block.around and Block.within, as far as names go."""
    # names with a colon or bracket are of stylesheets made by a tool: they say how something looks, not what it is
    telling = (n for n in names.split() if ":" not in n and "[" not in n and not n.startswith(_SUBJECT))
    words = {word.lower() for word in _WORD.findall(" ".join(telling))}
    around = VOICES if words & _VOICES else 0.7 if words & _FRAME else 0.5 if words & _PERHAPS else 0.0
    return around, bool(words & _WITHIN)


def alike(one: str, other: str) -> bool:
    """Whether two blocks with these classes are made for the same."""
    if one == other:
        return bool(one)
    ours, theirs = set(_WORD.findall(one)), set(_WORD.findall(other))
    return len(ours & theirs) > 0.6 * len(ours | theirs)
