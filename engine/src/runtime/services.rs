//! What handlers may ask of the world: the native operations, and the person at the host.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{protocol::OperationFailure, shown_prompt::ShownPrompt};
use crate::{
    event::Event,
    host::{Host, HostError, Interaction, InteractiveCommand, Opening, Prompt},
    operations::{CommandEnvironment, Operation, OperationContext, perform},
    run::Emitter,
    sandbox::{Secrets, Variables},
};

/// Carries out what handlers ask for.
pub(crate) struct Services {
    emitter: Arc<Emitter>,
    host: Arc<dyn Host>,
    project_dir: PathBuf,
    variables: Variables,
    /// The variables of the process that only commands can read.
    undecodable: Arc<BTreeMap<OsString, OsString>>,
}

type Progress = Arc<dyn Fn(Value) + Send + Sync>;

impl Services {
    pub(crate) fn new(
        emitter: Arc<Emitter>,
        host: Arc<dyn Host>,
        project_dir: PathBuf,
        variables: Variables,
        undecodable: Arc<BTreeMap<OsString, OsString>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            emitter,
            host,
            project_dir,
            variables,
            undecodable,
        })
    }

    fn environment(&self) -> CommandEnvironment {
        CommandEnvironment {
            text: self.variables.all(),
            undecodable: Arc::clone(&self.undecodable),
        }
    }

    pub(crate) fn emit(&self, event: Event) {
        self.emitter.emit(event);
    }

    /// Carries one operation out.
    pub(crate) async fn perform(
        &self,
        name: &str,
        payload: Value,
        node_path: Option<String>,
        cancel: CancellationToken,
        progress: Progress,
    ) -> Result<Value, OperationFailure> {
        match name {
            "local.open" => {
                let target = payload["target"].as_str().unwrap_or_default().to_owned();
                match self.ask(move |host| host.open(&target)).await? {
                    Opening::Done => Ok(Value::Null),
                    Opening::LeftToPlatform => {
                        self.native(name, payload, node_path, cancel, progress)
                            .await
                    }
                }
            }
            "local.prompt" => {
                let secrets = self.variables.secrets().clone();
                self.ask(move |host| prompt(host, payload, &secrets)).await
            }
            "local.present" => {
                let secrets = self.variables.secrets().clone();
                self.ask(move |host| present(host, payload, &secrets)).await
            }
            "local.capability" => self.ask(move |host| capability(host, &payload)).await,
            "local.command" if payload["mode"] == "interactive" => {
                let command = self.interactive_command(payload)?;
                self.ask(move |host| interactive(host, &command)).await
            }
            "local.command" => {
                self.native("command.run", payload, node_path, cancel, progress)
                    .await
            }
            _ => {
                self.native(name, payload, node_path, cancel, progress)
                    .await
            }
        }
    }

    async fn native(
        &self,
        name: &str,
        payload: Value,
        node_path: Option<String>,
        cancel: CancellationToken,
        progress: Progress,
    ) -> Result<Value, OperationFailure> {
        let (emitter, commands) = (Arc::clone(&self.emitter), Arc::clone(&self.emitter));
        let context = OperationContext {
            emit: Arc::new(move |event| emitter.emit(event)),
            next_command: Arc::new(move || commands.next_command()),
            secrets: self.variables.secrets().clone(),
            node_path,
            project_dir: self.project_dir.clone(),
            environment: self.environment(),
            cancel,
            progress,
        };
        let operation = Operation::parse(name, payload).map_err(|error| failure(&error))?;
        perform(operation, &context)
            .await
            .map_err(|error| failure(&error))
    }

    /// Asks the host on a thread where it may block: a person may take their time.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Host) -> Result<T, HostError> + Send + 'static,
    ) -> Result<T, OperationFailure> {
        let host = Arc::clone(&self.host);
        let answered = tokio::task::spawn_blocking(move || question(&*host)).await;
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(plain_failure(error.to_string())),
            Err(_) => Err(plain_failure("the host stopped unexpectedly".to_owned())),
        }
    }

    fn interactive_command(&self, payload: Value) -> Result<InteractiveCommand, OperationFailure> {
        let request: CommandRequest = serde_json::from_value(payload)
            .map_err(|error| plain_failure(format!("`local.command`: {error}")))?;
        let cwd = self.project_dir.join(request.cwd.unwrap_or_default());
        let mut environment = self.environment().in_folder(&cwd);
        let own = request.env.into_iter();
        environment.extend(own.map(|(name, value)| (name.into(), value.into())));
        Ok(InteractiveCommand {
            argv: request.argv,
            cwd,
            environment,
            reason: request
                .reason
                .map(|reason| self.variables.secrets().mask(&reason)),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommandRequest {
    argv: Vec<String>,
    #[serde(default)]
    cwd: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    reason: Option<String>,
}

fn prompt(host: &dyn Host, payload: Value, secrets: &Secrets) -> Result<Value, HostError> {
    let prompt: Prompt = serde_json::from_value(payload)
        .map_err(|error| HostError::Failed(format!("this is no prompt: {error}")))?;
    let shown = ShownPrompt::new(prompt, secrets);
    shown.answered(host)
}

fn present(host: &dyn Host, payload: Value, secrets: &Secrets) -> Result<Value, HostError> {
    let interaction: Interaction = serde_json::from_value(payload)
        .map_err(|error| HostError::Failed(format!("this is no interaction: {error}")))?;
    // Nobody could go to an address without a part of it.
    if let Some(name) = secrets.find(&interaction.url) {
        return Err(HostError::Failed(format!(
            "the address contains the secret `{name}`, and addresses are shown"
        )));
    }
    host.present(&Interaction {
        title: secrets.mask(&interaction.title),
        instructions: interaction.instructions.map(|text| secrets.mask(&text)),
        ..interaction
    })?;
    Ok(Value::Null)
}

fn capability(host: &dyn Host, payload: &Value) -> Result<Value, HostError> {
    let id = payload["id"].as_str().unwrap_or_default();
    host.capability(id, &payload["params"], payload["nodePath"].as_str())
}

fn interactive(host: &dyn Host, command: &InteractiveCommand) -> Result<Value, HostError> {
    let exit_code = host.interactive_command(command)?;
    Ok(json!({ "exitCode": exit_code, "stdout": null, "stderr": null }))
}

fn failure(error: &impl serde::Serialize) -> OperationFailure {
    let value = serde_json::to_value(error).unwrap_or_default();
    serde_json::from_value(value)
        .unwrap_or_else(|_| plain_failure("the operation failed".to_owned()))
}

fn plain_failure(message: String) -> OperationFailure {
    OperationFailure {
        name: "Error".to_owned(),
        message,
        code: None,
        help: None,
        exit_code: None,
    }
}
