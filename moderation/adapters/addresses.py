"""Which addresses the service may speak to: our own deny list, since Python's idea of "global" lets some through."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(blocks: str) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(block) for block in blocks.split())


# Never, whatever the operator allows: nothing of ours can listen there, or a cloud's metadata does. 2001::/23 is Teredo
# and other protocols' own.
_NEVER = _networks(
    "0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
    "224.0.0.0/4 240.0.0.0/4 "
    "::/128 fe80::/10 fec0::/10 ff00::/8 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16"
)
# On this host or in this house: only with MODERATION_ALLOW_PRIVATE_URLS.
_PRIVATE = _networks("10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7")
# Tunnels that carry an IPv4 address inside: what they lead to cannot be checked well, and nobody serves webhooks there.
_TUNNELS = _networks("2002::/16 64:ff9b:1::/48 ::/96")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")


def refused(address: str, *, allow_private: bool) -> bool:
    """May `address` (as the resolver gave it) not be spoken to? What cannot be read may not."""
    try:
        found = unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return True
    if _within(found, _NEVER):
        return True
    if _within(found, _PRIVATE):
        return not allow_private
    return found.version == 6 and (_within(found, _TUNNELS) or found not in _GLOBAL_V6)


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 one; any other address as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: Address, networks: Iterable[_Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
