//! What the server does without being asked.

mod mails;

use crate::support::{TestApp, for_each_database};
use chrono::TimeDelta;
use serde_json::json;
use vestibule::{
    store::{
        column::Ref,
        table,
        tables::{Event, Token},
    },
    tasks::tokens::{Cleaned, clean},
};

async fn token(app: &TestApp, name: &str, change: impl FnOnce(&mut Token)) -> Token {
    let owner = app.admin().get("/core/users/me/").await.expect(200)["user"]["pk"].as_i64().unwrap();
    let key = format!("key of {name}");
    let mut token = Token {
        id: app.app.random.uuid(),
        identifier: name.to_owned(),
        key: key.into(),
        user: Ref(owner),
        ..Token::default()
    };
    token.expires = Some(app.now() + TimeDelta::minutes(10));
    change(&mut token);
    app.insert(token).await
}

async fn find(app: &TestApp, token: &Token) -> Option<Token> {
    table::find(&mut app.db(), "id", token.id).await.unwrap()
}

#[test]
fn expired_tokens_are_rotated_or_deleted() {
    for_each_database(async |app| {
        let api = token(&app, "api", |_| {}).await;
        let mut others = vec![];
        for intent in ["app_password", "recovery", "verification"] {
            others.push(token(&app, intent, |token| token.intent = intent.to_owned()).await);
        }
        let kept = [
            token(&app, "for ever", |token| token.expiring = false).await,
            token(&app, "no time", |token| token.expires = None).await,
            token(&app, "later", |token| token.expires = Some(app.now() + TimeDelta::hours(2))).await,
        ];
        assert_eq!(clean(&app.app).await.unwrap(), Cleaned::default());
        app.advance(TimeDelta::hours(1));
        assert_eq!(clean(&app.app).await.unwrap(), Cleaned { rotated: 1, deleted: 3 });
        assert_eq!(clean(&app.app).await.unwrap(), Cleaned::default());
        let rotated = find(&app, &api).await.unwrap();
        assert_eq!(rotated.identifier, "api");
        assert!(rotated.key != api.key && rotated.key.len() == 60);
        let life = rotated.expires.unwrap() - app.now();
        assert!(life > TimeDelta::minutes(29) && life <= TimeDelta::minutes(30), "{life}");
        for token in &others {
            assert_eq!(find(&app, token).await, None, "{}", token.identifier);
        }
        for token in &kept {
            assert_eq!(find(&app, token).await.as_ref(), Some(token), "{}", token.identifier);
        }
        app.bearer(api.key.0).get("/core/users/me/").await.expect(403);
        app.bearer(rotated.key.0).get("/core/users/me/").await.expect(200);
        let events: Vec<Event> = table::find_all(&mut app.db(), "action", ["secret_rotate"]).await.unwrap();
        let named = |event: &Event| event.context["secret"]["pk"].clone();
        assert_eq!(events.iter().map(named).collect::<Vec<_>>(), [json!(api.id.simple().to_string())]);
        assert_eq!(events[0].user, json!({}));
    });
}

#[test]
fn many_tokens_take_several_transactions() {
    for_each_database(async |app| {
        for number in 0..105 {
            token(&app, &number.to_string(), |token| token.intent = "recovery".to_owned()).await;
        }
        app.advance(TimeDelta::hours(1));
        let (one, two) = tokio::join!(clean(&app.app), clean(&app.app));
        assert_eq!(one.unwrap().deleted + two.unwrap().deleted, 105, "two at once do it once");
    });
}
