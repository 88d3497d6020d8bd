//! `/events/transports/`: how notifications travel.

use crate::{
    api::{
        context::{App, Context},
        expressions::{self, Subject},
        fields::{Writer, completes, fields},
        resource::{self, Model, Resource, Unique},
    },
    domain::{
        expression::{self, Purpose, Task},
        mail,
        notification::Letter,
        outgoing,
        work::Party,
    },
    store::{
        Entity,
        column::Ref,
        table,
        tables::{NotificationMapping, NotificationTransport},
    },
};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, EventsTransports, events_transports,
    models::{NotificationTransportModeEnum as Mode, NotificationTransportTest},
};

/// How much of what another server said is shown, in characters.
const SHOWN: usize = 16 * 1024;

/// The longest that the mail server is waited for.
const LONGEST: Duration = Duration::from_secs(10);

impl Resource for events_transports::Family {
    type Row = NotificationTransport;

    const MODEL: Model =
        Model { app: "authentik_events", name: "notificationtransport", verbose: "Notification Transport" };
    const SEARCH: &'static [&'static str] = &["name", "mode", "webhook_url"];
    const UNIQUE: &'static [Unique] = &[("name", "name", "Notification Transport with this name already exists.")];

    fields!(events_transports, named);

    fn label(row: &NotificationTransport) -> String {
        format!("Notification Transport {}", row.name)
    }

    fn name(row: &NotificationTransport) -> String {
        row.name.clone()
    }

    async fn check(
        _: &mut Context,
        row: &mut NotificationTransport,
        _: Option<&NotificationTransport>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if row.webhook_url.is_empty() {
            if is_webhook(row) {
                to.errors.add("webhook_url", "Webhook URL may not be empty.");
            }
        } else if !outgoing::is_address(&row.webhook_url) {
            to.errors.add("webhook_url", "Enter a valid URL.");
        }
        Ok(())
    }
}

fn is_webhook(row: &NotificationTransport) -> bool {
    [Mode::Webhook, Mode::WebhookSlack].iter().any(|mode| mode.as_str() == row.mode)
}

/// A transport with what people call its mode.
struct Named<R> {
    row: R,
    mode_verbose: &'static str,
}

completes!(Named);

#[allow(clippy::unused_async, reason = "others ask the database")]
async fn named(
    _: &mut Context,
    rows: Vec<NotificationTransport>,
) -> Result<Vec<Named<NotificationTransport>>, ApiError> {
    let named = |row: NotificationTransport| {
        let mode_verbose = match resource::parse(&row.mode)? {
            Mode::Local => "authentik inbuilt notifications",
            Mode::Webhook => "Generic Webhook",
            Mode::WebhookSlack => "Slack Webhook (Slack/Discord)",
            Mode::Email => "Email",
        };
        Ok(Named { row, mode_verbose })
    };
    rows.into_iter().map(named).collect()
}

/// What a transport does with a letter, with all that it takes from the database: nothing is locked while it travels.
pub(crate) enum Way {
    /// It is stored for its user, and that is all.
    Local,
    /// It is posted.
    Webhook {
        url: String,
        slack: bool,
        /// What makes the body.
        mapping: Option<Box<Task>>,
    },
    /// It is mailed.
    Email,
}

impl Way {
    /// Sends a letter. What the other side said.
    ///
    /// # Errors
    /// Why the other side does not have it.
    pub(crate) async fn send(self, app: &App, letter: &Letter, party: &Party) -> Result<Vec<String>, String> {
        match self {
            Self::Local => Ok(vec![]),
            Self::Webhook { url, slack, mapping } => {
                let body = match mapping {
                    None if slack => letter.slack(),
                    None => letter.webhook(),
                    Some(mut task) => {
                        task.context = letter.seen();
                        mapped(app, &task, party).await?
                    }
                };
                let reply = outgoing::post_json(&url, &body).await?;
                let messages = vec![reply.status.to_string(), reply.body.chars().take(SHOWN).collect()];
                if reply.is_success() { Ok(messages) } else { Err(messages.join(": ")) }
            }
            Self::Email => {
                if !mail::is_address(&letter.email) {
                    return Err("The user has no valid email address.".to_owned());
                }
                let server = &app.config.email;
                let server = mail::Server { timeout: server.timeout.min(LONGEST), ..server.clone() };
                mail::send(&server, letter.mail()).await?;
                Ok(vec![])
            }
        }
    }
}

async fn mapped(app: &App, task: &Task, party: &Party) -> Result<Value, String> {
    let evaluated = app.expressions.evaluate(task, Purpose::Trial, party).await.map_err(|busy| busy.to_string())?;
    evaluated.map_err(|failure| failure.to_string())?.result
}

/// The way of a transport.
///
/// # Errors
/// When a statement fails.
pub(crate) async fn way(
    ctx: &mut Context,
    transport: &NotificationTransport,
    user: expression::User,
) -> Result<Way, ApiError> {
    if transport.mode == Mode::Email.as_str() {
        return Ok(Way::Email);
    }
    if !is_webhook(transport) {
        return Ok(Way::Local);
    }
    let slack = transport.mode == Mode::WebhookSlack.as_str();
    let mapping: Option<NotificationMapping> = match transport.webhook_mapping.filter(|_| !slack) {
        Some(mapping) => table::find(&mut ctx.db, NotificationMapping::KEY, mapping).await?,
        None => None,
    };
    let mapping = mapping.map(|mapping| {
        let Subject { group, provider, http_request, .. } = Subject::default();
        let source = mapping.base.expression.0;
        Box::new(Task { source, user, group, provider, http_request, context: serde_json::Map::new() })
    });
    Ok(Way::Webhook { url: transport.webhook_url.clone(), slack, mapping })
}

impl EventsTransports for Context {
    /// Sends the caller a notification, in this very request. What goes wrong is the answer.
    async fn events_transports_test_create(&mut self, uuid: Uuid) -> Result<NotificationTransportTest, ApiError> {
        let transport = resource::find::<events_transports::Family>(self, uuid).await?;
        let user = self.principal()?.user.clone();
        let letter = Letter {
            severity: "notice".to_owned(),
            body: format!("Test Notification from transport {}", transport.name),
            username: user.username.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            event: None,
        };
        let seen = expressions::user(self, user.clone()).await?;
        let way = way(self, &transport, seen).await?;
        if matches!(way, Way::Local) {
            super::notifications::tell(self, Ref(user.id), None, &letter).await?;
            return Ok(NotificationTransportTest { messages: vec![] });
        }
        self.release().await?;
        let party = self.party();
        let _turn = self.app.work.outgoing.turn(&party).await?;
        let sent = way.send(&self.app, &letter, &party).await;
        let messages = sent.map_err(|reason| ApiError::field(Errors::NON_FIELD, reason))?;
        Ok(NotificationTransportTest { messages })
    }
}
