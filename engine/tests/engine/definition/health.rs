//! What is told of a project that cannot be used as it is.

use rigkit_engine::RuntimeKind;

use crate::support::TestProject;

#[test]
fn every_problem_of_a_broken_config_is_told_with_its_place() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
export const app = sequence("app")
  .task("", () => {})
  .task("a", { cacheTTL: "soon" }, () => {});
"#,
    );
    let health = project.engine().health();
    let told: Vec<(&str, u32, u32)> = health
        .definition_problems
        .iter()
        .map(|problem| {
            let position = problem.position.as_ref().unwrap();
            assert_eq!(position.file, project.path("rig.config.ts"));
            (problem.message.as_str(), position.line, position.column)
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].1, told[1].1), (4, 5));
    assert!(told[1].0.contains("soon"), "{told:?}");
    // Nobody knows what handlers would have needed.
    assert_eq!(health.runtime, None);
    assert!(health.workflows.is_empty());
}

#[test]
fn a_healthy_project_says_where_its_handlers_run() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", () => {});\n",
    );
    let health = project.engine().health();
    assert!(health.definition_problems.is_empty());
    assert_eq!(health.runtime, Some(RuntimeKind::Embedded));
    assert_eq!(health.workflows, ["app"]);
}
