//! `/sources/plex/`: Plex.

use super::{connections, source, summary::sourced};
use crate::{
    api::{context::Context, resource::fresh},
    domain::outgoing,
    store::{
        table,
        tables::{Flow, PlexSource},
    },
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use vestibule_api::{
    ApiError, SourcesPlex, SourcesPlexRedeemTokenAuthenticatedCreateParams, SourcesPlexRedeemTokenCreateParams,
    Unchecked, limits,
    models::{ChallengeChoices, PlexTokenRedeemRequest, RedirectChallenge},
};

/// How long the name is that Plex knows a source by, when nobody chose it.
const CLIENT_ID_LENGTH: usize = 40;
/// The longest token that Plex is asked about.
const LONGEST_TOKEN: usize = 1000;

source!(sources_plex PlexSource "plex", sourced, {
    fn new(ctx: &Context) -> PlexSource {
        PlexSource { client_id: ctx.app.random.text(CLIENT_ID_LENGTH), ..fresh(ctx) }
    }
});

/// Somebody whom Plex knows by a token, and whom the source lets in.
struct Known {
    source: PlexSource,
    token: String,
    identifier: String,
}

/// Finds out who is behind a token, and whether the source lets them in: who uses one of its servers, and friends of the
/// owner. The transaction ends while Plex is asked.
async fn redeem(
    ctx: &mut Context,
    slug: Option<String>,
    body: Unchecked<PlexTokenRedeemRequest>,
) -> Result<Known, ApiError> {
    let body = body.into_json()?;
    if body["plex_token"].as_str().is_some_and(|token| token.chars().count() > limits::TEXT_LENGTH) {
        let told = format!("Ensure this field has no more than {} characters.", limits::TEXT_LENGTH);
        return Err(ApiError::field("plex_token", told));
    }
    let source = table::find::<PlexSource>(&mut ctx.db, "slug", slug.unwrap_or_default()).await?;
    let source = source.filter(|source| source.enabled).ok_or_else(ApiError::not_found)?;
    let token = match body.get("plex_token") {
        Some(Value::String(token)) if token.len() > LONGEST_TOKEN => {
            return Err(ApiError::field("plex_token", format!("Plex has no tokens longer than {LONGEST_TOKEN}.")));
        }
        Some(Value::String(token)) if !token.is_empty() => token.clone(),
        None | Some(Value::Null | Value::String(_)) => return Err(ApiError::Rejected(json!(["No plex token given"]))),
        Some(_) => return Err(ApiError::field("plex_token", "Not a valid string.")),
    };
    ctx.release().await?;
    let (app, party) = (ctx.app.clone(), ctx.party());
    let turn = app.work.outgoing.turn(&party).await?;
    let plex = Plex { base: &app.config.plex_url, client_id: &source.client_id };
    let identifier = plex.user(&token).await?;
    let lets_in = plex.uses_server(&token, &source.allowed_servers).await?
        || source.allow_friends && plex.is_friend(&source.plex_token, &identifier).await?;
    drop(turn);
    ctx.begin().await?;
    if lets_in { Ok(Known { source, token, identifier }) } else { Err(ApiError::Denied("Access denied.".into())) }
}

/// The API of Plex.
struct Plex<'a> {
    base: &'a str,
    client_id: &'a str,
}

impl Plex<'_> {
    async fn get(&self, path: &str, token: &str) -> Result<Value, ApiError> {
        let ask = async || {
            let known = |request: RequestBuilder| {
                request
                    .header("accept", "application/json")
                    .header("x-plex-client-identifier", self.client_id)
                    .header("x-plex-product", "Vestibule")
                    .header("x-plex-token", token)
            };
            outgoing::get_as(&format!("{}/api/v2/{path}", self.base), known).await?.json()
        };
        ask().await.map_err(|why: String| ApiError::field("plex_token", why))
    }

    /// The account behind a token.
    async fn user(&self, token: &str) -> Result<String, ApiError> {
        let user = self.get("user", token).await?;
        identifier(&user).ok_or_else(|| ApiError::field("plex_token", "Plex did not say whose token this is."))
    }

    /// Whether somebody has access to one of these servers.
    async fn uses_server(&self, token: &str, allowed: &Value) -> Result<bool, ApiError> {
        let Some(allowed) = allowed.as_array().filter(|allowed| !allowed.is_empty()) else { return Ok(false) };
        let resources = self.get("resources?includeHttps=1&includeRelay=1", token).await?;
        let is_allowed = |resource: &Value| {
            let serves = resource["provides"].as_str().is_some_and(|all| all.split(',').any(|one| one == "server"));
            serves && allowed.contains(&resource["clientIdentifier"])
        };
        Ok(resources.as_array().is_some_and(|resources| resources.iter().any(is_allowed)))
    }

    /// Whether somebody is the owner of a token, or a friend.
    async fn is_friend(&self, owner: &str, account: &str) -> Result<bool, ApiError> {
        let is_it = |user: &Value| identifier(user).is_some_and(|id| id == account);
        if is_it(&self.get("user", owner).await?) {
            return Ok(true);
        }
        let friends = self.get("friends", owner).await?;
        Ok(friends.as_array().is_some_and(|friends| friends.iter().any(is_it)))
    }
}

/// The key of an account, which is a number there.
fn identifier(user: &Value) -> Option<String> {
    match &user["id"] {
        Value::Number(id) => Some(id.to_string()),
        Value::String(id) if !id.is_empty() && id.len() <= 255 => Some(id.clone()),
        _ => None,
    }
}

impl SourcesPlex for Context {
    /// Who is connected goes on with the flow for those who are known, all others with the one for newcomers.
    async fn sources_plex_redeem_token_create(
        &mut self,
        params: SourcesPlexRedeemTokenCreateParams,
        body: Unchecked<PlexTokenRedeemRequest>,
    ) -> Result<RedirectChallenge, ApiError> {
        let SourcesPlexRedeemTokenCreateParams { slug } = params;
        let Known { source, identifier, .. } = redeem(self, slug, body).await?;
        let flow = match connections::plex_user(self, &source, &identifier).await? {
            Some(user) if !user.is_active => return Err(ApiError::Denied("Access denied.".into())),
            Some(_) => source.authentication_flow,
            None => source.enrollment_flow,
        };
        let flow = match flow {
            Some(flow) => table::find::<Flow>(&mut self.db, "id", flow).await?,
            None => None,
        };
        let flow = flow.ok_or_else(|| ApiError::Denied("Access denied.".into()))?;
        Ok(RedirectChallenge {
            flow_info: None,
            response_errors: None,
            to: format!("/if/flow/{}/", flow.slug),
            r#type: ChallengeChoices::Redirect,
        })
    }

    async fn sources_plex_redeem_token_authenticated_create(
        &mut self,
        params: SourcesPlexRedeemTokenAuthenticatedCreateParams,
        body: Unchecked<PlexTokenRedeemRequest>,
    ) -> Result<(), ApiError> {
        let SourcesPlexRedeemTokenAuthenticatedCreateParams { slug } = params;
        let Known { source, token, identifier } = redeem(self, slug, body).await?;
        connections::connect_plex(self, &source, token, identifier).await
    }
}
