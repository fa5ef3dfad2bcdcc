//! A project in a temporary directory.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    ApplyOutcome, ApplyRequest, Engine, EngineError, EngineOptions, PlanRequest,
    plan::{PlanLevel, WorkflowPlan},
    project::{Environment, Project},
    sandbox::SandboxLimits,
    trust::{OwnerRule, Trust},
};

use super::{Recording, fixture_files, lines};

/// Is a project in a directory of its own, with an environment of its own.
pub struct TestProject {
    directory: tempfile::TempDir,
    pub environment: BTreeMap<String, String>,
}

impl TestProject {
    /// Writes the files of a fixture: `//- /path` begins one; without it, it is the config.
    pub fn new(fixture: &str) -> Self {
        let project = Self {
            directory: tempfile::tempdir().unwrap(),
            environment: std::env::vars()
                .filter(|(name, _)| name == "PATH")
                .collect(),
        };
        project.write(fixture);
        project
    }

    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Writes further files of a fixture, over those that are there.
    pub fn write(&self, fixture: &str) {
        for (path, text) in fixture_files(fixture) {
            let path = self.path(&path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    /// Replaces a text that is in one file once.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        std::fs::write(self.path(file), text.replace(from, to)).unwrap();
    }

    /// Writes one file, and the directories that lead to it.
    pub fn write_file(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Makes another project of the same files, with what runs of this one have left.
    pub fn copy(&self) -> Self {
        let directory = tempfile::tempdir().unwrap();
        copy_files(&self.root(), directory.path());
        Self {
            directory,
            environment: self.environment.clone(),
        }
    }

    pub fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root().join(relative)
    }

    pub fn read(&self, relative: &str) -> String {
        std::fs::read_to_string(self.path(relative)).unwrap()
    }

    pub fn exists(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    pub fn engine(&self) -> Engine {
        self.engine_named("tester")
    }

    /// Makes an engine for somebody; a second one is as good as a second process.
    pub fn engine_named(&self, who: &str) -> Engine {
        let host_dir = self.path("home");
        Engine::new(EngineOptions {
            project: Project::find(&self.root()).unwrap(),
            state_path: None,
            environment: Environment {
                variables: Arc::new(self.environment.clone()),
                ..Environment::default()
            },
            trust: Trust::Trusted,
            limits: SandboxLimits::default(),
            evaluator: None,
            loading: rigkit_engine::project::Loading::default(),
            buffers: Arc::default(),
            owners: OwnerRule::default(),
            host_storage_dir: host_dir.join("providers"),
            host_dir,
            who: who.to_owned(),
        })
    }

    pub fn try_apply(&self) -> Result<ApplyOutcome, EngineError> {
        self.apply_with(&ApplyRequest::default()).0
    }

    /// Applies a config that is right.
    pub fn apply(&self) -> ApplyOutcome {
        self.try_apply().unwrap()
    }

    /// Applies and gives the events too.
    pub fn apply_with(
        &self,
        request: &ApplyRequest,
    ) -> (Result<ApplyOutcome, EngineError>, Recording) {
        let recording = Recording::default();
        (
            self.engine().apply(request, &recording.session()),
            recording,
        )
    }

    pub fn plan(&self) -> WorkflowPlan {
        self.try_plan().unwrap()
    }

    pub fn try_plan(&self) -> Result<WorkflowPlan, EngineError> {
        self.plan_at(PlanLevel::Verified)
    }

    /// Plans the only workflow, or the first.
    pub fn plan_at(&self, level: PlanLevel) -> Result<WorkflowPlan, EngineError> {
        let request = PlanRequest {
            workflow: None,
            level,
        };
        let mut plans = self
            .engine()
            .plan(&request, &Recording::default().session())?;
        Ok(plans.remove(0))
    }

    /// Gives one line a task: its path, status, reason and what belongs to the reason.
    pub fn plan_lines(&self) -> Vec<String> {
        lines(&self.plan())
    }

    /// Changes the state behind the engine's back.
    pub fn sql(&self, statement: &str) {
        let state = rusqlite::Connection::open(self.path(".rigkit/state.sqlite")).unwrap();
        state.execute_batch(statement).unwrap();
    }

    pub fn query(&self, statement: &str) -> Vec<String> {
        let state = rusqlite::Connection::open(self.path(".rigkit/state.sqlite")).unwrap();
        let mut query = state.prepare(statement).unwrap();
        let rows = query.query_map((), |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Makes the runs of a task older, or with a negative number younger.
    pub fn age(&self, node_path: &str, hours: i64) {
        let milliseconds = hours * 3_600_000;
        self.sql(&format!(
            "UPDATE node_runs SET created_at = created_at - {milliseconds} WHERE node_path = '{node_path}'"
        ));
    }

    /// Finds the files below a directory whose bytes contain a text.
    pub fn files_with(&self, relative: &str, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect_files(&self.path(relative), &mut found);
        found.retain(|file| {
            let bytes = std::fs::read(file).unwrap();
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        });
        found
    }
}

fn copy_files(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(source).unwrap(), target).unwrap();
        } else if kind.is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_files(&source, &target);
        } else {
            std::fs::copy(source, target).unwrap();
        }
    }
}

fn collect_files(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, found);
        } else {
            found.push(path);
        }
    }
}
