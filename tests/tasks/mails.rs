//! The outbox: nothing that was promised is lost.

use crate::{
    api::core::recovery::{sink, stage, with_recovery_flow},
    support::{TestApp, for_each_database},
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;
use vestibule::{
    store::{
        Entity,
        column::Ref,
        tables::{EmailStage, Mail},
    },
    tasks::mails::{TRIES, send},
};

/// A mail in the outbox, as a request leaves it when the server is stopped before it is sent.
async fn mail(app: &TestApp, stage: &str, name: &str) {
    let mut mail = Mail { id: app.app.random.uuid(), stage: Ref(Uuid::parse_str(stage).unwrap()), ..Mail::default() };
    mail.recipient_name = name.to_owned();
    mail.address = "jane@example.org".to_owned();
    (mail.created, mail.due) = (app.now(), app.now());
    app.insert(mail).await;
}

async fn waiting(app: &TestApp) -> Vec<Mail> {
    app.db().all(&Mail::select()).await.unwrap()
}

async fn set_port(app: &TestApp, stage: &str, port: u16) {
    let mut select = EmailStage::select();
    select.and_where(sea_query::ExprTrait::eq(sea_query::Expr::col(("stages", "id")), Uuid::parse_str(stage).unwrap()));
    let mut row: EmailStage = app.db().one(&select).await.unwrap();
    row.port = port.into();
    let mut tx = app.app.db.begin().await.unwrap();
    row.update(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// M11, 4.13: what was not sent when the server stopped, or could not be, is sent later, once.
#[test]
fn a_mail_is_tried_until_a_server_takes_it() {
    for_each_database(async |app| {
        let stage = stage(&app, "mail", 1).await;
        mail(&app, &stage, "Mr\nX").await;
        assert_eq!(send(&app.app).await.unwrap(), 1);
        let left = waiting(&app).await;
        assert_eq!((left.len(), left[0].attempts), (1, 1));
        assert!(left[0].due > app.now() + TimeDelta::seconds(50), "not at once");
        assert_eq!(send(&app.app).await.unwrap(), 0);

        let (port, mut mails) = sink().await;
        set_port(&app, &stage, port).await;
        app.advance(TimeDelta::minutes(2));
        let (one, two) = tokio::join!(send(&app.app), send(&app.app));
        assert_eq!(one.unwrap_or_default() + two.unwrap_or_default(), 1, "two at once send it once");
        assert!(mails.recv().await.unwrap().contains("To: \"Mr X\" <jane@example.org>"));
        assert!(mails.try_recv().is_err());
        assert!(waiting(&app).await.is_empty());
    });
}

#[test]
fn a_mail_that_nobody_takes_is_given_up() {
    for_each_database(async |app| {
        let stage = stage(&app, "away", 1).await;
        mail(&app, &stage, "X").await;
        for _ in 1..TRIES {
            assert_eq!(send(&app.app).await.unwrap(), 1);
            app.advance(TimeDelta::hours(9));
        }
        assert_eq!(waiting(&app).await.len(), 1);
        assert_eq!(send(&app.app).await.unwrap(), 1);
        assert!(waiting(&app).await.is_empty());
    });
}

/// The mail is part of the transaction: a request that fails sends none.
#[test]
fn a_request_leaves_its_mail_in_the_outbox() {
    for_each_database(async |app| {
        with_recovery_flow(&app).await;
        let admin = app.admin();
        let (port, mut mails) = sink().await;
        let stage = stage(&app, "mail", port).await;
        let body = json!({ "username": "jane", "name": "Mr\nX", "email": "jane@example.org" });
        let pk = admin.post("/core/users/", body).await.expect(201)["pk"].clone();
        admin.post(&format!("/core/users/{pk}/recovery_email/?email_stage={stage}"), json!({})).await.expect(204);
        assert!(mails.recv().await.unwrap().contains("Mr X"));
    });
}
