//! Child processes that run expressions.

use super::{
    super::work::{Busy, Limits, Party, Queue},
    Evaluated, ExpressionEngine, Failure, Purpose, Task,
    confinement::Confinement,
    worker::{self, Greeting},
};
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::{
    io,
    path::PathBuf,
    process::Stdio,
    sync::{Mutex, Once, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// How many workers are kept for the next expression.
const KEPT: usize = 2;
/// How many expressions run and wait for [`Purpose::Access`].
const ACCESS: Limits =
    Limits { running: 2, running_each: 2, waiting: 64, each: 32, retry_after: Duration::from_secs(2) };
/// How many for [`Purpose::Trial`]: they may be endless, and one person tries one at a time.
const TRIAL: Limits = Limits { running: 2, running_each: 1, waiting: 16, each: 4, retry_after: Duration::from_secs(5) };
/// After how long a worker that has not answered is killed.
const PATIENCE: Duration = Duration::from_secs(6);
/// How many expressions a worker runs before it is replaced, so that nothing can pile up in it.
const RUNS: u32 = 1000;

/// What is said of an expression that ended its worker.
const ENDED: &str = "the expression needs too much memory, or has ended the interpreter";
const TOO_LONG: &str = "the expression takes too long";
/// What is said where there is no worker; the log says why.
const UNABLE: &str = "expressions cannot be run: no worker can be started";

/// Runs expressions in child processes, which are started when they are needed and kept for the next expression.
pub struct Pool {
    program: PathBuf,
    idle: Mutex<Vec<Worker>>,
    access: Queue,
    trial: Queue,
    /// What the log says once.
    confined: Once,
}

struct Worker {
    /// Killed when it is dropped.
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    runs: u32,
}

impl Pool {
    /// A pool whose workers are `program expression-worker`.
    pub fn new(program: PathBuf) -> Self {
        let queue = Queue::new;
        let (access, trial) = (queue("access", ACCESS), queue("trial", TRIAL));
        Self { program, idle: Mutex::default(), access, trial, confined: Once::new() }
    }

    fn idle(&self) -> Option<Worker> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Starts a worker and hears how far it is confined.
    async fn start(&self) -> io::Result<Worker> {
        let mut worker = self.spawn()?;
        let greeting = tokio::time::timeout(PATIENCE, worker.hear::<Greeting>()).await??;
        let confined = greeting.map_err(io::Error::other)?;
        self.confined.call_once(|| match confined {
            Confinement::Whole => {}
            Confinement::SystemCalls => {
                tracing::warn!("the kernel has no Landlock: expressions are confined by a filter of system calls alone")
            }
            Confinement::Nothing => tracing::warn!(
                "expressions are not confined on this system: whoever breaks out of the interpreter has the rights of \
                 the server"
            ),
        });
        Ok(worker)
    }

    fn spawn(&self) -> io::Result<Worker> {
        let mut child = Command::new(&self.program)
            .arg("expression-worker")
            .env_clear()
            // The allocator of the program reserves more than a worker may have, unless it is told not to.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the worker has no pipes"));
        };
        Ok(Worker { _child: child, input, output: BufReader::new(output), runs: 0 })
    }

    async fn admit(&self, task: &Task, purpose: Purpose, party: &Party) -> Result<Evaluated, Busy> {
        let queue = match purpose {
            Purpose::Access => &self.access,
            Purpose::Trial => &self.trial,
        };
        let _turn = queue.turn(party).await?;
        Ok(self.run(task).await)
    }

    async fn run(&self, task: &Task) -> Evaluated {
        let mut line = serde_json::to_vec(task).map_err(|error| Failure(error.to_string()))?;
        if line.len() > worker::LONGEST {
            return Err(Failure("the expression and its context are too large".to_owned()));
        }
        line.push(b'\n');
        // One that waited may have been ended from outside; a new one is not.
        if let Some(mut worker) = self.idle() {
            match worker.ask(&line).await {
                Asked::Answer(answer) => return self.keep(worker, answer),
                Asked::Gone => {}
                failed => return Err(failed.failure()),
            }
        }
        let mut worker = self.start().await.map_err(|error| {
            tracing::error!(%error, program = %self.program.display(), "no worker for expressions can be started");
            Failure(UNABLE.to_owned())
        })?;
        match worker.ask(&line).await {
            Asked::Answer(answer) => self.keep(worker, answer),
            failed => Err(failed.failure()),
        }
    }

    fn keep(&self, mut worker: Worker, answer: Evaluated) -> Evaluated {
        worker.runs += 1;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.runs < RUNS && idle.len() < KEPT {
            idle.push(worker);
        }
        answer
    }
}

/// What came of a question to a worker.
enum Asked {
    Answer(Evaluated),
    /// The worker has ended.
    Gone,
    Silent,
}

impl Asked {
    fn failure(self) -> Failure {
        match self {
            Self::Answer(Err(failure)) => failure,
            Self::Answer(Ok(_)) | Self::Gone => Failure(ENDED.to_owned()),
            Self::Silent => Failure(TOO_LONG.to_owned()),
        }
    }
}

impl Worker {
    async fn ask(&mut self, line: &[u8]) -> Asked {
        let talk = async {
            self.input.write_all(line).await?;
            self.input.flush().await?;
            self.hear().await
        };
        match tokio::time::timeout(PATIENCE, talk).await {
            Err(_) => Asked::Silent,
            Ok(Err(_)) => Asked::Gone,
            Ok(Ok(answer)) => Asked::Answer(answer),
        }
    }

    /// The next line that the worker says.
    async fn hear<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut line = vec![];
        let longest = worker::LONGEST as u64 + 1;
        (&mut self.output).take(longest).read_until(b'\n', &mut line).await?;
        Ok(serde_json::from_slice(&line)?)
    }
}

impl ExpressionEngine for Pool {
    fn evaluate<'a>(
        &'a self,
        task: &'a Task,
        purpose: Purpose,
        party: &'a Party,
    ) -> BoxFuture<'a, Result<Evaluated, Busy>> {
        Box::pin(self.admit(task, purpose, party))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Of a pool whose workers do no more than to say something and to end.
    async fn answer_of_one_that_says(greeting: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("worker");
        std::fs::write(&program, format!("#!/bin/sh\necho '{greeting}'\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let task = Task {
            source: "return True".to_owned(),
            user: super::super::User::default(),
            group: None,
            provider: None,
            http_request: None,
            context: serde_json::Map::new(),
        };
        let pool = Pool::new(program);
        pool.evaluate(&task, Purpose::Access, &Party::Server).await.unwrap().unwrap_err().0
    }

    #[tokio::test]
    async fn a_worker_that_is_not_confined_gets_no_task() {
        assert_eq!(answer_of_one_that_says(r#"{"Err":"no filter"}"#).await, UNABLE);
        assert_eq!(answer_of_one_that_says("").await, UNABLE);
        // This one gets its task, and ends.
        assert_eq!(answer_of_one_that_says(r#"{"Ok":"Whole"}"#).await, ENDED);
    }
}
