"""Sources kept beside their list: the same as out of the list, and never those of another state of it."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from monitor import storedlist
from monitor.home import Home, add_sources, make_home
from monitor.query import meaning, vocabulary
from monitor.sourcelist import read_sources

PACK = (resources.files("monitor") / "packs" / "sco" / "sources.yaml").read_text(encoding="utf-8")
EVERY_KIND = """
sources:
- {id: feed, kind: feed, languages: [ru, kk], every_minutes: 30, feeds: [{url: 'https://a.example/rss', lang: ru}]}
- id: page
  kind: page
  robots: ignore
  robots_reason: we were asked to
  group: [Центр, 机构]
  index_pages: [{url: 'https://p.example/n', pages: 3, selectors: {item: li.news, date: time}}]
- {id: map, kind: sitemap, sitemaps: [{url: 'https://s.example/news.xml'}]}
- {id: channel, kind: telegram, channel: example}
- {id: letters, kind: mailbox, mailboxes: [{host: imap.example.org, username_env: U, password_env: P}]}
- {id: answers, kind: api, endpoints: [{url: 'https://api.example/x', paths: {items: data, next: more}}]}
"""


@pytest.mark.parametrize("text", [PACK, EVERY_KIND], ids=["the pack", "every kind"])
def test_what_is_kept_is_what_was_read(text: str) -> None:
    sources = read_sources(text, "sources.yaml")
    assert storedlist.loads(storedlist.dumps(sources)) == sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text(EVERY_KIND, encoding="utf-8")
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return sorted((folder / ".cache").glob("sources-*.json"))


def test_the_second_start_reads_no_yaml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Home(folder).sources
    monkeypatch.setattr("monitor.sourcelist.read_sources", lambda *_: pytest.fail("read again"))
    assert Home(folder).sources == first


def test_a_list_that_a_command_wrote_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "scowatch.toml").touch()
    home = Home(folder)
    new = replace(home.sources[0], id="added", name="Added")
    add_sources(home, (new,))
    assert [source.id for source in home.sources][-2:] == ["answers", "added"]
    monkeypatch.setattr("monitor.sourcelist.read_sources", lambda *_: pytest.fail("read again"))
    assert Home(folder).sources == home.sources
    assert len(kept(folder)) == 1


def test_another_state_of_the_list_takes_the_place_of_the_older_one(folder: Path) -> None:
    before = Home(folder).sources
    (folder / "sources.yaml").write_text(EVERY_KIND.replace("every_minutes: 30", "every_minutes: 60"), encoding="utf-8")
    after = Home(folder).sources
    assert [s.id for s in after] == [s.id for s in before]
    assert after != before
    assert len(kept(folder)) == 1


@pytest.mark.parametrize("damage", ["", "[{", '[{"id": "feed"}]', "7", "[[]]"])
def test_a_damaged_file_is_as_good_as_none(folder: Path, damage: str) -> None:
    sources = Home(folder).sources
    (file,) = kept(folder)
    file.write_text(damage, encoding="utf-8")
    assert Home(folder).sources == sources
    assert storedlist.loads(file.read_text(encoding="utf-8")) == sources


def test_a_list_with_a_fault_is_not_kept(folder: Path) -> None:
    from monitor.errors import ConfigError

    (folder / "sources.yaml").write_text("sources:\n- {id: x, kind: nothing}\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ConfigError):
            _ = Home(folder).sources
    assert kept(folder) == []


def test_the_words_of_stories_come_back_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "scowatch.toml").write_text("", encoding="utf-8")
    made = Home(tmp_path).story_words
    (kept,) = (tmp_path / ".cache").glob("storywords-*.json")
    assert Home(tmp_path).story_words == made
    for text in ("[2, {}]", "[1, {}, {}, {}]", "[2, {}, [], [1, 2, 3], {}]"):
        kept.write_text(text, encoding="utf-8")
        assert Home(tmp_path).story_words == made  # a file that is not whole, or of another form, is made anew


def test_the_words_of_stories_are_made_anew_with_another_dictionary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scowatch.toml").write_text("", encoding="utf-8")
    assert Home(tmp_path).story_words.names
    before = list((tmp_path / ".cache").glob("storywords-*.json"))
    monkeypatch.setattr("pymorphy3_dicts_ru.__version__", "another")
    assert Home(tmp_path).story_words.names
    assert list((tmp_path / ".cache").glob("storywords-*.json")) != before


# ---------------------------------------------------------------------------------------------- what fields mean

SOURCES = "sources:\n- {id: a, country: kz, ownership: official, feeds: [{url: 'https://a.example/f'}]}\n"


def test_what_fields_mean_is_kept_for_this_state_of_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_home(tmp_path)
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    home = Home(tmp_path)
    made = home.vocabulary
    assert made == vocabulary(home.sources, home.watchlist.entries)
    assert made.sources_by_country == {"kz": ("a",)}
    with monkeypatch.context() as nothing:
        nothing.setattr("monitor.query.meaning.vocabulary", None)
        assert Home(tmp_path).vocabulary == made
    (tmp_path / "sources.yaml").write_text(SOURCES.replace("kz", "uz"), encoding="utf-8")
    assert Home(tmp_path).vocabulary.sources_by_country == {"uz": ("a",)}
    assert len(list((tmp_path / ".cache").glob("vocabulary-*"))) == 1


@pytest.mark.parametrize("text", ["", "[]", "{", '{"children": 3}', '{"nobody": {}}'])
def test_what_is_not_whole_is_made_anew(text: str) -> None:
    assert meaning.loads(text) is None
