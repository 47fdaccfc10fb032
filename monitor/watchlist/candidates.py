"""Stretches of a text that could be names nobody has listed yet.

Latin and Cyrillic names are words with capitals in a row; where a sentence or a heading gives the capital, that is not
enough. Chinese has no capitals: a name stands between a title and a verb, or is written in the characters that are kept
for foreign sounds. What is found is a proposal for a person to look at, so a miss costs little and noise a little more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.text.bases import morphology
from monitor.text.fold import HAN, fold


class Candidate(NamedTuple):
    #: The same for all forms of the name.
    key: str
    #: As it stands there.
    name: str
    start: int
    end: int
    #: False: its capital may only be that of a sentence.
    sure: bool


def candidates(text: str, lang: str | None) -> Iterator[Candidate]:
    """What may be a name in the text, line by line."""
    begin = 0
    for line in text.split("\n"):
        if not _is_heading(line):
            yield from _of_alphabets(line, begin, lang)
        if _HAN.search(line):
            yield from _of_chinese(line, begin)
        begin += len(line) + 1


_WORDS = re.compile(r"[^\W\d_]{4,}")
_HEADING = 200


def _is_heading(line: str) -> bool:
    """Whether nearly every longer word has a capital, so that capitals say nothing."""
    if len(line) > _HEADING or line.rstrip().endswith((".", "!", "?")):
        return False
    words = _WORDS.findall(line)
    return len(words) >= 4 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


# ---------------------------------------------------------------------------------------------- with capitals

_UPPER_LATIN = "".join(chr(c) for c in (*range(0x41, 0x5B), *range(0xC0, 0x250)) if chr(c).isupper())
_UPPER_CYRILLIC = "".join(chr(c) for c in range(0x400, 0x530) if chr(c).isupper())
_JOINT = "['’ʻ‘ʼ-]"


def _row_of(upper: str, letters: str, between: str) -> re.Pattern[str]:
    word = rf"[{upper}][{letters}]*(?:{_JOINT}[{letters}]+)*"
    return re.compile(rf"(?<![\w’'-]){word}(?:(?: |(?<=\b[{upper}])\. ?{between}){word})*")


_LATIN = _row_of(
    _UPPER_LATIN, "A-Za-z\u00c0-\u024f", "| (?:of|of the|for|de|da|al|el|bin|ibn|ul|von|van|der|o'g'li|qizi) "
)
_CYRILLIC = _row_of(_UPPER_CYRILLIC, "\u0400-\u052f", "| (?:оглы|кызы|угли|бин|ибн|аль|фон) ")
_HAS_UPPER_CYRILLIC = re.compile(f"[{_UPPER_CYRILLIC}]")
_SENTENCE = re.compile(r"(?:[.!?…:;]|[\"“„«(\[—–-])\s*$")
_BEFORE = 4
_MOST_WORDS, _MOST_CYRILLIC_WORDS = 7, 5

_BEGINNING_WORDS = """
the a an in on at of by to for from with and but or as if it he she we they this that these those his her its their our
my your there here then when while after before since until although however during under over about according both each
all some many most no not also what who how why where mr mrs ms dr sir first former acting special
"""
_TITLE_WORDS = """
president vice prime minister foreign defence defense deputy premier chairman chairwoman secretary secretary-general
ambassador king emir prince sheikh ayatollah senator governor mayor spokesman spokeswoman spokesperson director chief
head leader envoy representative adviser advisor professor colonel lieutenant admiral commander speaker pm fm
"""
_NO_NAMES_ALONE = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december photo video read more new north south east west northern southern eastern western central
state government parliament ministry republic union
"""
#: What begins a sentence, and titles: no part of the name that follows.
_LEADING = frozenset(f"{_BEGINNING_WORDS} {_TITLE_WORDS}".split())
_ENGLISH_TITLES = frozenset(_TITLE_WORDS.split())
_ALONE_NO_NAME = _LEADING | frozenset(_NO_NAMES_ALONE.split())
_RUSSIAN_TITLES = re.compile(
    "(?:вице-)?(?:президент|премьер|премьер-министр|министр|председател|глав|секретар|генсек|генерал|директор|посол"
    "|посл|корол|принц|помощник|советник|замест|губернатор|спикер|депутат|полковник|академик|профессор)[а-я]{0,3}"
)
_FEWEST_LETTERS = 3


def _of_alphabets(line: str, begin: int, lang: str | None) -> Iterator[Candidate]:
    for row in _LATIN.finditer(line):
        yield from _latin(row, line, begin)
    if _HAS_UPPER_CYRILLIC.search(line):
        in_russian = lang in (None, "ru")
        for row in _CYRILLIC.finditer(line):
            yield from _cyrillic(row, line, begin, in_russian)


def _begins_sentence(line: str, at: int) -> bool:
    before = line[max(0, at - _BEFORE) : at]
    return not before.strip() or _SENTENCE.search(before) is not None


def _latin(row: re.Match[str], line: str, begin: int) -> Iterator[Candidate]:
    start = row.start()
    name = re.sub(r"['’]s?$", "", row[0])
    first = _begins_sentence(line, start)
    words = name.split(" ")
    titles = [n for n, word in enumerate(words) if word.lower() in _ENGLISH_TITLES]
    if titles and titles[-1] < len(words) - 1:  # Hungarian PM Orban
        start += sum(len(word) + 1 for word in words[: titles[-1] + 1])
        words, first = words[titles[-1] + 1 :], False
    while len(words) > 1 and (words[0].lower().rstrip(".") in _LEADING or words[0][0].islower()):
        start += len(words.pop(0)) + 1
        first = False
    if len(words) > _MOST_WORDS or words[-1].lower() in _ENGLISH_TITLES:
        return
    if len(words) == 1 and (words[0].lower() in _ALONE_NO_NAME or words[0][0].islower()):
        return
    name = " ".join(words)
    if sum(map(str.isalpha, name)) >= _FEWEST_LETTERS:
        yield Candidate(fold(name).casefold(), name, begin + start, begin + start + len(name), not first)


def _cyrillic(row: re.Match[str], line: str, begin: int, in_russian: bool) -> Iterator[Candidate]:
    start = row.start()
    first = _begins_sentence(line, start)
    words = row[0].split(" ")
    while words and in_russian and (len(words[0]) == 1 or _is_title(words) or (first and _is_plain_word(words[0]))):
        start += len(words.pop(0)) + 1
        first = False
    if not words or len(words) > _MOST_CYRILLIC_WORDS:
        return
    if len(words) == 1 and in_russian and not words[0].isupper() and _is_no_name_alone(words[0]):
        return
    name = " ".join(words)
    if sum(map(str.isalpha, name)) >= _FEWEST_LETTERS:
        yield Candidate(" ".join(map(stem, words)), name, begin + start, begin + start + len(name), not first)


def _is_title(words: list[str]) -> bool:
    return len(words) > 1 and _RUSSIAN_TITLES.fullmatch(words[0].lower()) is not None


_LONGEST_WORD = 40
_SURNAME = re.compile("(.{2,}(?:ов|ев|ин|ын))(?:а|у|ым|ом|е|ой|ою|ы|ых|ыми)?")
_ADJECTIVE = re.compile("(.{2,}[сц]к)(?:ий|ого|ому|им|ом|ая|ой|ую|ою|ое|ие|их|ими)")
_ANY = re.compile("(.{3,}?)(?:[аеиоуыэюя](?:ми|го|му|м|х)?|[йь])+")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the cases of a Cyrillic word have in common: one for Иванов, Иванова and Ивановым."""
    folded = fold(word).casefold()
    if len(folded) > _LONGEST_WORD:
        return folded
    for pattern in (_SURNAME, _ADJECTIVE, _ANY):
        if match := pattern.fullmatch(folded):
            return match[1]
    return folded


_NAME_SIGNS = ("Name", "Surn", "Patr", "Orgn", "Geox", "Abbr")


@lru_cache(maxsize=30_000)
def _signs(word: str) -> frozenset[str] | None:
    """What the Russian dictionary says of a word with a capital; None: it does not know it."""
    if not morphology().word_is_known(word.lower()):
        return None
    parses = morphology().parse(word.lower())
    found = {sign for parse in parses for sign in (*_NAME_SIGNS, "ADJF") if sign in parse.tag}
    return frozenset(found)


def _is_plain_word(word: str) -> bool:
    signs = _signs(word)
    return signs is not None and not signs & set(_NAME_SIGNS)


def _is_no_name_alone(word: str) -> bool:
    """Places are not watched by themselves; given names, adjectives and titles with a capital say nothing alone."""
    signs = _signs(word)
    return signs is not None and ("ADJF" in signs or not signs & {"Surn", "Orgn"})


# ---------------------------------------------------------------------------------------------- Chinese

_HAN = re.compile(f"[{HAN}]")


def is_han(char: str) -> bool:
    """Whether the character is Chinese."""
    return _HAN.match(char) is not None


_TITLES = (
    "总统|总理|主席|外长|外交部长|部长|防长|秘书长|大使|议长|国王|首相|总书记|发言人|委员长|总参谋长|司令|行长"
    "|书记|特使|王储|埃米尔|大臣|理事长|会长|校长|教授|主任"
)
_FOLLOWING = (
    "表示|指出|强调|说|称|会见|会谈|会晤|出席|宣布|认为|致辞|致信|发表|主持|访问|举行|抵达|签署|呼吁|通电话|通话|介绍"
    "|等|一行|和|与|同|在|对|于|今天|当天|昨天|日|的|是|将|就|向|为|也|并|共同|分别"
)
_AFTER_TITLE = re.compile(f"(?:{_TITLES})([{HAN}·]{{2,9}}?)(?={_FOLLOWING}|[^{HAN}·]|$)")
#: Of Chinese, Korean and Vietnamese names.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍"
    "庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻"
    "祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾"
    "隋商刁沙荣巫寇桑郎甄丛仲虞敖巩佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚粟冼蔺楼盘满闻位厉"
    "郜海阚花权帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平索宣晋相初门云容敬扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰"
)
#: Characters that write foreign sounds.
_SOUNDS = (
    "阿埃艾安奥巴拜班贝比彼别波伯勃博布查达戴丹道德登迪蒂丁杜顿多厄恩尔法凡菲费芬佛弗福富盖甘戈格根古哈海汉豪赫亨霍基吉"
    "加贾杰捷卡凯坎康考科克肯库拉莱赖兰朗劳勒雷里利列林留隆卢鲁伦罗洛马迈曼梅门蒙米密莫姆纳娜内尼涅宁努诺欧帕潘佩彭皮普"
    "奇齐恰乔切琴热茹瑞萨塞桑瑟森沙舍申什圣施史斯思苏索塔泰坦汤特滕提廷图土托瓦万韦维魏温沃乌伍希夏谢辛休许雅亚扬耶叶伊因"
    "尤约泽扎詹珍朱兹佐疆玛娅丽莎琳妮黛芙赛撒宾"
)
_SOUND = f"(?:[{_SOUNDS}]|夫(?!人))"
_FOREIGN = re.compile(f"{_SOUND}{{3,}}(?:·{_SOUND}{{2,}})*")
#: Places are not watched by themselves.
_STATES = ("斯坦", "利亚", "尼亚")
_NEVER_IN_NAMES = re.compile("[的了在和与是对将等为及以这那其我们他她它不有也就都并但个人国部会议上下中年月日时]")
_SHORT_NAME = 4


def _of_chinese(line: str, begin: int) -> Iterator[Candidate]:
    simple = fold(line)
    if len(simple) != len(line):
        simple = line
    taken = 0
    for found in _AFTER_TITLE.finditer(simple):
        name = found[1].strip("·")
        foreign = _FOREIGN.fullmatch(name) is not None
        short = len(name) <= _SHORT_NAME and name[:1] in _SURNAMES
        if not _NEVER_IN_NAMES.search(name) and (foreign or short):
            start = found.start(1) + found[1].index(name[0])
            yield Candidate(name, name, begin + start, begin + start + len(name), True)
            taken = start + len(name)
    for found in _FOREIGN.finditer(simple):
        if found.start() >= taken and not found[0].endswith(_STATES):
            yield Candidate(found[0], found[0], begin + found.start(), begin + found.end(), True)
