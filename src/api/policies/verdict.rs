//! What a policy decides about a user, tried out. Nothing is changed by it.

use crate::{
    api::{
        context::Context,
        expressions::{self, Subject},
    },
    store::{
        Entity, reputation, table,
        tables::{DummyPolicy, ExpressionPolicy, PasswordExpiryPolicy, PasswordPolicy, Policy, ReputationPolicy, User},
    },
};
use chrono::TimeDelta;
use serde_json::{Map, Value};
use uuid::Uuid;
use vestibule_api::ApiError;

/// What a policy decided.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it passed.
    pub passing: bool,
    /// What it said to the user.
    pub messages: Vec<String>,
}

impl Verdict {
    fn denied(message: impl Into<String>) -> Self {
        Self { passing: false, messages: vec![message.into()] }
    }
}

/// Runs a policy. One that cannot be run does not pass, and says why.
///
/// # Errors
/// When a query fails.
pub async fn of(
    ctx: &mut Context,
    policy: &Policy,
    user: User,
    context: Map<String, Value>,
) -> Result<Verdict, ApiError> {
    Ok(match policy.kind.as_str() {
        // The reference waits as long as the policy says; a test need not.
        "dummy" => {
            let row: DummyPolicy = of_kind(ctx, policy.id).await?.ok_or_else(ApiError::not_found)?;
            Verdict { passing: row.result, messages: vec!["dummy".to_owned()] }
        }
        "expression" => {
            let row: ExpressionPolicy = of_kind(ctx, policy.id).await?.ok_or_else(ApiError::not_found)?;
            let http_request = Some(expressions::http_request(ctx).await?);
            let user = expressions::user(ctx, user).await?;
            let subject = Subject { user, http_request, ..Subject::default() };
            match expressions::evaluate(ctx, &row.expression, subject, context).await? {
                Ok(outcome) => Verdict { passing: outcome.truth, messages: outcome.messages },
                Err(failure) => Verdict::denied(failure.to_string()),
            }
        }
        "password_expiry" => {
            let row: PasswordExpiryPolicy = of_kind(ctx, policy.id).await?.ok_or_else(ApiError::not_found)?;
            let latest =
                TimeDelta::try_days(row.days).and_then(|days| user.password_change_date.checked_add_signed(days));
            match latest {
                Some(latest) if latest < ctx.now => Verdict::denied("Password has expired."),
                _ => Verdict { passing: true, messages: vec![] },
            }
        }
        "password" => password(&of_kind(ctx, policy.id).await?.ok_or_else(ApiError::not_found)?, &context),
        "reputation" => {
            let row: ReputationPolicy = of_kind(ctx, policy.id).await?.ok_or_else(ApiError::not_found)?;
            let ip = ctx.request.client_ip.clone().unwrap_or_default();
            let of_ip = row.check_ip.then_some(ip.as_str());
            let of_name = row.check_username.then_some(user.username.as_str());
            let score = reputation::score(&mut ctx.db, of_ip, of_name).await?;
            Verdict { passing: score <= row.threshold, messages: vec![] }
        }
        // There is no event to match here.
        "event_matcher" => Verdict::default(),
        kind => return Err(ApiError::Internal(format!("policy kind {kind:?} is stored, but not known"))),
    })
}

async fn of_kind<K: Entity + AsRef<Policy>>(ctx: &mut Context, policy: Uuid) -> Result<Option<K>, ApiError> {
    Ok(table::find(&mut ctx.db, "id", policy).await?)
}

fn password(policy: &PasswordPolicy, context: &Map<String, Value>) -> Verdict {
    let entered = context.get("prompt_data").and_then(|data| data.get(&policy.password_field));
    let Some(password) = entered.or_else(|| context.get(&policy.password_field)).and_then(Value::as_str) else {
        return Verdict::denied("Password not set in context");
    };
    if policy.check_have_i_been_pwned || policy.check_zxcvbn {
        return Verdict::denied("Leaked passwords and the strength of passwords cannot be checked yet.");
    }
    let count =
        |fits: &dyn Fn(char) -> bool| i64::try_from(password.chars().filter(|c| fits(*c)).count()).unwrap_or(i64::MAX);
    let enough = count(&|_| true) >= policy.length_min
        && count(&|c| c.is_ascii_digit()) >= policy.amount_digits
        && count(&|c| c.is_ascii_uppercase()) >= policy.amount_uppercase
        && count(&|c| c.is_ascii_lowercase()) >= policy.amount_lowercase
        && count(&|c| policy.symbol_charset.contains(c)) >= policy.amount_symbols;
    if enough || !policy.check_static_rules {
        Verdict { passing: true, messages: vec![] }
    } else {
        Verdict::denied(policy.error_message.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn passwords_are_counted_out() {
        let policy = PasswordPolicy {
            amount_digits: 1,
            amount_symbols: 1,
            length_min: 5,
            error_message: "no".to_owned(),
            ..PasswordPolicy::default()
        };
        let verdict = |password: Value| {
            let context = json!({ "prompt_data": { "password": password } });
            super::password(&policy, context.as_object().unwrap())
        };
        assert!(verdict(json!("abc1!")).passing);
        assert_eq!(verdict(json!("abcd!")), Verdict::denied("no"));
        assert_eq!(verdict(json!("1!")), Verdict::denied("no"));
        assert_eq!(verdict(json!(3)), Verdict::denied("Password not set in context"));
    }
}
