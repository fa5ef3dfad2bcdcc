//! Answers of a confined evaluation of any content, tried by the fuzz targets.

#![expect(
    clippy::disallowed_methods,
    reason = "a target works in a folder of its own"
)]

use std::{fs, io::Cursor, path::Path, sync::Arc};

use super::{
    conversation::Conversation,
    frame,
    message::{Defined, FromChild, Question},
};
use crate::{
    definition::{Definition, WireDefinition},
    graph::edges,
    modules::{ModuleGraph, RequestKind},
    project::{LoadOptions, Project, evaluate_graph, load_graph},
    sandbox::{CpuMeter, Variables},
    wire::{WireDiagnostic, WirePath},
};

/// A project whose definition has something of every kind.
const FILES: [(&str, &str); 3] = [
    (
        "rig.config.ts",
        r#"import { defineProvider, sequence, workflow } from "@rigkit/sdk";
import common from "./common.cjs";
console.log("built");
const cloud = defineProvider("cloud", { region: common.region }, {
  providerId: "cloud",
  createProvider: () => ({ providerId: "cloud", runtime: () => ({}) }),
});
const input = { type: "object", properties: { port: { type: "integer", default: 1 } } };
export const site = workflow("site", { providers: { cloud } })
  .sequence("main", { input })
  .task("make", { cacheTTL: "1h", output: { type: "object" } }, async () => ({ ctx: { common } }))
  .parallel({ left: sequence("left").task("x", () => {}), right: sequence("right").task("y", () => 1) })
  .workspace({ create: () => ({ ctx: {} }), remove: () => {} })
  .operation("show", { title: "Show", input, run: () => {} })
  .workspaceOperation("open", { run: () => {} });
"#,
    ),
    ("common.cjs", "module.exports = require(\"./more\");\n"),
    ("more.js", "module.exports = { region: \"eu\" };\n"),
];

/// Takes bytes for all that a confined evaluation of a project has written, and uses the definition
/// that comes out.
///
/// # Panics
/// Where a file was read that is none of the project's modules, or the definition holds a place or
/// an index of nothing.
pub fn fuzzed_answer(input: &[u8]) {
    let Some((folder, options)) = project() else {
        return;
    };
    let Ok(graph) = load_graph(&options, &CpuMeter::default(), None) else {
        return;
    };
    // Beside the project, where no question may lead.
    assert!(fs::write(folder.path().join("secret.js"), "amber").is_ok());
    let mut replies = Vec::new();
    let mut conversation =
        Conversation::new(&mut replies, Cursor::new(input), Arc::new(graph), &options);
    let answer = conversation.run();
    let defined = answer.map(|answer| conversation.definition(answer));
    let replies = String::from_utf8_lossy(&replies);
    assert!(!replies.contains("amber"), "a file outside was read");
    if let Ok(Ok(definition)) = defined {
        use_definition(&definition);
    }
}

/// Does what a plan and an editor do with a definition.
fn use_definition(definition: &Definition) {
    for workflow in &definition.workflows {
        drop(edges(workflow));
        for task in &workflow.tasks {
            drop(task.place.range(&definition.graph));
        }
        for operation in workflow
            .operations
            .iter()
            .chain(&workflow.workspace_operations)
        {
            drop(operation.place.range(&definition.graph));
        }
    }
}

/// Returns answers that the search for others begins with.
#[must_use]
pub fn fuzzed_answer_seeds() -> Vec<Vec<u8>> {
    let seeds = || {
        let (folder, options) = project()?;
        let graph = Arc::new(load_graph(&options, &CpuMeter::default(), None).ok()?);
        let asked = questions(&folder.path().canonicalize().ok()?);
        let evaluated = evaluate_graph(Arc::clone(&graph), &options, CpuMeter::default());
        let defined = FromChild::Defined(Box::new(Defined {
            definition: WireDefinition::of(evaluated.ok()?.definition),
            secrets: vec![("TOKEN".to_owned(), "amber".to_owned())],
        }));
        let alone = framed(&[&defined]);
        let after_questions = framed(&asked.iter().chain([&defined]).collect::<Vec<_>>());
        Some(vec![alone, after_questions, framed(&[&invalid(&graph)])])
    };
    seeds().unwrap_or_default()
}

fn project() -> Option<(tempfile::TempDir, LoadOptions)> {
    let folder = tempfile::tempdir().ok()?;
    let root = folder.path().join("project");
    fs::create_dir(&root).ok()?;
    for (name, text) in FILES {
        fs::write(root.join(name), text).ok()?;
    }
    let project = Project::find(&root).ok()?;
    Some((folder, LoadOptions::new(&project, Variables::default())))
}

fn questions(folder: &Path) -> Vec<FromChild> {
    let config = || WirePath::of(&folder.join("project/rig.config.ts"));
    let resolve = |specifier: &str| Question::Resolve {
        importer: config(),
        specifier: specifier.to_owned(),
        kind: RequestKind::Require,
    };
    let read = |name: &str| Question::Read {
        path: WirePath::of(&folder.join(name)),
    };
    let asked = vec![
        resolve("./more.js"),
        read("project/more.js"),
        resolve("../secret.js"),
        read("secret.js"),
    ];
    asked.into_iter().map(FromChild::Question).collect()
}

fn invalid(graph: &ModuleGraph) -> FromChild {
    let problem = crate::sandbox::SandboxLimits::default().time_limit();
    let problem = problem.at(graph.module(ModuleGraph::ENTRY).range(&(0..6)));
    FromChild::Invalid {
        problems: vec![WireDiagnostic::of(&problem, graph)],
        secrets: Vec::new(),
    }
}

fn framed(messages: &[&FromChild]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        // A vector takes all that is written.
        let _ = frame::write(&mut bytes, message);
    }
    bytes
}
