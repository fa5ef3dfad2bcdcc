//! Where each diagnostic is explained: a page that belongs to exactly this version.

use std::{fs, io, path::Path, str::FromStr as _};

use tower_lsp::ls_types::{CodeDescription, Uri};

const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// Knows where the page about diagnostics is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documentation {
    page: Option<Uri>,
}

impl Documentation {
    /// Lays the page beside what else belongs to the developer, where a link can lead to.
    pub(crate) fn lay_out(host_dir: &Path, version: &str) -> Self {
        let directory = host_dir.join("docs").join(version);
        let page = write_page(&directory).ok();
        Self {
            page: page.and_then(|()| Uri::from_file_path(directory.join("diagnostics.md"))),
        }
    }

    /// Gives the link to what is said of a code.
    pub(crate) fn of(&self, code: &str) -> Option<CodeDescription> {
        let page = self.page.as_ref()?;
        let href = Uri::from_str(&format!("{}#{code}", page.as_str())).ok()?;
        Some(CodeDescription { href })
    }
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
