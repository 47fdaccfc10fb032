"""Addresses in blocks of sources.yaml."""

from __future__ import annotations

import json

import pytest

from monitor.blocks import LISTS
from monitor.errors import ConfigError
from monitor.sourcelist import read_sources


@pytest.mark.parametrize("kind", ["feed", "page", "sitemap", "api"])
@pytest.mark.parametrize("address", ["reader:s3cret@a.example/x", "s3cret@a.example/x", ":s3cret@a.example/x"])
def test_an_address_with_a_password_in_it_is_refused_where_it_stands_and_not_shown(kind: str, address: str) -> None:
    row = {"id": "x", "kind": kind, LISTS[kind]: [{"url": f"https://{address}"}]}
    with pytest.raises(ConfigError) as caught:
        read_sources(f"sources:\n- {json.dumps(row)}\n", "sources.yaml")
    assert "user name or password" in str(caught.value)
    assert "sources.yaml:2" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_at_sign_behind_the_host_is_no_password() -> None:
    row = {"id": "x", "feeds": [{"url": "https://a.example/@desk?mail=a@b.example"}]}
    (source,) = read_sources(f"sources:\n- {json.dumps(row)}\n", "sources.yaml")
    assert source.addresses[0].url == "https://a.example/@desk?mail=a@b.example"
