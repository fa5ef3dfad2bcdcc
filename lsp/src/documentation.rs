//! Where each diagnostic is explained: a page that belongs to exactly this version.

use std::{collections::HashMap, fs, io, path::Path, str::FromStr as _, sync::Arc};

use tower_lsp::ls_types::{CodeDescription, Uri};

use crate::diagnostic_codes;

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
        let directory = host_dir.join("docs").join(version);
        let page = write_page(&directory).ok();
        let page = page.and_then(|()| Uri::from_file_path(directory.join("diagnostics.md")));
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

fn write_page(directory: &Path) -> io::Result<()> {
    let page = directory.join("diagnostics.md");
    if fs::read_to_string(&page).is_ok_and(|text| text == PAGE) {
        return Ok(());
    }
    fs::create_dir_all(directory)?;
    // Another server may be reading it.
    let fresh = directory.join(format!(".diagnostics-{}.md", std::process::id()));
    fs::write(&fresh, PAGE)?;
    fs::rename(fresh, page)
}
