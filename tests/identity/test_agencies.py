"""agencies.yaml: what is wrong in it is said with its line; what is in the pack fits the pack's sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.identity import agencies
from monitor.identity.agencies import host_of
from monitor.sourcelist import read_sources

PACK = Path(agencies.__file__).parent.parent / "packs" / "sco"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sources: []", 1, "no agencies"),
        ("agencies: {}", 1, "no agencies"),
        ("agencies:\n- TASS", 2, "has to be a mapping"),
        ("agencies:\n- name: TASS", 2, "needs an `id`"),
        ("agencies:\n- id: tass\n  names: {en: [TASS]}\n  colour: red", 4, "unknown key `colour`"),
        ("agencies:\n- id: tass\n  names: [TASS]", 3, "`names` has to be a mapping"),
        ("agencies:\n- id: tass\n  names: {English: [TASS]}", 3, "`English` is not a language"),
        ("agencies:\n- id: tass\n  names:\n    ru:\n    - ТАСС\n    - 1", 6, "put it in quotation marks"),
        ("agencies:\n- id: tass\n  names: {en: [TASS]}\n  hosts: ['https://tass.com/']", 4, "is not a host"),
        ("agencies:\n- {id: a, names: {en: [A]}}\n- {id: a, names: {en: [B]}}", 3, "id a stands already on line 2"),
        (
            "agencies:\n- {id: a, names: {en: [A]}, hosts: [a.org]}\n- {id: b, names: {en: [B]}, hosts: [a.org]}",
            3,
            "host a.org stands already on line 2",
        ),
        ("agencies:\n- id: tass", 2, "has no name"),
        ("agencies:\n- id: tass\n  names: {en: [TASS]}\n  kind: wire", 4, "agency or outlet"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as failed:
        agencies.parse(text, "agencies.yaml")
    assert any(problem.line == line and words in problem.message for problem in failed.value.problems)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as failed:
        agencies.parse("agencies:\n- id: A B\n- id: b\n- {id: c, names: {en: [C]}, host: x}", "agencies.yaml")
    assert len(failed.value.problems) == 3


def test_the_agencies_of_the_pack_are_those_of_its_sources() -> None:
    listed = agencies.parse((PACK / "agencies.yaml").read_text(encoding="utf-8"), "agencies.yaml")
    sources = read_sources((PACK / "sources.yaml").read_text(encoding="utf-8"), "sources.yaml")
    known = {source.id: source for source in sources}
    for agency in listed.all:
        for source in agency.sources:
            assert source in known
            home = listed.of_url(known[source].homepage)
            assert home is None or home is agency
    wires = [source.id for source in sources if source.ownership == "wire"]
    assert [source for source in wires if listed.of_source(source) is None] == []


def test_language_editions_of_one_house_are_one_origin_in_the_pack() -> None:
    listed = agencies.parse((PACK / "agencies.yaml").read_text(encoding="utf-8"), "agencies.yaml")
    sources = read_sources((PACK / "sources.yaml").read_text(encoding="utf-8"), "sources.yaml")
    family = {source.id: source.family for source in sources}
    houses = {agency.id: agency.sources for agency in listed.all if len(agency.sources) > 1}
    assert {house: {family[edition] for edition in editions} for house, editions in houses.items()} == {
        house: {house} for house in houses
    }
    named = {source.id.rpartition("-")[0]: set[str | None]() for source in sources if source.id.endswith("-en")}
    for source in sources:
        if (stem := source.id.rpartition("-")[0]) in named and source.id.rpartition("-")[2] in source.languages:
            named[stem].add(source.family)
    assert [stem for stem, families in named.items() if len(families) > 1] == []


def test_every_outlet_of_the_pack_can_be_an_origin_once_sources_are_known() -> None:
    sources = read_sources((PACK / "sources.yaml").read_text(encoding="utf-8"), "sources.yaml")
    both = agencies.parse((PACK / "agencies.yaml").read_text(encoding="utf-8"), "agencies.yaml").with_sources(sources)
    assert [s.id for s in sources if both.of_source(s.id) is None and both.of_url(s.homepage) is None] == []
    diplomat, tass = both.of_name("The Diplomat"), both.get("tass")
    assert diplomat is not None
    assert diplomat.id == "the-diplomat"
    assert tass is not None
    assert (both.edition(tass, "ru"), both.edition(tass, "en"), both.edition(tass, None)) == (
        "tass-ru",
        "tass-en",
        None,
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.TASS.com/world/1", "tass.com"),
        ("https://m.24.kg/1", "24.kg"),
        ("https://en.irna.ir/news/1", "en.irna.ir"),
        ("mailto:a@b.example", ""),
        ("https://[broken", ""),
        (None, ""),
    ],
)
def test_the_host_of_an_address(url: str | None, host: str) -> None:
    assert host_of(url) == host
