"""A word is found in the forms that the archive's texts have of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.ports import Store
from monitor.query import parse
from monitor.types import Article, Terms
from storage import checking, connection, forms
from storage.connection import transaction
from tests.storage.made import NOW, arrival, article, opened, poll

TEXTS = {
    "en": ("en", "Two summits were held."),
    "tr": ("tr", "Bakanlar kitaplarla geldi."),
    "ru": ("ru", "О встрече с Шаршеевым говорили."),
    "fa": ("fa", "کتاب‌هایشان آمد"),
    "hi": ("hi", "बैठकों में कहा"),
    "kk": ("kk", "Саммитте айтылды."),
    "zh": ("zh", "上合组织峰会"),
}


def texts() -> list[Article]:
    return [article(name, lang=lang, title=f"Item {name}", text=text) for name, (lang, text) in TEXTS.items()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("summit", ["en"]),
        ("meeting summits", []),
        ("=summit", []),
        ("holding", ["en"]),
        ("kitap", ["tr"]),
        ("шаршеев", ["ru"]),
        ("встреча", ["ru"]),
        ("саммит", []),
        ("बैठक", ["hi"]),
        ("峰会", ["zh"]),
        ("-summit lang:en", []),
    ],
)
def test_other_forms_are_found_in_every_language(store: Store, query: str, found: Sequence[str]) -> None:
    store.record(poll(*map(arrival, texts())))
    assert [hit.kept.article.guid for hit in store.search(parse(query)).hits] == [f"guid-{name}" for name in found]


def test_forms_outlive_the_process_that_met_them(tmp_path: Path) -> None:
    with_words = opened("sqlite", tmp_path)
    with_words.record(poll(*map(arrival, texts())))
    with_words.close()
    again = opened("sqlite", tmp_path)
    again.record(poll(arrival(article("later", text="A summit, and more summits."))))
    assert again.search(parse("summit")).total == 2
    again.close()


def test_words_of_a_transaction_that_failed_are_learned_by_the_next_one(tmp_path: Path) -> None:
    opened("sqlite", tmp_path).close()
    path = tmp_path / "archive.db"
    raw = connection.connect(path)
    with pytest.raises(connection.DriverError):
        _learn_and_fail(raw)
    assert forms.present(raw, ["summit"]) == ()
    for _ in range(2):
        with transaction(raw, durable=False):
            forms.learn(raw, [("en", {"summits", "bank"}), ("ru", {"банки"})])
        assert forms.present(raw, ["summit", "банк"]) == ("summits", "банки")
    raw.close()


def _learn_and_fail(raw: connection.Connection) -> None:
    with transaction(raw, durable=False):
        forms.learn(raw, [("en", {"summits"})])
        raw.execute("no statement")


def test_what_one_connection_remembers_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.forms._REMEMBERED", 3)
    opened("sqlite", tmp_path).close()
    raw = connection.connect(tmp_path / "archive.db")
    for number in range(5):
        with transaction(raw, durable=False):
            forms.learn(raw, [("en", {"banks", "plans", f"word{number}"})])
    assert sum(map(len, raw.learned.values())) <= 6
    assert forms.present(raw, ["bank", "plan"]) == ("banks", "plans")
    raw.close()


def test_forms_that_are_gone_are_noticed_and_made_anew_with_the_index(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.record(poll(*map(arrival, texts())))
    raw = connection.connect(tmp_path / "archive.db")
    raw.execute("DELETE FROM word_forms")
    raw.close()
    seen = checking.look(tmp_path / "archive.db", NOW).index
    assert seen is not None
    assert (seen.missing, seen.not_found) == (0, 5)
    assert store.search(parse("summit")).total == 0
    assert list(store.rebuild_index())
    seen = checking.look(tmp_path / "archive.db", NOW).index
    assert seen is not None
    assert seen.not_found == 0
    assert store.search(parse("summit")).total == 1
    store.close()


def test_an_article_indexed_with_its_base_forms_is_found_as_before(store: Store) -> None:
    old = Terms(title="item", text="two summits were held", title_bases="", text_bases="summit be hold")
    one = arrival(article("old", title="Item", text="Two summits were held."))
    store.record(poll(replace(one, terms=old)))
    assert store.search(parse("summit held"), sort="relevance").total == 1
    assert store.search(parse("holds")).total == 1
