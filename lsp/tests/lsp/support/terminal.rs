//! A terminal on the same machine, in the same project.

use std::sync::Arc;

use rigkit_engine::{
    ApplyOutcome, ApplyRequest, CancellationToken, Engine, EngineError, EngineOptions, RunSession,
    event::EventRecord,
    host::HeadlessHost,
    project::{Environment, Loading, Project},
    sandbox::SandboxLimits,
    trust::{OwnerRule, Trust},
};

use super::TestClient;

/// Returns what a terminal has in the project of a client.
pub fn terminal(client: &TestClient) -> Engine {
    let host_dir = client.root().with_file_name("home");
    Engine::new(EngineOptions {
        project: Project::find(&client.root()).unwrap(),
        state_path: None,
        environment: environment(client),
        trust: Trust::Trusted,
        limits: SandboxLimits::default(),
        evaluator: None,
        loading: Loading::default(),
        buffers: Arc::default(),
        owners: OwnerRule::default(),
        host_storage_dir: host_dir.join("providers"),
        host_dir,
        who: "tester: rig".to_owned(),
    })
}

/// Applies the one workflow there is.
pub fn apply(engine: &Engine) {
    try_apply(engine).unwrap();
}

/// Applies the one workflow there is, which may fail.
pub fn try_apply(engine: &Engine) -> Result<ApplyOutcome, EngineError> {
    let run = RunSession {
        events: Arc::new(|_: &EventRecord| {}),
        host: Arc::new(HeadlessHost),
        cancel: CancellationToken::new(),
    };
    engine.apply(&ApplyRequest::default(), &run)
}

fn environment(client: &TestClient) -> Environment {
    let path = std::env::var("PATH").unwrap();
    let process = [("PATH".to_owned(), path)];
    Environment::of_project(&client.root(), &OwnerRule::default(), process)
}
