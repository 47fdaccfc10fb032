"""The article on a page, found by where its sentences stand. Pure.

Each line speaks for or against the blocks around it: sentences for, links and scraps against. The article is the block
for which most speaks, all the more if it has the headline's words and stands behind it, together with those of its
neighbours that are made like it or stand between it and the headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sources.layout import LEAVES, Block, Layout, Line, alike

#: What a block's lines count for the block around it; for a paragraph, or in a mere frame, all.
_STEP = 0.6
_FRAMES = frozenset(("table", "tbody", "thead", "tr", "ul", "ol", "dl", "html", "body"))
#: How many blocks around the best one are looked through for more of it.
_LEVELS = 7
#: The article begins within so many lines of its headline.
_NEAR = 15
_TERMS = 60
_REPEATED = 60
_FAR = 2**60

_SENTENCE_END = re.compile(r"[.!?…؟।۔][\"'»”’)」』\]]*(?=\s|$)|[。！？；]")
# when, and behind it from whom and how large the letters are to be
_STAMP = re.compile(r"\W*(?:19|20)\d\d\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?日?\s*\d\d?:\d\d")
# the number before a row
_SCRAP = re.compile(r"\W*\d{1,2}[.)]\W*")
_PAUSE = re.compile(r"[,;:،؛，、：—–]")
# scripts in which a character says as much as two or three letters
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")

# lines that begin what readers say …
_VOICES = re.compile(
    r"\W*(?:comments?|leave\sa\s(?:reply|comment)|(?:оставить|добавить)\s(?:свой\s)?(?:комментарий|отзыв)|комментарии|"
    r"网友评论|发表评论|網友評論|نظرات|التعليقات)\W*(?:\W.{0,30})?",
    re.IGNORECASE,
)
# … or what else there is to read
_ELSE = re.compile(
    r"\W*(?:(?:related|recommended|more|latest)\s(?:articles?|stories|news|links|posts|coverage|content)|"
    r"read\s(?:more|also|next)|see\salso|more\son\sthis|you\s(?:may|might)\salso\slike|"
    r"читайте\s(?:также|еще|ещё|по\sтеме)|смотрите\sтакже|"
    r"(?:другие|последние|главные)\s(?:новости|материалы|публикации)(?:\s(?:на\sсайте|по\s(?:этой\s)?теме))?|"
    r"(?:новости|материалы|статьи|ссылки)\s(?:по\sтеме|партн[её]ров)|похожие\s(?:новости|материалы|статьи)|"
    r"相关(?:新闻|阅读|链接|报道|文章|专题)|相關(?:新聞|閱讀|連結|報導|文章)|延伸阅读|延伸閱讀|推荐阅读|更多新闻|热门(?:新闻|推荐)|"
    r"مطالب\sمرتبط|اخبار\sمرتبط|مقالات\sذات\sصلة|اقرأ\sأيضا)\W*(?:\W.{0,30})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What was found, and how sure that is."""

    #: One paragraph a line; empty: nothing that reads like sentences.
    text: str
    #: Its part of the sentences on the page.
    share: float = 0.0


def article(page: Layout, headline: int, title: str, description: str) -> Article:
    """The page's article. Title and description are what the page says of it; `headline` is the number of its line."""
    blocks = page.blocks
    terms = terms_of(title, description)
    _weigh(page, terms)
    if not blocks or blocks[0].prose <= 0:
        return Article(text="")
    out = _around(page, len(terms))
    best = _best(page, out, headline, len(terms))
    if best is None:
        return Article(text="")
    roots = _with_neighbours(page, out, best, headline)
    inside = [False] * len(blocks)
    for number, block in enumerate(blocks):
        inside[number] = number in roots or (block.parent >= 0 and inside[block.parent] and not out[number])
    lines = _trimmed(_own(blocks, [line for line in page.lines if inside[line.block]]))
    prose = sum(line.weight for line in lines if line.weight > 0)
    return Article(text="\n".join(line.text for line in lines), share=prose / blocks[0].prose)


def aptness(text: str, terms: Sequence[str]) -> float:
    """How much a text has of what makes an article: characters of prose, less without the headline's words."""
    lines = [line for line in text.split("\n") if line]
    prose = sum(max(0.0, _weight(line, 0)) for line in lines)
    told = {term for line in lines for term in _terms(line)}
    return prose * (0.25 + sum(term in told for term in terms) / len(terms)) if terms else prose


def told(text: str, terms: Sequence[str]) -> float:
    """The part of the terms that is in the text; 1: there are none."""
    there = set(_terms(text))
    return sum(term in there for term in terms) / len(terms) if terms else 1.0


def terms_of(*texts: str) -> tuple[str, ...]:
    """What to know words by, whatever their endings: the first five letters, and pairs of Chinese characters."""
    return tuple(dict.fromkeys(term for text in texts for term in _terms(text[:500])))[:_TERMS]


def _terms(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        for at in range(len(run) - 1):
            yield run[at : at + 2]
    for word in _WORD.findall(text.casefold()):
        yield word[:5]


# ---------------------------------------------------------------------------------------------- weighing


def _weigh(page: Layout, terms: Iterable[str]) -> None:
    """Fills in what lines and blocks say for themselves."""
    bits = {term: 1 << number for number, term in enumerate(terms)}
    for line in page.lines:
        line.weight = 0.0 if line.heading and 2 * line.linked <= len(line.text) else _weight(line.text, line.linked)
        block = page.blocks[line.block]
        if line.weight <= 0:
            block.against -= line.weight
            continue
        for term in _terms(line.text) if bits else ():
            line.told |= bits.get(term, 0)
        block.prose += line.weight
        block.told |= line.told
    for block in reversed(page.blocks):
        if block.parent >= 0:
            above = page.blocks[block.parent]
            above.prose += block.prose
            above.against += block.against
            above.told |= block.told


def _weight(text: str, linked: int) -> float:
    if linked > 0.5 * len(text):
        return -float(linked)
    factor = 2.5 if _DENSE.search(text) else 1.0
    size = factor * (len(text) - linked)
    if size < 25:
        return -0.2 * size
    if _SENTENCE_END.search(text):
        return size - 0.5 * factor * linked
    if _STAMP.match(text):
        return -0.1 * size
    if size > 90 or (size > 60 and _PAUSE.search(text)):
        return 0.5 * size
    return -0.1 * size


def _around(page: Layout, terms: int) -> list[bool]:
    """For each block whether it is of what stands around the article."""
    blocks = page.blocks
    elsewhere = _told_elsewhere(page.lines)
    out = [False] * len(blocks)
    for number, block in enumerate(blocks):
        if block.parent >= 0 and out[block.parent]:
            out[number] = True
        elif block.around:
            out[number] = _is_around(block, blocks[0].prose, terms, elsewhere)
    return out


def _told_elsewhere(lines: list[Line]) -> tuple[list[int], list[int]]:
    """What is told before each line, and from each line on."""
    before, behind = [0], [0]
    for line in lines:
        before.append(before[-1] | line.told)
    for line in reversed(lines):
        behind.append(behind[-1] | line.told)
    behind.reverse()
    return before, behind


def _is_around(block: Block, whole: float, terms: int, elsewhere: tuple[list[int], list[int]]) -> bool:
    told = block.told.bit_count()
    if block.prose > min(block.around, 0.7) * whole:
        # most of the page: then only if the headline is about something else
        before, behind = elsewhere
        return block.around > 0.6 and told < 0.6 * (before[block.first] | behind[block.last]).bit_count()
    if block.around != 0.5:
        return True
    solid = block.prose > 400 and block.against < 0.25 * block.prose
    return not (solid or (block.prose > 150 and terms >= 4 and told >= 0.6 * terms))


# ---------------------------------------------------------------------------------------------- choosing


def headline_at(lines: list[Line], title: str) -> int:
    """The number of the line that is the headline; -1: there is none."""
    flat, found = _flat(title), -1
    for number, line in enumerate(lines if len(flat) > 5 else ()):
        if len(line.text) > 2 * len(title) + 20:
            continue
        own = _flat(line.text)
        if own == flat or (len(own) > 5 and ((line.heading and (own in flat or flat in own)) or _is_most(own, flat))):
            if 2 * line.linked <= len(line.text):
                return number
            found = number if found < 0 else found  # a link to itself: better than nothing
    return found


def _is_most(own: str, title: str) -> bool:
    """Whether the title is this and then hardly more than the name of a site."""
    return title.startswith(own) and 2 * len(own) > len(title)


def _flat(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _best(page: Layout, out: list[bool], headline: int, terms: int) -> int | None:
    """The number of the block for which most speaks; None: for none."""
    blocks = page.blocks
    net, first = [0.0] * len(blocks), [_FAR] * len(blocks)
    for number, line in enumerate(page.lines):
        net[line.block] += line.weight
        if line.weight > 0:
            first[line.block] = min(first[line.block], number)
    best, most = None, 0.0
    for number in range(len(blocks) - 1, -1, -1):
        if out[number]:
            continue
        block = blocks[number]
        score = net[number] * (0.25 + (block.told.bit_count() / terms if terms else 0.5))
        score *= (1.2 if block.within else 1.0) * (1.5 if 0 <= headline <= first[number] <= headline + _NEAR else 1.0)
        if score > 0 and score >= most:
            best, most = number, score
        if block.parent >= 0:
            net[block.parent] += net[number] * (1 if block.tag in LEAVES or block.tag in _FRAMES else _STEP)
            first[block.parent] = min(first[block.parent], first[number])
    return best


def _with_neighbours(page: Layout, out: list[bool], best: int, headline: int) -> set[int]:
    """The best block and what belongs to it: an article may stand in several, and its lead before it."""
    blocks = page.blocks
    children: list[list[int]] = [[] for _ in blocks]
    for number, block in enumerate(blocks):
        if block.parent >= 0:
            children[block.parent].append(number)
    found, branch = {best}, best
    for level in range(_LEVELS):
        parent = blocks[branch].parent
        if parent < 0:
            break
        # beyond the headline's own block, what is made like it is other articles
        whole = blocks[branch].first <= headline < blocks[branch].last
        for number in children[parent]:
            block = blocks[number]
            if number == branch or out[number] or block.prose <= max(40, 2 * block.against):
                continue
            more = not whole and block.tag == blocks[branch].tag and alike(block.names, blocks[branch].names)
            beside = level == 0 and block.tag == "p" and block.prose > 50 and block.against == 0
            lead = level < 4 and 0 <= headline < block.last and number < best and block.prose > 5 * block.against
            if (more or beside or lead) and not _has_another(page, block, headline):
                found.add(number)
        branch = parent
    return found


def _has_another(page: Layout, block: Block, headline: int) -> bool:
    """Whether another article begins in it."""
    return any(
        line.heading and number != headline and page.blocks[line.block].tag == "h1"
        for number, line in enumerate(page.lines[block.first : block.last], block.first)
    )


# ---------------------------------------------------------------------------------------------- trimming


def _own(blocks: list[Block], lines: list[Line]) -> Iterator[Line]:
    """The lines without what they announce as something else; behind that, the article goes on in places of its own."""
    places: set[int] = set()
    said: set[str] = set()
    before, elsewhere = 0.0, False
    for line in lines:
        if before > 200 and len(line.text) < 60:
            if _VOICES.fullmatch(line.text):
                return
            elsewhere = elsewhere or _ELSE.fullmatch(line.text) is not None
        if line.weight > 0:
            block = blocks[line.block]
            place = block.parent if block.tag in LEAVES else line.block
            elsewhere = elsewhere and place not in places
            if len(line.text) > _REPEATED and line.text in said:
                continue
            if not elsewhere:
                places.add(place)
            said.add(line.text)
            before += line.weight
        if not elsewhere:
            yield line


def _trimmed(lines: Iterable[Line]) -> list[Line]:
    """The lines without links, and without scraps at either end."""
    kept = [line for line in lines if line.linked <= 0.5 * len(line.text) and not _SCRAP.fullmatch(line.text)]
    del kept[: next((number for number, line in enumerate(kept) if line.weight > 0), len(kept))]
    while kept and (kept[-1].heading or (kept[-1].weight <= 0 and not _SENTENCE_END.search(kept[-1].text))):
        kept.pop()
    return kept
