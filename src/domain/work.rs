//! Work that takes long, in bounded queues: one for each purpose, so that none holds up another.
//!
//! A queue says how much runs at the same time, how much waits, and how much of either is for one [`Party`]: nobody takes all
//! of it. What does not fit is refused at once, with the time after which trying again is worth it. A place belongs to its
//! [`Turn`]: a request that is given up leaves the queue, and its work never begins. What has begun keeps its turn to the
//! end, whether or not somebody still waits for it, so that no more runs than the queue allows.

use super::aside;
use std::{
    collections::VecDeque,
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZero,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// For whom work is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// The server itself.
    Server,
    /// A user.
    User(i64),
    /// Somebody unknown, by the network that whoever has the address has as well; without one, all who have none.
    Network(Option<IpAddr>),
}

impl Party {
    /// Somebody unknown at an address. With IPv6, a customer has 2⁶⁴ of them.
    pub fn at(address: Option<IpAddr>) -> Self {
        Self::Network(address.map(|address| match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
            address => address,
        }))
    }
}

/// What a queue admits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How much runs at the same time.
    pub running: usize,
    /// How much of that for one party.
    pub running_each: usize,
    /// How much waits for its turn.
    pub waiting: usize,
    /// How much one party may have in all, running and waiting.
    pub each: usize,
    /// When trying again is worth it.
    pub retry_after: Duration,
}

/// Refused: there is too much of this work already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// When trying again is worth it.
    pub retry_after: Duration,
    /// Whether it is the party itself that has asked for too much.
    pub own: bool,
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "too much to do at the moment, worth another try in {} s", self.retry_after.as_secs())
    }
}

impl std::error::Error for Busy {}

/// Why work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It was not begun.
    Busy(Busy),
    /// It was given up: the server is stopping.
    Stopped,
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(busy) => busy.fmt(f),
            Self::Stopped => f.write_str("given up: the server is stopping"),
        }
    }
}

impl std::error::Error for Undone {}

impl From<Busy> for Undone {
    fn from(busy: Busy) -> Self {
        Self::Busy(busy)
    }
}

/// What runs and what waits for that.
#[derive(Clone)]
pub struct Queue(Arc<Shared>);

struct Shared {
    /// In the metrics.
    name: &'static str,
    limits: Limits,
    state: Mutex<State>,
}

/// Short lists: their lengths are limited.
#[derive(Default)]
struct State {
    running: Vec<Party>,
    line: VecDeque<Waiting>,
    next_ticket: u64,
    /// Parties that have had turns and wait for more, the one whose last turn is longest ago first.
    served: Vec<Party>,
}

struct Waiting {
    ticket: u64,
    party: Party,
    begin: oneshot::Sender<()>,
}

/// A place in a queue, first waiting and then running. It is free again when this is dropped.
#[must_use]
pub struct Turn {
    queue: Queue,
    party: Party,
    ticket: u64,
}

impl Queue {
    /// An empty queue, called so in the metrics.
    pub fn new(name: &'static str, limits: Limits) -> Self {
        Self(Arc::new(Shared { name, limits, state: Mutex::default() }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// At once, when the queue or the party's part of it is full.
    pub async fn turn(&self, party: &Party) -> Result<Turn, Busy> {
        let (turn, begun) = self.join(party).inspect_err(|_| {
            metrics::counter!("vestibule_work_refused_total", "queue" => self.0.name).increment(1);
        })?;
        // The other end is never dropped before the turn is.
        let _ = begun.await;
        Ok(turn)
    }

    /// What is said of more than fits.
    pub fn busy(&self) -> Busy {
        Busy { retry_after: self.0.limits.retry_after, own: false }
    }

    /// Does work of more than a few milliseconds [aside](super::aside).
    ///
    /// # Errors
    /// As [`Queue::turn`], and when the server is stopping.
    pub async fn compute<T: Send + 'static>(
        &self,
        party: &Party,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let turn = self.turn(party).await?;
        let done = aside::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Undone::Stopped)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, party: &Party) -> Result<(Turn, oneshot::Receiver<()>), Busy> {
        let limits = &self.0.limits;
        let mut state = self.state();
        let own = state.running_of(party) + state.line.iter().filter(|waiting| waiting.party == *party).count();
        let own = own >= limits.each;
        if own || state.line.len() >= limits.waiting {
            return Err(Busy { retry_after: limits.retry_after, own });
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        let (begin, begun) = oneshot::channel();
        state.line.push_back(Waiting { ticket, party: party.clone(), begin });
        state.advance(limits);
        Ok((Turn { queue: self.clone(), party: party.clone(), ticket }, begun))
    }
}

impl State {
    fn running_of(&self, party: &Party) -> usize {
        self.running.iter().filter(|running| *running == party).count()
    }

    /// Begins what can begin. The party with the least running comes first, of those the one whose last turn is longest
    /// ago, and then who came first: however much one party waits for, another's turn is the next.
    fn advance(&mut self, limits: &Limits) {
        while self.running.len() < limits.running {
            let places = self.line.iter().enumerate().map(|(place, Waiting { party, .. })| {
                let served = self.served.iter().position(|served| served == party);
                (self.running_of(party), served, place)
            });
            let next = places.filter(|(running, ..)| *running < limits.running_each).min();
            let Some(next) = next.and_then(|(.., place)| self.line.remove(place)) else { return };
            self.served.retain(|party| *party != next.party && self.line.iter().any(|w| w.party == *party));
            self.served.push(next.party.clone());
            self.running.push(next.party);
            // Where nobody listens any more, the turn is dropped, too, and frees the place.
            let _ = next.begin.send(());
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        if let Some(place) = state.line.iter().position(|waiting| waiting.ticket == self.ticket) {
            state.line.remove(place);
        } else if let Some(place) = state.running.iter().position(|party| *party == self.party) {
            state.running.swap_remove(place);
        }
        state.advance(&self.queue.0.limits);
    }
}

/// The queues of a server. Expressions have their own, with the processes that run them.
pub struct Work {
    /// Passwords that are set or compared: a tenth of a second each.
    pub passwords: Queue,
    /// Key pairs: up to some seconds each.
    pub keys: Queue,
    /// Documents of some size that are read: blueprints, metadata.
    pub documents: Queue,
    /// Reads of the database that take long: searches through everything, large pages.
    pub reads: Queue,
    /// Requests to other servers: up to some seconds each.
    pub outgoing: Queue,
}

impl Default for Work {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        let passwords = Limits { running: 4, running_each: 3, waiting: 64, each: 32, retry_after: seconds(1) };
        let keys = Limits { running: 2, running_each: 1, waiting: 16, each: 4, retry_after: seconds(5) };
        let outgoing = Limits { running: 8, running_each: 2, waiting: 32, each: 4, retry_after: seconds(5) };
        let documents = Limits { running: 2, running_each: 1, waiting: 32, each: 8, retry_after: seconds(2) };
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (running, running_each) = (processors.max(2), (processors / 2).max(1));
        let reads = Limits { running, running_each, waiting: 128, each: 16, retry_after: seconds(1) };
        Self {
            passwords: Queue::new("passwords", passwords),
            keys: Queue::new("keys", keys),
            documents: Queue::new("documents", documents),
            reads: Queue::new("reads", reads),
            outgoing: Queue::new("outgoing", outgoing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, poll};
    use std::pin::{Pin, pin};

    const LIMITS: Limits =
        Limits { running: 2, running_each: 2, waiting: 3, each: 4, retry_after: Duration::from_secs(7) };

    fn queue(limits: Limits) -> Queue {
        Queue::new("test", limits)
    }

    fn now(queue: &Queue, user: i64) -> Option<Result<Turn, Busy>> {
        queue.turn(&Party::User(user)).now_or_never()
    }

    type Pending<'q> = Pin<Box<dyn Future<Output = Result<Turn, Busy>> + 'q>>;

    /// Joins the line, behind those that did before.
    async fn wait<'q>(queue: &'q Queue, party: &'q Party) -> Pending<'q> {
        let mut turn: Pending<'q> = Box::pin(queue.turn(party));
        assert!(poll!(&mut turn).is_pending());
        turn
    }

    #[tokio::test]
    async fn what_does_not_fit_is_refused_at_once() {
        let queue = queue(LIMITS);
        let (one, other) = (Party::User(1), Party::User(2));
        let running = [now(&queue, 1).unwrap().unwrap(), now(&queue, 1).unwrap().unwrap()];
        let mut waiting = [wait(&queue, &one).await, wait(&queue, &one).await];
        let own = |result: Option<Result<Turn, Busy>>| result.unwrap().err().map(|busy| (busy.own, busy.retry_after));
        assert_eq!(own(now(&queue, 1)), Some((true, LIMITS.retry_after)), "one's own part is full");
        let third = wait(&queue, &other).await;
        assert_eq!(own(now(&queue, 3)), Some((false, LIMITS.retry_after)), "the queue is full");
        drop(third);
        drop(running);
        for turn in &mut waiting {
            assert!(poll!(turn).is_ready());
        }
    }

    #[tokio::test]
    async fn who_has_least_comes_first_and_nobody_takes_everything() {
        let queue = queue(Limits { running_each: 1, ..LIMITS });
        let (one, other) = (Party::User(1), Party::User(2));
        let first = now(&queue, 1).unwrap().unwrap();
        let mut second = wait(&queue, &one).await;
        // One place is free, and not for the first party.
        let third = now(&queue, 2).unwrap().unwrap();
        let mut fourth = wait(&queue, &other).await;
        drop(third);
        assert!(poll!(&mut second).is_pending() && poll!(&mut fourth).is_ready());
        drop(first);
        assert!(poll!(&mut second).is_ready());
    }

    #[tokio::test]
    async fn parties_take_turns_however_much_each_waits_for() {
        let queue = queue(Limits { running: 1, waiting: 10, each: 10, ..LIMITS });
        let parties = [Party::User(1), Party::User(2), Party::User(3)];
        let mut running = now(&queue, 1).unwrap().unwrap();
        let mut waiting = vec![];
        for number in [0, 0, 0, 1, 2, 1] {
            waiting.push((number, wait(&queue, &parties[number]).await));
        }
        let mut order = vec![];
        while !waiting.is_empty() {
            drop(running);
            let mut ready = None;
            for (place, (number, turn)) in waiting.iter_mut().enumerate() {
                if let std::task::Poll::Ready(turn) = poll!(turn) {
                    order.push(*number);
                    ready = Some((place, turn.unwrap()));
                }
            }
            let (place, turn) = ready.unwrap();
            drop(waiting.remove(place));
            running = turn;
        }
        assert_eq!(order, [1, 2, 0, 1, 0, 0]);
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_queue() {
        let queue = queue(Limits { running: 1, waiting: 1, ..LIMITS });
        let (one, other) = (Party::User(1), Party::User(2));
        let running = now(&queue, 1).unwrap().unwrap();
        drop(wait(&queue, &other).await);
        let mut next = wait(&queue, &one).await;
        drop(running);
        assert!(poll!(&mut next).is_ready());
        // A turn that came and was not taken any more is free as well.
        let running = now(&queue, 1).unwrap().unwrap();
        let given_up = wait(&queue, &other).await;
        drop(running);
        drop(given_up);
        assert!(now(&queue, 1).unwrap().is_ok());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_does_not_begin_and_what_has_begun_keeps_its_turn() {
        let queue = queue(Limits { running: 1, running_each: 1, waiting: 1, ..LIMITS });
        let (begun, has_begun) = oneshot::channel();
        let (finish, finished) = std::sync::mpsc::channel();
        let party = Party::Server;
        let mut first = Box::pin(queue.compute(&party, move || {
            begun.send(()).unwrap();
            finished.recv().unwrap();
        }));
        assert!(poll!(&mut first).is_pending());
        has_begun.await.unwrap();
        let mut never = Box::pin(queue.compute(&party, || panic!("nobody waits for this")));
        assert!(poll!(&mut never).is_pending());
        drop(never);
        drop(first);
        let mut next = pin!(queue.compute(&party, || 1));
        assert!(poll!(&mut next).is_pending(), "the first one still runs");
        finish.send(()).unwrap();
        assert_eq!(next.await, Ok(1));
        assert!(matches!(queue.turn(&party).now_or_never(), Some(Ok(_))));
    }

    #[test]
    fn neighbours_in_a_network_of_ipv6_are_one_party() {
        let at = |text: &str| Party::at(text.parse().ok());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }
}
