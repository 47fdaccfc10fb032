"""The quick parts of the safety drills; `make drills` runs all of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench.drills import clock, documents, feeds, hostile_http, mutations, secrecy, ssrf
from bench.drills.ground import Figure, hostile_server

#: Those that end by a limit of time.
SLOW = ("/drip", "/slow_headers", "/hang", "/length_huge", "/delay", "/banner_ssh", "/keepalive_poison", "/upgrade")
#: Those that cost much to serve or to read.
DEAR = (
    "/attr",
    "/deep",
    "/past",
    "/grow",
    "/entries",
    "/flood_alert",
    "/gzip_file",
    "/big",
    "/opml_evil",
    "/redirect_chain",
)


def failed(figures: Iterable[Figure]) -> list[str]:
    return [str(figure) for figure in figures if figure.passed is False]


def test_xml_documents(tools: Path) -> None:
    count, faults, _ = documents.xml_faults(tools)
    assert count > 40
    assert not faults


def test_encodings(tools: Path) -> None:
    count, faults = documents.encoding_faults(tools)
    assert count > 70
    assert not faults


def test_dates(tools: Path) -> None:
    count, faults = documents.date_faults(tools)
    assert count > 50
    assert not faults


def test_damaged_documents() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faults, slowest = documents.mutation_faults(1_000_000, 250)
    assert not faults
    assert slowest < documents.CPU_SECONDS


def test_a_mutation_is_the_same_for_the_same_seed() -> None:
    bodies = [body for _, body, _ in mutations.seeds()]
    made = [mutations.mutate(bodies[0], bodies, seed) for seed in range(50)]
    assert made == [mutations.mutate(bodies[0], bodies, seed) for seed in range(50)]
    assert len(set(made)) > 45


def test_hostile_servers(tools: Path, tmp_path: Path) -> None:
    paths = [path for path in hostile_http.endpoints(tools) if not path.startswith(SLOW + DEAR)]
    hosts = hostile_http.addresses(len(paths), 12)
    with hostile_server(tools, tmp_path / "server", hosts=hosts, seconds=120) as server:
        evil = hostile_http.passed(tmp_path / "hostile", server, paths, hosts)
        asked = server.requests()
    assert set(evil.wire) >= set(hosts)
    assert not failed(hostile_http.pass_figures(paths, hosts, evil))
    assert not [request for request in asked if "cookie" in request["headers"]]


def test_feeds_that_change_all_the_time(tools: Path, tmp_path: Path) -> None:
    paths = [*feeds.CHANGING, *feeds.SHARED, *feeds.BRIEF, feeds.VICTIM, feeds.HIJACK]
    world = feeds.polled(tools, tmp_path, paths, 4)
    assert not failed(figure for figure in feeds.figures(world, 4) if figure.name not in ("versions of them",))


def test_passwords_in_addresses(tools: Path, tmp_path: Path) -> None:
    assert not failed([secrecy.passwords(tools, tmp_path)])


def test_addresses_that_must_not_be_contacted(tools: Path, tmp_path: Path) -> None:
    why = ssrf.missing()
    if why:
        pytest.skip(f"no network of our own: {why}")
    figures = list(ssrf.drill(tools, tmp_path, quick=True))
    assert len(figures) >= 4
    assert not failed(figures)


def test_down_for_three_days(tmp_path: Path) -> None:
    assert not failed(clock.three_days_down(tmp_path, tmp_path / "home"))
