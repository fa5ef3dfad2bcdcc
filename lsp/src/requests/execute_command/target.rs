//! Which project and workflow a command works on.

use std::path::PathBuf;

use rigkit_engine::{Engine, EngineOptions, project::Environment};
use tower_lsp::{
    jsonrpc::{Error, Result},
    ls_types::Uri,
};

use super::CommandArguments;
use crate::{
    location::path_of, server::Server, trust::EnvironmentSource, view::ProjectView, world::World,
};

/// Is what a command works on.
#[derive(Clone)]
pub(crate) struct Target {
    /// The project as it is shown.
    pub(crate) view: ProjectView,
    /// Its config, as the client knows it.
    pub(crate) config: Uri,
    environment: Option<EnvironmentSource>,
}

impl Target {
    /// Finds the project that is meant.
    pub(crate) fn find(server: &Server, arguments: &CommandArguments) -> Result<Self> {
        let world = server.world.lock();
        let root = match &arguments.config {
            Some(config) => root_of(&world, config)?,
            None => only_root(&world)?,
        };
        let view = world.project_view(&root);
        let view = view.ok_or_else(|| Error::invalid_params("the project is gone"))?;
        let config = view.config_uri();
        Ok(Self {
            config: config.ok_or_else(Error::internal_error)?,
            environment: world.environment_source(&root),
            view,
        })
    }

    /// Makes an engine that sees the open buffers and reads the environment as it is now.
    pub(crate) fn engine(&self) -> Engine {
        let options = &self.view.engine_options;
        let environment = match &self.environment {
            Some(source) => source.read(&options.project.root),
            None => Environment::untrusted(),
        };
        Engine::new(EngineOptions {
            environment,
            ..options.clone()
        })
    }

    /// Gives the workflow that is meant, where the definition says so.
    pub(crate) fn workflow(&self, arguments: &CommandArguments) -> Option<String> {
        let mut workflows = self
            .view
            .snapshot
            .workflows()
            .map(|(workflow, _)| &workflow.name);
        let only = workflows.next().filter(|_| workflows.next().is_none());
        let named = arguments.workflow.clone();
        named.or_else(|| only.map(ToString::to_string))
    }

    /// Returns the workflow that a command line has to name: nothing where there is one only.
    pub(crate) fn named_workflow<'a>(&self, arguments: &'a CommandArguments) -> Option<&'a str> {
        let has_several = self.view.snapshot.workflows().nth(1).is_some();
        arguments.workflow.as_deref().filter(|_| has_several)
    }
}

fn root_of(world: &World, config: &Uri) -> Result<PathBuf> {
    let path = path_of(config);
    let roots = path
        .map(|path| world.projects_of(&path))
        .unwrap_or_default();
    roots.into_iter().next().ok_or_else(|| {
        Error::invalid_params(format!("`{}` belongs to no open project", config.as_str()))
    })
}

fn only_root(world: &World) -> Result<PathBuf> {
    let mut roots = world.projects().map(|(root, _)| root);
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root.clone()),
        (None, _) => Err(Error::invalid_params("no project is open")),
        (Some(_), Some(_)) => Err(Error::invalid_params(
            "several projects are open: the argument `config` has to say which is meant",
        )),
    }
}
