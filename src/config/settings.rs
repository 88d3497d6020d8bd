//! All settings in one table. The README's table, `--help`, `vestibule config` and every complaint about a value are
//! made from it.

/// One setting: its names, what it means, what it is when nobody sets it.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name: `body-limit` is `VESTIBULE_BODY_LIMIT` in the environment.
    pub name: &'static str,
    /// Whether there is a command-line argument `--name` as well.
    pub argument: bool,
    /// What authentik calls the same setting.
    pub authentik: &'static [&'static str],
    /// The value as one would write it when nothing is set; empty where there is none.
    pub default: &'static str,
    /// What a value must be, as the end of "… is not".
    pub expected: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Whether the value is kept out of texts.
    pub secret: bool,
}

impl Setting {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("VESTIBULE_{}", self.name.replace('-', "_").to_uppercase())
    }

    /// The text for `--help`.
    pub fn help(&self) -> String {
        let default = if self.default.is_empty() { String::new() } else { format!(", default: {}", self.default) };
        format!("{} [env: {}{default}]", self.meaning, self.variable())
    }
}

/// Where the server listens.
pub const LISTEN: Setting = Setting {
    name: "listen",
    argument: true,
    authentik: &["AUTHENTIK_LISTEN__HTTP"],
    default: "127.0.0.1:9000",
    expected: "an address with a port, such as 127.0.0.1:9000 or [::]:9000",
    meaning: "Address and port to listen on",
    secret: false,
};

/// The data folder.
pub const DATA: Setting = Setting {
    name: "data",
    argument: true,
    authentik: &[],
    default: "./data",
    expected: "a folder",
    meaning: "Folder for what is kept in files: the SQLite database and media",
    secret: false,
};

/// The database.
pub const DATABASE: Setting = Setting {
    name: "database",
    argument: true,
    authentik: &[
        "AUTHENTIK_POSTGRESQL__HOST",
        "AUTHENTIK_POSTGRESQL__PORT",
        "AUTHENTIK_POSTGRESQL__NAME",
        "AUTHENTIK_POSTGRESQL__USER",
        "AUTHENTIK_POSTGRESQL__PASSWORD",
        "AUTHENTIK_POSTGRESQL__SSLMODE",
        "AUTHENTIK_POSTGRESQL__SSLROOTCERT",
        "AUTHENTIK_POSTGRESQL__SSLCERT",
        "AUTHENTIK_POSTGRESQL__SSLKEY",
        "AUTHENTIK_POSTGRESQL__DEFAULT_SCHEMA",
        "AUTHENTIK_POSTGRESQL__USE_PGBOUNCER",
        "AUTHENTIK_POSTGRESQL__USE_PGPOOL",
    ],
    default: "sqlite://DATA/vestibule.db",
    expected: "a database URL: sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/NAME",
    meaning: "URL of the database, SQLite or PostgreSQL; DATA is the data folder",
    secret: true,
};

/// Copies of the database for reading.
pub const READ_REPLICAS: Setting = Setting {
    name: "read-replicas",
    argument: false,
    authentik: &["AUTHENTIK_POSTGRESQL__READ_REPLICAS__0__HOST"],
    default: "",
    expected: "a list of PostgreSQL URLs, separated by commas, for a database that is PostgreSQL too",
    meaning: "URLs of read replicas of a PostgreSQL database, separated by commas; checked, but not used yet",
    secret: true,
};

/// What seals secrets in the database.
pub const SECRET_KEY: Setting = Setting {
    name: "secret-key",
    argument: false,
    authentik: &[],
    default: "",
    expected: "a secret of 32 characters or more, without spaces and commas, such as `openssl rand -base64 32` makes",
    meaning: "Key by which secrets in the database (private keys, tokens, passwords for other systems) are sealed; when \
              not set, they are not. It cannot be recovered",
    secret: true,
};

/// What sealed them before.
pub const SECRET_KEY_PREVIOUS: Setting = Setting {
    name: "secret-key-previous",
    argument: false,
    authentik: &[],
    default: "",
    expected: "a list of former values of VESTIBULE_SECRET_KEY, separated by commas",
    meaning: "Keys that sealed secrets before, separated by commas: the next start seals all anew, or no longer where \
              there is no new key",
    secret: true,
};

/// The first password of the administrator.
pub const BOOTSTRAP_PASSWORD: Setting = Setting {
    name: "bootstrap-password",
    argument: false,
    authentik: &["AUTHENTIK_BOOTSTRAP_PASSWORD"],
    default: "",
    expected: "a password",
    meaning: "Password of the administrator `akadmin`, used on first start only; generated and shown when not set",
    secret: true,
};

/// The first API token.
pub const BOOTSTRAP_TOKEN: Setting = Setting {
    name: "bootstrap-token",
    argument: false,
    authentik: &["AUTHENTIK_BOOTSTRAP_TOKEN"],
    default: "",
    expected: "a token: visible ASCII characters without spaces, so that it can be sent in a header",
    meaning: "API token of the administrator, used on first start only; generated and shown when not set",
    secret: true,
};

/// The e-mail address of the administrator.
pub const BOOTSTRAP_EMAIL: Setting = Setting {
    name: "bootstrap-email",
    argument: false,
    authentik: &["AUTHENTIK_BOOTSTRAP_EMAIL"],
    default: "root@example.com",
    expected: "an e-mail address",
    meaning: "E-mail address of the administrator, used on first start only",
    secret: false,
};

/// How much is logged.
pub const LOG_LEVEL: Setting = Setting {
    name: "log-level",
    argument: true,
    authentik: &["AUTHENTIK_LOG_LEVEL"],
    default: "info",
    expected: "one of trace, debug, info, warning, error, off",
    meaning: "How much is logged",
    secret: false,
};

/// How log lines look.
pub const LOG_FORMAT: Setting = Setting {
    name: "log-format",
    argument: true,
    authentik: &[],
    default: "text",
    expected: "one of text, json",
    meaning: "Log lines for people (text) or for machines (json); they go to standard error",
    secret: false,
};

/// The size of request bodies.
pub const BODY_LIMIT: Setting = Setting {
    name: "body-limit",
    argument: false,
    authentik: &[],
    default: "10MiB",
    expected: "a size, such as 10485760, 512KiB or 10MiB",
    meaning: "Largest request body; larger ones are answered with 413",
    secret: false,
};

/// How long a request may take.
pub const REQUEST_TIMEOUT: Setting = Setting {
    name: "request-timeout",
    argument: false,
    authentik: &[],
    default: "30s",
    expected: "a duration above zero, such as 500ms, 30s or 2m",
    meaning: "How long a request may take",
    secret: false,
};

/// How many connections there may be.
pub const MAX_CONNECTIONS: Setting = Setting {
    name: "max-connections",
    argument: false,
    authentik: &[],
    default: "2048",
    expected: "a number above zero",
    meaning: "How many connections there may be; the one idle longest makes room for another",
    secret: false,
};

/// How many connections an address may have.
pub const MAX_CONNECTIONS_PER_ADDRESS: Setting = Setting {
    name: "max-connections-per-address",
    argument: false,
    authentik: &[],
    default: "512",
    expected: "a number above zero",
    meaning: "How many connections one address may have that is not a trusted proxy's",
    secret: false,
};

/// How often credentials from one network may be wrong.
pub const FAILED_LOGINS_PER_MINUTE: Setting = Setting {
    name: "failed-logins-per-minute",
    argument: false,
    authentik: &[],
    default: "30",
    expected: "a number above zero",
    meaning: "How many wrong credentials may come from one network in a minute; further ones are answered with 429",
    secret: false,
};

/// How long a connection may do nothing.
pub const IDLE_TIMEOUT: Setting = Setting {
    name: "idle-timeout",
    argument: false,
    authentik: &[],
    default: "30s",
    expected: "a duration above zero, such as 500ms, 30s or 2m",
    meaning: "How long a connection may do nothing, and the headers of a request may take",
    secret: false,
};

/// How long an orderly end may take.
pub const SHUTDOWN_GRACE: Setting = Setting {
    name: "shutdown-grace",
    argument: false,
    authentik: &[],
    default: "10s",
    expected: "a duration above zero, such as 500ms, 30s or 2m",
    meaning: "How long requests may go on after the server was told to stop",
    secret: false,
};

/// Who may read the metrics.
pub const METRICS_TOKEN: Setting = Setting {
    name: "metrics-token",
    argument: false,
    authentik: &[],
    default: "",
    expected: "a token: visible ASCII characters without spaces, so that it can be sent in a header",
    meaning: "Bearer token for `/-/metrics/`; without one, a superuser's API token is needed",
    secret: true,
};

/// Whose forwarding headers are believed.
pub const TRUSTED_PROXIES: Setting = Setting {
    name: "trusted-proxies",
    argument: false,
    authentik: &["AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS"],
    default: "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fe80::/10,::1/128",
    expected: "a list of addresses or networks, such as 10.0.0.0/8,::1, separated by commas",
    meaning: "Proxies whose `X-Forwarded-*` headers are believed",
    secret: false,
};

/// Who may manage tenants.
pub const TENANTS_KEY: Setting = Setting {
    name: "tenants-key",
    argument: false,
    authentik: &["AUTHENTIK_TENANTS__API_KEY"],
    default: "",
    expected: "a token: visible ASCII characters without spaces, so that it can be sent in a header",
    meaning: "Bearer token for `/api/v3/tenants/`, which is not there when none is set",
    secret: true,
};

/// Blueprints as files.
pub const BLUEPRINTS: Setting = Setting {
    name: "blueprints",
    argument: false,
    authentik: &["AUTHENTIK_BLUEPRINTS_DIR"],
    default: "DATA/blueprints",
    expected: "a folder",
    meaning: "Folder of the blueprints that can be applied by their paths; DATA is the data folder",
    secret: false,
};

/// Uploaded files.
pub const MEDIA: Setting = Setting {
    name: "media",
    argument: false,
    authentik: &["AUTHENTIK_STORAGE__MEDIA__FILE__PATH"],
    default: "DATA/media",
    expected: "a folder",
    meaning: "Folder for uploaded icons and backgrounds; DATA is the data folder",
    secret: false,
};

/// Mail server (SMTP).
pub const EMAIL_HOST: Setting = Setting {
    name: "email--host",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__HOST"],
    default: "localhost",
    expected: "a host",
    meaning: "Mail server (SMTP)",
    secret: false,
};

/// Port of the mail server.
pub const EMAIL_PORT: Setting = Setting {
    name: "email--port",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__PORT"],
    default: "25",
    expected: "a port",
    meaning: "Port of the mail server",
    secret: false,
};

/// User name at the mail server.
pub const EMAIL_USERNAME: Setting = Setting {
    name: "email--username",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__USERNAME"],
    default: "",
    expected: "a user name",
    meaning: "User name at the mail server; none to send without",
    secret: false,
};

/// Password at the mail server.
pub const EMAIL_PASSWORD: Setting = Setting {
    name: "email--password",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__PASSWORD"],
    default: "",
    expected: "a password",
    meaning: "Password at the mail server",
    secret: true,
};

/// Whether mail is encrypted by STARTTLS.
pub const EMAIL_USE_TLS: Setting = Setting {
    name: "email--use-tls",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__USE_TLS"],
    default: "false",
    expected: "true or false",
    meaning: "Whether mail is encrypted by STARTTLS",
    secret: false,
};

/// Whether mail is encrypted from the beginning of the connection.
pub const EMAIL_USE_SSL: Setting = Setting {
    name: "email--use-ssl",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__USE_SSL"],
    default: "false",
    expected: "true or false",
    meaning: "Whether mail is encrypted from the beginning of the connection",
    secret: false,
};

/// How long to wait for the mail server.
pub const EMAIL_TIMEOUT: Setting = Setting {
    name: "email--timeout",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__TIMEOUT"],
    default: "30s",
    expected: "a duration above zero, such as 500ms, 30s or 2m",
    meaning: "How long to wait for the mail server",
    secret: false,
};

/// Sender of mail.
pub const EMAIL_FROM: Setting = Setting {
    name: "email--from",
    argument: false,
    authentik: &["AUTHENTIK_EMAIL__FROM"],
    default: "authentik@localhost",
    expected: "an e-mail address, or Name <address>",
    meaning: "Sender of mail",
    secret: false,
};

/// Where people reach the server.
pub const EXTERNAL_URL: Setting = Setting {
    name: "external-url",
    argument: false,
    authentik: &[],
    default: "",
    expected: "the address of a server: http:// or https://, a host, perhaps a port, and no path",
    meaning: "Address under which people reach the server, for links in answers and mail; when not set, the domains of the \
              brands decide",
    secret: false,
};

/// How sure SQLite is that a commit has reached the disk.
pub const SQLITE_SYNCHRONOUS: Setting = Setting {
    name: "sqlite-synchronous",
    argument: false,
    authentik: &[],
    default: "normal",
    expected: "normal or full",
    meaning: "What a power cut can take from an SQLite database: the last commits (normal) or nothing (full, slower)",
    secret: false,
};

/// All settings, in the order in which they are explained.
pub const SETTINGS: &[&Setting] = &[
    &LISTEN,
    &DATA,
    &DATABASE,
    &READ_REPLICAS,
    &SQLITE_SYNCHRONOUS,
    &SECRET_KEY,
    &SECRET_KEY_PREVIOUS,
    &BOOTSTRAP_PASSWORD,
    &BOOTSTRAP_TOKEN,
    &BOOTSTRAP_EMAIL,
    &LOG_LEVEL,
    &LOG_FORMAT,
    &BODY_LIMIT,
    &REQUEST_TIMEOUT,
    &MAX_CONNECTIONS,
    &MAX_CONNECTIONS_PER_ADDRESS,
    &FAILED_LOGINS_PER_MINUTE,
    &IDLE_TIMEOUT,
    &SHUTDOWN_GRACE,
    &METRICS_TOKEN,
    &TRUSTED_PROXIES,
    &EXTERNAL_URL,
    &MEDIA,
    &BLUEPRINTS,
    &TENANTS_KEY,
    &EMAIL_HOST,
    &EMAIL_PORT,
    &EMAIL_USERNAME,
    &EMAIL_PASSWORD,
    &EMAIL_USE_TLS,
    &EMAIL_USE_SSL,
    &EMAIL_TIMEOUT,
    &EMAIL_FROM,
];

/// The settings as a table in Markdown.
pub fn markdown() -> String {
    let mut table = String::from("| Setting | Default | Meaning | In authentik |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let argument = if setting.argument { format!("`--{}` ", setting.name) } else { String::new() };
        let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let authentik: Vec<String> = setting.authentik.iter().map(|name| format!("`{name}`")).collect();
        let names = format!("{argument}`{}`", setting.variable());
        table.push_str(&format!("| {names} | {default} | {} | {} |\n", setting.meaning, authentik.join(" ")));
    }
    table
}
