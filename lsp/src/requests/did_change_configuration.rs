//! `workspace/didChangeConfiguration`: the user set something.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::ls_types::{ConfigurationItem, DidChangeConfigurationParams, MessageType};

use crate::{server::Server, trust::TrustSetting};

/// The section of the editor's configuration that is ours.
const SECTION: &str = "rigkit";

impl Server {
    /// Takes over what was set. Clients that only say that something is new are asked for it.
    pub(crate) fn did_change_configuration(
        self: &Arc<Self>,
        parameters: &DidChangeConfigurationParams,
    ) {
        let sent = &parameters.settings;
        // Some send the section, others what is in it.
        match sent.get(SECTION) {
            Some(settings) => self.take_settings(settings),
            None if sent.as_object().is_some_and(|sent| !sent.is_empty()) => {
                self.take_settings(sent);
            }
            None => self.ask_for_settings(),
        }
    }

    /// Asks the client for the settings, if it can be asked.
    pub(crate) fn ask_for_settings(self: &Arc<Self>) {
        if !self.world.lock().features.configuration {
            return;
        }
        let server = Arc::clone(self);
        tokio::spawn(async move {
            let item = ConfigurationItem {
                scope_uri: None,
                section: Some(SECTION.to_owned()),
            };
            let answer = server
                .outbox
                .request(|client| async move { client.configuration(vec![item]).await })
                .await;
            if let Some(settings) = answer.and_then(|answers| answers.into_iter().next()) {
                server.take_settings(&settings);
            }
        });
    }

    fn take_settings(self: &Arc<Self>, sent: &Value) {
        let mut world = self.world.lock();
        let settings = world.settings.updated(sent);
        if *world.settings == settings {
            return;
        }
        let is_trust_new = world.settings.trusted != settings.trusted;
        world.settings = Arc::new(settings);
        if is_trust_new {
            world.reevaluate_all();
            self.tell_trust(world.settings.trusted);
        } else {
            world.refresh_all();
        }
    }

    fn tell_trust(&self, setting: TrustSetting) {
        let told = match setting {
            TrustSetting::Granted => {
                "the workspace is trusted: code of it may run, and its environment is read"
            }
            TrustSetting::Refused => "the workspace is not trusted any more",
            TrustSetting::Recorded => "the workspace is trusted where you have decided so",
        };
        self.outbox.log(MessageType::INFO, told);
    }
}
