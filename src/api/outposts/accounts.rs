//! The accounts by which outposts work: an internal service account with a token, and permissions on what the outpost
//! serves and on nothing else.

use crate::{
    api::{
        context::Context,
        core::{
            tokens::{self, Tokens},
            users::Users,
        },
        events,
        kinds::Kind,
        providers::kinds::KINDS,
        resource::{self, Resource},
        settings::settings,
    },
    store::{
        Entity,
        column::{Managed, Ref},
        permissions::OF_USERS,
        table,
        tables::{LdapProvider, Outpost, OutpostAccount, Provider, ProxyProvider, Token, User},
        users::Account,
    },
};
use sea_query::{Expr, ExprTrait, Query};
use std::collections::BTreeSet;
use uuid::Uuid;
use vestibule_api::{ApiError, models::UserTypeEnum};

/// Permissions with the objects that they are on; an empty text is all.
type Rights = BTreeSet<(String, String)>;

/// The account of an outpost.
pub(super) async fn of(ctx: &mut Context, outpost: Uuid) -> Result<Option<User>, ApiError> {
    let account: Option<OutpostAccount> = table::find(&mut ctx.db, "outpost_id", outpost).await?;
    Ok(match account {
        Some(account) => table::find(&mut ctx.db, User::KEY, account.user).await?,
        None => None,
    })
}

/// Gives an outpost, new or changed, the account, the token and the permissions that it needs, and no others.
///
/// # Errors
/// When a statement fails.
pub(super) async fn equip(ctx: &mut Context, outpost: &Outpost) -> Result<(), ApiError> {
    let name = format!("Outpost {} Service-Account", outpost.name);
    let user = match of(ctx, outpost.id).await? {
        Some(user) if user.name == name => user,
        Some(mut user) => {
            user.name = name;
            user.update(&mut ctx.db).await?;
            user
        }
        None => open(ctx, outpost, name).await?,
    };
    let token: Option<Token> = table::find(&mut ctx.db, "identifier", outpost.token_identifier.as_str()).await?;
    if token.is_none_or(|token| token.user.0 != user.id) {
        issue(ctx, outpost, &user).await?;
    }
    let wanted = rights(ctx, outpost).await?;
    let held = Query::select()
        .columns(["permission", "object_id"])
        .from("user_permissions")
        .and_where(Expr::col("user_id").eq(user.id))
        .take();
    let held: Rights = ctx.db.all::<(String, String)>(&held).await?.into_iter().collect();
    for (permission, object) in held.difference(&wanted) {
        OF_USERS.take(&mut ctx.db, user.id, std::slice::from_ref(permission), object).await?;
    }
    for (permission, object) in wanted.difference(&held) {
        OF_USERS.give(&mut ctx.db, user.id, permission, object).await?;
    }
    Ok(())
}

/// As [`equip`], for the outposts that serve a provider which was changed: it may use another certificate now.
///
/// # Errors
/// When a statement fails.
pub(in crate::api) async fn equip_for(ctx: &mut Context, provider: i64) -> Result<(), ApiError> {
    let serving = Query::select()
        .column("outpost_id")
        .from("outpost_providers")
        .and_where(Expr::col("provider_id").eq(provider))
        .take();
    let mut outposts = Outpost::select();
    outposts.and_where(Expr::col((Outpost::TABLE, Outpost::KEY)).in_subquery(serving));
    let mut outposts: Vec<Outpost> = ctx.db.all(&outposts).await?;
    Outpost::load_links(&mut ctx.db, &mut outposts, |outpost| outpost).await?;
    for outpost in &outposts {
        equip(ctx, outpost).await?;
    }
    Ok(())
}

/// Takes the account away, and its token with it.
///
/// # Errors
/// When a statement fails.
pub(super) async fn dismiss(ctx: &mut Context, outpost: Uuid) -> Result<(), ApiError> {
    if let Some(user) = of(ctx, outpost).await? {
        table::delete::<User>(&mut ctx.db, user.id).await?;
        let label = user.username.clone();
        events::record(ctx, events::DELETED, Users::MODEL, user.id.to_string(), label);
    }
    Ok(())
}

async fn open(ctx: &mut Context, outpost: &Outpost, name: String) -> Result<User, ApiError> {
    let mut account = Account::from(User {
        uuid: ctx.uuid(),
        username: format!("ak-outpost-{}", outpost.id.simple()),
        name,
        path: "goauthentik.io/outposts".to_owned(),
        r#type: UserTypeEnum::InternalServiceAccount.to_string(),
        password: "!".into(),
        password_change_date: ctx.now,
        date_joined: ctx.now,
        ..User::default()
    });
    resource::store::<Users>(ctx, &mut account, true).await?;
    let user = account.user;
    let mut link = OutpostAccount { id: ctx.uuid(), outpost: Ref(outpost.id), user: Ref(user.id) };
    link.insert(&mut ctx.db).await?;
    let label = user.username.clone();
    events::record(ctx, events::CREATED, Users::MODEL, user.id.to_string(), label);
    Ok(user)
}

async fn issue(ctx: &mut Context, outpost: &Outpost, user: &User) -> Result<(), ApiError> {
    let settings = settings(ctx).await?;
    let mut token = Token {
        id: ctx.uuid(),
        identifier: outpost.token_identifier.clone(),
        key: tokens::new_key(&ctx.app.random, &settings),
        user: Ref(user.id),
        description: format!("The token of the outpost {}", outpost.name),
        expiring: false,
        managed: Managed(Some(format!("goauthentik.io/outpost/{}", outpost.token_identifier))),
        ..Token::default()
    };
    resource::store::<Tokens>(ctx, &mut token, true).await?;
    events::record(ctx, events::CREATED, Tokens::MODEL, Tokens::pk(&token), Tokens::label(&token));
    Ok(())
}

/// What an outpost must be able to read: itself, its providers and their certificates; for LDAP, the directory.
async fn rights(ctx: &mut Context, outpost: &Outpost) -> Result<Rights, ApiError> {
    const OF_CERTIFICATES: [&str; 3] =
        ["view_certificatekeypair", "view_certificatekeypair_certificate", "view_certificatekeypair_key"];
    let mut rights = Rights::from([
        ("authentik_outposts.view_outpost".to_owned(), outpost.id.simple().to_string()),
        ("authentik_events.add_event".to_owned(), String::new()),
    ]);
    let keys = outpost.providers.keys();
    let providers: Vec<Provider> = table::find_all(&mut ctx.db, Provider::KEY, keys.iter().copied()).await?;
    for provider in &providers {
        rights.insert((Kind::find(KINDS, &provider.kind)?.model.permission("view"), provider.id.to_string()));
    }
    let certificates: Vec<Option<Ref<_>>> = match outpost.r#type.as_str() {
        "ldap" => {
            let directory = ["authentik_core.view_user", "authentik_core.view_group"];
            rights.extend(directory.map(|permission| (permission.to_owned(), String::new())));
            let rows: Vec<LdapProvider> = table::find_all(&mut ctx.db, Provider::KEY, keys.iter().copied()).await?;
            rows.into_iter().map(|row| row.certificate).collect()
        }
        "proxy" => {
            let rows: Vec<ProxyProvider> = table::find_all(&mut ctx.db, Provider::KEY, keys.iter().copied()).await?;
            rows.into_iter().map(|row| row.certificate).collect()
        }
        _ => vec![],
    };
    for certificate in certificates.into_iter().flatten() {
        let object = certificate.0.simple().to_string();
        rights.extend(OF_CERTIFICATES.map(|name| (format!("authentik_crypto.{name}"), object.clone())));
    }
    Ok(rights)
}
