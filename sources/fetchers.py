"""Every door to the outside that reading has: the web, and beside it mailboxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.types import Fetch, Login, Source, Validators
from sources.addresses import networks
from sources.http import FetchSettings, HttpFetcher

if TYPE_CHECKING:
    from sources.imap import MailFetcher


class Fetchers(HttpFetcher):
    """monitor.ports.Fetcher for every address that a source can have. Belongs to one event loop."""

    def __init__(self, settings: FetchSettings, sources: Sequence[Source], environ: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._allowed = settings.allow_networks
        self._environ = environ
        self._logins: dict[str, Login] = {
            address.url: address.login for source in sources for address in source.addresses if address.login
        }
        self._mail: MailFetcher | None = None

    async def fetch(
        self, url: str, validators: Validators | None = None, *, robots: bool = False, keep: bool = False
    ) -> Fetch:
        """The answer of that URL, or why there is none. Never raises for anything the network does.

        Mailboxes are those of the operator's own sources and of nobody else: what a stranger names is only fetched
        from the web.
        """
        if url in self._logins:
            return await self._open_mail().fetch(url, validators)
        return await super().fetch(url, validators, robots=robots, keep=keep)

    def _open_mail(self) -> MailFetcher:
        if self._mail is None:
            from sources.imap import MailFetcher

            self._mail = MailFetcher(self._logins, self._environ, networks(self._allowed))
        return self._mail

    async def aclose(self) -> None:
        if self._mail is not None:
            await self._mail.aclose()
        await super().aclose()
