//! The client: keep-alive connections, each with one request at a time.

use crate::servers::{Failure, Server};
use futures::{TryStreamExt, stream::FuturesUnordered};
use std::{
    cell::Cell,
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came back.
#[derive(Default)]
pub(crate) struct Measured {
    /// Answers with 2xx.
    pub(crate) answered: usize,
    /// Other answers by status.
    pub(crate) refused: BTreeMap<u16, usize>,
    times: Vec<Duration>,
    elapsed: Duration,
    /// Processor time of the server for one answer, in microseconds.
    pub(crate) processor: f64,
}

impl Measured {
    /// Good answers a second.
    #[allow(clippy::cast_precision_loss, reason = "a count of answers")]
    pub(crate) fn rate(&self) -> f64 {
        self.answered as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// Milliseconds within which this share of the answers came.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let index = self.times.len() * percent / 100;
        self.times.get(index.min(self.times.len().saturating_sub(1))).map_or(0.0, |t| t.as_secs_f64() * 1_000.0)
    }
}

/// Sends requests over some connections for a while, after a fifth of that to warm up. `make` is given a number that no
/// other request has.
pub(crate) async fn measure(
    server: &Server,
    connections: u32,
    time: Duration,
    make: impl Fn(u32) -> Vec<u8>,
) -> Result<Measured, Failure> {
    let next = Cell::new(0);
    let before = server.processor_time();
    let begin = Instant::now() + time / 5;
    let end = begin + time;
    // All in one thread: spreading the client over the processors would take them from the server. And only those are
    // looked at that have got something.
    let callers = (0..connections).map(|_| caller(&server.address, &next, begin, end, &make));
    let mut callers: FuturesUnordered<_> = callers.collect();
    let mut all = Measured { elapsed: time, ..Measured::default() };
    while let Some(measured) = callers.try_next().await? {
        all.answered += measured.answered;
        all.times.extend(measured.times);
        for (status, count) in measured.refused {
            *all.refused.entry(status).or_default() += count;
        }
    }
    all.times.sort_unstable();
    // Those that warmed up count here, as they took time as well.
    all.processor = (server.processor_time() - before) / f64::from(next.get().max(1));
    Ok(all)
}

/// One connection.
async fn caller(
    address: &str,
    next: &Cell<u32>,
    begin: Instant,
    end: Instant,
    make: impl Fn(u32) -> Vec<u8>,
) -> Result<Measured, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut measured, mut buffer) = (Measured::default(), vec![]);
    loop {
        let sent = Instant::now();
        if sent >= end {
            return Ok(measured);
        }
        stream.write_all(&make(next.replace(next.get() + 1))).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        if sent < begin {
            continue;
        }
        if (200..300).contains(&status) {
            measured.answered += 1;
            measured.times.push(sent.elapsed());
        } else {
            *measured.refused.entry(status).or_default() += 1;
        }
    }
}

/// Reads one answer with a length and returns its status. No more of it is looked at than that takes, as a client that
/// compares cannot be slower than what it measures.
pub(crate) async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16, Failure> {
    const LENGTH: &[u8] = b"content-length:";
    buffer.clear();
    // Where the line begins that is read, and the length of the body.
    let (mut line, mut length) = (0, 0);
    loop {
        let end = loop {
            if let Some(end) = buffer[line..].iter().position(|byte| *byte == b'\n') {
                break line + end;
            }
            if stream.read_buf(buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        };
        let text = buffer[line..end].trim_ascii_end();
        line = end + 1;
        if text.is_empty() {
            break;
        }
        if text.len() > LENGTH.len() && text[..LENGTH.len()].eq_ignore_ascii_case(LENGTH) {
            length = std::str::from_utf8(text[LENGTH.len()..].trim_ascii())?.parse()?;
        }
    }
    let status = std::str::from_utf8(buffer.get(9..12).unwrap_or_default())?.parse()?;
    while buffer.len() < line + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
    }
    Ok(status)
}
