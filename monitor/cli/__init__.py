"""The commands. Data goes to standard output, everything else to standard error."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from monitor import __version__
from monitor.errors import ScowatchError
from monitor.home import Home

# name -> (module, one line of help). The module is imported when its command is called: --help stays quick.
COMMANDS = {
    "init": ("setup", "Make a home: settings, sources and watchlist of the SCO pack."),
    "check": ("setup", "Read all configuration, open the archive, list every problem."),
    "collect": ("reading", "Read the sources that are due, once."),
    "run": ("reading", "Stay and do everything: read, tag, digest, alert."),
    "sources": ("sources", "List, find, try, import and export sources."),
    "search": ("archive", "Search the archive."),
    "searches": ("searches", "List, show and run the saved searches."),
    "export": ("exports", "Write articles out of the archive."),
    "cite": ("exports", "References to articles."),
    "feed": ("exports", "A saved search as RSS, Atom or JSON Feed."),
    "import": ("archive", "Take articles as JSONL into the archive."),
    "tag": ("texts", "Tag texts by the watchlist, without archive or network."),
    "extract": ("texts", "Article text out of HTML files, without archive or network."),
    "snapshot": ("snapshot", "The page of an article as it was when it was read."),
    "snapshots": ("snapshots", "Check, thin out and hold the pages that are kept."),
    "bundle": ("bundle", "An article or a story with all its evidence, in one file."),
    "why": ("why", "Why an article has a tag, or has it not."),
    "watchlist": ("watchlist", "Show, check, look over and try the list of names."),
    "stories": ("stories", "List the stories of a day; split and merge them."),
    "story": ("stories", "Show one story: origins, who carried it, in which order."),
    "coverage": ("stories", "Show which states' outlets carried a story, and who stayed silent."),
    "origins": ("stories", "Show who originated the texts of a time, and who carried them."),
    "versions": ("versions", "Show what an article has said, and what changed."),
    "retag": ("backtest", "Tag the archive anew by the present watchlist."),
    "digest": ("telling", "Preview or send digests."),
    "deliver": ("telling", "Send what is due, once."),
    "channels": ("channels", "List where things are told; try one, or start it again."),
    "alerts": ("alerts", "List the rules; show what one would have sent."),
    "mutes": ("mutes", "Leave a story, entry, source or rule out of a channel for a time."),
    "deliveries": ("telling", "Show what was sent, is pending or failed."),
    "backup": ("backup", "Copy the whole home, while it is at work; check copies."),
    "restore": ("backup", "Put a backup back, after it was checked."),
    "doctor": ("doctor", "Look everything over; make a damaged search index anew."),
}


#: New objects between two searches for circles of objects that nobody has any more; Python's own number is 700, made
#: for programs that make many such circles.
SEARCHED_AFTER = 100_000


class ReaderGone(Exception):
    """The reader of our output went away (`… | head`)."""


class Commands(click.Group):
    """The command group whose members are imported when they are called."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click would make it a failure
            raise ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"monitor.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first try: scowatch init, scowatch collect, scowatch search 'tag:sco'. Each command has its own --help.",
)
@click.option(
    "--home",
    default="scowatch-home",
    envvar="SCOWATCH_HOME",
    show_default=True,
    help="The folder of this installation.",
)
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(__version__, "-V", "--version", message="scowatch %(version)s")
@click.pass_context
def group(ctx: click.Context, home: str, debug: bool) -> None:
    """Watch what the world writes about the Shanghai Cooperation Organization.

    Reads feeds and pages in many languages, tags every article against a watchlist of leaders, bodies and
    initiatives, keeps a searchable archive, sends digests by mail and alerts to Slack.
    """
    ctx.obj = Home(Path(home).expanduser())
    ctx.meta["debug"] = debug


def main() -> None:
    """Runs the command of the command line; ends the process with its exit code."""
    _speak_utf8()
    gc.set_threshold(SEARCHED_AFTER, 20, 20)
    try:
        code = group.main(prog_name="scowatch", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        if isinstance(error, click.NoSuchOption) and error.option_name in ("--home", "--debug"):
            error = click.UsageError(f"{error.option_name} stands before the command: scowatch {error.option_name} …")
        error.show()
        code = error.exit_code
    except ScowatchError as error:
        code = _tell(error)
    except (ReaderGone, BrokenPipeError):
        _silence()
        code = 0
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001 - the last door: a person sees one line, not a traceback
        code = _tell(error)
        if isinstance(error, OSError):
            _silence()
    gc.freeze()  # the end of the process frees everything: a last search for circles takes longer than most starts
    sys.exit(code or 0)


def _speak_utf8() -> None:
    """UTF-8 on all three streams, whatever the locale says; half a surrogate goes out as JSON would escape it."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors=errors)  # type: ignore[union-attr]


def _silence() -> None:
    """Lets what still waits to be printed go nowhere, so that the interpreter does not complain at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: Exception) -> int:
    if "--debug" in sys.argv:
        raise error
    for line in _in_words(error).split("\n"):
        click.echo(f"scowatch: {line}", err=True)
    return error.exit_code if isinstance(error, ScowatchError) else 1


def _in_words(error: Exception) -> str:
    if isinstance(error, ScowatchError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the output'}: {error.strerror}; look at the path, its rights and the disk"
    return f"unexpected {type(error).__name__}: {error} (see --debug)"
