//! Which addresses are reached over the Internet, and which lead into a network of one's own.
//!
//! Pure. Source: IANA's registries of special-purpose addresses (RFC 6890 and its successors).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Prefixes that no call may go to: address, length.
const V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carrier-grade NAT (RFC 6598); Alibaba's metadata service is in it.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local; the clouds' metadata service.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

const V6: &[([u16; 8], u32)] = &[
    // Unspecified, loopback, IPv4-compatible.
    ([0, 0, 0, 0, 0, 0, 0, 0], 96),
    // IPv4-mapped: the address it stands for has a form of its own.
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    ([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
    // Local NAT64 (RFC 8215), discard-only, benchmarks, Teredo and other protocol assignments, documentation, 6to4.
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16),
    // Unique local, link-local, site-local, multicast.
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
];

/// NAT64 (RFC 6052): an IPv4 address in the last 32 bits, as resolvers in IPv6-only networks make it.
const NAT64: ([u16; 8], u32) = ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

/// Whether an address belongs to the Internet at large.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !V4.iter().any(|prefix| within_v4(address, *prefix)),
        IpAddr::V6(address) if within_v6(address, NAT64) => {
            let [.., a, b, c, d] = address.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(address) => !V6.iter().any(|prefix| within_v6(address, *prefix)),
    }
}

fn within_v4(address: Ipv4Addr, (prefix, length): ([u8; 4], u32)) -> bool {
    (address.to_bits() ^ Ipv4Addr::from(prefix).to_bits()) >> (32 - length) == 0
}

fn within_v6(address: Ipv6Addr, (prefix, length): ([u16; 8], u32)) -> bool {
    (address.to_bits() ^ Ipv6Addr::from(prefix).to_bits()) >> (128 - length) == 0
}
