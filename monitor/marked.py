"""Configuration files as plain data that remembers its lines, so that every problem can be named with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from monitor.errors import ConfigError, Problem


class Map(dict[str, Any]):
    """A mapping with the line of each key."""

    line: int
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of the key, counted from 1; that of the mapping where the key is missing."""
        return self.lines.get(key, self.line)


class Seq(list[Any]):
    """A list with the line of each item."""

    line: int
    lines: list[int]


def read_yaml(text: str, file: str) -> Any:
    """The document as Map, Seq and scalars. Raises: ConfigError for what is not YAML or has a key twice."""
    import yaml

    repeated: list[Problem] = []

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def mapping(loader: Any, node: Any) -> Iterator[Map]:
        made = Map()
        made.line = node.start_mark.line + 1
        made.lines = {}
        yield made
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                repeated.append(Problem(file, key.start_mark.line + 1, f"key `{key.value}` stands twice"))
            seen.add(key.value)
        loader.flatten_mapping(node)
        for key, value in node.value:
            name = str(loader.construct_object(key, deep=True))
            made[name] = loader.construct_object(value)
            made.lines[name] = key.start_mark.line + 1

    def sequence(loader: Any, node: Any) -> Iterator[Seq]:
        made = Seq()
        made.line = node.start_mark.line + 1
        made.lines = [item.start_mark.line + 1 for item in node.value]
        yield made
        made.extend(loader.construct_object(item) for item in node.value)

    def timestamp(loader: Any, node: Any) -> Any:
        try:
            return loader.construct_yaml_timestamp(node)
        except ValueError as error:  # 2026-02-30: with its place, as everything else
            raise yaml.MarkedYAMLError(problem=f"{node.value}: {error}", problem_mark=node.start_mark) from error

    Loader.add_constructor("tag:yaml.org,2002:timestamp", timestamp)
    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    Loader.add_constructor("tag:yaml.org,2002:seq", sequence)
    try:
        data = yaml.load(text, Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error) or type(error).__name__
        raise ConfigError([Problem(file, mark.line + 1 if mark else 0, f"not YAML: {why}")]) from error
    if repeated:
        raise ConfigError(repeated)
    return data


_TABLE = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\w\-]+|\"[^\"]*\")\s*=")


def read_toml(text: str, file: str) -> Map:
    """The document as Map, Seq and scalars. Raises: ConfigError for what is not TOML.

    tomllib keeps no lines, so they are found again by table headers and keys at the start of a line.
    """
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))  # as some editors begin every file
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        raise ConfigError([Problem(file, int(place[1]) if place else 0, f"not TOML: {error}")]) from error
    marked: Map = _marked(data, (), _toml_lines(text))
    return marked


def _toml_lines(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            name = header[2].replace('"', "")
            table = (*name.split("."),)
            if header[1] == "[[":
                table = (*table, str(counts.get(name, 0)))
                counts[name] = counts.get(name, 0) + 1
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1].strip('"')), number)
    return lines


def _marked(value: Any, path: tuple[str, ...], lines: dict[tuple[str, ...], int], line: int = 0) -> Any:
    line = lines.get(path, line)
    if isinstance(value, dict):
        made = Map({k: _marked(v, (*path, k), lines, line) for k, v in value.items()})
        made.line = line
        made.lines = {k: lines[(*path, k)] for k in value if (*path, k) in lines}
        return made
    if isinstance(value, list):
        items = Seq(_marked(v, (*path, str(n)), lines, line) for n, v in enumerate(value))
        items.line = line
        items.lines = [lines.get((*path, str(n)), line) for n in range(len(value))]
        return items
    return value
