"""Entries are known again by what names them, whatever else the publisher does."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.listed import content_hash, listed
from monitor.types import Entry

ONE = Entry(guid="g1", url="https://a.example/1", title="Саммит в Бишкеке", summary="Первый день")
TWO = Entry(guid="g2", url="https://a.example/2", title="上合组织峰会", summary="第二天")


def keys(*entries: Entry) -> list[str]:
    return [item.key for item in listed(entries)]


def test_an_edit_keeps_the_key_and_changes_the_hash() -> None:
    before, after = listed([ONE])[0], listed([replace(ONE, title="Саммит завершён", url="https://a.example/1b")])[0]
    assert before.key == after.key
    assert before.hash != after.hash


def test_without_an_id_the_link_names_the_entry_and_tracking_does_not_matter() -> None:
    plain = replace(ONE, guid=None)
    assert keys(plain) == keys(replace(plain, url="https://a.example/1?utm_source=rss"))


def test_an_id_that_all_share_names_nobody() -> None:
    same = [replace(ONE, guid="feed"), replace(TWO, guid="feed")]
    items = listed(same)
    assert len({item.key for item in items}) == 2
    assert all(item.guid is None for item in items)
    assert {item.canonical_url for item in items} == {"https://a.example/1", "https://a.example/2"}


def test_a_link_that_all_share_names_nobody() -> None:
    front = [replace(ONE, guid=None, url="https://a.example/"), replace(TWO, guid=None, url="https://a.example/")]
    items = listed(front)
    assert len({item.key for item in items}) == 2
    assert all(item.canonical_url is None for item in items)


def test_entries_without_id_and_link_are_told_apart_by_title() -> None:
    assert len(set(keys(replace(ONE, guid=None, url=None), replace(TWO, guid=None, url=None)))) == 2


def test_an_item_that_is_listed_twice_counts_once() -> None:
    items = listed([ONE, ONE, TWO])
    assert [item.entry.title for item in items] == [ONE.title, TWO.title]
    assert items[0].guid == "g1"


def test_white_space_is_no_edit_of_an_article() -> None:
    assert content_hash("A  title", "one\n two") == content_hash("A title", "one two")
    assert content_hash("A title", "one two") != content_hash("A title", "one 2")


@given(st.text(st.sampled_from("ab \n\t\r\x0b\xa0\u2028\u3000\u200b\x1f\x85字ё")))
def test_white_space_of_any_kind_makes_no_other_version(text: str) -> None:
    assert content_hash("", text) == content_hash("", " ".join(text.split()))
