//! Which proxy a request goes through, as the usual environment variables say.

use std::collections::BTreeMap;

use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

/// Is a variable that names a proxy nobody can use.
#[derive(Debug, thiserror::Error)]
#[error("the variable `{variable}` is not the address of a proxy")]
pub(super) struct InvalidProxy {
    variable: &'static str,
}

/// Gives the proxy for a request, if it is not to go straight.
pub(super) fn proxy_for(
    uri: &Uri,
    environment: &BTreeMap<String, String>,
) -> Result<Option<Proxy>, InvalidProxy> {
    let own: [&'static str; 2] = match uri.scheme_str() {
        Some("https") => ["https_proxy", "HTTPS_PROXY"],
        _ => ["http_proxy", "HTTP_PROXY"],
    };
    let variables = own.into_iter().chain(["all_proxy", "ALL_PROXY"]);
    let Some((variable, address)) = first(variables, environment) else {
        return Ok(None);
    };
    if is_exempt(uri, environment) {
        return Ok(None);
    }
    Proxy::new(address)
        .map(Some)
        .map_err(|_| InvalidProxy { variable })
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

/// Tells whether `NO_PROXY` lists the host.
fn is_exempt(uri: &Uri, environment: &BTreeMap<String, String>) -> bool {
    let Some((_, hosts)) = first(["no_proxy", "NO_PROXY"], environment) else {
        return false;
    };
    // The library only matches hosts for a proxy it knows; which one makes no difference.
    let list = Proxy::builder(ProxyProtocol::Http);
    let list = hosts
        .split(',')
        .fold(list, |list, host| list.no_proxy(host.trim()));
    list.build().is_ok_and(|list| list.is_no_proxy(uri))
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
        let both = [
            ("http_proxy", "http://plain:1"),
            ("HTTPS_PROXY", "http://secure:2"),
        ];
        check("http://example.com/", &[], "straight");
        check("http://example.com/", &both, "plain:1");
        check("https://example.com/", &both, "secure:2");
        check(
            "https://example.com/",
            &[("ALL_PROXY", "socks5://all:3")],
            "all:3",
        );
        check(
            "https://example.com/",
            &[("https_proxy", ""), ("ALL_PROXY", "http://all:3")],
            "all:3",
        );
        let exempt = [
            ("ALL_PROXY", "http://all:3"),
            ("NO_PROXY", "localhost, .internal"),
        ];
        check("http://localhost:8080/", &exempt, "straight");
        check("http://api.internal/", &exempt, "straight");
        check("http://example.com/", &exempt, "all:3");
        check(
            "http://example.com/",
            &[("HTTP_PROXY", "gopher://x")],
            "the variable `HTTP_PROXY` is not the address of a proxy",
        );
    }
}
