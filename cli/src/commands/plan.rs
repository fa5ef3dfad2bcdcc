//! `rig plan`: what is cached, what is pending, and why.

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rigkit_engine::{
    Engine, EngineError, PlanRequest,
    disk::{Links, Root},
    plan::{PlanLevel, SavedPlan, WorkflowPlan},
    project::{Project, find_projects},
};
use serde::Serialize;

use crate::{
    arguments::PlanOptions,
    context::{Context, shown_path},
    failure::{ErrorBody, Exit, Failure, UsageCode, body, report},
    output, plan_text,
    session::Session,
    style::{NAME, paint},
    styled_text::Line,
    workflow_choice::{meant_workflow, with_workflow},
};

/// Is the document of a plan.
#[derive(Serialize)]
struct PlanDocument<'a> {
    workflows: &'a [WorkflowPlan],
}

/// Plans the workflows.
pub(super) fn run(options: &PlanOptions, context: &Context) -> Result<Exit, Failure> {
    if let Some(word) = &options.stray {
        return Err(unexpected(word, context));
    }
    if options.all {
        return all_projects(options, context);
    }
    let workflow = context.options.workflow.as_deref();
    let engine = if options.checks {
        context.engine_to_run("rig plan --checks")?
    } else {
        context.engine()?
    };
    let plans = match &options.out {
        Some(path) => save(path, workflow, &engine, context)?,
        None => planned(workflow, &engine, context)?,
    };
    show(&plans, context)?;
    Ok(exit(options, &plans))
}

fn unexpected(word: &str, context: &Context) -> Failure {
    let help = meant_workflow(word, "rig plan", context);
    let usage = || "see what it takes: rig plan --help".to_owned();
    Failure::usage(
        UsageCode::Unexpected,
        format!("`rig plan` does not take `{word}`"),
        help.unwrap_or_else(usage),
    )
}

/// Plans one workflow or all of them, as sure as providers can be.
pub(super) fn plans(
    workflow: Option<&str>,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    planned(workflow, &context.engine()?, context)
}

fn planned(
    workflow: Option<&str>,
    engine: &Engine,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let session = Session::quiet(context);
    let request = PlanRequest {
        workflow: workflow.map(str::to_owned),
        level: PlanLevel::Verified,
    };
    Ok(engine.plan(&request, &session.run)?)
}

/// Plans one task of a workflow and everything before it.
pub(super) fn plans_until(
    workflow: Option<&str>,
    until: &str,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let engine = context.engine()?;
    let session = Session::quiet(context);
    with_workflow(workflow, |workflow| {
        let level = PlanLevel::Verified;
        engine.plan_until(&PlanRequest { workflow, level }, until, &session.run)
    })
}

/// Shows plans, as text or as a document.
pub(super) fn show(plans: &[WorkflowPlan], context: &Context) -> Result<(), Failure> {
    if context.options.json {
        return output::document(&PlanDocument { workflows: plans });
    }
    output::lines(&text(plans, context))
}

fn text(plans: &[WorkflowPlan], context: &Context) -> Vec<Line> {
    let now = Timestamp::now();
    let is_verbose = context.options.verbose > 0;
    let plans_text = plans
        .iter()
        .flat_map(|plan| plan_text::of(plan, is_verbose, now));
    plans_text.chain(plan_text::unasked(plans)).collect()
}

fn save(
    path: &Path,
    workflow: Option<&str>,
    engine: &Engine,
    context: &Context,
) -> Result<Vec<WorkflowPlan>, Failure> {
    let session = Session::quiet(context);
    let saved = engine.save_plan(workflow, &session.run)?;
    let written = write_saved(path, &engine.options().project.root, &saved);
    written.map_err(Failure::file("write", path))?;
    Ok(saved.workflows)
}

/// A repository may have laid a link where the plan goes, so there the plan takes the link's place.
/// Elsewhere the person decides what is written to, a pipe for one.
fn write_saved(path: &Path, project_root: &Path, saved: &SavedPlan) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(saved)?;
    bytes.push(b'\n');
    let path = std::path::absolute(path)?;
    match path.strip_prefix(project_root) {
        Ok(relative) => {
            Root::open(project_root, Links::Inside)?.replace(relative, &bytes)?;
            Ok(())
        }
        Err(_) => write_anywhere(&path, &bytes),
    }
}

#[expect(clippy::disallowed_methods, reason = "the person names the file")]
fn write_anywhere(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::write(path, bytes)
}

fn exit(options: &PlanOptions, plans: &[WorkflowPlan]) -> Exit {
    let is_pending = plans.iter().any(|plan| !plan.up_to_date);
    if options.detailed_exitcode && is_pending {
        Exit::PendingWork
    } else {
        Exit::Done
    }
}

/// Is the document of the plans of several projects.
#[derive(Serialize)]
struct ProjectsDocument {
    projects: Vec<ProjectPlan>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ProjectPlan {
    Planned {
        root: PathBuf,
        workflows: Vec<WorkflowPlan>,
    },
    Broken {
        root: PathBuf,
        error: Box<ErrorBody>,
    },
}

fn all_projects(options: &PlanOptions, context: &Context) -> Result<Exit, Failure> {
    let projects = find_projects(Path::new("."));
    if projects.is_empty() {
        output::note("there is no project at or below this directory");
    }
    let mut document = ProjectsDocument {
        projects: Vec::new(),
    };
    let mut worst = Exit::Done;
    for project in projects {
        let (plan, exit) = one_of_many(project.map_err(EngineError::from), options, context)?;
        worst = worse(worst, exit);
        document.projects.push(plan);
    }
    if context.options.json {
        output::document(&document)?;
    }
    Ok(worst)
}

fn one_of_many(
    project: Result<Project, EngineError>,
    options: &PlanOptions,
    context: &Context,
) -> Result<(ProjectPlan, Exit), Failure> {
    let root = match &project {
        Ok(project) => project.root.clone(),
        Err(error) => root_of(error),
    };
    let planned = project.map_err(Failure::from).and_then(|project| {
        let engine = context.engine_of(&project, None)?;
        let request = PlanRequest {
            workflow: None,
            level: PlanLevel::Verified,
        };
        Ok(engine.plan(&request, &Session::quiet(context).run)?)
    });
    if !context.options.json {
        output::lines(&[paint(NAME, shown_path(&root)).into()])?;
    }
    match planned {
        Ok(workflows) => {
            if !context.options.json {
                output::lines(&text(&workflows, context))?;
            }
            let exit = exit(options, &workflows);
            Ok((ProjectPlan::Planned { root, workflows }, exit))
        }
        Err(Failure::Cancelled) => Err(Failure::Cancelled),
        Err(failure) => {
            if !context.options.json {
                report(&failure, false, Some(context));
            }
            let error = Box::new(body(&failure));
            Ok((ProjectPlan::Broken { root, error }, Exit::Failed))
        }
    }
}

fn root_of(error: &EngineError) -> PathBuf {
    match error {
        EngineError::Project(rigkit_engine::project::ProjectError::Ambiguous { root }) => {
            root.clone()
        }
        _ => PathBuf::new(),
    }
}

/// A project that cannot be planned weighs more than one with pending work.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Failed, _) | (_, Exit::Failed) => Exit::Failed,
        (Exit::PendingWork, _) | (_, Exit::PendingWork) => Exit::PendingWork,
        _ => Exit::Done,
    }
}
