"""What two texts say otherwise in the same place: the sign of a series, where all but figures and names is a form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from operator import attrgetter

from monitor.identity.figures import Figure, figures, sign_figures
from monitor.identity.passages import Gap, Passage, apart, gaps, turned
from monitor.identity.tokens import Tokens, Words
from monitor.text.fold import fold

# a wider gap is a passage that was written anew, in which nothing stands in the place of anything
_WIDEST_WORDS, _WIDEST_SIGNS = 40, 80
# what stands before the first common passage, or after the last, is in the same place when it is this short
_EDGE = 12
# in longer texts one corrected figure in so many common tokens makes no other text, nor one misread name
_WORDS_FOR_FIGURE, _WORDS_FOR_NAME = 300, 100
_SIGNS_FOR_FIGURE, _SIGNS_FOR_NAME = 600, 250
_NAME_GAP = 8
_SAME = 2


def conflicts(
    one: str, two: str, a: Words, b: Words, found: Sequence[Passage], *, signs: bool, titled: bool, soon: bool = True
) -> tuple[str, ...]:
    """What stands against these being one text, as ``12th / 13th``; nothing where it is so little that it may be a
    correction. `a`, `b` are the tokens of the texts `one` and `two`, behind them those of their titles where they are
    `titled`; `found` their common passages; `soon`: whether one came so soon after the other that it may correct it."""
    widest = _WIDEST_SIGNS if signs else _WIDEST_WORDS
    inner = [gap for gap in gaps(found) if _width(gap) <= widest]
    edges = _edges(a, b, found, head=not (_DATELINE.match(one) or _DATELINE.match(two)), tail=not titled)
    places = inner + edges
    if not places:
        return ()
    common = sum(passage.length for passage in found)
    against = tuple(_figure_conflicts(a, b, found, places, signs=signs))
    if len(against) > (common // (_SIGNS_FOR_FIGURE if signs else _WORDS_FOR_FIGURE) if soon else 0):
        return against
    named = tuple(_sign_name_conflicts(a, b, inner) if signs else _name_conflicts(one, two, a, b, inner, edges))
    return named if len(named) > common // (_SIGNS_FOR_NAME if signs else _WORDS_FOR_NAME) else ()


# place, day and agency, which are of the outlet and not of the text: `TASHKENT, 5 November. /TASS/.`
_DATELINE = re.compile(r"[^\n]{0,60}?(?:/[^/\n]{2,30}/|\([^)\n]{2,30}\) ?[-–—:]|\s[-–—]\s|电[\s（(])")


def _edges(a: Words, b: Words, found: Sequence[Passage], *, head: bool, tail: bool) -> list[Gap]:
    """What stands before the first passage and after the last, where it is short in both."""
    if not found:
        return []
    first, last = found[0], found[-1]
    edges = [Gap(0, first.here, 0, first.there)] if head else []
    if tail:
        edges.append(Gap(last.here + last.length, len(a), last.there + last.length, len(b)))
    return [gap for gap in edges if _width(gap) <= _EDGE and gap.start < gap.end and gap.there_start < gap.there_end]


def _width(gap: Gap) -> int:
    return max(gap.end - gap.start, gap.there_end - gap.there_start)


# ---------------------------------------------------------------------------------------------- figures


def _figure_conflicts(
    a: Words, b: Words, found: Sequence[Passage], places: Sequence[Gap], *, signs: bool
) -> Iterator[str]:
    # a figure that stands elsewhere was moved; in a common passage it is another one of the same value
    ours, theirs = _figures_apart(a, found, signs=signs), _figures_apart(b, turned(found), signs=signs)
    apart_here, apart_there = set(map(_said, ours)), set(map(_said, theirs))
    for gap in places:
        here = _within(ours, gap.start, gap.end, touching=signs)
        there = _within(theirs, gap.there_start, gap.there_end, touching=signs)
        left = [f for f in here if _said(f) not in apart_there]
        right = [f for f in there if _said(f) not in apart_here]
        pair = next(((x, y) for x in left for y in right if _comparable(x, y)), None)
        if pair:
            yield f"{pair[0].value} / {pair[1].value}"


def _said(figure: Figure) -> tuple[str, str]:
    """What a figure says: an ordinal is a number, but neither is a month nor a day of the week."""
    return "number" if figure.kind == "ordinal" else figure.kind, figure.value


def _comparable(one: Figure, other: Figure) -> bool:
    """Whether one can stand for the other: a day of the week cannot for an age."""
    return _said(one)[0] == _said(other)[0]


def _figures_apart(words: Words, found: Sequence[Passage], *, signs: bool) -> list[Figure]:
    """The figures that do not lie in common passages."""
    parts = apart(found, len(words))
    if not signs:
        return figures(words, parts)
    inside = bytearray(len(words))
    for passage in found:
        inside[passage.here : passage.here + passage.length] = b"\1" * passage.length
    return [figure for figure in sign_figures("".join(words)) if not all(inside[figure.start : figure.end])]


def _figures(words: Words, *, signs: bool) -> list[Figure]:
    return sign_figures("".join(words)) if signs else figures(words)


def _within(found: list[Figure], start: int, end: int, *, touching: bool) -> list[Figure]:
    """Figures that take a token of those; characters of one number can stand before and after them too."""
    more = 1 if touching else 0
    first = bisect_left(found, start - more, key=_end)
    last = bisect_left(found, end + more, key=_start)
    return [figure for figure in found[first:last] if figure.end > start - more]


_start, _end = attrgetter("start"), attrgetter("end")


def title_conflict(one: Tokens, two: Tokens) -> tuple[str, ...]:
    """The same headline but for a figure, or for a word that stands in its own text and not in the other."""
    return _title_figures(one, two) or _title_words(one, two)


def _title_words(one: Tokens, two: Tokens) -> tuple[str, ...]:
    """Scripts without capitals show no names, but a form has another word in both places: its headline and its text."""
    here, there = _title_apart(one.title, two.title), _title_apart(two.title, one.title)
    most = max(len("".join(words)) if one.signs else len(words) for words in (here, there))
    if 3 * most > max(len(one.title), len(two.title)):
        return ()
    left = [word for word in here if word in one.text and word not in two.text]
    right = [word for word in there if word in two.text and word not in one.text]
    pair = _unlike(left, right)
    return (" / ".join(pair),) if pair else ()


def _title_apart(one: Words, two: Words) -> list[str]:
    """Words of one headline that another does not have; of signs what stands between what they have in common."""
    if not isinstance(one, str):
        return [word for word in one if word not in two]
    start, most = 0, min(len(one), len(two))
    while start < most and one[start] == two[start]:
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == two[-1 - end]:
        end += 1
    middle = one[start : len(one) - end]
    return [middle] if middle else []


def _title_figures(one: Tokens, two: Tokens) -> tuple[str, ...]:
    ours, theirs = _figures(one.title, signs=one.signs), _figures(two.title, signs=two.signs)
    if not ours or not theirs:
        return ()
    here, there = _bare(one.title, ours), _bare(two.title, theirs)
    if len(here & there) < 0.6 * max(len(here), len(there)):
        return ()
    left = [f for f in ours if f.value not in {other.value for other in theirs}]
    right = [f for f in theirs if f.value not in {other.value for other in ours}]
    for x in left:
        for y in right:
            if _comparable(x, y) and _same_place(_beside(one.title, ours, x), _beside(two.title, theirs, y)):
                return (f"{x.value} / {y.value}",)
    return ()


def _same_place(one: tuple[str, str], two: tuple[str, str]) -> bool:
    return any(x and x == y for x, y in zip(one, two, strict=True))


def _beside(words: Words, found: Sequence[Figure], figure: Figure) -> tuple[str, str]:
    """The words before and after a figure and those that stand with it, as a date does; empty at the ends."""
    start, end = figure.start, figure.end
    taken = {at for other in found for at in range(other.start, other.end)}
    while start - 1 in taken:
        start -= 1
    while end in taken:
        end += 1
    return "".join(words[max(0, start - 1) : start]), "".join(words[end : end + 1])


def _bare(words: Words, found: Sequence[Figure]) -> set[str]:
    taken = {at for figure in found for at in range(figure.start, figure.end)}
    return {word for at, word in enumerate(words) if at not in taken}


# ---------------------------------------------------------------------------------------------- names


def _name_conflicts(
    one: str, two: str, a: Words, b: Words, inner: Sequence[Gap], edges: Sequence[Gap]
) -> Iterator[str]:
    narrow = [gap for gap in inner if _width(gap) <= _NAME_GAP]
    if not narrow and not edges:
        return
    words_here, words_there = set(a), set(b)
    parts = [
        (
            [word for word in a[gap.start : gap.end] if word not in words_there],
            [word for word in b[gap.there_start : gap.there_end] if word not in words_here],
        )
        for gap in (*edges, *narrow)
    ]
    again_here, again_there = (Counter(word for part in parts for word in set(part[side])) for side in (0, 1))
    for number, (left, right) in enumerate(parts):
        if not left or not right:
            continue
        if number < len(edges) and not _go_on(edges[number], a, b):  # where a byline can stand
            left, right = ([word for word in words if word in countries()] for words in (left, right))
        named = _named(left, one, again_here)
        pair = _unlike(named, _named(right, two, again_there)) if named else None
        if pair:
            yield " / ".join(pair)


def _go_on(gap: Gap, a: Words, b: Words) -> bool:
    """Whether both texts begin or end with the same words there, so that it is of the text and no byline."""
    if gap.start == 0:
        return a[:_SAME] == b[:_SAME]
    return gap.end == len(a) and gap.there_end == len(b) and a[-_SAME:] == b[-_SAME:]


def _named(words: Sequence[str], text: str, again: Counter[str]) -> list[str]:
    """The names among words that stand in the place of others: by their capitals; in a script without, countries, and
    two words or more that do so `again`."""
    known = _names(text)
    if found := [word for word in words if word in known or word in countries()]:
        return found
    twice = [word for word in words if again[word] > 1 and word.upper() == word and not word[0].isdigit()]
    return twice if len(twice) > 1 else []


@lru_cache(maxsize=64)
def _names(text: str) -> frozenset[str]:
    """Words that have a capital letter in the middle of a sentence, folded."""
    found = [match for match in _AFTER_WORD.findall(text) if match[0].isupper()]
    return frozenset(_PART.findall(fold(" ".join(found))))


_AFTER_WORD = re.compile(r"(?<=[\w,;»”)] )[^\W\d_][\w'’-]+")
_PART = re.compile(r"\w+")


def _unlike(left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
    """The first words of either side that the other side has in no form."""
    here = next((x for x in left if not any(_alike(x, y) for y in right)), None)
    there = next((y for y in right if not any(_alike(x, y) for x in left)), None)
    return (here, there) if here and there else None


@cache
def countries() -> frozenset[str]:
    """Names of countries in scripts without capitals, folded."""
    return frozenset(map(fold, _COUNTRIES.split()))


# in scripts without capitals
_COUNTRIES = (
    "ایران پاکستان افغانستان هند هندوستان بھارت چین روسیه روس قزاقستان قازقستان قرقیزستان کرغزستان "
    "تاجیکستان ازبکستان ترکمنستان بلاروس بیلاروس مغولستان منگولیا ترکیه ترکی آذربایجان ارمنستان آرمینیا "
    "گرجستان جارجیا عراق سوریه شام عربستان عمان قطر کویت بحرین یمن لبنان اردن مصر امارات آمریکا امریکا "
    "امریکہ بریتانیا انگلستان برطانیہ فرانسه فرانس آلمان جرمنی ایتالیا اٹلی ژاپن جاپان کره ویتنام مالزی "
    "ملائیشیا اندونزی انڈونیشیا نپال نیپال سریلانکا بنگلادش میانمار مجارستان ہنگری صربستان اوکراین یوکرین "
    "كازاخستان أوزبكستان طاجيكستان قيرغيزستان تركمانستان باكستان أفغانستان إيران الهند الصين روسيا "
    "بيلاروسيا منغوليا تركيا أذربيجان أرمينيا جورجيا العراق سوريا السعودية الإمارات اليابان ألمانيا فرنسا "
    "بريطانيا أوكرانيا भारत चीन रूस पाकिस्तान अफगानिस्तान ईरान कजाकिस्तान कजाखस्तान किर्गिस्तान "
    "किर्गिजस्तान ताजिकिस्तान उज्बेकिस्तान तुर्कमेनिस्तान बेलारूस मंगोलिया तुर्की तुर्किये अजरबैजान "
    "आर्मेनिया जॉर्जिया नेपाल भूटान श्रीलंका बांग्लादेश म्यांमार मालदीव जापान अमेरिका ब्रिटेन फ्रांस "
    "जर्मनी इराक सीरिया कतर ओमान कुवैत बहरीन मिस्र यूक्रेन वियतनाम मलेशिया इंडोनेशिया"
)


def _alike(one: str, two: str) -> bool:
    """Other forms or spellings of one name: the same beginning, half as long as the name, or the same consonants."""
    length = max(3, min(len(one), len(two)) // 2)
    return one[:length] == two[:length] or one.translate(_VOWELS) == two.translate(_VOWELS)


_VOWELS = dict.fromkeys(map(ord, "aeiouyаеиоуыэюяйі"))


def _sign_name_conflicts(a: Words, b: Words, inner: Sequence[Gap]) -> Iterator[str]:
    here, there = "".join(a), "".join(b)
    for gap in inner:
        left = [name for name in _sign_names(here, gap.start, gap.end) if name not in there]
        right = [name for name in _sign_names(there, gap.there_start, gap.there_end) if name not in here]
        if left and right and left[0][0] != right[0][0]:
            yield f"{left[0]} / {right[0]}"


def sign_names(text: str) -> set[str]:
    """Foreign names and countries in a Chinese text."""
    return set(_SIGN_NAME.findall(text))


def _sign_names(text: str, start: int, end: int) -> Iterator[str]:
    """Names of which a part stands there: two names can have the same end, as 塔吉克斯坦 and 哈萨克斯坦."""
    first = max(0, start - _NAME_GAP)
    for match in _SIGN_NAME.finditer(text, first, end + _NAME_GAP):
        if match.start() < end and match.end() > start:
            yield match[0]


# characters that foreign names are written with by their sound
_SOUNDS = (
    "别尚苏基阿埃艾安奥巴班邦贝本比毕别宾波博布查达丹德登迪丁蒂杜多顿俄恩尔厄法菲费芬弗福富噶盖干冈戈格根贡古瓜哈海汉罕赫亨胡华霍基吉加贾"
    "杰金卡凯坎科克肯库昆拉来莱兰朗劳勒雷里利林琉卢鲁伦伦罗洛马玛迈曼梅蒙米密明摩莫姆穆娜纳奈南内尼涅宁努诺欧帕潘庞佩彭皮珀"
    "普齐奇乔切琴曲让日撒萨塞桑沙舍什史士斯索塔泰坦唐特图托瓦万威韦维温沃乌西希锡夏辛休雅亚延耶叶伊因尤于约泽扎詹兹佐"
)
# countries and provinces with short names; longer foreign names are known by their characters
_SHORT_NAMES = (
    "中国 美国 英国 法国 德国 印度 伊朗 日本 韩国 朝鲜 泰国 越南 老挝 缅甸 蒙古 埃及 希腊 "
    "瑞典 瑞士 挪威 丹麦 芬兰 荷兰 波兰 捷克 约旦 也门 阿曼 文莱 古巴 秘鲁 智利 巴西 加蓬 "
    "南非 北京 上海 天津 重庆 河北 河南 山东 山西 陕西 江苏 江西 浙江 安徽 福建 湖北 湖南 "
    "广东 广西 海南 四川 贵州 云南 西藏 甘肃 青海 宁夏 新疆 内蒙古 黑龙江 吉林 辽宁 台湾 香港 "
    "澳门 阿富汗 土耳其 沙特 以色列 叙利亚 黎巴嫩 阿联酋 阿塞拜疆 尼泊尔 孟加拉 马尔代夫 菲律宾 柬埔寨 "
    "新加坡 匈牙利 西班牙 意大利 葡萄牙 奥地利 比利时 爱尔兰 冰岛 加拿大 墨西哥 阿根廷 委内瑞拉 "
    "不丹"
)
_SIGN_NAME = re.compile(f"{'|'.join(_SHORT_NAMES.split())}|[{_SOUNDS}]{{3,}}")
