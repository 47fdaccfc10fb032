"""What the demo prints: sections of plain text, at most 100 columns wide and some 80 lines in all."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demo.channel import Message
from demo.home import ROOT
from demo.material import outlets
from demo.screen import WIDTH, count, cut, heading, line, pad, wrapped
from demo.site import Site

_NAMES = {outlet.id: outlet.name for outlet in outlets()}


def rows(answer: Any) -> list[Mapping[str, Any]]:
    """The rows of a JSON answer that is a list, or a document with one list in it."""
    if isinstance(answer, Mapping):
        answer = next((value for value in answer.values() if isinstance(value, list)), [])
    return list(answer)


def begin(site: Site) -> None:
    _say(heading("scowatch reads a small site of invented outlets"))
    _say(
        line(f"{count(len(outlets()), 'outlet')} in English, Russian and Chinese at {site.base}, three of them broken.")
    )


def first_pass(report: Mapping[str, Any]) -> None:
    _say(heading("1  What was read"))
    sources, articles = report["sources"], report["articles"]
    _say(
        line(
            f"first pass    {_seconds(report)}: {sources['ok']} of {count(sources['due'], 'outlet')} read, "
            f"{count(articles['new'], 'new article')}"
        )
    )
    for failure in report["failures"]:
        _say(line(f"{pad(_NAMES.get(failure['source'], failure['source']), 20)}  {failure['error']}", 4))


def second_pass(report: Mapping[str, Any]) -> None:
    sources, articles = report["sources"], report["articles"]
    _say(
        line(
            f"second pass   {_seconds(report)}: some days later, {count(articles['new'], 'new article')}, "
            f"{articles['updated']} edited, {count(sources['not_modified'], 'outlet')} unchanged (304)"
        )
    )


def third_pass(report: Mapping[str, Any]) -> None:
    new = count(report["articles"]["new"], "new article")
    _say(line(f"third pass    {_seconds(report)}: that afternoon, {new}: a newspaper prints the wire's text"))


def found(articles: Mapping[str, Any], words: Mapping[str, Mapping[str, str]], shown: Sequence[str]) -> None:
    tagged = sum(bool(row["tags"]) for row in articles.values())
    _say(heading("2  What was found"))
    _say(
        line(
            f"{count(len(articles), 'article')} in the archive, {tagged} of them tagged. Some, with the matched words:"
        )
    )
    for name in (name for name in shown if name in articles):
        row = articles[name]
        _say(f"  {pad(str(row['lang']), 3)} {pad(row['title'], 94)}")
        marks = [f"{tag} «{words.get(name, {}).get(tag, '?')}»" for tag in row["tags"]]
        _say(line(" · ".join(marks) or "no tag: these rats and this XI play football", 6))
    if remark := _edited(articles):
        _say(line(remark))


def story(shown: Mapping[str, Any]) -> None:
    """One story with those who carried it, in their order."""
    names = ", ".join(origin["name"] for origin in shown["origins"])
    origins = "one origin" if len(shown["origins"]) == 1 else f"{len(shown['origins'])} origins"
    _say(line(f"One story, {count(len(shown['carriers']), 'outlet')}, {origins}: {names}"))
    titles = {member["id"]: member["title"] for member in shown["members"]}
    kinds = {"self": "own text", "credited": "credits it", "copied": "copies it"}
    for one in shown["carriers"]:
        hours, minutes = divmod(one["lag_seconds"] // 60, 60)
        lag = f"+{hours}h{minutes:02}" if one["lag_seconds"] else "first"
        cells = (pad(lag, 7), pad(one["name"], 20), pad(f"{one['class']}, {one['country']}", 19))
        _say(line(f"{'  '.join(cells)}  {pad(kinds.get(one['kind'], ''), 10)}  {titles[one['article']]}", 6))
    if shown["silent"]:
        _say(line(f"silent, though read: {', '.join(shown['silent'])}", 6))


def _edited(articles: Mapping[str, Any]) -> str:
    edited = [row for row in articles.values() if row["versions"] > 1]
    return "; ".join(f"Kept in {row['versions']} versions, since it was edited: {row['title']}" for row in edited)


def digest(made: Mapping[str, Any], mails: Sequence[Path]) -> None:
    _say(heading("3  The digest for one reader, as mail would bring it"))
    for mail in mails[-1:]:
        _say(line(f"{_short(mail)} (open it in a browser)"))
    for section in made["sections"][:7]:
        titles = [item["title"] for item in section["items"]]
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        _say(f"    {pad(section['heading'], 32)}  {cut(titles[0], WIDTH - 38 - len(more))}{more}")


def message(posted: Mapping[str, Any], message: Message, total: int) -> None:
    """A message as it was posted, and what is another line of it since an outlet joined."""
    _say(heading("4  What a Slack channel gets"))
    _say(line(f"{count(total, 'message')} for what the second pass brought; one of them:"))
    before, after = slack_text(posted), slack_text(message.content)
    for text in before:
        _say(wrapped(text, 4, 3))
    _say(line("After the third pass the same message says, in place of the lines that it changes:"))
    for text in (text for text in after if text not in before):
        _say(wrapped(text, 4, 3))
    for answer in message.thread:
        _say(line("and in its thread:"))
        for text in slack_text(answer):
            _say(wrapped(text, 4, 3))


def held(rows: Sequence[Mapping[str, Any]]) -> None:
    _say(line("Held by the rule “night”, which has its quiet hours now; it comes when they are over:"))
    for row in rows:
        _say(f"    {pad(row['title'], 66)}  until {row['quiet_until'][11:16]} UTC")


def slack_text(sent: Mapping[str, Any]) -> list[str]:
    """The lines that a person sees of a message in Slack's block form: links by their words, no marks."""
    lines = []
    for block in sent.get("blocks") or [{"text": {"text": sent["text"]}}]:
        for part in [block.get("text"), *block.get("elements", ())]:
            if isinstance(part, Mapping):
                shown = re.sub(r"<[^>|]*\|([^>]*)>", r"\1", part["text"])
                lines += html.unescape(shown).replace("*", "").replace("`", "").split("\n")
    return [each.strip() for each in lines if each.strip()]


def search(query: str, explained: str, answer: Mapping[str, Any]) -> None:
    if query == "Токаев":
        _say(heading("5  Three searches"))
    _say(line(query))
    _say(line(explained, 6))
    for hit in answer["hits"][:2]:
        snippet = hit["snippet"].replace("\x02", "[").replace("\x03", "]")
        day = (hit["published"] or "")[:10]
        _say(f"    {pad(day, 10)}  {pad(_NAMES.get(hit['source'], ''), 22)}  {pad(hit['title'], 58)}")
        _say(line(snippet, 16))
    if answer["total"] > 2:
        _say(line(f"and {answer['total'] - 2} more", 16))


def end(home: Path, seconds: float) -> None:
    _say(heading(f"Done in {seconds:.0f} s"))
    _say(line(f"Go on with it: .venv/bin/scowatch --home {_short(home)} search 'tag:sco class:official'"))


def _seconds(report: Mapping[str, Any]) -> str:
    return f"{report['seconds']:.1f} s"


def _short(path: Path) -> str:
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT) if resolved.is_relative_to(ROOT) else resolved)


def _say(text: str) -> None:
    print("\n".join(each.rstrip() for each in text.split("\n")), flush=True)
