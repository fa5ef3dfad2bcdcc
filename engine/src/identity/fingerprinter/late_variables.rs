//! Variables of the environment that the text of a module names.

/// Is what a text says of the variables that it reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LateVariables {
    /// The variables that it names, each with whether it is a secret, sorted.
    pub(super) names: Vec<(String, bool)>,
    /// Whether it may read others.
    pub(super) has_others: bool,
}

/// Finds the variables that a normalized text names.
pub(super) fn late_variables(text: &str) -> LateVariables {
    let mut found = LateVariables::default();
    for rest in after_word(text, "process") {
        let Some(rest) = rest.strip_prefix(".env") else {
            found.has_others |= !rest.starts_with('.');
            continue;
        };
        match member_name(rest) {
            Some(name) => found.names.push((name.to_owned(), false)),
            None => found.has_others = true,
        }
    }
    if text.contains("\"@rigkit/sdk\"") {
        find_calls(text, &mut found);
    }
    found.names.sort_unstable();
    found.names.dedup();
    found
}

/// Finds calls of the SDK's `env`; any other mention of it but its import may read anything.
fn find_calls(text: &str, found: &mut LateVariables) {
    for rest in after_word(text, "env") {
        let (call, is_secret) = match rest.strip_prefix(".secret") {
            Some(call) => (call, true),
            None => (rest, false),
        };
        match call.strip_prefix("(\"").and_then(until_quote) {
            Some(name) => found.names.push((name.to_owned(), is_secret)),
            None => found.has_others |= rest.starts_with(['(', '.']) || rest.starts_with(" as "),
        }
    }
}

/// Gives what follows each mention of a word.
fn after_word<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    text.match_indices(word).filter_map(move |(start, _)| {
        let rest = text.get(start + word.len()..)?;
        let before = text.get(..start)?.chars().next_back();
        let goes_on = rest.chars().next().is_some_and(is_part);
        let is_word = !before.is_some_and(is_part) && !goes_on;
        is_word.then_some(rest)
    })
}

fn member_name(rest: &str) -> Option<&str> {
    if let Some(quoted) = rest.strip_prefix("[\"") {
        return until_quote(quoted);
    }
    let name = rest.strip_prefix('.')?;
    let end = name
        .find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '$')));
    name.get(..end.unwrap_or(name.len()))
}

fn until_quote(text: &str) -> Option<&str> {
    text.split_once('"').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_by_name() {
        let check = |text: &str, names: &[(&str, bool)], has_others: bool| {
            let names = names
                .iter()
                .map(|(name, is_secret)| ((*name).to_owned(), *is_secret));
            let expected = LateVariables {
                names: names.collect(),
                has_others,
            };
            assert_eq!(late_variables(text), expected, "{text}");
        };
        check("const a = 1;", &[], false);
        check(
            "a(process.env.B, process.env[\"A\"]);",
            &[("A", false), ("B", false)],
            false,
        );
        check("process.env", &[], true);
        check("process.env[name]", &[], true);
        check("const { env } = process;", &[], true);
        check("process.platform", &[], false);
        check("subprocess.env.A, processes.env.A", &[], false);
        check("globalThis.process.env.A", &[("A", false)], false);
        check("env(\"A\")", &[], false);
        let sdk = |text: &str| format!("import {{ env }} from \"@rigkit/sdk\";\n{text}");
        check(
            &sdk("env(\"A\"), env.secret(\"B\", 1)"),
            &[("A", false), ("B", true)],
            false,
        );
        check(&sdk("env(name)"), &[], true);
        check("import { env as e } from \"@rigkit/sdk\";", &[], true);
    }
}
