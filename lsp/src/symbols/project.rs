//! The names of one project: what a place names, and where else that is named.

use std::{
    cell::{OnceCell, RefCell},
    collections::{HashMap, HashSet},
    ops::Range,
    path::Path,
    sync::Arc,
};

use rigkit_engine::{
    definition::Definition,
    modules::{Module, ModuleId, ModuleOrigin},
};
use tower_lsp::ls_types::{Location, Range as LspRange};

use super::{
    CallKey, Occurrence, Spelling,
    context::ContextMemo,
    file::{ProjectFile, Version},
    handler::{Handler, NamedHandlers, handler_around},
    index::Index,
    output::Output,
    search::{places_of, visit_places, word_at},
    targets::InvalidateTarget,
};
use crate::{
    analysis::Standing,
    document::{SyntaxNode, size},
    view::ProjectView,
};

/// Knows the names of a project, for one request.
pub(crate) struct ProjectNames<'view> {
    /// The last good definition.
    pub(crate) definition: &'view Definition,
    pub(super) index: Index<'view>,
    pub(super) context_memo: RefCell<ContextMemo>,
    view: &'view ProjectView,
    files: Vec<LazyFile<'view>>,
    named_handlers: OnceCell<NamedHandlers<'view>>,
    outputs: OnceCell<HashMap<CallKey, Arc<Output>>>,
}

/// Is a file that is looked into only where it may have what is searched.
struct LazyFile<'view> {
    id: ModuleId,
    module: &'view Module,
    current: OnceCell<ProjectFile<'view>>,
    evaluated: OnceCell<Option<ProjectFile<'view>>>,
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
            current: OnceCell::new(),
            evaluated: OnceCell::new(),
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
        places
            .find_map(|place| {
                let mut found = None;
                visit(self.current(lazy), &[place], |file, nodes, place| {
                    found = self.occurrence(file, nodes, place);
                });
                found
            })
            .or_else(|| self.evaluated_at(lazy, place))
    }

    /// Says what a place was the name of when the definition was last good.
    fn evaluated_at(&self, lazy: &LazyFile<'view>, place: u32) -> Option<Occurrence> {
        self.evaluated(lazy)?;
        let word = word_at(&self.current(lazy).text.content, place as usize);
        let mut found = self.occurrences(lazy, word).into_iter();
        found.find(|found| (found.bytes.start..=found.bytes.end).contains(&place))
    }

    /// Finds where a name stands for something, in one file or in all of them.
    pub(crate) fn search(&self, name: &str, only_in: Option<&Path>) -> Vec<Occurrence> {
        let wanted = |file: &&LazyFile<'_>| only_in.is_none_or(|path| file.module.path == path);
        let files = self.files.iter().filter(wanted);
        files
            .flat_map(|lazy| self.occurrences(lazy, name))
            .collect()
    }

    /// Finds every call of `invalidate` that names a task.
    pub(crate) fn invalidate_targets(&self) -> Vec<InvalidateTarget<'view>> {
        let mut found = Vec::new();
        for lazy in &self.files {
            self.visit_word(lazy, "invalidate", |file, nodes, _| {
                let target = self.target_of_method(file, nodes);
                found.extend(target.and_then(|target| self.carried_target(file, target)));
            });
        }
        let mut seen = HashSet::new();
        found.retain(|target| seen.insert((target.path.clone(), target.bytes.start)));
        found
    }

    /// Gives a place as the client counts.
    pub(crate) fn range(&self, path: &Path, bytes: &Range<u32>) -> Option<LspRange> {
        let lazy = self.files.iter().find(|file| file.module.path == path)?;
        let text = &self.current(lazy).text;
        Some(text.range(bytes, self.view.editor.encoding()))
    }

    /// Gives a place with its file as the client knows it.
    pub(crate) fn location(&self, path: &Path, bytes: &Range<u32>) -> Option<Location> {
        Some(Location {
            uri: self.view.editor.uri(path)?,
            range: self.range(path, bytes)?,
        })
    }

    /// Gives the text of a place.
    pub(crate) fn text(&self, path: &Path, bytes: &Range<u32>) -> &str {
        let lazy = self.files.iter().find(|file| file.module.path == path);
        lazy.map_or("", |lazy| self.current(lazy).text.slice(bytes))
    }

    /// Gives where a stretch of an evaluated module is now.
    pub(super) fn current_bytes(&self, module: &Module, bytes: &Range<u32>) -> Range<u32> {
        match self.view.document(&module.path) {
            Some(_) => self.view.current_bytes(&module.path, bytes),
            None => bytes.clone(),
        }
    }

    /// Gives what the handler of a task's call puts into the context.
    pub(super) fn output(&self, call: CallKey) -> Option<&Output> {
        let outputs = self.outputs.get_or_init(|| self.read_outputs());
        outputs.get(&call).map(AsRef::as_ref)
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

    fn read_outputs(&self) -> HashMap<CallKey, Arc<Output>> {
        let mut outputs = HashMap::new();
        for lazy in &self.files {
            let mut read = (Version::Current, 0);
            // A handler without it keeps the context as it is.
            self.visit_word(lazy, "ctx", |file, nodes, place| {
                if (file.version, place) < read {
                    return;
                }
                if let Some(handler) = self.handler(file, nodes) {
                    let function = nodes[handler.depth];
                    read = (file.version, size(function.end_byte()));
                    self.read_output(file, function, &handler, &mut outputs);
                }
            });
        }
        outputs
    }

    fn read_output(
        &self,
        file: &ProjectFile<'_>,
        function: SyntaxNode<'_>,
        handler: &Handler<'_>,
        outputs: &mut HashMap<CallKey, Arc<Output>>,
    ) {
        let Some(tree) = file.tree() else {
            return;
        };
        let mut output = Output::of(tree, &file.module.path, function);
        for key in &mut output.keys {
            if let Some(bytes) = self.carried_name(file, &key.bytes, &key.name) {
                key.bytes = bytes;
            }
        }
        let output = Arc::new(output);
        for user in &handler.uses {
            outputs
                .entry(user.call)
                .or_insert_with(|| Arc::clone(&output));
        }
    }

    fn occurrences(&self, lazy: &LazyFile<'view>, name: &str) -> Vec<Occurrence> {
        let mut found: Vec<Occurrence> = Vec::new();
        self.visit_word(lazy, name, |file, nodes, place| {
            let occurrence = self.occurrence(file, nodes, place);
            found.extend(occurrence.and_then(|found| self.carried(file, found)));
        });
        let mut seen = HashSet::new();
        found.retain(|found| seen.insert(found.bytes.start));
        found.sort_by_key(|found| found.bytes.start);
        found
    }

    /// Gives an occurrence in the text as it is now; nothing where that is another text.
    fn carried(&self, file: &ProjectFile<'_>, mut found: Occurrence) -> Option<Occurrence> {
        if file.version == Version::Evaluated
            && let Spelling::Member { object_end, .. } = &mut found.spelling
        {
            let member = *object_end..found.bytes.end;
            *object_end = self.current_bytes(file.module, &member).start;
        }
        found.bytes = self.carried_name(file, &found.bytes, &found.name)?;
        Some(found)
    }

    fn carried_target(
        &self,
        file: &ProjectFile<'_>,
        mut target: InvalidateTarget<'view>,
    ) -> Option<InvalidateTarget<'view>> {
        target.bytes = self.carried_name(file, &target.bytes, &target.text)?;
        Some(target)
    }

    fn carried_name(
        &self,
        file: &ProjectFile<'_>,
        bytes: &Range<u32>,
        name: &str,
    ) -> Option<Range<u32>> {
        if file.version == Version::Current {
            return Some(bytes.clone());
        }
        let bytes = self.current_bytes(file.module, bytes);
        (self.text(&file.module.path, &bytes) == name).then_some(bytes)
    }

    /// Visits each place of a word: as the text is now, and where that is broken also as it was
    /// when it was not.
    fn visit_word(
        &self,
        lazy: &LazyFile<'view>,
        word: &str,
        mut visitor: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
    ) {
        let now = match self.view.document(&lazy.module.path) {
            Some(document) => &document.text.content,
            None => &lazy.module.text,
        };
        let places = places_of(now, word);
        if !places.is_empty() {
            visit(self.current(lazy), &places, &mut visitor);
        }
        if let Some(evaluated) = self.evaluated(lazy) {
            let places = places_of(&evaluated.text.content, word);
            visit(evaluated, &places, &mut visitor);
        }
    }

    fn current<'a>(&self, lazy: &'a LazyFile<'view>) -> &'a ProjectFile<'view> {
        lazy.current
            .get_or_init(|| ProjectFile::current(self.view, lazy.id, lazy.module))
    }

    /// Gives the text that was evaluated, where what is open now is too broken to go by.
    fn evaluated<'a>(&self, lazy: &'a LazyFile<'view>) -> Option<&'a ProjectFile<'view>> {
        let is_behind = self.view.snapshot.standing == Standing::Behind
            && self.view.document(&lazy.module.path).is_some();
        if !is_behind {
            return None;
        }
        let file = lazy.evaluated.get_or_init(|| {
            let is_broken = self.current(lazy).tree()?.root().has_error();
            is_broken.then(|| ProjectFile::evaluated(lazy.id, lazy.module))
        });
        file.as_ref()
    }
}

fn visit<'view>(
    file: &ProjectFile<'view>,
    places: &[u32],
    mut visitor: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
) {
    if let Some(tree) = file.tree() {
        visit_places(tree.root(), places, |nodes, place| {
            visitor(file, nodes, place);
        });
    }
}
