"""A page's markup without all that runs, asks or loads: what is left is text in its structure, and links. Pure."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from sources.document import page_text

_TAGS = (
    "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt "
    "em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd li main mark nav ol p pre q rp rt ruby "
    "s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
#: These go with all that is in them.
_WITH_CONTENT = (
    "script style template noscript iframe object embed applet svg math canvas audio video select option textarea "
    "button title"
)
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}


def clean(body: bytes, content_type: str | None, url: str) -> str:
    """The page's markup, safe to be shown; links lead where they led. Raises: ParseError for what is no page."""
    import nh3

    def attribute(tag: str, name: str, value: str) -> str | None:
        return _link(url, value) if (tag, name) == ("a", "href") else value

    return nh3.clean(
        page_text(body, content_type),
        tags=set(_TAGS.split()),
        clean_content_tags=set(_WITH_CONTENT.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=attribute,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https"},
    )


def _link(url: str, target: str) -> str | None:
    try:
        joined = urljoin(url, target.strip())
        return joined if urlsplit(joined).scheme in ("http", "https") else None
    except ValueError:
        return None
