//! What a request sees: the documents and projects as they were when it came.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    Engine, EngineOptions,
    modules::Module,
    project::Project,
    source::{LineColumn, SourceRange, read_excerpt},
};
use tower_lsp::ls_types::{Location, Position, Range as LspRange, Uri};

use crate::{
    activity::Activity,
    analysis::{Carried, Snapshot},
    client_features::ClientFeatures,
    document::{Document, PositionEncoding, Text},
    open_project::Moment,
    settings::Settings,
};

/// Is what a request sees of the editor.
#[derive(Clone)]
pub(crate) struct View {
    /// The open documents.
    pub(crate) documents: HashMap<PathBuf, Arc<Document>>,
    /// What the user set.
    pub(crate) settings: Arc<Settings>,
    /// What the client can do.
    pub(crate) features: Arc<ClientFeatures>,
}

/// Is what a request sees of one project.
#[derive(Clone)]
pub(crate) struct ProjectView {
    /// Where its config really is, whatever link leads there.
    pub(crate) config: PathBuf,
    /// What is known of it.
    pub(crate) snapshot: Arc<Snapshot>,
    /// How its open files changed since.
    pub(crate) carried: Arc<HashMap<PathBuf, Carried>>,
    /// What runs in it.
    pub(crate) activity: Arc<Activity>,
    /// What an engine works on that sees the open buffers.
    pub(crate) engine_options: EngineOptions,
    /// What had happened when it was looked at.
    pub(crate) now: Moment,
    /// The editor.
    pub(crate) editor: View,
}

impl View {
    /// Gives the encoding of positions.
    pub(crate) fn encoding(&self) -> PositionEncoding {
        self.features.encoding
    }

    /// Returns the name of a config as the client knows it.
    pub(crate) fn config_uri(&self, config: &Path, project: &Project) -> Option<Uri> {
        match self.documents.get(config) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(project.config_path()),
        }
    }

    /// Gives the name of a file as the client knows it.
    pub(crate) fn uri(&self, path: &Path) -> Option<Uri> {
        match self.documents.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(path),
        }
    }
}

impl ProjectView {
    /// Gives the root as the engine knows it.
    pub(crate) fn root(&self) -> &Path {
        &self.engine_options.project.root
    }

    /// Says whether a file is part of the project, as far as is known.
    pub(crate) fn has_file(&self, path: &Path) -> bool {
        let definition = self.snapshot.definition.as_ref();
        let is_module = definition.is_some_and(|definition| definition.graph.find(path).is_some());
        is_module || self.config == path
    }

    /// Returns the name of the config as the client knows it: of the file that it has open, or that which
    /// makes the folder a project.
    pub(crate) fn config_uri(&self) -> Option<Uri> {
        self.editor
            .config_uri(&self.config, &self.engine_options.project)
    }

    /// Makes an engine that sees the open buffers, and knows what the definition has read as secrets.
    pub(crate) fn engine(&self) -> Engine {
        let options = self.engine_options.clone();
        match &self.snapshot.definition {
            Some(definition) => Engine::for_definition(options, definition),
            None => Engine::new(options),
        }
    }

    /// Gives an open document.
    pub(crate) fn document(&self, path: &Path) -> Option<&Arc<Document>> {
        self.editor.documents.get(path)
    }

    /// Gives where a stretch of the last good definition's text is now, in bytes; a file that is
    /// not open was not edited.
    pub(crate) fn current_bytes(&self, path: &Path, bytes: &Range<u32>) -> Range<u32> {
        match self.carried.get(path) {
            Some(carried) => carried.since_good().range(bytes),
            None => bytes.clone(),
        }
    }

    /// Gives where a stretch of a module of the last good definition is now, as the client counts.
    pub(crate) fn module_range(&self, module: &Module, bytes: &Range<u32>) -> LspRange {
        let encoding = self.editor.encoding();
        match self.document(&module.path) {
            Some(document) => {
                let bytes = self.current_bytes(&module.path, bytes);
                document.text.range(&bytes, encoding)
            }
            None => self.snapshot.text_of(module).range(bytes, encoding),
        }
    }

    /// Gives where a range of the last good definition is now.
    pub(crate) fn location(&self, range: &SourceRange) -> Option<Location> {
        self.located(range, &self.current_bytes(&range.file, &range.bytes))
    }

    /// Gives where a range of the last evaluation, good or not, is now.
    pub(crate) fn problem_location(&self, range: &SourceRange) -> Option<Location> {
        self.located(range, &self.problem_bytes(range))
    }

    /// Gives where a range of the last evaluation, good or not, is now, in bytes.
    pub(crate) fn problem_bytes(&self, range: &SourceRange) -> Range<u32> {
        match self.carried.get(&range.file) {
            Some(carried) => carried.since_evaluated().range(&range.bytes),
            None => range.bytes.clone(),
        }
    }

    fn located(&self, range: &SourceRange, bytes: &Range<u32>) -> Option<Location> {
        let uri = self.editor.uri(&range.file)?;
        let encoding = self.editor.encoding();
        let range = match self.document(&range.file) {
            Some(document) => document.text.range(bytes, encoding),
            None => closed_file_range(range, encoding),
        };
        Some(Location { uri, range })
    }
}

/// Files that are not open are counted in characters by the engine; only beyond the basic plane
/// does that differ from what clients count.
fn closed_file_range(range: &SourceRange, encoding: PositionEncoding) -> LspRange {
    if let Some(content) = read_excerpt(&range.file) {
        return Text::new(content).range(&range.bytes, encoding);
    }
    let position = |place: LineColumn| Position::new(place.line - 1, place.column - 1);
    LspRange::new(position(range.start), position(range.end))
}
