//! A project in a temporary directory, and an engine on it.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use rigkit_engine::{
    ApplyOutcome, ApplyRequest, CancellationToken, Engine, EngineError, EngineOptions, PlanRequest, RunSession,
    event::{Event, EventRecord},
    host::HeadlessHost,
    plan::{NodeStatus, PlanLevel, WorkflowPlan},
    project::{Environment, Project},
    sandbox::SandboxLimits,
    source::DiskFiles,
};

/// Is a project in a directory of its own.
pub struct TestProject {
    pub directory: tempfile::TempDir,
    pub environment: BTreeMap<String, String>,
}

impl TestProject {
    /// Writes the files of a fixture: `//- /path` begins one; without it, it is the config.
    pub fn new(fixture: &str) -> Self {
        let project = Self {
            directory: tempfile::tempdir().unwrap(),
            environment: std::env::vars().filter(|(name, _)| name == "PATH").collect(),
        };
        project.write(fixture);
        project
    }

    pub fn write(&self, fixture: &str) {
        let with_header = if fixture.trim_start().starts_with("//- ") {
            fixture.to_owned()
        } else {
            format!("//- /rig.config.ts\n{fixture}")
        };
        for part in with_header.split("//- /").skip(1) {
            let (path, text) = part.split_once('\n').unwrap();
            let path = self.path().join(path.trim());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn engine(&self) -> Engine {
        let host_dir = self.path().join("home");
        Engine::new(EngineOptions {
            project: Project::find(self.path()).unwrap(),
            state_path: None,
            environment: Environment {
                variables: Arc::new(self.environment.clone()),
            },
            limits: SandboxLimits::default(),
            files: Arc::new(DiskFiles),
            host_storage_dir: host_dir.join("providers"),
            host_dir,
            who: "tester".to_owned(),
        })
    }

    pub fn apply(&self) -> Result<ApplyOutcome, EngineError> {
        self.engine().apply(&ApplyRequest::default(), &Recording::default().session())
    }

    pub fn plan(&self) -> WorkflowPlan {
        self.try_plan().unwrap()
    }

    pub fn try_plan(&self) -> Result<WorkflowPlan, EngineError> {
        let request = PlanRequest {
            workflow: None,
            level: PlanLevel::Verified,
        };
        let mut plans = self.engine().plan(&request, &Recording::default().session())?;
        Ok(plans.remove(0))
    }

    /// Gives one line a task: its path, status and reason code.
    pub fn plan_lines(&self) -> Vec<String> {
        lines(&self.plan())
    }
}

/// Gives one line a task: its path, status and reason code.
pub fn lines(plan: &WorkflowPlan) -> Vec<String> {
    let status = |status| match status {
        NodeStatus::Cached => "cached",
        NodeStatus::Pending => "pending",
        NodeStatus::Conditional => "conditional",
    };
    plan.nodes
        .iter()
        .map(|node| match node.status {
            NodeStatus::Cached => format!("{} cached", node.path),
            _ => format!("{} {} {}", node.path, status(node.status), node.reason.code()),
        })
        .collect()
}

/// Keeps the events of a run.
#[derive(Clone, Default)]
pub struct Recording {
    pub events: Arc<Mutex<Vec<EventRecord>>>,
    pub cancel: CancellationToken,
}

impl Recording {
    pub fn session(&self) -> RunSession {
        let events = Arc::clone(&self.events);
        RunSession {
            events: Arc::new(move |record: &EventRecord| events.lock().unwrap().push(record.clone())),
            host: Arc::new(HeadlessHost),
            cancel: self.cancel.clone(),
        }
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().iter().map(|record| record.event.clone()).collect()
    }
}
