//! What providers keep on the developer's machine, and where.

use std::{fs, path::Path};

use rigkit_tests::Project;

const KEEPING: &str = r#"
//- /rig.config.ts
import { defineProvider, sequence } from "@rigkit/sdk";
const keeping = defineProvider("keeping", {}, {
  providerId: "keeping",
  createProvider: ({ hostStorage }) => ({ providerId: "keeping", runtime: () => hostStorage }),
});
export const web = sequence("web").addProvider("kept", keeping)
  .task("keep", ({ kept }) => { kept.set("answer", 42); });
"#;

#[track_caller]
fn check_kept_in(directory: &Path) {
    let files: Vec<_> = fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|file| file.unwrap().path())
        .collect();
    let kept = |file: &std::path::PathBuf| {
        fs::read_to_string(file).is_ok_and(|text| text.contains("answer") && text.contains("42"))
    };
    assert!(files.iter().any(kept), "{files:?}");
}

#[test]
fn it_is_in_the_home_directory_unless_a_variable_says_otherwise() {
    let project = Project::new(KEEPING);
    let elsewhere = project.outside().join("elsewhere");
    let default = project.home().join(".rigkit/providers");
    let set = |value: &Path| {
        project
            .command("apply")
            .env("RIGKIT_HOST_STORAGE_DIR", value)
            .run()
    };
    let _ = set(&elsewhere).exits_with(0);
    check_kept_in(&elsewhere);
    assert!(!default.exists());

    project.done("cache clear --yes");
    // An empty variable counts as none.
    let _ = set(Path::new("")).exits_with(0);
    check_kept_in(&default);
    fs::remove_dir_all(&default).unwrap();

    project.done("cache clear --yes");
    let unset = project
        .command("apply")
        .env_remove("RIGKIT_HOST_STORAGE_DIR");
    let _ = unset.run().exits_with(0);
    check_kept_in(&default);
}
