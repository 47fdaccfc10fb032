"""OPML in and out."""

from __future__ import annotations

import pytest

from monitor.errors import InputError
from sources import opml

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>desk</title></head><body>
 <outline text="Agencies"><outline text="Central Asia">
  <outline type="rss" text="Кабар" title="Кабар" xmlUrl="https://kabar.example/rss"
   htmlUrl="https://kabar.example/" language="ru-KG"/>
 </outline></outline>
 <outline type="rss" text="新华社" xmlUrl="https://xinhua.example/rss"/>
 <outline type="rss" text="Wire" xmlUrl="https://wire.example/a"/>
 <outline type="rss" text="Wire" xmlUrl="https://wire.example/b"/>
 <outline type="rss" text="Wire again" xmlUrl="https://wire.example/b"/>
 <outline text="a folder"/>
 <outline text="odd" xmlUrl="javascript:alert(1)"/>
 <outline text="file" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_each_feed_is_a_source_with_an_id_of_its_own() -> None:
    sources = opml.read(LIST.encode(), {"wire"})
    assert [(s.id, s.name) for s in sources] == [
        ("kabar-example", "Кабар"),
        ("xinhua-example", "新华社"),
        ("wire-2", "Wire"),
        ("wire-3", "Wire"),
    ]
    assert sources[0].languages == ("ru",)
    assert sources[0].homepage == "https://kabar.example/"


def test_what_is_written_reads_back() -> None:
    sources = opml.read(LIST.encode())
    again = opml.read(opml.write(sources))
    assert [(s.name, s.addresses, s.homepage) for s in again] == [(s.name, s.addresses, s.homepage) for s in sources]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(b"", "not OPML", id="empty"),
        pytest.param(b"<rss version='2.0'/>", "outermost", id="a feed"),
        pytest.param(b"just words", "not OPML", id="text"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body><outline text="&e;"/></body></opml>',
            "document type",
            id="external entity",
        ),
        pytest.param(b"<!doctype opml><opml/>", "document type", id="document type in lower case"),
    ],
)
def test_what_is_not_opml_is_refused_with_a_reason(body: bytes, part: str) -> None:
    with pytest.raises(InputError, match=part):
        opml.read(body)
