//! The process in which expressions run: `vestibule expression-worker`.
//!
//! It limits and [confines](super::confinement) itself, says in one line how far, and only then reads: one task a line
//! from its standard input, each answered with one line. The interpreter has no access to files, network, environment or
//! clock: what it would ask its host for is refused here.

use super::{
    DATA, Failure, Outcome, Task,
    confinement::{Confinement, confine},
    guard, value,
};
use monty::{MontyRun, RunProgress};
use monty_types::{
    CompileOptions, ExcType, ExtFunctionResult, MontyException, MontyObject, NameLookupResult, PrintWriter,
    ResourceLimits, ResourceTracker,
};
use rlimit::Resource;
use serde::Serialize;
use serde_json::Value;
use std::{
    io::{self, BufRead, Read, Write},
    time::Duration,
};

/// How long an expression may run. The pool kills the process when that does not help.
const TIME: Duration = Duration::from_secs(4);
/// The memory of the process, code and all.
const MEMORY: u64 = 768 * 1024 * 1024;
/// Calls within calls.
const DEPTH: usize = 200;
/// The longest line that is read or written.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;

const PRELUDE: &str = include_str!("prelude.py");

/// Answers tasks until there are no more.
///
/// # Errors
/// Why the process cannot work: its limits, its input or its output.
pub fn run(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), String> {
    let confined = limit().and_then(|()| confine());
    let begun = say(output, &confined);
    confined?;
    begun.and_then(|()| serve(input, output)).map_err(|error| format!("The expression worker cannot go on: {error}."))
}

/// What a worker says before it reads anything: how far it is confined, or why it ends.
pub(super) type Greeting = Result<Confinement, String>;

fn limit() -> Result<(), String> {
    for (resource, limit) in [(Resource::AS, MEMORY), (Resource::FSIZE, 0), (Resource::CORE, 0), (Resource::NPROC, 0)] {
        rlimit::setrlimit(resource, limit, limit).map_err(|error| format!("no limits can be set: {error}"))?;
    }
    Ok(())
}

/// Says something in one line.
fn say(output: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    if line.len() > LONGEST {
        line = serde_json::to_vec(&Err::<Outcome, _>(Failure("the result is too large".to_owned())))?;
    }
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}

fn serve(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<()> {
    loop {
        let mut line = vec![];
        let read = input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        let task = serde_json::from_slice(&line).map_err(|error| Failure(format!("no task: {error}")));
        let answer: Result<Outcome, Failure> = task.and_then(|task| evaluate(task).map_err(Failure));
        say(output, &answer)?;
    }
}

/// Runs one expression in a fresh interpreter.
fn evaluate(task: Task) -> Result<Outcome, String> {
    guard::check(&task.source)?;
    let (code, first) = program(&task);
    let mut data = serde_json::to_value(&task).map_err(|error| error.to_string())?;
    if let Value::Object(data) = &mut data {
        data.remove("source");
    }
    let inputs = vec![value::into_python(data)?];
    let told = |error: &MontyException| told(error, first);
    let run = MontyRun::new(code, "<expression>", vec!["_data".to_owned()], CompileOptions::default());
    let run = run.map_err(|error| told(&error))?;
    let limits = ResourceLimits::default().max_duration(TIME).max_recursion_depth(DEPTH);
    let mut suspensions = limits.max_suspensions;
    let print = || PrintWriter::Disabled;
    let mut progress = run.start(inputs, ResourceTracker::new(limits), print());
    loop {
        suspensions = suspensions.checked_sub(1).ok_or("the expression asks too much of its host")?;
        progress = match progress.map_err(|error| told(&error))? {
            RunProgress::Complete(result) => return outcome(&result),
            RunProgress::NameLookup(lookup) => lookup.resume(NameLookupResult::Undefined, print()),
            RunProgress::FunctionCall(call) => {
                let name = call.function_name.clone();
                call.resume(ExtFunctionResult::NotFound(name), print())
            }
            RunProgress::OsCall(call) => {
                let message = "files, the environment and the clock are out of reach".to_owned();
                call.resume(MontyException::new(ExcType::NotImplementedError, Some(message)), print())
            }
            RunProgress::ResolveFutures(_) => return Err("NotImplementedError: nothing can be awaited".to_owned()),
        };
    }
}

/// The program around an expression, and the line before its first.
fn program(task: &Task) -> (String, u32) {
    let known = [
        ("request", "_request"),
        ("user", "_user if _user.pk is not None else None"),
        ("http_request", "_http_request"),
        ("context", "_context"),
        ("group", "_group"),
        ("provider", "_provider"),
        ("ak_is_sso_flow", "_context.get(\"is_sso\", False)"),
    ];
    let mut variables: Vec<(&str, String)> =
        known.into_iter().map(|(name, python)| (name, python.to_owned())).collect();
    let data = DATA.iter().filter(|name| task.context.contains_key(**name));
    variables.extend(data.map(|name| (*name, format!("_context[\"{name}\"]"))));
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = variables.iter().map(|(_, python)| python.as_str()).collect();
    let mut code = format!("{PRELUDE}\ndef _handler({}):\n", names.join(", "));
    let first = u32::try_from(code.lines().count()).unwrap_or_default();
    for line in task.source.split_inclusive('\n') {
        if !line.trim().is_empty() {
            code.push_str("    ");
        }
        code.push_str(line);
    }
    code.push_str(&format!("\n    return None\n\n_result = _handler({})\n", values.join(", ")));
    code.push_str("[_result, bool(_result), _messages]\n");
    (code, first)
}

fn outcome(result: &MontyObject) -> Result<Outcome, String> {
    let MontyObject::List(parts) = result else { return Err("the interpreter gave no result".to_owned()) };
    let [result, MontyObject::Bool(truth), MontyObject::List(messages)] = parts.as_slice() else {
        return Err("the interpreter gave another result".to_owned());
    };
    let messages = messages.iter().map(ToString::to_string).collect();
    Ok(Outcome { result: value::from_python(result), truth: *truth, messages })
}

/// What was raised, and in which line of the expression.
fn told(error: &MontyException, first: u32) -> String {
    let own = |frame: &&monty_types::StackFrame| frame.start.line > first;
    let frames = error.traceback();
    let inside = frames.iter().rev().find(|frame| own(frame) && frame.frame_name.is_some());
    let syntax = frames.last().filter(own).filter(|_| frames.len() == 1);
    match inside.or(syntax) {
        Some(frame) => format!("{} (line {})", error.summary(), frame.start.line - first),
        None => error.summary(),
    }
}
