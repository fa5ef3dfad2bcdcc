//! Which requests go past a proxy: as curl reads `no_proxy`, and all to this machine by its name.

use std::net::IpAddr;

use url::{Host, Url};

/// Returns whether a request goes straight, by a list of hosts that are asked without a proxy.
///
/// The list has domains, which stand for all below them too, addresses, and networks such as `10.0.0.0/8`, with
/// commas or blanks between them; `*` alone stands for all hosts. A port or a `*` within an entry stands for nothing.
pub(super) fn goes_straight(url: &Url, list: &str) -> bool {
    let Some(host) = url.host() else {
        return false;
    };
    let entries = list
        .split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty());
    match host {
        _ if list == "*" => true,
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            let mut domains = entries.chain(["localhost"]);
            domains.any(|domain| is_within(name, domain))
        }
        Host::Ipv4(address) => covers(entries, address.into()),
        Host::Ipv6(address) => covers(entries, address.into()),
    }
}

/// Returns whether a name is a domain or one below it.
fn is_within(name: &str, domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let domain = domain.strip_prefix('.').unwrap_or(domain);
    let Some(start) = name.len().checked_sub(domain.len()) else {
        return false;
    };
    let (before, end) = name.as_bytes().split_at(start);
    let is_whole = before.is_empty() || before.ends_with(b".");
    !domain.is_empty() && is_whole && end.eq_ignore_ascii_case(domain.as_bytes())
}

fn covers<'a>(mut networks: impl Iterator<Item = &'a str>, address: IpAddr) -> bool {
    networks.any(|network| is_in_network(address, network).unwrap_or_default())
}

/// Returns whether an address is in a network; nothing where that is none.
fn is_in_network(address: IpAddr, network: &str) -> Option<bool> {
    let (network, bits) = match network.split_once('/') {
        Some((network, bits)) => (network, bits.parse().ok()?),
        None => (network, 0),
    };
    match (address, network.parse().ok()?) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let (address, network) = (address.to_bits().into(), network.to_bits().into());
            is_same_prefix(address, network, bits, 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            is_same_prefix(address.to_bits(), network.to_bits(), bits, 128)
        }
        _ => None,
    }
}

/// Compares the first bits of two addresses; all of them where the number is 0, as for curl.
fn is_same_prefix(one: u128, other: u128, bits: u32, all: u32) -> Option<bool> {
    let bits = if bits == 0 { all } else { bits };
    let shift = all.checked_sub(bits)?;
    Some(one >> shift == other >> shift)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[track_caller]
    fn check(host: &str, list: &str, expectation: bool) {
        let url = format!("http://{host}/").parse().unwrap();
        assert_eq!(goes_straight(&url, list), expectation, "{host} {list}");
    }

    #[test]
    fn domains_stand_for_all_below_them() {
        for list in [
            "example.com",
            ".example.com",
            "EXAMPLE.com.",
            "a,example.com",
            "a example.com\tb",
            " , example.com,,",
        ] {
            check("example.com", list, true);
            check("a.b.example.com.", list, true);
            check("anexample.com", list, false);
            check("example.com.org", list, false);
            check("com", list, false);
        }
        check("example.com", "*", true);
        for list in [
            "",
            ".",
            " *",
            "*,a",
            "*.com",
            "*.example.com",
            "example.com:80",
            "example.com/8",
            "..com",
        ] {
            check("example.com", list, false);
        }
    }

    #[test]
    fn this_machine_is_asked_straight_by_its_name() {
        for host in ["localhost", "LocalHost.", "app.localhost", "a.b.localhost"] {
            check(host, "", true);
        }
        for host in ["alocalhost", "localhost.example.com", "127.0.0.1", "[::1]"] {
            check(host, "", false);
        }
    }

    #[test]
    fn addresses_are_in_networks() {
        check("127.0.0.1", "127.0.0.1", true);
        check("127.1", "127.0.0.1", true);
        check("10.1.2.3", "10.0.0.0/8", true);
        check("10.1.2.3", "10.1.2.3/32", true);
        check("10.1.2.3", "10.9.9.9/8", true);
        check("10.1.2.3", "10.1.2.2/31", true);
        check("11.1.2.3", "10.0.0.0/8", false);
        check("10.1.2.3", "10.0.0.0/0", false);
        check("10.1.2.3", "10.0.0.0/33", false);
        check("10.1.2.3", "10.0.0.0/x", false);
        check("10.1.2.3", "10.0.0", false);
        check("10.1.2.3", ".2.3", false);
        check("10.1.2.3", "10.1.2.3:80", false);
        check("[fd00::1]", "fd00::/8", true);
        check("[fd00::1]", "fd00::1", true);
        check("[fd00::1]", "fd00:0:0:0::/63", true);
        check("[fd00::1]", "[fd00::1]", false);
        check("[fd00::1]", "fd00::/129", false);
        check("[::ffff:10.1.2.3]", "10.0.0.0/8", false);
    }
}
