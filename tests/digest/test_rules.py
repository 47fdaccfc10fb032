"""What a rule wants of a story, what is new about one that was told, what is muted, and that the numbers agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.digest import AlertsDraft, decide, outage_summary
from monitor.digest.rules import Background, muted
from monitor.identity import amounts
from monitor.types import Article, Digest, Mute, News, Rule
from tests.digest.builders import ENTRIES, NOW, SOURCES, alerts, news

HOUR = timedelta(hours=1)


def figures(article: Article) -> Sequence[str]:
    return tuple(amounts.figures(f"{article.title}\n{article.text}", han=article.lang == "zh"))


def of(piece: News, origin: Mapping[str, object] | None) -> News:
    return replace(piece, kept=replace(piece.kept, origin=origin))


def draft(
    *pieces: News,
    rule: Rule,
    earlier: Sequence[News] = (),
    told: Sequence[int] = (),
    alerted_ago: timedelta | None = None,
    mutes: Sequence[Mute] = (),
    surging: Mapping[str, str] | None = None,
    uncounted: Sequence[tuple[str, int]] = (),
    **more: Any,
) -> AlertsDraft:
    by_story: dict[int, list[News]] = {}
    for piece in earlier:
        by_story.setdefault(piece.kept.story_id, []).append(piece)
    background = Background(
        earlier=by_story,
        alerted_at={} if alerted_ago is None else dict.fromkeys(told, NOW - alerted_ago),
        surging=surging or {},
        mutes=mutes,
        figures=figures,
    )
    told_today = more.pop("told_today", 0)
    quiet_until = more.pop("quiet_until", None)
    made = decide(pieces, alerts(rule=rule, **more), told_today, frozenset(told), NOW, quiet_until, sources=SOURCES,
                  entries=ENTRIES, background=background, uncounted=uncounted)  # fmt: skip
    balanced(made.digests)
    return made


def balanced(digests: Sequence[Digest]) -> None:
    for one in digests:
        assert one.seen == one.sent + one.folded + one.held + sum(count for _, count in one.dropped), one.reconciled


def why(made: AlertsDraft) -> list[str]:
    return [digest.why for digest in made.digests]


BANK = {"tags": ["sco-development-bank"]}
YOUTH = {"tags": ["sco-youth-council"]}
WIRE = {"kind": "credited", "source": "interfax", "name": "Interfax"}
OWN = {"kind": "self", "source": "daily", "name": "Daily"}
THOUGHT = {"kind": "self", "source": "carnegie", "name": "Carnegie"}
FIRST = Rule(name="r", novelty=("date",))
WHO = Rule(name="r", classes=("official", "wire"), min_classes=2)

WANTED = [
    pytest.param(Rule(name="r", priority=1), [news(1, **BANK)], "rule “r”: priority 1: SCO DEVELOPMENT BANK; new story",
                 id="priority"),
    pytest.param(Rule(priority=1), [news(1, **YOUTH)], None, id="priority: not urgent enough"),
    pytest.param(WHO, [news(1, source_id="akorda")], "rule “r”: from official; new story", id="official"),
    pytest.param(WHO, [news(1)], None, id="one independent outlet"),
    pytest.param(WHO, [news(1, 5), news(2, 5, source_id="weekly")], None, id="two outlets of one class"),
    pytest.param(WHO, [news(1, 5), news(2, 5, source_id="kazinform")],
                 "rule “r”: from 2 classes: independent, state; new story", id="two classes"),
    pytest.param(WHO, [of(news(1), WIRE)], "rule “r”: from wire; new story", id="a reprint counts as the wire's"),
    pytest.param(Rule(min_origins=2), [of(news(1, 5), WIRE), of(news(2, 5, source_id="kazinform"), WIRE)], None,
                 id="two outlets, one origin"),
    pytest.param(Rule(min_origins=2), [of(news(1, 5), WIRE), of(news(2, 5), OWN)], "2 origins; new story",
                 id="two origins"),
    pytest.param(Rule(min_origins=2), [news(1, 5), news(2, 5)], None, id="origins that nobody knows"),
    pytest.param(Rule(min_origins=2), [of(news(1, 5), OWN), of(news(2, 5, source_id="carnegie"), THOUGHT)], None,
                 id="a think tank is no origin"),
    pytest.param(WHO, [news(1, 5), news(2, 5, source_id="carnegie")], None, id="nor a second class"),
    pytest.param(Rule(classes=("think-tank",)), [news(1, source_id="carnegie")], "from think-tank; new story",
                 id="who asks for think tanks gets them"),
    pytest.param(FIRST, [news(1, text="They meet on 24 July.")], "rule “r”: first mention: 24 July", id="en date"),
    pytest.param(FIRST, [news(1, text="Встреча пройдет 24 июля.", lang="ru")], "rule “r”: first mention: 24 July",
                 id="ru date"),
    pytest.param(FIRST, [news(1, text="会议将于7月24日举行。", lang="zh")], "rule “r”: first mention: 24 July",
                 id="zh date"),
    pytest.param(FIRST, [news(1, text="نشست در ۲۴ ژوئیه برگزار می‌شود", lang="fa")],
                 "rule “r”: first mention: 24 July", id="fa date"),
    pytest.param(FIRST, [news(1, text="They meet soon, in 2027.")], None, id="a year is no date"),
    pytest.param(Rule(novelty=("number",)), [news(1, text="A fund of 3 billion, after 2 days in 2026.")],
                 "first mention: 3000000000", id="number"),
    pytest.param(Rule(spike="medium"), [news(1)], None, id="as much as usual"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "pieces", "because"), WANTED)
def test_what_a_rule_wants(rule: Rule, pieces: Sequence[News], because: str | None) -> None:
    made = draft(*pieces, rule=rule)
    if because is None:
        assert made.digests == ()
        assert sum(count for _, count in made.uncounted) == len(pieces)
    else:
        assert why(made) == [because]
        assert made.digests[0].mute.startswith("scowatch mutes add story ")


def test_a_story_is_judged_with_what_it_had_before() -> None:
    first = news(1, 5)
    assert draft(first, rule=WHO).uncounted == (("not from official or wire nor 2 classes", 1),)
    made = draft(news(2, 5, source_id="kazinform"), rule=WHO, earlier=[first])
    assert why(made) == ["rule “r”: from 2 classes: independent, state; new story"]
    (told,) = made.digests[0].sections[0].items
    assert (told.source_name, told.article_ids) == ("Kazinform", (2,))
    assert told.others == (("Daily (independent)", first.kept.article.url),)


def test_an_alert_names_each_outlet_once_and_an_edited_article_is_no_other() -> None:
    wire = of(news(1, 5, source_id="interfax"), {"kind": "self", "source": "interfax", "name": "Interfax"})
    copy = of(news(2, 5, source_id="daily"), {"kind": "credited", "source": "interfax", "name": "Interfax"})
    own = of(news(3, 5, source_id="kremlin"), {"kind": "self", "source": "kremlin", "name": "Kremlin"})
    before = replace(own, kept=replace(own.kept, article=replace(own.kept.article, text="As it was.")))
    made = draft(own, rule=Rule(name="r", classes=("official",)), earlier=[copy, before, wire])
    (told,) = made.digests[0].sections[0].items
    assert [name for name, _ in told.others] == ["Interfax (wire)", "Daily (independent)"]
    assert told.origins == (("Interfax", 2), ("Kremlin", 1))


def test_a_spike_is_a_condition_that_says_its_numbers() -> None:
    made = draft(news(1), rule=Rule(spike="high"), surging={"sco": "SCO: 14 texts in 24 hours, about 3 expected"})
    assert why(made) == ["SCO: 14 texts in 24 hours, about 3 expected; new story"]
    waited = draft(news(1, held=True, ago=HOUR), rule=Rule(spike="high"))
    assert len(waited.digests) == 1  # what was surging when it was held is told when that may be


FACTS = Rule(name="r", novelty=("story", "name", "date", "number"), cooldown=4 * HOUR)
TOLD_TEXT = "The ministers meet on 24 July."


@pytest.mark.parametrize(
    ("piece", "because"),
    [
        pytest.param(news(2, 5, text="On July 24 they will meet."), None, id="the same day in other words"),
        pytest.param(news(2, 5, text="The meeting moves to 25 July."), "25 July", id="another day"),
        pytest.param(news(2, 5, text="Встреча перенесена на 25 июля.", lang="ru"), "25 July", id="another day, ru"),
        pytest.param(news(2, 5, tags=["sco", "xi-jinping"]), "XI JINPING", id="another name"),
        pytest.param(news(2, 5, text="It costs 300 million."), "300000000", id="a number"),
        pytest.param(news(2, 5, text="They met again."), None, id="nothing"),
    ],
)
def test_a_told_story_is_told_again_only_with_something_new(piece: News, because: str | None) -> None:
    before = [news(1, 5, text=TOLD_TEXT)]
    made = draft(piece, rule=FACTS, earlier=before, told=[5], alerted_ago=5 * HOUR)
    if because is None:
        assert (made.digests, made.uncounted) == ((), (("folded", 1),))
    else:
        assert why(made) == [f"rule “r”: new in a story told before: {because}"]
        assert made.digests[0].key == "slack:desk/story/5/again/2"


def test_what_only_a_blog_said_is_new_when_an_official_says_it() -> None:
    official = Rule(name="r", classes=("official",), novelty=("date",))
    before = [news(1, 5, source_id="akorda", text="They will meet."), news(2, 5, text="It is 24 July.")]
    made = draft(news(3, 5, source_id="kremlin", text="They meet on 24 July."), rule=official, earlier=before, told=[5],
                 alerted_ago=5 * HOUR)  # fmt: skip
    assert why(made) == ["rule “r”: from official; new in a story told before: 24 July"]


def test_a_further_alert_waits_for_the_cooldown_and_is_not_lost() -> None:
    before, piece = [news(1, 5, text=TOLD_TEXT)], news(2, 5, text="It moves to 25 July.")
    early = draft(piece, rule=FACTS, earlier=before, told=[5], alerted_ago=HOUR)
    assert (early.digests, early.hold, early.uncounted) == ((), ((2, 2),), ())
    waited = replace(piece, held=True)
    later = draft(waited, rule=FACTS, earlier=before, told=[5], alerted_ago=4 * HOUR)
    assert [digest.kind for digest in later.digests] == ["alert"]
    assert later.release == (2,)
    (told,) = later.digests[0].sections[0].items
    assert (told.new, told.facts) == ("It moves to 25 July.", ("25 July",))


def test_quiet_hours_hold_what_the_rule_wants_and_count_what_it_does_not() -> None:
    made = draft(news(1, source_id="akorda"), news(2), rule=WHO, quiet_until=NOW + HOUR)
    assert made.hold == ((1, 1),)
    assert made.uncounted == (("not from official or wire nor 2 classes", 1),)


def test_the_first_message_counts_what_none_tells() -> None:
    pieces = [news(n, source_id="akorda") for n in range(1, 5)] + [news(5), news(6, quiet=True, source_id="akorda")]
    made = draft(*pieces, rule=WHO, max_per_day=3, told_today=1, uncounted=[("folded", 2), ("muted", 3)])
    first, second = made.digests
    assert (first.seen, first.sent, first.folded, first.held) == (1 + 2 + 2 + 3 + 1 + 1, 1, 2, 2)
    assert dict(first.dropped) == {"muted": 3, "first reading of its source": 1,
                                   "not from official or wire nor 2 classes": 1}  # fmt: skip
    assert first.reconciled.startswith("seen 10 = sent 1 + folded 2 + held 2 + dropped 1 (first reading of its source)")
    assert (second.seen, second.dropped, made.uncounted) == (1, (), ())
    balanced([outage_summary(made.digests, NOW)])


def mute(kind: str, what: str, **more: Any) -> Mute:
    values: dict[str, Any] = {"kind": kind, "what": what, "channel_id": "slack:desk", "since": NOW - HOUR,
                              "until": NOW + HOUR}  # fmt: skip
    return Mute(**(values | more))


@pytest.mark.parametrize(
    ("one", "tags", "silent"),
    [
        pytest.param(mute("story", "5"), ["sco"], True, id="story"),
        pytest.param(mute("story", "6"), ["sco"], False, id="another story"),
        pytest.param(mute("source", "daily"), ["sco"], True, id="source"),
        pytest.param(mute("rule", "desk"), ["sco"], True, id="rule"),
        pytest.param(mute("rule", "slack:desk"), ["sco"], True, id="rule by id"),
        pytest.param(mute("entry", "sco"), ["sco"], True, id="entry"),
        pytest.param(mute("entry", "sco"), ["sco-rats", "beidou"], True, id="what rolls up to it, beside background"),
        pytest.param(mute("entry", "sco"), ["sco", "xi-jinping"], False, id="beside something as urgent"),
        pytest.param(mute("entry", "beidou"), ["beidou", "sco"], False, id="beside something more urgent"),
        pytest.param(mute("entry", "csto"), ["sco"], False, id="another entry"),
        pytest.param(mute("story", "5", channel_id="mail:desk"), ["sco"], False, id="on another channel"),
        pytest.param(mute("story", "5", until=NOW), ["sco"], False, id="over"),
    ],
)
def test_what_is_muted(one: Mute, tags: Sequence[str], silent: bool) -> None:
    assert muted(news(1, 5, tags=tags), alerts(), [one], ENTRIES, NOW) is silent


def test_what_is_muted_is_counted_and_no_longer_held() -> None:
    made = draft(news(1, 5, held=True), news(2, 6), rule=Rule(), mutes=[mute("story", "5")])
    assert [digest.key for digest in made.digests] == ["slack:desk/story/6"]
    assert (made.release, made.digests[0].dropped) == ((1,), (("muted", 1),))
