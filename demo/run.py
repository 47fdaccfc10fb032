"""The demo: `python -m demo.run`. No network, about ten seconds, everything stays in demo-home/.

It serves a site of invented outlets on loopback, lets the project's own commands read it three times, and shows what
came of it: what was read, what was found, the digest, the Slack message as it is changed when another outlet joins, an
alert that quiet hours hold, three searches. Ends with 1 when something that scowatch should have found was not found.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import show
from demo.channel import SlackChannel, serve_channel
from demo.home import ROOT, DemoError, DemoHome
from demo.material import outlets, pieces
from demo.site import Site, serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search that is shown, and what has to be among its answers."""

    query: str
    explained: str
    #: Ids of pieces that must be among the answers.
    expected: frozenset[str]


SEARCHES = (
    Search(
        query="Токаев",
        explained="a Russian word in any of its forms: the article only says «с Токаевым»",
        expected=frozenset({"posly-v-astane"}),
    ),
    Search(
        query="上合组织",
        explained="Chinese has no spaces between words: any run of characters is found",
        expected=frozenset({"nongchanpin-biaozhun"}),
    ),
    Search(
        query="tag:sco-rats since:2026-11-10",
        explained="a tag stands for every name of a thing, in every language",
        expected=frozenset(
            {
                "clear-line-staff-drill",
                "uchenie-yasnaya-liniya",
                "qingxi-shixian-yanlian",
                "plan-raboty-dezhurnyh-sluzhb",
            }
        ),
    ),
)

#: Tags that these articles have to carry; none at all for the cup final.
TAGS: Mapping[str, frozenset[str]] = {
    "bank-working-group-calendar": frozenset({"sco-development-bank", "sco"}),
    "posly-v-astane": frozenset({"kassym-jomart-tokayev", "sco"}),
    "plan-raboty-dezhurnyh-sluzhb": frozenset({"ularbek-sharsheev", "sco"}),
    "uchenie-yasnaya-liniya": frozenset({"sco-rats", "ularbek-sharsheev"}),
    "nongchanpin-biaozhun": frozenset({"sco"}),
    "qingxi-shixian-yanlian": frozenset({"sco-rats", "ularbek-sharsheev"}),
    "harbour-rats-cup": frozenset(),
}


#: The wire's text that others reprint.
REPRINTED = "bank-working-group-calendar"
#: Of the headline that the second pass brings and a newspaper prints the text of.
SIDINGS = "sidings on the China-Kyrgyzstan-Uzbekistan"
SHOWN_AT_MOST = 12


class Expectations:
    """What the demo promises; what does not hold is told at the end, and the demo ends with 1."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def expect(self, holds: bool, promise: str) -> None:
        if not holds:
            self.broken.append(promise)


def main() -> int:
    """The exit code: 0, or 1 when the demo could not show what it promises."""
    options = _options()
    started = time.monotonic()
    checks, failed = Expectations(), False
    try:
        with serve(options.port) as site, serve_channel() as channel:
            play(DemoHome(options.home.resolve()), site, channel, checks)
            show.end(options.home, time.monotonic() - started)
            if options.stay:
                _stay(site)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        failed = True
    except OSError as error:
        print(f"demo: {error.strerror}: {error.filename or f'port {options.port}'}", file=sys.stderr)
        failed = True
    except KeyboardInterrupt:
        return 130
    for promise in checks.broken[:SHOWN_AT_MOST]:
        print(f"demo: did not hold: {promise}", file=sys.stderr)
    if len(checks.broken) > SHOWN_AT_MOST:
        print(f"demo: and {len(checks.broken) - SHOWN_AT_MOST} more", file=sys.stderr)
    return 1 if checks.broken or failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description="Shows what scowatch does, on a site of its own.")
    parser.add_argument("--home", type=Path, default=ROOT / "demo-home", help="where it works (default: demo-home)")
    parser.add_argument("--port", type=int, default=0, help="of the site on 127.0.0.1 (default: any free one)")
    parser.add_argument("--stay", action="store_true", help="keep the site up until Ctrl-C, so that links work")
    return parser.parse_args()


def play(home: DemoHome, site: Site, channel: SlackChannel, checks: Expectations) -> None:
    """The whole demo, printed as it goes. Raises: DemoError."""
    show.begin(site)
    home.make(site.sources(), channel)
    _read_twice(home, site, checks)
    home.run("deliver")
    posted = {number: message.content for number, message in channel.messages.items()}
    _read_again(home, site, checks)
    home.run("deliver")
    articles = _articles(home, site)
    _found(home, articles, checks)
    _told_by_mail(home, articles, checks)
    _told_in_slack(channel, posted, checks)
    _held(home, checks)
    for search in SEARCHES:
        _searched(home, articles, search, checks)


def _read_twice(home: DemoHome, site: Site, checks: Expectations) -> None:
    first = home.json("collect", "--all")
    show.first_pass(first)
    broken = {outlet.id for outlet in outlets() if outlet.broken}
    good = len(outlets()) - len(broken)
    checks.expect(first["sources"]["ok"] == good, f"{good} of the outlets can be read at the first pass")
    _only_broken_fail(first, broken, checks)
    checks.expect(first["articles"]["new"] == len(pieces(1)), f"the first pass brings {len(pieces(1))} new articles")

    site.state = 2
    second = home.json("collect", "--all")
    show.second_pass(second)
    new = len(pieces(2)) - len(pieces(1))
    _only_broken_fail(second, broken, checks)
    checks.expect(second["articles"]["new"] == new, f"the second pass brings {new} new articles")
    checks.expect(second["articles"]["updated"] == 1, "the second pass brings a new version of one article")
    checks.expect(second["sources"]["not_modified"] == 4, "four outlets answer that nothing has changed (304)")


def _read_again(home: DemoHome, site: Site, checks: Expectations) -> None:
    site.state = 3
    third = home.json("collect", "--all")
    show.third_pass(third)
    new = len(pieces(3)) - len(pieces(2))
    checks.expect(third["articles"]["new"] == new, f"the third pass brings {new} new article")


def _only_broken_fail(report: Mapping[str, Any], broken: set[str], checks: Expectations) -> None:
    others = [f"{f['source']}: {f['error']}" for f in report["failures"] if f["source"] not in broken]
    checks.expect(not others, f"only the broken outlets cannot be read, but: {'; '.join(others)}")
    silent = broken - {f["source"] for f in report["failures"]}
    checks.expect(not silent, f"broken outlets are reported, but {sorted(silent)} were not")


def _articles(home: DemoHome, site: Site) -> dict[str, Any]:
    """What lies in the archive, by the id of the piece."""
    ids = {site.base + piece.path: piece.id for piece in pieces(3)}
    rows = home.json_lines("export", "--format", "jsonl")
    return {ids.get(row["url"], row["url"]): row for row in rows}


def _found(home: DemoHome, articles: Mapping[str, Any], checks: Expectations) -> None:
    for piece in pieces(3):
        checks.expect(piece.id in articles, f"{piece.id} is in the archive")
        end, text = piece.paragraphs[-1][-30:], articles.get(piece.id, {}).get("text", "")
        if TAGS.get(piece.id, True):
            checks.expect(end in text, f"{piece.id} is there with its whole text")
        else:  # of a general outlet, and not on the watchlist: its page is not asked for
            checks.expect(bool(text) and end not in text, f"{piece.id} is there with its teaser")
    for article_id, expected in TAGS.items():
        tags = set(articles.get(article_id, {}).get("tags", ()))
        fits = expected <= tags if expected else not tags
        checks.expect(fits, f"{article_id} is tagged {sorted(expected) or 'with nothing'}, not {sorted(tags)}")
    edited = articles.get("youth-programme-draft", {})
    checks.expect(edited.get("versions") == 2, "both versions of the edited article are kept")
    show.found(articles, _matched_words(home, articles), list(TAGS))
    _reprinted(home, articles, checks)


def _reprinted(home: DemoHome, articles: Mapping[str, Any], checks: Expectations) -> None:
    """The wire's text that three outlets print under headlines of their own: one origin, however many carry it."""
    original = articles.get(REPRINTED, {})
    story = home.json("story", str(original.get("story_id", 0)))
    copies = {piece.id for piece in pieces(3) if piece.reprint_of == REPRINTED}
    members = {member["id"] for member in story["members"]}
    mine = {articles[name]["id"] for name in (REPRINTED, *copies) if name in articles}
    checks.expect(members == mine, f"the story of {REPRINTED} is its {len(copies)} reprints and nothing else")
    names = [origin["name"] for origin in story["origins"]]
    checks.expect(names == ["Meridian Sixty Wire"], f"the story has one origin, the wire, not {names}")
    kinds = [carrier["kind"] for carrier in story["carriers"]]
    checks.expect(kinds[0] == "self", "the wire's own article is the first")
    checks.expect("self" not in kinds[1:], "no reprint counts as an outlet's own text")
    show.story(story)


def _matched_words(home: DemoHome, articles: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By article and tag: the words that stand in the text, as found by `tag`."""
    keys = ("title", "text", "lang")
    asked = {name: {"id": name} | {k: row[k] for k in keys} for name, row in articles.items() if name in TAGS}
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in asked.values())
    found: dict[str, dict[str, str]] = {}
    for answer in home.json_lines("tag", "--jsonl", text=lines):
        words = found.setdefault(answer["id"], {})
        for tag in answer["tags"]:
            words.setdefault(tag["id"], asked[answer["id"]][tag["field"]][tag["start"] : tag["end"]])
    return found


def _told_by_mail(home: DemoHome, articles: Mapping[str, Any], checks: Expectations) -> None:
    preview = home.json_document("digest", "preview", "--recipient", "analyst", "--format", "json")
    home.run("digest", "send", "--recipient", "analyst")
    home.run("deliver")
    states = {row["status"] for row in home.json("deliveries")}
    checks.expect(states == {"sent"}, f"all deliveries are sent, not {sorted(states) or 'none at all'}")

    mails = sorted(home.outbox.glob("*.html"))
    page = mails[-1].read_text("utf-8") if mails else ""
    checks.expect(bool(page), "a digest lies in outbox/ as an HTML file")
    wire = articles.get("bank-working-group-calendar", {}).get("title", "bank story")
    checks.expect(wire in page, "the wire story stands in the digest")
    carried = "one origin: Meridian Sixty Wire" in " ".join(re.sub(r"<[^>]*>", "", page).split())
    checks.expect(carried, "the digest says that the wire story has one origin")
    checks.expect("Harbour Rats" not in page, "the cup final does not stand in the digest")
    show.digest(preview, mails)


def _told_in_slack(channel: SlackChannel, posted: Mapping[str, Any], checks: Expectations) -> None:
    """The message on the wire's new story: one, changed in place when a newspaper printed the same text."""
    about = [number for number, content in posted.items() if SIDINGS in json.dumps(content, ensure_ascii=False)]
    checks.expect(len(about) == 1, f"the new wire story is told in one Slack message, not {len(about)}")
    checks.expect(set(channel.messages) == set(posted), "the reprint brings no message of its own")
    for number in about[:1]:
        message = channel.messages[number]
        checks.expect(message.changed == 1, f"the message is changed once, not {message.changed} times")
        now = "\n".join(show.slack_text(message.content))
        checks.expect("The Orchard Daily" in now, "the changed message names the newspaper")
        checks.expect(len(message.thread) == 1, "its thread says who joined")
        show.message(posted[number], message, len(posted))


def _held(home: DemoHome, checks: Expectations) -> None:
    held = home.json("alerts", "held")
    rules = {row["rule"] for row in held}
    checks.expect(rules == {"night"}, f"quiet hours hold what the rule “night” has to tell, not {sorted(rules)}")
    told = {row["digest"].partition("/")[0] for row in home.json("deliveries")}
    checks.expect(not any("night" in name for name in told), "nothing of it was sent")
    show.held(held)


def _searched(home: DemoHome, articles: Mapping[str, Any], search: Search, checks: Expectations) -> None:
    answer = home.json("search", search.query)
    by_id = {row["id"]: name for name, row in articles.items()}
    names = {by_id.get(hit["id"]) for hit in answer["hits"]}
    checks.expect(search.expected <= names, f"`{search.query}` finds {sorted(search.expected)}")
    checks.expect("harbour-rats-cup" not in names, f"`{search.query}` does not find the cup final")
    show.search(search.query, search.explained, answer)


def _stay(site: Site) -> None:
    print(f"\nThe site stays at {site.base} until Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    sys.exit(main())
