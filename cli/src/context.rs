//! Where a command works: its directory, its project, its engine.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use rigkit_engine::{
    Engine, EngineError, EngineOptions,
    confined::Evaluator,
    disk::{DataFolder, EntryKind},
    display_text,
    project::{Environment, Project},
    sandbox::SandboxLimits,
    trust::Trust,
};

use crate::{
    arguments::GlobalOptions,
    failure::{Failure, UsageCode},
    progress::Told,
    signals,
    trust::Decisions,
};

/// Knows where a command works.
pub(crate) struct Context {
    /// What was typed for every command.
    pub(crate) options: GlobalOptions,
    /// Whose output the person has seen.
    pub(crate) told: Told,
    /// What the person has decided about folders.
    pub(crate) decisions: Decisions,
    project: OnceCell<Project>,
}

impl Context {
    /// Goes to the directory that was asked for.
    ///
    /// A failure comes with whether it is to be told as JSON.
    pub(crate) fn new(options: GlobalOptions) -> Result<Self, (Failure, bool)> {
        launch_directory();
        if let Some(directory) = &options.chdir {
            env::set_current_dir(directory)
                .map_err(|error| (bad_directory(directory, &error), options.json))?;
        }
        Ok(Self {
            decisions: Decisions::new(options.quiet),
            options,
            told: Told::default(),
            project: OnceCell::new(),
        })
    }

    /// Finds the project, once.
    pub(crate) fn project(&self) -> Result<&Project, Failure> {
        if let Some(project) = self.project.get() {
            return Ok(project);
        }
        let found = match &self.options.config {
            Some(config) => Project::of_config(config),
            None => Project::find(Path::new(".")),
        };
        let found = found.map_err(EngineError::from)?;
        Ok(self.project.get_or_init(|| found))
    }

    /// Returns the context of one of several projects that a command works on.
    pub(crate) fn in_project(&self, project: Project) -> Self {
        Self {
            options: self.options.clone(),
            told: Told::default(),
            decisions: Decisions::new(self.options.quiet),
            project: OnceCell::from(project),
        }
    }

    /// Makes an engine for the project, for a command that only reads.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let project = self.project()?;
        self.engine_of(project, self.state_path()?)
    }

    /// Makes an engine that runs code of the project, which is what the person has decided by
    /// typing this command.
    pub(crate) fn engine_to_run(&self, command: &str) -> Result<Engine, Failure> {
        let project = self.project()?;
        self.decisions.decide(project, command)?;
        let environment = self.environment_of(project);
        self.decisions.warn_of(&environment);
        self.engine_in(project, self.state_path()?, environment, Trust::Trusted)
    }

    /// Makes an engine for the project, for a command that tells itself what is wrong with the
    /// environment.
    pub(crate) fn engine_to_examine(&self) -> Result<Engine, Failure> {
        let project = self.project()?;
        let environment = self.environment_of(project);
        self.decisions.warn_of_foreign(&environment.left_out);
        let trust = self.decisions.trust_in(project);
        self.engine_in(project, self.state_path()?, environment, trust)
    }

    fn state_path(&self) -> Result<Option<PathBuf>, Failure> {
        let state = self.options.state.as_deref();
        let state = state.map(std::path::absolute).transpose();
        state.map_err(Failure::file("find", Path::new(".")))
    }

    /// Makes an engine for the project, and makes sure that the workflow that was named exists.
    pub(crate) fn engine_of_workflow(&self) -> Result<Engine, Failure> {
        let engine = self.engine()?;
        engine.check_workflow(self.options.workflow.as_deref())?;
        Ok(engine)
    }

    /// Makes an engine for any project, for a command that only reads.
    pub(crate) fn engine_of(
        &self,
        project: &Project,
        state_path: Option<PathBuf>,
    ) -> Result<Engine, Failure> {
        let environment = self.environment_of(project);
        self.decisions.warn_of(&environment);
        let trust = self.decisions.trust_in(project);
        self.engine_in(project, state_path, environment, trust)
    }

    fn environment_of(&self, project: &Project) -> Environment {
        let owners = self.decisions.owners();
        Environment::of_project(&project.root, &owners, utf8_variables())
            .with_undecodable(undecodable_variables().into())
    }

    fn engine_in(
        &self,
        project: &Project,
        state_path: Option<PathBuf>,
        environment: Environment,
        trust: Trust,
    ) -> Result<Engine, Failure> {
        let host_dir = host_directory();
        let limits = limits()?;
        let evaluator = Evaluator::new(None, limits);
        if !trust.is_trusted() {
            // It gets ready while the rest is looked for.
            evaluator.prepare();
        }
        Ok(Engine::new(EngineOptions {
            project: project.clone(),
            state_path,
            environment,
            trust,
            limits,
            evaluator: Some(evaluator),
            loading: signals::loading(),
            buffers: Arc::default(),
            owners: self.decisions.owners(),
            host_storage_dir: host_storage_directory(&host_dir),
            host_dir,
            who: who(),
        }))
    }

    /// Finds the log of an apply or operation.
    pub(crate) fn log_path(&self, run: &str) -> Option<PathBuf> {
        let data_folder = DataFolder::open(&self.project.get()?.root).ok()??;
        let log = Path::new("logs").join(format!("{run}.ndjson"));
        let status = data_folder.status(&log).ok()?;
        (status.kind == EntryKind::File).then(|| data_folder.path().join(log))
    }
}

/// Returns a path as it is reached from where `rig` was started.
pub(crate) fn shown_path(path: &Path) -> String {
    let below = path.strip_prefix(launch_directory()).ok();
    let shown = below
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or(path);
    display_text::path(shown).to_string()
}

/// Gives the directory that the process was started in, whatever `--chdir` says.
fn launch_directory() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| env::current_dir().unwrap_or_default())
}

/// Gives the developer's own directory of Rigkit.
pub(crate) fn host_directory() -> PathBuf {
    env::home_dir().unwrap_or_default().join(".rigkit")
}

/// Gives where providers keep what belongs to the machine.
pub(crate) fn host_storage_directory(host_directory: &Path) -> PathBuf {
    match env::var_os("RIGKIT_HOST_STORAGE_DIR") {
        // The person names it, and so means the directory that they are in.
        Some(directory) if !directory.is_empty() => {
            launch_directory().join(PathBuf::from(directory))
        }
        _ => host_directory.join("providers"),
    }
}

fn bad_directory(directory: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage {
        code: UsageCode::BadDirectory,
        message: format!(
            "cannot use the directory `{}`: {error}",
            display_text::path(directory)
        ),
        help: None,
    }
}

/// Configs read text; a variable that is none cannot be given to them.
pub(crate) fn utf8_variables() -> impl Iterator<Item = (String, String)> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Returns the variables that are no text, for commands.
pub(crate) fn undecodable_variables() -> BTreeMap<OsString, OsString> {
    let is_text =
        |(name, value): &(OsString, OsString)| name.to_str().is_some() && value.to_str().is_some();
    env::vars_os()
        .filter(|variable| !is_text(variable))
        .collect()
}

/// Reads what evaluating a config may use.
pub(crate) fn limits() -> Result<SandboxLimits, Failure> {
    let mut limits = SandboxLimits::default();
    if let Some(milliseconds) = setting("RIGKIT_CPU_LIMIT_MS")? {
        limits.cpu = Duration::from_millis(milliseconds);
    }
    if let Some(mebibytes) = setting("RIGKIT_MEMORY_LIMIT_MIB")? {
        limits.memory =
            usize::try_from(mebibytes.saturating_mul(1024 * 1024)).unwrap_or(usize::MAX);
    }
    if let Some(milliseconds) = setting("RIGKIT_CHECK_LIMIT_MS")? {
        limits.question = Duration::from_millis(milliseconds);
    }
    Ok(limits)
}

fn setting(name: &str) -> Result<Option<u64>, Failure> {
    let Some(value) = env::var_os(name) else {
        return Ok(None);
    };
    let number = value
        .to_str()
        .and_then(|value| value.parse().ok())
        .filter(|number| *number > 0);
    number.map(Some).ok_or_else(|| {
        let message = format!("the variable `{name}` is `{}`", value.display());
        Failure::usage(
            UsageCode::BadSetting,
            message,
            "it has to be a whole number above 0",
        )
    })
}

/// Says who asks, for records and for whoever waits for a lock.
pub(crate) fn who() -> String {
    // The name of a number is not looked up: that may ask a service.
    let user = env::var("USER")
        .or_else(|_| env::var("LOGNAME"))
        .unwrap_or_else(|_| format!("user {}", nix::unistd::getuid()));
    let machine = nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok());
    match machine {
        Some(machine) => format!("{user}@{machine}: {}", what()),
        None => format!("{user}: {}", what()),
    }
}

/// Gives the command without its arguments, which may hold anything.
fn what() -> String {
    let known = [
        "plan", "apply", "create", "run", "do", "rm", "cache", "storage", "lsp",
    ];
    let words = env::args_os()
        .skip(1)
        .filter_map(|word| word.into_string().ok());
    let command = words
        .into_iter()
        .find(|word| known.contains(&word.as_str()));
    command.map_or_else(|| "rig".to_owned(), |command| format!("rig {command}"))
}
