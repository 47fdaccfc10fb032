"""A page as it was, made safe to look at: nothing in it runs, nothing is loaded from anywhere. Pure."""

from __future__ import annotations

from html import escape

from monitor.types import Snapshot

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_CLEANED = "Cleaned for viewing: without scripts, forms, pictures and styles."
_STYLE = (
    "body{max-width:46em;margin:1.5em auto;padding:0 1em;font:1.05em/1.5 serif}"
    "header{font:.8em/1.4 sans-serif;border-bottom:1px solid;padding-bottom:.8em;overflow-wrap:anywhere}"
)


def page(title: str, cleaned: str, snapshot: Snapshot) -> str:
    """The whole document: a line on where and when it was fetched, and under it the page's own markup, which has to
    have been cleaned already."""
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f"<header>{escape(said(snapshot))}<br>{_CLEANED}</header>\n"
        f'<main dir="auto">\n{cleaned}\n</main>\n</body></html>\n'
    )


def said(snapshot: Snapshot) -> str:
    """Where and when the page was fetched, and what it can be checked by, in a line."""
    asked = f" (asked for as {snapshot.url})" if snapshot.url != snapshot.final_url else ""
    return (
        f"{snapshot.final_url}{asked}, as answered on {snapshot.at:%Y-%m-%d at %H:%M:%S} UTC; "
        f"SHA-256 of the answer's body: {snapshot.digest}"
    )
