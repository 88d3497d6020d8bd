//! Connections: how many there may be, how long each may do nothing, and how they end.
//!
//! A connection that nobody uses costs memory and a descriptor, so there is a limit in all and one for each address. Where
//! it is reached, the connection that has been idle longest makes room: somebody who opens connections for their own sake
//! closes their own, and who has something to ask gets in.

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use poem::{
    Endpoint, Response,
    web::{LocalAddr, RemoteAddr},
};
use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

/// What a connection may hold of requests that are not complete: the longest address that HTTP/1 takes here, 64 KiB, and
/// other headers.
const HEADERS: usize = 80 * 1024;

/// How many requests an HTTP/2 connection may have at once.
const STREAMS: u32 = 64;

/// How long to wait when the system has no descriptors left, instead of asking it again and again.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// How many connections there may be, and for how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// From one address, or for IPv6 from one network of 64 bits, which is what one customer has.
    pub per_address: usize,
    /// How long a connection may transfer nothing while nothing is being answered, and how long headers may take.
    pub idle: Duration,
}

/// Descriptors that are not for connections: the database, workers, files.
const RESERVED: u64 = 128;

/// As many connections of the number wished for as the process may have descriptors for. Raises its limit as far as it may.
pub fn affordable(wished: usize) -> usize {
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let possible = usize::try_from(limit.saturating_sub(RESERVED)).unwrap_or(usize::MAX).max(1);
    if possible < wished {
        tracing::warn!(possible, wished, "the limit of open files allows fewer connections than are set");
    }
    wished.min(possible)
}

/// Serves until `stop` is ready. Then nobody is let in any more, and what is being answered gets `grace` to end.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    limits: Limits,
    shared: impl Fn(IpAddr) -> bool,
    stop: impl Future<Output = ()>,
    grace: Duration,
) where
    E: Endpoint<Output = Response> + 'static,
{
    let endpoint = Arc::new(endpoint);
    let known = Arc::new(Known { limits, connections: Mutex::default(), started: Instant::now() });
    let (stopping, stopped) = watch::channel(());
    let mut running = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = running.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    if let Some(entry) = known.admit((!shared(peer.ip())).then(|| network(peer.ip()))) {
                        running.spawn(serve_one(socket, peer, endpoint.clone(), entry, stopped.clone()));
                    }
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    known.evict(None);
                    tracing::warn!(%error, "connections cannot be accepted");
                    sleep(EXHAUSTED).await;
                }
            },
        }
    }
    drop(listener);
    drop(stopping);
    let ended = async { while running.join_next().await.is_some() {} };
    if timeout(grace, ended).await.is_err() {
        running.shutdown().await;
    }
}

/// Whether the peer gave up before it was accepted.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

async fn serve_one<E>(
    socket: TcpStream,
    peer: SocketAddr,
    endpoint: Arc<E>,
    entry: Entry,
    mut stopped: watch::Receiver<()>,
) where
    E: Endpoint<Output = Response> + 'static,
{
    let Ok(local) = socket.local_addr() else { return };
    // Answers are written as a whole; waiting for more to send would only delay them.
    drop(socket.set_nodelay(true));
    let entry = Arc::new(entry);
    let idle = entry.known.limits.idle;
    let service = {
        let entry = entry.clone();
        let (local, remote) = (LocalAddr(local.into()), RemoteAddr(peer.into()));
        hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let busy = Busy::new(entry.clone());
            let (endpoint, local, remote) = (endpoint.clone(), local.clone(), remote.clone());
            async move {
                let _busy = busy;
                let request = (request, local, remote, http::uri::Scheme::HTTP).into();
                Ok::<http::Response<_>, Infallible>(endpoint.get_response(request).await.into())
            }
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(idle).max_buf_size(HEADERS);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS).max_header_list_size(HEADERS as u32);
    let io = TokioIo::new(Watched { socket, entry: entry.clone() });
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut ending = false;
    loop {
        tokio::select! {
            // What went wrong is known to the peer, who did it.
            _ = connection.as_mut() => return,
            () = entry.state.evicted.notified() => {
                if entry.state.idle_since().is_some() {
                    return;
                }
                ending = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep_until(entry.idle_until(idle)) => {
                if entry.idle_until(idle) > Instant::now() {
                    continue;
                }
                if ending {
                    return;
                }
                ending = true;
                entry.touch();
                connection.as_mut().graceful_shutdown();
            }
            _ = stopped.changed(), if !ending => {
                ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// All connections there are.
struct Known {
    limits: Limits,
    connections: Mutex<Connections>,
    /// Times are counted from here.
    started: Instant,
}

#[derive(Default)]
struct Connections {
    all: HashMap<u64, Arc<State>>,
    by_network: HashMap<IpAddr, usize>,
    next: u64,
}

/// What one connection does.
struct State {
    /// Where it comes from; none where an address stands for many, as that of a proxy does.
    network: Option<IpAddr>,
    /// When the last byte was read or written, in milliseconds.
    used: AtomicU64,
    /// How many requests are being answered.
    busy: AtomicUsize,
    /// Told to end.
    evicted: Notify,
}

impl State {
    /// Since when it has been doing nothing, if it is.
    fn idle_since(&self) -> Option<u64> {
        (self.busy.load(Ordering::Relaxed) == 0).then(|| self.used.load(Ordering::Relaxed))
    }
}

impl Known {
    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Takes a connection in, and ends an idle one where there are too many. None if all of them are busy.
    fn admit(self: &Arc<Self>, network: Option<IpAddr>) -> Option<Entry> {
        let mut connections = self.connections();
        let of_network = network.and_then(|network| connections.by_network.get(&network)).copied().unwrap_or_default();
        if of_network >= self.limits.per_address {
            connections.evict(network)?;
        }
        if connections.all.len() >= self.limits.total {
            connections.evict(None)?;
        }
        let (used, busy) = (self.now().into(), AtomicUsize::new(0));
        let state = Arc::new(State { network, used, busy, evicted: Notify::new() });
        let id = connections.next;
        connections.next += 1;
        connections.insert(id, state.clone());
        Some(Entry { known: self.clone(), id, state })
    }

    fn evict(&self, network: Option<IpAddr>) {
        self.connections().evict(network);
    }
}

impl Connections {
    fn insert(&mut self, id: u64, state: Arc<State>) {
        if let Some(network) = state.network {
            *self.by_network.entry(network).or_default() += 1;
        }
        self.all.insert(id, state);
    }

    /// Forgets a connection, once.
    fn remove(&mut self, id: u64) -> Option<Arc<State>> {
        let state = self.all.remove(&id)?;
        if let Some(network) = state.network
            && let Some(number) = self.by_network.get_mut(&network)
        {
            *number -= 1;
            if *number == 0 {
                self.by_network.remove(&network);
            }
        }
        Some(state)
    }

    /// Ends the connection that has been idle longest, of a network or of all. None if there is no idle one.
    fn evict(&mut self, network: Option<IpAddr>) -> Option<()> {
        let of_network = |state: &State| network.is_none() || state.network == network;
        let idle = self.all.iter().filter(|(_, state)| of_network(state));
        let (_, id) = idle.filter_map(|(id, state)| Some((state.idle_since()?, *id))).min()?;
        self.remove(id)?.evicted.notify_one();
        Some(())
    }
}

/// A connection's place among all; free again when this is dropped.
struct Entry {
    known: Arc<Known>,
    id: u64,
    state: Arc<State>,
}

impl Entry {
    fn touch(&self) {
        self.state.used.store(self.known.now(), Ordering::Relaxed);
    }

    /// When it will have been idle for so long, as far as can be said now.
    fn idle_until(&self, idle: Duration) -> Instant {
        match self.state.idle_since() {
            Some(since) => self.known.started + Duration::from_millis(since) + idle,
            None => Instant::now() + idle,
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.known.connections().remove(self.id);
    }
}

/// Counts a request while it is being answered.
struct Busy(Arc<Entry>);

impl Busy {
    fn new(entry: Arc<Entry>) -> Self {
        entry.state.busy.fetch_add(1, Ordering::Relaxed);
        Self(entry)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.touch();
        self.0.state.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A socket that notes when it was used.
struct Watched {
    socket: TcpStream,
    entry: Arc<Entry>,
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let result = ready!(Pin::new(&mut self.socket).poll_read(cx, buffer));
        self.entry.touch();
        Poll::Ready(result)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = ready!(Pin::new(&mut self.socket).poll_write(cx, bytes));
        self.entry.touch();
        Poll::Ready(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, parts));
        self.entry.touch();
        Poll::Ready(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(total: usize, per_address: usize) -> Arc<Known> {
        let limits = Limits { total, per_address, idle: Duration::from_secs(30) };
        Arc::new(Known { limits, connections: Mutex::default(), started: Instant::now() })
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(network(text.parse().unwrap()))
    }

    fn is_evicted(entry: &Entry) -> bool {
        !entry.known.connections().all.contains_key(&entry.id)
    }

    #[test]
    fn the_longest_idle_connection_makes_room() {
        let known = known(3, 3);
        let entries: Vec<Entry> = (0..3).map(|_| known.admit(None).unwrap()).collect();
        for (entry, used) in entries.iter().zip([20, 10, 30]) {
            entry.state.used.store(used, Ordering::Relaxed);
        }
        let _fourth = known.admit(None).unwrap();
        assert_eq!(entries.iter().map(is_evicted).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn an_address_pushes_out_its_own_connections_only() {
        let known = known(10, 2);
        let other = known.admit(address("192.0.2.2")).unwrap();
        let entries: Vec<Entry> = (0..5).map(|_| known.admit(address("192.0.2.1")).unwrap()).collect();
        assert_eq!(entries.iter().filter(|entry| !is_evicted(entry)).count(), 2);
        assert!(!is_evicted(&other));
        drop(entries);
        assert_eq!(known.connections().by_network.len(), 1);
    }

    #[test]
    fn busy_connections_stay() {
        let known = known(1, 1);
        let entry = Arc::new(known.admit(None).unwrap());
        let busy = Busy::new(entry.clone());
        assert!(known.admit(None).is_none());
        drop(busy);
        assert!(known.admit(None).is_some() && is_evicted(&entry));
    }

    #[test]
    fn a_customer_of_ipv6_is_one_address() {
        assert_eq!(address("2001:db8:1:2:3::4"), address("2001:db8:1:2:ffff::"));
        assert_ne!(address("2001:db8:1:2::"), address("2001:db8:1:3::"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}
