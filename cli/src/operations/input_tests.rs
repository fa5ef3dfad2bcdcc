#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use clap::{Args as _, CommandFactory as _};
use insta::assert_snapshot;
use rigkit_engine::{
    OperationCli, OperationFlag, OperationKind, OperationPositional, OperationSource,
};
use serde_json::json;

use super::*;
use crate::{
    arguments::{Arguments, EventOptions},
    operations::flags::GIVING_WAY,
    operations::nested_command,
};

fn operation() -> OperationSummary {
    let schema = json!({
        "type": "object",
        "properties": {
            "target": { "type": "string", "description": "Where to deploy to" },
            "port": { "type": "integer", "default": 3000 },
            "ratio": { "type": "number" },
            "dryRun": { "type": "boolean", "default": false },
            "cache": { "type": "boolean", "default": true, "description": "Uses the cache" },
            "level": { "enum": ["low", "high", 3] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "workflow": { "type": "string" },
            "help": { "type": "string" },
            "extra": { "type": "object" },
        },
        "required": ["target", "port"],
        "additionalProperties": false,
    });
    let positional = OperationPositional {
        name: "target".to_owned(),
        index: 0,
    };
    OperationSummary {
        workflow: "web".to_owned(),
        id: "deploy".to_owned(),
        aliases: vec!["ship".to_owned()],
        source: OperationSource::Config,
        kind: OperationKind::Command,
        title: Some("Deploy".to_owned()),
        description: Some("ships it".to_owned()),
        creates_workspace: false,
        input_schema: schema,
        input_fields: None,
        cli: OperationCli {
            positionals: vec![positional],
            options: vec![yes()],
        },
    }
}

fn yes() -> OperationFlag {
    OperationFlag {
        name: "yes".to_owned(),
        flag: "--yes".to_owned(),
        aliases: vec!["-y".to_owned()],
        required: false,
        value_type: Some("boolean".to_owned()),
        runtime: false,
    }
}

fn parsed(line: &str) -> Result<(OperationLine, GlobalOptions), Failure> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let mut globals = GlobalOptions::default();
    let line = parse(&operation(), "rig do", &words, &mut globals, Vec::new)?;
    Ok((line, globals))
}

fn failure(line: &str) -> String {
    match parsed(line).unwrap_err() {
        Failure::CommandLine(error) => error.render().to_string(),
        failure => format!("{failure}\nhelp: {}", failure.help().unwrap_or_default()),
    }
}

#[test]
fn flags_become_input() {
    let check = |line: &str, expected: Value| {
        assert_eq!(
            Value::Object(parsed(line).unwrap().0.input),
            expected,
            "{line}"
        );
    };
    check("--target x", json!({ "target": "x" }));
    check("x", json!({ "target": "x" }));
    check(
        "x --port 80 --ratio -1.5",
        json!({ "target": "x", "port": 80, "ratio": -1.5 }),
    );
    check("x --dry-run", json!({ "target": "x", "dryRun": true }));
    check("x --dryRun", json!({ "target": "x", "dryRun": true }));
    check("x --no-dry-run", json!({ "target": "x", "dryRun": false }));
    check("x --no-cache", json!({ "target": "x", "cache": false }));
    check(
        "x --no-cache --cache",
        json!({ "target": "x", "cache": true }),
    );
    check("x --level 3", json!({ "target": "x", "level": 3 }));
    check(
        "x --tags a --tags b",
        json!({ "target": "x", "tags": ["a", "b"] }),
    );
    check(
        "x --workflow mine",
        json!({ "target": "x", "workflow": "mine" }),
    );
    check(
        "x --extra {\"a\":[1]}",
        json!({ "target": "x", "extra": { "a": [1] } }),
    );
    check(
        "--input {\"target\":\"y\",\"help\":\"h\"} --port 1",
        json!({ "target": "y", "help": "h", "port": 1 }),
    );
    check(
        "--input-json {\"target\":\"y\"} --target z",
        json!({ "target": "z" }),
    );
}

#[test]
fn an_operation_may_use_any_name() {
    let mut operation = operation();
    let names = [
        "json",
        "verbose",
        "input",
        "input-json",
        "help",
        "no-a",
        "a",
        "v",
        "workflow",
        "x y",
        "-",
        "color",
    ];
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "type": "boolean" })))
        .collect();
    operation.input_schema = json!({ "type": "object", "properties": properties });
    operation.cli.positionals.clear();
    command(&operation, "rig do").debug_assert();
    Arguments::command()
        .mut_subcommand("do", |command| {
            command.subcommand(nested_command(&operation, "rig do"))
        })
        .debug_assert();
}

#[test]
fn the_input_can_come_from_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("input.json");
    std::fs::write(&path, "{ \"target\": \"filed\" }").unwrap();
    let (line, _) = parsed(&format!("--input @{}", path.display())).unwrap();
    assert_eq!(Value::Object(line.input), json!({ "target": "filed" }));
}

#[test]
fn global_options_may_follow_unless_the_operation_has_them() {
    let (line, globals) = parsed("x --json -vv -y").unwrap();
    assert!(!line.events && globals.json);
    assert_eq!((globals.verbose, globals.workflow), (2, None));
    assert_eq!(Value::Object(line.host), json!({ "yes": true }));
}

#[test]
fn no_operation_has_a_flag_of_rig() {
    let globals = GlobalOptions::augment_args(clap::Command::new("globals"));
    let globals = EventOptions::augment_args(globals);
    let longs = globals.get_arguments().filter_map(clap::Arg::get_long);
    let longs = longs.filter(|long| !GIVING_WAY.contains(long));
    for name in longs.chain(["help", "version"]) {
        let mut operation = operation();
        let schema = json!({ "type": "object", "properties": { name: { "type": "boolean" } }, "required": [name] });
        operation.input_schema = schema;
        operation.cli.positionals.clear();
        operation.cli.options.clear();
        let parsed = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let mut globals = GlobalOptions::default();
            parse(&operation, "rig do", &words, &mut globals, Vec::new)
        };
        let input = json!({ name: true });
        let line = parsed(&["--input", &input.to_string()]).unwrap();
        assert_eq!(Value::Object(line.input), input, "{name}");
        // The flag is that of `rig`, or there is none.
        assert!(parsed(&[&format!("--{name}")]).is_err(), "{name}");
        assert!(parsed(&[&format!("--no-{name}")]).is_err(), "{name}");
        let missing = parsed(&[]).unwrap_err().to_string();
        assert_eq!(
            missing,
            format!("`rig do deploy` needs `--input '{{\"{name}\": …}}'`")
        );
        let help = parsed(&["--help"]).unwrap_err().to_string();
        assert!(
            help.contains(&format!("without a flag: `{name}`")),
            "{help}"
        );
    }
}

#[test]
fn what_can_be_typed_elsewhere_gives_way_to_an_input() {
    for (property, typed) in [
        ("config", "config"),
        ("no-open", "no-open"),
        ("open", "no-open"),
    ] {
        let mut operation = operation();
        let schema = json!({ "type": "object", "properties": { property: { "type": "boolean" } } });
        operation.input_schema = schema;
        operation.cli.positionals.clear();
        let words = [format!("--{typed}")];
        let mut globals = GlobalOptions::default();
        let line = parse(&operation, "rig do", &words, &mut globals, Vec::new).unwrap();
        let expected = json!({ property: property == typed });
        assert_eq!(Value::Object(line.input), expected, "{property}");
        assert!(!globals.no_open, "{property}");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    assert_snapshot!(failure(""), @"
    `rig do deploy` needs `--target`
    help: see what it takes: rig do deploy --help
    ");
    assert_snapshot!(failure("x --port high"), @"
    error: invalid value 'high' for '--port <INTEGER>': not a whole number

    For more information, try '--help'.
    ");
    assert_snapshot!(failure("x --level middle"), @"
    error: invalid value 'middle' for '--level <CHOICE>'
      [possible values: low, high, 3]

    For more information, try '--help'.
    ");
    assert_snapshot!(failure("x --prot 3"), @"
    error: unexpected argument '--prot' found

      tip: a similar argument exists: '--port'

    Usage: rig do deploy --port <INTEGER> <TARGET>

    For more information, try '--help'.
    ");
    assert_snapshot!(failure("--input [1]"), @r#"
    the input is JSON, but not an object
    help: give a JSON object, such as '{"name": "value"}', or `@FILE`
    "#);
    assert_snapshot!(failure("--input {"), @r#"
    the input is not JSON: EOF while parsing an object at line 1 column 1
    help: give a JSON object, such as '{"name": "value"}', or `@FILE`
    "#);
}

#[test]
fn each_operation_has_help() {
    assert_snapshot!(failure("--help"), @"
    Deploy: ships it

    Usage: rig do deploy [OPTIONS] [TARGET]

    Arguments:
      [TARGET]  Where to deploy to [required]

    Options:
          --target <TEXT>     Where to deploy to [required]
          --port <INTEGER>    [default: 3000]
          --ratio <NUMBER>    
          --dry-run[=<BOOL>]  
          --cache[=<BOOL>]    Uses the cache [default: true]
          --no-cache          Turns `--cache` off
          --level <CHOICE>    [possible values: low, high, 3]
          --tags <TEXT>       
          --workflow <TEXT>   
          --extra <JSON>      
      -y, --yes               
          --input <JSON>      The whole input as a JSON object, or `@FILE` to read it; flags win over
                              it; without a flag: `help`
      -h, --help              Print help

    Global options:
      -w <NAME>           Names the workflow; may be left out where there is one
          --json          Writes exactly one JSON document to stdout
          --no-open       Prints the addresses that a handler opens instead of opening them
          --color <WHEN>  Uses colors: auto, always or never
      -v, --verbose...    Shows more
      -q, --quiet         Shows only results and errors
          --events        Writes one JSON event per line to stdout while it happens
    ");
}
