//! Who calls, and what they get.

use super::{TestApp, contract, statements};
use reqwest::{Method, StatusCode, header::HeaderMap, multipart::Form};
use serde_json::Value;
use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};
use uuid::Uuid;
use vestibule::store::{
    column::Ref,
    tables::{Group, Token, User},
};

/// Somebody with or without a token.
#[derive(Clone)]
pub(crate) struct Principal {
    app: TestApp,
    token: Option<String>,
    /// The account, for users made by [`TestApp::user`].
    user: Option<User>,
}

impl Principal {
    pub(super) fn new(app: &TestApp, token: Option<String>) -> Self {
        Self { app: app.clone(), token, user: None }
    }

    /// The same, at another server.
    pub(crate) fn at(&self, app: &TestApp) -> Self {
        Self { app: app.clone(), ..self.clone() }
    }

    /// The server that is called.
    pub(crate) fn app(&self) -> &TestApp {
        &self.app
    }

    /// The account behind it.
    pub(crate) fn account(&self) -> &User {
        self.user.as_ref().expect("only users made by `app.user` know their account")
    }

    /// The primary key of the account.
    pub(crate) fn id(&self) -> i64 {
        self.account().id
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Uploads a form.
    pub(crate) async fn upload(&self, path: &str, form: Form) -> Answer {
        self.send(Method::POST, path, |request| request.multipart(form)).await
    }

    /// A call with a JSON body or none.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send(method, path, |request| match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A call that `change` may do anything to, for bytes and headers that no helper sends.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let answer = self.send_unchecked(method.clone(), path, change).await;
        if let Err(problem) = contract::verdict(&method, path, &answer) {
            let (status, body) = (answer.status, answer.text());
            panic!("{} does not keep the contract: {problem}\nstatus {status}, body {body}", answer.call);
        }
        answer
    }

    /// As [`send`](Self::send), with an answer that nobody has compared with the contract yet.
    pub(crate) async fn send_unchecked(
        &self,
        method: Method,
        path: &str,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        assert!(!path.starts_with("/api/"), "paths are below /api/v3: {path}");
        self.exchange(method, path, format!("{}/api/v3{path}", self.app.url()), change).await
    }

    /// A call beside the admin API, with the whole path. Its answer is checked against `/-/openapi.json`.
    pub(crate) async fn beside(&self, method: Method, path: &str) -> Answer {
        let ask =
            async |method, path: &str| self.exchange(method, path, format!("{}{path}", self.app.url()), |r| r).await;
        let answer = ask(method.clone(), path).await;
        let specification = ask(Method::GET, "/-/openapi.json").await.text();
        if let Err(problem) = contract::verdict_beside(&specification, &method, path, &answer) {
            panic!(
                "{} is not what the specification says: {problem}
{answer:?}",
                answer.call
            );
        }
        answer
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        url: String,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let mut request = self.app.http().request(method.clone(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = change(request).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let id = headers.get("x-authentik-id").and_then(|h| h.to_str().ok()).unwrap_or_default();
        Answer {
            call: format!("{method} {path}"),
            status,
            statements: statements::of(id),
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            bytes: bytes.to_vec(),
            headers,
        }
    }
}

/// An answer, already checked against the contract.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Method and path, for messages.
    pub(crate) call: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The JSON document; null when there is none.
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
    statements: Option<u64>,
}

impl Answer {
    /// The document, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.call, self.text());
        self.body
    }

    /// The `results` of a page, if the status is 200.
    #[track_caller]
    pub(crate) fn results(self) -> Vec<Value> {
        match self.expect(200)["results"].take() {
            Value::Array(list) => list,
            other => panic!("`results` is not a list: {other}"),
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header as text; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|h| h.to_str().ok()).unwrap_or_default()
    }

    /// How many SQL statements the server ran for it, those that looked up the caller aside.
    #[track_caller]
    pub(crate) fn statements(&self) -> u64 {
        self.statements.unwrap_or_else(|| panic!("{} is not an operation of the API", self.call))
    }
}

/// A user to be made: await it.
pub(crate) struct NewUser {
    app: TestApp,
    username: String,
    superuser: bool,
    token: Option<String>,
    permissions: Vec<(String, String)>,
}

impl NewUser {
    pub(super) fn new(app: &TestApp, username: &str) -> Self {
        let username = username.to_owned();
        Self { app: app.clone(), username, superuser: false, token: None, permissions: vec![] }
    }

    /// Holds a permission on everything.
    pub(crate) fn with_permission(self, permission: &str) -> Self {
        self.with_object_permission(permission, "")
    }

    /// Holds a permission on one object.
    pub(crate) fn with_object_permission(mut self, permission: &str, object: impl ToString) -> Self {
        let object = object.to_string();
        let object = Uuid::parse_str(&object).map_or(object, |uuid| uuid.simple().to_string());
        self.permissions.push((permission.to_owned(), object));
        self
    }

    /// Is in a group of superusers.
    pub(crate) fn superuser(mut self) -> Self {
        self.superuser = true;
        self
    }

    /// Has this token rather than a random one.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    async fn make(self) -> Principal {
        let Self { app, username, superuser, token, permissions } = self;
        let now = app.now();
        let random = &app.app.random;
        let user = app
            .insert(User {
                uuid: random.uuid(),
                username: username.clone(),
                name: username.clone(),
                password_change_date: now,
                date_joined: now,
                ..User::default()
            })
            .await;
        let key = token.unwrap_or_else(|| random.text(40));
        let token = Token {
            id: random.uuid(),
            identifier: format!("token-of-{username}"),
            key: key.clone().into(),
            user: Ref(user.id),
            ..Token::default()
        };
        app.insert(Token { expiring: false, ..token }).await;
        if superuser {
            let group = Group { id: random.uuid(), name: format!("superuser {username}"), ..Group::default() };
            let group = app.insert(Group { is_superuser: true, ..group }).await;
            let mut tx = app.app.db.begin().await.unwrap();
            vestibule::store::membership::USERS_OF_GROUP.set(&mut tx, group.id, [user.id]).await.unwrap();
            tx.commit().await.unwrap();
        }
        for (permission, object_id) in permissions {
            let mut insert = sea_query::Query::insert();
            insert.into_table("user_permissions").columns(["user_id", "permission", "object_id"]);
            insert.values_panic([user.id.into(), permission.into(), object_id.into()]);
            let mut tx = app.app.db.begin().await.unwrap();
            tx.execute(&insert).await.unwrap();
            tx.commit().await.unwrap();
        }
        Principal { app, token: Some(key), user: Some(user) }
    }
}

impl IntoFuture for NewUser {
    type Output = Principal;
    type IntoFuture = Pin<Box<dyn Future<Output = Principal>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}
