"""The demo's own site: what newcomers are shown has to be there, whole, and broken only where it is meant to be."""

from __future__ import annotations

import io
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
from bs4 import BeautifulSoup

from demo import run, screen, show
from demo import site as demo_site
from demo.channel import SlackChannel
from demo.home import MARKER, DemoError, DemoHome
from demo.material import STATES, Outlet, outlets, pieces
from monitor.sourcelist import read_sources

# never a proxy, whatever the environment says
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def site() -> Iterator[demo_site.Site]:
    with demo_site.serve() as running:
        yield running


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, site: demo_site.Site) -> int:
    site.state = request.param
    return site.state


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with OPENER.open(asked, timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def feed_of(site: demo_site.Site, slug: str) -> feedparser.FeedParserDict:
    _, headers, body = get(f"{site.base}/{slug}/feed.xml")
    return feedparser.parse(io.BytesIO(body), response_headers={"content-type": headers["Content-Type"]})


FEEDS = {"rss2": "rss20", "rss1": "rss10", "atom": "atom10"}
READABLE = [outlet for outlet in outlets() if outlet.format in FEEDS]


def test_material_is_as_large_as_the_demo_needs() -> None:
    shown = pieces(2)
    assert {lang: sum(p.outlet.lang == lang for p in shown) for lang in ("en", "ru", "zh")} == {
        "en": 10,
        "ru": 8,
        "zh": 6,
    }
    assert all(2 <= len(p.paragraphs) <= 7 for p in shown)
    assert len({p.id for p in shown}) == len(shown) == 24
    assert {o.ownership for o in outlets()} >= {
        "official",
        "state",
        "state-funded",
        "wire",
        "independent",
        "think-tank",
    }


@pytest.mark.parametrize("outlet", READABLE, ids=lambda outlet: outlet.id)
def test_feed_is_read_without_complaint(site: demo_site.Site, state: int, outlet: Outlet) -> None:
    parsed = feed_of(site, outlet.slug)
    own = [p for p in pieces(state) if p.outlet == outlet]
    assert not parsed.bozo
    assert parsed.version == FEEDS[outlet.format]
    assert parsed.encoding == outlet.encoding
    assert [(e.title, e.link) for e in parsed.entries] == [(p.title, site.base + p.path) for p in own[::-1]]
    dates = [e.get("published_parsed") or e.updated_parsed for e in parsed.entries]
    assert [tuple(date)[:6] for date in dates] == [tuple(p.at.utctimetuple())[:6] for p in own[::-1]]
    assert all(e.summary.strip() == p.teaser for e, p in zip(parsed.entries, own[::-1], strict=True))


def test_one_feed_is_in_windows_1251(site: demo_site.Site) -> None:
    _, headers, body = get(f"{site.base}/courier/feed.xml")
    assert "charset=windows-1251" in headers["Content-Type"]
    assert "Шанхайской организации" in body.decode("windows-1251") or "ШОС" in body.decode("windows-1251")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


@pytest.mark.parametrize(
    ("slug", "status", "kind"),
    [("cut", 200, "application/rss+xml"), ("signin", 200, "text/html; charset=utf-8"), ("gone", 404, "text/plain")],
)
def test_broken_places_are_broken_as_meant(site: demo_site.Site, slug: str, status: int, kind: str) -> None:
    answered, headers, _ = get(f"{site.base}/{slug}/feed.xml")
    parsed = feed_of(site, slug)
    assert (answered, headers["Content-Type"]) == (status, kind)
    assert not parsed.entries


def test_every_link_resolves(site: demo_site.Site, state: int) -> None:
    todo, seen = [f"{site.base}/"], set()
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen.add(url)
        status, headers, body = get(url)
        assert status == 200 or url.endswith("/gone/"), url
        if status == 200 and headers["Content-Type"].startswith("text/html"):
            todo += [urljoin(url, str(a["href"])) for a in BeautifulSoup(body, "lxml").select("a[href]")]
    assert {site.base + p.path for p in pieces(state)} <= seen
    assert all(url.startswith(f"{site.base}/") for url in seen)


def test_article_page_carries_its_whole_text(site: demo_site.Site, state: int) -> None:
    for piece in pieces(state):
        _, _, body = get(site.base + piece.path)
        soup = BeautifulSoup(body, "lxml")
        assert [p.get_text() for p in soup.select("div.story-text p")] == list(piece.paragraphs)
        assert soup.html is not None
        assert soup.html["lang"] == piece.outlet.lang
        assert "Invented outlet" in soup.get_text()


def test_index_page_answers_to_its_selectors(site: demo_site.Site, state: int) -> None:
    _, _, body = get(f"{site.base}/bulletin/")
    chosen = demo_site.SELECTORS
    items = BeautifulSoup(body, "lxml").select(chosen["item"])
    own = [p for p in pieces(state) if p.outlet.format == "page"][::-1]
    found = []
    for item in items:
        link, date, summary = (item.select_one(chosen[key]) for key in ("link", "date", "summary"))
        assert link is not None
        assert date is not None
        assert summary is not None
        found.append((link["href"], link.get_text(), date["datetime"], summary.get_text()))
    assert found == [(p.path, p.title, p.at.isoformat(), p.teaser) for p in own]


def test_sources_are_what_the_project_reads(site: demo_site.Site) -> None:
    found = read_sources(site.sources(), "sources.yaml")
    assert [source.id for source in found] == [outlet.id for outlet in outlets()]
    assert all(address.url.startswith(f"{site.base}/") for source in found for address in source.addresses)
    (page,) = [source for source in found if source.kind == "page"]
    assert page.addresses[0].selectors.text == demo_site.SELECTORS["text"]


# ------------------------------------------------------------------------------------------- the two states


def test_second_state_brings_new_articles_and_one_edited() -> None:
    first, second = ({p.id: p for p in pieces(state)} for state in STATES[:2])
    new = [second[i] for i in second if i not in first]
    edited = [i for i in first if first[i] != second[i]]
    assert {p.outlet.lang for p in new} == {"en", "ru", "zh"}
    assert edited == ["youth-programme-draft"]
    assert first[edited[0]].path == second[edited[0]].path
    assert first[edited[0]].teaser != second[edited[0]].teaser


def test_third_state_brings_the_reprint_that_joins_a_told_story() -> None:
    second, third = ({p.id: p for p in pieces(state)} for state in STATES[1:])
    (new,) = [third[i] for i in third if i not in second]
    assert (new.reprint_of, third[new.reprint_of or ""].outlet.ownership) == ("sidings-tender", "wire")
    assert all(third[i] == second[i] for i in second)


def test_the_channel_of_the_demo_takes_messages_and_changes() -> None:
    channel = SlackChannel("http://127.0.0.1:9")
    first = channel.take("chat.postMessage", {"text": "Саммит"})
    assert first["ok"]
    assert channel.take("chat.update", {"ts": first["ts"], "text": "峰会"})["ok"]
    assert channel.take("chat.postMessage", {"thread_ts": first["ts"], "text": "قمة"})["ok"]
    assert channel.take("chat.update", {"ts": "1.0", "text": "x"})["error"] == "message_not_found"
    (message,) = channel.messages.values()
    assert (message.content["text"], message.changed, len(message.thread)) == ("峰会", 1, 1)


def test_unchanged_documents_are_answered_with_304(site: demo_site.Site) -> None:
    site.state = 1
    feeds = [f"{site.base}/{o.slug}/feed.xml" for o in READABLE] + [f"{site.base}/bulletin/"]
    tags = {url: get(url)[1]["ETag"] for url in feeds}
    dates = {url: get(url)[1]["Last-Modified"] for url in feeds}
    assert {get(url, If_None_Match=tag)[0] for url, tag in tags.items()} == {304}
    assert {get(url, If_Modified_Since=date)[0] for url, date in dates.items()} == {304}
    site.state = 2
    changed = {"wire", "ministry", "gazette", "evening"}
    for by, known in (("If_None_Match", tags), ("If_Modified_Since", dates)):
        fresh = {url.split("/")[3] for url, value in known.items() if get(url, **{by: value})[0] == 200}
        assert fresh == changed, by


def test_304_has_no_body_and_a_bad_date_is_ignored(site: demo_site.Site) -> None:
    url = f"{site.base}/daily/feed.xml"
    _, headers, body = get(url)
    assert int(headers["Content-Length"]) == len(body)
    assert get(url, If_None_Match=f'W/{headers["ETag"]}, "other"')[0::2] == (304, b"")
    assert get(url, If_Modified_Since="yesterday")[0] == 200
    # a tag that does not fit beats a date that would
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no state 4"):
        pieces(4)


# ------------------------------------------------------------------------------------- what the demo promises


def test_wire_story_is_reprinted_by_three_with_credit_and_once_cut() -> None:
    shown = {p.id: p for p in pieces(1)}
    copies = [p for p in shown.values() if p.reprint_of]
    original = shown["bank-working-group-calendar"]
    assert {p.reprint_of for p in copies} == {original.id}
    assert len({p.title for p in [*copies, original]}) == len(copies) + 1 == 4
    whole = len("\n\n".join(original.paragraphs))
    shares = sorted(len("\n\n".join(p.paragraphs[1:])) / whole for p in copies)
    assert shares[1:] == [1, 1]
    assert 0.5 < shares[0] <= 0.6
    assert all(original.outlet.name in p.paragraphs[0] for p in copies)
    assert original.outlet.ownership == "wire"
    assert len({p.outlet.ownership for p in copies}) == 3


@pytest.mark.parametrize(
    ("article", "shown", "not_shown"),
    [
        ("posly-v-astane", r"\bс Токаевым\b", r"\bТокаев\b"),
        ("plan-raboty-dezhurnyh-sluzhb", r"\bШаршееву\b", r"\bШаршеев\b"),
        ("uchenie-yasnaya-liniya", r"\bРАТС ШОС\b", r"Региональн"),
        ("nongchanpin-biaozhun", "来自上合组织国家", "上海合作组织"),
        ("harbour-rats-cup", r"\bRats\b.*\bXI\b", r"SCO|Shanghai|Asia|summit"),
    ],
    ids=["ru instrumental", "ru dative", "ru abbreviation", "zh inside a sentence", "en off topic"],
)
def test_names_stand_as_the_demo_needs_them(article: str, shown: str, not_shown: str) -> None:
    (piece,) = [p for p in pieces(2) if p.id == article]
    text = "\n".join((piece.title, *piece.paragraphs))
    assert re.search(shown, text, re.DOTALL)
    assert not re.search(not_shown, text)


def test_same_event_is_told_in_three_languages() -> None:
    told = [
        p for p in pieces(1) if p.id in ("clear-line-staff-drill", "uchenie-yasnaya-liniya", "qingxi-shixian-yanlian")
    ]
    figures = [set(re.findall(r"\d+", " ".join(p.paragraphs))) for p in told]
    assert {p.outlet.lang for p in told} == {"en", "ru", "zh"}
    assert set.intersection(*figures) >= {"84", "6", "40", "12", "31", "2027", "10"}


# ------------------------------------------------------------------------------------------ home and screen


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(DemoError, match="was not made by the demo"):
        DemoHome(tmp_path).make("sources: []", SlackChannel("http://127.0.0.1:9"))
    linked = tmp_path / "link"
    linked.symlink_to(tmp_path)
    with pytest.raises(DemoError, match="was not made by the demo"):
        DemoHome(linked).make("sources: []", SlackChannel("http://127.0.0.1:9"))
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["link", "thesis.txt"]


def test_own_older_home_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoHome, "run", lambda *_: "")
    home = DemoHome(tmp_path / "demo-home")
    home.make("sources: []", SlackChannel("http://127.0.0.1:9"))
    (home.path / "archive.db").write_text("old")
    home.make("sources: []", SlackChannel("http://127.0.0.1:9"))
    assert sorted(p.name for p in home.path.iterdir()) == [MARKER, "scowatch.toml", "sources.yaml"]


def test_two_demos_do_not_share_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoHome, "run", lambda *_: "")
    DemoHome(tmp_path / "demo-home").make("sources: []", SlackChannel("http://127.0.0.1:9"))
    with pytest.raises(DemoError, match="another demo is at work"):
        DemoHome(tmp_path / "demo-home").make("sources: []", SlackChannel("http://127.0.0.1:9"))


def test_settings_are_what_the_project_reads() -> None:
    from demo.home import SETTINGS
    from monitor.config.reading import read_settings

    made = SETTINGS.format(channel="C1", api="http://127.0.0.1:9/api", night="20:00-04:00")
    settings = read_settings(made, "scowatch.toml")
    assert settings.mail is None
    assert settings.fetch.allow_networks == ("127.0.0.0/8",)
    assert [(s.webhook_env, s.token_env, s.quiet_hours) for s in settings.slack] == [("", "DEMO_SLACK_TOKEN", "")]
    assert [(a.name, a.channels, a.quiet_hours) for a in settings.alerts] == [
        ("night", ("mail:analyst",), "20:00-04:00")
    ]


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("plain words", 11, "plain words"),
        ("plain words", 8, "plain w…"),
        ("Токаев", 4, "Ток…"),
        ("上合组织", 8, "上合组织"),
        ("上合组织", 7, "上合组…"),
        ("تهران", 3, "ته…"),
        ("two\nlines", 20, "two lines"),
    ],
    ids=["fits", "latin", "cyrillic", "han fits", "han", "arabic", "newline"],
)
def test_text_is_cut_to_columns(text: str, columns: int, expected: str) -> None:
    assert screen.cut(text, columns) == expected
    assert screen.width(screen.pad(text, columns)) == columns


def test_slack_message_is_shown_by_its_words() -> None:
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*<http://127.0.0.1/a|Rail &amp; road>*\nThree bids"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Wire · KZ"}, {"type": "image", "text": "`x`"}]},
        {"type": "divider"},
    ]
    assert show.slack_text({"blocks": blocks}) == ["Rail & road", "Three bids", "Wire · KZ", "x"]


def test_demo_keeps_its_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["demo", "--home", str(tmp_path / "demo-home")])
    code = run.main()
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert len(lines) <= 100
    assert max(map(screen.width, lines)) <= screen.WIDTH
    for shown in (
        "HTTP 404: not found",
        "kassym-jomart-tokayev «Токаевым»",
        "Three bids opened",
        "in its thread",
        "Held by",
        "[上合组织]",
    ):
        assert shown in out


def test_demo_says_what_did_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def play(_home: DemoHome, _site: demo_site.Site, _channel: SlackChannel, checks: run.Expectations) -> None:
        for number in range(14):
            checks.expect(number == 3, f"promise {number}")

    monkeypatch.setattr(run, "play", play)
    monkeypatch.setattr("sys.argv", ["demo", "--home", str(tmp_path / "demo-home")])
    assert run.main() == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "demo: did not hold: promise 0"
    assert told[-1] == "demo: and 1 more"
    assert not any("promise 3" in each for each in told)
