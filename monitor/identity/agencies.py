"""Agencies and what they are called: the data behind the credits of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import ConfigError, Problem
from monitor.identity import wordings
from monitor.marked import Map, Seq, read_yaml
from monitor.text.fold import HAN, fold, fold_map
from monitor.types import Source

_KEYS = ("id", "name", "kind", "country", "sources", "hosts", "names", "weak")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[a-z]+)?")
#: Names of so many letters that are all capitals count only in capitals: AP is not "ap".
_SHORT = 5
#: In the name of a source: the edition.
_EDITION = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Somebody whose texts others carry."""

    id: str
    name: str
    #: Writes for others to carry; an outlet's own texts are for its readers.
    wire: bool = True
    #: ISO 3166 in lower case, or ``intl``; None: not known.
    country: str | None = None
    #: Ids of its own editions in sources.yaml.
    sources: tuple[str, ...] = ()
    #: Its sites; sub-domains count too.
    hosts: tuple[str, ...] = ()
    #: Language -> names, in the nominative.
    names: Mapping[str, tuple[str, ...]]
    #: Names that mean other things as well.
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """One name, ready to be looked for."""

    agency: Agency
    weak: bool
    #: As `fold_map(...).cased` has it, where it counts only so; None: capitals do not matter.
    cased: str | None
    #: Written without spaces, so that it has no edges.
    han: bool


class Agencies:
    """Whose a name, a source or a host is."""

    def __init__(self, agencies: Iterable[Agency], languages: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.all = tuple(agencies)
        #: Source id -> its languages, as far as sources are known.
        self._languages = languages or {}
        self._by_id = {agency.id: agency for agency in self.all}
        self._by_source = {source: agency for agency in self.all for source in agency.sources}
        self._by_host = {host: agency for agency in self.all for host in agency.hosts}

    def get(self, agency_id: str) -> Agency | None:
        return self._by_id.get(agency_id)

    def edition(self, agency: Agency, lang: str | None) -> str | None:
        """Id of the agency's own source in a language; None: it has several, and none is known to be in that."""
        if len(agency.sources) == 1:
            return agency.sources[0]
        return next((source for source in agency.sources if lang and lang in self._languages.get(source, ())), None)

    def of_source(self, source_id: str | None) -> Agency | None:
        """The agency that a source is an edition of."""
        return self._by_source.get(source_id or "")

    def of_url(self, url: str | None) -> Agency | None:
        """The agency on whose site an address lies."""
        host = host_of(url)
        while host:
            if agency := self._by_host.get(host):
                return agency
            host = host.partition(".")[2]
        return None

    def of_name(self, name: str) -> Agency | None:
        """The agency with that name, weak ones too; None as well for a name with more words."""
        folded = fold(_EDITION.sub("", name)).strip(" \"'.,;:()[]/-–—@").removeprefix("www.")
        found = self.names.get(folded.removeprefix("the ")) or self.names.get(folded)
        return found.agency if found else self._by_host.get(folded)

    def with_sources(self, sources: Iterable[Source]) -> Agencies:
        """The same with those sources that are nobody's edition as origins of their own, by site and weak name."""
        added = []
        sources = tuple(sources)
        for source in sources:
            host = host_of(source.homepage)
            if source.id in self._by_source or source.id in self._by_id or self.of_url(source.homepage):
                continue
            name = _EDITION.sub("", source.name).strip()
            weak = () if fold(name) in self.names else (name,)
            added.append(
                Agency(
                    id=source.id,
                    name=source.name,
                    wire=source.ownership == "wire",
                    country=source.country,
                    sources=(source.id,),
                    hosts=(host,) if host else (),
                    names={},
                    weak=weak,
                )
            )
        return Agencies((*self.all, *added), {source.id: source.languages for source in sources})

    @cached_property
    def names(self) -> Mapping[str, Named]:
        """Folded name -> whose. A name that two list is the first one's, a strong one before a weak one."""
        found: dict[str, Named] = {}
        for weak in (False, True):
            for agency in self.all:
                given = agency.weak if weak else [name for names in agency.names.values() for name in names]
                for name in given:
                    folded = fold(name)
                    exact = weak or (len(name) <= _SHORT and name.isupper())
                    cased = fold_map(name, markup=False).cased if exact else None
                    han = re.search(f"[{HAN}]", folded) is not None
                    named = found.setdefault(folded, Named(agency, weak, cased, han))
                    if named.agency is agency and not weak and exact < (named.cased is not None):
                        found[folded] = Named(agency, weak, None, han)  # БЕЛТА and БелТА
                    kind, space, rest = folded.partition(" ")
                    if space and not weak and '"' not in folded:  # ИА «Дунё», “Dunyo” AA
                        found.setdefault(f'{kind} "{rest}"', Named(agency, weak, None, han))
                        found.setdefault(f'"{kind}" {rest}', Named(agency, weak, None, han))
        return found

    @cached_property
    def listed(self) -> tuple[Named, ...]:
        """The names by the numbers that `finder` gives."""
        return tuple(self.names.values())

    @cached_property
    def finder(self) -> Any:
        """Finds every place of every name in a folded text; behind the names those of `wordings.triggers`."""
        import ahocorasick_rs

        labels, words = wordings.triggers()
        return ahocorasick_rs.AhoCorasick([*self.names, *labels, *words], store_patterns=False)


def host_of(url: str | None) -> str:
    """The host of an address in lower case, without ``www.`` and ``m.``; empty: it has none."""
    site = _SITE.match(url or "")
    return _host_of(site[0] if site else url or "")


#: The part of an address that tells its host, where nothing in it has to be looked at twice.
_SITE = re.compile(r"https?://[\w.:-]+(?=[/?#]|$)", re.ASCII)


@lru_cache(maxsize=2048)  # of a site there are many articles, and each is asked for several times
def _host_of(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www|m|amp)\.(?=[^.]+\.)", "", host)


# ---------------------------------------------------------------------------------------------- agencies.yaml


def parse(text: str, file: str) -> Agencies:
    """The agencies in the text of agencies.yaml. Raises: ConfigError with every problem and its line."""
    document = read_yaml(text, file)
    listed = document.get("agencies") if isinstance(document, Map) else None
    if not isinstance(document, Map) or not isinstance(listed, Seq):
        raise ConfigError([Problem(file, 1, "no agencies: the file has to have a list named `agencies`")])
    reader = _Reader(file)
    reader.unknown(document, ("agencies",))
    found = [reader.agency(item, line) for item, line in zip(listed, listed.lines, strict=True)]
    if reader.problems:
        raise ConfigError(reader.problems)
    return Agencies(agency for agency in found if agency is not None)


class _Reader:
    """Turns marked data into agencies and notes what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.taken: dict[str, int] = {}

    def say(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def unknown(self, data: Map, known: Iterable[str]) -> None:
        for key in data:
            if key not in known:
                self.say(data.line_of(key), f"unknown key `{key}`: known are {', '.join(known)}")

    def agency(self, data: object, line: int) -> Agency | None:
        if not isinstance(data, Map):
            self.say(line, f"an agency has to be a mapping with an `id`, not {data!r:.40}")
            return None
        self.unknown(data, _KEYS)
        agency_id = data.get("id")
        if not isinstance(agency_id, str) or not _ID.fullmatch(agency_id):
            self.say(data.line_of("id"), "an agency needs an `id` of small letters a-z, digits and single hyphens")
            return None
        self.once(f"id {agency_id}", data.line_of("id"))
        made = Agency(
            id=agency_id,
            name=self.text(data, "name") or agency_id,
            wire=self.wire(data),
            country=self.text(data, "country"),
            sources=self.texts(data, "sources"),
            hosts=tuple(host for host in self.texts(data, "hosts")),
            names=self.names(data),
            weak=self.texts(data, "weak"),
        )
        for host in made.hosts:
            if not _HOST.fullmatch(host):
                self.say(data.line_of("hosts"), f"`{host}` is not a host: write it like `example.org`")
        for kind, values in (("source", made.sources), ("host", made.hosts)):
            for value in values:
                self.once(f"{kind} {value}", data.line_of(f"{kind}s"))
        if not made.weak and not any(made.names.values()):
            self.say(line, f"agency `{agency_id}` has no name under `names` and none under `weak`")
        return replace(made, names={lang: names for lang, names in made.names.items() if names})

    def wire(self, data: Map) -> bool:
        kind = data.get("kind", "agency")
        if kind not in ("agency", "outlet"):
            self.say(data.line_of("kind"), f"`kind` has to be agency or outlet, not {kind!r:.40}")
        return bool(kind != "outlet")

    def once(self, what: str, line: int) -> None:
        if what in self.taken:
            self.say(line, f"{what} stands already on line {self.taken[what]}: one agency each")
        self.taken.setdefault(what, line)

    def text(self, data: Map, key: str) -> str | None:
        value = data.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.say(data.line_of(key), f"`{key}` has to be a text, not {value!r:.40}")
            return None
        return value.strip()

    def texts(self, data: Map, key: str) -> tuple[str, ...]:
        value = data.get(key)
        if value is None:
            return ()
        if not isinstance(value, Seq):
            self.say(data.line_of(key), f"`{key}` has to be a list of texts, not {value!r:.40}")
            return ()
        good = []
        for item, line in zip(value, value.lines, strict=True):
            if isinstance(item, str) and item.strip():
                good.append(item.strip())
            else:
                self.say(line, f"`{key}` has {item!r:.40} where a text is wanted: put it in quotation marks")
        return tuple(good)

    def names(self, data: Map) -> dict[str, tuple[str, ...]]:
        value = data.get("names", Map())
        if not isinstance(value, Map):
            self.say(data.line_of("names"), "`names` has to be a mapping of languages to lists of names")
            return {}
        for lang in value:
            if not _LANGUAGE.fullmatch(lang):
                self.say(value.line_of(lang), f"`{lang}` is not a language: write it like `ru` or `uz_cyrl`")
        return {lang: self.texts(value, lang) for lang in value}
