use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    read_with(&Arguments::default(), variables)
}

fn read_with(arguments: &Arguments, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(arguments, |name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
}

#[test]
fn nothing_needs_to_be_set() {
    let config = read(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(config.database, "sqlite://./data/vestibule.db");
    assert_eq!(config.media, PathBuf::from("./data/media"));
    assert_eq!((config.body_limit, config.request_timeout), (10 << 20, Duration::from_secs(30)));
    assert_eq!((config.log_level, config.log_format), (LevelFilter::INFO, LogFormat::Text));
    assert_eq!(config.trusted_proxies.len(), 6);
    assert!(config.read_replicas.is_empty() && config.metrics_token.is_none());
    assert!(config.bootstrap.password.is_none() && config.bootstrap.token.is_none());
    assert_eq!(config.bootstrap.email.as_deref(), Some("root@example.com"));
}

#[test]
fn the_nearest_name_wins() {
    let theirs = ("AUTHENTIK_LISTEN__HTTP", "0.0.0.0:1");
    let ours = ("VESTIBULE_LISTEN", "0.0.0.0:2");
    let argument = Arguments { listen: Some("0.0.0.0:3".into()), ..Arguments::default() };
    assert_eq!(read(&[theirs]).unwrap().listen.port(), 1);
    assert_eq!(read(&[theirs, ours]).unwrap().listen.port(), 2);
    assert_eq!(read(&[theirs, ("VESTIBULE_LISTEN", "")]).unwrap().listen.port(), 1);
    assert_eq!(read_with(&argument, &[theirs, ours]).unwrap().listen.port(), 3);
}

#[test]
fn the_database_comes_from_a_url_or_from_parts() {
    let theirs = [
        ("AUTHENTIK_POSTGRESQL__HOST", "db"),
        ("AUTHENTIK_POSTGRESQL__PASSWORD", "s3/cret"),
        ("AUTHENTIK_POSTGRESQL__READ_REPLICAS__0__HOST", "copy"),
    ];
    let config = read(&theirs).unwrap();
    assert_eq!(config.database, "postgres://authentik:s3%2Fcret@db:5432/authentik");
    assert_eq!(config.read_replicas, ["postgres://authentik:s3%2Fcret@copy:5432/authentik"]);
    let ours = ("VESTIBULE_DATABASE", "sqlite:///srv/v.db");
    let config = read(&[theirs[0], theirs[1], theirs[2], ours]).unwrap();
    assert_eq!(config.database, "sqlite:///srv/v.db");
    assert!(config.read_replicas.is_empty(), "replicas of another database");
    let config = read(&[("VESTIBULE_DATA", "/srv/v")]).unwrap();
    assert_eq!(config.database, "sqlite:///srv/v/vestibule.db");
    assert_eq!(config.media, PathBuf::from("/srv/v/media"));
}

#[test]
fn values_may_be_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "from a file\n").unwrap();
    let pointer = format!("file://{}", file.display());
    let missing = format!("file://{}/missing", folder.path().display());
    let password = |value: &str| {
        read(&[("AUTHENTIK_BOOTSTRAP_PASSWORD", value), ("OTHER", "from a variable")]).map(|c| c.bootstrap.password)
    };
    assert_eq!(password(&pointer).unwrap().as_deref(), Some("from a file"));
    assert_eq!(password("env://OTHER").unwrap().as_deref(), Some("from a variable"));
    assert_eq!(password("env://NONE?otherwise").unwrap().as_deref(), Some("otherwise"));
    assert_eq!(password(&format!("{missing}?otherwise")).unwrap().as_deref(), Some("otherwise"));
    assert_eq!(password(" as it is ").unwrap().as_deref(), Some(" as it is "));
    let error = password(&missing).unwrap_err().to_string();
    assert!(error.starts_with("AUTHENTIK_BOOTSTRAP_PASSWORD: ") && error.contains("cannot be read"), "{error}");
    let error = password("env://NONE").unwrap_err().to_string();
    assert!(error.contains("the variable NONE is not set"), "{error}");
}

#[test]
fn a_bad_value_is_named_with_what_is_expected() {
    let anything = ["blueprints", "data", "media", "bootstrap-password", "email--password"];
    for setting in SETTINGS.iter().filter(|s| !anything.contains(&s.name)) {
        let bad = "\u{1}?";
        let error = read(&[(&setting.variable(), bad)]).unwrap_err().to_string();
        assert!(error.starts_with(&setting.variable()) && error.contains(setting.expected), "{error}");
        assert_eq!(error.contains("\\u{1}?"), !setting.secret, "{error}");
    }
    let error = read(&[("AUTHENTIK_LOG_LEVEL", "loud")]).unwrap_err().to_string();
    assert_eq!(error, "AUTHENTIK_LOG_LEVEL: \"loud\" is not one of trace, debug, info, warning, error, off.");
    let error = read(&[("VESTIBULE_READ_REPLICAS", "postgres://copy/x")]).unwrap_err().to_string();
    assert!(error.contains("for a database that is PostgreSQL too"), "{error}");
}

#[test]
fn secrets_are_not_printed() {
    let variables = [
        ("VESTIBULE_BOOTSTRAP_TOKEN", "hush"),
        ("VESTIBULE_METRICS_TOKEN", "hush"),
        ("VESTIBULE_DATABASE", "postgres://u:hush@h/d"),
    ];
    let shown = format!("{:?}", read(&variables).unwrap());
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn proxies_are_trusted_by_network() {
    let config = read(&[]).unwrap();
    for (peer, trusted) in [("127.0.0.9", true), ("::ffff:10.1.2.3", true), ("::1", true), ("8.8.8.8", false)] {
        assert_eq!(config.trusts(peer.parse().unwrap()), trusted, "{peer}");
    }
}

#[test]
fn the_table_names_every_setting_once() {
    let table = markdown();
    for setting in SETTINGS {
        assert_eq!(table.matches(&format!("`{}`", setting.variable())).count(), 1, "{table}");
    }
    assert!(table.contains("| `--listen` `VESTIBULE_LISTEN` | `127.0.0.1:9000` |"), "{table}");
}

#[test]
fn a_commit_of_sqlite_may_be_made_sure_of() {
    let full = ("VESTIBULE_SQLITE_SYNCHRONOUS", "full");
    assert_eq!(read(&[full]).unwrap().database, "sqlite://./data/vestibule.db?synchronous=full");
    let postgres = ("VESTIBULE_DATABASE", "postgres://h/d");
    assert_eq!(read(&[full, postgres]).unwrap().database, "postgres://h/d");
}

#[test]
fn what_others_have_rights_to_is_named() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = read(&[("VESTIBULE_DATA", data.to_str().unwrap()), ("VESTIBULE_SQLITE_SYNCHRONOUS", "full")]).unwrap();
    assert!(config.exposed().is_empty(), "nothing is there yet");
    fs::create_dir_all(data.join("media")).unwrap();
    let names = ["media", "vestibule.db", "vestibule.db-shm", "vestibule.db-wal", "vestibule.lock"];
    for name in &names[1..] {
        fs::write(data.join(name), "").unwrap();
    }
    let mode = |mode: u32, path: &std::path::Path| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o755, &data);
    names.iter().for_each(|name| mode(0o740, &data.join(name)));
    let mut expected = vec![data.clone()];
    expected.extend(names.iter().map(|name| data.join(name)));
    assert_eq!(config.exposed(), expected);
    mode(0o700, &data);
    names.iter().for_each(|name| mode(0o600, &data.join(name)));
    assert!(config.exposed().is_empty());
}
