"""The figures of a text: numbers, ordinals, months, days of the week, written in digits or in words.

Two notices of one series share nearly all their words: what tells them apart is a figure. `12th`, `twelfth`, `XII`,
«двенадцатое», 第十二 and «دوازدهمین» are one figure, so that a text that writes it out stays a copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal, NamedTuple

from monitor.text.fold import fold

Kind = Literal["number", "ordinal", "month", "day"]


class Figure(NamedTuple):
    """One figure with the tokens it takes: half open."""

    start: int
    end: int
    kind: Kind
    value: str


def figures(words: Sequence[str], parts: Iterable[tuple[int, int]] | None = None) -> list[Figure]:
    """The figures among folded words; `parts`: only those in these half-open ranges."""
    known = _words()
    found: list[Figure] = []
    for start, end in parts if parts is not None else ((0, len(words)),):
        for at in range(start, end):
            word = words[at]
            if word[0].isdigit():
                found.append(_in_digits(words, at, word))
            elif word in known:
                kind, value = known[word]
                if kind != "month" or _beside_digits(words, at):
                    found.append(Figure(at, at + 1, kind, value))
    return found


def sign_figures(signs: str) -> list[Figure]:
    """The figures among the characters of a Chinese or Japanese text."""
    found = []
    for run in _SIGN_RUN.finditer(signs):
        before, after = signs[max(0, run.start() - 1) : run.start()], signs[run.end() : run.end() + 1]
        written = run[0]
        if len(written) > 1 or written.isdecimal() or before in _BEFORE or after in _COUNTED:
            kind: Kind = "ordinal" if before == "第" else "number"
            found.append(Figure(run.start(), run.end(), kind, _sign_value(written)))
    return found


# ---------------------------------------------------------------------------------------------- in digits

_DIGITS = re.compile(r"(\d+(?:\.\d+)*)(.*)", re.DOTALL)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_ENDINGS = "st nd rd th й я е го му м х ая ое ый ий ой ого ому"
_ORDINAL_ENDINGS = frozenset(_ENDINGS.split())
_LONGEST = 30


def _in_digits(words: Sequence[str], at: int, word: str) -> Figure:
    match = _DIGITS.fullmatch(word)
    assert match is not None  # it begins with a digit
    number, ending = match[1], match[2]
    after = words[at + 1] if at + 1 < len(words) else ""
    if ending in _ORDINAL_ENDINGS or (not ending and after in _ORDINAL_ENDINGS):
        return Figure(at, at + 1, "ordinal", number)
    scale = _SCALES.get(ending or after)
    return Figure(at, at + 1, "number", _scaled(number, scale or 1))


def _scaled(number: str, scale: int) -> str:
    if len(number) > _LONGEST:
        return number
    plain = number.replace(".", "") if _GROUPED.fullmatch(number) else number
    if plain.count(".") > 1:  # a date in digits
        return plain
    return f"{float(plain) * scale:.15g}"


def _beside_digits(words: Sequence[str], at: int) -> bool:
    return any(word[:1].isdigit() for word in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2]))


# ---------------------------------------------------------------------------------------------- in Chinese

_SIGN_RUN = re.compile("[0-9零〇一二两三四五六七八九十百千万亿]+")
_BEFORE = frozenset(("第", "周", "期"))
_COUNTED = frozenset("届次年月日号时点分个名项级位国岁天")
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERALS = {"两": 2, "〇": 0} | {sign: value for value, sign in enumerate("零一二三四五六七八九")}


def _sign_value(written: str) -> str:
    """Digits and signs in one number: 三十五, 3万5千, 二〇二四."""
    if len(written) > _LONGEST:
        return written
    if not set(written) & {*_UNITS, "万", "亿"}:
        return "".join(str(_NUMERALS.get(sign, sign)) for sign in written).lstrip("0") or "0"
    whole = part = last = 0
    for sign in written:
        if sign in "万亿":
            whole = (whole + part + last or 1) * (10_000 if sign == "万" else 100_000_000)
            part = last = 0
        elif sign in _UNITS:
            part += (last or 1) * _UNITS[sign]
            last = 0
        else:
            last = 10 * last + (int(sign) if sign.isdigit() else _NUMERALS[sign])
    return str(whole + part + last)


# ---------------------------------------------------------------------------------------------- in words

_SCALES_WRITTEN = {
    1000: "thousand k тыс тысяч тысячи тысяча тысячам هزار हजार",
    10**6: "million millions m mn mln млн миллион миллиона миллионов میلیون ملین",
    10**9: "billion billions b bn bln млрд миллиард миллиарда миллиардов میلیارد ارب",
    10**12: "trillion trillions trn tn трлн триллион триллиона триллионов",
}
_SCALES = {fold(word): scale for scale, words in _SCALES_WRITTEN.items() for word in words.split()}

# from 2 (`one` and «один» stand for so much else)
_ENGLISH = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_TENS = (
    "thirty/тридцать/тридцати forty/сорок/сорока fifty/пятьдесят/пятидесяти sixty/шестьдесят/шестидесяти "
    "seventy/семьдесят/семидесяти eighty/восемьдесят/восьмидесяти ninety/девяносто hundred/сто/ста"
)
_ENGLISH_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
# without I, V, X and XI, which are a pronoun, a letter and a name
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xii": 12, "xiii": 13, "xiv": 14}
_ROMAN |= {"xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21, "xxii": 22, "xxiii": 23}
_RUSSIAN = (
    "два/две/двух/двум/двумя три/трех/трем/тремя четыре/четырех/четырем пять/пяти/пятью шесть/шести/шестью "
    "семь/семи/семью восемь/восьми девять/девяти десять/десяти одиннадцать/одиннадцати двенадцать/двенадцати "
    "тринадцать/тринадцати четырнадцать/четырнадцати пятнадцать/пятнадцати шестнадцать/шестнадцати "
    "семнадцать/семнадцати восемнадцать/восемнадцати девятнадцать/девятнадцати двадцать/двадцати"
)
_RUSSIAN_ORDINALS = (
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат "
    "шестнадцат семнадцат восемнадцат девятнадцат двадцат"
)
# those with a soft sign are of «третий»
_RUSSIAN_ENDINGS = "ый ий ой ая ое ого ому ом ым ую ые ых ыми ья ье ьего ьему ьем ьим ью ьи ьих ьей"
# the others, without those that are another word as well, as «он», «се» and "on" for ten, three and ten
_OTHERS = (
    "",
    "екі/эки/икки/ikki/iki/ду/два/دو",
    "үш/үч/уч/uch/uc/три/سه/تین/तीन/ثلاثه/тры",
    "төрт/тўрт/dort/чор/чаҳор/چهار/چار/चार/اربعه/чатыры",
    "бес/беш/besh/bes/панҷ/پنج/پانچ/पांच/خمسه/пяць",
    "алты/олти/olti/alti/шаш/شش/छह/سته/шэсць",
    "жеті/жети/етти/yetti/yedi/ҳафт/هفت/सात/سبعه/сем",
    "сегіз/сегиз/саккиз/sakkiz/sekiz/ҳашт/هشت/आठ/ثمانیه/восем",
    "тоғыз/тогуз/тўққиз/dokuz/нуҳ/नौ/تسعه/дзевяць",
    "даҳ/दस/عشره/дзесяць",
    "یازده/گیاره/ग्यारह",
    "دوازده/باره/बारह",
    "سیزده/تیره/तेरह",
    "چهارده/چوده/चौदह",
    "پانزده/پندره/पंद्रह",
)
_OTHER_ORDINALS = (
    "",
    "екінші/экинчи/ikkinchi/ikinci/дуюм/دوسری/दूसरी",
    "үшінші/үчүнчү/uchinchi/ucuncu/сеюм/تیسری/तीसरी",
    "төртінші/төртүнчү/dorduncu/чорум/چوتهی/चौथी",
    "бесінші/бешинчи/beshinchi/besinci/панҷум/پانچویں/पांचवीं/पांचवें",
    "алтыншы/алтынчы/oltinchi/altinci/шашум/چهٹی/छठी",
    "жетінші/жетинчи/yettinchi/yedinci/ҳафтум/ساتویں/सातवीं/सातवें",
    "сегізінші/сегизинчи/sakkizinchi/sekizinci/ҳаштум/آٹهویں/आठवीं/आठवें",
    "тоғызыншы/тогузунчу/dokuzuncu/нуҳум/نویں/नौवीं/नौवें",
    "оныншы/онунчу/onuncu/даҳум/دسویں/दसवीं/दसवें",
    "ёздаҳум/گیارهویں/ग्यारहवीं/ग्यारहवें",
    "дувоздаҳум/بارهویں/बारहवीं/बारहवें",
    "сездаҳум/تیرهویں/तेरहवीं/तेरहवें",
)
_PERSIAN_ORDINALS = (
    "اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم "
    "یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم نوزدهم بیستم"
)
_MONTHS = (
    "january/jan/январь/января/январе/янв/ژانویه/қаңтар/qantar/январ/yanvar/जनवरी/جنوری",
    "february/feb/февраль/февраля/феврале/фев/فوریه/ақпан/феврал/fevral/फरवरी/فروری",
    "march/mar/март/марта/марте/مارس/наурыз/mart/मार्च/مارچ",
    "april/apr/апрель/апреля/апреле/апр/آوریل/сәуір/апрел/aprel/अप्रैल/اپریل",
    "may/май/мая/мае/مه/мамыр/мас/मई/مئی",
    "june/jun/июнь/июня/июне/ژوئن/маусым/июн/iyun/जून/جون",
    "july/jul/июль/июля/июле/ژوئیه/جولای/шілде/июл/iyul/जुलाई/جولائی",
    "august/aug/август/августа/августе/авг/اوت/тамыз/avgust/अगस्त/اگست",
    "september/sep/sept/сентябрь/сентября/сентябре/сен/سپتامبر/қыркүйек/сентябр/sentabr/सितंबर/ستمبر",
    "october/oct/октябрь/октября/октябре/окт/اکتبر/қазан/октябр/oktabr/अक्टूबर/اکتوبر",
    "november/nov/ноябрь/ноября/ноябре/ноя/نوامبر/қараша/ноябр/noyabr/नवंबर/نومبر",
    "december/dec/декабрь/декабря/декабре/дек/دسامبر/желтоқсан/декабр/dekabr/दिसंबर/دسمبر",
    # of the Persian calendar
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)
_DAYS = (
    "monday/понедельник/понедельника/دوشنبه",
    "tuesday/вторник/вторника/سهشنبه",
    "wednesday/среда/среду/среды/چهارشنبه",
    "thursday/четверг/четверга/پنجشنبه",
    "friday/пятница/пятницу/пятницы/جمعه",
    "saturday/суббота/субботу/субботы",
    "sunday/воскресенье/воскресенья",
)


@cache
def _words() -> dict[str, tuple[Kind, str]]:
    known: dict[str, tuple[Kind, str]] = {}

    def add(forms: Sequence[str], kind: Kind, value: object) -> None:
        known.update((fold(form), (kind, str(value))) for form in forms)

    for value, word in enumerate(_ENGLISH.split(), 2):
        add([word], "number", value)
    for value, forms in enumerate(_RUSSIAN.split(), 2):
        add(forms.split("/"), "number", value)
    for value, forms in enumerate(_TENS.split(), 3):
        add(forms.split("/"), "number", 10 * value)
    for value, word in enumerate(_ENGLISH_ORDINALS.split(), 1):
        add([word], "ordinal", value)
    for value, stem in enumerate(_RUSSIAN_ORDINALS.split(), 1):
        add([stem + ending for ending in _RUSSIAN_ENDINGS.split()], "ordinal", value)
    for value, word in enumerate(_PERSIAN_ORDINALS.split(), 1):
        add([word, word + "ین"], "ordinal", value)
    for value, other in enumerate(_OTHERS, 1):
        add(other.split("/") if other else (), "number", value)
    for value, other in enumerate(_OTHER_ORDINALS, 1):
        add(other.split("/") if other else (), "ordinal", value)
    for roman, value in _ROMAN.items():
        add([roman], "ordinal", value)
    for value, months in enumerate(_MONTHS, 1):
        add(months.split("/"), "month", value)
    for value, days in enumerate(_DAYS, 1):
        add(days.split("/"), "day", value)
    return known
