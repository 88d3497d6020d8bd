//! The rows of all tables that handlers work with, one file a family. Fields are called as in the API.
//!
//! The default of a row is what it is when a request leaves out all that may be left out. What has no default is empty; a
//! key made by the database is 0 until then.

mod applications;
mod blueprints;
mod brands;
mod certificates;
mod connections;
mod devices;
mod events;
mod flows;
mod groups;
mod invitations;
mod licenses;
mod mails;
mod oauth2;
mod outposts;
mod permissions;
mod policies;
mod prompts;
mod property_mappings;
mod providers;
mod rac;
mod sessions;
mod settings;
mod sources;
mod stages;
mod system_tasks;
mod tenants;
mod tokens;
mod twins;
mod users;

pub use applications::Application;
pub use blueprints::BlueprintInstance;
pub use brands::Brand;
pub use certificates::Certificate;
pub use connections::{
    OAuthConnection, PlexConnection, SamlConnection, ScimSourceGroup, ScimSourceUser, SourceConnection,
};
pub use devices::{DuoDevice, SmsDevice, StaticDevice, StaticToken, TotpDevice, WebAuthnDevice};
pub use events::{Event, Notification, NotificationRule, NotificationTransport};
pub use flows::{Flow, FlowStageBinding};
pub use groups::{Group, Role};
pub use invitations::Invitation;
pub use licenses::License;
pub use mails::Mail;
pub use oauth2::{AccessToken, AuthorizationCode, RefreshToken};
pub use outposts::{DockerConnection, KubernetesConnection, Outpost, OutpostAccount, ServiceConnection};
pub use permissions::{Permission, RolePermission, UserPermission};
pub use policies::{
    DummyPolicy, EventMatcherPolicy, ExpressionPolicy, PasswordExpiryPolicy, PasswordPolicy, Policy, PolicyBinding,
    ReputationPolicy, ReputationScore,
};
pub use prompts::Prompt;
pub use property_mappings::{
    GoogleWorkspaceMapping, LdapMapping, MicrosoftEntraMapping, NotificationMapping, PropertyMapping, RacMapping,
    SamlMapping, ScimMapping, ScopeMapping,
};
pub use providers::{
    GoogleWorkspaceProvider, LdapProvider, MicrosoftEntraProvider, OAuth2Provider, Provider, ProxyProvider,
    RacProvider, RadiusProvider, SamlProvider, ScimProvider,
};
pub use rac::{RacConnectionToken, RacEndpoint};
pub use sessions::{AuthenticatedSession, UserConsent};
pub use settings::Settings;
pub use sources::{LdapSource, OAuthSource, PlexSource, SamlSource, ScimSource, Source};
pub use stages::{
    AuthenticatorDuoStage, AuthenticatorSmsStage, AuthenticatorStaticStage, AuthenticatorTotpStage,
    AuthenticatorValidateStage, AuthenticatorWebAuthnStage, CaptchaStage, ConsentStage, DenyStage, DummyStage,
    EmailStage, IdentificationStage, InvitationStage, PasswordStage, PromptStage, SourceStage, Stage, UserDeleteStage,
    UserLoginStage, UserLogoutStage, UserWriteStage, WebAuthnDeviceType,
};
pub use system_tasks::SystemTask;
pub use tenants::{Domain, Tenant};
pub use tokens::Token;
pub use twins::{EntraGroup, EntraUser, GoogleGroup, GoogleUser, ScimGroup, ScimUser};
pub use users::User;
