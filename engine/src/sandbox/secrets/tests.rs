//! Secrets are drawn at random, written in every form, put into texts and cut into pieces.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use proptest::{prelude::*, sample::Index};

use super::{Secrets, StreamMask};

fn secrets(values: &[&str]) -> Secrets {
    let secrets = Secrets::default();
    for (index, value) in values.iter().enumerate() {
        secrets.add(&format!("SECRET_{index}"), value);
    }
    secrets
}

#[track_caller]
fn check(values: &[&str], text: &str, expected: &str) {
    let masked = secrets(values).mask(text);
    assert_eq!(masked, expected, "{text:?} with {values:?}");
    assert_eq!(secrets(values).find(text).is_some(), text != expected);
}

/// Makes sure that a text stays as it is.
#[track_caller]
fn check_kept(values: &[&str], text: &str) {
    check(values, text, text);
}

#[test]
fn a_secret_is_found_without_the_blanks_around_it() {
    check(&["opal-river\n"], "in opal-river.", "in ***.");
    check(&["  opal-river "], "opal-river\n", "***\n");
    check(&["\u{feff}opal-river"], "opal-river", "***");
    check(&["opal river"], "opal\n  river opal\triver", "*** ***");
}

const KEY: &str = "-----BEGIN KEY-----\nbWVhZG93LWxh\ncmstMDA5OS1j\nb3A=\n-----END KEY-----\n";

#[test]
fn a_key_is_found_whole_and_line_by_line() {
    check(&[KEY], KEY, "***\n");
    check(&[KEY], &KEY.replace('\n', "\r\n"), "***\r\n");
    check(&[KEY], &KEY.replace('\n', "\n    "), "***\n    ");
    check(&[KEY], &KEY.replace('\n', "\\n"), "***\\n");
    check(
        &[KEY],
        "> bWVhZG93LWxh\n> cmstMDA5OS1j\n> b3A=",
        "> ***\n> ***\n> b3A=",
    );
    check_kept(&[KEY], "-----BEGIN KEY-----\n-----END KEY-----\nb3A=");
    let of_one_line = KEY.replace('\n', "\\n");
    check(&[&of_one_line], KEY, "***\n");
    check(&[&of_one_line], "cmstMDA5OS1j", "***");
}

#[test]
fn what_cannot_be_told_from_text_is_found_where_it_stands_alone() {
    check_kept(&["7"], "port 8717, 7up, v1.7.0, 2.7, a-7, 7_000, 7é");
    check(
        &["7"],
        "pin 7. 7, \"7\" 7\nx=7;7",
        "pin ***. ***, \"***\" ***\nx=***;***",
    );
    check(
        &["7\n"],
        "listening on 8717\n7\n",
        "listening on 8717\n***\n",
    );
    check(&["7"], r#"{"pin":"\n7"}"#, r#"{"pin":"\n***"}"#);
    check(&["7"], "→7… “7”", "→***… “***”");
    check_kept(
        &["postgres"],
        "postgresql postgres_data postgres-14 my.postgres",
    );
    check(
        &["postgres"],
        "postgres://postgres:postgres@db",
        "***://***:***@db",
    );
    check(&["a&b"], "x=a%26b a&b a&bc", "x=*** *** a&bc");
    check_kept(&["a"], "a2F mask 61 YQ==");
    check(&[""], "", "");
    check_kept(&[" \n"], "a b\n");
}

#[test]
fn numbers_and_members_are_found_as_a_whole() {
    let secrets = secrets(&["7"]);
    let value = serde_json::json!({ "port": 8717, "pin": 7, "list": [7.5, "7"] });
    assert_eq!(
        secrets.mask_json(&value),
        serde_json::json!({ "port": 8717, "pin": "***", "list": [7.5, "***"] })
    );
    assert_eq!(secrets.find_in(&serde_json::json!({ "port": 8717 })), None);
}

#[test]
fn quotes_are_told_from_their_absence() {
    check(&["pa'ss\"wd"], r#"'pa'\''ss"wd'"#, "'***'");
    check(&["pa'ss\"wd"], r#"pa\'ss\"wd"#, "***");
    check(&["pa'ss\"wd"], "pa'ss\"wd", "***");
    check_kept(&["pa'ss\"wd"], "passwd 'passwd'");
    check(&["hunter2"], r"C:\hunter2", r"C:\***");
    check(&["it's $5 & more"], r#""it's "'$5 & more'"#, r#""***'"#);
}

#[test]
fn colors_within_a_secret_do_not_hide_it() {
    check(
        &["opal-river"],
        "\u{1b}[31mopal-\u{1b}[1mriver\u{1b}[0m",
        "\u{1b}[31m***\u{1b}[0m",
    );
}

#[test]
fn forms_within_forms_are_found() {
    let secret = "quo\"te/back\\slash+and more";
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let escaped = |text: &str| quoted(text).trim_matches('"').to_owned();
    let percent = |text: &str| percents(text, "%", &[], true);
    let base64 = |text: &str| BASE64_STANDARD.encode(text);
    for body in [
        escaped(&escaped(secret)),
        escaped(&escaped(&escaped(secret))),
        percent(&escaped(secret)),
        percent(&percent(secret)),
        percent(&base64(secret)),
        escaped(&wrapped(&base64(secret), 8, "\r\n")),
    ] {
        let masked = secrets(&[secret]).mask(&format!("<{body}>"));
        assert!(
            ["<***>", "<***=>", "<***%3D>"].contains(&&*masked),
            "{body}: {masked}"
        );
    }
    for text in [
        base64(&quoted(secret)),
        hex(quoted(secret).as_bytes()),
        base64(&format!("user:{secret}")),
    ] {
        let masked = secrets(&[secret]).mask(&text);
        assert!(
            masked.contains("***") && masked.len() < 16,
            "{text}: {masked}"
        );
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Writes what has a meaning in URLs, and whatever else is asked for, as bytes.
fn percents(text: &str, prefix: &str, also: &[u8], is_upper: bool) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        if byte.is_ascii_alphanumeric() && !also.contains(&byte) {
            written.push(char::from(byte));
        } else if is_upper {
            write!(written, "{prefix}{byte:02X}").unwrap();
        } else {
            write!(written, "{prefix}{byte:02x}").unwrap();
        }
        written
    })
}

fn wrapped(text: &str, width: usize, line_break: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = characters
        .chunks(width)
        .map(|line| line.iter().collect())
        .collect();
    lines.join(line_break)
}

/// A secret as it is written somewhere: what surrounds it by the way it is written, and itself.
#[derive(Debug, Clone)]
struct Written {
    before: String,
    body: String,
    after: String,
}

impl Written {
    fn new(body: impl Into<String>) -> Self {
        Self::within("", body, "")
    }

    fn within(before: &str, body: impl Into<String>, after: &str) -> Self {
        Self {
            before: before.to_owned(),
            body: body.into(),
            after: after.to_owned(),
        }
    }

    fn text(&self) -> String {
        format!("{}{}{}", self.before, self.body, self.after)
    }
}

/// The ways in which a secret is written.
#[derive(Debug, Clone)]
enum Form {
    Plain,
    Indented(&'static str),
    Json,
    JsonTwice,
    /// As JSON for those who want nothing but ASCII, or no markup.
    JsonOfAscii,
    Percents {
        is_upper: bool,
    },
    UrlEncoded,
    SingleQuoted {
        escape: &'static str,
    },
    DoubleQuoted,
    Backslashes,
    DollarQuoted,
    Quoter,
    Hex {
        is_upper: bool,
        between: &'static str,
        width: usize,
    },
    Base64 {
        before: String,
        after: String,
        is_for_urls: bool,
        is_padded: bool,
    },
    Base64Wrapped {
        before: String,
        width: usize,
        line_break: &'static str,
    },
}

fn form() -> impl Strategy<Value = Form> {
    let line_break = || prop::sample::select(vec!["\n", "\r\n", "\n  ", "\n\t", "\\n"]);
    prop_oneof![
        Just(Form::Plain),
        prop::sample::select(vec!["\n    ", "\r\n", "\n\t", "\r\n  "]).prop_map(Form::Indented),
        Just(Form::Json),
        Just(Form::JsonTwice),
        Just(Form::JsonOfAscii),
        any::<bool>().prop_map(|is_upper| Form::Percents { is_upper }),
        Just(Form::UrlEncoded),
        prop::sample::select(vec![r"'\''", r#"'"'"'"#])
            .prop_map(|escape| Form::SingleQuoted { escape }),
        Just(Form::DoubleQuoted),
        Just(Form::Backslashes),
        Just(Form::DollarQuoted),
        Just(Form::Quoter),
        (
            any::<bool>(),
            prop::sample::select(vec!["", "\n", "\r\n", " ", ":"]),
            1_usize..80
        )
            .prop_map(|(is_upper, between, width)| Form::Hex {
                is_upper,
                between,
                width
            }),
        ("[ -~]{0,5}", "[ -~]{0,5}", any::<bool>(), any::<bool>()).prop_map(
            |(before, after, is_for_urls, is_padded)| Form::Base64 {
                before,
                after,
                is_for_urls,
                is_padded,
            }
        ),
        ("[ -~]{0,5}", 1_usize..90, line_break()).prop_map(|(before, width, line_break)| {
            Form::Base64Wrapped {
                before,
                width,
                line_break,
            }
        }),
    ]
}

impl Form {
    fn write(&self, secret: &str) -> Written {
        match self {
            Self::Plain => Written::new(secret),
            Self::Indented(line_break) => Written::new(secret.replace('\n', line_break)),
            Self::Json => json(&serde_json::to_string(secret).unwrap()),
            Self::JsonTwice => {
                let once = serde_json::to_string(secret).unwrap();
                let twice = serde_json::to_string(&once).unwrap();
                Written::within(r#""\""#, &twice[3..twice.len() - 3], r#"\"""#)
            }
            Self::JsonOfAscii => Written::within("\"", json_of_ascii(secret), "\""),
            Self::Percents { is_upper } => Written::new(percents(secret, "%", &[], *is_upper)),
            Self::UrlEncoded => {
                let encoded: String =
                    url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
                Written::within("token=", encoded, "&x=1")
            }
            Self::SingleQuoted { escape } => {
                Written::within("'", secret.replace('\'', escape), "'")
            }
            Self::DoubleQuoted => Written::within("\"", escaped(secret, r#"\"$`"#), "\""),
            Self::Backslashes => {
                let special: String = (' '..='~').filter(|c| !c.is_alphanumeric()).collect();
                Written::new(escaped(secret, &special).replace('\n', "'\n'"))
            }
            Self::DollarQuoted => Written::within("$'", dollar_quoted(secret), "'"),
            Self::Quoter => Written::new(shlex::try_quote(secret).unwrap()),
            Self::Hex {
                is_upper,
                between,
                width,
            } => {
                let digits = hex(secret.as_bytes());
                let digits = if *is_upper {
                    digits.to_uppercase()
                } else {
                    digits
                };
                Written::new(wrapped(&digits, *width, between))
            }
            Self::Base64 {
                before,
                after,
                is_for_urls,
                is_padded,
            } => {
                let bytes = format!("{before}{secret}{after}");
                let encoded = match (is_for_urls, is_padded) {
                    (false, false) => BASE64_STANDARD_NO_PAD.encode(bytes),
                    (false, true) => BASE64_STANDARD.encode(bytes),
                    (true, false) => BASE64_URL_SAFE_NO_PAD.encode(bytes),
                    (true, true) => BASE64_URL_SAFE.encode(bytes),
                };
                let start = before.len() * 8 / 6;
                let end = ((before.len() + secret.len()) * 8).div_ceil(6);
                Written::within(&encoded[..start], &encoded[start..end], &encoded[end..])
            }
            Self::Base64Wrapped {
                before,
                width,
                line_break,
            } => {
                let encoded = BASE64_STANDARD_NO_PAD.encode(format!("{before}{secret}"));
                let text = wrapped(&encoded, *width, line_break);
                let first = before.len() * 8 / 6;
                let start = first + first / width * line_break.len();
                Written::within(&text[..start], &text[start..], "")
            }
        }
    }

    /// Returns whether it is known exactly which characters are masked.
    fn is_exact(&self) -> bool {
        !matches!(
            self,
            Self::SingleQuoted { .. }
                | Self::DoubleQuoted
                | Self::Backslashes
                | Self::DollarQuoted
                | Self::Quoter
        )
    }
}

fn json(quoted: &str) -> Written {
    Written::within("\"", &quoted[1..quoted.len() - 1], "\"")
}

fn json_of_ascii(text: &str) -> String {
    let mut units = [0; 2];
    text.chars().fold(String::new(), |mut written, character| {
        match character {
            '"' | '\\' | '/' => write!(written, "\\{character}").unwrap(),
            ' '..='~' if !"<>&'+".contains(character) => written.push(character),
            _ => {
                for unit in character.encode_utf16(&mut units) {
                    write!(written, "\\u{unit:04x}").unwrap();
                }
            }
        }
        written
    })
}

fn escaped(text: &str, special: &str) -> String {
    text.chars().fold(String::new(), |mut written, character| {
        if special.contains(character) {
            written.push('\\');
        }
        written.push(character);
        written
    })
}

/// Quotes as `printf %q` of bash does what is not printable.
fn dollar_quoted(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        match byte {
            b'\n' => written.push_str("\\n"),
            b'\'' | b'\\' => write!(written, "\\{}", char::from(byte)).unwrap(),
            0x20..0x7f => written.push(char::from(byte)),
            _ => write!(written, "\\{byte:03o}").unwrap(),
        }
        written
    })
}

/// Draws secrets that are no words, begin and end with a letter, and hold all that is escaped.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][0-9A-Z]{5,40}[A-Z]",
        "[A-Z][!-~]{5,40}[A-Z]",
        "[A-Z][ -~é→😀]{6,30}[A-Z]",
        "[A-Z]{7}(\n[0-9A-Z+/]{6,20}){1,4}\n[A-Z]{3}",
    ]
    .prop_map(|text| {
        // Stretches of blanks are written in many ways that mean the same.
        let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        words.dedup();
        words.join(" ")
    })
}

/// Draws texts that hold no secret, with all that changes how it is read.
fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[g-z ]{0,20}[ :=]",
        "[g-z]{1,4}[ \n\t.,:;=]",
        r#"[g-z .,:;%\\"'&\n]{0,30}[ \n]"#,
    ]
}

fn cut<'t>(text: &'t str, cuts: &[Index]) -> Vec<&'t str> {
    let boundaries: Vec<usize> = (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .collect();
    let mut cuts: Vec<usize> = cuts.iter().map(|index| *index.get(&boundaries)).collect();
    cuts.sort_unstable();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([text.len()]);
    starts
        .zip(ends)
        .map(|(start, end)| &text[start..end])
        .collect()
}

fn streamed(secrets: &Secrets, pieces: &[&str]) -> String {
    let mut mask = StreamMask::default();
    let mut shown = String::new();
    for piece in pieces {
        shown.push_str(&mask.push(secrets, piece));
    }
    shown + &mask.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_form_of_a_secret_shows(
        secret in secret(),
        other in secret(),
        form in form(),
        before in around(),
        after in around(),
        cuts in prop::collection::vec(any::<Index>(), 0..4),
        is_cut_everywhere in any::<bool>(),
    ) {
        let secrets = secrets(&[&other, &secret]);
        let written = form.write(&secret);
        let text = format!("{before}{}{after}", written.text());
        let masked = secrets.mask(&text);
        if form.is_exact() {
            let expected = format!("{before}{}***{}{after}", written.before, written.after);
            prop_assert_eq!(&masked, &expected, "{:?}", text);
        }
        assert_nothing_shows_within(&masked, &written.body);
        prop_assert_eq!(secrets.find(&text), Some("SECRET_1".to_owned()));

        let characters: Vec<String> = text.chars().map(String::from).collect();
        let pieces = if is_cut_everywhere {
            characters.iter().map(String::as_str).collect()
        } else {
            cut(&text, &cuts)
        };
        let shown = streamed(&secrets, &pieces);
        if matches!(form, Form::Base64Wrapped { .. } | Form::Hex { .. }) {
            assert_nothing_shows_within(&shown, &written.body);
        } else {
            prop_assert_eq!(&shown, &masked, "{:?}", pieces);
        }
    }

    #[test]
    fn a_text_without_secrets_stays_as_it_is(
        secrets_drawn in prop::collection::vec(secret(), 1..5),
        text in "[ -~\n\té→]{0,200}",
        cuts in prop::collection::vec(any::<Index>(), 0..6),
    ) {
        let values: Vec<&str> = secrets_drawn.iter().map(String::as_str).collect();
        let secrets = secrets(&values);
        prop_assert_eq!(&secrets.mask(&text), &text);
        prop_assert_eq!(secrets.find(&text), None);
        prop_assert_eq!(&streamed(&secrets, &cut(&text, &cuts)), &text);
    }

    #[test]
    fn any_secret_and_any_text_go_together(
        values in prop::collection::vec("(\\PC|[\\\\%'\" \r\n+]|\x1b){0,12}", 1..4),
        text in "(\\PC|[\\\\%'\"nux0-9 \r\n+;m\\[]|\x1b){0,60}",
        cuts in prop::collection::vec(any::<Index>(), 0..6),
    ) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let secrets = secrets(&values);
        prop_assert!(secrets.mask(&text).len() <= 3 * text.len());
        streamed(&secrets, &cut(&text, &cuts));
        for value in values {
            let text = format!("{text}\n{value}\n{text}");
            let is_blank = super::sought::trimmed(value).is_empty();
            prop_assert!(is_blank || secrets.find(&text).is_some(), "{:?}", text);
        }
    }
}

/// Makes sure that of what stands for a secret no stretch shows that would tell anything.
#[track_caller]
fn assert_nothing_shows_within(shown: &str, body: &str) {
    let characters: Vec<char> = body.chars().collect();
    for window in characters.windows(6) {
        let window: String = window.iter().collect();
        let tells = window.chars().filter(|c| c.is_alphanumeric()).count() > 3;
        assert!(
            !tells || !shown.contains(&window),
            "{window:?} of {body:?} shows in {shown:?}"
        );
    }
}

/// Makes sure that at the end of a piece nothing is held back but this.
#[track_caller]
fn check_held(values: &[&str], piece: &str, held: &str) {
    let secrets = secrets(values);
    let mut mask = StreamMask::default();
    let shown = mask.push(&secrets, piece);
    assert_eq!(
        piece.strip_prefix(&shown),
        Some(held),
        "{piece:?} with {values:?}"
    );
    assert_eq!(shown + &mask.finish(), secrets.mask(piece));
}

#[test]
fn no_more_is_held_back_than_what_a_secret_begins_with() {
    let values = &["opal-river-5521", "7", KEY];
    check_held(values, "listening on port 8080\n", "");
    check_held(values, "Building amber\nInstalling g\n", "");
    check_held(values, "100%\n", "");
    check_held(values, "C:\\\n", "");
    check_held(values, "continue? [y/N] ", "");
    check_held(values, "a purple op", "op");
    check_held(values, "a purple opal", "opal");
    check_held(values, "opal ", "");
    check_held(values, "pin 7", "7");
    check_held(values, "x\n-----BEGIN KEY-----\n", "-----BEGIN KEY-----\n");
    check_held(values, "-----BEGIN CERT", "");
    // What is shown of base64 beyond a line break is not enough to tell anything.
    check_held(values, "b3\n", "");
    check_held(values, "b3Bhb\n", "b3Bhb\n");
}

#[test]
fn a_long_secret_costs_no_more_than_its_length() {
    let secret = "amber-".repeat(20_000);
    let secrets = secrets(&[&secret]);
    let mut mask = StreamMask::default();
    let mut shown = String::new();
    for piece in "amber-".repeat(30_000).as_bytes().chunks(3) {
        shown.push_str(&mask.push(&secrets, std::str::from_utf8(piece).unwrap()));
    }
    shown.push_str(&mask.finish());
    assert_eq!(shown, "***");
}

#[test]
fn a_secret_that_is_read_while_something_is_written_is_masked_from_then_on() {
    let secrets = secrets(&["amber-gate"]);
    let mut mask = StreamMask::default();
    assert_eq!(mask.push(&secrets, "opal-river amber"), "opal-river ");
    secrets.add("LATE", "amber-lark");
    let shown = mask.push(&secrets, "-lark opal") + &mask.finish();
    assert_eq!(shown, "*** opal");
}

#[test]
fn secrets_within_secrets_leave_nothing_behind() {
    check(
        &["hunter2", "hunter2-and-more"],
        "hunter2-and-more hunter2-and",
        "*** ***-and",
    );
    check(&["amber-gate", "gate-lark"], "amber-gate-lark", "***");
    check(&["hunter2"], "hunter2hunter2", "******");
}
