//! Whose certificates are trusted: the system's, and those that the environment names.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::sync::LazyLock;

use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};
use ureq::tls::{Certificate, RootCerts};

/// The variables that name files with certificates.
const FILES: [&str; 2] = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];
/// The variable that names folders with such files.
const FOLDERS: &str = "SSL_CERT_DIR";

/// The system's certificates; what is installed while this process runs is for the next one.
static OF_SYSTEM: LazyLock<Vec<Certificate<'static>>> = LazyLock::new(of_system);

/// The certificates that servers are judged by.
pub(super) struct Authorities {
    trusted: Vec<Certificate<'static>>,
    /// What the environment names and cannot be read.
    unreadable: Vec<String>,
}

impl Authorities {
    /// Reads what is trusted in an environment, whose paths begin in a folder.
    pub(super) fn read(environment: &BTreeMap<String, String>, folder: &Path) -> Self {
        let mut authorities = Self {
            trusted: OF_SYSTEM.clone(),
            unreadable: Vec::new(),
        };
        let value = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        for variable in FILES {
            if let Some(file) = value(variable) {
                let path = folder.join(file);
                authorities.add(variable, &path, load_certs_from_paths(Some(&path), None));
            }
        }
        let folders = value(FOLDERS).map(env::split_paths);
        for path in folders.into_iter().flatten() {
            let path = folder.join(path);
            authorities.add(FOLDERS, &path, load_certs_from_paths(None, Some(&path)));
        }
        authorities
    }

    fn add(&mut self, variable: &str, path: &Path, read: CertificateResult) {
        if read.certs.is_empty() {
            let reason = read.errors.first().map_or(
                "there are no certificates in it".to_owned(),
                ToString::to_string,
            );
            let path = path.display();
            let problem = format!("`{variable}` names {path}, which is not used: {reason}");
            self.unreadable.push(problem);
        }
        self.trusted.extend(certificates(read));
    }

    /// Returns them as the library takes them.
    pub(super) fn roots(&self) -> RootCerts {
        RootCerts::new_with_certs(&self.trusted)
    }

    /// Returns what the environment names and cannot be read.
    pub(super) fn unreadable(&self) -> &[String] {
        &self.unreadable
    }
}

/// Finds the system's certificates, and takes Mozilla's where it has none.
fn of_system() -> Vec<Certificate<'static>> {
    let mut found = certificates(if is_named_by_process() {
        of_system_folders()
    } else {
        load_native_certs()
    });
    if found.is_empty() {
        let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        found.extend(mozilla.map(|der| Certificate::from_der(der)));
    }
    found
}

/// Returns whether the environment of this process takes the place of the system's certificates for OpenSSL.
fn is_named_by_process() -> bool {
    [FILES[0], FOLDERS]
        .map(env::var_os)
        .iter()
        .any(Option::is_some)
}

fn of_system_folders() -> CertificateResult {
    let folders = openssl_probe::candidate_cert_dirs();
    let read = folders.map(|folder| load_certs_from_paths(None, Some(folder)));
    read.reduce(|mut all, more| {
        all.certs.extend(more.certs);
        all
    })
    .unwrap_or_default()
}

fn certificates(read: CertificateResult) -> Vec<Certificate<'static>> {
    let all = read.certs.into_iter();
    all.map(|der| Certificate::from_der(&der).to_owned())
        .collect()
}
