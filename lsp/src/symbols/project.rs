//! The names of one project: what a place names, and where else that is named.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    ops::Range,
    path::Path,
};

use rigkit_engine::{
    definition::Definition,
    modules::{Module, ModuleId, ModuleOrigin},
};
use tower_lsp::ls_types::{Location, Range as LspRange};

use super::{
    CallKey, Occurrence,
    file::ProjectFile,
    handler::{Handler, NamedHandlers, handler_around},
    index::Index,
    output::Output,
    resolve::{ContextMemo, InvalidateTarget},
    search::{places_of, visit_places},
};
use crate::{document::SyntaxNode, view::ProjectView};

/// Knows the names of a project, for one request.
pub(crate) struct ProjectNames<'view> {
    /// The last good definition.
    pub(crate) definition: &'view Definition,
    pub(super) index: Index<'view>,
    pub(super) context_memo: RefCell<ContextMemo>,
    view: &'view ProjectView,
    files: Vec<LazyFile<'view>>,
    named_handlers: OnceCell<NamedHandlers<'view>>,
    outputs: OnceCell<HashMap<CallKey, Output>>,
}

/// Is a file that is looked into only where it may have what is searched.
struct LazyFile<'view> {
    id: ModuleId,
    module: &'view Module,
    file: OnceCell<ProjectFile<'view>>,
}

impl<'view> ProjectNames<'view> {
    /// Prepares for questions; nothing where no definition was ever good.
    pub(crate) fn new(view: &'view ProjectView) -> Option<Self> {
        let definition = &**view.snapshot.definition.as_ref()?;
        let modules = definition
            .graph
            .modules()
            .filter(|(_, module)| module.origin == ModuleOrigin::Project)
            .filter(|(_, module)| module.path.extension() != Some("json".as_ref()));
        let files = modules.map(|(id, module)| LazyFile {
            id,
            module,
            file: OnceCell::new(),
        });
        Some(Self {
            definition,
            index: Index::new(definition),
            context_memo: RefCell::default(),
            view,
            files: files.collect(),
            named_handlers: OnceCell::new(),
            outputs: OnceCell::new(),
        })
    }

    /// Says what a place in a file names; a name ends where its last letter does.
    pub(crate) fn at(&self, path: &Path, place: u32) -> Option<Occurrence> {
        let lazy = self.files.iter().find(|file| file.module.path == path)?;
        let mut places = std::iter::once(place).chain(place.checked_sub(1));
        places.find_map(|place| self.occurrences(lazy, &[place]).pop())
    }

    /// Finds where a name stands for something, in one file or in all of them.
    pub(crate) fn search(&self, name: &str, only_in: Option<&Path>) -> Vec<Occurrence> {
        let wanted = |file: &&LazyFile<'_>| only_in.is_none_or(|path| file.module.path == path);
        let files = self.files.iter().filter(wanted);
        files
            .flat_map(|lazy| self.occurrences(lazy, &places_of(self.text(lazy), name)))
            .collect()
    }

    /// Finds every call of `invalidate` that names a task.
    pub(crate) fn invalidate_targets(&self) -> Vec<InvalidateTarget<'view>> {
        let mut found = Vec::new();
        for lazy in &self.files {
            let places = places_of(self.text(lazy), "invalidate");
            self.visit(lazy, &places, |file, nodes, _| {
                found.extend(self.target_of_method(file, nodes));
            });
        }
        found
    }

    /// Gives a place as the client counts.
    pub(crate) fn range(&self, path: &Path, bytes: &Range<u32>) -> Option<LspRange> {
        let lazy = self.files.iter().find(|file| file.module.path == path)?;
        let text = &self.file(lazy).text;
        Some(text.range(bytes, self.view.editor.encoding()))
    }

    /// Gives a place with its file as the client knows it.
    pub(crate) fn location(&self, path: &Path, bytes: &Range<u32>) -> Option<Location> {
        Some(Location {
            uri: self.view.editor.uri(path)?,
            range: self.range(path, bytes)?,
        })
    }

    /// Gives where a stretch of an evaluated module is now.
    pub(super) fn current(&self, module: &Module, bytes: &Range<u32>) -> Range<u32> {
        match self.view.document(&module.path) {
            Some(_) => self.view.current_bytes(&module.path, bytes),
            None => bytes.clone(),
        }
    }

    /// Gives what the handler of a task's call puts into the context.
    pub(super) fn output(&self, call: CallKey) -> Option<&Output> {
        self.outputs.get_or_init(|| self.read_outputs()).get(&call)
    }

    /// Finds the handler around a place.
    pub(super) fn handler(
        &self,
        file: &ProjectFile<'_>,
        nodes: &[SyntaxNode<'_>],
    ) -> Option<Handler<'view>> {
        let named = || {
            self.named_handlers
                .get_or_init(|| NamedHandlers::new(self.definition, &self.index))
        };
        handler_around(file, &self.index, named, nodes)
    }

    fn read_outputs(&self) -> HashMap<CallKey, Output> {
        let mut outputs = HashMap::new();
        for lazy in &self.files {
            // A handler without it keeps the context as it is.
            let places = places_of(self.text(lazy), "ctx");
            self.visit(lazy, &places, |file, nodes, _| {
                self.read_output(file, nodes, &mut outputs);
            });
        }
        outputs
    }

    fn read_output(
        &self,
        file: &ProjectFile<'_>,
        nodes: &[SyntaxNode<'_>],
        outputs: &mut HashMap<CallKey, Output>,
    ) {
        let Some(handler) = self.handler(file, nodes) else {
            return;
        };
        let Some(tree) = file.tree() else {
            return;
        };
        for user in &handler.uses {
            outputs
                .entry(user.call)
                .or_insert_with(|| Output::of(tree, &file.module.path, nodes[handler.depth]));
        }
    }

    fn occurrences(&self, lazy: &LazyFile<'view>, places: &[u32]) -> Vec<Occurrence> {
        let mut found = Vec::new();
        self.visit(lazy, places, |file, nodes, place| {
            found.extend(self.occurrence(file, nodes, place));
        });
        found
    }

    fn visit(
        &self,
        lazy: &LazyFile<'view>,
        places: &[u32],
        mut visit: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
    ) {
        if places.is_empty() {
            return;
        }
        let file = self.file(lazy);
        if let Some(tree) = file.tree() {
            visit_places(tree.root(), places, |nodes, place| {
                visit(file, nodes, place)
            });
        }
    }

    fn file<'a>(&self, lazy: &'a LazyFile<'view>) -> &'a ProjectFile<'view> {
        lazy.file
            .get_or_init(|| ProjectFile::new(self.view, lazy.id, lazy.module))
    }

    /// Gives the text of a file as it is now.
    fn text<'a>(&'a self, lazy: &'a LazyFile<'view>) -> &'a str {
        match self.view.document(&lazy.module.path) {
            Some(document) => &document.text.content,
            None => &lazy.module.text,
        }
    }
}
