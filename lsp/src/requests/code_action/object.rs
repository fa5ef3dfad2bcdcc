//! Objects that are written in the code, and how something is added to one.

use std::ops::Range;

use crate::document::{Text, size};

/// Is what makes a member the first one of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FirstMember {
    /// What is replaced, in bytes.
    pub(super) bytes: Range<u32>,
    /// What takes its place.
    pub(super) new_text: String,
}

/// Puts a member before the others of an object or pattern, which begins with its brace. It is
/// set as the next one is: on the same line or on one of its own.
pub(super) fn with_first_member(text: &Text, object: &Range<u32>, member: &str) -> FirstMember {
    let inside = object.start + 1;
    let rest = text.slice(&(inside..object.end));
    let members = rest.trim_start();
    let space = &rest[..rest.len() - members.len()];
    if members.starts_with('}') {
        return FirstMember {
            bytes: inside..inside + size(space.len()),
            new_text: format!(" {member} "),
        };
    }
    FirstMember {
        bytes: inside..inside,
        new_text: match space {
            "" => format!("{member}, "),
            space => format!("{space}{member},"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(object: &str, expected: &str) {
        let text = Text::new(object);
        let member = with_first_member(&text, &(0..size(object.len())), "a");
        let (before, after) = (member.bytes.start as usize, member.bytes.end as usize);
        let made = [&object[..before], &member.new_text, &object[after..]].concat();
        assert_eq!(made, expected);
    }

    #[test]
    fn a_member_is_set_as_the_next_one() {
        check("{}", "{ a }");
        check("{ }", "{ a }");
        check("{b}", "{a, b}");
        check("{ b }", "{ a, b }");
        check("{\r\n  b,\r\n}", "{\r\n  a,\r\n  b,\r\n}");
        check("{ /* b */ c }", "{ a, /* b */ c }");
    }
}
