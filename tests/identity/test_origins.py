"""Forty copies of one text have one origin, whoever was first to be seen."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from monitor.identity.credits import credit
from monitor.identity.origins import (
    Member,
    Origin,
    independent,
    member,
    origin_of_article,
    origin_of_group,
    to_record,
)
from tests.identity.test_credits import article, pack

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BODY = "The secretaries of the security councils will gather in Bishkek on December 4, the host said.\nNine points."


def at(minutes: float, number: int, text: str = BODY, source: str | None = None, **more: object) -> Member:
    """The article `number`, published so many minutes after nine."""
    given = {
        "source_id": source,
        "url": f"https://outlet{number}.example.org/{number}",
        "source_name": None if source else f"Outlet {number}",
        "published_at": AT + timedelta(minutes=minutes),
        **more,
    }
    one = article(text, **given)
    return member(one, number, pack(), credit(one, pack()))


TASS = f"MOSCOW, November 21. /TASS/. {BODY}"


def test_forty_copies_of_one_wire_item_are_one_origin() -> None:
    group = [at(0, 0, TASS, "tass-en")]
    group += [at(n, n, (TASS, BODY, f"{BODY}\nSource: TASS", f"{BODY} (TASS)")[n % 4]) for n in range(1, 40)]
    found = origin_of_group(group, pack())
    assert (found.kind, found.key, found.source_id, found.article_id) == ("self", "tass", "tass-en", 0)
    kinds = [origin_of_article(one, found, group) for one in group]
    assert [k.kind for k in kinds].count("self") == 1
    assert {k.key for k in kinds} == {"tass"}
    assert {k.kind for k in kinds if "Source" in k.evidence} == {"credited"}
    assert found.evidence == f"dateline: {TASS.splitlines()[0]}"
    assert any(k.kind == "copied" and k.evidence == "the same text as article 0, 1 min later" for k in kinds)


def test_forty_rewritten_reports_of_one_wire_item_are_one_independent_origin() -> None:
    groups = [[at(n, n, f"Way of telling it number {n}, TASS reports.\nMore.")] for n in range(39)]
    found = [origin_of_group(group, pack()) for group in groups] + [origin_of_group([at(50, 50, TASS, "tass-ru")])]
    assert [origin.key for origin in independent(found)] == ["tass"]


def test_two_governments_with_read_outs_of_their_own_are_two_origins() -> None:
    one = origin_of_group([at(0, 1, "The President spoke by telephone.", "kremlin")])
    two = origin_of_group([at(5, 2, "The President had a call.", "president-uzbekistan")])
    assert [origin.key for origin in independent([one, two])] == ["kremlin", "president-uzbekistan"]


def test_a_credit_says_more_than_who_was_seen_first() -> None:
    group = [at(0, 1), at(3, 2, f"{BODY}\n(TASS)"), at(20, 3, TASS, "tass-en")]
    found = origin_of_group(group, pack())
    assert (found.key, found.article_id) == ("tass", 3)
    assert origin_of_article(group[0], found, group).kind == "copied"


def test_without_its_own_article_an_agency_is_still_the_origin() -> None:
    found = origin_of_group([at(0, 1, f"{BODY}\nSource: TASS"), at(9, 2)], pack(), "ru")
    assert (found.kind, found.key, found.source_id, found.name, found.article_id) == (
        "credited",
        "tass",
        "tass-ru",
        "TASS",
        None,
    )
    assert "Source: TASS" in found.evidence
    assert origin_of_group([at(0, 1, f"{BODY}\nSource: TASS")]).source_id is None


def test_whoever_the_credited_one_credits_is_the_origin() -> None:
    text = f"{BODY}\nSource: Reuters"
    group = [at(0, 1, text, "dawn"), at(10, 2, f"{BODY}\nSource: Dawn.com"), at(12, 3, f"{BODY}\nSource: Dawn.com")]
    assert origin_of_group(group, pack()).key == "reuters"
    assert origin_of_article(group[1], origin_of_group(group, pack()), group).evidence.startswith("names Dawn;")


def test_two_that_credit_each_other_end_somewhere() -> None:
    group = [at(0, 1, f"{BODY}\nSource: Xinhua", "tass-en"), at(1, 2, f"{BODY}\nSource: TASS", "xinhua-en")]
    assert origin_of_group(group, pack()).key in ("tass", "xinhua")


def test_without_credits_the_first_has_it_and_a_longer_lead_is_surer() -> None:
    near, far = [at(0, 1), at(2, 2), at(5, 3)], [at(0, 1), at(60, 2), at(90, 3)]
    short, long = origin_of_group(near), origin_of_group(far)
    assert short.article_id == long.article_id == 1
    assert short.confidence < long.confidence
    assert short.evidence == "first of 3 outlets, 2 min before the next"
    assert [origin_of_article(one, long, far).kind for one in far] == ["self", "copied", "copied"]


def test_an_agency_right_behind_the_first_copy_is_the_origin() -> None:
    assert origin_of_group([at(0, 1), at(8, 2, source="tass-en")]).key == "tass"
    assert origin_of_group([at(0, 1), at(480, 2, source="tass-en")]).article_id == 1


def test_a_text_that_nobody_else_has_is_its_outlets_own() -> None:
    found = origin_of_group([at(0, 1, source="the-diplomat")])
    assert (found.kind, found.source_id, found.confidence) == ("self", "the-diplomat", 0.5)
    assert origin_of_group([at(0, 1, TASS, "tass-en")]).confidence == 0.9


def test_a_text_that_was_taken_from_nobody_knows_where() -> None:
    taken = f"{BODY}\nThis message was taken from this source and rewritten by a machine."
    alone = origin_of_group([at(0, 1, taken)])
    assert (alone.kind, alone.key, alone.name) == ("credited", None, None)
    known = origin_of_group([at(0, 1, TASS, "tass-en")])
    assert independent([alone, known]) == (known,)
    assert independent([alone, alone]) == (alone,)
    together = [at(0, 1, taken), at(5, 2)]
    assert origin_of_group(together).article_id == 2
    assert origin_of_article(together[0], origin_of_group(together), together).kind == "copied"


def test_the_order_of_arrival_makes_no_difference() -> None:
    group = [at(0, 1), at(3, 2, f"{BODY}\n(TASS)"), at(20, 3, TASS, "tass-en"), at(20, 4, f"{BODY}\nSource: Xinhua")]
    assert len({origin_of_group(order, pack()) for order in permutations(group)}) == 1
    many = group + [at(n, n, source="dawn") for n in range(5, 30)]
    expected = origin_of_group(many, pack())
    for seed in range(5):
        assert origin_of_group(random.Random(seed).sample(many, len(many)), pack()) == expected


def test_editions_of_one_house_are_one_outlet() -> None:
    one, two = at(0, 1, source="house-ru"), at(4, 2, source="house-en")
    assert one.key != two.key  # the article itself knows no family
    joined = [
        member(article(BODY, source_id=s, published_at=AT), n, pack(), (), family="house")
        for n, s in enumerate(("house-ru", "house-en"))
    ]
    assert [m.key for m in joined] == ["house", "house"]
    assert origin_of_group(joined).evidence == "names nobody else, and no other outlet has the text"


def test_a_group_without_articles_is_refused() -> None:
    with pytest.raises(ValueError, match="without articles"):
        origin_of_group([])


def test_the_record_is_the_contracts() -> None:
    record = to_record(origin_of_group([at(0, 1, TASS, "tass-en")]))
    assert record == {
        "kind": "self",
        "source": "tass-en",
        "name": "TASS",
        "evidence": f"dateline: {TASS.splitlines()[0]}",
        "article_id": 1,
        "confidence": 0.9,
    }


def test_an_origin_is_a_plain_value() -> None:
    found = origin_of_group([at(0, 1)])
    assert isinstance(found, Origin)
    assert hash(found) == hash(origin_of_group([at(0, 1)]))
