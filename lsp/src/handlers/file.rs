//! The files of a project: as they are now, and as they were when the definition was last good.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::Path,
    sync::Arc,
};

use rigkit_engine::{
    definition::{Definition, HandlerRef},
    modules::{Module, ModuleId, ModuleOrigin},
};

use super::{
    functions::callee_name,
    owners::code_start,
    search::{places_of, visit_places},
};
use crate::{
    analysis::Standing,
    document::{Syntax, SyntaxNode, SyntaxTree, Text},
    sites::CallKey,
    view::ProjectView,
};

/// Is a file that went into the last good definition.
pub(crate) struct ProjectFile<'view> {
    /// What was evaluated.
    pub(crate) module: &'view Module,
    /// The module's name in the graph.
    pub(crate) id: ModuleId,
    /// The text.
    pub(crate) text: Arc<Text>,
    /// Which text it is.
    pub(crate) version: Version,
    view: &'view ProjectView,
    syntax: Syntax,
    /// Where calls begin in the text, and where they began when they were evaluated.
    calls: OnceCell<HashMap<u32, u32>>,
}

/// Says which text of a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Version {
    /// The one that is open, or else the one that was evaluated.
    Current,
    /// The one that was evaluated, although another one is open.
    Evaluated,
}

impl ProjectFile<'_> {
    /// Gives the syntax, which is parsed when it is asked for.
    pub(crate) fn tree(&self) -> Option<&SyntaxTree> {
        self.syntax.tree()
    }

    /// Gives where a stretch of the evaluated text is in this one.
    pub(crate) fn carried(&self, bytes: &Range<u32>) -> Range<u32> {
        carried(self.view, self.module, self.version, bytes)
    }

    /// Gives where a stretch of this text is now.
    pub(crate) fn now(&self, bytes: &Range<u32>) -> Range<u32> {
        match self.version {
            Version::Current => bytes.clone(),
            Version::Evaluated => self.view.current_bytes(&self.module.path, bytes),
        }
    }

    /// Finds the evaluated call that a call of the tree is.
    pub(crate) fn call(&self, call: SyntaxNode<'_>) -> Option<CallKey> {
        if call.kind() != "call_expression" {
            return None;
        }
        let start = u32::try_from(callee_name(call)?.start_byte()).ok()?;
        let calls = self.calls.get_or_init(|| {
            let calls = self.module.call_sites.iter();
            let starts = calls.map(|call| (self.carried(&call.callee).start, call.span.start));
            starts.collect()
        });
        Some(CallKey {
            module: self.id,
            start: *calls.get(&start)?,
        })
    }

    fn visit(&self, places: &[u32], visitor: &mut impl FnMut(&Self, &[SyntaxNode<'_>], u32)) {
        if let Some(tree) = self.tree() {
            visit_places(tree.root(), places, |nodes, place| {
                visitor(self, nodes, place);
            });
        }
    }
}

/// Gives where a stretch of an evaluated module is in one of its texts.
pub(super) fn carried(
    view: &ProjectView,
    module: &Module,
    version: Version,
    bytes: &Range<u32>,
) -> Range<u32> {
    match version {
        Version::Current => view.current_bytes(&module.path, bytes),
        Version::Evaluated => bytes.clone(),
    }
}

/// Is a file that is parsed only if somebody looks into it.
pub(crate) struct LazyFile<'view> {
    /// The module.
    pub(crate) module: &'view Module,
    id: ModuleId,
    view: &'view ProjectView,
    current: OnceCell<ProjectFile<'view>>,
    evaluated: OnceCell<Option<ProjectFile<'view>>>,
}

impl<'view> LazyFile<'view> {
    /// Gives the file as it is now.
    pub(crate) fn current(&self) -> &ProjectFile<'view> {
        self.current.get_or_init(|| {
            let document = self.view.document(&self.module.path);
            let (text, syntax) = match document {
                Some(document) => (Arc::clone(&document.text), document.syntax.clone()),
                None => self.evaluated_text(),
            };
            self.file(Version::Current, text, syntax)
        })
    }

    /// Gives the text that was evaluated, where what is open now is too broken to go by.
    pub(crate) fn evaluated(&self) -> Option<&ProjectFile<'view>> {
        let is_behind = self.view.snapshot.standing == Standing::Behind
            && self.view.document(&self.module.path).is_some();
        if !is_behind {
            return None;
        }
        let file = self.evaluated.get_or_init(|| {
            let is_broken = self.current().tree()?.root().has_error();
            let (text, syntax) = self.evaluated_text();
            is_broken.then(|| self.file(Version::Evaluated, text, syntax))
        });
        file.as_ref()
    }

    /// Visits the smallest nodes around a place of the text as it is now.
    pub(crate) fn visit_place(
        &self,
        place: u32,
        mut visitor: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
    ) {
        self.current().visit(&[place], &mut visitor);
    }

    /// Visits each place of a word: as the text is now, and where that is broken also as it was
    /// when it was not.
    pub(crate) fn visit_word(
        &self,
        word: &str,
        mut visitor: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
    ) {
        self.visit_word_in(word, &(0..u32::MAX), &mut visitor);
        if let Some(evaluated) = self.evaluated() {
            let places = places_of(&evaluated.text.content, word);
            evaluated.visit(&places, &mut visitor);
        }
    }

    /// Visits each place of a word in a stretch of the text as it is now.
    pub(crate) fn visit_word_in(
        &self,
        word: &str,
        within: &Range<u32>,
        mut visitor: impl FnMut(&ProjectFile<'view>, &[SyntaxNode<'_>], u32),
    ) {
        let now = match self.view.document(&self.module.path) {
            Some(document) => &document.text.content,
            None => &self.module.text,
        };
        let mut places = places_of(now, word);
        places.retain(|place| within.contains(place));
        if !places.is_empty() {
            self.current().visit(&places, &mut visitor);
        }
    }

    fn evaluated_text(&self) -> (Arc<Text>, Syntax) {
        let text = self.view.snapshot.text_of(self.module);
        (Arc::clone(&text), Syntax::new(text))
    }

    fn file(&self, version: Version, text: Arc<Text>, syntax: Syntax) -> ProjectFile<'view> {
        ProjectFile {
            module: self.module,
            id: self.id,
            text,
            version,
            view: self.view,
            syntax,
            calls: OnceCell::new(),
        }
    }
}

/// Gives the files of a project, each parsed at most once.
pub(crate) struct ProjectFiles<'view> {
    /// The last good definition.
    pub(crate) definition: &'view Definition,
    files: Vec<LazyFile<'view>>,
}

impl<'view> ProjectFiles<'view> {
    /// Prepares for the files of the last good definition; nothing where none was ever good.
    pub(crate) fn new(view: &'view ProjectView) -> Option<Self> {
        let definition = &**view.snapshot.definition.as_ref()?;
        let modules = definition
            .graph
            .modules()
            .filter(|(_, module)| module.origin == ModuleOrigin::Project)
            .filter(|(_, module)| module.path.extension() != Some("json".as_ref()));
        let files = modules.map(|(id, module)| LazyFile {
            module,
            id,
            view,
            current: OnceCell::new(),
            evaluated: OnceCell::new(),
        });
        Some(Self {
            definition,
            files: files.collect(),
        })
    }

    /// Lists the files.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &LazyFile<'view>> {
        self.files.iter()
    }

    /// Finds a file.
    pub(crate) fn find(&self, path: &Path) -> Option<&LazyFile<'view>> {
        self.files.iter().find(|file| file.module.path == path)
    }

    /// Reads the code of handlers, in their order, with one walk over each file: a workflow is
    /// one chain of calls, and to look for each handler by itself would cost time in proportion
    /// to the square of their number. Of a handler whose code is elsewhere nobody can tell.
    /// Where several have the same code, it is read for the first one.
    pub(crate) fn read_code<T: Clone>(
        &self,
        handlers: &[HandlerRef],
        mut read: impl FnMut(usize, &ProjectFile<'view>, &SyntaxTree, SyntaxNode<'_>) -> T,
    ) -> Vec<Option<T>> {
        let mut found: Vec<Option<T>> = handlers.iter().map(|_| None).collect();
        let mut wanted: BTreeMap<ModuleId, Vec<(&Range<u32>, usize)>> = BTreeMap::new();
        for (index, handler) in handlers.iter().enumerate() {
            if let Some((module, bytes)) = self.definition.fingerprints.code(handler.fingerprint) {
                wanted.entry(module).or_default().push((bytes, index));
            }
        }
        for file in &self.files {
            let Some(mut wanted) = wanted.remove(&file.id) else {
                continue;
            };
            read_in(file.current(), &wanted, &mut found, &mut read);
            wanted.retain(|(_, index)| found[*index].is_none());
            if !wanted.is_empty()
                && let Some(evaluated) = file.evaluated()
            {
                read_in(evaluated, &wanted, &mut found, &mut read);
            }
        }
        found
    }
}

fn read_in<'view, T: Clone>(
    file: &ProjectFile<'view>,
    wanted: &[(&Range<u32>, usize)],
    found: &mut [Option<T>],
    read: &mut impl FnMut(usize, &ProjectFile<'view>, &SyntaxTree, SyntaxNode<'_>) -> T,
) {
    let Some(tree) = file.tree() else {
        return;
    };
    let starts = wanted.iter();
    let starts = starts.map(|(bytes, index)| (file.carried(bytes).start, *index));
    let mut starts: Vec<(u32, usize)> = starts.collect();
    starts.sort_unstable();
    let places: Vec<Range<u32>> = starts.iter().map(|(at, _)| *at..*at + 1).collect();
    tree.visit_around(&places, |node| {
        let Some(start) = code_start(node) else {
            return;
        };
        let first = starts.partition_point(|(at, _)| *at < start);
        let same = starts[first..].iter().take_while(|(at, _)| *at == start);
        let mut same = same.map(|(_, index)| *index).peekable();
        if let Some(index) = same.peek() {
            let value = read(*index, file, tree, node);
            same.for_each(|index| found[index] = Some(value.clone()));
        }
    });
}
