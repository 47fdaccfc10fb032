"""What puts one hit before another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from monitor.ports import Store
from monitor.query import parse
from tests.storage.made import NOW, arrival, article, poll

FILLING = " Nothing else was said there." * 20
#: The older, the better: time alone would put them the other way round.
TEXTS = {
    "cotton": [
        ("written", "en", "Cotton at the border", "It is grown."),
        ("form", "en", "Cottons at the border", "It is grown."),
        ("often", "en", "A word", "Cotton here, cotton there and more cotton."),
        ("once", "en", "A word", "Some cotton."),
    ],
    "саммит": [
        ("written", "ru", "Саммит в Бишкеке", "Начался."),
        ("form", "ru", "О саммите в Бишкеке", "Начался."),
        ("often", "ru", "Слово", "Саммита ждали, саммита хотели, саммита не было."),
        ("once", "ru", "Слово", "О саммите."),
    ],
    "峰会": [
        ("written", "zh", "上合峰会", "开幕。"),
        ("often", "zh", "新闻", "峰会，峰会，峰会。"),
        ("once", "zh", "新闻", "一次峰会。"),
    ],
    "cotton OR silk OR wool": [
        ("all", "en", "A word", "Cotton, silk and wool."),
        ("two", "en", "A word", "Cotton and silk."),
        ("one", "en", "A word", "Cotton."),
    ],
    '"cotton fields" -silk': [
        ("written", "en", "Cotton fields", "They are large."),
        ("once", "en", "A word", "The cotton fields are large."),
    ],
    "lang:en": [("older", "en", "Cotton", "Cotton."), ("newest", "en", "A word", "Cotton.")],
}


@pytest.mark.parametrize(("query", "texts"), TEXTS.items(), ids=TEXTS)
def test_better_hits_come_first(store: Store, query: str, texts: Sequence[tuple[str, str, str, str]]) -> None:
    for age, (name, lang, title, text) in enumerate(reversed(texts)):
        at = NOW - timedelta(days=age)
        one = article(name, lang=lang, title=title, text=text + FILLING, published_at=at)
        store.record(poll(arrival(one)))
    found = store.search(parse(query), sort="relevance").hits
    wanted = [f"guid-{name}" for name, *_ in texts]
    assert [hit.kept.article.guid for hit in found] == (wanted[::-1] if query == "lang:en" else wanted)
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_a_query_of_many_words_is_ranked_by_all_of_them(store: Store) -> None:
    words = [f"word{number}" for number in range(12)]
    store.record(poll(arrival(article("last", title="Word11", text="Little." + FILLING))))
    store.record(poll(arrival(article("text", title="Other", text="Word11 and word10." + FILLING))))
    found = store.search(parse(" OR ".join(words)), sort="relevance").hits
    assert [hit.kept.article.guid for hit in found] == ["guid-last", "guid-text"]
