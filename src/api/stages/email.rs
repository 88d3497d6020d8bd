//! `/stages/email/`: stages that mail a link.

use super::stage;
use crate::{
    api::{context::Context, fields::Writer},
    store::tables::EmailStage,
};
use vestibule_api::{ApiError, StagesEmail, models::TypeCreate};

/// The templates of mails, and what they are for.
const TEMPLATES: [(&str, &str); 2] =
    [("email/password_reset.html", "Password Reset"), ("email/account_confirmation.html", "Account Confirmation")];

stage!(stages_email EmailStage "email", {
    async fn check(
        _: &mut Context,
        row: &mut EmailStage,
        _: Option<&EmailStage>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if !TEMPLATES.iter().any(|(name, _)| *name == row.template) {
            to.errors.add("template", format!("Invalid template '{}' specified.", row.template));
        }
        Ok(())
    }
});

impl StagesEmail for Context {
    async fn stages_email_templates_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        let template = |(name, description): (&str, &str)| TypeCreate {
            name: name.to_owned(),
            description: description.to_owned(),
            component: String::new(),
            model_name: String::new(),
            icon_url: None,
            requires_enterprise: Some(false),
        };
        Ok(TEMPLATES.into_iter().map(template).collect())
    }
}
