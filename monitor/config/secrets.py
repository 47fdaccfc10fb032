"""Secrets that the settings name and the environment does not have."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.config.settings import Settings
from monitor.errors import Problem


def missing_secrets(settings: Settings, environ: Mapping[str, str]) -> list[Problem]:
    """A problem for each named environment variable that is not set."""
    wanted = [(s.webhook_env, f"[[slack]] {s.name}") for s in settings.slack]
    wanted += [(s.token_env, f"[[slack]] {s.name}") for s in settings.slack]
    wanted += [
        (value, f"[[channel]] {channel.name}")
        for channel in settings.channels
        for key, value in channel.settings.items()
        if key.endswith("_env")
    ]
    wanted.append((settings.operator.webhook_env, "[operator]"))
    if settings.mail is not None:
        mail = settings.mail
        wanted += [(name, "[mail]") for name in (mail.username_env, mail.password_env, mail.dkim_key_env)]
    return [
        Problem(
            "environment", 0, f"{variable} is not set, but {who} reads its secret there: set it, or {_without(who)}"
        )
        for variable, who in wanted
        if variable and not environ.get(variable)
    ]


def _without(who: str) -> str:
    """What can be done where there is no such secret."""
    return "take the block out" if who.startswith("[[channel]]") else "empty the setting"
