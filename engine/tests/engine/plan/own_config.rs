//! The config of this repository itself.

use std::{path::Path, sync::Arc};

use rigkit_engine::{
    Engine, EngineOptions, PlanRequest,
    plan::{NodeStatus, PlanLevel},
    project::{Environment, Project},
    sandbox::SandboxLimits,
    trust::{OwnerRule, Trust},
};

use crate::support::Recording;

#[test]
fn it_loads_and_plans() {
    let outside = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let engine = Engine::new(EngineOptions {
        project: Project::find(&root.canonicalize().unwrap()).unwrap(),
        state_path: Some(outside.path().join("state.sqlite")),
        environment: Environment::default(),
        trust: Trust::Trusted,
        limits: SandboxLimits::default(),
        evaluator: None,
        loading: rigkit_engine::project::Loading::default(),
        buffers: Arc::default(),
        owners: OwnerRule::default(),
        host_storage_dir: outside.path().join("providers"),
        host_dir: outside.path().to_path_buf(),
        who: "tester".to_owned(),
    });
    assert!(engine.definition().unwrap().warnings.is_empty());
    for level in [PlanLevel::AtRest, PlanLevel::Verified] {
        let request = PlanRequest {
            workflow: None,
            level,
        };
        let plans = engine
            .plan(&request, &Recording::default().session())
            .unwrap();
        let [plan] = plans.as_slice() else {
            panic!("{plans:?}");
        };
        let mut nodes = plan.nodes.iter();
        assert!(plan.node_count > 0);
        assert!(nodes.all(|node| node.status == NodeStatus::Pending));
    }
}
