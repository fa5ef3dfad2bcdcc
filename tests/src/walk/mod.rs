//! A random walk through what people do with a project, in an editor and in a terminal: after each step
//! both have to say the same.
//!
//! A walk is made again by its seed. Nothing in it depends on how long something takes.

mod comparison;
mod projects;
mod step;

use std::{
    collections::BTreeMap,
    fmt, fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use self::comparison::{Said, editor, lenses_disagree, plan, terminal};
pub use self::{
    projects::{Source, Terrain},
    step::{Place, Step},
};
use crate::{LanguageClient, Project, RigCommand};

/// How long the editor may take to say what the terminal says, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is asked meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A walk through one project.
pub struct Walk {
    terrain: &'static Terrain,
    seed: u64,
    random: fastrand::Rng,
    project: Project,
    client: LanguageClient,
    /// The variables that the editor and the terminal are started with.
    exported: BTreeMap<&'static str, &'static str>,
    /// The lines of `.env`.
    variables: BTreeMap<&'static str, &'static str>,
    trace: Vec<Step>,
}

/// A step after which the editor and the terminal did not say the same.
#[derive(Debug)]
pub struct Difference {
    terrain: &'static str,
    seed: u64,
    trace: Vec<Step>,
    editor: Said,
    terminal: Said,
    lenses: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { terrain, seed, .. } = self;
        writeln!(
            formatter,
            "after {} steps with seed {seed} in `{terrain}` the editor does not say what the terminal says",
            self.trace.len()
        )?;
        for step in &self.trace {
            writeln!(formatter, "  {step}")?;
        }
        writeln!(formatter, "the editor:\n  {}", self.editor.0.join("\n  "))?;
        writeln!(
            formatter,
            "the terminal:\n  {}",
            self.terminal.0.join("\n  ")
        )?;
        match &self.lenses {
            Some(lenses) => write!(formatter, "the lenses: {lenses}"),
            None => Ok(()),
        }
    }
}

impl Walk {
    /// Begins a walk in a project that nothing has run in.
    ///
    /// # Panics
    /// Where the project cannot be made.
    #[must_use]
    pub fn begin(terrain: &'static Terrain, seed: u64) -> Self {
        let project = terrain.make();
        if !project.path(terrain.config).exists() {
            std::os::unix::fs::symlink("configs/pier.ts", project.path(terrain.config)).unwrap();
        }
        let client = LanguageClient::start(&project, project.command("lsp"));
        let mut walk = Self {
            terrain,
            seed,
            random: fastrand::Rng::with_seed(seed),
            project,
            client,
            exported: BTreeMap::new(),
            variables: BTreeMap::new(),
            trace: Vec::new(),
        };
        walk.open_config();
        walk
    }

    /// Takes a step, and compares what is said after it.
    ///
    /// # Errors
    /// Where the editor does not come to say what the terminal says.
    ///
    /// # Panics
    /// Where the step itself cannot be taken.
    pub fn step(&mut self) -> Result<(), Box<Difference>> {
        let step = Step::draw(self.terrain, &mut self.random);
        self.trace.push(step.clone());
        self.take(&step);
        self.compare()
    }

    fn open_config(&mut self) {
        let text = self.config_text();
        self.client.open(self.terrain.config, &text);
    }

    fn config_text(&self) -> String {
        self.project.read(self.terrain.config)
    }

    fn original(&self, file: &str) -> String {
        let made = self.terrain.make();
        let linked = match file {
            "rig.config.ts" if !made.path(file).exists() => "configs/pier.ts",
            file => file,
        };
        made.read(linked)
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Edit { handler, number } => {
                let text = with_statement(&self.config_text(), *handler, *number);
                self.save_config(&text);
            }
            Step::Break => {
                let text = format!("{}\n((", self.config_text());
                self.save_config(&text);
            }
            Step::Mend => {
                let text = self.original(self.terrain.config);
                self.save_config(&text);
            }
            Step::ChangeHelper { helper, number } => {
                let text = format!(
                    "{}\nexport const n{number} = {number};\n",
                    self.original(helper)
                );
                self.project
                    .write(helper, with_statement(&text, 0, *number));
            }
            Step::RemoveHelper(helper) => {
                // It may be away already.
                let _ = fs::remove_file(self.project.path(helper));
            }
            Step::RestoreHelper(helper) => self.project.write(helper, self.original(helper)),
            Step::AbandonHelper(helper) => {
                self.client.open(helper, "export const other = ;\n");
                self.client.diagnostics(helper);
                self.client.close(helper);
            }
            Step::Apply(place) => self.apply(*place, None),
            Step::ApplyUntil(place, task) => self.apply(*place, Some(task)),
            Step::Invalidate(place, task) => self.invalidate(*place, task),
            Step::SetVariable(name, value) => self.set_variable(name, *value),
            Step::Export(name, value) => self.export(name, *value),
            Step::RemoveDataFolder => {
                // It may not be there.
                let _ = fs::remove_dir_all(self.project.path(".rigkit"));
            }
            Step::RemoveState => {
                for file in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
                    // It may not be there.
                    let _ = fs::remove_file(self.project.path(".rigkit").join(file));
                }
            }
        }
        // Providers say what they find when something is saved.
        self.client.saved(self.terrain.config);
    }

    fn save_config(&mut self, text: &str) {
        self.client.change(self.terrain.config, text);
        // Through the link, where it is one.
        fs::write(self.project.path(self.terrain.config), text).unwrap();
    }

    fn apply(&mut self, place: Place, until: Option<&str>) {
        let workflow = self.workflow();
        match place {
            Place::Terminal => {
                let until = until
                    .map(|task| format!(" --until {task}"))
                    .unwrap_or_default();
                // Whether it succeeds is for the plan to say.
                let _ = self
                    .with_environment(
                        self.project
                            .command(&format!("apply --workflow {workflow}{until} --json")),
                    )
                    .run();
            }
            Place::Editor => {
                let command = match until {
                    Some(_) => "rigkit.applyUntil",
                    None => "rigkit.apply",
                };
                self.execute(command, &json!({ "workflow": workflow, "task": until }));
            }
        }
    }

    fn invalidate(&mut self, place: Place, task: &str) {
        let workflow = self.workflow();
        match place {
            Place::Terminal => {
                let line = format!("cache invalidate {task} --workflow {workflow} --json");
                // A config that is wrong has no tasks.
                let _ = self.with_environment(self.project.command(&line)).run();
            }
            Place::Editor => {
                self.execute(
                    "rigkit.invalidate",
                    &json!({ "workflow": workflow, "task": task }),
                );
            }
        }
    }

    /// Draws the workflow that is worked on.
    fn workflow(&mut self) -> &'static str {
        let drawn = self.random.choice(self.terrain.workflows);
        drawn.copied().unwrap_or_default()
    }

    /// Executes a command; that it fails is told where everything is.
    fn execute(&mut self, command: &str, arguments: &Value) {
        let _ = self.client.execute(command, arguments);
    }

    fn set_variable(&mut self, name: &'static str, value: Option<&'static str>) {
        match value {
            Some(value) => self.variables.insert(name, value),
            None => self.variables.remove(name),
        };
        let lines = self.variables.iter();
        let lines: String = lines
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        self.project.write(".env", lines);
    }

    fn export(&mut self, name: &'static str, value: Option<&'static str>) {
        match value {
            Some(value) => self.exported.insert(name, value),
            None => self.exported.remove(name),
        };
        let command = self.with_environment(self.project.command("lsp"));
        let before = std::mem::replace(
            &mut self.client,
            LanguageClient::start(&self.project, command),
        );
        before.shut_down();
        self.open_config();
    }

    fn with_environment(&self, command: RigCommand) -> RigCommand {
        self.exported
            .iter()
            .fold(command, |command, (name, value)| command.env(name, value))
    }

    fn compare(&mut self) -> Result<(), Box<Difference>> {
        let terminal = terminal(self.with_environment(plan(&self.project)));
        let end = Instant::now() + PATIENCE;
        loop {
            let editor = editor(&mut self.client, self.terrain.config);
            let agree = editor.agrees_with(&terminal);
            let lenses = agree
                .then(|| lenses_disagree(&mut self.client, self.terrain.config, &editor))
                .flatten();
            if agree && (lenses.is_none() || editor.is_error()) {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(Box::new(Difference {
                    terrain: self.terrain.name,
                    seed: self.seed,
                    trace: self.trace.clone(),
                    editor,
                    terminal,
                    lenses,
                }));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Lays a statement at the beginning of a function, in place of one that was laid there before.
fn with_statement(text: &str, function: usize, number: u32) -> String {
    const OPENING: &str = "=> {\n";
    let count = text.matches(OPENING).count();
    let Some(function) = function.checked_rem(count) else {
        return text.to_owned();
    };
    let (start, _) = text
        .match_indices(OPENING)
        .nth(function)
        .unwrap_or_default();
    let start = start + OPENING.len();
    let rest = match text[start..].strip_prefix("void ") {
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => &text[start..],
    };
    format!("{}void {number};\n{rest}", &text[..start])
}
