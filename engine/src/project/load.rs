//! From a config on the disk, or in an editor's buffers, to a definition.

use std::{
    cell::RefCell,
    path::PathBuf,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use thiserror::Error;

use crate::{
    definition::{ConsoleLine, Definition, extract},
    diagnostic::Diagnostic,
    modules::{
        GraphOptions, IdentityUse, MAX_MODULE_BYTES, ModuleGraph, PREPARATION_TIME, Preparation,
        TranspileCache, takes_too_long,
    },
    sandbox::{
        CpuMeter, SandboxLimits, Variables,
        realm::{Realm, RealmOptions},
    },
    source::{Buffers, DiskFiles, LineIndex, SourceRange},
};

use super::{NoAnswer, wait_for_load};

/// Says what a definition is loaded from.
#[derive(Clone)]
pub struct LoadOptions {
    /// The directory that relative imports may not leave.
    pub project_root: PathBuf,
    /// The config.
    pub config_path: PathBuf,
    /// What lies over the disk.
    pub files: Arc<dyn Buffers>,
    /// What `process.env` and `env` read.
    pub variables: Variables,
    /// What evaluating may use.
    pub limits: SandboxLimits,
    /// Stops the load from another thread.
    pub interrupt: Arc<AtomicBool>,
    /// Where modules that were transpiled before are kept.
    pub(crate) cache: Option<Arc<TranspileCache>>,
    /// Whether handlers are told apart by what they do.
    pub identity: IdentityUse,
    /// Where it is noted which module is being prepared.
    pub(crate) preparation: Preparation,
}

impl LoadOptions {
    /// Loads a project from the disk.
    #[must_use]
    pub fn new(project: &super::Project, variables: Variables) -> Self {
        Self {
            project_root: project.root.clone(),
            config_path: project.config_path(),
            files: Arc::new(DiskFiles),
            variables,
            limits: SandboxLimits::default(),
            interrupt: Arc::default(),
            cache: None,
            identity: IdentityUse::Full,
            preparation: Preparation::default(),
        }
    }
}

/// Says why there is no definition.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The config is wrong; at least one problem says where.
    #[error("{}", .0.first().map_or("the config is wrong", |problem| problem.message.as_str()))]
    Invalid(Vec<Diagnostic>),
    /// The machine has no room for a sandbox.
    #[error("failed to start the sandbox: {0}")]
    Sandbox(String),
}

/// Loads a definition.
///
/// # Errors
/// Where the config is wrong, or the sandbox cannot start.
pub fn load(options: &LoadOptions) -> Result<Definition, LoadError> {
    let meter = CpuMeter::default();
    let (loaded, definition) = mpsc::channel();
    let (owned, measured) = (options.clone(), meter.clone());
    deep_thread("rigkit-load")
        .spawn(move || {
            let result = load_in_realm(&owned, measured).map(|loaded| loaded.definition);
            // Whoever waited for it may have given up.
            let _ = loaded.send(result);
        })
        .map_err(|error| LoadError::Sandbox(error.to_string()))?;
    let is_interrupted = || options.interrupt.load(Ordering::Relaxed);
    wait_for_load(&definition, &meter, is_interrupted)
        .unwrap_or_else(|no_answer| Err(LoadError::without_answer(no_answer, options)))
}

impl LoadError {
    /// Says why a load gave no definition and no error either.
    pub(crate) fn without_answer(no_answer: NoAnswer, options: &LoadOptions) -> Self {
        match no_answer {
            NoAnswer::Overdue => {
                let (file, problem) = match options.preparation.current() {
                    Some(module) => (module, takes_too_long()),
                    None => (options.config_path.clone(), options.limits.time_limit()),
                };
                let start = SourceRange::new(&file, &LineIndex::new("".into()), 0..0);
                Self::Invalid(vec![problem.at(start)])
            }
            NoAnswer::Cancelled | NoAnswer::Gone => {
                Self::Sandbox("the sandbox stopped unexpectedly".to_owned())
            }
        }
    }
}

/// Is a definition with the sandbox it lives in, both bound to a thread.
pub(crate) struct LoadedRealm {
    pub(crate) realm: Realm,
    pub(crate) definition: Definition,
}

/// Loads a definition on this thread and keeps its sandbox; the thread has to have a deep
/// stack.
pub(crate) fn load_in_realm(
    options: &LoadOptions,
    meter: CpuMeter,
) -> Result<LoadedRealm, LoadError> {
    let graph_options = GraphOptions {
        project_root: options.project_root.clone(),
        files: Arc::clone(&options.files),
        cache: options.cache.clone(),
        identity: options.identity,
        preparation: options.preparation.clone(),
    };
    meter.start(PREPARATION_TIME);
    let (graph, problems) = ModuleGraph::load(&options.config_path, &graph_options);
    meter.stop();
    if let Some(cache) = &options.cache {
        cache.prune();
    }
    if !problems.is_empty() {
        return Err(LoadError::Invalid(problems));
    }
    let realm = Realm::new(RealmOptions {
        graph: Arc::new(graph),
        variables: options.variables.clone(),
        limits: options.limits,
        interrupt: Arc::clone(&options.interrupt),
        meter,
    })
    .map_err(|error| LoadError::Sandbox(error.to_string()))?;
    let console = collect_console(&realm);
    let mut definition = realm
        .define(|ctx, exports| extract(&realm, ctx, exports, options))
        .map_err(|problems| {
            let secrets = options.variables.secrets();
            LoadError::Invalid(
                problems
                    .into_iter()
                    .map(|problem| problem.masked(secrets))
                    .collect(),
            )
        })?;
    definition.console = console.take();
    Ok(LoadedRealm { realm, definition })
}

/// Keeps what the config writes to the console, for whoever shows it.
fn collect_console(realm: &Realm) -> Rc<RefCell<Vec<ConsoleLine>>> {
    let lines = Rc::new(RefCell::new(Vec::new()));
    let written = Rc::clone(&lines);
    *realm.console.borrow_mut() = Box::new(move |message| {
        written.borrow_mut().push(ConsoleLine {
            stream: message.level.into(),
            text: message.text,
        });
    });
    lines
}

/// Makes a thread with a stack that is deep enough for the largest module accepted; only what
/// is used of it takes memory.
///
/// The parser and the passes over the syntax tree recurse, and a chain of ten thousand
/// calls is that many levels deep.
pub(crate) fn deep_thread(name: &str) -> thread::Builder {
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK_BYTES)
}

/// Enough for every prefix operator or opening bracket of the largest module to be a level
/// of its own.
const STACK_BYTES: usize = MAX_MODULE_BYTES * 512;
