"""Numbers and days that a text names, each in one spelling.

::

    3 million   3 млн   300万   three million   3000000      3000000
    12 per cent   12 %   12 процентов   百分之12             12%
    24 July   July 24   24-го июля   7月24日   24 ژوئیه        7/24
    12th   12-й   twelfth   двенадцатый   第十二               12th
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from monitor.text.fold import fold

_MONTHS = (
    "january jan январь января янв қаңтар yanvar январи январ ژانویه جنوری जनवरी",
    "february feb февраль февраля фев ақпан fevral феврали феврал فوریه فروری फरवरी",
    "march mar март марта наурыз mart марти مارس مارچ मार्च",
    "april apr апрель апреля апр сәуір aprel апрели апрел آوریل اپریل अप्रैल",
    "may май мая мамыр мау майи مه مئی मई",
    "june jun июнь июня маусым iyun июни июн ژوئن جون जून",
    "july jul июль июля шілде iyul июли июл ژوئیه جولای جولائی जुलाई",
    "august aug август августа авг тамыз avgust августи اوت اگست अगस्त",
    "september sep sept сентябрь сентября сен сент қыркүйек sentabr сентябри сентябр سپتامبر ستمبر सितंबर",
    "october oct октябрь октября окт қазан oktabr октябри октябр اکتبر اکتوبر अक्टूबर",
    "november nov ноябрь ноября ноя нояб қараша noyabr ноябри ноябр نوامبر نومبر नवंबर",
    "december dec декабрь декабря дек желтоқсан dekabr декабри декабр دسامبر دسمبر दिसंबर",
)
_MONTH = {fold(word): number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_RU = "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать"
_RU_FORMS = (
    "",
    "одна одно одного одной",
    "две двух двум двое двоих",
    "трех трем трое троих",
    "четырех четверо четверых",
    "пяти пятеро пятерых",
    "шести",
    "семи",
    "восьми",
    "девяти",
    "десяти",
)
_ORDINALS = (
    *(("first первый первая первое", 1), ("second второй вторая второе", 2), ("third третий третья третье", 3)),
    *(("fourth четвертый четвертая четвертое", 4), ("fifth пятый пятая пятое", 5), ("sixth шестой шестая шестое", 6)),
    *(("seventh седьмой седьмая седьмое", 7), ("eighth восьмой восьмая восьмое", 8)),
    *(("ninth девятый девятая девятое", 9), ("tenth десятый десятая десятое", 10)),
    *(("eleventh одиннадцатый одиннадцатая одиннадцатое", 11), ("twelfth двенадцатый двенадцатая двенадцатое", 12)),
    *(("thirteenth тринадцатый тринадцатая тринадцатое", 13),),
    *(("fourteenth четырнадцатый четырнадцатая четырнадцатое", 14),),
    *(("fifteenth пятнадцатый пятнадцатая пятнадцатое", 15),),
    *(("sixteenth шестнадцатый шестнадцатая шестнадцатое", 16),),
    *(("seventeenth семнадцатый семнадцатая семнадцатое", 17),),
    *(("eighteenth восемнадцатый восемнадцатая восемнадцатое", 18),),
    *(("nineteenth девятнадцатый девятнадцатая девятнадцатое", 19),),
    *(("twentieth двадцатый двадцатая двадцатое", 20),),
)
_ORDINAL = {word: number for words, number in _ORDINALS for word in words.split()}
_TENS = {
    word: 10 * number
    for number, words in enumerate(
        (
            "twenty двадцать двадцати",
            "thirty тридцать тридцати",
            "forty сорок сорока",
            "fifty пятьдесят пятидесяти",
            "sixty шестьдесят",
            "seventy семьдесят",
            "eighty восемьдесят",
            "ninety девяносто",
        ),
        2,
    )
    for word in words.split()
}
_NUMBER: dict[str, int] = {
    **{word: number for number, word in enumerate(_EN.split())},
    **{word: number for number, word in enumerate(_RU.split())},
    **{word: number for number, words in enumerate(_RU_FORMS) for word in words.split()},
    **{"eighteen": 18, "nineteen": 19, "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17},
    **{"восемнадцать": 18, "девятнадцать": 19, "dozen": 12},
    **_TENS,
}
_SCALES = (
    ("thousand thousands тысяча тысячи тысяч тыс ming минг мың миң هزار हजार ہزار", 1_000),
    ("lakh लाख لاکھ", 100_000),
    ("million millions mln mn m миллион миллиона миллионов млн میلیون मिलियन ملین million миллиона", 1_000_000),
    ("crore करोड़ کروڑ", 10_000_000),
    ("billion billions bln bn миллиард миллиарда миллиардов млрд میلیارد ارب अरब milliard", 1_000_000_000),
    ("trillion trillions trn триллион триллиона триллионов трлн تریلیون", 1_000_000_000_000),
)
_SCALE = {fold(word): value for words, value in _SCALES for word in words.split()}
_PER_CENT_WORDS = "% percent pct per процент процента процентов пайыз foiz درصد प्रतिशत فیصد"
_PER_CENT = frozenset(map(fold, _PER_CENT_WORDS.split()))
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(
    r"(?P<number>\d+(?:[.,\u00a0\u202f ]\d{3}(?!\d))+(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)"
    r"(?P<end>st|nd|rd|th|-?(?:й|я|е|го|му|м|х|ый|ая|ое|ого))?(?![^\W\d_\u3400-\u9fff])"
    r"(?:(?P<gap>[-\s\u00a0]?)(?P<unit>%|[\u0900-\u0963]+|[^\W\d_\u3400-\u9fff]+))?"
)
_MONTH_BEFORE = re.compile(r"([^\W\d_]{3,9})\.?\s$")
# ------------------------------------------------------------------------------------------ Chinese
_HAN_DIGIT = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_HAN_SCALE = {"十": 10, "百": 100, "千": 1000}
_HAN_LARGE = {"万": 10_000, "亿": 100_000_000, "萬": 10_000, "億": 100_000_000}
_HAN_DATE = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]")
_HAN_NUMBER = re.compile(
    r"(?P<part>百分之)?(?P<th>第)?(?P<digits>\d+(?:[.,]\d+)*)?(?P<words>[零〇一二两三四五六七八九十百千万亿萬億]*)(?P<cent>%|％)?"
)
_HAN_FIGURE = re.compile(
    r"(?:百分之|第)?(?:\d[\d.,]*[十百千万亿萬億]*|[零〇一二两三四五六七八九十百千万亿萬億]{1,12})%?"
)


def figures(text: str, *, han: bool) -> Iterator[str]:
    """The numbers, ordinals and days that the text names, in order and as often as it does; `han`: it is Chinese."""
    return _han_figures(text) if han else _figures(text)


def _figures(text: str) -> Iterator[str]:
    at = 0
    while first := _DIGIT.search(text, at):  # which is found ten times as quickly as all that may follow it
        found = _DIGITS.match(text, first.start())
        at = found.end() if found else first.end()
        if found is None:
            continue
        number, start = found["number"], found.start()
        if len(number) < 3 and start and (before := _MONTH_BEFORE.search(text, max(0, start - 11), start)):
            month = _MONTH.get(fold(before[1]))
            if month and number.isdigit() and 0 < int(number) < 32:
                yield f"{month}/{int(number)}"
                continue
        yield _with_unit(number, found["end"] or "", fold(found["unit"] or ""))


@lru_cache(maxsize=4_000)
def _with_unit(number: str, end: str, unit: str) -> str:
    value = plain(number)
    if unit in _MONTH and value.isdecimal() and 0 < int(value) < 32:
        return f"{_MONTH[unit]}/{value}"
    if unit in _PER_CENT:
        return f"{value}%"
    if unit in _SCALE:
        return _written(float(value) * _SCALE[unit])
    return f"{value}th" if end else value


def plain(number: str) -> str:
    """Digits with whatever groups and divides them, as one number."""
    digits = fold(number).replace("\u202f", " ").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?", digits):
        rest = re.search(r"[.,](\d{1,2})$", digits)
        whole = digits[: rest.start()] if rest else digits
        return _written(float(re.sub("[.,]", "", whole) + (f".{rest[1]}" if rest else "")))
    try:
        return _written(float(digits.replace(",", ".")))
    except ValueError:
        return digits


def _written(value: float) -> str:
    return f"{value:.12g}" if value < 1e15 else f"{value:.6e}"


def number_word(word: str) -> str:
    """The number or ordinal that a folded word stands for, from three on; empty for any other word.

    One and two are said of anything and tell nothing."""
    if word in _ORDINAL:
        return f"{_ORDINAL[word]}th" if _ORDINAL[word] > 3 else ""
    value = _NUMBER.get(word, 0)
    return str(value) if value > 2 else ""


def _han_figures(text: str) -> Iterator[str]:
    for month, day in _HAN_DATE.findall(text):
        yield f"{_han_value(month):.0f}/{_han_value(day):.0f}"
    for found in _HAN_FIGURE.findall(_HAN_DATE.sub(" ", text)):
        made = _han_figure(found)
        if made:
            yield made


@lru_cache(maxsize=4_000)
def _han_figure(found: str) -> str:
    match = _HAN_NUMBER.fullmatch(found)
    if match is None:
        return ""
    bare = not match["digits"] and not match["part"] and not match["th"]
    if bare and (len(match["words"]) < 2 or not set(match["words"]) & set("十百千万亿萬億")):
        return ""  # 一 and 三 stand in a thousand other words
    try:
        value = float(plain(match["digits"])) if match["digits"] and match["digits"][-1].isdigit() else None
    except ValueError:
        return ""  # `3.9,6` is several, or none
    value = _han_scaled(value, match["words"])
    if match["part"] or match["cent"]:
        return f"{_written(value)}%"
    return f"{_written(value)}th" if match["th"] else _written(value)


def _han_scaled(value: float | None, words: str) -> float:
    if value is None:
        return _han_value(words)
    for char in words:
        value *= {**_HAN_SCALE, **_HAN_LARGE}.get(char, 1)
    return value


def _han_value(words: str) -> float:
    """A number written in Chinese characters, or in digits."""
    if words.isdecimal():
        return float(words)
    total, section, digit = 0, 0, 0
    for char in words:
        if char in _HAN_DIGIT:
            digit = digit * 10 + _HAN_DIGIT[char] if digit and section == 0 and total == 0 else _HAN_DIGIT[char]
        elif char in _HAN_SCALE:
            section += (digit or 1) * _HAN_SCALE[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * _HAN_LARGE[char]
            section = digit = 0
    return float(total + section + digit)
