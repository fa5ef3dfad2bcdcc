//! The names of one project: what a place names, and where else that is named.

use std::{cell::OnceCell, collections::HashSet, ops::Range, path::Path};

use rigkit_engine::definition::Definition;
use tower_lsp::ls_types::{Location, Range as LspRange};

use super::{Occurrence, Spelling, index::Index, targets::InvalidateTarget};
use crate::{
    context_keys::{KeyMakers, TaskOutput},
    document::SyntaxNode,
    handlers::{
        Handler, HandlersByCode, INVALIDATE, LazyFile, ProjectFile, ProjectFiles, Version,
        handler_around, word_at,
    },
    sites::CallKey,
    view::ProjectView,
};

/// Knows the names of a project, for one request.
pub(crate) struct ProjectNames<'view> {
    /// The last good definition.
    pub(crate) definition: &'view Definition,
    pub(super) index: Index<'view>,
    pub(super) view: &'view ProjectView,
    files: ProjectFiles<'view>,
    by_code: OnceCell<HandlersByCode<'view>>,
    key_makers: OnceCell<KeyMakers<'view>>,
}

impl<'view> ProjectNames<'view> {
    /// Prepares for questions; nothing where no definition was ever good.
    pub(crate) fn new(view: &'view ProjectView) -> Option<Self> {
        let files = ProjectFiles::new(view)?;
        Some(Self {
            definition: files.definition,
            index: Index::new(files.definition),
            view,
            files,
            by_code: OnceCell::new(),
            key_makers: OnceCell::new(),
        })
    }

    /// Says what a place in a file names; a name ends where its last letter does.
    pub(crate) fn at(&self, path: &Path, place: u32) -> Option<Occurrence> {
        let lazy = self.files.find(path)?;
        let mut places = std::iter::once(place).chain(place.checked_sub(1));
        places
            .find_map(|place| {
                let mut found = None;
                lazy.visit_place(place, |file, nodes, place| {
                    found = self.occurrence(file, nodes, place);
                });
                found
            })
            .or_else(|| self.evaluated_at(lazy, place))
    }

    /// Says what a place was the name of when the definition was last good.
    fn evaluated_at(&self, lazy: &LazyFile<'view>, place: u32) -> Option<Occurrence> {
        lazy.evaluated()?;
        let word = word_at(&lazy.current().text.content, place as usize);
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

    /// Finds every call of `invalidate` that names a task by a text.
    pub(crate) fn invalidate_targets(&self) -> Vec<InvalidateTarget<'view>> {
        let mut found = Vec::new();
        for lazy in self.files.iter() {
            lazy.visit_word(INVALIDATE, |file, nodes, _| {
                let target = self.target_of_call(file, nodes);
                found.extend(target.and_then(|target| self.carried_target(file, target)));
            });
        }
        let mut seen = HashSet::new();
        found.retain(|target| seen.insert((target.path.clone(), target.bytes.start)));
        found
    }

    /// Finds those in a stretch of a file, as it is now.
    pub(crate) fn invalidate_targets_in(
        &self,
        path: &Path,
        within: &Range<u32>,
    ) -> Vec<InvalidateTarget<'view>> {
        let mut found = Vec::new();
        if let Some(lazy) = self.files.find(path) {
            lazy.visit_word_in(INVALIDATE, within, |file, nodes, _| {
                found.extend(self.target_of_call(file, nodes));
            });
        }
        found
    }

    /// Gives a place as the client counts.
    pub(crate) fn range(&self, path: &Path, bytes: &Range<u32>) -> Option<LspRange> {
        let lazy = self.files.find(path)?;
        let text = &lazy.current().text;
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
        let lazy = self.files.find(path);
        lazy.map_or("", |lazy| lazy.current().text.slice(bytes))
    }

    /// Lists what the handlers in a task's call put into the context.
    pub(super) fn outputs(&self, call: CallKey) -> impl Iterator<Item = &TaskOutput<'view>> {
        let users = self.index.handler_uses(call).into_iter().flatten();
        users.filter_map(|user| self.key_makers().output(user.sight.workflow, user.task()?))
    }

    /// Knows who makes the keys of contexts.
    pub(super) fn key_makers(&self) -> &KeyMakers<'view> {
        self.key_makers.get_or_init(|| KeyMakers::new(&self.files))
    }

    /// Finds the handler around a place.
    pub(super) fn handler(
        &self,
        file: &ProjectFile<'_>,
        nodes: &[SyntaxNode<'_>],
    ) -> Option<Handler<'view>> {
        let by_code = || {
            let new = || HandlersByCode::new(self.view, self.definition);
            self.by_code.get_or_init(new)
        };
        handler_around(file, |call| self.index.handler_uses(call), by_code, nodes)
    }

    fn occurrences(&self, lazy: &LazyFile<'view>, name: &str) -> Vec<Occurrence> {
        let mut found: Vec<Occurrence> = Vec::new();
        lazy.visit_word(name, |file, nodes, place| {
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
        if let Spelling::Member { object_end, .. } = &mut found.spelling {
            *object_end = file.now(&(*object_end..found.bytes.end)).start;
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
        let bytes = file.now(bytes);
        (self.text(&file.module.path, &bytes) == name).then_some(bytes)
    }
}
