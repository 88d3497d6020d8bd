//! Mails: written down in the transaction of the request that wants them, sent afterwards.
//!
//! A mail that cannot be sent is tried again, each time after twice as long. It leaves the database when a server has taken
//! it; one that was on its way when this process ended is sent again rather than lost. After [`TRIES`] it is given up,
//! which the log and the metrics say.

use crate::{
    api::context::{App, Context},
    domain::mail::{self, Server},
    store::{
        DbError, Entity,
        column::Ref,
        mails, table,
        tables::{EmailStage, Mail},
    },
};
use chrono::TimeDelta;
use sea_query::{Expr, ExprTrait};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// How often a mail is tried: over eight hours.
pub const TRIES: i64 = 10;

/// How long after the first try the second one follows.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// The longest that a stage may wait for its server. A try takes no longer than some times this, so nobody else has the
/// mail meanwhile.
const LONGEST: Duration = Duration::from_secs(30);

/// Writes a mail down and sends it once the transaction is permanent.
///
/// # Errors
/// When the statement fails.
pub async fn post(ctx: &mut Context, stage: &EmailStage, letter: mail::Mail) -> Result<(), DbError> {
    let mail::Mail { name, address, subject, text, html } = letter;
    let mut row = Mail {
        id: ctx.uuid(),
        stage: Ref(stage.id),
        recipient_name: name,
        address,
        subject,
        body_text: text.into(),
        body_html: html.into(),
        created: ctx.now,
        due: ctx.now,
        attempts: 0,
    };
    row.insert(&mut ctx.db).await?;
    let app = ctx.app.clone();
    ctx.after_commit.push(Box::new(move || drop(tokio::spawn(send_and_tell(app)))));
    Ok(())
}

/// Sends what is due. What fails is in the log.
pub async fn send_and_tell(app: Arc<App>) {
    if let Err(error) = send(&app).await {
        tracing::error!(%error, "mails cannot be sent; tried again later");
    }
}

/// Sends the mails that are due. How many there were, taken by a server or not.
///
/// # Errors
/// When a statement fails. What was sent stays sent.
pub async fn send(app: &App) -> Result<usize, DbError> {
    let mut tried = 0;
    // Those of this moment, so that it comes to an end.
    let now = app.clock.now();
    while let Some(due) = mails::due(&mut app.db.primary(), now).await? {
        let mut conn = app.db.begin().await?;
        let claimed = mails::claim(&mut conn, &due, now + wait(due.attempts)).await?;
        conn.commit().await?;
        if claimed {
            deliver(app, due).await?;
            tried += 1;
        }
    }
    Ok(tried)
}

/// How long after a try the next one follows.
fn wait(attempts: i64) -> TimeDelta {
    FIRST_WAIT * 2_i32.pow(u32::try_from(attempts.clamp(0, TRIES)).unwrap_or_default())
}

async fn deliver(app: &App, row: Mail) -> Result<(), DbError> {
    let Mail { id, stage, recipient_name, address, subject, body_text, body_html, attempts, created, .. } = row;
    let Some(server) = server(app, stage.0).await? else { return Ok(()) };
    let letter = mail::Mail { name: recipient_name, address, subject, text: body_text.0, html: body_html.0 };
    match mail::send(&server, letter).await {
        Ok(()) => tracing::info!(mail = %id, "a mail was sent"),
        Err(reason) if attempts + 1 < TRIES => {
            tracing::warn!(mail = %id, attempts = attempts + 1, reason, "a mail could not be sent; tried again later");
            return Ok(());
        }
        Err(reason) => {
            metrics::counter!("vestibule_mails_lost_total").increment(1);
            tracing::error!(mail = %id, since = %created, reason, "a mail could not be sent and is given up");
        }
    }
    let mut conn = app.db.begin().await?;
    table::delete::<Mail>(&mut conn, id).await?;
    conn.commit().await
}

/// Through which server a stage sends. None for a stage that is gone, and its mails with it.
async fn server(app: &App, stage: Uuid) -> Result<Option<Server>, DbError> {
    let mut select = EmailStage::select();
    select.and_where(Expr::col(("stages", "id")).eq(stage));
    let Some(stage) = app.db.primary().optional::<EmailStage>(&select).await? else { return Ok(None) };
    if stage.use_global_settings {
        let server = app.config.email.clone();
        return Ok(Some(Server { timeout: server.timeout.min(LONGEST), ..server }));
    }
    let EmailStage { host, port, username, password, use_tls, use_ssl, timeout, from_address: from, .. } = stage;
    let timeout = Duration::from_secs(u64::try_from(timeout).ok().filter(|timeout| *timeout > 0).unwrap_or(10));
    Ok(Some(Server {
        host,
        port: u16::try_from(port).unwrap_or_default(),
        username,
        password: password.0,
        use_tls,
        use_ssl,
        timeout: timeout.min(LONGEST),
        from,
    }))
}
