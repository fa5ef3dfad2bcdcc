//! The configs a newcomer meets first: that of the README, and that of this repository.

use std::fs;

use rigkit_engine::authoring::TSCONFIG;
use rigkit_tests::Project;

use crate::support::{check_statuses, check_types_of, repository};

#[test]
fn the_config_of_the_readme_can_be_planned() {
    let expected = "
        lockfile  pending  never-run
        install   pending  never-run
    ";
    check_statuses(&project_of_the_readme(), "app", expected);
}

#[test]
fn the_config_of_the_readme_type_checks() {
    check_types_of(&project_of_the_readme());
}

#[test]
fn the_config_of_this_repository_type_checks() {
    let project = Project::new("");
    for file in ["rig.config.ts", "tsconfig.json"] {
        project.write(file, fs::read(repository().join(file)).unwrap());
    }
    check_types_of(&project);
}

fn project_of_the_readme() -> Project {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```ts\n").unwrap();
    let (config, _) = rest.split_once("```").unwrap();
    let project = Project::new("");
    project.write("rig.config.ts", config);
    project.write("tsconfig.json", TSCONFIG);
    project
}
