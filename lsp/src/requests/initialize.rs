//! `initialize` and `initialized`: what both sides can do, and what the user set.

use std::sync::Arc;

use tower_lsp::ls_types::{
    InitializeParams, InitializeResult, Registration, ServerInfo,
    notification::{DidChangeConfiguration, Notification as _},
};

use super::did_change_workspace_folders::paths;
use crate::{capabilities, client_features::ClientFeatures, server::Server};

impl Server {
    /// Takes up what the client can do and wants.
    pub(crate) fn initialize(self: &Arc<Self>, parameters: &InitializeParams) -> InitializeResult {
        let features = ClientFeatures::of(parameters);
        let capabilities = capabilities::of(&features);
        let mut world = self.world.lock();
        world.features = Arc::new(features);
        if let Some(options) = &parameters.initialization_options {
            world.settings = Arc::new(world.settings.updated(options));
        }
        world.folders = parameters
            .workspace_folders
            .as_deref()
            .map(paths)
            .unwrap_or_default();
        InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: "rig".to_owned(),
                version: Some(world.options.version.clone()),
            }),
            ..InitializeResult::default()
        }
    }

    /// Begins to work by itself.
    pub(crate) fn initialized(self: &Arc<Self>) {
        self.look_at_trust();
        let (folders, registers) = {
            let world = self.world.lock();
            let registers = world.features.registers_configuration;
            (world.folders.clone(), registers)
        };
        self.find_projects_in(folders);
        self.ask_for_settings();
        if registers {
            self.outbox.ask(|client| async move {
                client
                    .register_capability(vec![configuration_changes()])
                    .await
            });
        }
    }
}

fn configuration_changes() -> Registration {
    let method = DidChangeConfiguration::METHOD.to_owned();
    Registration {
        id: method.clone(),
        method,
        register_options: None,
    }
}
