//! What a handler works with: the caller, one connection, the clock and the dice.

use super::{
    auth::{self, Credential, Principals},
    remembered::Remembered,
};
use crate::{
    config::Config,
    domain::{
        expression::{ExpressionEngine, pool::Pool},
        rate::{Exceeded, RateLimits},
        work::{Busy, Party, Undone, Work},
    },
    store::{
        Conn, Db,
        tables::{Event, Settings, User},
    },
};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use rand::{Rng, RngExt, SeedableRng, distr::Alphanumeric, rngs::StdRng};
use std::{
    collections::HashSet,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;
use vestibule_api::{ApiError, Operation, Output};

/// What lives as long as the server.
pub struct App {
    /// Settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Who called a moment ago.
    pub principals: Principals,
    /// The settings of the instance.
    pub settings: Remembered<(), Arc<Settings>>,
    /// The domains of the brands, for links.
    pub domains: Remembered<(), Arc<Vec<String>>>,
    /// What runs expressions.
    pub expressions: Box<dyn ExpressionEngine>,
    /// The queues of what takes long.
    pub work: Work,
    /// How often what can be guessed may be wrong.
    pub rates: RateLimits,
}

impl App {
    /// A server that has not been asked anything yet. It runs expressions by its own program.
    pub fn new(config: Config, db: Db, clock: Clock, random: Random) -> Self {
        // Where the program cannot be found, expressions fail, and the log says why.
        let program = std::env::current_exe().unwrap_or_else(|_| "vestibule".into());
        Self {
            rates: RateLimits::new(config.failed_logins_per_minute),
            config,
            db,
            clock,
            random,
            principals: Principals::default(),
            settings: Remembered::default(),
            domains: Remembered::default(),
            expressions: Box::new(Pool::new(program)),
            work: Work::default(),
        }
    }
}

/// Where the time comes from; tests put in their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The system's clock. Microseconds are all that PostgreSQL keeps, so nothing finer is handed out.
    #[allow(clippy::disallowed_methods, reason = "the one place that may ask the system for the time")]
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// A clock of one's own.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Now, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.0)();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

/// Where randomness comes from: a cryptographic generator, seeded by the operating system or by a test.
pub struct Random(Mutex<StdRng>);

impl Random {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// Seeded by a number, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    fn with<T>(&self, f: impl FnOnce(&mut StdRng) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A version 4 UUID.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// This many letters and digits.
    pub fn text(&self, length: usize) -> String {
        self.with(|rng| rng.sample_iter(Alphanumeric).take(length).map(char::from).collect())
    }
}

/// Who is asking.
#[derive(Debug, Clone)]
pub enum Caller {
    /// No credentials.
    Anonymous,
    /// A user, with what it may do everywhere.
    User(Arc<Principal>),
}

impl Caller {
    /// For whom work is done that this request asks for.
    pub fn party(&self, request: &RequestInfo) -> Party {
        match self {
            Self::User(principal) => Party::User(principal.user.id),
            Self::Anonymous => Party::at(request.address()),
        }
    }
}

/// An authenticated user and its rights.
#[derive(Debug, PartialEq)]
pub struct Principal {
    /// The account.
    pub user: User,
    /// Member of a superuser group, directly or through a parent group.
    pub superuser: bool,
    /// Roles of all its groups.
    pub roles: Vec<Uuid>,
    /// Global permissions, from the user itself and from its roles.
    pub permissions: HashSet<String>,
    /// What it was let in by; none for an account that is only looked at.
    pub credential: Option<Credential>,
}

impl Principal {
    /// Whether it holds a permission on everything.
    pub fn may(&self, permission: &str) -> bool {
        self.superuser || self.permissions.contains(permission)
    }
}

/// Facts of the request that are not input.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// Names the request in the log and in 500 bodies.
    pub id: String,
    /// `http` or `https`, as the client speaks.
    pub scheme: &'static str,
    /// Host and port, as the client wrote them, for the choice of the brand. Links are made by
    /// [`links`](super::links): the client may have written anything.
    pub host: String,
    /// The client's address.
    pub client_ip: Option<String>,
    /// The query parameters that were sent, with a value or without.
    pub query: Vec<(String, String)>,
    /// The headers, for the operation that shows them; nobody else is to go by what a client says of itself.
    pub headers: HeaderMap,
}

impl RequestInfo {
    fn address(&self) -> Option<IpAddr> {
        self.client_ip.as_ref().and_then(|address| address.parse().ok())
    }

    /// The network against which it counts that something in the request is wrong. None where only a trusted proxy is known,
    /// which has no more to do with it than with all other requests.
    pub fn suspect(&self, config: &Config) -> Option<Party> {
        let address = self.address();
        let shared = address.is_some_and(|address| config.trusts(address));
        (!shared).then(|| Party::at(address))
    }

    /// Whether a query parameter was sent at all, as in `?download`.
    pub fn has(&self, parameter: &str) -> bool {
        self.query.iter().any(|(name, _)| name == parameter)
    }
}

/// Something that happens when a request has changed what it was to change.
pub type AfterCommit = Box<dyn FnOnce() + Send + Sync>;

/// One request being answered. Handlers are the generated traits implemented for this type.
pub struct Context {
    /// The server.
    pub app: Arc<App>,
    /// Which operation.
    pub operation: &'static Operation,
    /// Who asks.
    pub caller: Caller,
    /// A read connection, or the request's one transaction.
    pub db: Conn,
    /// Facts of the request.
    pub request: Arc<RequestInfo>,
    /// The time at which the request began; everything it writes carries the same.
    pub now: DateTime<Utc>,
    /// What is answered in place of the handler's model, with its status: a file to save where the client asked for one.
    pub instead: Option<(u16, Output)>,
    /// What goes into the audit trail with the transaction.
    pub(super) events: Vec<Event>,
    /// The rows that the request has made: their tables and keys.
    pub(super) made: HashSet<(&'static str, String)>,
    /// What happens outside the database once the transaction is permanent, and not at all otherwise.
    pub after_commit: Vec<AfterCommit>,
    /// Whether the handler has narrowed what it touches to what the caller may touch. The dispatcher refuses the
    /// answer to a caller with rights on some objects only when nothing asked for them.
    pub(super) narrowed: bool,
}

impl Context {
    /// A context for one call.
    pub fn new(
        app: Arc<App>,
        operation: &'static Operation,
        caller: Caller,
        db: Conn,
        request: Arc<RequestInfo>,
    ) -> Self {
        let now = app.clock.now();
        Self {
            app,
            operation,
            caller,
            db,
            request,
            now,
            instead: None,
            events: vec![],
            made: HashSet::new(),
            after_commit: vec![],
            narrowed: false,
        }
    }

    /// The authenticated caller.
    ///
    /// # Errors
    /// 403 for an anonymous one.
    pub fn principal(&self) -> Result<Arc<Principal>, ApiError> {
        match &self.caller {
            Caller::User(principal) => Ok(principal.clone()),
            Caller::Anonymous => Err(ApiError::unauthenticated()),
        }
    }

    /// For whom work is done.
    pub fn party(&self) -> Party {
        self.caller.party(&self.request)
    }

    /// Turns the read connection of a GET into a transaction, for reads that leave a trace (a secret was viewed), or begins
    /// another one after [`Context::release`]. The caller is looked up again in it: what it may do may have ended
    /// meanwhile.
    ///
    /// # Errors
    /// When no connection can be had, and 403 as [`auth::confirm`].
    pub async fn begin(&mut self) -> Result<(), ApiError> {
        if !self.db.in_transaction() {
            // First given back: if all waited for a second connection while holding one, nobody would get any.
            self.release().await?;
            self.db = self.app.db.begin().await?;
            auth::confirm(self).await?;
        }
        Ok(())
    }

    /// Ends a transaction in which nothing was written and gives the connection back, so that nobody waits for it while
    /// something long is computed. [`Context::begin`] opens the next one.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn release(&mut self) -> Result<(), ApiError> {
        let read = self.app.db.read();
        Ok(std::mem::replace(&mut self.db, read).rollback().await?)
    }

    /// Whether the request has made a row, so that nobody else can know it yet.
    pub fn has_made(&self, table: &'static str, key: impl fmt::Display) -> bool {
        !self.made.is_empty() && self.made.contains(&(table, key.to_string()))
    }

    /// Reads a document before anything is written: beside the threads that answer requests, and while nobody waits for the
    /// connection.
    ///
    /// # Errors
    /// When too many documents are being read, the server is stopping, or no connection can be had.
    pub async fn aside<T: Send + 'static>(&mut self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        self.release().await?;
        let result = self.app.work.documents.compute(&self.party(), work).await?;
        self.begin().await?;
        Ok(result)
    }

    /// A new random UUID.
    pub fn uuid(&self) -> Uuid {
        self.app.random.uuid()
    }
}

impl From<Busy> for ApiError {
    fn from(Busy { retry_after, own }: Busy) -> Self {
        if own { Self::TooManyRequests { retry_after } } else { Self::Busy { retry_after } }
    }
}

impl From<Exceeded> for ApiError {
    fn from(Exceeded { retry_after }: Exceeded) -> Self {
        Self::TooManyFailures { retry_after }
    }
}

impl From<Undone> for ApiError {
    fn from(reason: Undone) -> Self {
        match reason {
            Undone::Busy(busy) => busy.into(),
            Undone::Stopped => Self::Timeout,
        }
    }
}
