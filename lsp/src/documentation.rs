//! Where each diagnostic is explained: a page that belongs to exactly this version.

use std::{collections::HashMap, path::Path, str::FromStr as _, sync::Arc};

use rigkit_engine::disk::{DiskError, Links, Root};
use tower_lsp::ls_types::{CodeDescription, Uri};

use crate::diagnostic_codes;

const NAME: &str = "diagnostics.md";
const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// Knows where each diagnostic is explained.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documentation {
    /// One link for each code, for a plan may give thousands of one code.
    links: Arc<HashMap<&'static str, Uri>>,
}

impl Documentation {
    /// Lays the page beside what else belongs to the developer, where a link can lead to.
    pub(crate) fn lay_out(host_dir: &Path, version: &str) -> Self {
        let directory = Path::new("docs").join(version);
        // Where nobody knows the home, its place would be the current directory.
        let own = Some(host_dir).filter(|directory| directory.is_absolute());
        let page = own.and_then(|host_dir| write_page(host_dir, &directory).ok());
        let page = page.and_then(|()| Uri::from_file_path(host_dir.join(directory).join(NAME)));
        let links = page.into_iter().flat_map(|page| {
            let codes = diagnostic_codes().into_iter();
            codes.filter_map(move |code| Some((code, link(&page, code)?)))
        });
        Self {
            links: Arc::new(links.collect()),
        }
    }

    /// Gives the link to what is said of a code.
    pub(crate) fn of(&self, code: &str) -> Option<CodeDescription> {
        let href = self.links.get(code)?.clone();
        Some(CodeDescription { href })
    }
}

fn link(page: &Uri, code: &str) -> Option<Uri> {
    Uri::from_str(&format!("{}#{code}", page.as_str())).ok()
}

/// Another server may be reading the page, which is why it is replaced at once.
fn write_page(host_dir: &Path, directory: &Path) -> Result<(), DiskError> {
    let page = directory.join(NAME);
    let host = Root::make_named(host_dir, Links::Inside)?;
    let is_current = |text: Vec<u8>| text == PAGE.as_bytes();
    if host.read(&page, PAGE.len() as u64).is_ok_and(is_current) {
        return Ok(());
    }
    host.create_folders(directory)?;
    host.replace(&page, PAGE.as_bytes())
}
