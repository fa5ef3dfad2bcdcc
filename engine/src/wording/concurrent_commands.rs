//! Which of the commands of a task wrote a line, where several run at once.

use std::collections::HashMap;

use crate::event::{CommandId, Event};

/// The commands that run, and which of them a reader has to tell apart.
#[derive(Debug, Default)]
pub struct ConcurrentCommands {
    running: HashMap<CommandId, RunningCommand>,
}

#[derive(Debug)]
struct RunningCommand {
    node_path: Option<String>,
    name: String,
    /// Whether another one of the task has run since it began.
    has_company: bool,
}

impl ConcurrentCommands {
    /// Takes an event into account; the end of a command after its last line.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::CommandStarted {
                node_path,
                command_id: Some(id),
                command_name,
                ..
            } => self.start(*id, node_path.clone(), command_name.clone()),
            Event::CommandCompleted {
                command_id: Some(id),
                ..
            }
            | Event::CommandDetached { command_id: id, .. } => {
                self.running.remove(id);
            }
            _ => {}
        }
    }

    fn start(&mut self, id: CommandId, node_path: Option<String>, name: String) {
        let others = self.running.values_mut();
        let mut has_company = false;
        for other in others.filter(|other| other.node_path == node_path) {
            other.has_company = true;
            has_company = true;
        }
        let command = RunningCommand {
            node_path,
            name,
            has_company,
        };
        self.running.insert(id, command);
    }

    /// Returns what tells a command from those that ran at the same time for the same task, such as `npm#2`;
    /// nothing where it is alone.
    #[must_use]
    pub fn label(&self, id: Option<CommandId>) -> Option<String> {
        let id = id?;
        let command = self
            .running
            .get(&id)
            .filter(|command| command.has_company)?;
        Some(command_label(&command.name, Some(id)))
    }
}

/// Returns the name of a command with its number, such as `npm#2`.
#[must_use]
pub fn command_label(name: &str, id: Option<CommandId>) -> String {
    match id {
        Some(CommandId(number)) => format!("{name}#{number}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(node: &str, id: u64) -> Event {
        Event::CommandStarted {
            node_path: Some(node.to_owned()),
            command_id: Some(CommandId(id)),
            command_name: "sh".to_owned(),
            command: "sh x".to_owned(),
        }
    }

    fn completed(id: u64) -> Event {
        Event::CommandCompleted {
            node_path: None,
            command_id: Some(CommandId(id)),
            command_name: "sh".to_owned(),
            exit_code: 0,
        }
    }

    #[test]
    fn only_what_ran_at_once_is_told_apart() {
        let mut commands = ConcurrentCommands::default();
        let mut check = |event: Event, expected: [Option<&str>; 3]| {
            commands.note(&event);
            let labels = [1, 2, 3].map(|id| commands.label(Some(CommandId(id))));
            assert_eq!(
                labels.each_ref().map(Option::as_deref),
                expected,
                "{event:?}"
            );
        };
        check(started("a", 1), [None; 3]);
        check(started("b", 2), [None; 3]);
        check(started("a", 3), [Some("sh#1"), None, Some("sh#3")]);
        check(completed(3), [Some("sh#1"), None, None]);
        check(completed(1), [None; 3]);
        check(started("a", 3), [None; 3]);
    }
}
