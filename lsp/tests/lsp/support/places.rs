//! Places of answers, as a person reads them.

use serde_json::Value;

use super::TestClient;

impl TestClient {
    /// Writes locations as lines of `file:line:column: the line, with the range in brackets`.
    pub fn show_locations(&self, locations: &Value) -> String {
        let Some(locations) = locations.as_array() else {
            return "nothing".to_owned();
        };
        let mut lines: Vec<String> = locations
            .iter()
            .map(|location| self.show_location(location))
            .collect();
        lines.sort();
        lines.join("\n")
    }

    fn show_location(&self, location: &Value) -> String {
        let uri = location["uri"].as_str().unwrap();
        let file = uri.strip_prefix(&self.uri("")).unwrap();
        format!("{file}:{}", self.show_range(file, &location["range"]))
    }

    /// Writes a range as `line:column: the line, with the range in brackets`.
    pub fn show_range(&self, file: &str, range: &Value) -> String {
        let (line, start) = position(&range["start"]);
        let (end_line, end) = position(&range["end"]);
        assert_eq!(line, end_line, "{range}");
        let text: Vec<u16> = self
            .text(file)
            .lines()
            .nth(line)
            .unwrap()
            .encode_utf16()
            .collect();
        let part = |units: &[u16]| String::from_utf16(units).unwrap();
        format!(
            "{}:{}: {}[{}]{}",
            line + 1,
            start + 1,
            part(&text[..start]).trim_start(),
            part(&text[start..end]),
            part(&text[end..]),
        )
    }

    /// Gives the text of a file after the edits of an answer.
    pub fn edited(&self, file: &str, edits: &[Value]) -> String {
        let mut text = self.text(file).to_owned();
        let mut edits: Vec<&Value> = edits.iter().collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(position(&edit["range"]["start"])));
        for edit in edits {
            let bytes = [&edit["range"]["start"], &edit["range"]["end"]].map(|place| {
                let (line, column) = position(place);
                self.offset(file, line, column)
            });
            text.replace_range(bytes[0]..bytes[1], edit["newText"].as_str().unwrap());
        }
        text
    }

    fn offset(&self, file: &str, line: usize, column: usize) -> usize {
        let text = self.text(file);
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = 0;
        let characters = text[start..].char_indices();
        let mut before = characters.take_while(|(_, character)| {
            let is_before = units < column;
            units += character.len_utf16();
            is_before
        });
        let last = before.by_ref().last();
        last.map_or(start, |(offset, character)| {
            start + offset + character.len_utf8()
        })
    }
}

fn position(place: &Value) -> (usize, usize) {
    let number = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
    (number("line"), number("character"))
}
