"""Days of the solar calendar of Iran and Afghanistan. Pure."""

from __future__ import annotations

from datetime import date, timedelta

#: Years in which a date of this calendar is taken for one: what is lower or higher is another calendar's.
YEARS = range(1370, 1500)
#: Languages whose dates in figures are this calendar's, where the year allows it.
LANGUAGES = frozenset(("fa", "prs", "ps"))
# which years of a round have a day more
_ROUND = 33
_LONG = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "فروردین حمل", "اردیبهشت ثور", "خرداد جوزا", "تیر سرطان", "مرداد امرداد اسد", "شهریور سنبله",
            "مهر میزان", "آبان عقرب", "آذر قوس", "دی جدی", "بهمن دلو", "اسفند حوت",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
# Arabic keyboards have other letters for the same
_LETTERS = str.maketrans("يىك", "ییک")


def month(name: str) -> int | None:
    """The number of the month; None: it is none of this calendar."""
    return _MONTHS.get(name.translate(_LETTERS))


def gregorian(year: int, month: int, day: int) -> date:
    """The same day in the calendar of the West. Raises: ValueError for a day that there is not.

    Exact for YEARS, by the rule of 33 years; the calendar itself follows the sun.
    Source: Borkowski, The Persian calendar for 3000 years (Earth, Moon and Planets 74, 1996).
    """
    length = 31 if month <= 6 else 30 if month <= 11 or year % _ROUND in _LONG else 29
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= length:
        raise ValueError(f"no such day: {year}-{month}-{day}")
    long_years = sum(one % _ROUND in _LONG for one in range(YEARS.start, year))
    first = date(1991, 3, 21) + timedelta(days=365 * (year - YEARS.start) + long_years)
    return first + timedelta(days=31 * (month - 1) - max(0, month - 7) + day - 1)
