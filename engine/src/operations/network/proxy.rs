//! Which proxy a request goes through: as curl reads the usual environment variables.

use std::collections::BTreeMap;

use ureq::{Proxy, ProxyProtocol};
use url::Url;

use super::no_proxy::goes_straight;

/// The port of a proxy that names none, as for curl.
const DEFAULT_PORT: u16 = 1080;
/// The port of a proxy that is spoken to in TLS and names none.
const DEFAULT_TLS_PORT: u16 = 443;

/// Is a variable that names a proxy nobody can use.
#[derive(Debug, thiserror::Error)]
#[error("the variable `{variable}` is not the address of a proxy")]
pub(super) struct InvalidProxy {
    variable: &'static str,
}

/// Gives the proxy for a request, if it is not to go straight.
pub(super) fn proxy_for(
    url: &Url,
    environment: &BTreeMap<String, String>,
) -> Result<Option<Proxy>, InvalidProxy> {
    // In a program that a web server starts, anybody can set `HTTP_PROXY` by a header of their request. So curl
    // does not read it, and nor does this.
    let own: &[&'static str] = match url.scheme() {
        "https" => &["https_proxy", "HTTPS_PROXY"],
        _ => &["http_proxy"],
    };
    let variables = own.iter().copied().chain(["all_proxy", "ALL_PROXY"]);
    let Some((variable, address)) = first(variables, environment) else {
        return Ok(None);
    };
    let exempt = first(["no_proxy", "NO_PROXY"], environment);
    if goes_straight(url, exempt.map_or("", |(_, list)| list)) {
        return Ok(None);
    }
    match parse(address) {
        Some(proxy) => Ok(Some(proxy)),
        None => Err(InvalidProxy { variable }),
    }
}

/// Gives the first of the variables that is not empty.
fn first(
    variables: impl IntoIterator<Item = &'static str>,
    environment: &BTreeMap<String, String>,
) -> Option<(&'static str, &str)> {
    variables
        .into_iter()
        .filter_map(|variable| Some((variable, environment.get(variable)?.as_str())))
        .find(|(_, value)| !value.is_empty())
}

fn parse(address: &str) -> Option<Proxy> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    let protocol = match scheme.to_ascii_lowercase().as_str() {
        "http" => ProxyProtocol::Http,
        "https" => ProxyProtocol::Https,
        "socks" | "socks4" => ProxyProtocol::Socks4,
        "socks4a" => ProxyProtocol::Socks4A,
        "socks5" => ProxyProtocol::Socks5,
        "socks5h" => ProxyProtocol::Socks5h,
        _ => return None,
    };
    // Of a scheme that it knows, the parser does not say whether the port was written out.
    let url = Url::parse(&format!("proxy://{rest}")).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let default = match protocol {
        ProxyProtocol::Https => DEFAULT_TLS_PORT,
        _ => DEFAULT_PORT,
    };
    let port = url.port().unwrap_or(default);
    let credentials = match (url.username(), url.password()) {
        ("", None) => String::new(),
        (name, None) => format!("{name}:@"),
        (name, Some(password)) => format!("{name}:{password}@"),
    };
    Proxy::new(&format!("{protocol}://{credentials}{host}:{port}")).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn check(address: &str, variables: &[(&str, &str)], expectation: &str) {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let proxy = match proxy_for(&address.parse().unwrap(), &environment) {
            Ok(None) => "straight".to_owned(),
            Ok(Some(proxy)) => format!("{}:{}", proxy.host(), proxy.port()),
            Err(error) => error.to_string(),
        };
        assert_eq!(proxy, expectation, "{address} {variables:?}");
    }

    #[test]
    fn the_environment_names_the_proxy() {
        let check = |scheme: &str, variables: &[(&str, &str)], expectation: &str| {
            check(&format!("{scheme}://example.com/"), variables, expectation);
        };
        let both = [
            ("http_proxy", "http://plain:1"),
            ("HTTPS_PROXY", "http://secure:2"),
        ];
        check("http", &[], "straight");
        check("http", &both, "plain:1");
        check("https", &both, "secure:2");
        check("https", &both[..1], "straight");
        check("http", &[("HTTP_PROXY", "http://plain:1")], "straight");
        let cases = [
            ("https_proxy", "http://low:1"),
            ("HTTPS_PROXY", "http://up:2"),
        ];
        check("https", &cases, "low:1");
        let all = [
            ("https_proxy", ""),
            ("HTTP_PROXY", "http://plain:1"),
            ("ALL_PROXY", "http://all:3"),
        ];
        check("https", &all, "all:3");
        check("http", &all, "all:3");
        let exempt = [
            ("ALL_PROXY", "gopher://x"),
            ("no_proxy", "example.com"),
            ("NO_PROXY", "other"),
        ];
        check("http", &exempt, "straight");
    }

    #[test]
    fn addresses_are_read_as_curl_reads_them() {
        let check = |address: &str, expectation: &str| {
            let proxy = parse(address);
            let proxy = proxy.map_or("none".to_owned(), |proxy| {
                let [name, password] = [proxy.username(), proxy.password()];
                let credentials = name.map(|name| format!("{name}:{}@", password.unwrap_or("-")));
                let credentials = credentials.unwrap_or_default();
                let (host, port) = (proxy.host(), proxy.port());
                format!("{:?} {credentials}{host}:{port}", proxy.protocol())
            });
            assert_eq!(proxy, expectation, "{address}");
        };
        check("proxy", "Http proxy:1080");
        check("proxy:80", "Http proxy:80");
        check("http://proxy:80/path?a#b", "Http proxy:80");
        check("HTTPS://proxy", "Https proxy:443");
        check("socks://proxy", "Socks4 proxy:1080");
        check("socks5h://proxy:9", "Socks5h proxy:9");
        check("[::1]:8", "Http [::1]:8");
        check("me@proxy:1", "Http me:@proxy:1");
        check("me:@proxy:1", "Http me:@proxy:1");
        check(":word@proxy:1", "Http :word@proxy:1");
        check("m%40e:p%3a%25@proxy:1", "Http m@e:p:%@proxy:1");
        check("me:p@ss@proxy:1", "Http me:p@ss@proxy:1");
        check("gopher://proxy", "none");
        check("http://", "none");
        check("http://proxy:port", "none");
    }
}
