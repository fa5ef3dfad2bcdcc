//! Whose code may run: what the client says, and what the person has decided about each folder.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    EngineError, display_text,
    project::Environment,
    trust::{OwnerRule, Trust, TrustError, TrustRecord, TrustStore},
};
use serde::{Deserialize, Deserializer, de};
use tower_lsp::{jsonrpc::Result, ls_types::MessageType};

use crate::{requests::execute_command::failure, server::Server, world::World};

/// The answer that trusts a folder.
const TRUST_THIS_FOLDER: &str = "Trust this folder";

/// How the client says whether code of projects may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TrustSetting {
    /// None of them, as long as the client does not say otherwise.
    #[default]
    Refused,
    /// All of them, for this session.
    Granted,
    /// Those that the person has decided on, here or in a terminal.
    Recorded,
}

impl<'de> Deserialize<'de> for TrustSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Sent {
            Switch(bool),
            Word(String),
        }
        match Sent::deserialize(deserializer)? {
            Sent::Switch(true) => Ok(Self::Granted),
            Sent::Switch(false) => Ok(Self::Refused),
            Sent::Word(word) if word == "recorded" => Ok(Self::Recorded),
            Sent::Word(word) => Err(de::Error::unknown_variant(&word, &["recorded"])),
        }
    }
}

/// What is known of the person's decisions.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    record: TrustRecord,
    owners: OwnerRule,
    stamp: Option<Stamp>,
}

/// What tells one version of the record from the next: each is a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the record is in the person's home, and only looked at"
    )]
    fn of(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        Some(Self {
            inode: metadata.ino(),
            size: metadata.size(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

impl Decisions {
    /// Reads the record again where it has changed.
    ///
    /// # Errors
    /// Where it is damaged: nothing is trusted then.
    fn refresh(&mut self, host_dir: &Path) -> std::result::Result<(), TrustError> {
        let stamp = Stamp::of(&TrustRecord::path_in(host_dir));
        if stamp == self.stamp {
            return Ok(());
        }
        let read = TrustRecord::read(host_dir);
        self.stamp = stamp;
        self.record = TrustRecord::default();
        self.owners = OwnerRule::of_process();
        self.record = read?;
        self.owners = OwnerRule::of_process().accepting(&self.record);
        Ok(())
    }
}

/// What the environment of a project is read from.
#[derive(Clone)]
pub(crate) struct EnvironmentSource {
    variables: Arc<BTreeMap<String, String>>,
    undecodable: Arc<BTreeMap<OsString, OsString>>,
    owners: OwnerRule,
}

impl EnvironmentSource {
    /// Reads the environment of a project.
    pub(crate) fn read(&self, root: &Path) -> Environment {
        Environment::of_project(root, &self.owners, (*self.variables).clone())
            .with_undecodable(Arc::clone(&self.undecodable))
    }
}

impl World {
    /// Returns whether code of a project may run.
    pub(crate) fn trust_in(&self, root: &Path) -> Trust {
        match self.settings.trusted {
            TrustSetting::Refused => Trust::Untrusted,
            TrustSetting::Granted => Trust::Trusted,
            TrustSetting::Recorded => match self.decisions.record.trust_in(root) {
                Some(_) => Trust::Trusted,
                None => Trust::Untrusted,
            },
        }
    }

    /// Lists the roots of the open projects whose code may run.
    fn trusted_roots(&self) -> Vec<PathBuf> {
        let roots = self.projects().map(|(root, _)| root);
        let trusted = roots.filter(|root| self.trust_in(root).is_trusted());
        trusted.cloned().collect()
    }

    /// Returns whose files are read.
    pub(crate) fn owners(&self) -> OwnerRule {
        self.decisions.owners.clone()
    }

    /// Returns what the environment of a project is read from: nothing before it is trusted.
    pub(crate) fn environment_source(&self, root: &Path) -> Option<EnvironmentSource> {
        let is_trusted = self.trust_in(root).is_trusted();
        is_trusted.then(|| EnvironmentSource {
            variables: Arc::clone(&self.options.variables),
            undecodable: Arc::clone(&self.options.undecodable_variables),
            owners: self.owners(),
        })
    }
}

impl Server {
    /// Returns the file that decisions are kept in.
    pub(crate) fn trust_record(&self) -> PathBuf {
        TrustRecord::path_in(&self.world.lock().options.host_dir)
    }

    /// Reads the person's decisions again where they have changed, here or in a terminal.
    pub(crate) fn look_at_trust(&self) {
        let refreshed = {
            let mut world = self.world.lock();
            let options = Arc::clone(&world.options);
            let before = (world.owners(), world.trusted_roots());
            let refreshed = world.decisions.refresh(&options.host_dir);
            if before != (world.owners(), world.trusted_roots()) {
                world.reevaluate_all();
            }
            refreshed
        };
        if let Err(error) = refreshed {
            self.outbox.show(MessageType::WARNING, told(error));
        }
    }

    /// Makes sure that a command may run code of a project, which a person decides by asking for
    /// it in a trusted session, or when they are asked.
    pub(crate) async fn require_trust(&self, root: &Path, command: &str) -> Result<()> {
        let (trust, setting) = {
            let world = self.world.lock();
            (world.trust_in(root), world.settings.trusted)
        };
        if trust.is_trusted() {
            if let Err(error) = self.record_trust(root, command) {
                self.outbox.log(MessageType::WARNING, told(error));
            }
            return Ok(());
        }
        if setting == TrustSetting::Recorded {
            return self.ask_for_trust(root, command).await;
        }
        let message = "this runs code of the project, and the workspace is not trusted: start the server with `initializationOptions: { \"trusted\": \"recorded\" }` or `true`, or set `rigkit.trusted`";
        Err(self.refusal(message.to_owned()))
    }

    async fn ask_for_trust(&self, root: &Path, command: &str) -> Result<()> {
        let folder = display_text::path(root);
        let question = format!(
            "This runs code of `{folder}`, and nobody has decided yet that it may. If you trust whoever wrote it, it may from now on, here and in a terminal."
        );
        let choices = vec![TRUST_THIS_FOLDER.to_owned()];
        if self.outbox.choose(question, choices).await.as_deref() != Some(TRUST_THIS_FOLDER) {
            return Err(self.refusal(format!(
                "this runs code of the project, and nobody has decided that it may: if you trust it, run `rig trust` in `{folder}`"
            )));
        }
        let recorded = self.record_trust(root, command);
        recorded.map_err(|error| self.refusal(told(error)))
    }

    /// Records that code of a project may run, and acts on it at once.
    fn record_trust(&self, root: &Path, command: &str) -> std::result::Result<(), TrustError> {
        let host_dir = self.world.lock().options.host_dir.clone();
        let recorded = TrustStore::new(host_dir).trust(root, command)?;
        if recorded.is_new {
            let message = format!(
                "`{}` is trusted from now on; to take that back: rig trust --revoke",
                display_text::path(root)
            );
            self.outbox.log(MessageType::INFO, message);
            self.look_at_trust();
        }
        Ok(())
    }

    fn refusal(&self, message: String) -> tower_lsp::jsonrpc::Error {
        self.outbox.show(MessageType::WARNING, message.clone());
        failure("untrusted", message)
    }
}

/// Writes what is wrong with the record, and what to do about it.
fn told(error: TrustError) -> String {
    let error = EngineError::from(error);
    match error.help() {
        Some(help) => format!("{error}\n{help}"),
        None => error.to_string(),
    }
}
