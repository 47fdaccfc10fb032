"""Names written in other ways that go without saying."""

from __future__ import annotations

import pytest

from monitor.watchlist.declension import belarusian_phrase, phrase_cases
from monitor.watchlist.variants import halves, oblique, of_body, turned

SCO = {
    "en": ["Shanghai Cooperation Organization", "Shanghai Cooperation Organisation", "SCO"],
    "ru": ["Шанхайская организация сотрудничества", "ШОС"],
    "zh": ["上海合作组织", "上合组织", "上合"],
}


def test_halves() -> None:
    made = set(halves("Один пояс, один путь", "ru"))
    assert {"Один пояс и один путь", "Один пояс один путь", "Один пояс - один путь"} <= made
    assert "One Belt and One Road" in set(halves("One Belt One Road", "en"))
    assert not list(halves("Пояс и путь", "ru"))


def test_halves_of_an_arabic_script_have_its_comma() -> None:
    assert "یک کمربند، یک جاده" in set(halves("یک کمربند یک جاده", "fa"))


OBLIQUE = {
    "Hindi": ("hi", "सिंधु जल समझौता", "सिंधु जल समझौते"),
    "Urdu": ("ur", "سندھ طاس معاہدہ", "سندھ طاس معاہدے"),
    "Tajik": ("tg", "Осиёи Марказӣ", "Осиёи Маркази"),
    "another ending": ("hi", "पहलगाम", None),
    "another language": ("fa", "معاہدہ", None),
}


@pytest.mark.parametrize(("lang", "name", "expected"), OBLIQUE.values(), ids=OBLIQUE.keys())
def test_what_a_name_becomes_before_what_hangs_on_it(lang: str, name: str, expected: str | None) -> None:
    assert list(oblique(name, lang)) == ([expected] if expected else [])


SIDES = {
    "English": ("India-Central Asia Summit", "Central Asia-India Summit"),
    "two words first": ("Central Asia–Russia summit", "Russia-Central Asia summit"),
    "Russian": ("саммит «ЕС – Центральная Азия»", "саммит «Центральная Азия - ЕС»"),
    "Chinese": ("俄罗斯—中亚峰会", "中亚-俄罗斯峰会"),
    "none": ("Eurasia-Antiterror-2023", None),
    "no sides": ("Belt and Road", None),
}


@pytest.mark.parametrize(("name", "expected"), SIDES.values(), ids=SIDES.keys())
def test_sides(name: str, expected: str | None) -> None:
    assert list(turned(name)) == ([expected] if expected else [])


BODIES = {
    "written out": ("en", "SCO summit in Tianjin", "Shanghai Cooperation Organization summit in Tianjin"),
    "possessive": ("en", "SCO Energy Club", "SCO's Energy Club"),
    "behind": ("en", "SCO Energy Club", "Energy Club of the Shanghai Cooperation Organization"),
    "genitive": ("ru", "саммит ШОС в Астане", "саммит Шанхайской организации сотрудничества в Астане"),
    "accusative": ("ru", "вступление в ШОС", "вступление в Шанхайскую организацию сотрудничества"),
    "locative": ("ru", "членство в ШОС", "членство в Шанхайской организации сотрудничества"),
    "Chinese long": ("zh", "上合组织扩员", "上海合作组织扩员"),
    "Chinese short": ("zh", "上合组织秘书处", "上合秘书处"),
}


@pytest.mark.parametrize(("lang", "name", "expected"), BODIES.values(), ids=BODIES.keys())
def test_names_of_the_body(lang: str, name: str, expected: str) -> None:
    assert expected in set(of_body(name, lang, [SCO]))


@pytest.mark.parametrize(
    ("lang", "name"),
    [("en", "SCOlike body"), ("ru", "ШОС плюс"), ("ru", "Шанхайский дух"), ("zh", "上合组织+"), ("tr", "SCO Bankası")],
)
def test_nothing_of_the_body_to_replace(lang: str, name: str) -> None:
    assert not [made for made in of_body(name, lang, [SCO]) if made == "上合+"]
    assert lang == "zh" or not list(of_body(name, lang, [SCO]))


def test_cases_of_a_phrase() -> None:
    assert "Шанхайской организацией сотрудничества" in phrase_cases("Шанхайская организация сотрудничества", 3)
    assert "Пояса і шляху" in belarusian_phrase("Пояс і шлях")
    assert "Шанхайскай арганізацыі супрацоўніцтва" in belarusian_phrase("Шанхайская арганізацыя супрацоўніцтва")
