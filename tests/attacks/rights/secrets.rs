//! Secrets in what is written out.

use super::made;
use crate::support::for_each_database;
use sea_query::Query;
use serde_json::json;
use vestibule::store::{
    Entity,
    tables::{
        AuthenticatorDuoStage, AuthenticatorSmsStage, AuthenticatorStaticStage, AuthenticatorTotpStage,
        AuthenticatorValidateStage, AuthenticatorWebAuthnStage, CaptchaStage, ConsentStage, DenyStage, DummyStage,
        EmailStage, IdentificationStage, InvitationStage, PasswordStage, PromptStage, UserDeleteStage, UserLoginStage,
        UserLogoutStage, UserWriteStage,
    },
};

/// M4: exports wrote out the password of the sender of text messages.
#[test]
fn no_secret_is_in_an_export() {
    for_each_database(async |app| {
        let body = json!({ "name": "F", "slug": "f", "title": "F", "designation": "enrollment" });
        let flow = made(&app, "/flows/instances/", body).await["pk"].as_str().unwrap().to_owned();
        let mut secrets = vec![];
        macro_rules! stages {
            ($($stage:ident)*) => {$(
                let mut stage = $stage { ..$stage::default() };
                stage.id = app.app.random.uuid();
                stage.name = stringify!($stage).to_owned();
                let stage = app.insert(stage).await;
                for column in <$stage as Entity>::own().0.iter().filter(|column| column.secret) {
                    let secret = format!("hidden-{}", app.app.random.text(12));
                    let mut update = Query::update();
                    update.table(column.table).value(column.name, secret.as_str());
                    let mut tx = app.app.db.begin().await.unwrap();
                    assert_eq!(tx.execute(&update).await.unwrap(), 1);
                    tx.commit().await.unwrap();
                    secrets.push((column.table, column.name, secret));
                }
                made(&app, "/flows/bindings/", json!({ "target": flow, "stage": stage.id, "order": secrets.len() })).await;
            )*};
        }
        stages! {
            AuthenticatorDuoStage AuthenticatorSmsStage AuthenticatorStaticStage AuthenticatorTotpStage
            AuthenticatorValidateStage AuthenticatorWebAuthnStage CaptchaStage ConsentStage DenyStage DummyStage
            EmailStage IdentificationStage InvitationStage PasswordStage PromptStage UserDeleteStage UserLoginStage
            UserLogoutStage UserWriteStage
        }
        let mut sender = Query::update();
        sender.table("stages_authenticator_sms").value("provider", "twilio");
        let mut tx = app.app.db.begin().await.unwrap();
        tx.execute(&sender).await.unwrap();
        tx.commit().await.unwrap();
        assert!(secrets.len() >= 6, "{secrets:?}");
        let reader = app.user("reader").with_object_permission("authentik_flows.export_flow", &flow).await;
        for who in [&reader, &app.admin()] {
            let text = who.get("/flows/instances/f/export/").await.text();
            assert!(text.contains("authenticatorsmsstage"), "{text}");
            for (table, column, secret) in &secrets {
                assert!(!text.contains(secret), "{table}.{column}: {text}");
            }
        }
    });
}
