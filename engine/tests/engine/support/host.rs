//! A host that answers as it was told and notes what it was asked.

use std::sync::Mutex;

use rigkit_engine::host::{Host, HostError, Interaction, InteractiveCommand, Opening, Prompt};
use serde_json::{Value, json};

/// Answers prompts from a list, and notes every request.
#[derive(Default)]
pub struct FakeHost {
    answers: Mutex<Vec<Value>>,
    requests: Mutex<Vec<String>>,
}

impl FakeHost {
    /// Makes a host with its answers to prompts, first to last.
    pub fn answering(answers: &[Value]) -> Self {
        Self {
            answers: Mutex::new(answers.to_vec()),
            ..Self::default()
        }
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    fn note(&self, request: String) {
        self.requests.lock().unwrap().push(request);
    }
}

impl Host for FakeHost {
    fn open(&self, target: &str) -> Result<Opening, HostError> {
        self.note(format!("open {target}"));
        Ok(Opening::Done)
    }

    fn prompt(&self, prompt: &Prompt) -> Result<Value, HostError> {
        self.note(format!("prompt {}", serde_json::to_string(prompt).unwrap()));
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() {
            return prompt.default_answer();
        }
        Ok(answers.remove(0))
    }

    fn interactive_command(&self, command: &InteractiveCommand) -> Result<i32, HostError> {
        self.note(format!(
            "interactive {} ({})",
            command.argv.join(" "),
            command.reason.as_deref().unwrap_or("")
        ));
        Ok(3)
    }

    fn present(&self, interaction: &Interaction) -> Result<(), HostError> {
        self.note(format!("present {} {}", interaction.title, interaction.url));
        Ok(())
    }

    fn capability(
        &self,
        id: &str,
        parameters: &Value,
        node_path: Option<&str>,
    ) -> Result<Value, HostError> {
        self.note(format!(
            "capability {id} {parameters} {}",
            node_path.unwrap_or("")
        ));
        match id {
            "echo" => Ok(json!({ "echo": parameters })),
            _ => Err(HostError::NoCapability { id: id.to_owned() }),
        }
    }
}
