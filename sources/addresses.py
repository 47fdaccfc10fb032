"""Which addresses may be contacted: global unicast, and the networks that the operator names. Pure.

The table is our own because `ipaddress.is_global` differs between Python releases and calls multicast, NAT64, 6to4 and
some clouds' inner addresses global.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Source: IANA IPv4 Special-Purpose Address Registry, RFC 6890; 168.63.129.16: Azure's inner services.
_REFUSED_V4: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "private (carrier network)"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "reserved (cloud metadata)"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "reserved (documentation)"),
    ("192.31.196.0/24", "reserved"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "reserved (6to4 relay)"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "reserved"),
    ("198.18.0.0/15", "reserved (benchmarking)"),
    ("198.51.100.0/24", "reserved (documentation)"),
    ("203.0.113.0/24", "reserved (documentation)"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

# Source: IANA IPv6 Special-Purpose Address Registry. Only 2000::/3 is global unicast; the rows outside it are here
# for their reasons, the rows inside it because they are taken out. Ranges that carry an IPv4 address inside are
# refused whole: what they lead to is decided by a gateway that we do not see.
_REFUSED_V6: tuple[tuple[str, str], ...] = (
    ("::1/128", "loopback"),
    ("::/128", "reserved"),
    ("::ffff:0:0/96", "an IPv4 address in disguise"),
    ("::ffff:0:0:0/96", "an IPv4 address in disguise"),
    ("::/96", "an IPv4 address in disguise"),
    ("64:ff9b::/96", "an IPv4 address in disguise (NAT64)"),
    ("64:ff9b:1::/48", "an IPv4 address in disguise (NAT64)"),
    ("100::/64", "reserved (discard)"),
    ("2001::/32", "an IPv4 address in disguise (Teredo)"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "reserved (documentation)"),
    ("2002::/16", "an IPv4 address in disguise (6to4)"),
    ("3fff::/20", "reserved (documentation)"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private (site-local)"),
    ("ff00::/8", "multicast"),
)
_GLOBAL_V6 = IPv6Network("2000::/3")

_V4 = tuple((IPv4Network(net), why) for net, why in _REFUSED_V4)
_V6 = tuple((IPv6Network(net), why) for net, why in _REFUSED_V6)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks as values; a single address is a network of one.

    Raises: ValueError for a text that is no network.
    """
    return tuple(ip_network(text) for text in texts)


def refusal(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why that address must not be contacted, as in ``private``; None: it may be."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return "link-local"
    if any(ip.version == net.version and ip in net for net in allowed):
        return None
    return _refused_v4(ip) if isinstance(ip, IPv4Address) else _refused_v6(ip)


def _refused_v4(ip: IPv4Address) -> str | None:
    return next((why for net, why in _V4 if ip in net), None)


def _refused_v6(ip: IPv6Address) -> str | None:
    why = next((why for net, why in _V6 if ip in net), None)
    return why or (None if ip in _GLOBAL_V6 else "reserved")
