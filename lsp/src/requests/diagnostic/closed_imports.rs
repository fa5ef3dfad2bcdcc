//! Where open files import those that are not open: what is wrong there is told here as well, for not every
//! editor shows what is wrong in a file that nobody looks at.

use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
};

use rigkit_engine::{diagnostic::Severity, source::ImportSite};
use tower_lsp::ls_types::Range;

use crate::{analysis::Problem, view::ProjectView};

/// Finds the imports of files that are not open.
pub(super) struct ImportsOfClosedFiles<'a> {
    view: &'a ProjectView,
    /// All imports of the last evaluation, once somebody asks.
    imports: Option<Vec<ImportSite>>,
    told: HashSet<PathBuf>,
}

/// An import in an open file.
pub(super) struct OpenImport {
    /// The file.
    pub(super) importer: PathBuf,
    /// Where it is now.
    pub(super) range: Range,
}

impl<'a> ImportsOfClosedFiles<'a> {
    /// Begins with nothing told.
    pub(super) fn new(view: &'a ProjectView) -> Self {
        Self {
            view,
            imports: None,
            told: HashSet::new(),
        }
    }

    /// Returns where an open file imports, itself or through others, the file that has an error; one for
    /// each file is enough.
    pub(super) fn first_of(&mut self, path: &Path, problem: &Problem) -> Option<OpenImport> {
        let is_told_there = self.view.document(path).is_some();
        if is_told_there || problem.severity != Severity::Error {
            return None;
        }
        if !self.told.insert(path.to_path_buf()) {
            return None;
        }
        let import = self.nearest(path)?;
        let document = self.view.document(&import.importer)?;
        let bytes = match self.view.carried.get(&import.importer) {
            Some(carried) => carried.since_evaluated().range(&import.bytes),
            None => import.bytes,
        };
        let range = document.text.range(&bytes, self.view.editor.encoding());
        Some(OpenImport {
            importer: import.importer,
            range,
        })
    }

    /// Goes from importer to importer until one is open.
    fn nearest(&mut self, path: &Path) -> Option<ImportSite> {
        let view = self.view;
        let imports = self
            .imports
            .get_or_insert_with(|| view.snapshot.footprint.imports());
        let mut seen = HashSet::from([path]);
        let mut queue = VecDeque::from([path]);
        while let Some(target) = queue.pop_front() {
            for import in imports.iter().filter(|import| import.target == target) {
                if view.document(&import.importer).is_some() {
                    return Some(import.clone());
                }
                if seen.insert(&import.importer) {
                    queue.push_back(&import.importer);
                }
            }
        }
        None
    }
}
