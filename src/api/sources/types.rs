//! The services that an OAuth source can be of: one table of facts.

use vestibule_api::models::SourceType;

/// A service, with the addresses that sources of it need not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthType {
    /// Its name in the API.
    pub name: &'static str,
    /// For people.
    pub verbose: &'static str,
    /// For people, in front of "OAuth Source".
    pub title: &'static str,
    /// What one has an account at.
    pub description: &'static str,
    /// Whether there is more than one server of it, so that sources may name other addresses.
    pub customizable: bool,
    /// Where users log in.
    pub authorization_url: Option<&'static str>,
    /// Where codes are exchanged for tokens.
    pub access_token_url: Option<&'static str>,
    /// Where one learns who the user is; empty where the token says it.
    pub profile_url: Option<&'static str>,
    /// Where it describes itself.
    pub well_known_url: Option<&'static str>,
    /// Where its keys are.
    pub jwks_url: Option<&'static str>,
}

impl OAuthType {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|of| of.name == name)
    }

    /// Its picture.
    pub fn icon(&self) -> String {
        format!("/static/authentik/sources/{}.svg", self.name)
    }

    /// What the API says of it.
    pub fn model(&self) -> SourceType {
        let text = |url: Option<&'static str>| url.map(str::to_owned);
        SourceType {
            name: self.name.to_owned(),
            verbose_name: self.verbose.to_owned(),
            urls_customizable: self.customizable,
            request_token_url: None,
            authorization_url: text(self.authorization_url),
            access_token_url: text(self.access_token_url),
            profile_url: text(self.profile_url),
            oidc_well_known_url: text(self.well_known_url),
            oidc_jwks_url: text(self.jwks_url),
        }
    }
}

/// All of them, in the order of the contract.
pub const TYPES: &[OAuthType] = &[
    OAuthType {
        name: "apple",
        verbose: "Apple",
        title: "Apple",
        description: "Apple",
        customizable: false,
        authorization_url: Some("https://appleid.apple.com/auth/authorize"),
        access_token_url: Some("https://appleid.apple.com/auth/token"),
        profile_url: Some(""),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "openidconnect",
        verbose: "OpenID Connect",
        title: "OpenID",
        description: "any service that speaks OpenID Connect",
        customizable: true,
        authorization_url: None,
        access_token_url: None,
        profile_url: None,
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "azuread",
        verbose: "Azure AD",
        title: "Azure AD",
        description: "Microsoft Entra",
        customizable: true,
        authorization_url: Some("https://login.microsoftonline.com/common/oauth2/v2.0/authorize"),
        access_token_url: Some("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
        profile_url: Some("https://graph.microsoft.com/v1.0/me"),
        well_known_url: Some("https://login.microsoftonline.com/common/.well-known/openid-configuration"),
        jwks_url: Some("https://login.microsoftonline.com/common/discovery/keys"),
    },
    OAuthType {
        name: "discord",
        verbose: "Discord",
        title: "Discord",
        description: "Discord",
        customizable: false,
        authorization_url: Some("https://discord.com/api/oauth2/authorize"),
        access_token_url: Some("https://discord.com/api/oauth2/token"),
        profile_url: Some("https://discord.com/api/users/@me"),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "facebook",
        verbose: "Facebook",
        title: "Facebook",
        description: "Facebook",
        customizable: false,
        authorization_url: Some("https://www.facebook.com/v7.0/dialog/oauth"),
        access_token_url: Some("https://graph.facebook.com/v7.0/oauth/access_token"),
        profile_url: Some("https://graph.facebook.com/v7.0/me?fields=id,name,email"),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "github",
        verbose: "GitHub",
        title: "GitHub",
        description: "GitHub or a GitHub Enterprise Server",
        customizable: true,
        authorization_url: Some("https://github.com/login/oauth/authorize"),
        access_token_url: Some("https://github.com/login/oauth/access_token"),
        profile_url: Some("https://api.github.com/user"),
        well_known_url: Some("https://token.actions.githubusercontent.com/.well-known/openid-configuration"),
        jwks_url: Some("https://token.actions.githubusercontent.com/.well-known/jwks"),
    },
    OAuthType {
        name: "gitlab",
        verbose: "GitLab",
        title: "GitLab",
        description: "GitLab, on gitlab.com or one of your own",
        customizable: true,
        authorization_url: Some("https://gitlab.com/oauth/authorize"),
        access_token_url: Some("https://gitlab.com/oauth/token"),
        profile_url: Some("https://gitlab.com/oauth/userinfo"),
        well_known_url: Some("https://gitlab.com/.well-known/openid-configuration"),
        jwks_url: Some("https://gitlab.com/oauth/discovery/keys"),
    },
    OAuthType {
        name: "google",
        verbose: "Google",
        title: "Google",
        description: "Google",
        customizable: false,
        authorization_url: Some("https://accounts.google.com/o/oauth2/auth"),
        access_token_url: Some("https://oauth2.googleapis.com/token"),
        profile_url: Some("https://www.googleapis.com/oauth2/v1/userinfo"),
        well_known_url: Some("https://accounts.google.com/.well-known/openid-configuration"),
        jwks_url: Some("https://www.googleapis.com/oauth2/v3/certs"),
    },
    OAuthType {
        name: "mailcow",
        verbose: "Mailcow",
        title: "Mailcow",
        description: "a Mailcow server",
        customizable: true,
        authorization_url: None,
        access_token_url: None,
        profile_url: None,
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "okta",
        verbose: "Okta",
        title: "Okta",
        description: "Okta",
        customizable: true,
        authorization_url: None,
        access_token_url: None,
        profile_url: None,
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "patreon",
        verbose: "Patreon",
        title: "Patreon",
        description: "Patreon",
        customizable: false,
        authorization_url: Some("https://www.patreon.com/oauth2/authorize"),
        access_token_url: Some("https://www.patreon.com/api/oauth2/token"),
        profile_url: Some("https://www.patreon.com/api/oauth2/api/current_user"),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "reddit",
        verbose: "Reddit",
        title: "Reddit",
        description: "Reddit",
        customizable: false,
        authorization_url: Some("https://www.reddit.com/api/v1/authorize"),
        access_token_url: Some("https://www.reddit.com/api/v1/access_token"),
        profile_url: Some("https://oauth.reddit.com/api/v1/me"),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "twitch",
        verbose: "Twitch",
        title: "Twitch",
        description: "Twitch",
        customizable: false,
        authorization_url: Some("https://id.twitch.tv/oauth2/authorize"),
        access_token_url: Some("https://id.twitch.tv/oauth2/token"),
        profile_url: Some("https://id.twitch.tv/oauth2/userinfo"),
        well_known_url: None,
        jwks_url: None,
    },
    OAuthType {
        name: "twitter",
        verbose: "Twitter",
        title: "Twitter",
        description: "Twitter",
        customizable: false,
        authorization_url: Some("https://twitter.com/i/oauth2/authorize"),
        access_token_url: Some("https://api.twitter.com/2/oauth2/token"),
        profile_url: Some("https://api.twitter.com/2/users/me"),
        well_known_url: None,
        jwks_url: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_api::models::ProviderTypeEnum;

    #[test]
    fn every_type_of_the_contract_is_known() {
        let names: Vec<&str> = TYPES.iter().map(|of| of.name).collect();
        assert_eq!(names, ProviderTypeEnum::ALL.iter().map(|of| of.as_str()).collect::<Vec<_>>());
    }
}
