"""Addresses of articles without what only tracks the reader."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Parameters that no publisher uses to tell two articles apart. Prefixes end with *.
TRACKING = (
    *("utm_*", "at_*", "pk_*", "mtm_*", "hsa_*", "ga_*", "wt_*", "mc_cid", "mc_eid", "fbclid", "gclid", "dclid"),
    *("yclid", "ysclid", "msclkid", "twclid", "igshid", "_openstat", "ns_mchannel", "ns_source", "ns_campaign"),
    *("cmpid", "ocid", "smid", "smtyp", "spm", "xtor", "traffic_source", "ftcamp", "__twitter_impression"),
    *("rss_source", "ref_src", "ref_url", "wtmc", "_ga", "gs_l", "vero_id", "oly_enc_id", "oly_anon_id"),
)
_TRACKING = re.compile("|".join(re.escape(p).replace(r"\*", ".*") for p in TRACKING), re.IGNORECASE)

# What needs no work at all: most links of most feeds. Everything else takes the long way.
_PLAIN = re.compile(r"https?://[a-z0-9.-]+/[A-Za-z0-9/_.~-]*")


@lru_cache(maxsize=4096)  # asked for several times on the way of each article
def canonical_url(url: str) -> str:
    """The address in one spelling: lower-case host, no default port, fragment or tracking parameters.

    Percent-encoding and the order of parameters are made one by w3lib; other parameters stay, since they may name
    the article. A fragment that is a path of its own (``#!/news/1``) stays.
    """
    if _PLAIN.fullmatch(url):
        return url
    from w3lib.url import canonicalize_url

    try:
        parts = urlsplit(url.strip())
        keep = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
        query = urlencode(keep) if len(keep) != parts.query.count("&") + bool(parts.query) else parts.query
        fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
        host = parts.netloc.lower().removesuffix(":80" if parts.scheme == "http" else ":443")
        bare = urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, fragment))
        return str(canonicalize_url(bare, keep_fragments=bool(fragment)))
    except ValueError:
        return url


def url_key(canonical: str) -> str:
    """What the archive compares: without scheme and ``www.``, so that both spellings of a host are one."""
    return re.sub(r"^https?://(www\.)?", "", canonical)


def page_canonical(url: str, declared: str | None) -> str:
    """The canonical address of an article: the one its page declares, if that can be this article's, else its own.

    Many sites declare their front page or a section on every article; believing that would merge them all.
    So the declared one must lie on the same host and share the article's own slug, number or parameters.
    """
    own = canonical_url(url)
    if not declared:
        return own
    said = canonical_url(declared)
    mine, theirs = urlsplit(own), urlsplit(said)
    if url_key(f"http://{mine.netloc}").removeprefix("m.") != url_key(f"http://{theirs.netloc}").removeprefix("m."):
        return own
    marks = set(re.findall(r"[^/?&=.]{4,}|\d{3,}", f"{mine.path}?{mine.query}"))
    shared = marks & set(re.findall(r"[^/?&=.]{4,}|\d{3,}", f"{theirs.path}?{theirs.query}"))
    return said if marks and max(marks, key=len) in shared else own
