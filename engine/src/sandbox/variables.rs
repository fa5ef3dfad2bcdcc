//! The environment as a definition and its handlers see it.

use std::{collections::BTreeMap, sync::Arc};

use rquickjs::{Ctx, Exception, Function, Value, function::Opt};

use super::{loader::rigkit, secrets::Secrets};

/// Is the environment that `process.env`, `env` and `env.secret` read.
#[derive(Clone, Default)]
pub struct Variables {
    all: Arc<BTreeMap<String, String>>,
    secrets: Secrets,
}

impl Variables {
    /// Takes an environment.
    #[must_use]
    pub fn new(all: Arc<BTreeMap<String, String>>) -> Self {
        Self {
            all,
            secrets: Secrets::default(),
        }
    }

    /// Returns an environment of which some secrets were read before.
    #[must_use]
    pub(crate) fn with_secrets(all: Arc<BTreeMap<String, String>>, secrets: Secrets) -> Self {
        Self { all, secrets }
    }

    /// Gives every variable.
    #[must_use]
    pub fn all(&self) -> Arc<BTreeMap<String, String>> {
        Arc::clone(&self.all)
    }

    /// Gives the secrets that were read so far.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(crate) fn read(
        &self,
        name: &str,
        fallback: Option<&str>,
        is_secret: bool,
    ) -> Option<String> {
        let value = self.all.get(name).map(String::as_str).or(fallback)?;
        if is_secret {
            self.secrets.add(name, value);
        }
        Some(value.to_owned())
    }
}

/// Gives `env` of the SDK its way to the environment.
pub(super) fn install(ctx: &Ctx<'_>, variables: &Variables) -> rquickjs::Result<()> {
    let variables = variables.clone();
    let read = Function::new(
        ctx.clone(),
        move |ctx: Ctx<'_>,
              name: String,
              fallback: Value<'_>,
              is_secret: Opt<bool>|
              -> rquickjs::Result<String> {
            let is_secret = is_secret.0.unwrap_or_default();
            let fallback = fallback.as_string().and_then(|text| text.to_string().ok());
            variables
                .read(&name, fallback.as_deref(), is_secret)
                .ok_or_else(|| {
                    Exception::throw_message(
                        &ctx,
                        &format!("the environment variable `{name}` is not set"),
                    )
                })
        },
    )?;
    rigkit(ctx)?.set("readVariable", read)
}
