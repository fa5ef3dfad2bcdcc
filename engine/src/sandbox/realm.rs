//! A fresh sandbox with the modules of one project in it.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use rquickjs::{
    Context, Ctx, Module, Object, Promise, Runtime, Value, module::Evaluated, promise::PromiseState,
};

use super::{
    common_js, compiled,
    cpu_meter::CpuMeter,
    globals::{self, ConsoleMessage, GlobalsOptions},
    heap::{BoundedHeap, HeapAccount},
    limits::{PassedLimit, SandboxLimits, Watchdog},
    loader::{self, GraphLoader, GraphResolver},
    secrets,
    thrown::Thrown,
    variables::{self, Variables},
};
use crate::{
    definition::{Place, nearest},
    diagnostic::{Diagnostic, DiagnosticCode},
    memory::noted_place,
    modules::{Import, Module as SourceModule, ModuleGraph, ModuleNames, ModuleOrigin},
    source::SourceRange,
};

/// How much of the thread's stack the language may use.
const LANGUAGE_STACK_BYTES: usize = 4 * 1024 * 1024;

/// A definition keeps what it builds, so looking for garbage in it finds none.
const GC_THRESHOLD_BYTES: usize = 32 * 1024 * 1024;

/// Is a language runtime with the modules of one project, bound to its thread.
pub(crate) struct Realm {
    pub(crate) context: Context,
    pub(crate) graph: Arc<ModuleGraph>,
    pub(crate) watchdog: Watchdog,
    pub(crate) console: ConsoleTarget,
    limits: SandboxLimits,
    heap: HeapAccount,
}

/// Receives what is written to the console; who that is changes when handlers run.
pub(crate) type ConsoleTarget = Rc<RefCell<Box<dyn FnMut(ConsoleMessage)>>>;

/// Says what a realm is made with.
pub(crate) struct RealmOptions {
    pub(crate) graph: Arc<ModuleGraph>,
    pub(crate) variables: Variables,
    pub(crate) limits: SandboxLimits,
    pub(crate) interrupt: Arc<AtomicBool>,
    /// Shows whoever waits for the definition how much processor time it uses.
    pub(crate) meter: CpuMeter,
}

impl Realm {
    /// Makes a sandbox; nothing of the project has run in it yet.
    pub(crate) fn new(options: RealmOptions) -> rquickjs::Result<Self> {
        let heap = HeapAccount::new(options.limits.memory);
        let runtime = Runtime::new_with_alloc(BoundedHeap(heap.clone()))?;
        runtime.set_max_stack_size(LANGUAGE_STACK_BYTES);
        runtime.set_gc_threshold(GC_THRESHOLD_BYTES);
        let watchdog = Watchdog::install(&runtime, options.interrupt, options.meter);
        runtime.set_loader(
            GraphResolver(Arc::clone(&options.graph)),
            GraphLoader(Arc::clone(&options.graph)),
        );
        let context = Context::full(&runtime)?;
        let console: ConsoleTarget = Rc::new(RefCell::new(Box::new(|_| {})));
        context.with(|ctx| install(&ctx, &options.graph, &options.variables, &console))?;
        Ok(Self {
            context,
            graph: options.graph,
            watchdog,
            console,
            limits: options.limits,
            heap,
        })
    }

    /// Evaluates the config and everything it imports, within the limits, and reads the
    /// result with `read` while the limits still hold.
    pub(crate) fn define<T>(
        &self,
        read: impl for<'js> FnOnce(&Ctx<'js>, &Object<'js>) -> Result<T, Vec<Diagnostic>>,
    ) -> Result<T, Vec<Diagnostic>> {
        self.watchdog.start(self.limits);
        let result: Result<T, Vec<Diagnostic>> = self.context.with(|ctx| {
            let namespace = self.evaluate(&ctx).map_err(|problem| vec![problem])?;
            self.check().map_err(|problem| vec![problem])?;
            let read = read(&ctx, &namespace)?;
            self.check().map_err(|problem| vec![problem])?;
            Ok(read)
        });
        self.watchdog.stop();
        result.map_err(|problems| {
            problems
                .into_iter()
                .map(|problem| self.placed(problem))
                .collect()
        })
    }

    /// Looks at the limits where the language did not: it asks its watchdog only now and then,
    /// and never within its own library.
    fn check(&self) -> Result<(), Diagnostic> {
        self.watchdog.must_stop();
        self.refuse_passed()
    }

    fn refuse_passed(&self) -> Result<(), Diagnostic> {
        match self.passed() {
            Some(passed) => Err(self.limits.problem(passed)),
            None => Ok(()),
        }
    }

    /// Returns the limit that was passed. Memory may have been refused where nobody noticed: in a
    /// promise that nobody waits for, or in code that catches every error.
    fn passed(&self) -> Option<PassedLimit> {
        let exhausted = self.heap.was_exhausted();
        let passed = self.watchdog.passed();
        passed.or_else(|| exhausted.then_some(PassedLimit::Memory))
    }

    /// Places at the config what has no place of its own, such as a text that was thrown.
    fn placed(&self, problem: Diagnostic) -> Diagnostic {
        match problem.range {
            Some(_) => problem,
            None => problem.at(self.graph.module(ModuleGraph::ENTRY).range(&(0..0))),
        }
    }

    /// Takes the limits away: handlers may compute as long as nobody cancels them.
    pub(crate) fn lift_limits(&self) {
        self.watchdog.stop();
        self.watchdog.answer_by(None);
        self.heap.set_limit(usize::MAX);
    }

    /// Holds what runs next to the memory of a definition, and stops it at a moment.
    pub(crate) fn limit_until(&self, moment: Instant) {
        self.watchdog.stop();
        self.watchdog.answer_by(Some(moment));
        self.heap.set_limit(self.limits.memory);
    }

    fn evaluate<'js>(&self, ctx: &Ctx<'js>) -> Result<Object<'js>, Diagnostic> {
        let evaluated =
            loader::declare(ctx, &self.graph, ModuleGraph::ENTRY).and_then(Module::eval);
        let (module, promise) = evaluated.map_err(|error| self.explain(ctx, &error))?;
        self.settle(ctx, &promise)?;
        self.run_jobs(ctx)?;
        namespace(&module).map_err(|error| self.explain(ctx, &error))
    }

    /// Runs all jobs of the language that are left, for they may set what handlers use.
    fn run_jobs(&self, ctx: &Ctx<'_>) -> Result<(), Diagnostic> {
        while self.watchdog.passed().is_none() && ctx.execute_pending_job() {}
        self.refuse_passed()
    }

    /// Runs the jobs of the language until a promise settles.
    pub(crate) fn settle<'js>(
        &self,
        ctx: &Ctx<'js>,
        promise: &Promise<'js>,
    ) -> Result<Value<'js>, Diagnostic> {
        while promise.state() == PromiseState::Pending && ctx.execute_pending_job() {}
        match promise.result::<Value>() {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(self.explain(ctx, &error)),
            None => {
                self.refuse_passed()?;
                Err(Diagnostic::error(
                    DiagnosticCode::DefinitionNeverSettles,
                    "the config waits for something that never comes",
                )
                .help(
                    "a definition has no timers and no network: move the `await` into a task handler",
                ))
            }
        }
    }

    /// Says where code was stopped that seems to be at a place, which may be before its loop.
    fn stopped_at(&self, place: &SourceRange) -> SourceRange {
        let in_loop = self.graph.loop_after(place);
        in_loop.unwrap_or_else(|| place.clone())
    }

    /// Turns a failure of the language into a diagnostic with its place.
    pub(crate) fn explain(&self, ctx: &Ctx<'_>, error: &rquickjs::Error) -> Diagnostic {
        if let Some(passed) = self.watchdog.passed() {
            let thrown = Thrown::catch(ctx, &self.graph);
            let place = thrown.place().map(|place| self.stopped_at(place));
            // The engine's own work has no place in the code; it works on what a call has made.
            let place = place.or_else(|| Place::of_number(noted_place()).range(&self.graph));
            return self.limits.problem(passed).at(place);
        }
        if !error.is_exception() {
            return Diagnostic::error(DiagnosticCode::DefinitionThrew, error.to_string());
        }
        let value = ctx.catch();
        let thrown = Thrown::from_value(ctx, &value, &self.graph);
        if self.heap.was_exhausted() {
            return self.limits.memory_limit().at(thrown.place().cloned());
        }
        missing_export(&thrown, &self.graph)
            .or_else(|| missing_module(&thrown, &self.graph))
            .unwrap_or_else(|| threw(&thrown))
    }
}

fn install(
    ctx: &Ctx<'_>,
    graph: &Arc<ModuleGraph>,
    variables: &Variables,
    console: &ConsoleTarget,
) -> rquickjs::Result<()> {
    let console = Rc::clone(console);
    globals::install(
        ctx,
        &GlobalsOptions {
            variables: variables.clone(),
            console: Rc::new(move |message| (console.borrow_mut())(message)),
        },
    )?;
    compiled::evaluate(ctx, compiled::BOOTSTRAP)?;
    compiled::evaluate(ctx, compiled::MARKS)?;
    variables::install(ctx, variables)?;
    secrets::install(ctx, variables)?;
    common_js::install(ctx, graph)
}

fn namespace<'js>(module: &Module<'js, Evaluated>) -> rquickjs::Result<Object<'js>> {
    module.namespace()
}

fn threw(thrown: &Thrown) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(DiagnosticCode::DefinitionThrew, thrown.title())
        .at(thrown.place().cloned())
        .caused_by(thrown.causes.clone());
    if thrown.place().is_some() {
        let place = thrown.place_in_package().cloned();
        diagnostic = diagnostic.related("thrown here, in a package", place);
    }
    for caller in thrown.callers() {
        diagnostic = diagnostic.related("called from here", Some(caller.clone()));
    }
    let handler_only = HANDLER_ONLY
        .iter()
        .find(|name| thrown.message == format!("{name} is not defined"));
    if let Some(name) = handler_only {
        return diagnostic.help(format!(
            "`{name}` exists while a handler runs, not while the workflow is being defined"
        ));
    }
    if let Some(help) = &thrown.help {
        return diagnostic.help(help);
    }
    match thrown.name.as_str() {
        "ReferenceError" if thrown.message.contains("initialized") => diagnostic
            .help("the value is used before its module has run: modules that import each other in a circle do that"),
        _ => diagnostic,
    }
}

/// Globals that handlers have and definitions do not.
const HANDLER_ONLY: &[&str] = &[
    "setTimeout",
    "setInterval",
    "setImmediate",
    "clearTimeout",
    "clearInterval",
    "clearImmediate",
    "fetch",
    "AbortController",
    "AbortSignal",
    "crypto",
    "performance",
];

/// Recognises the runtime's message for an `import()` that leads nowhere.
fn missing_module(thrown: &Thrown, graph: &ModuleGraph) -> Option<Diagnostic> {
    let rest = thrown.message.strip_prefix("Error resolving module '")?;
    let (specifier, rest) = rest.split_once("' from '")?;
    let importer = graph.module(loader::find(graph, rest.strip_suffix('\'')?)?);
    let import = importer
        .imports
        .iter()
        .find(|import| import.specifier == specifier);
    let place = import.map(|import| importer.range(&import.span));
    let message = format!("cannot find the module `{specifier}`");
    Some(
        Diagnostic::error(DiagnosticCode::UnresolvedImport, message)
            .at(place)
            .help("an `import()` has to name a module as a text, so that it can be found before the config runs"),
    )
}

/// Recognises the runtime's message for an import that its target does not export.
fn missing_export(thrown: &Thrown, graph: &ModuleGraph) -> Option<Diagnostic> {
    let rest = thrown.message.strip_prefix("Could not find export '")?;
    let (name, rest) = rest.split_once("' in module '")?;
    let target = rest.strip_suffix('\'')?;
    let imports = |module: &SourceModule, import: &Import| {
        let id = module.link(&import.specifier)?;
        let leads_there = loader::module_name(graph, id) == target;
        let named = import.names.iter().find(|(imported, _)| imported == name)?;
        leads_there.then(|| (import.specifier.clone(), module.range(&named.1), id))
    };
    let (specifier, range, target) = graph.modules().find_map(|(_, module)| {
        module
            .imports
            .iter()
            .find_map(|import| imports(module, import))
    })?;
    let diagnostic = Diagnostic::error(
        DiagnosticCode::MissingExport,
        format!("`{specifier}` does not export `{name}`"),
    )
    .at(range);
    Some(with_meant_export(diagnostic, name, graph.module(target)))
}

/// Says which export was most likely meant: one that is only declared, or the one with the nearest name.
fn with_meant_export(diagnostic: Diagnostic, name: &str, target: &SourceModule) -> Diagnostic {
    let names = ModuleNames::read(&target.path, &target.text);
    let mut declared = names.declared.iter();
    if let Some((_, span)) = declared.find(|(declared, _)| declared == name) {
        let is_own = target.origin == ModuleOrigin::Project;
        let range = is_own.then(|| target.range(span));
        return diagnostic
            .help(format!("it declares `{name}`: put `export` before it"))
            .related("declared here, and not exported", range);
    }
    match nearest(name, names.exported.iter().map(String::as_str)) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}
