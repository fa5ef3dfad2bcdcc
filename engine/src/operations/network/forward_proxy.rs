//! Plain requests through a proxy, which is asked for the whole address instead of for a tunnel.
//!
//! The library can only ask for tunnels. So its chain of connectors begins here with one more: it connects to the
//! proxy, and writes the origin in front of the path that a request begins with.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ureq::http::uri::Scheme;
use ureq::http::{HeaderValue, Uri};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, Error, Proxy, ProxyProtocol};

/// Returns whether a proxy is asked for the whole address.
pub(super) fn forwards(uri: &Uri, proxy: &Proxy) -> bool {
    let speaks_http = matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https);
    speaks_http && uri.scheme() == Some(&Scheme::HTTP)
}

/// Gives the header by which a proxy knows who asks; nothing where its address has no credentials.
pub(super) fn credentials(proxy: &Proxy) -> Option<HeaderValue> {
    let (name, password) = (proxy.username()?, proxy.password().unwrap_or_default());
    let credentials = BASE64.encode(format!("{name}:{password}"));
    let mut header = HeaderValue::try_from(format!("Basic {credentials}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// Connects plain requests to their proxy, and leaves all others to the next connector.
#[derive(Debug)]
pub(super) struct ForwardProxyConnector;

impl Connector for ForwardProxyConnector {
    type Out = ForwardTransport;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _chained: Option<()>,
    ) -> Result<Option<ForwardTransport>, Error> {
        let proxy = details.config.proxy();
        let Some(proxy) = proxy.filter(|proxy| forwards(details.uri, proxy)) else {
            return Ok(None);
        };
        let authority = details.uri.authority().ok_or(Error::HostNotFound)?;
        // Who the server knows the caller as is for the header that says so.
        let (_, host) = authority
            .as_str()
            .rsplit_once('@')
            .unwrap_or(("", authority.as_str()));
        Ok(Some(ForwardTransport {
            origin: Some(format!("http://{host}")),
            to_proxy: connect_to(proxy, details)?,
        }))
    }
}

fn connect_to(proxy: &Proxy, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
    let addrs = details
        .resolver
        .resolve(proxy.uri(), details.config, details.timeout)?;
    // The library takes what is not said from the environment of this process.
    let straight = Agent::config_builder()
        .proxy(None)
        .tls_config(details.config.tls_config().clone())
        .build();
    let to_proxy = ConnectionDetails {
        uri: proxy.uri(),
        addrs,
        config: &straight,
        request_level: details.request_level,
        resolver: details.resolver,
        now: details.now,
        timeout: details.timeout,
        current_time: details.current_time.clone(),
        run_connector: details.run_connector.clone(),
        register_shutdown: details.register_shutdown.clone(),
    };
    (details.run_connector)(&to_proxy)
}

/// A connection to a proxy for one request.
pub(super) struct ForwardTransport {
    /// What the path of the request is completed with; nothing once it was sent.
    origin: Option<String>,
    to_proxy: Box<dyn Transport>,
}

impl ForwardTransport {
    fn send(&mut self, bytes: &[u8], timeout: NextTimeout) -> Result<(), Error> {
        let room = self.to_proxy.buffers().output().len().max(1);
        for piece in bytes.chunks(room) {
            self.to_proxy.buffers().output()[..piece.len()].copy_from_slice(piece);
            self.to_proxy.transmit_output(piece.len(), timeout)?;
        }
        Ok(())
    }
}

impl Transport for ForwardTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.to_proxy.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let Some(origin) = self.origin.take() else {
            return self.to_proxy.transmit_output(amount, timeout);
        };
        // It is the beginning of the request: its method, a blank, its path.
        let mut start = self.to_proxy.buffers().output()[..amount].to_vec();
        let method = start.iter().position(|byte| *byte == b' ');
        let path = method.map_or(0, |blank| blank + 1);
        start.splice(path..path, origin.into_bytes());
        self.send(&start, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.to_proxy.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        // The next request would have no origin.
        false
    }

    fn is_tls(&self) -> bool {
        false
    }
}

impl fmt::Debug for ForwardTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ForwardTransport")
            .finish_non_exhaustive()
    }
}
