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
};

use thiserror::Error;

use crate::{
    confined::{Evaluator, ProcessSlot, Worker},
    definition::{ConsoleLine, Definition, extract},
    diagnostic::Diagnostic,
    event::LogStream,
    modules::{
        GraphOptions, IdentityUse, ModuleChecker, ModuleGraph, PREPARATION_TIME, Preparation,
        TranspileCache, spawn_deep, takes_too_long,
    },
    sandbox::{
        CpuMeter, SandboxLimits, Variables,
        globals::ConsoleMessage,
        realm::{Realm, RealmOptions},
        thrown::bounded,
    },
    source::{Buffers, Footprint, LineIndex, SourceRange},
    trust::{OwnerRule, Trust},
};

use super::{
    Loading, NoAnswer,
    waiting::{LOOK_OFTEN, LOOK_RARELY, wait_and_look},
};

/// Says what a definition is loaded from.
#[derive(Clone)]
pub struct LoadOptions {
    /// The directory that relative imports may not leave.
    pub project_root: PathBuf,
    /// The config.
    pub config_path: PathBuf,
    /// What lies over the disk.
    pub buffers: Arc<Buffers>,
    /// Who may decide what a project does.
    pub owners: OwnerRule,
    /// What `process.env` and `env` read.
    pub variables: Variables,
    /// What evaluating may use.
    pub limits: SandboxLimits,
    /// Stops the load from another thread.
    pub interrupt: Arc<AtomicBool>,
    /// The loads of this process, which may be ended together.
    pub(crate) loading: Loading,
    /// Where modules that were transpiled before are kept.
    pub(crate) cache: Option<Arc<TranspileCache>>,
    /// Whether handlers are told apart by what they do.
    pub identity: IdentityUse,
    /// What can check modules and evaluate in a process of its own; without it this process does.
    pub(crate) evaluator: Option<Arc<Evaluator>>,
    /// Whether a person has vouched for the project.
    pub(crate) trust: Trust,
    /// Where it is noted which module is being prepared.
    pub(crate) preparation: Preparation,
    /// Where it is noted what was looked at.
    pub footprint: Footprint,
}

impl LoadOptions {
    /// Loads a project from the disk.
    #[must_use]
    pub fn new(project: &super::Project, variables: Variables) -> Self {
        Self {
            project_root: project.root.clone(),
            config_path: project.config_path(),
            buffers: Arc::default(),
            owners: OwnerRule::default(),
            variables,
            limits: SandboxLimits::default(),
            interrupt: Arc::default(),
            loading: Loading::default(),
            cache: None,
            identity: IdentityUse::Full,
            evaluator: None,
            trust: Trust::Trusted,
            preparation: Preparation::default(),
            footprint: Footprint::default(),
        }
    }
}

/// Says why there is no definition.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The config is wrong; at least one problem says where.
    #[error("{}", .0.first().map_or("the config is wrong", |problem| problem.message.as_str()))]
    Invalid(Vec<Diagnostic>),
    /// There is no sandbox, or it has given no answer.
    #[error("the sandbox failed: {0}")]
    Sandbox(String),
    /// The machine has no room for a thread.
    #[error("failed to start a thread to load the config: {0}")]
    NoThread(std::io::Error),
}

/// Loads a definition.
///
/// # Errors
/// Where the config is wrong, or the sandbox cannot start.
pub fn load(options: &LoadOptions) -> Result<Definition, LoadError> {
    let evaluator = options.confining_evaluator();
    if let Some(evaluator) = &evaluator {
        // It gets ready while this process reads the sources.
        evaluator.prepare();
    }
    let look_every = match evaluator {
        Some(_) => LOOK_OFTEN,
        None => LOOK_RARELY,
    };
    let meter = CpuMeter::default();
    let slot = ProcessSlot::default();
    let (loaded, definition) = mpsc::channel();
    let (owned, measured, filled) = (options.clone(), meter.clone(), slot.clone());
    spawn_deep("rigkit-load", move || {
        // Whoever waited for it may have given up.
        let _ = loaded.send(load_definition(
            &owned,
            evaluator.as_ref(),
            measured,
            &filled,
        ));
    })
    .map_err(LoadError::NoThread)?;
    let is_interrupted =
        || options.interrupt.load(Ordering::Relaxed) || options.loading.is_unwanted();
    wait_and_look(&definition, &meter, look_every, is_interrupted).unwrap_or_else(|no_answer| {
        slot.end();
        match no_answer {
            NoAnswer::Overdue => options.note_overrun(),
            NoAnswer::Cancelled => options.interrupt.store(true, Ordering::Relaxed),
            NoAnswer::Gone => {}
        }
        Err(LoadError::without_answer(no_answer, options))
    })
}

impl LoadOptions {
    /// Returns what evaluates the definition in a process of its own, if that has to be.
    fn confining_evaluator(&self) -> Option<Arc<Evaluator>> {
        let evaluator = self.evaluator.as_ref()?;
        let is_confined = !self.trust.is_trusted() || evaluator.is_overrun_by(&self.project_root);
        is_confined.then(|| Arc::clone(evaluator))
    }

    /// Remembers that an evaluation of the project could not be ended. A process can be: the
    /// next one is evaluated in one.
    fn note_overrun(&self) {
        if let Some(evaluator) = &self.evaluator {
            evaluator.note_overrun(&self.project_root);
        }
    }
}

fn load_definition(
    options: &LoadOptions,
    evaluator: Option<&Arc<Evaluator>>,
    meter: CpuMeter,
    slot: &ProcessSlot,
) -> Result<Definition, LoadError> {
    match evaluator {
        None => Ok(load_in_realm(options, meter)?.definition),
        Some(evaluator) => {
            let mut worker = Worker::new(evaluator, slot, &meter, options);
            let graph = load_graph(options, &meter, Some(&mut worker))?;
            worker.evaluate(graph, options)
        }
    }
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
                Self::Sandbox("it stopped unexpectedly".to_owned())
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
    let slot = ProcessSlot::default();
    let evaluator = options.evaluator.as_ref();
    let mut worker = evaluator.map(|it| Worker::new(it, &slot, &meter, options));
    let checker = worker
        .as_mut()
        .map(|worker| worker as &mut dyn ModuleChecker);
    let graph = load_graph(options, &meter, checker)?;
    evaluate_graph(Arc::new(graph), options, meter)
}

/// Reads and transpiles all modules that the config reaches.
pub(crate) fn load_graph(
    options: &LoadOptions,
    meter: &CpuMeter,
    checker: Option<&mut dyn ModuleChecker>,
) -> Result<ModuleGraph, LoadError> {
    let graph_options = GraphOptions {
        project_root: options.project_root.clone(),
        buffers: Arc::clone(&options.buffers),
        owners: options.owners.clone(),
        cache: options.cache.clone(),
        identity: options.identity,
        preparation: options.preparation.clone(),
        memory: options.limits.memory,
        footprint: options.footprint.clone(),
    };
    meter.start(PREPARATION_TIME);
    let (graph, problems) =
        ModuleGraph::load_checked(&options.config_path, &graph_options, checker);
    meter.stop();
    if let Some(cache) = &options.cache {
        cache.prune();
    }
    if !problems.is_empty() {
        return Err(LoadError::Invalid(problems));
    }
    Ok(graph)
}

/// Evaluates modules on this thread and keeps the sandbox.
pub(crate) fn evaluate_graph(
    graph: Arc<ModuleGraph>,
    options: &LoadOptions,
    meter: CpuMeter,
) -> Result<LoadedRealm, LoadError> {
    let realm = Realm::new(RealmOptions {
        graph,
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
    definition.console = console.take().into_lines();
    let secrets = options.variables.secrets();
    let weak = secrets.take_weak();
    let weak = weak.iter().map(|secret| secret.warning(&realm.graph));
    let warnings = std::mem::take(&mut definition.warnings).into_iter();
    let warnings = warnings.map(|warning| warning.masked(secrets));
    definition.warnings = weak.chain(warnings).collect();
    Ok(LoadedRealm { realm, definition })
}

/// How much of what a config writes to the console is kept, in bytes and in lines: a definition
/// has little to say.
const MAX_CONSOLE_BYTES: usize = 1024 * 1024;
const MAX_CONSOLE_LINES: usize = 10_000;

/// Keeps what the config writes to the console, for whoever shows it.
fn collect_console(realm: &Realm) -> Rc<RefCell<Console>> {
    let console = Rc::new(RefCell::new(Console::default()));
    let written = Rc::clone(&console);
    *realm.console.borrow_mut() = Box::new(move |message| written.borrow_mut().add(message));
    console
}

/// What a config has written to the console so far.
#[derive(Default)]
struct Console {
    lines: Vec<ConsoleLine>,
    bytes: usize,
    left_out: usize,
}

impl Console {
    fn add(&mut self, message: ConsoleMessage) {
        let text = bounded(message.text);
        if self.bytes + text.len() > MAX_CONSOLE_BYTES || self.lines.len() >= MAX_CONSOLE_LINES {
            self.left_out += 1;
            return;
        }
        self.bytes += text.len();
        self.lines.push(ConsoleLine {
            stream: message.level.into(),
            text,
        });
    }

    fn into_lines(mut self) -> Vec<ConsoleLine> {
        if self.left_out > 0 {
            self.lines.push(ConsoleLine {
                stream: LogStream::Warn,
                text: format!(
                    "… {} more messages of the config are left out",
                    self.left_out
                ),
            });
        }
        self.lines
    }
}
