//! The programs that may open an address or a file for the person.

use std::process::Command;

use url::Url;

/// What opens a target.
#[derive(Debug)]
pub struct Openers {
    /// The commands, each for where those before it are not there or fail.
    pub commands: Vec<Command>,
    /// Who says that it is these.
    pub chosen_by: OpenerChoice,
}

/// Who decides what opens a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenerChoice {
    /// The person, by the variable `BROWSER`.
    Person,
    /// The platform.
    Platform,
}

impl Openers {
    /// Returns what opens a target: for an address of the web what the variable `BROWSER` says, where it says
    /// something, and nothing else then.
    #[must_use]
    pub fn of(target: &str, browser: Option<&str>) -> Self {
        let chosen = browser
            .filter(|_| is_web_address(target))
            .map(|browser| browsers(browser, target))
            .unwrap_or_default();
        if chosen.is_empty() {
            return Self {
                commands: open::commands(target),
                chosen_by: OpenerChoice::Platform,
            };
        }
        Self {
            commands: chosen,
            chosen_by: OpenerChoice::Person,
        }
    }
}

fn is_web_address(target: &str) -> bool {
    Url::parse(target).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Reads a list of commands with `:` between them. `%s` in one stands for the address, which else follows it;
/// `%c` is a colon and `%%` a per cent sign.
fn browsers(list: &str, address: &str) -> Vec<Command> {
    list.split(':')
        .filter_map(|command| browser(command, address))
        .collect()
}

fn browser(command: &str, address: &str) -> Option<Command> {
    let words = shlex::split(command)?;
    let is_address_placed = words.iter().any(|word| has_place(word));
    let mut words = words.iter().map(|word| filled_in(word, address));
    let mut command = Command::new(words.next()?);
    command.args(words);
    if !is_address_placed {
        command.arg(address);
    }
    Some(command)
}

fn has_place(word: &str) -> bool {
    word.replace("%%", "").contains("%s")
}

fn filled_in(word: &str, address: &str) -> String {
    let mut filled = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        let (text, length) = match after.as_bytes().first() {
            Some(b's') => (address, 1),
            Some(b'c') => (":", 1),
            Some(b'%') => ("%", 1),
            _ => ("%", 0),
        };
        filled.push_str(text);
        rest = &after[length..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_decides_which_browser_opens_an_address() {
        let check = |browser: &str, expected: &[&str]| {
            let openers = Openers::of("https://a.example/?b=%20", Some(browser));
            assert_eq!(openers.chosen_by, OpenerChoice::Person);
            let lines = openers.commands.iter().map(|command| {
                let words = std::iter::once(command.get_program()).chain(command.get_args());
                let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
                words.join(" ")
            });
            assert_eq!(lines.collect::<Vec<String>>(), expected, "{browser}");
        };
        let address = "https://a.example/?b=%20";
        check("firefox", &[&format!("firefox {address}")]);
        check("firefox -P work", &[&format!("firefox -P work {address}")]);
        check("a:b", &[&format!("a {address}"), &format!("b {address}")]);
        check(":a::", &[&format!("a {address}")]);
        check("a --url=%s -n", &[&format!("a --url={address} -n")]);
        check(
            "\"my browser\" 'x y'",
            &[&format!("my browser x y {address}")],
        );
        check("a%cb %%s %x", &[&format!("a:b %s %x {address}")]);
    }

    #[test]
    fn the_platform_decides_where_nobody_else_does() {
        let check = |target: &str, browser: Option<&str>| {
            let openers = Openers::of(target, browser);
            assert_eq!(openers.chosen_by, OpenerChoice::Platform, "{target}");
        };
        check("https://a.example", None);
        check("https://a.example", Some(""));
        check("https://a.example", Some(" : "));
        check("https://a.example", Some("'unfinished"));
        check("report.html", Some("firefox"));
        check("mailto:a@b.example", Some("firefox"));
    }
}
