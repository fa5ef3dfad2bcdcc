//! `rig plan`.

use insta::assert_snapshot;
use rigkit_tests::Project;

use crate::fixtures::WEB;

#[test]
fn a_plan_tells_what_is_pending_and_why() {
    let project = Project::new(WEB);
    let mut told = project.transcript(&["plan", "apply", "plan", "plan -v"]);
    project.edit("settings.ts", "main", "dev");
    told.push_str(&project.transcript(&["plan", "plan --detailed-exitcode"]));
    assert_snapshot!(told);
}
