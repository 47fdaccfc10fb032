"""Which addresses may be contacted."""

from __future__ import annotations

import pytest

from sources.addresses import networks, refusal

REFUSED = [
    # IPv4: this network, private, shared, loopback, link-local
    ("0.0.0.0", "reserved"),
    ("0.1.2.3", "reserved"),
    ("10.0.0.1", "private"),
    ("10.255.255.254", "private"),
    ("100.64.0.1", "carrier"),
    ("100.100.100.200", "carrier"),
    ("100.127.255.255", "carrier"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    # IPv4: protocol assignments, documentation, relays, benchmarking, multicast, reserved, one cloud's inner address
    ("192.0.0.1", "reserved"),
    ("192.0.0.192", "reserved"),
    ("192.0.2.7", "documentation"),
    ("192.88.99.1", "6to4"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("168.63.129.16", "cloud"),
    # IPv6: none, loopback, local, multicast
    ("::", "reserved"),
    ("::1", "loopback"),
    ("0:0:0:0:0:0:0:1", "loopback"),
    ("fe80::1", "link-local"),
    ("febf::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fdff::1", "private"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("ff0e::1", "multicast"),
    # IPv6 that carries IPv4
    ("::ffff:127.0.0.1", "disguise"),
    ("::ffff:7f00:1", "disguise"),
    ("::ffff:8.8.8.8", "disguise"),
    ("::ffff:0:127.0.0.1", "disguise"),
    ("::127.0.0.1", "disguise"),
    ("::169.254.169.254", "disguise"),
    ("64:ff9b::127.0.0.1", "NAT64"),
    ("64:ff9b::a9fe:a9fe", "NAT64"),
    ("64:ff9b:1::1", "NAT64"),
    ("2002:7f00:1::1", "6to4"),
    ("2002:a9fe:a9fe::1", "6to4"),
    ("2001::1", "Teredo"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
    # IPv6 that is set apart
    ("100::1", "discard"),
    ("100:0:0:1::1", "reserved"),
    ("2001:2::1", "reserved"),
    ("2001:10::1", "reserved"),
    ("2001:20::1", "reserved"),
    ("2001:db8::1", "documentation"),
    ("3fff::1", "documentation"),
    ("4000::1", "reserved"),
    ("5f00::1", "reserved"),
    ("8000::1", "reserved"),
    ("f000::1", "reserved"),
    # no addresses at all
    ("", "not an address"),
    ("localhost", "not an address"),
    ("127.1", "not an address"),
    ("0x7f000001", "not an address"),
    ("2130706433", "not an address"),
]

ALLOWED = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "3ffe::1",
]


@pytest.mark.parametrize(("address", "why"), REFUSED, ids=[row[0] or "empty" for row in REFUSED])
def test_everything_but_global_unicast_is_refused(address: str, why: str) -> None:
    assert why in (refusal(address) or "")


@pytest.mark.parametrize("address", ALLOWED)
def test_global_unicast_is_allowed_up_to_its_borders(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    ("allowed", "address", "free"),
    [
        pytest.param(["127.0.0.0/8"], "127.0.0.1", True, id="the network itself"),
        pytest.param(["127.0.0.0/8"], "10.0.0.1", False, id="no other network"),
        pytest.param(["127.0.0.0/8"], "::1", False, id="not the IPv6 of the same meaning"),
        pytest.param(["127.0.0.0/8"], "::ffff:127.0.0.1", False, id="not in disguise"),
        pytest.param(["10.1.2.3"], "10.1.2.3", True, id="a single address"),
        pytest.param(["10.1.2.3"], "10.1.2.4", False, id="not its neighbour"),
        pytest.param(["fd00::/8", "10.0.0.0/8"], "fd12::1", True, id="IPv6"),
        pytest.param(["fe80::/10"], "fe80::1%eth0", False, id="never with a zone"),
    ],
)
def test_the_operator_opens_just_the_networks_that_are_named(allowed: list[str], address: str, free: bool) -> None:
    assert (refusal(address, networks(allowed)) is None) is free


def test_what_is_no_network_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks(["10.0.0.1/8"])
