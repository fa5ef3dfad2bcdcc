//! Whose certificates count.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

/// The authority that has signed the certificate of `localhost`; nobody else trusts it.
const AUTHORITY: &str = include_str!("../test_certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../test_certificates/server.pem");
const KEY: &[u8] = include_bytes!("../test_certificates/server-key.pem");

/// Starts a server that speaks TLS, and gives its address.
fn secure_server() -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 4096];
            // Who does not trust it says nothing.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(&respond("200 OK", "", b"safe"));
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    address
}

/// Fetches from a server in a project with its authority in two places, with variables.
async fn check(variables: &[(&str, &str)], expectation: &str) {
    let address = secure_server();
    check_fetch(&address, &address, variables, expectation).await;
}

async fn check_fetch(server: &str, url: &str, variables: &[(&str, &str)], expectation: &str) {
    let mut project = Project::with(&[
        ("authority.pem", AUTHORITY),
        ("folder/any-name", AUTHORITY),
        ("empty/", ""),
        ("text.pem", "no certificate"),
    ]);
    let root = project.context.project_dir.display().to_string();
    for (name, value) in variables {
        let value = value.replace("ROOT", &root).replace("SERVER", server);
        project.set_variable(name, &value);
    }
    let line = project.line("network.fetch", json!({ "url": url })).await;
    let line = line.replace(server, "ADDRESS");
    assert!(line.contains(expectation), "{variables:?}: {line}");
}

#[tokio::test]
async fn the_environment_names_authorities() {
    let safe = "\"status\":200";
    check(&[("SSL_CERT_FILE", "ROOT/authority.pem")], safe).await;
    check(&[("SSL_CERT_FILE", "authority.pem")], safe).await;
    check(&[("NODE_EXTRA_CA_CERTS", "ROOT/authority.pem")], safe).await;
    check(&[("SSL_CERT_DIR", "ROOT/folder")], safe).await;
    check(&[("SSL_CERT_DIR", "ROOT/empty:ROOT/folder")], safe).await;
    let beside = [
        ("SSL_CERT_FILE", "ROOT/text.pem"),
        ("SSL_CERT_DIR", "ROOT/empty"),
        ("NODE_EXTRA_CA_CERTS", "ROOT/authority.pem"),
    ];
    check(&beside, safe).await;
}

#[tokio::test]
async fn who_is_not_trusted_is_refused() {
    let refused = "failed to fetch \"ADDRESS\": ";
    let unknown = "invalid peer certificate: UnknownIssuer";
    check(&[], refused).await;
    check(&[], unknown).await;
    check(&[("SSL_CERT_FILE", "")], unknown).await;
    check(&[("SSL_CERT_DIR", "ROOT/empty")], unknown).await;
    let missing =
        "UnknownIssuer; `NODE_EXTRA_CA_CERTS` names PROJECT/gone.pem, which is not used: ";
    check(&[("NODE_EXTRA_CA_CERTS", "ROOT/gone.pem")], missing).await;
    let empty = "`SSL_CERT_FILE` names PROJECT/text.pem, which is not used: there are no certificates in it";
    check(&[("SSL_CERT_FILE", "ROOT/text.pem")], empty).await;
}

#[tokio::test]
async fn a_proxy_may_be_spoken_to_in_secret() {
    let proxy = ("http_proxy", "SERVER");
    let trusted = ("NODE_EXTRA_CA_CERTS", "ROOT/authority.pem");
    let page = "http://page.test/";
    check_fetch(&secure_server(), page, &[proxy, trusted], "\"status\":200").await;
    check_fetch(&secure_server(), page, &[proxy], "UnknownIssuer").await;
}
