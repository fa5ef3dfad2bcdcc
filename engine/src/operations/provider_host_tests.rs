//! Runs the built-in host provider on the operations it is made for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rquickjs::loader::{BuiltinLoader, BuiltinResolver};
use rquickjs::{CatchResultExt, Context, Ctx, Function, Module, Object, Runtime};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::test_support::Project;
use super::{Operation, OperationError, perform};

const PROVIDER_HOST: &str = include_str!("../runtime/javascript/provider_host.js");

const SDK: &str = "export const defineProvider = (providerId, config, plugin) =>
    ({ kind: 'rigkit.provider', providerId, config, plugin });";

/// Stands for the engine's side of the language runtime: keeps what is asked for until it
/// is answered.
const ENGINE: &str = "
    const waiting = new Map();
    Object.assign(globalThis.__rigkit = {}, {
        asked: [], cancelled: [], options: [],
        operation(name, payload, { onProgress, ...options }) {
            const id = waiting.size + 1;
            const promise = new Promise((resolve, reject) =>
                waiting.set(id, { resolve, reject, onProgress }));
            this.asked.push(JSON.stringify([id, name, payload]));
            this.options.push(options);
            return Object.assign(promise, { operationId: id });
        },
        cancelOperation(id) { this.cancelled.push(id); },
        answer(id, json) { waiting.get(id).resolve(JSON.parse(json)); },
        fail(id, json) {
            const { message, ...rest } = JSON.parse(json);
            waiting.get(id).reject(Object.assign(new Error(message), rest));
        },
        base64Encode(bytes) { return this.encode([...bytes]); },
        base64Decode(text) { return Uint8Array.from(this.decode(text)); },
        progress(id, json) { waiting.get(id).onProgress?.(JSON.parse(json)); },
    });";

/// Is news of an operation for the language.
enum News {
    Progress(u64, Value),
    Ended(u64, Result<Value, OperationError>),
}

/// Runs the body of a handler that has the provider's runtime as `host`, and writes what it
/// returns or throws in one line.
async fn run(project: &Project, config: &str, body: &str) -> String {
    let runtime = Runtime::new().unwrap();
    let resolver = BuiltinResolver::default()
        .with_module("@rigkit/sdk")
        .with_module("@rigkit/provider-host");
    let loader = BuiltinLoader::default()
        .with_module("@rigkit/sdk", SDK)
        .with_module("@rigkit/provider-host", PROVIDER_HOST);
    runtime.set_loader(resolver, loader);
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| start(&ctx, config, body));
    let line = answer_until_done(&runtime, &context, project).await;
    line.replace(
        &project.context.project_dir.display().to_string(),
        "PROJECT",
    )
}

fn start(ctx: &Ctx<'_>, config: &str, body: &str) {
    ctx.eval::<(), _>(ENGINE).unwrap();
    let engine: Object = ctx.globals().get("__rigkit").unwrap();
    let encode = Function::new(ctx.clone(), |bytes: Vec<u8>| BASE64.encode(bytes));
    engine.set("encode", encode).unwrap();
    let decode = Function::new(ctx.clone(), |text: String| BASE64.decode(text).unwrap());
    engine.set("decode", decode).unwrap();
    let script = format!(
        "import {{ host as definition }} from '@rigkit/provider-host';
        async function handler() {{
            const provider = definition.provider({config});
            const controller = await provider.plugin.createProvider({{ provider }});
            const host = controller.runtime({{ nodePath: 'build', callId: 7 }});
            {body}
        }}
        handler()
            .then((value) => JSON.stringify(value) ?? 'undefined')
            .catch((error) => `${{error.name}} ${{error.code ?? '-'}}: ${{error.message}}`)
            .then((line) => {{ globalThis.line = line; }});"
    );
    let module = Module::evaluate(ctx.clone(), "handler", script);
    module.catch(ctx).unwrap();
}

async fn answer_until_done(runtime: &Runtime, context: &Context, project: &Project) -> String {
    let (sender, mut news) = unbounded_channel();
    let mut tokens = HashMap::new();
    loop {
        while runtime.is_job_pending() {
            runtime.execute_pending_job().unwrap();
        }
        if let Ok(line) = context.with(|ctx| ctx.globals().get::<_, String>("line")) {
            return line;
        }
        context.with(|ctx| start_operations(&ctx, project, &sender, &mut tokens));
        deliver(context, &mut news).await;
    }
}

/// Starts what was asked for and cancels what is no longer wanted.
fn start_operations(
    ctx: &Ctx<'_>,
    project: &Project,
    news: &UnboundedSender<News>,
    tokens: &mut HashMap<u64, CancellationToken>,
) {
    let asked: Vec<String> = ctx.eval("__rigkit.asked.splice(0)").unwrap();
    for request in asked {
        let (id, name, payload): (u64, String, Value) = serde_json::from_str(&request).unwrap();
        let mut context = project.context.clone();
        context.cancel = tokens.entry(id).or_default().clone();
        let (progress, ended) = (news.clone(), news.clone());
        context.progress = std::sync::Arc::new(move |message| {
            progress
                .send(News::Progress(id, message))
                .unwrap_or_default();
        });
        tokio::spawn(async move {
            let result = match Operation::parse(&name, payload) {
                Ok(operation) => perform(operation, &context).await,
                Err(error) => Err(error),
            };
            ended.send(News::Ended(id, result)).unwrap_or_default();
        });
    }
    let cancelled: Vec<u64> = ctx.eval("__rigkit.cancelled.splice(0)").unwrap();
    for id in cancelled {
        tokens[&id].cancel();
    }
}

/// Waits for news and tells the language.
async fn deliver(context: &Context, news: &mut UnboundedReceiver<News>) {
    let (member, id, message) = match news.recv().await.unwrap() {
        News::Progress(id, message) => ("progress", id, message),
        News::Ended(id, Ok(answer)) => ("answer", id, answer),
        News::Ended(id, Err(error)) => ("fail", id, json!(error)),
    };
    context.with(|ctx| {
        let engine: Object = ctx.globals().get("__rigkit").unwrap();
        let tell: Function = engine.get(member).unwrap();
        let this = rquickjs::function::This(engine);
        tell.call::<_, ()>((this, id, message.to_string()))
            .catch(&ctx)
            .unwrap();
    });
}

/// Runs bodies in one project, with a config, and compares the lines.
async fn check(files: &[(&str, &str)], config: &str, cases: &[(&str, &str)]) {
    let project = Project::with(files);
    for (body, expectation) in cases {
        assert_eq!(
            run(&project, config, body).await,
            *expectation,
            "{config} {body}"
        );
    }
}

#[tokio::test]
async fn commands_give_what_they_write() {
    check(
        &[("sub/f", "")],
        "{}",
        &[
            (
                "return host.exec('echo $GREETING; echo oops >&2')",
                r#"{"stdout":"hello\n","stderr":"oops\n","exitCode":0,"ok":true}"#,
            ),
            (
                "return host.exec(['printf', '%s', 'a b'])",
                r#"{"stdout":"a b","stderr":"","exitCode":0,"ok":true}"#,
            ),
            ("return (await host.exec('ls', { cwd: 'sub' })).stdout", r#""f\n""#),
            (
                "return (await host.exec('echo $GREETING $A', { env: { GREETING: undefined, A: '1' } })).stdout",
                r#""1\n""#,
            ),
            ("return (await host.exec('cat', { stdin: 'text' })).stdout", r#""text""#),
            ("return (await host.exec('cat', { stdin: new Uint8Array([104, 105]) })).stdout", r#""hi""#),
            (
                "const seen = [];
                 await host.exec('echo a; echo b >&2', { onOutput: (data, stream) => seen.push(stream + data) });
                 return seen.sort()",
                r#"["stderrb\n","stdouta\n"]"#,
            ),
            (
                "const { pid, ...rest } = await host.exec('true', { detach: true });
                 return [typeof pid, Object.keys(rest)]",
                r#"["number",[]]"#,
            ),
            ("return (await host.exec('true', { detach: false })).ok", "true"),
            (
                "await host.exec('true'); return __rigkit.options[0]",
                r#"{"nodePath":"build","call":7}"#,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_config_holds_for_all_commands_and_paths() {
    let config = "{ cwd: 'sub/', env: { A: '1', B: '2' }, shell: 'bash' }";
    check(
        &[("sub/deep/f", "deep"), ("sub/f", "here"), ("f", "above")],
        config,
        &[
            (
                "return (await host.exec('echo $0 $A $B', { env: { B: '3' } })).stdout",
                r#""bash 1 3\n""#,
            ),
            ("return (await host.exec(['cat', 'f'])).stdout", r#""here""#),
            (
                "return (await host.exec('cat f', { cwd: 'deep' })).stdout",
                r#""deep""#,
            ),
            (
                "return (await host.exec('cat f', { cwd: '..' })).stdout",
                r#""above""#,
            ),
            ("return host.readFile('f')", r#""here""#),
            ("return host.glob('**/*')", r#"["deep/f","f"]"#),
            ("return host.glob('*', { cwd: 'deep' })", r#"["f"]"#),
            (
                "return await host.hash('f') === await host.hash(['f'], { cwd: '../sub' })",
                "true",
            ),
            (
                "await host.copy('f', 'copies/g'); return host.exists('../sub/copies/g')",
                "true",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn failures_throw() {
    check(
        &[],
        "{}",
        &[
            (
                "return host.exec('echo out; echo last >&2; exit 2')",
                "CommandError ERR_COMMAND_FAILED: `echo out; echo last >&2; exit 2` failed with exit code 2\nlast\n"
                    .trim_end(),
            ),
            (
                "try { await host.exec('seq 30; exit 9') } catch (error) {
                     return [error.exitCode, error.stdout.length, error.message.split('\\n').length]
                 }",
                "[9,81,21]",
            ),
            (
                "return host.exec('kill -9 $$')",
                "CommandError ERR_COMMAND_FAILED: `kill -9 $$` failed with SIGKILL",
            ),
            (
                "return host.exec(['sleep', '1000'], { timeoutMs: 10 })",
                "TimeoutError ETIMEDOUT: `sleep 1000` took longer than 10 ms and was stopped",
            ),
            (
                "return host.exec(['no-such-program'], { env: { PATH: '/nowhere' } })",
                "Error ENOENT: failed to run `no-such-program`: there is no program \
                 \"no-such-program\" in PATH (/nowhere)",
            ),
            (
                "return host.exec('echo a; exec sleep 1000', { onOutput() { throw new RangeError('mine') } })",
                "RangeError -: mine",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn failures_are_results_for_those_who_look_at_them() {
    let check_result = |command: &str, options: &str, expected: &str| {
        let body = format!("return host.exec({command}, {{ check: false{options} }})");
        (body, expected.to_owned())
    };
    let cases = [
        check_result(
            "'echo out; echo oops >&2; exit 3'",
            "",
            r#"{"stdout":"out\n","stderr":"oops\n","exitCode":3,"ok":false}"#,
        ),
        check_result(
            "'kill -9 $$'",
            "",
            r#"{"stdout":"","stderr":"","exitCode":137,"ok":false}"#,
        ),
        check_result(
            "['sleep', '1000']",
            ", timeoutMs: 10",
            r#"{"stdout":"","stderr":"","exitCode":143,"ok":false}"#,
        ),
        check_result(
            "['no-such-program']",
            ", env: { PATH: '/nowhere' }",
            r#"{"stdout":"","stderr":"failed to run `no-such-program`: there is no program \"no-such-program\" in PATH (/nowhere)\n","exitCode":127,"ok":false}"#,
        ),
        check_result(
            "['true']",
            ", cwd: 'nowhere'",
            "Error ENOENT: failed to run `true` in nowhere: no such file or folder",
        ),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(body, line)| (&**body, &**line))
        .collect();
    check(&[], "{}", &cases).await;
    let exit_codes = "const codes = [];
        for (const program of ['./missing', './plain']) {
          codes.push((await host.exec([program], { check: false })).exitCode);
        }
        return codes";
    check(&[("plain", "")], "{}", &[(exit_codes, "[127,126]")]).await;
}

#[tokio::test]
async fn files_are_read_and_changed() {
    check(
        &[("a", "héllo"), ("f/b", ""), ("link", "->f")],
        "{}",
        &[
            ("return host.readFile('a')", "\"héllo\""),
            (
                "return [...await host.readFile('a', { encoding: 'bytes' })]",
                "[104,195,169,108,108,111]",
            ),
            (
                "return host.writeFile('x/y', 'text', { mode: 0o700 })",
                "undefined",
            ),
            (
                "return host.writeFile('x/y', new Uint8Array([33, 10]), { append: true })",
                "undefined",
            ),
            ("return host.readFile('x/y')", "\"text!\\n\""),
            (
                "const { kind, size, mode } = await host.stat('x/y'); return [kind, size, mode]",
                "[\"file\",6,448]",
            ),
            ("return (await host.stat('link')).kind", "\"directory\""),
            ("return host.mkdir('m/n')", "undefined"),
            ("return host.exists('m/n')", "true"),
            ("return host.remove('m', { recursive: true })", "true"),
            ("return host.remove('m')", "false"),
            ("return host.copy('a', 'c')", "undefined"),
            (
                "return host.copy('a', 'c')",
                "Error EEXIST: failed to copy \"a\" to \"c\": it already exists",
            ),
            (
                "return host.rename('c', 'a', { overwrite: true })",
                "undefined",
            ),
            (
                "return host.glob(['**', '!x/**'], { ignore: ['link'] })",
                "[\"a\",\"f/b\"]",
            ),
            ("return (await host.hash('**', { dot: true })).length", "64"),
            (
                "return host.readFile('none')",
                "Error ENOENT: failed to read \"none\": no such file or folder",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let command = "a shell line or a list of a program and its arguments";
    let cases = [
        (
            "host.exec()",
            &format!("host.exec: the command must be {command}, not undefined")[..],
        ),
        (
            "host.exec(' ')",
            &format!("host.exec: the command must be {command}, not a string"),
        ),
        (
            "host.exec([])",
            &format!("host.exec: the command must be {command}, not an empty list"),
        ),
        (
            "host.exec(['a', 1])",
            &format!("host.exec: the command must be {command}, not a list"),
        ),
        (
            "host.exec('a', { timoutMs: 1 })",
            "host.exec: there is no option `timoutMs`; there are check, cwd, detach, env, onOutput, stdin, timeoutMs",
        ),
        (
            "host.exec('a', 'b')",
            "host.exec: the options must be an object, not a string",
        ),
        (
            "host.exec('a', { timeoutMs: -5 })",
            "host.exec: `timeoutMs` must be a positive number of milliseconds, not -5",
        ),
        (
            "host.exec('a', { env: { A: 1 } })",
            "host.exec: the variable `A` in `env` must be a string, not 1",
        ),
        (
            "host.exec('a', { detach: 'yes' })",
            "host.exec: `detach` must be a boolean, not a string",
        ),
        (
            "host.exec('a', { detach: true, timeoutMs: 1 })",
            "host.exec: `timeoutMs` is for a command that is waited for, and `detach` starts one that stays",
        ),
        (
            "host.exec('a', { onOutput: 1 })",
            "host.exec: `onOutput` must be a function, not 1",
        ),
        (
            "host.exec('a', { stdin: {} })",
            "host.exec: `stdin` must be a string or a Uint8Array, not an object",
        ),
        (
            "host.readFile(1)",
            "host.readFile: the path must be a string that is not empty, not 1",
        ),
        (
            "host.readFile('a', { encoding: 'x' })",
            "host.readFile: `encoding` must be \"utf8\" or \"bytes\", not a string",
        ),
        (
            "host.writeFile('a')",
            "host.writeFile: the data must be a string or a Uint8Array, not undefined",
        ),
        (
            "host.writeFile('a', '', { mode: '755' })",
            "host.writeFile: `mode` must be permission bits such as 0o755, not a string",
        ),
        (
            "host.copy('a', '')",
            "host.copy: the path to give must be a string that is not empty, not an empty string",
        ),
        (
            "host.glob(['a', ''])",
            "host.glob: the pattern must be a string or a list of strings, none of them empty, not a list",
        ),
        (
            "host.hash('a', { dot: 1 })",
            "host.hash: `dot` must be a boolean, not 1",
        ),
    ];
    for (body, message) in cases {
        check(
            &[],
            "{}",
            &[(
                &format!("return {body}"),
                &format!("TypeError -: {message}"),
            )],
        )
        .await;
    }
}

#[tokio::test]
async fn wrong_configs_are_named() {
    let configs = [
        ("1", "host.provider: the config must be an object, not 1"),
        (
            "{ dir: 'x' }",
            "host.provider: there is no option `dir`; there are cwd, env, shell",
        ),
        (
            "{ cwd: 1 }",
            "host.provider: `cwd` must be a string that is not empty, not 1",
        ),
        (
            "{ env: { A: {} } }",
            "host.provider: the variable `A` in `env` must be a string, not an object",
        ),
    ];
    for (config, message) in configs {
        check(
            &[],
            config,
            &[("return 1", &format!("TypeError -: {message}"))],
        )
        .await;
    }
}
