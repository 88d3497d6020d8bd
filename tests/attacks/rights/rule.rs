//! Every operation that reaches an account, by callers who can do less, as much and more.

use super::{EVERYTHING, MORE, group, made, manager, role, with_recovery};
use crate::support::{NewUser, Principal, TestApp, for_each_database};
use reqwest::Method;
use serde_json::{Value, json};

/// What the account can do that is reached, compared with the caller.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Target {
    Nothing,
    Less,
    Equal,
    /// One permission more, its own.
    More,
    /// One permission more, by the role of a group.
    MoreByRole,
    Superuser,
    /// By a group above its own.
    SuperuserByParent,
}

const TARGETS: [Target; 7] = [
    Target::Nothing,
    Target::Less,
    Target::Equal,
    Target::More,
    Target::MoreByRole,
    Target::Superuser,
    Target::SuperuserByParent,
];

impl Target {
    fn is_in_reach(self) -> bool {
        matches!(self, Self::Nothing | Self::Less | Self::Equal)
    }

    /// A new account of this kind.
    async fn make(self, app: &TestApp, name: &str) -> Principal {
        let all = |user, permissions: &[&str]| {
            permissions.iter().fold(user, |user: NewUser, permission| user.with_permission(permission))
        };
        let user = app.user(name);
        match self {
            Self::Nothing => user.await,
            Self::Less => all(user, &EVERYTHING[..3]).await,
            Self::Equal => all(user, EVERYTHING).await,
            Self::More => user.with_permission(MORE).await,
            Self::MoreByRole => {
                let user = user.await;
                let role = role(app, &format!("role of {name}"), &[MORE]).await;
                let body = json!({ "name": format!("by role {name}"), "roles": [role], "users": [user.id()] });
                group(app, body).await;
                user
            }
            Self::Superuser => user.superuser().await,
            Self::SuperuserByParent => {
                let user = user.await;
                let parent = json!({ "name": format!("above {name}"), "is_superuser": true });
                let parent = made(app, "/core/groups/", parent).await["pk"].clone();
                let below = json!({ "name": format!("below {name}"), "parent": parent, "users": [user.id()] });
                group(app, below).await;
                user
            }
        }
    }
}

/// The operations: what they are called with for a user and its token, and the answer when they are allowed.
fn operations(user: &Principal, group: &str, member: &str) -> Vec<(Method, String, Value, u16)> {
    let name = &user.account().username;
    let (id, account) = (user.id(), format!("/core/users/{}/", user.id()));
    let token = format!("/core/tokens/token-of-{name}/");
    let rights = format!("/rbac/permissions/assigned_by_users/{id}");
    let view = json!({ "permissions": ["authentik_core.view_user"] });
    vec![
        (Method::PATCH, account.clone(), json!({ "email": "x@example.org" }), 200),
        (Method::PATCH, account.clone(), json!({ "is_active": true }), 200),
        (Method::PATCH, account.clone(), json!({ "groups": [] }), 200),
        (Method::PUT, account.clone(), json!({ "username": name, "name": "x" }), 200),
        (Method::POST, format!("{account}set_password/"), json!({ "password": "new" }), 204),
        (Method::POST, format!("{account}recovery/"), json!({}), 200),
        (Method::POST, format!("{account}recovery_email/?email_stage=none"), json!({}), 400),
        (Method::POST, format!("{account}impersonate/"), json!({}), 501),
        (Method::POST, format!("{rights}/assign/"), view.clone(), 204),
        (Method::PATCH, format!("{rights}/unassign/"), view, 204),
        (Method::POST, format!("{group}add_user/"), json!({ "pk": id }), 204),
        (Method::POST, format!("{group}remove_user/"), json!({ "pk": id }), 204),
        (Method::PATCH, group.to_owned(), json!({ "users": [id] }), 200),
        (Method::PATCH, group.to_owned(), json!({ "users": [] }), 200),
        (Method::PATCH, member.to_owned(), json!({ "attributes": { "x": 1 } }), 200),
        (Method::PATCH, member.to_owned(), json!({ "name": format!("renamed {name}") }), 200),
        (Method::GET, format!("{token}view_key/"), Value::Null, 200),
        (Method::POST, format!("{token}set_key/"), json!({ "key": format!("chosen-{name}") }), 204),
        (Method::PATCH, token.clone(), json!({ "description": "x" }), 200),
        (Method::DELETE, token, Value::Null, 204),
        (Method::DELETE, member.to_owned(), Value::Null, 204),
        (Method::DELETE, account, Value::Null, 204),
    ]
}

/// M1: whoever could reset passwords, change users or set token keys could be any superuser.
#[test]
fn accounts_that_can_do_more_are_out_of_reach() {
    for_each_database(async |app| {
        with_recovery(&app).await;
        let (caller, admin) = (manager(&app, "caller").await, app.admin());
        for (n, target) in TARGETS.into_iter().enumerate() {
            let user = target.make(&app, &format!("target{n}")).await;
            let team = group(&app, json!({ "name": format!("team {n}") })).await;
            let member = group(&app, json!({ "name": format!("member {n}"), "users": [user.id()] })).await;
            let as_before = admin.get(&format!("/core/users/{}/", user.id())).await.expect(200);
            for (method, path, body, allowed) in operations(&user, &team, &member) {
                if path == team && !target.is_in_reach() && body == json!({ "users": [] }) {
                    // Removing is tried on a member.
                    admin.post(&format!("{team}add_user/"), json!({ "pk": user.id() })).await.expect(204);
                }
                let body = Some(body).filter(|body| !body.is_null());
                let answer = caller.call(method.clone(), &path, body.clone()).await;
                let expected = if target.is_in_reach() { allowed } else { 403 };
                let text = answer.text();
                assert_eq!(answer.status.as_u16(), expected, "{target:?}: {method} {path} {body:?}: {text}");
                if expected == 403 {
                    assert!(text.contains("can do more than you can"), "{text}");
                }
            }
            if !target.is_in_reach() {
                admin.post(&format!("{team}remove_user/"), json!({ "pk": user.id() })).await.expect(204);
                assert_eq!(admin.get(&format!("/core/users/{}/", user.id())).await.expect(200), as_before);
                user.get("/core/users/me/").await.expect(200);
            }
        }
    });
}

/// M1: superusers touch each other, and everybody touches itself, however much it can do.
#[test]
fn superusers_reach_everybody_and_everybody_itself() {
    for_each_database(async |app| {
        let boss = app.user("boss").superuser().await;
        app.admin()
            .post(&format!("/core/users/{}/set_password/", boss.id()), json!({ "password": "x" }))
            .await
            .expect(204);
        boss.get("/core/tokens/token-of-boss/view_key/").await.expect(200);
        let user = app.user("user").with_permission("authentik_core.change_user").with_permission(MORE).await;
        user.patch(&format!("/core/users/{}/", user.id()), json!({ "name": "me" })).await.expect(200);
        user.patch("/core/tokens/token-of-user/", json!({ "description": "mine" })).await.expect(200);
    });
}

/// M1, 1.14, 1.15: rights cannot be given away that the caller lacks, by whichever field.
#[test]
fn nobody_gives_more_than_it_has() {
    for_each_database(async |app| {
        let (caller, admin) = (manager(&app, "caller").await, app.admin());
        let plain = app.user("plain").await;
        let (user, me) = (format!("/core/users/{}/", plain.id()), format!("/core/users/{}/", caller.id()));
        let object = app.user("object").await;
        let by_object = role(&app, "by object", &[]).await;
        let body = json!({ "permissions": ["change_brand"], "model": "authentik_brands.brand",
            "object_pk": admin.get("/core/brands/").await.results()[0]["brand_uuid"] });
        admin.post(&format!("/rbac/permissions/assigned_by_roles/{by_object}/assign/"), body).await.expect(204);
        let mighty = [
            json!({ "name": "mighty", "is_superuser": true }),
            json!({ "name": "roles", "roles": [role(&app, "more", &[MORE]).await] }),
            json!({ "name": "objects", "roles": [by_object] }),
        ];
        for body in mighty {
            let path = group(&app, body.clone()).await;
            let pk = path.split('/').nth(3).unwrap().to_owned();
            for target in [&user, &me] {
                caller.patch(target, json!({ "groups": [pk] })).await.expect(400);
            }
            caller.post("/core/users/", json!({ "username": "x", "name": "x", "groups": [pk] })).await.expect(400);
            caller.patch(&path, json!({ "users": [plain.id()] })).await.expect(400);
            caller.post(&format!("{path}add_user/"), json!({ "pk": plain.id() })).await.expect(400);
            caller.post("/core/groups/", json!({ "name": "child", "parent": pk })).await.expect(400);
            let own = group(&app, json!({ "name": format!("own of {pk}"), "users": [object.id()] })).await;
            caller.patch(&own, json!({ "parent": pk })).await.expect(400);
        }
        // Roles themselves, and what they give.
        let (weak, strong) = (role(&app, "weak", &EVERYTHING[..2]).await, role(&app, "strong", &[MORE]).await);
        let own = group(&app, json!({ "name": "own", "users": [plain.id()] })).await;
        let errors = caller.patch(&own, json!({ "roles": [strong] })).await.expect(400);
        assert_eq!(errors, json!({ "roles": ["Only rights that you have yourself can be given to others."] }));
        caller.post("/core/groups/", json!({ "name": "x", "roles": [strong] })).await.expect(400);
        caller.patch(&own, json!({ "is_superuser": true })).await.expect(400);
        caller.patch(&own, json!({ "roles": [weak] })).await.expect(200);
        let give = json!({ "permissions": [MORE] });
        caller
            .post(&format!("/rbac/permissions/assigned_by_users/{}/assign/", plain.id()), give.clone())
            .await
            .expect(400);
        caller.post(&format!("/rbac/permissions/assigned_by_roles/{weak}/assign/"), give).await.expect(400);
        assert_eq!(plain.get("/core/brands/").await.status, 403);
    });
}

/// M1: a role counts as whoever has it.
#[test]
fn roles_of_mightier_accounts_are_out_of_reach() {
    for_each_database(async |app| {
        let caller = manager(&app, "caller").await;
        let boss = app.user("boss").superuser().await;
        let view = json!({ "permissions": ["authentik_core.view_user"] });
        for (name, permissions, users, reachable) in [
            ("strong", &[MORE][..], json!([]), false),
            ("of the boss", &[], json!([boss.id()]), false),
            ("weak", &EVERYTHING[..2], json!([]), true),
        ] {
            let role = role(&app, name, permissions).await;
            group(&app, json!({ "name": name, "roles": [role], "users": users })).await;
            let rights = format!("/rbac/permissions/assigned_by_roles/{role}");
            for (method, path, body, allowed) in [
                (Method::POST, format!("{rights}/assign/"), view.clone(), 204),
                (Method::PATCH, format!("{rights}/unassign/"), view.clone(), 204),
                (Method::PATCH, format!("/rbac/roles/{role}/"), json!({ "name": format!("{name}!") }), 200),
                (Method::DELETE, format!("/rbac/roles/{role}/"), json!({}), 204),
            ] {
                let answer = caller.call(method.clone(), &path, Some(body)).await;
                assert_eq!(answer.status.as_u16(), if reachable { allowed } else { 403 }, "{name}: {method} {path}");
            }
        }
    });
}

/// The rule costs the same, however many accounts are in reach.
#[test]
fn the_rule_takes_a_constant_number_of_statements() {
    for_each_database(async |app| {
        let caller = manager(&app, "caller").await;
        let few = group(&app, json!({ "name": "few", "users": [app.user("one").await.id()] })).await;
        let mut users = vec![];
        for n in 0..5 {
            users.push(app.user(&format!("user{n}")).await.id());
        }
        let many = group(&app, json!({ "name": "many", "users": users })).await;
        let change = async |path: &str| caller.patch(path, json!({ "attributes": { "x": 1 }, "users": [] })).await;
        assert_eq!(change(&few).await.statements(), change(&many).await.statements());
    });
}
