//! Files of other users: a config is refused, a `.env` is left out, unless the person accepts
//! their owner.

use std::{os::unix::fs::chown, path::Path};

use rigkit_engine::testing::leave_out;
use rigkit_tests::{Output, Project};

/// A user who owns nothing else.
const STRANGER: u32 = 65_534;

const SITE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { name } from "./lib/name";
export const site = sequence("site").task(name, () => {});
//- /lib/name.ts
export const name = `build ${process.env.STAGE ?? "nothing"}`;
//- /.env
STAGE=here
"#;

/// Gives a file away; says by name what cannot be tried where that is not allowed.
fn give_away(path: &Path, test: &str) -> bool {
    let is_given = chown(path, Some(STRANGER), None).is_ok();
    if !is_given {
        leave_out(test, "root, to give a file away");
    }
    is_given
}

fn folder(project: &Project, name: &str) -> String {
    let root = project.root().canonicalize().unwrap();
    root.join(name)
        .display()
        .to_string()
        .trim_end_matches('/')
        .to_owned()
}

/// Makes sure that the command which accepts a file is told, and that it does.
fn accept(project: &Project, refused: &Output, folder: &str) {
    let told = format!("{}{}", refused.stderr, refused.stdout);
    let command = format!("rig trust --owner {folder}");
    assert!(told.contains(&command), "{told}");
    let line = command.trim_start_matches("rig ");
    let accepted = project.done(&format!("{line} --json"));
    let accepted = accepted.document("trust-owner.json");
    assert_eq!(accepted["decisions"][0]["owner"], STRANGER);
}

#[test]
fn a_config_of_another_user_is_refused() {
    for file in ["rig.config.ts", "lib/name.ts"] {
        let project = Project::new(SITE);
        if !give_away(&project.path(file), "a config of another user") {
            return;
        }
        let parent = Path::new(file).parent().unwrap().to_str().unwrap();
        let folder = folder(&project, parent);
        for line in ["plan", "apply", "graph", "cache explain"] {
            let refused = project.rig(line).exits_with(1);
            assert!(
                refused.stderr.contains("belongs to another user (65534)"),
                "{}",
                refused.stderr
            );
        }
        let error = project.rig("plan --json").exits_with(1).error();
        assert_eq!(error["code"], "foreign-file");
        let refused = project.rig("plan");
        accept(&project, &refused, &folder);
        project.done("plan");
        project.done("trust --revoke");
        project.done(&format!("trust --revoke {folder}"));
        project.rig("plan").exits_with(1);
    }
}

#[test]
fn an_environment_file_of_another_user_is_left_out() {
    let project = Project::new(SITE);
    let above = project.outside().join(".env");
    std::fs::write(&above, "STAGE=above\n").unwrap();
    if !give_away(&project.path(".env"), "an environment file of another user")
        || !give_away(&above, "an environment file of another user above")
    {
        return;
    }
    let planned = project.done("plan");
    assert!(
        planned.stdout.contains("build nothing"),
        "{}",
        planned.stdout
    );
    assert_eq!(
        planned
            .stderr
            .matches("belongs to another user (65534), so it is not read")
            .count(),
        2
    );
    assert_eq!(project.done("plan --quiet").stderr, "");
    accept(&project, &planned, &folder(&project, ""));
    let planned = project.done("plan");
    assert!(planned.stdout.contains("build here"), "{}", planned.stdout);
    assert_eq!(planned.stderr.matches("is not read").count(), 1);
}

#[test]
fn a_config_above_of_another_user_is_refused() {
    let project = Project::new(
        "//- /rig.config.ts\nimport { sequence } from \"@rigkit/sdk\";\nexport const site = sequence(\"site\").task(\"t\", () => {});\n//- /below/note.txt\n",
    );
    if !give_away(&project.path("rig.config.ts"), "a config above") {
        return;
    }
    let refused = project
        .command("plan")
        .directory(project.path("below"))
        .run();
    assert_eq!(refused.code, 1);
    accept(&project, &refused, &folder(&project, ""));
    project
        .command("plan")
        .directory(project.path("below"))
        .run()
        .exits_with(0);
}

/// Whoever may write a package that a config finds decides what it does.
#[test]
fn a_package_of_another_user_is_refused() {
    const SITE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { name } from "named";
export const site = sequence("site").task(name, () => {});
//- /node_modules/named/package.json
{ "name": "named", "version": "1.0.0", "type": "module", "main": "index.js" }
//- /node_modules/named/index.js
export const name = "build";
"#;
    for file in ["package.json", "index.js"] {
        for is_above in [false, true] {
            let project = Project::new(SITE);
            let folder = if is_above {
                let above = project.outside().join("node_modules");
                std::fs::rename(project.path("node_modules"), &above).unwrap();
                above
            } else {
                project.path("node_modules")
            };
            project.done("plan");
            if !give_away(&folder.join("named").join(file), "a package") {
                return;
            }
            for line in ["plan", "apply"] {
                let refused = project.rig(line).exits_with(1);
                let told = refused.stderr;
                assert!(told.contains("belongs to another user (65534)"), "{told}");
                assert!(told.contains("rig trust --owner"), "{told}");
            }
        }
    }
}

/// Under `sudo`, files of whoever called it are one's own, as they are for git.
#[test]
fn who_called_sudo_is_oneself() {
    let project = Project::new(SITE);
    if !give_away(
        &project.path("rig.config.ts"),
        "a config of who called `sudo`",
    ) {
        return;
    }
    let plan = |uid: &str| project.command("plan").env("SUDO_UID", uid).run().code;
    assert_eq!(plan("65534"), 0);
    assert_eq!(plan("65533"), 1);
    assert_eq!(plan("everybody"), 1);
}
