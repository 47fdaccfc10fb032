"""The member states that a watchlist names."""

from __future__ import annotations

import pytest

from monitor.home import Home
from monitor.watchlist.states import member_states


@pytest.mark.parametrize(
    ("text", "states"),
    [
        pytest.param("meta: {members: [ru, CN, ru]}\nentries: []\n", ("ru", "cn"), id="one line"),
        pytest.param("# head\nmeta:\n  as_of: x\n\n  # note\n  members: [kz]\nx: 1\n", ("kz",), id="block"),
        pytest.param("meta:\n  members: [kz, 7, Россия, abc]\n", ("kz",), id="what is no state"),
        pytest.param("meta:\n  members: kz\n", (), id="no list"),
        pytest.param("meta: [\n", (), id="broken"),
        pytest.param("entries: []\n", (), id="no meta"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_member_states(text: str, states: tuple[str, ...]) -> None:
    assert member_states(text) == states


def test_the_pack_names_the_members(tmp_path: object) -> None:
    assert len(Home(tmp_path).states) == 10  # type: ignore[arg-type]
