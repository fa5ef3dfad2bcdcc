//! HTTP requests, with the meaning the web's `fetch` gives them.

mod certificates;
mod forward_proxy;
mod no_proxy;
mod proxy;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header,
};
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    ConnectProxyConnector, Connector, RustlsConnector, SocksConnector, TcpConnector,
};
use ureq::{Agent, AsSendBody, Body, Proxy, ProxyProtocol};
use url::Url;

use super::error::{reason, system_code};
use super::{OperationContext, OperationError, answer, blocking};
use certificates::Authorities;
use forward_proxy::ForwardProxyConnector;
use proxy::proxy_for;

/// How many redirects are followed before giving up.
const MAX_REDIRECTS: usize = 20;
/// The largest answer that is kept, in bytes.
const MAX_BODY_BYTES: u64 = 512 * 1024 * 1024;
/// Headers that are only meant for the origin they were given for.
const ORIGIN_HEADERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::PROXY_AUTHORIZATION,
];
/// Headers that describe a body, and go when it does.
const BODY_HEADERS: [HeaderName; 5] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_TYPE,
];

/// Says what to request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fetch {
    /// An absolute `http` or `https` address.
    pub url: String,
    /// The method; `GET` unless given.
    #[serde(default)]
    pub method: Option<String>,
    /// The headers, in order; a name may occur several times.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body, in base64.
    #[serde(default)]
    pub body_base64: Option<String>,
    /// What to do when the server points elsewhere.
    #[serde(default)]
    pub redirect: RedirectMode,
}

/// What to do when a server points elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RedirectMode {
    /// Go there.
    #[default]
    Follow,
    /// Fail.
    Error,
    /// Answer with the redirect itself.
    Manual,
}

/// Is what a server answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FetchAnswer {
    status: u16,
    status_text: &'static str,
    url: String,
    redirected: bool,
    headers: Vec<(String, String)>,
    body_base64: String,
}

/// Sends the request and reads the whole answer, whatever its status.
pub(super) async fn fetch(
    fetch: Fetch,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    let action = format!("fetch {:?}", fetch.url);
    let redirect = fetch.redirect;
    let outgoing = Outgoing::new(&fetch, context)?;
    let agent = agent();
    // When this future ends early, the connection closes instead of lingering.
    let _shutdown = ShutdownOnDrop(agent.clone());
    let work = move || outgoing.send(&agent, redirect);
    answer(blocking::detached(context, action, work).await?)
}

struct ShutdownOnDrop(Agent);

impl Drop for ShutdownOnDrop {
    fn drop(&mut self) {
        self.0.clone().shutdown();
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("rigkit/", env!("CARGO_PKG_VERSION")))
        .build();
    // The library's own chain, with one more connector before it.
    let connector = ForwardProxyConnector
        .chain(SocksConnector::default())
        .chain(ConnectProxyConnector::default())
        .chain(TcpConnector::default())
        .chain(RustlsConnector::default());
    Agent::with_parts(config, connector, DefaultResolver::default())
}

/// Is a checked request, as it goes out next.
struct Outgoing {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    environment: Arc<BTreeMap<String, String>>,
    project_dir: PathBuf,
    /// Nothing as long as nobody was to be judged by them.
    authorities: OnceCell<Authorities>,
}

impl Outgoing {
    fn new(fetch: &Fetch, context: &OperationContext) -> Result<Self, OperationError> {
        let invalid = |problem: String| OperationError::InvalidArgument {
            action: format!("fetch {:?}", fetch.url),
            problem,
            help: None,
        };
        let url = Url::parse(&fetch.url).map_err(|error| invalid(error.to_string()))?;
        check_scheme(&url).map_err(invalid)?;
        let method = fetch.method.as_deref().unwrap_or("GET");
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| invalid(format!("{method:?} is not a method")))?;
        let headers = headers(&fetch.headers).map_err(invalid)?;
        let body = match &fetch.body_base64 {
            Some(_) if matches!(method, Method::GET | Method::HEAD) => {
                return Err(invalid(format!("a {method} request cannot have a body")));
            }
            Some(body) => Some(
                BASE64
                    .decode(body)
                    .map_err(|_| invalid("its body is not base64".to_owned()))?,
            ),
            None => None,
        };
        Ok(Self {
            url,
            method,
            headers,
            body,
            environment: Arc::clone(&context.environment.text),
            project_dir: context.project_dir.clone(),
            authorities: OnceCell::new(),
        })
    }

    fn send(mut self, agent: &Agent, mode: RedirectMode) -> Result<FetchAnswer, OperationError> {
        for followed in 0..=MAX_REDIRECTS {
            let response = self.send_once(agent)?;
            match (redirect_target(&response), mode) {
                (Some(_), RedirectMode::Error) => {
                    return Err(self.failed(format!("it redirects ({})", response.status())));
                }
                (Some(target), RedirectMode::Follow) => self.follow(response.status(), &target)?,
                (None, _) | (Some(_), RedirectMode::Manual) => {
                    return self.read(response, followed > 0);
                }
            }
        }
        Err(self.failed(format!("more than {MAX_REDIRECTS} redirects")))
    }

    fn send_once(&self, agent: &Agent) -> Result<Response<Body>, OperationError> {
        let mut address = self.url.clone();
        address.set_fragment(None);
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(address.as_str());
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
        }
        match &self.body {
            Some(body) => self.run(agent, request.body(&body[..])),
            // These say that nothing follows, where others say nothing.
            None if matches!(self.method, Method::POST | Method::PUT | Method::PATCH) => {
                self.run(agent, request.body(&[][..]))
            }
            None => self.run(agent, request.body(())),
        }
    }

    fn run(
        &self,
        agent: &Agent,
        request: ureq::http::Result<Request<impl AsSendBody>>,
    ) -> Result<Response<Body>, OperationError> {
        let mut request = request.map_err(|error| self.transport_error(&error.into()))?;
        let proxy = proxy_for(&self.url, &self.environment)
            .map_err(|error| self.failed(error.to_string()))?;
        if let Some(proxy) = &proxy
            && forward_proxy::forwards(request.uri(), proxy)
            && let Some(credentials) = forward_proxy::credentials(proxy)
        {
            let headers = request.headers_mut();
            headers
                .entry(header::PROXY_AUTHORIZATION)
                .or_insert(credentials);
        }
        let uses_tls = self.uses_tls(proxy.as_ref());
        let mut configured = agent.configure_request(request).proxy(proxy);
        if uses_tls {
            let tls = TlsConfig::builder().root_certs(self.authorities().roots());
            configured = configured.tls_config(tls.build());
        }
        agent
            .run(configured.build())
            .map_err(|error| self.transport_error(&error))
    }

    fn uses_tls(&self, proxy: Option<&Proxy>) -> bool {
        let is_proxy_secure = proxy.is_some_and(|proxy| proxy.protocol() == ProxyProtocol::Https);
        is_proxy_secure || self.url.scheme() == "https"
    }

    fn authorities(&self) -> &Authorities {
        self.authorities
            .get_or_init(|| Authorities::read(&self.environment, &self.project_dir))
    }

    /// Turns this into the request a redirect asks for.
    fn follow(&mut self, status: StatusCode, target: &str) -> Result<(), OperationError> {
        let mut next = self
            .url
            .join(target)
            .map_err(|error| self.failed(format!("it redirects to {target:?}: {error}")))?;
        check_scheme(&next)
            .map_err(|problem| self.failed(format!("it redirects to {target:?}: {problem}")))?;
        if next.fragment().is_none() {
            next.set_fragment(self.url.fragment());
        }
        if next.origin() != self.url.origin() {
            for name in &ORIGIN_HEADERS {
                self.headers.remove(name);
            }
        }
        if becomes_get(status, &self.method) {
            self.method = Method::GET;
            self.body = None;
            for name in &BODY_HEADERS {
                self.headers.remove(name);
            }
        }
        self.url = next;
        Ok(())
    }

    fn read(
        &self,
        response: Response<Body>,
        redirected: bool,
    ) -> Result<FetchAnswer, OperationError> {
        let (parts, body) = response.into_parts();
        let body = body
            .into_with_config()
            .limit(MAX_BODY_BYTES)
            .read_to_vec()
            .map_err(|error| self.transport_error(&error))?;
        Ok(FetchAnswer {
            status: parts.status.as_u16(),
            status_text: parts.status.canonical_reason().unwrap_or_default(),
            url: self.url.to_string(),
            redirected,
            headers: header_list(&parts.headers),
            body_base64: BASE64.encode(body),
        })
    }

    fn transport_error(&self, error: &ureq::Error) -> OperationError {
        let (mut problem, code) = describe(error);
        if let Some(authorities) = self.authorities.get() {
            for unreadable in authorities.unreadable() {
                problem += &format!("; {unreadable}");
            }
        }
        OperationError::Fetch {
            url: presentable(&self.url),
            problem,
            code,
        }
    }

    fn failed(&self, problem: String) -> OperationError {
        OperationError::Fetch {
            url: presentable(&self.url),
            problem,
            code: None,
        }
    }
}

fn check_scheme(url: &Url) -> Result<(), String> {
    match url.scheme() {
        "http" | "https" => Ok(()),
        other => Err(format!("only http and https can be fetched, not {other}")),
    }
}

fn headers(list: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::with_capacity(list.len());
    for (name, value) in list {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} is not a header name"))?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| {
            format!("the value of the header {name:?} has characters that cannot be sent")
        })?;
        headers.append(header, value);
    }
    Ok(headers)
}

fn redirect_target(response: &Response<Body>) -> Option<String> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(header::LOCATION)?;
    redirects.then(|| String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// Tells whether a redirect drops the method and the body.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        301 | 302 => *method == Method::POST,
        303 => !matches!(*method, Method::GET | Method::HEAD),
        _ => false,
    }
}

fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

fn describe(error: &ureq::Error) -> (String, Option<String>) {
    match error {
        ureq::Error::Io(error) => (reason(error), system_code(error)),
        ureq::Error::HostNotFound => ("no such host".to_owned(), Some("ENOTFOUND".to_owned())),
        ureq::Error::Timeout(_) => ("it timed out".to_owned(), Some("ETIMEDOUT".to_owned())),
        ureq::Error::BodyExceedsLimit(limit) => {
            (format!("the answer is larger than {limit} bytes"), None)
        }
        other => (other.to_string(), None),
    }
}

/// Leaves a password out of an address that goes into a message.
fn presentable(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that cannot have them, which need no hiding.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.into()
}

#[cfg(all(test, unix))]
mod tests;
