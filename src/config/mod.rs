//! Settings: from the command line, `VESTIBULE_*`, the `AUTHENTIK_*` variable of the same meaning, or the default.
//!
//! [`SETTINGS`] lists them all. A value `file:///path` stands for the content of the file and `env://NAME` for another
//! variable; after `?` may follow what to use when that one is missing. An empty variable counts as not set.

mod exposed;
mod parse;
mod postgres;
mod settings;

pub(crate) use parse::duration;
pub use settings::*;

use crate::{domain::mail, store::FULL};
use ipnet::IpNet;
use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};
use tracing::level_filters::LevelFilter;

/// What the command line says; everything it leaves out comes from elsewhere.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Arguments {
    /// See [`LISTEN`].
    #[arg(long, value_name = "ADDRESS", help = LISTEN.help())]
    pub listen: Option<String>,
    /// See [`DATA`].
    #[arg(long, value_name = "FOLDER", help = DATA.help())]
    pub data: Option<String>,
    /// See [`DATABASE`].
    #[arg(long, value_name = "URL", help = DATABASE.help())]
    pub database: Option<String>,
    /// See [`LOG_LEVEL`].
    #[arg(long, value_name = "LEVEL", help = LOG_LEVEL.help())]
    pub log_level: Option<String>,
    /// See [`LOG_FORMAT`].
    #[arg(long, value_name = "FORMAT", help = LOG_FORMAT.help())]
    pub log_format: Option<String>,
}

impl Arguments {
    fn get(&self, setting: &Setting) -> Option<&str> {
        match setting.name {
            "listen" => self.listen.as_deref(),
            "data" => self.data.as_deref(),
            "database" => self.database.as_deref(),
            "log-level" => self.log_level.as_deref(),
            "log-format" => self.log_format.as_deref(),
            _ => None,
        }
    }
}

/// The settings of a server.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// URL of the database. May hold a password.
    pub database: String,
    /// URLs of read replicas.
    pub read_replicas: Vec<String>,
    /// What seals secrets in the database.
    pub secret_key: Option<String>,
    /// What sealed them before.
    pub secret_key_previous: Vec<String>,
    /// What the first start creates.
    pub bootstrap: Bootstrap,
    /// How much is logged.
    pub log_level: LevelFilter,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Largest request body in bytes.
    pub body_limit: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How many connections there may be.
    pub max_connections: usize,
    /// How many of them from one address.
    pub max_connections_per_address: usize,
    /// How many wrong credentials may come from one network in a minute.
    pub failed_logins_per_minute: usize,
    /// How long a connection may do nothing.
    pub idle_timeout: Duration,
    /// How long requests may go on after the server was told to stop.
    pub shutdown_grace: Duration,
    /// Who may read the metrics.
    pub metrics_token: Option<String>,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where people reach the server: `scheme://host`, with a port if it is not the usual one.
    pub external_url: Option<String>,
    /// Uploaded files.
    pub media: PathBuf,
    /// Blueprints as files.
    pub blueprints: PathBuf,
    /// Who may manage tenants.
    pub tenants_key: Option<String>,
    /// The mail server.
    pub email: mail::Server,
    /// Where Plex is. No setting: tests put in their own.
    pub plex_url: String,
}

/// What the first start gives the administrator.
#[derive(Clone, Default)]
pub struct Bootstrap {
    /// The password; a random one when `None`.
    pub password: Option<String>,
    /// The key of the API token; a random one when `None`.
    pub token: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A setting that cannot be used. The text names it, says what it is, and what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    name: String,
    value: Option<String>,
    expected: String,
}

impl ConfigError {
    /// A value that is not what it should be; `None` for a value that must not be shown.
    fn new(name: String, value: Option<String>, expected: impl Into<String>) -> Self {
        Self { name, value, expected: expected.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}: {value:?} is not {}.", self.name, self.expected),
            None => write!(f, "{}: the value (not shown) is not {}.", self.name, self.expected),
        }
    }
}

impl std::error::Error for ConfigError {}

/// A value and the name under which it was found.
struct Found {
    name: String,
    value: String,
}

/// Where values come from.
struct Source<'a> {
    arguments: &'a Arguments,
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Source<'_> {
    /// The value of a setting from the command line or the variables that mean it.
    fn find(&self, setting: &Setting) -> Result<Option<Found>, ConfigError> {
        let name = format!("--{}", setting.name);
        if let Some(value) = self.arguments.get(setting) {
            return Ok(Some(Found { value: self.follow(setting, &name, value)?, name }));
        }
        let own = setting.variable();
        for name in std::iter::once(own.as_str()).chain(setting.authentik.iter().copied()) {
            if let Some(value) = self.environment(setting, name)? {
                return Ok(Some(Found { name: name.to_owned(), value }));
            }
        }
        Ok(None)
    }

    /// The value of a variable, followed to where it points; an empty one counts as not set.
    fn environment(&self, setting: &Setting, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = (self.lookup)(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        Ok(Some(self.follow(setting, name, &value)?).filter(|value| !value.is_empty()))
    }

    /// Replaces `file:///path?otherwise` and `env://NAME?otherwise` by what they stand for.
    fn follow(&self, setting: &Setting, name: &str, value: &str) -> Result<String, ConfigError> {
        let pointer = |rest: &str| match rest.split_once('?') {
            Some((place, otherwise)) => (place.to_owned(), Some(otherwise.to_owned())),
            None => (rest.to_owned(), None),
        };
        let failed = |reason: String| {
            ConfigError::new(name.to_owned(), Some(value.to_owned()), format!("{} ({reason})", setting.expected))
        };
        if let Some(rest) = value.strip_prefix("file://") {
            let (path, otherwise) = pointer(rest);
            return match (std::fs::read_to_string(&path), otherwise) {
                (Ok(content), _) => Ok(content.trim().to_owned()),
                (Err(_), Some(otherwise)) => Ok(otherwise),
                (Err(error), None) => Err(failed(format!("{path} cannot be read: {error}"))),
            };
        }
        if let Some(rest) = value.strip_prefix("env://") {
            let (variable, otherwise) = pointer(rest);
            return (self.lookup)(&variable)
                .or(otherwise)
                .ok_or_else(|| failed(format!("the variable {variable} is not set")));
        }
        Ok(value.to_owned())
    }

    /// The value of a setting as what it should be, if it is set.
    fn optional<T>(&self, setting: &Setting, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(setting)? else { return Ok(None) };
        match parse(found.value.trim()) {
            Some(value) => Ok(Some(value)),
            None => {
                let shown = (!setting.secret).then_some(found.value);
                Err(ConfigError::new(found.name, shown, setting.expected))
            }
        }
    }

    /// The value of a setting as what it should be, or the default.
    fn value<T>(&self, setting: &Setting, parse: impl Fn(&str) -> Option<T>) -> Result<T, ConfigError> {
        match self.optional(setting, &parse)? {
            Some(value) => Ok(value),
            None => parse(setting.default)
                .ok_or_else(|| ConfigError::new(setting.variable(), Some(setting.default.into()), setting.expected)),
        }
    }
}

impl Config {
    /// Reads all settings. `lookup` gives the value of an environment variable.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(arguments: &Arguments, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let source = Source { arguments, lookup: &lookup };
        let path = |text: &str| (!text.is_empty()).then(|| PathBuf::from(text));
        let data = source.value(&DATA, path)?;
        let in_data = |setting: &Setting| setting.default.replacen("DATA", &data.to_string_lossy(), 1);

        // The parts of authentik's database setting make one URL, so they do not stand for themselves.
        let whole = Setting { authentik: &[], ..DATABASE };
        let full = source.value(&SQLITE_SYNCHRONOUS, |text| match text {
            "normal" => Some(false),
            "full" => Some(true),
            _ => None,
        })?;
        let (mut database, mut read_replicas) = match source.optional(&whole, parse::database)? {
            Some(url) => (url, vec![]),
            None => postgres::from_parts(&source)?.unwrap_or_else(|| (in_data(&DATABASE), vec![])),
        };
        let postgres = parse::is_postgres(&database);
        if full && !postgres {
            database.push_str(FULL);
        }
        let urls = |text: &str| {
            let urls: Vec<String> = parse::list(text).map(str::to_owned).collect();
            (postgres && urls.iter().all(|url| parse::is_postgres(url))).then_some(urls)
        };
        if let Some(urls) = source.optional(&Setting { authentik: &[], ..READ_REPLICAS }, urls)? {
            read_replicas = urls;
        }
        Ok(Self {
            listen: source.value(&LISTEN, parse::listen)?,
            database,
            read_replicas,
            secret_key: source.optional(&SECRET_KEY, parse::secret_key)?,
            secret_key_previous: source
                .optional(&SECRET_KEY_PREVIOUS, |keys| parse::list(keys).map(parse::secret_key).collect())?
                .unwrap_or_default(),
            bootstrap: Bootstrap {
                // As it is: a password may begin or end with a space.
                password: source.find(&BOOTSTRAP_PASSWORD)?.map(|found| found.value),
                token: source.optional(&BOOTSTRAP_TOKEN, parse::token)?,
                email: Some(source.value(&BOOTSTRAP_EMAIL, parse::email)?),
            },
            log_level: source.value(&LOG_LEVEL, parse::level)?,
            log_format: source.value(&LOG_FORMAT, |text| match text {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?,
            body_limit: source.value(&BODY_LIMIT, parse::size)?,
            request_timeout: source.value(&REQUEST_TIMEOUT, parse::duration)?,
            max_connections: source.value(&MAX_CONNECTIONS, parse::count)?,
            max_connections_per_address: source.value(&MAX_CONNECTIONS_PER_ADDRESS, parse::count)?,
            failed_logins_per_minute: source.value(&FAILED_LOGINS_PER_MINUTE, parse::count)?,
            idle_timeout: source.value(&IDLE_TIMEOUT, parse::duration)?,
            shutdown_grace: source.value(&SHUTDOWN_GRACE, parse::duration)?,
            metrics_token: source.optional(&METRICS_TOKEN, parse::token)?,
            trusted_proxies: source.value(&TRUSTED_PROXIES, parse::networks)?,
            external_url: source.optional(&EXTERNAL_URL, parse::external_url)?,
            email: mail::Server {
                host: source.value(&EMAIL_HOST, parse::text)?,
                port: source.value(&EMAIL_PORT, |text| text.parse().ok())?,
                username: source.optional(&EMAIL_USERNAME, parse::text)?.unwrap_or_default(),
                password: source.find(&EMAIL_PASSWORD)?.map(|found| found.value).unwrap_or_default(),
                use_tls: source.value(&EMAIL_USE_TLS, parse::truth)?,
                use_ssl: source.value(&EMAIL_USE_SSL, parse::truth)?,
                timeout: source.value(&EMAIL_TIMEOUT, parse::duration)?,
                from: source.value(&EMAIL_FROM, parse::sender)?,
            },
            plex_url: "https://plex.tv".to_owned(),
            media: source.optional(&MEDIA, path)?.unwrap_or_else(|| in_data(&MEDIA).into()),
            blueprints: source.optional(&BLUEPRINTS, path)?.unwrap_or_else(|| in_data(&BLUEPRINTS).into()),
            tenants_key: source.optional(&TENANTS_KEY, parse::token)?,
            data,
        })
    }

    /// Whether forwarding headers of this peer are believed.
    pub fn trusts(&self, peer: std::net::IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&peer.to_canonical()))
    }
}

/// Passwords and tokens stay out of logs.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).field("data", &self.data).finish_non_exhaustive()
    }
}

impl fmt::Debug for Bootstrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bootstrap").field("email", &self.email).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
