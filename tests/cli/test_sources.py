"""sources add, check, list, import and export on loopback sites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.sourcelist import read_sources
from monitor.types import Source
from tests.cli.calls import SETTINGS, Command
from tests.servers import Web, answer

NOW = datetime.now(UTC)  # commands go by the clock
LONG = "The summit of the Shanghai Cooperation Organisation opened in Bishkek on Friday. " * 9


def item(number: int, title: str, web: Web, at: datetime | None = NOW, more: str = "") -> str:
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if at else ""
    return f"<item><title>{title}</title><link>{web.url(f'/a/{number}')}</link><guid>{number}</guid>{date}{more}</item>"


def feed(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>F</title>{''.join(items)}</channel></rss>".encode()


def page(web: Web) -> None:
    """A front page with two feeds, and the article that they list."""
    links = "".join(
        f"<link rel='alternate' type='application/rss+xml' href='/{name}.xml'>" for name in ("all", "sport")
    )
    rows = "".join(f"<p><a href='/2026/11/20/{n}'>A headline of five words here {n}</a></p>" for n in range(4))
    html = f"<html lang='ru'><head><title>Новости | Кабар</title>{links}</head><body>{rows}</body></html>"
    web.routes["/"] = answer("200 OK", html.encode())
    web.routes["/all.xml"] = answer("200 OK", feed(item(1, "Саммит ШОС открылся", web), item(2, "Итоги дня", web)))
    web.routes["/sport.xml"] = answer("200 OK", feed(item(3, "Футбол: обзор тура", web)))
    article = f"<html><body><article><h1>Саммит ШОС открылся</h1><p>{LONG}</p><p>{LONG}</p></article></body></html>"
    web.routes["/a/1"] = answer("200 OK", article.encode())


def sources(scowatch: Command) -> tuple[Source, ...]:
    return read_sources((scowatch.home / "sources.yaml").read_text(encoding="utf-8"), "sources.yaml")


# ---------------------------------------------------------------------------------------------- add


def test_add_shows_what_it_found_and_takes_the_best(web: Web, scowatch: Command) -> None:
    page(web)
    (scowatch.home / "sources.yaml").write_text("# mine\nsources:\n- {id: kabar, channel: some_channel}  # first\n")
    ran = scowatch("sources", "add", web.url("/"), "--class", "state", "--country", "kg", "--group", "Agencies")
    assert ran.code == 0
    assert [line.split()[:3] for line in ran.out.splitlines()[1:4]] == [
        ["1", "feed", "2"],
        ["2", "feed", "1"],
        ["3", "page", "4"],
    ]
    assert "Саммит ШОС открылся" in ran.out
    text = (scowatch.home / "sources.yaml").read_text(encoding="utf-8")
    assert text.startswith("# mine\nsources:\n- {id: kabar, channel: some_channel}  # first\n")
    added = sources(scowatch)[1]
    assert (added.name, added.kind, added.addresses[0].url) == ("Кабар", "feed", web.url("/all.xml"))
    assert (added.ownership, added.country, added.languages, added.group) == ("state", "kg", ("ru",), ("Agencies",))
    assert f"added as {added.id} " in ran.err
    assert scowatch("check").code == 0


def test_add_takes_what_was_picked_under_a_name_and_id(web: Web, scowatch: Command) -> None:
    page(web)
    assert scowatch("sources", "add", web.url("/"), "--pick", "3", "--id", "kabar-page", "--name", "K").code == 0
    (added,) = sources(scowatch)
    assert (added.id, added.name, added.kind, added.addresses[0].url) == ("kabar-page", "K", "page", web.url("/"))


def test_add_can_only_look(web: Web, scowatch: Command) -> None:
    page(web)
    assert "/sport.xml" in scowatch("sources", "add", web.url("/"), "--look").out
    assert sources(scowatch) == ()


def test_add_refuses_what_is_read_already(web: Web, scowatch: Command) -> None:
    page(web)
    scowatch("sources", "add", web.url("/"), "--id", "kabar")
    again = scowatch("sources", "add", web.url("/"))
    assert (again.code, len(sources(scowatch))) == (2, 1)
    assert "read already, by the source kabar" in again.err
    assert "kabar" in again.out.splitlines()[1].split()


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        pytest.param(["/", "--id", "Ā b"], 2, "--id", id="an id that cannot be"),
        pytest.param(["/", "--country", "Kyrgyzstan"], 2, "two small letters", id="a country by name"),
        pytest.param(["/", "--class", "free"], 2, "think-tank", id="an unknown class"),
        pytest.param(["/", "--pick", "9"], 2, "only 3 were found", id="beyond what was found"),
        pytest.param(["/gone"], 1, "HTTP 404: not found", id="nothing there"),
        pytest.param(["/empty.xml"], 1, "lists nothing", id="an empty feed"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    arguments: list[str], code: int, part: str, web: Web, scowatch: Command
) -> None:
    page(web)
    web.routes["/empty.xml"] = answer("200 OK", feed())
    ran = scowatch("sources", "add", web.url(arguments[0]), *arguments[1:])
    assert ran.code == code
    assert part in ran.err
    assert sources(scowatch) == ()


def test_add_contacts_no_private_address_without_leave(web: Web, scowatch: Command) -> None:
    page(web)
    (scowatch.home / "scowatch.toml").write_text("")
    ran = scowatch("sources", "add", web.url("/"))
    assert (ran.code, web.asked) == (1, [])
    assert "allow_networks" in ran.err


# ---------------------------------------------------------------------------------------------- check


def test_check_shows_what_would_be_kept_and_what_not(web: Web, scowatch: Command) -> None:
    page(web)
    old = NOW - timedelta(days=40)
    rows = [
        item(1, "The Shanghai Cooperation Organisation meets", web, old),
        item(2, "Football", web, None),
        item(2, "Football", web, None),
        item(3, "", web, old, "<description></description>"),
    ]
    web.routes["/list.xml"] = answer("200 OK", feed(*rows))
    block = f"- {{id: x, ownership: state, feeds: [{{url: '{web.url('/list.xml')}'}}]}}\n"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n{block}")
    shown = scowatch("sources", "check", "x").out
    assert "pages that would be read: 2 of 3 (fulltext: tagged)" in shown
    assert "1 of 3 items without a date" in shown
    assert "1 of 3 items without a headline" in shown
    assert "the newest item is 40 days old" in shown
    assert "first article:" in shown
    assert LONG[:60] in shown
    (record,) = scowatch("sources", "check", "x", "--json").json()
    assert (record["items"], record["pages"], record["outcome"]) == (3, 2, "ok")
    assert record["first"]["title"] == "The Shanghai Cooperation Organisation meets"
    assert scowatch("export").out == ""


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["for people", "JSON"])
def test_check_fails_when_nothing_can_be_read_and_only_then(form: tuple[str, ...], web: Web, scowatch: Command) -> None:
    web.routes["/list.xml"] = answer("200 OK", feed(item(1, "Football", web, None)))
    both = f"{{url: '{web.url('/gone.xml')}'}}, {{url: '{web.url('/list.xml')}'}}"
    gone = f"- {{id: gone, feeds: [{{url: '{web.url('/gone.xml')}'}}]}}\n- {{id: none, kind: page}}\n"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n- {{id: both, feeds: [{both}]}}\n{gone}")
    ran = scowatch("sources", "check", "both", *form)
    assert (ran.code, ran.err) == (0, "")
    ran = scowatch("sources", "check", "gone", *form)
    assert (ran.code, ran.err) == (1, "scowatch: nothing of gone can be read: permanent: HTTP 404: not found\n")
    assert "HTTP 404" in ran.out
    assert "it has no address" in scowatch("sources", "check", "none", *form).err
    hints = [line for line in scowatch("check").err.splitlines() if "no address" in line]
    assert hints == [f"hint: {scowatch.home / 'sources.yaml'}: none has no address, so it is never read"]


def test_check_and_collect_read_the_parts_of_a_list(web: Web, scowatch: Command) -> None:
    def rows(start: int, following: str) -> bytes:
        links = "".join(f"<li><a href='/n/{n}'>Headline {n}</a></li>" for n in range(start, start + 2))
        return f"<html><body><ul>{links}</ul>{following}</body></html>".encode()

    web.routes["/news"] = answer("200 OK", rows(1, "<a rel=next href='/news/2'>2</a>"))
    web.routes["/news/2"] = answer("200 OK", rows(3, ""))
    entry = f"<url><loc>{web.url('/n/1')}</loc><lastmod>{NOW:%Y-%m-%d}</lastmod></url>"
    index = f"<sitemapindex><sitemap><loc>{web.url('/part.xml')}</loc></sitemap></sitemapindex>"
    web.routes["/index.xml"] = answer("200 OK", index.encode())
    web.routes["/part.xml"] = answer("200 OK", f"<urlset>{entry}</urlset>".encode())
    (scowatch.home / "sources.yaml").write_text(f"""sources:
- id: paged
  kind: page
  index_pages: [{{url: '{web.url("/news")}', pages: 2, selectors: {{item: li}}}}]
- id: map
  kind: sitemap
  sitemaps: [{{url: '{web.url("/index.xml")}'}}]
""")
    assert "4 items" in scowatch("sources", "check", "paged").out
    report = scowatch("collect", "--json").json()
    assert (report["sources"]["ok"], report["articles"]["seen"], report["failures"]) == (2, 5, [])
    shown = scowatch("sources", "check", "map").out
    assert "1 item\n" in shown
    assert "pages that would be read: 1 of 1" in shown


# ---------------------------------------------------------------------------------------------- in, out, list


def test_mailboxes_stay_at_home_and_their_secrets_are_checked(
    scowatch: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = "{host: mail.example, username_env: BOX_USER, password_env: BOX_PASSWORD}"
    (scowatch.home / "sources.yaml").write_text(f"sources:\n- {{id: box, kind: mailbox, mailboxes: [{block}]}}\n")
    ran = scowatch("sources", "export")
    assert "mail.example" not in ran.out
    assert "1 mailbox left out" in ran.err
    assert "mail.example" in scowatch("sources", "export", "--format", "yaml").out
    (scowatch.home.parent / "list.yaml").write_text(scowatch("sources", "export", "--format", "yaml").out)
    (scowatch.home / "sources.yaml").write_text("sources:\n")
    assert "1 mailbox left out" in scowatch("sources", "import", "list.yaml").err
    assert sources(scowatch) == ()
    assert "1 source added" in scowatch("sources", "import", "list.yaml", "--with-mailboxes").err
    told = "\n".join(scowatch.refused("check"))
    assert "BOX_USER is not set" in told
    assert "BOX_PASSWORD is not set" in told
    monkeypatch.setenv("BOX_USER", "u")
    monkeypatch.setenv("BOX_PASSWORD", "p")
    assert scowatch("check").code == 0


def test_an_import_adds_only_the_addresses_that_are_new(scowatch: Command, tmp_path: Path) -> None:
    (scowatch.home / "sources.yaml").write_text("sources:\n- {id: a, feeds: [{url: 'https://a.example/1'}]}\n")
    other = Command(tmp_path / "other")
    other("init", "--empty")
    (other.home / "scowatch.toml").write_text(SETTINGS)
    two = "[{url: 'https://a.example/1'}, {url: 'https://a.example/2'}]"
    (other.home / "sources.yaml").write_text(f"sources:\n- {{id: a, name: A, group: [Т, 上], feeds: {two}}}\n")
    (tmp_path / "out.opml").write_text(other("sources", "export").out)
    assert scowatch("sources", "import", "out.opml").err == "1 source added, 0 known already\n"
    added = sources(scowatch)[1]
    assert (added.id, added.group, [a.url for a in added.addresses]) == ("a-2", ("Т", "上"), ["https://a.example/2"])
    assert scowatch("sources", "import", "out.opml").err == "0 sources added, 1 known already\n"


def test_an_import_names_what_it_does_not_take(scowatch: Command, tmp_path: Path) -> None:
    urls = ["http://10.1.2.3/a", "javascript:alert(1)", "https://reader:s3cret@b.example/", "https://a.example/feed"]
    lines = "".join(f'<outline text="x" xmlUrl="{url}"/>' for url in urls)
    (tmp_path / "in.opml").write_text(f"<opml><body>{lines}</body></opml>")
    ran = scowatch("sources", "import", "in.opml")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "not taken: http://10.1.2.3/a: address 10.1.2.3 is private and not allowed by [fetch] allow_networks",
        "not taken: javascript:alert(1): only http and https URLs are fetched",
        "not taken: https://…@b.example/: URL has a user name in it",
        "1 source added, 0 known already, 3 addresses not taken",
    ]
    assert [a.url for source in sources(scowatch) for a in source.addresses] == ["https://a.example/feed"]
    text = "sources:\n- {id: p, feeds: [{url: 'http://10.1.2.3/a'}, {url: 'https://p.example/'}]}\n"
    (tmp_path / "in.yaml").write_text(text + "- {id: q, feeds: [{url: 'http://192.168.0.1/'}]}\n")
    ran = scowatch("sources", "import", "in.yaml")
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "1 source added, 0 known already, 2 addresses not taken")
    assert [a.url for a in sources(scowatch)[-1].addresses] == ["https://p.example/"]


def test_list_shows_kind_and_state(web: Web, scowatch: Command) -> None:
    page(web)
    web.routes["/s/desk"] = answer("200 OK", b"<html><body>nothing</body></html>")
    (scowatch.home / "sources.yaml").write_text(f"""sources:
- {{id: good, feeds: [{{url: '{web.url("/all.xml")}'}}]}}
- {{id: channel, kind: telegram, channels: [{{url: '{web.url("/s/desk")}'}}]}}
""")
    scowatch("collect", "--no-fulltext")
    rows = {row["id"]: row for row in scowatch("sources", "list", "--json").json()}
    assert (rows["good"]["state"], rows["good"]["articles"]) == ("ok", 2)
    assert rows["channel"]["state"] == "failing 1×"
    assert "shows no preview" in rows["channel"]["error"]
    assert scowatch("sources", "list").out.splitlines()[2].split()[:2] == ["channel", "telegram"]
