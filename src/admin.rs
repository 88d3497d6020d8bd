//! `vestibule admin`: the way back in, for whoever has the machine.
//!
//! Who may run these commands may read the database, so they ask nobody for permission. They do what the API does, by its own
//! functions and with its events, which name no user. Servers on the same database may be running.

use crate::{
    api::{
        context::{App, Caller, Context, RequestInfo},
        core::{
            groups::Groups,
            tokens::Tokens,
            users::{self, Users},
        },
        events,
        resource::Resource,
    },
    bootstrap::{self, ADMINISTRATOR, ADMINISTRATORS, Notice},
    config::{Arguments, Config, duration},
    domain::{password, work::Party},
    server,
    store::{
        Db, DbError, Entity,
        membership::{Memberships, USERS_OF_GROUP},
        table,
        tables::{Group, User},
        users::Account,
    },
};
use chrono::TimeDelta;
use serde_json::json;
use std::{
    fmt::Display,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use vestibule_api::{ApiError, OPERATIONS, models::UserTypeEnum, schemas};

/// What there is to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a superuser, with a password and an API token that are shown once
    CreateSuperuser(CreateSuperuser),
    /// Make a link with which a user sets a new password; it makes earlier ones useless
    RecoveryLink(RecoveryLink),
}

/// Who becomes a superuser.
#[derive(Debug, clap::Args)]
pub struct CreateSuperuser {
    /// Name of the user
    #[arg(long, value_name = "NAME", default_value = ADMINISTRATOR)]
    username: String,
    /// E-mail address of the user
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// File with the password, in place of a random one; the end of its line does not count
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Take a user that exists: activate it and give it the rights and a token. It keeps its password unless a file has one
    #[arg(long)]
    existing: bool,
    #[command(flatten)]
    settings: Arguments,
}

/// Who gets a link.
#[derive(Debug, clap::Args)]
pub struct RecoveryLink {
    /// Name of the user
    username: String,
    /// How long the link works, such as 30m or 24h; as the settings of the instance say when left out
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    valid_for: Option<Duration>,
    #[command(flatten)]
    settings: Arguments,
}

fn parse_duration(text: &str) -> Result<Duration, &'static str> {
    duration(text).ok_or("a duration is a number above zero with ms, s, m or h")
}

impl Command {
    /// The settings that were given, which are those of `vestibule serve`.
    pub fn settings(&self) -> &Arguments {
        match self {
            Self::CreateSuperuser(CreateSuperuser { settings, .. })
            | Self::RecoveryLink(RecoveryLink { settings, .. }) => settings,
        }
    }
}

/// Does it and says what to show.
///
/// # Errors
/// A text that says what to do; nothing was changed then.
pub async fn run(config: Config, command: Command) -> Result<String, String> {
    let new = "There is no installation in this database. Are --data and --database those of the server? It makes one when \
               it starts for the first time, with a superuser.";
    if Db::is_new(&config.database) {
        return Err(new.to_owned());
    }
    let app = Arc::new(server::open(config).await?);
    let done = match bootstrap::is_done(&app).await {
        Ok(true) => match command {
            Command::CreateSuperuser(wanted) => create_superuser(&app, wanted).await,
            Command::RecoveryLink(wanted) => recovery_link(&app, wanted).await,
        },
        Ok(false) => Err(new.to_owned()),
        Err(error) => Err(failed(error)),
    };
    app.db.close().await;
    done
}

fn failed(reason: impl Display) -> String {
    format!("Nothing was changed: {reason}.")
}

fn refused(error: ApiError) -> String {
    let body = error.body("-");
    failed(match &error {
        ApiError::Internal(text) => text,
        _ => body["detail"].as_str().unwrap_or("it was refused"),
    })
}

/// A transaction in which nobody in particular does something.
async fn begin(app: &Arc<App>, operation: &str) -> Result<Context, String> {
    let operation = OPERATIONS.iter().find(|known| known.id == operation);
    let operation = operation.ok_or_else(|| failed(format!("{operation:?} is no operation")))?;
    // Links lead where the server listens, unless something better is known.
    let request = RequestInfo { scheme: "http", host: app.config.listen.to_string(), ..RequestInfo::default() };
    let conn = app.db.begin().await.map_err(failed)?;
    Ok(Context::new(app.clone(), operation, Caller::Anonymous, conn, Arc::new(request)))
}

/// Makes what was done permanent, with its events.
async fn commit(mut ctx: Context) -> Result<(), String> {
    events::store(&mut ctx).await.map_err(refused)?;
    ctx.db.commit().await.map_err(failed)
}

async fn create_superuser(app: &Arc<App>, wanted: CreateSuperuser) -> Result<String, String> {
    let CreateSuperuser { username, email, password_file, existing, settings: _ } = wanted;
    let sent = json!({ "username": username, "email": email.as_deref().unwrap_or("") });
    let checked = schemas::PATCHED_USER_REQUEST.check(sent);
    let checked = checked.map_err(|errors| failed(format!("this is no user: {}", errors.to_json())))?;
    let text = |field: &str| checked[field].as_str().unwrap_or_default().to_owned();
    let (username, email) = (text("username"), email.map(|_| text("email")));
    let given = password_file.as_deref().map(read_password).transpose()?;
    let password = given.clone().unwrap_or_else(|| bootstrap::new_password(&app.random));
    // Before the transaction: it takes long, and servers may be waiting.
    let hash = password::hash_async(&app.work, &Party::Server, password.clone(), &app.random).await.map_err(failed)?;

    let mut ctx = begin(app, "core_users_create").await?;
    let known: Option<User> = table::find(&mut ctx.db, "username", username.as_str()).await.map_err(failed)?;
    let shown = match (&known, &given) {
        (Some(_), None) => "as it was",
        (_, Some(_)) => "as given in the file",
        (None, None) => &password,
    };
    let user = match known {
        Some(user) if existing => admit(&mut ctx, user, email, given.and(Some(hash))).await?,
        Some(_) => {
            let advice = "--existing makes it a superuser, or choose another --username";
            return Err(failed(format!("there is a user {username:?} already; {advice}")));
        }
        None => {
            let mut user = bootstrap::new_user(&app.random, username.clone(), hash, ctx.now);
            (user.name, user.email) = (username, email.unwrap_or_default());
            user.insert(&mut ctx.db).await.map_err(failed)?;
            record(&mut ctx, events::CREATED, user)
        }
    };
    give_rights(&mut ctx, &user).await.map_err(failed)?;
    let identifier = format!("vestibule-admin-{}", app.random.text(12).to_lowercase());
    let mut token =
        bootstrap::new_token(&app.random, identifier, "Made by `vestibule admin create-superuser`", user.id);
    token.insert(&mut ctx.db).await.map_err(failed)?;
    events::record(&mut ctx, events::CREATED, Tokens::MODEL, Tokens::pk(&token), Tokens::label(&token));
    commit(ctx).await?;
    let heading = "The user is a superuser. This is shown once:";
    let (listen, username, token) = (app.config.listen, user.username.as_str(), token.key.0.as_str());
    Ok(format!("{}\n", Notice { heading, listen, username, password: shown, token }))
}

/// The password in a file.
fn read_password(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|e| failed(format!("{} cannot be read: {e}", path.display())))?;
    let password = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if password.is_empty() {
        return Err(failed(format!("there is no password in {}", path.display())));
    }
    Ok(password.to_owned())
}

/// Lets a user in that exists.
async fn admit(ctx: &mut Context, mut user: User, email: Option<String>, hash: Option<String>) -> Result<User, String> {
    if user.r#type == UserTypeEnum::InternalServiceAccount.as_str() {
        return Err(failed(format!("{:?} belongs to the server; choose another --username", user.username)));
    }
    user.is_active = true;
    user.email = email.unwrap_or(user.email);
    if let Some(hash) = hash {
        user.password = hash.into();
        user.password_change_date = ctx.now;
    }
    user.update(&mut ctx.db).await.map_err(failed)?;
    Ok(record(ctx, events::UPDATED, user))
}

fn record(ctx: &mut Context, action: &str, user: User) -> User {
    let account = Account::from(user);
    events::record(ctx, action, Users::MODEL, Users::pk(&account), Users::label(&account));
    account.user
}

/// Puts a user into a group that makes superusers, unless it is in one.
async fn give_rights(ctx: &mut Context, user: &User) -> Result<(), DbError> {
    if Memberships::of(&mut ctx.db, vec![user.id]).await?.is_superuser(user.id) {
        return Ok(());
    }
    let mut groups = table::find_all::<Group>(&mut ctx.db, "is_superuser", [true]).await?;
    // The one that the first start made, if it still is one.
    groups.sort_by(|a, b| (a.name != ADMINISTRATORS, &a.name).cmp(&(b.name != ADMINISTRATORS, &b.name)));
    let (action, group) = match groups.into_iter().next() {
        Some(group) => (events::UPDATED, group),
        None => (events::CREATED, make_group(ctx).await?),
    };
    USERS_OF_GROUP.add(&mut ctx.db, group.id, user.id).await?;
    events::record(ctx, action, Groups::MODEL, Groups::pk(&group), Groups::label(&group));
    Ok(())
}

/// A group that makes superusers, beside one that has its name and does not.
async fn make_group(ctx: &mut Context) -> Result<Group, DbError> {
    let taken = table::find::<Group>(&mut ctx.db, "name", ADMINISTRATORS).await?.is_some();
    let name = if taken { format!("{ADMINISTRATORS} {}", ctx.app.random.text(6)) } else { ADMINISTRATORS.to_owned() };
    let mut group = Group { id: ctx.uuid(), name, is_superuser: true, ..Group::default() };
    group.insert(&mut ctx.db).await?;
    Ok(group)
}

async fn recovery_link(app: &Arc<App>, wanted: RecoveryLink) -> Result<String, String> {
    let RecoveryLink { username, valid_for, settings: _ } = wanted;
    let valid_for = match valid_for.map(TimeDelta::from_std).transpose() {
        Ok(valid_for) if valid_for.is_none_or(|time| app.clock.now().checked_add_signed(time).is_some()) => valid_for,
        _ => return Err(failed("--valid-for is longer than any time")),
    };
    let mut ctx = begin(app, "core_users_recovery_create").await?;
    let user: Option<User> = table::find(&mut ctx.db, "username", username.as_str()).await.map_err(failed)?;
    let user = user.ok_or_else(|| failed(format!("there is no user {username:?}")))?;
    let instead = format!("`vestibule admin create-superuser --existing --username {username}`");
    let (link, token) = match users::recovery_link(&mut ctx, &user, valid_for).await {
        Ok(made) => made,
        Err(ApiError::Validation(_)) => {
            return Err(failed(format!(
                "no brand has a recovery flow that a link could lead to (`flow_recovery`). For an administrator, {instead} \
                 makes a token"
            )));
        }
        Err(error) => return Err(refused(error)),
    };
    let secret = events::reference(Tokens::MODEL, Tokens::pk(&token), Tokens::label(&token));
    events::emit(&mut ctx, "secret_rotate", Tokens::MODEL.app, json!({ "secret": secret }));
    commit(ctx).await?;
    let until = token.expires.map_or(String::new(), |expires| expires.format("%Y-%m-%d %H:%M UTC").to_string());
    Ok(format!(
        "{link}\n\nThis link works until {until}. Until this version runs flows in the browser, the page it leads to is \
         missing; for an administrator, {instead} makes a token.\n"
    ))
}
