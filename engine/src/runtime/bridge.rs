//! What the language can call of the engine while handlers run.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use rquickjs::{Ctx, Exception, Function, Value as JsValue};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    protocol::{
        CallId, CallOutcome, CallResult, FromRuntime, Invocation, OperationId, ResultRule, Work,
    },
    storage::{ProviderStores, StorageRequest},
};
use crate::{
    definition::{Definition, TaskIndex},
    event::{Event, LogStream},
    sandbox::{
        Thrown,
        globals::ConsoleMessage,
        json::{JsonFailure, NotJson, to_json, to_json_object},
        loader::rigkit,
        realm::ConsoleTarget,
    },
};

/// Connects one context with the engine; lives on the thread of the context.
#[derive(Clone)]
pub(super) struct Bridge(Rc<Shared>);

struct Shared {
    from_runtime: UnboundedSender<FromRuntime>,
    stores: Arc<ProviderStores>,
    definition: Arc<Definition>,
    current: Cell<Option<CallId>>,
    owners: RefCell<HashMap<OperationId, Option<CallId>>>,
    rules: RefCell<HashMap<CallId, CallRule>>,
    aborted: RefCell<HashSet<CallId>>,
    is_installed: Cell<bool>,
}

/// Says how the result of a call is judged, and how a refusal of it names the call.
struct CallRule {
    workflow: String,
    node_path: String,
    result: ResultRule,
    task: Option<TaskIndex>,
}

impl Bridge {
    pub(super) fn new(
        from_runtime: UnboundedSender<FromRuntime>,
        stores: Arc<ProviderStores>,
        definition: Arc<Definition>,
    ) -> Self {
        Self(Rc::new(Shared {
            from_runtime,
            stores,
            definition,
            current: Cell::new(None),
            owners: RefCell::default(),
            rules: RefCell::default(),
            aborted: RefCell::default(),
            is_installed: Cell::new(false),
        }))
    }

    pub(super) fn is_installed(&self) -> bool {
        self.0.is_installed.get()
    }

    /// Says whose code runs now.
    pub(super) fn set_current(&self, call: Option<CallId>) {
        self.0.current.set(call);
    }

    /// Gives the call that asked for an operation.
    pub(super) fn owner(&self, operation: OperationId) -> Option<CallId> {
        self.0.owners.borrow().get(&operation).copied().flatten()
    }

    /// Gives the call that asked for an operation that has ended.
    pub(super) fn take_owner(&self, operation: OperationId) -> Option<CallId> {
        self.0.owners.borrow_mut().remove(&operation).flatten()
    }

    /// Notes how the result of a call is to be judged.
    pub(super) fn begin(&self, call: CallId, invocation: &Invocation) {
        let result = match &invocation.work {
            Work::Hook { result, .. } => *result,
            _ => ResultRule::OptionalJson,
        };
        let task = match &invocation.work {
            Work::Task { task, .. } => Some(*task),
            _ => None,
        };
        let rule = CallRule {
            workflow: invocation.workflow.clone(),
            node_path: invocation.node_path.clone(),
            result,
            task,
        };
        self.0.rules.borrow_mut().insert(call, rule);
    }

    /// Notes that a call learns now that it is cancelled.
    pub(super) fn abort(&self, call: CallId) {
        if self.0.rules.borrow().contains_key(&call) {
            self.0.aborted.borrow_mut().insert(call);
        }
    }

    /// Ends a call that could not even begin.
    pub(super) fn abandon(&self, call: Option<CallId>, thrown: Thrown) {
        if let Some(call) = call {
            self.send(FromRuntime::Finished {
                call,
                result: Err(thrown),
            });
        }
    }

    /// Sends what is written to the console to the log of the call that writes it.
    pub(super) fn take_console(&self, console: &ConsoleTarget) {
        let bridge = self.clone();
        *console.borrow_mut() = Box::new(move |message: ConsoleMessage| {
            bridge.send(FromRuntime::Log {
                call: bridge.0.current.get(),
                stream: message.level.into(),
                label: None,
                text: message.text,
            });
        });
    }

    fn send(&self, message: FromRuntime) {
        // The engine has stopped listening only when it no longer cares.
        let _ = self.0.from_runtime.send(message);
    }

    fn start_operation(&self, id: u64, call: i64, name: String, payload: &str) {
        let call = u64::try_from(call)
            .ok()
            .map(CallId)
            .or_else(|| self.0.current.get());
        let operation = OperationId(id);
        self.0.owners.borrow_mut().insert(operation, call);
        self.send(FromRuntime::Operation {
            operation,
            call,
            is_after_abort: call.is_some_and(|call| self.0.aborted.borrow().contains(&call)),
            name,
            payload: serde_json::from_str(payload).unwrap_or_default(),
        });
    }

    fn log(&self, call: i64, stream: &str, label: Option<String>, text: String) {
        let call = u64::try_from(call)
            .ok()
            .map(CallId)
            .or_else(|| self.0.current.get());
        let stream = serde_json::from_value(Value::from(stream)).unwrap_or(LogStream::Info);
        self.send(FromRuntime::Log {
            call,
            stream,
            label,
            text,
        });
    }

    fn emit(&self, text: &str) -> Result<(), serde_json::Error> {
        let event: Event = serde_json::from_str(text)?;
        self.send(FromRuntime::Event {
            event: Box::new(event.of_provider()),
        });
        Ok(())
    }

    /// Finds the earlier task that a handler wants to invalidate.
    fn resolve_target(&self, call: CallId, target: &str) -> Result<String, String> {
        let rules = self.0.rules.borrow();
        let refused =
            |node: &str, reason: &str| format!("`{node}` cannot invalidate `{target}`: {reason}");
        let rule = rules
            .get(&call)
            .ok_or_else(|| refused("a handler that has ended", "it has ended"))?;
        let workflow = self.0.definition.workflow(&rule.workflow);
        let (Some(workflow), Some(task)) = (workflow, rule.task) else {
            return Err(refused(&rule.node_path, "only a task can invalidate"));
        };
        let earlier = workflow.earlier_tasks(workflow.task(task).after);
        let earlier = || earlier.iter().map(|index| workflow.task(*index));
        let matches: Vec<&str> = earlier()
            .filter(|task| *task.path == *target || *task.name == *target)
            .map(|task| &*task.path)
            .collect();
        match matches.as_slice() {
            [only] => Ok((*only).to_owned()),
            [] => Err(refused(
                &rule.node_path,
                "no task of that name or path runs before it in this workflow",
            )),
            several => {
                let reason = format!("it names several earlier tasks: {}", several.join(", "));
                Err(refused(&rule.node_path, &reason))
            }
        }
    }

    fn finish<'js>(
        &self,
        ctx: &Ctx<'js>,
        call: CallId,
        kind: &str,
        value: &JsValue<'js>,
        metadata: &JsValue<'js>,
    ) {
        let rule = self.end(call);
        let result = outcome(ctx, kind, value, rule.as_ref()).and_then(|outcome| {
            let metadata = to_json_object(ctx, metadata)
                .map_err(|failure| Refusal::new("metadata", failure))?;
            Ok(CallResult { outcome, metadata })
        });
        let result = result.map_err(|refusal| self.explain(ctx, refusal, rule.as_ref()));
        self.send(FromRuntime::Finished { call, result });
    }

    fn end(&self, call: CallId) -> Option<CallRule> {
        self.0.aborted.borrow_mut().remove(&call);
        self.0.rules.borrow_mut().remove(&call)
    }

    fn explain(&self, ctx: &Ctx<'_>, refusal: Refusal, rule: Option<&CallRule>) -> Thrown {
        let node = rule.map_or("", |rule| rule.node_path.as_str());
        let message = match refusal {
            Refusal::Unwanted => format!("`{node}` must return nothing"),
            Refusal::Unreadable {
                failure: JsonFailure::Threw(_),
                ..
            } => return Thrown::catch(ctx, &self.0.definition.graph),
            Refusal::Unreadable {
                root,
                failure: JsonFailure::NotJson(NotJson { path, what }),
            } => format!(
                "`{node}` returned {what} at `{}`, which is not JSON",
                path.after(root)
            ),
        };
        Thrown::without_place("TypeError", message)
    }

    fn fail<'js>(&self, ctx: &Ctx<'js>, call: CallId, error: &JsValue<'js>) {
        self.end(call);
        let thrown = Thrown::from_value(ctx, error, &self.0.definition.graph);
        self.send(FromRuntime::Finished {
            call,
            result: Err(thrown),
        });
    }
}

/// Says why a result cannot be taken.
enum Refusal {
    /// Something in it is not what it has to be.
    Unreadable {
        root: &'static str,
        failure: JsonFailure,
    },
    /// There is one where there must be none.
    Unwanted,
}

impl Refusal {
    fn new(root: &'static str, failure: JsonFailure) -> Self {
        Self::Unreadable { root, failure }
    }
}

fn outcome<'js>(
    ctx: &Ctx<'js>,
    kind: &str,
    value: &JsValue<'js>,
    rule: Option<&CallRule>,
) -> Result<CallOutcome, Refusal> {
    match kind {
        "keep" => Ok(CallOutcome::Keep),
        "context" => {
            let context =
                to_json_object(ctx, value).map_err(|failure| Refusal::new("ctx", failure))?;
            Ok(CallOutcome::Context(context))
        }
        "invalidate" => {
            let value =
                to_json(ctx, value).map_err(|failure| Refusal::new("invalidate", failure))?;
            let text = |name: &str| {
                value
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            Ok(CallOutcome::Invalidate {
                target: text("target"),
                target_path: text("targetNodePath"),
            })
        }
        _ => hook_outcome(
            ctx,
            value,
            rule.map_or(ResultRule::OptionalJson, |rule| rule.result),
        ),
    }
}

fn hook_outcome<'js>(
    ctx: &Ctx<'js>,
    value: &JsValue<'js>,
    rule: ResultRule,
) -> Result<CallOutcome, Refusal> {
    let refusal = |failure| Refusal::new("result", failure);
    let value = match rule {
        // Many a function of the host gives null where it has nothing to give.
        ResultRule::Nothing if value.is_undefined() || value.is_null() => Value::Null,
        ResultRule::Nothing => return Err(Refusal::Unwanted),
        ResultRule::OptionalJson if value.is_undefined() => Value::Null,
        ResultRule::OptionalJson => to_json(ctx, value).map_err(refusal)?,
        ResultRule::Object => Value::Object(to_json_object(ctx, value).map_err(refusal)?),
    };
    Ok(CallOutcome::Value(value))
}

/// Gives a context its functions to call the engine with.
pub(super) fn install(ctx: &Ctx<'_>, bridge: &Bridge) -> rquickjs::Result<()> {
    bridge.0.is_installed.set(true);
    install_operations(ctx, bridge.clone())?;
    install_results(ctx, bridge.clone())?;
    install_storage(ctx, bridge.clone())
}

fn install_operations(ctx: &Ctx<'_>, bridge: Bridge) -> rquickjs::Result<()> {
    let rigkit = rigkit(ctx)?;
    let starting = bridge.clone();
    rigkit.set(
        "startOperation",
        Function::new(
            ctx.clone(),
            move |id: u64, call: i64, name: String, payload: String| {
                starting.start_operation(id, call, name, &payload);
            },
        )?,
    )?;
    let cancelling = bridge.clone();
    rigkit.set(
        "cancelOperation",
        Function::new(ctx.clone(), move |id: u64| {
            cancelling.send(FromRuntime::CancelOperation {
                operation: OperationId(id),
            });
        })?,
    )?;
    rigkit.set(
        "log",
        Function::new(
            ctx.clone(),
            move |call: i64, stream: String, label: Option<String>, text: String| {
                bridge.log(call, &stream, label, text);
            },
        )?,
    )
}

fn install_results(ctx: &Ctx<'_>, bridge: Bridge) -> rquickjs::Result<()> {
    let rigkit = rigkit(ctx)?;
    let finishing = bridge.clone();
    rigkit.set(
        "finish",
        Function::new(ctx.clone(), finish_function(finishing))?,
    )?;
    let failing = bridge.clone();
    rigkit.set("fail", Function::new(ctx.clone(), fail_function(failing))?)?;
    let resolving = bridge.clone();
    rigkit.set(
        "resolveTarget",
        Function::new(
            ctx.clone(),
            move |ctx: Ctx<'_>, call: u64, target: String| {
                let resolved = resolving.resolve_target(CallId(call), &target);
                resolved.map_err(|message| Exception::throw_message(&ctx, &message))
            },
        )?,
    )?;
    rigkit.set(
        "emit",
        Function::new(
            ctx.clone(),
            move |ctx: Ctx<'_>, _call: u64, event: String| -> rquickjs::Result<()> {
                bridge.emit(&event).map_err(|error| {
                    Exception::throw_type(&ctx, &format!("this is no event: {error}"))
                })
            },
        )?,
    )
}

fn finish_function(
    bridge: Bridge,
) -> impl for<'js> Fn(Ctx<'js>, u64, String, JsValue<'js>, JsValue<'js>) {
    move |ctx, call, kind, value, metadata| {
        bridge.finish(&ctx, CallId(call), &kind, &value, &metadata);
    }
}

fn fail_function(bridge: Bridge) -> impl for<'js> Fn(Ctx<'js>, u64, JsValue<'js>) {
    move |ctx, call, error| bridge.fail(&ctx, CallId(call), &error)
}

fn install_storage(ctx: &Ctx<'_>, bridge: Bridge) -> rquickjs::Result<()> {
    let storage = Function::new(
        ctx.clone(),
        move |ctx: Ctx<'_>,
              place: String,
              provider_id: String,
              action: String,
              key: String,
              value: String| {
            let request = StorageRequest::parse(&place, &action, key, &value);
            request
                .and_then(|request| bridge.0.stores.answer(&provider_id, request))
                .map(|answer| answer.to_string())
                .map_err(|error| Exception::throw_message(&ctx, &error.to_string()))
        },
    )?;
    rigkit(ctx)?.set("storage", storage)
}
