"""sources.yaml: what is read, and what is said about what cannot be."""

from __future__ import annotations

from importlib import resources

import pytest

from monitor.blocks import channel_url
from monitor.errors import ConfigError
from monitor.sourcelist import read_sources, to_yaml


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read_sources(text, "sources.yaml")
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_the_pack_is_read_whole() -> None:
    text = (resources.files("monitor") / "packs" / "sco" / "sources.yaml").read_text(encoding="utf-8")
    sources = read_sources(text, "sources.yaml")
    assert len(sources) == text.count("\n- id: ")
    assert all(source.addresses and source.ownership and source.country for source in sources)


def test_what_is_polled_follows_the_kind_and_leaves_dead_addresses_out() -> None:
    text = """
sources:
- id: agency
  kind: feed
  feeds:
  - {url: 'https://a.example/rss', lang: ru}
  - {url: 'https://a.example/old', grade: dead}
  index_pages: [{url: 'https://a.example/'}]
- id: ministry
  kind: page
  feeds: [{url: 'https://m.example/rss'}]
  index_pages: [{url: 'https://m.example/news', selectors: {item: li.news, date: time}}]
- id: office
  kind: page
  feeds: [{url: 'https://o.example/rss'}]
"""
    agency, ministry, office = read_sources(text, "sources.yaml")
    assert [a.url for a in agency.addresses] == ["https://a.example/rss"]
    assert ministry.kind == "page"
    assert ministry.addresses[0].selectors.item == "li.news"
    assert (office.kind, office.addresses[0].url) == ("feed", "https://o.example/rss")


def test_written_sources_read_back_equal() -> None:
    text = (resources.files("monitor") / "packs" / "sco" / "sources.yaml").read_text(encoding="utf-8")
    sources = read_sources(text, "sources.yaml")
    again = read_sources("sources:\n" + to_yaml(sources), "again.yaml")
    assert [(s.id, s.kind, s.addresses, s.country, s.languages) for s in again] == [
        (s.id, s.kind, s.addresses, s.country, s.languages) for s in sources
    ]


@pytest.mark.parametrize("text", ["", "sources:\n", "sources: []\n", "# nothing yet\n"])
def test_a_list_without_sources_is_empty(text: str) -> None:
    assert read_sources(text, "sources.yaml") == ()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param("sources:\n- name: no id\n", 2, "needs an `id`", id="no id"),
        pytest.param("sources:\n- id: a\n- id: a\n", 3, "already on line 2", id="an id twice"),
        pytest.param("sources:\n- id: Ā b\n", 2, "a-z", id="an id of other letters"),
        pytest.param("sources:\n- id: a\n  kind: rss\n", 3, "feed, page", id="unknown kind"),
        pytest.param("sources:\n- id: a\n  ownership: free\n", 3, "official", id="unknown class"),
        pytest.param("sources:\n- id: a\n  priority: 9\n", 3, "1 to 3", id="priority"),
        pytest.param("sources:\n- id: a\n  country: no\n", 3, "quotes", id="norway is not false"),
        pytest.param("sources:\n- id: a\n  feeds: [{url: 'file:///etc/passwd'}]\n", 3, "http", id="a file"),
        pytest.param('sources:\n- id: a\n  feeds: [{url: "https://a.example/x\\ny"}]\n', 3, "http", id="line end"),
        pytest.param("sources:\n- id: a\n  feeds: ['https://a.example/']\n", 3, "blocks", id="bare address"),
        pytest.param("sources:\n- id: a\n  feed: []\n", 3, "did you mean `feeds`", id="misspelt key"),
        pytest.param("sources:\n- id: a\n  fulltext: maybe\n", 3, "neither", id="flag"),
        pytest.param("sources:\n- id: a\n  robots: ignore\n", 3, "robots_reason", id="robots-without-a-reason"),
        pytest.param("sources:\n- just text\n", 2, "not a source", id="a text"),
        pytest.param("- id: a\n", 1, "`sources:`", id="no list"),
        pytest.param("sources:\n- id: a\n  id: b\n", 3, "stands twice", id="a key twice"),
        pytest.param("sources: [\n", 2, "not YAML", id="not YAML"),
        pytest.param("sources:\n- id: a\n  channel: a b\n", 3, "public Telegram channel", id="no channel"),
        pytest.param("sources:\n- id: a\n  channels: [{name: x}]\n", 3, "five to 32", id="a channel too short"),
        pytest.param("sources:\n- id: a\n  mailboxes: [{host: 'a b'}]\n", 3, "mail server", id="no mail server"),
        pytest.param("sources:\n- id: a\n  mailboxes: [{host: a.b}]\n", 3, "username_env", id="no account"),
        pytest.param(
            "sources:\n- id: a\n  mailboxes:\n  - {host: a.b, username_env: A, password_env: 'p w'}\n",
            4,
            "environment variable",
            id="a password in place of a name",
        ),
        pytest.param(
            "sources:\n- id: a\n  mailboxes:\n  - {host: a.b, security: ssl, username_env: A, password_env: B}\n",
            4,
            "starttls",
            id="unknown security",
        ),
        pytest.param("sources:\n- id: a\n  endpoints: [{preset: gdlt}]\n", 3, "gdelt, wordpress", id="unknown preset"),
        pytest.param("sources:\n- id: a\n  endpoints: [{preset: gdelt}]\n", 3, "needs `query`", id="no query"),
        pytest.param(
            "sources:\n- id: a\n  endpoints: [{preset: wordpress, site: a/b}]\n", 3, "not a host", id="no host"
        ),
        pytest.param(
            "sources:\n- id: a\n  endpoints: [{url: 'https://a.b', paths: {items: 'a[0]'}}]\n", 3, "dots", id="path"
        ),
        pytest.param(
            "sources:\n- id: a\n  endpoints: [{url: 'https://a.b', paths: {tile: x}}]\n", 3, "title", id="key"
        ),
        pytest.param("sources:\n- id: a\n  endpoints: [{url: 'imaps://a.b'}]\n", 3, "http", id="another scheme"),
        pytest.param("sources:\n- id: a\n  sitemaps: [{url: 'file:///x'}]\n", 3, "http", id="a file as sitemap"),
        pytest.param("sources:\n- id: a\n  index_pages: [{url: 'https://a.b', pages: 99}]\n", 3, "1 to 20", id="pages"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, part: str) -> None:
    found = problems(text)
    assert any(at == line and part in message for at, message in found), found


def test_all_problems_are_told_at_once() -> None:
    text = "sources:\n- id: a\n  kind: x\n- id: b\n  priority: 0\n- id: a\n"
    assert {line for line, _ in problems(text)} == {3, 5, 6}


def test_each_kind_is_read_from_blocks_that_say_only_what_is_needed() -> None:
    text = """
sources:
- {id: map, kind: sitemap, sitemaps: [{url: 'https://a.example/s.xml'}]}
- {id: old-map, kind: sitemap, feeds: [{url: 'https://a.example/s.xml'}]}
- {id: channel, kind: telegram, channel: '@desk_news'}
- {id: box, kind: mailbox, mailboxes: [{host: Mail.Example, folder: 'Рассылки ШОС', from: a@b.example,
   username_env: BOX_USER, password_env: BOX_PASSWORD}]}
- {id: plain-box, kind: mailbox, fulltext: always, mailboxes: [{host: '[::1]', port: 1143, security: none,
   username_env: BOX_USER, password_env: BOX_PASSWORD}]}
- {id: search, kind: api, group: Press, endpoints: [{preset: gdelt, query: '"Шанхай & Co"', lang: ru}]}
"""
    found = read_sources(text, "sources.yaml")
    assert [(s.kind, s.addresses[0].url, s.fulltext) for s in found[:5]] == [
        ("sitemap", "https://a.example/s.xml", None),
        ("sitemap", "https://a.example/s.xml", None),
        ("telegram", "https://t.me/s/desk_news", "never"),
        (
            "mailbox",
            "imaps://mail.example:993/%D0%A0%D0%B0%D1%81%D1%81%D1%8B%D0%BB%D0%BA%D0%B8%20%D0%A8%D0%9E%D0%A1?from=a%40b.example",
            "never",
        ),
        ("mailbox", "imap+plain://[::1]:1143/INBOX", "always"),
    ]
    search = found[5]
    assert "query=%22%D0%A8%D0%B0%D0%BD%D1%85%D0%B0%D0%B9%20%26%20Co%22&" in search.addresses[0].url
    assert search.addresses[0].paths is not None
    assert search.group == ("Press",)
    assert read_sources("sources:\n" + to_yaml(found), "again") == found


@pytest.mark.parametrize("name", ["desk_news", "@desk_news", "t.me/desk_news", "https://t.me/s/desk_news/"])
def test_a_channel_may_be_written_as_people_do(name: str) -> None:
    assert channel_url(name) == "https://t.me/s/desk_news"
