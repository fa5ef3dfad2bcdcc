//! The environment as a definition and its handlers see it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rquickjs::{Ctx, Exception, Function, Value, function::Opt};
use thiserror::Error;

use super::{loader::rigkit, secrets::Secrets};
use crate::{
    display_text,
    project::{Environment, UnreadableVariable, VariableAccess},
};

/// The environment that `process.env`, `env` and `env.secret` read.
#[derive(Clone, Default)]
pub struct Variables {
    all: Arc<BTreeMap<String, String>>,
    unreadable: Arc<BTreeMap<String, UnreadableVariable>>,
    access: VariableAccess,
    file: Option<Arc<Path>>,
    secrets: Secrets,
    /// The variables that were asked for though they are withheld.
    missed: Arc<Mutex<BTreeSet<String>>>,
}

/// The reason why a variable has no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum VariableError {
    /// It is set nowhere.
    #[error("the environment variable `{name}` is not set")]
    NotSet {
        name: String,
        /// The file that it can be set in.
        file: Option<Arc<Path>>,
    },
    /// The line that was to set it cannot be read.
    #[error(
        "the environment variable `{name}` is not known: line {} of `{}` cannot be read",
        .variable.line,
        display_text::path(&.variable.file)
    )]
    Unreadable {
        name: String,
        variable: UnreadableVariable,
    },
}

impl VariableError {
    /// Returns what a person can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::NotSet { name, file } => {
                let place = match file {
                    Some(file) => {
                        format!("in the environment or in `{}`", display_text::path(file))
                    }
                    None => "in the environment".to_owned(),
                };
                format!("set `{name}` {place}, or give a fallback as the second argument")
            }
            Self::Unreadable { name, .. } => format!("write the line as `{name}=value`"),
        }
    }
}

/// What stands in the place of the names of variables where all of them were read at once.
const ALL_VARIABLES: &str = "process.env";

impl Variables {
    /// Takes variables, each of which may be read.
    #[must_use]
    pub fn new(all: Arc<BTreeMap<String, String>>) -> Self {
        Self {
            all,
            ..Self::default()
        }
    }

    /// Takes the environment of a project.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        Self {
            all: Arc::clone(&environment.variables),
            unreadable: Arc::clone(&environment.unreadable),
            access: environment.access,
            file: environment.file.as_deref().map(Arc::from),
            ..Self::default()
        }
    }

    /// Returns an environment of which some secrets were read before.
    #[must_use]
    pub(crate) fn with_secrets(all: Arc<BTreeMap<String, String>>, secrets: Secrets) -> Self {
        Self {
            all,
            secrets,
            ..Self::default()
        }
    }

    /// Returns every variable.
    #[must_use]
    pub fn all(&self) -> Arc<BTreeMap<String, String>> {
        Arc::clone(&self.all)
    }

    /// Returns the variables whose line cannot be read.
    pub(crate) fn unreadable(&self) -> &BTreeMap<String, UnreadableVariable> {
        &self.unreadable
    }

    /// Returns whether the project may read variables.
    pub(crate) fn access(&self) -> VariableAccess {
        self.access
    }

    /// Returns the file that a variable of the project can be set in.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Returns the secrets that were read so far.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Reads a variable. Where variables are withheld it has its fallback, or nothing in it.
    ///
    /// # Errors
    /// Where it has no value.
    pub(crate) fn read(
        &self,
        name: &str,
        fallback: Option<&str>,
        is_secret: bool,
    ) -> Result<String, VariableError> {
        if let Some(variable) = self.unreadable.get(name) {
            return Err(VariableError::Unreadable {
                name: name.to_owned(),
                variable: variable.clone(),
            });
        }
        self.note_missed(name);
        let withheld = (self.access == VariableAccess::Withheld).then_some("");
        let found = self.all.get(name).map(String::as_str);
        let Some(value) = found.or(fallback).or(withheld) else {
            return Err(VariableError::NotSet {
                name: name.to_owned(),
                file: self.file.clone(),
            });
        };
        if is_secret && found.is_some() {
            self.secrets.add(name, value);
        } else if is_secret {
            // Everybody can read what the code says.
            self.secrets.add_quietly(name, value);
        }
        Ok(value.to_owned())
    }

    /// Returns the value of a variable as far as it is known.
    pub(crate) fn known_value(&self, name: &str) -> Option<&str> {
        self.note_missed(name);
        self.all.get(name).map(String::as_str)
    }

    /// Notes that somebody asked for a variable that is withheld.
    pub(crate) fn note_missed(&self, name: &str) {
        if self.access == VariableAccess::Withheld {
            self.missed().insert(name.to_owned());
        }
    }

    /// Notes that somebody asked which variables there are, where they are withheld.
    pub(crate) fn note_all_missed(&self) {
        self.note_missed(ALL_VARIABLES);
    }

    /// Lists the variables that were asked for though they are withheld; `process.env` stands for
    /// all of them.
    pub(crate) fn missed_names(&self) -> Vec<String> {
        self.missed().iter().cloned().collect()
    }

    fn missed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Throws what is wrong with a variable at the call that wanted it.
pub(super) fn throw(ctx: &Ctx<'_>, error: &VariableError) -> rquickjs::Error {
    let exception = Exception::from_message(ctx.clone(), &error.to_string());
    let with_help = exception.and_then(|exception| {
        exception.as_object().set("help", error.help())?;
        Ok(exception.throw())
    });
    with_help.unwrap_or_else(|error| error)
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
                .map_err(|error| throw(&ctx, &error))
        },
    )?;
    rigkit(ctx)?.set("readVariable", read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(access: VariableAccess) -> Variables {
        let bad = UnreadableVariable {
            file: Path::new("/site/.env").into(),
            line: 3,
        };
        Variables::of(&Environment {
            variables: Arc::new(BTreeMap::from([("A".to_owned(), "one".to_owned())])),
            unreadable: Arc::new(BTreeMap::from([("BAD".to_owned(), bad)])),
            access,
            file: Some("/site/.env".into()),
            ..Environment::default()
        })
    }

    #[test]
    fn a_variable_without_a_value_is_an_error_that_says_where_to_set_it() {
        let check = |name: &str, fallback: Option<&str>, expected: Result<&str, [&str; 2]>| {
            let read = variables(VariableAccess::Given).read(name, fallback, false);
            let read = read.map_err(|error| [error.to_string(), error.help()]);
            let expected = expected.map(str::to_owned);
            assert_eq!(read, expected.map_err(|it| it.map(str::to_owned)), "{name}");
        };
        check("A", Some("two"), Ok("one"));
        check("B", Some("two"), Ok("two"));
        check(
            "B",
            None,
            Err([
                "the environment variable `B` is not set",
                "set `B` in the environment or in `/site/.env`, or give a fallback as the second argument",
            ]),
        );
        check(
            "BAD",
            Some("two"),
            Err([
                "the environment variable `BAD` is not known: line 3 of `/site/.env` cannot be read",
                "write the line as `BAD=value`",
            ]),
        );
    }

    #[test]
    fn withheld_variables_are_noted_when_they_are_missed() {
        let withheld = Variables::of(&Environment::untrusted());
        assert_eq!(withheld.read("B", None, false).as_deref(), Ok(""));
        assert_eq!(withheld.read("A", Some("two"), true).as_deref(), Ok("two"));
        withheld.note_all_missed();
        assert_eq!(withheld.missed_names(), ["A", "B", "process.env"]);

        let given = variables(VariableAccess::Given);
        assert!(given.read("A", None, false).is_ok());
        assert!(given.missed_names().is_empty());
    }
}
