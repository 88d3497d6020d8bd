//! `/admin/apps/` and `/admin/models/`: what events can be about, for forms.

use crate::api::context::Context;
use vestibule_api::{AdminApps, AdminModels, ApiError, models::App};

/// The parts that events come from, and what people call them.
const APPS: &[(&str, &str)] = &[
    ("authentik.tenants", "authentik Tenants"),
    ("authentik.admin", "authentik Admin"),
    ("authentik.api", "authentik API"),
    ("authentik.crypto", "authentik Crypto"),
    ("authentik.flows", "authentik Flows"),
    ("authentik.outposts", "authentik Outpost"),
    ("authentik.policies.dummy", "authentik Policies.Dummy"),
    ("authentik.policies.event_matcher", "authentik Policies.Event Matcher"),
    ("authentik.policies.expiry", "authentik Policies.Expiry"),
    ("authentik.policies.expression", "authentik Policies.Expression"),
    ("authentik.policies.password", "authentik Policies.Password"),
    ("authentik.policies.reputation", "authentik Policies.Reputation"),
    ("authentik.policies", "authentik Policies"),
    ("authentik.providers.ldap", "authentik Providers.LDAP"),
    ("authentik.providers.oauth2", "authentik Providers.OAuth2"),
    ("authentik.providers.proxy", "authentik Providers.Proxy"),
    ("authentik.providers.radius", "authentik Providers.Radius"),
    ("authentik.providers.saml", "authentik Providers.SAML"),
    ("authentik.providers.scim", "authentik Providers.SCIM"),
    ("authentik.rbac", "authentik RBAC"),
    ("authentik.recovery", "authentik Recovery"),
    ("authentik.sources.ldap", "authentik Sources.LDAP"),
    ("authentik.sources.oauth", "authentik Sources.OAuth"),
    ("authentik.sources.plex", "authentik Sources.Plex"),
    ("authentik.sources.saml", "authentik Sources.SAML"),
    ("authentik.sources.scim", "authentik Sources.SCIM"),
    ("authentik.stages.authenticator", "authentik Stages.Authenticator"),
    ("authentik.stages.authenticator_duo", "authentik Stages.Authenticator.Duo"),
    ("authentik.stages.authenticator_sms", "authentik Stages.Authenticator.SMS"),
    ("authentik.stages.authenticator_static", "authentik Stages.Authenticator.Static"),
    ("authentik.stages.authenticator_totp", "authentik Stages.Authenticator.TOTP"),
    ("authentik.stages.authenticator_validate", "authentik Stages.Authenticator.Validate"),
    ("authentik.stages.authenticator_webauthn", "authentik Stages.Authenticator.WebAuthn"),
    ("authentik.stages.captcha", "authentik Stages.Captcha"),
    ("authentik.stages.consent", "authentik Stages.Consent"),
    ("authentik.stages.deny", "authentik Stages.Deny"),
    ("authentik.stages.dummy", "authentik Stages.Dummy"),
    ("authentik.stages.email", "authentik Stages.Email"),
    ("authentik.stages.identification", "authentik Stages.Identification"),
    ("authentik.stages.invitation", "authentik Stages.User Invitation"),
    ("authentik.stages.password", "authentik Stages.Password"),
    ("authentik.stages.prompt", "authentik Stages.Prompt"),
    ("authentik.stages.user_delete", "authentik Stages.User Delete"),
    ("authentik.stages.user_login", "authentik Stages.User Login"),
    ("authentik.stages.user_logout", "authentik Stages.User Logout"),
    ("authentik.stages.user_write", "authentik Stages.User Write"),
    ("authentik.brands", "authentik Brands"),
    ("authentik.blueprints", "authentik Blueprints"),
    ("authentik.core", "authentik Core"),
    ("authentik.enterprise", "authentik Enterprise"),
    ("authentik.enterprise.audit", "authentik Enterprise.Audit"),
    ("authentik.enterprise.providers.google_workspace", "authentik Enterprise.Providers.Google Workspace"),
    ("authentik.enterprise.providers.microsoft_entra", "authentik Enterprise.Providers.Microsoft Entra"),
    ("authentik.enterprise.providers.rac", "authentik Enterprise.Providers.RAC"),
    ("authentik.enterprise.stages.source", "authentik Enterprise.Stages.Source"),
    ("authentik.events", "authentik Events"),
];

/// The kinds of objects that events are about, and what people call them.
const MODELS: &[(&str, &str)] = &[
    ("authentik_tenants.domain", "Domain"),
    ("authentik_crypto.certificatekeypair", "Certificate-Key Pair"),
    ("authentik_flows.flow", "Flow"),
    ("authentik_flows.flowstagebinding", "Flow Stage Binding"),
    ("authentik_outposts.dockerserviceconnection", "Docker Service-Connection"),
    ("authentik_outposts.kubernetesserviceconnection", "Kubernetes Service-Connection"),
    ("authentik_outposts.outpost", "Outpost"),
    ("authentik_policies_dummy.dummypolicy", "Dummy Policy"),
    ("authentik_policies_event_matcher.eventmatcherpolicy", "Event Matcher Policy"),
    ("authentik_policies_expiry.passwordexpirypolicy", "Password Expiry Policy"),
    ("authentik_policies_expression.expressionpolicy", "Expression Policy"),
    ("authentik_policies_password.passwordpolicy", "Password Policy"),
    ("authentik_policies_reputation.reputationpolicy", "Reputation Policy"),
    ("authentik_policies.policybinding", "Policy Binding"),
    ("authentik_providers_ldap.ldapprovider", "LDAP Provider"),
    ("authentik_providers_oauth2.scopemapping", "Scope Mapping"),
    ("authentik_providers_oauth2.oauth2provider", "OAuth2/OpenID Provider"),
    ("authentik_providers_proxy.proxyprovider", "Proxy Provider"),
    ("authentik_providers_radius.radiusprovider", "Radius Provider"),
    ("authentik_providers_saml.samlprovider", "SAML Provider"),
    ("authentik_providers_saml.samlpropertymapping", "SAML Property Mapping"),
    ("authentik_providers_scim.scimprovider", "SCIM Provider"),
    ("authentik_providers_scim.scimmapping", "SCIM Mapping"),
    ("authentik_rbac.role", "Role"),
    ("authentik_sources_ldap.ldapsource", "LDAP Source"),
    ("authentik_sources_ldap.ldappropertymapping", "LDAP Property Mapping"),
    ("authentik_sources_oauth.oauthsource", "OAuth Source"),
    ("authentik_sources_oauth.useroauthsourceconnection", "User OAuth Source Connection"),
    ("authentik_sources_plex.plexsource", "Plex Source"),
    ("authentik_sources_plex.plexsourceconnection", "User Plex Source Connection"),
    ("authentik_sources_saml.samlsource", "SAML Source"),
    ("authentik_sources_saml.usersamlsourceconnection", "User SAML Source Connection"),
    ("authentik_sources_scim.scimsource", "SCIM Source"),
    ("authentik_stages_authenticator_duo.authenticatorduostage", "Duo Authenticator Setup Stage"),
    ("authentik_stages_authenticator_duo.duodevice", "Duo Device"),
    ("authentik_stages_authenticator_sms.authenticatorsmsstage", "SMS Authenticator Setup Stage"),
    ("authentik_stages_authenticator_sms.smsdevice", "SMS Device"),
    ("authentik_stages_authenticator_static.authenticatorstaticstage", "Static Authenticator Setup Stage"),
    ("authentik_stages_authenticator_static.staticdevice", "Static Device"),
    ("authentik_stages_authenticator_totp.authenticatortotpstage", "TOTP Authenticator Setup Stage"),
    ("authentik_stages_authenticator_totp.totpdevice", "TOTP Device"),
    ("authentik_stages_authenticator_validate.authenticatorvalidatestage", "Authenticator Validation Stage"),
    ("authentik_stages_authenticator_webauthn.authenticatorwebauthnstage", "WebAuthn Authenticator Setup Stage"),
    ("authentik_stages_authenticator_webauthn.webauthndevice", "WebAuthn Device"),
    ("authentik_stages_captcha.captchastage", "Captcha Stage"),
    ("authentik_stages_consent.consentstage", "Consent Stage"),
    ("authentik_stages_consent.userconsent", "User Consent"),
    ("authentik_stages_deny.denystage", "Deny Stage"),
    ("authentik_stages_dummy.dummystage", "Dummy Stage"),
    ("authentik_stages_email.emailstage", "Email Stage"),
    ("authentik_stages_identification.identificationstage", "Identification Stage"),
    ("authentik_stages_invitation.invitationstage", "Invitation Stage"),
    ("authentik_stages_invitation.invitation", "Invitation"),
    ("authentik_stages_password.passwordstage", "Password Stage"),
    ("authentik_stages_prompt.prompt", "Prompt"),
    ("authentik_stages_prompt.promptstage", "Prompt Stage"),
    ("authentik_stages_user_delete.userdeletestage", "User Delete Stage"),
    ("authentik_stages_user_login.userloginstage", "User Login Stage"),
    ("authentik_stages_user_logout.userlogoutstage", "User Logout Stage"),
    ("authentik_stages_user_write.userwritestage", "User Write Stage"),
    ("authentik_brands.brand", "Brand"),
    ("authentik_blueprints.blueprintinstance", "Blueprint Instance"),
    ("authentik_core.group", "Group"),
    ("authentik_core.user", "User"),
    ("authentik_core.application", "Application"),
    ("authentik_core.token", "Token"),
    ("authentik_enterprise.license", "License"),
    ("authentik_providers_google_workspace.googleworkspaceprovider", "Google Workspace Provider"),
    ("authentik_providers_google_workspace.googleworkspaceprovidermapping", "Google Workspace Provider Mapping"),
    ("authentik_providers_microsoft_entra.microsoftentraprovider", "Microsoft Entra Provider"),
    ("authentik_providers_microsoft_entra.microsoftentraprovidermapping", "Microsoft Entra Provider Mapping"),
    ("authentik_providers_rac.racprovider", "RAC Provider"),
    ("authentik_providers_rac.endpoint", "RAC Endpoint"),
    ("authentik_providers_rac.racpropertymapping", "RAC Property Mapping"),
    ("authentik_stages_source.sourcestage", "Source Stage"),
    ("authentik_events.event", "Event"),
    ("authentik_events.notificationtransport", "Notification Transport"),
    ("authentik_events.notification", "Notification"),
    ("authentik_events.notificationrule", "Notification Rule"),
    ("authentik_events.notificationwebhookmapping", "Webhook Mapping"),
];

fn list(names: &[(&str, &str)]) -> Vec<App> {
    names.iter().map(|(name, label)| App { name: (*name).to_owned(), label: (*label).to_owned() }).collect()
}

impl AdminApps for Context {
    async fn admin_apps_list(&mut self) -> Result<Vec<App>, ApiError> {
        Ok(list(APPS))
    }
}

impl AdminModels for Context {
    async fn admin_models_list(&mut self) -> Result<Vec<App>, ApiError> {
        Ok(list(MODELS))
    }
}

#[cfg(test)]
mod tests {
    use super::{APPS, MODELS};
    use vestibule_api::models::{AppEnum, ModelEnum};

    #[test]
    fn names_are_those_of_the_contract() {
        assert!(APPS.iter().map(|(name, _)| *name).eq(AppEnum::ALL.iter().map(|app| app.as_str())));
        assert!(MODELS.iter().map(|(name, _)| *name).eq(ModelEnum::ALL.iter().map(|model| model.as_str())));
    }
}
