//! Objects as JSON of their columns: the stages, policies, fields and bindings that have no handlers of their own yet.
//!
//! What a client may write is what the contract says of the kind; a field is stored in the column of its name, with
//! `_id` behind it where it refers to another object.

use super::models::Key;
use crate::{
    api::{
        context::Context,
        kinds,
        page::{Column, Listing},
        policies,
        resource::{self, Model, Resource, Unique, check_exist},
        stages,
    },
    domain::{duration, expression},
    store::{
        Entity, Joined, Table,
        query::Link,
        table::Kind as KindTable,
        tables::{self, Policy, Prompt, Stage},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::marker::PhantomData;
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, schema::Schema, schemas};

/// The columns or fields of an object.
pub(super) type Fields = Map<String, Value>;

/// A row that is also a JSON object of its columns.
pub(super) trait Columns: Entity {
    /// The row as an object.
    fn columns(&self) -> Fields;
    /// The row with these columns in place of its own.
    fn with(self, columns: Fields) -> serde_json::Result<Self>;
    /// Its key.
    fn id(&self) -> Uuid;
    /// Its name.
    fn name(&self) -> &str;
}

fn object(row: &impl Serialize) -> Fields {
    match serde_json::to_value(row) {
        Ok(Value::Object(map)) => map,
        _ => Fields::new(),
    }
}

fn replaced<T: Serialize + DeserializeOwned>(row: &T, columns: &Fields) -> serde_json::Result<T> {
    let mut all = object(row);
    for (column, value) in &mut all {
        if let Some(new) = columns.get(column) {
            value.clone_from(new);
        }
    }
    serde_json::from_value(Value::Object(all))
}

/// A base row: a stage or a policy.
pub(super) trait Base: Table + Serialize + DeserializeOwned {
    /// A new one of a kind.
    fn new(id: Uuid, kind: &str) -> Self;
    /// Its key and its name.
    fn named(&self) -> (Uuid, &str);
}

impl Base for Stage {
    fn new(id: Uuid, kind: &str) -> Self {
        Self::defaults(id, String::new(), kind)
    }

    fn named(&self) -> (Uuid, &str) {
        (self.id, &self.name)
    }
}

impl Base for Policy {
    fn new(id: Uuid, kind: &str) -> Self {
        Self::defaults(id, String::new(), kind)
    }

    fn named(&self) -> (Uuid, &str) {
        (self.id, &self.name)
    }
}

impl<B: Base, K: KindTable<B> + Serialize + DeserializeOwned> Columns for Joined<B, K> {
    fn columns(&self) -> Fields {
        let mut all = object(&self.base);
        all.extend(object(&self.kind));
        all
    }

    fn with(self, columns: Fields) -> serde_json::Result<Self> {
        Ok(Self { base: replaced(&self.base, &columns)?, kind: replaced(&self.kind, &columns)? })
    }

    fn id(&self) -> Uuid {
        self.base.named().0
    }

    fn name(&self) -> &str {
        self.base.named().1
    }
}

impl Columns for Prompt {
    fn columns(&self) -> Fields {
        object(self)
    }

    fn with(self, columns: Fields) -> serde_json::Result<Self> {
        replaced(&self, &columns)
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A many-to-many field: its name, the table that holds it, and the table of the other side.
type Links = (&'static str, Link, &'static str);

/// A kind of object.
pub(super) trait Record: Send + Sync + 'static {
    /// How it is stored.
    type Row: Columns;
    /// Its names.
    const MODEL: Model;
    /// The body that creates one, and the one that changes one.
    const BODIES: (&'static Schema, &'static Schema);
    /// What its unique constraints mean.
    const UNIQUE: &'static [Unique];
    /// By what objects are found, beside `pk`.
    const KEYS: &'static [(&'static str, Column, Key)] = &[("name", (<Self::Row as Entity>::TABLE, "name"), Key::Text)];
    /// Fields that refer to another object, and its table.
    const REFERENCES: &'static [(&'static str, &'static str)] = &[];
    /// Fields that refer to many other objects.
    const LINKS: &'static [Links] = &[];
    /// Fields that hold a duration.
    const DURATIONS: &'static [&'static str] = &[];
    /// Fields that nobody may read.
    const SECRETS: &'static [&'static str] = &[];

    /// A row as it is when a body leaves out all that may be left out.
    fn new(id: Uuid) -> Self::Row;
}

/// A [`Record`] as a resource.
pub(super) struct Recorded<T>(PhantomData<T>);

/// The column of a field.
fn column(field: &str, columns: &Fields) -> Option<String> {
    let own = match field {
        "order" => "sort_order",
        "type" => "kind",
        field => field,
    };
    let named = [own.to_owned(), format!("{own}_id")];
    named.into_iter().find(|column| columns.contains_key(column))
}

/// The fields that a body may have.
fn fields(schema: &'static Schema) -> impl Iterator<Item = (&'static str, &'static Schema)> {
    let fields: &[_] = if let Schema::Object(fields) = schema { fields } else { &[] };
    fields.iter().map(|field| (field.name, field.schema))
}

impl<T: Record> Resource for Recorded<T> {
    type Row = T::Row;
    /// What could be written to make the object what it is.
    type Model = Fields;
    type Patch = Fields;

    const MODEL: Model = T::MODEL;
    const LISTING: Listing = Listing {
        order: &[],
        default_order: &[],
        search: &[],
        key: (<T::Row as Entity>::TABLE, <T::Row as Entity>::KEY),
    };
    const UNIQUE: &'static [Unique] = T::UNIQUE;

    fn pk(row: &T::Row) -> String {
        row.id().to_string()
    }

    fn label(row: &T::Row) -> String {
        row.name().to_owned()
    }

    async fn models(ctx: &mut Context, rows: Vec<T::Row>) -> Result<Vec<Fields>, ApiError> {
        let ids: Vec<Uuid> = rows.iter().map(Columns::id).collect();
        let mut links = vec![];
        for (field, link, _) in T::LINKS {
            links.push((*field, link.pairs::<Uuid, Uuid>(&mut ctx.db, ids.clone()).await?));
        }
        let model = |row: &T::Row| {
            let columns = row.columns();
            let mut model = Fields::new();
            for (field, schema) in fields(T::BODIES.0).filter(|(field, _)| !T::SECRETS.contains(field)) {
                let Some(value) = column(field, &columns).and_then(|column| columns.get(&column)) else { continue };
                let value = match schema {
                    Schema::Enum(_) if value.is_number() => json!(value.to_string()),
                    _ => value.clone(),
                };
                model.insert(field.to_owned(), value);
            }
            for (field, pairs) in &links {
                let others = pairs.iter().filter(|(owner, _)| *owner == row.id()).map(|(_, other)| json!(other));
                model.insert((*field).to_owned(), others.collect());
            }
            model
        };
        Ok(rows.iter().map(model).collect())
    }

    async fn save(ctx: &mut Context, existing: Option<T::Row>, patch: Fields) -> Result<T::Row, ApiError> {
        let new = existing.is_none();
        let row = existing.unwrap_or_else(|| T::new(ctx.uuid()));
        let mut errors = Errors::default();
        check::<T>(ctx, &mut errors, &patch).await?;
        errors.into_result()?;
        let mut columns = row.columns();
        for (field, value) in &patch {
            if let Some(name) = column(field, &columns)
                && let Some(place) = columns.get_mut(&name)
            {
                // Some numbers are text to clients.
                let number = value.as_str().filter(|_| place.is_number()).and_then(|text| text.parse::<i64>().ok());
                *place = number.map_or_else(|| value.clone(), Value::from);
            }
        }
        let misfit = |error| ApiError::Internal(format!("a checked {} does not fit its row: {error}", T::MODEL.name));
        let mut row = row.with(columns).map_err(misfit)?;
        resource::store::<Self>(ctx, &mut row, new).await?;
        for (field, link, _) in T::LINKS {
            if let Some(others) = patch.get(*field) {
                link.set(&mut ctx.db, row.id(), uuids(others)).await?;
            }
        }
        Ok(row)
    }
}

/// The keys in a field that was checked.
fn uuids(value: &Value) -> Vec<Uuid> {
    let one = std::slice::from_ref(value);
    let all = value.as_array().map_or(one, Vec::as_slice);
    all.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// What the contract cannot say of a body.
async fn check<T: Record>(ctx: &mut Context, errors: &mut Errors, patch: &Fields) -> Result<(), ApiError> {
    let many = T::LINKS.iter().map(|(field, _, table)| (*field, *table));
    for (field, table) in T::REFERENCES.iter().copied().chain(many) {
        if let Some(value) = patch.get(field) {
            check_exist(ctx, errors, field, table, uuids(value)).await?;
        }
    }
    for field in T::DURATIONS {
        if let Some(text) = patch.get(*field).and_then(Value::as_str).filter(|text| duration::parse(text).is_none()) {
            errors.add(*field, format!("{text} is not in the correct format of 'hours=3;minutes=1'."));
        }
    }
    if let Some(source) = patch.get("expression").and_then(Value::as_str)
        && let Err(error) = expression::check(source)
    {
        errors.add("expression", format!("Expression Syntax Error: {error}"));
    }
    Ok(())
}

/// Describes a kind of stage or policy whose table is written with its defaults.
macro_rules! records {
    ($base:ident in $family:ident, $unique:literal: $(
        $row:ident $kind:literal $body:ident $patch:ident { $($name:ident: $value:expr),* $(,)? }
    )*) => { $(
        impl Record for tables::$row {
            type Row = Joined<$base, tables::$row>;
            const MODEL: Model = kinds::model_of($family::kinds::KINDS, $kind);
            const BODIES: (&'static Schema, &'static Schema) = (&schemas::$body, &schemas::$patch);
            const UNIQUE: &'static [Unique] = &[("name", "name", $unique)];
            $(const $name: &'static [records!(@type $name)] = &$value;)*

            fn new(id: Uuid) -> Self::Row {
                Joined { base: $base::new(id, $kind), kind: tables::$row::defaults() }
            }
        }
    )* };
    (@type REFERENCES) => { (&'static str, &'static str) };
    (@type LINKS) => { Links };
    (@type DURATIONS) => { &'static str };
    (@type SECRETS) => { &'static str };
}

/// A field of a stage that names many others.
const fn of_stage(table: &'static str, other: &'static str) -> Link {
    Link { table, owner: "stage_id", other }
}

const CONFIGURE: (&str, &str) = ("configure_flow", "flows");

records! { Stage in stages, "stage with this name already exists.":
    AuthenticatorDuoStage "authenticator_duo"
        AUTHENTICATOR_DUO_STAGE_REQUEST PATCHED_AUTHENTICATOR_DUO_STAGE_REQUEST
        { REFERENCES: [CONFIGURE], SECRETS: ["client_secret", "admin_secret_key"] }
    AuthenticatorSmsStage "authenticator_sms"
        AUTHENTICATOR_SMS_STAGE_REQUEST PATCHED_AUTHENTICATOR_SMS_STAGE_REQUEST
        { REFERENCES: [CONFIGURE, ("mapping", "property_mappings")] }
    AuthenticatorStaticStage "authenticator_static"
        AUTHENTICATOR_STATIC_STAGE_REQUEST PATCHED_AUTHENTICATOR_STATIC_STAGE_REQUEST { REFERENCES: [CONFIGURE] }
    AuthenticatorTotpStage "authenticator_totp"
        AUTHENTICATOR_TOTP_STAGE_REQUEST PATCHED_AUTHENTICATOR_TOTP_STAGE_REQUEST { REFERENCES: [CONFIGURE] }
    AuthenticatorValidateStage "authenticator_validate"
        AUTHENTICATOR_VALIDATE_STAGE_REQUEST PATCHED_AUTHENTICATOR_VALIDATE_STAGE_REQUEST {
            LINKS: [
                (
                    "configuration_stages",
                    of_stage("stages_authenticator_validate_configuration", "setup_stage_id"),
                    "stages",
                ),
                (
                    "webauthn_allowed_device_types",
                    of_stage("stages_authenticator_validate_device_types", "device_type_id"),
                    "webauthn_device_types",
                ),
            ],
            DURATIONS: ["last_auth_threshold"],
        }
    AuthenticatorWebAuthnStage "authenticator_webauthn"
        AUTHENTICATOR_WEB_AUTHN_STAGE_REQUEST PATCHED_AUTHENTICATOR_WEB_AUTHN_STAGE_REQUEST {
            REFERENCES: [CONFIGURE],
            LINKS: [(
                "device_type_restrictions",
                of_stage("stages_authenticator_webauthn_device_types", "device_type_id"),
                "webauthn_device_types",
            )],
        }
    CaptchaStage "captcha" CAPTCHA_STAGE_REQUEST PATCHED_CAPTCHA_STAGE_REQUEST { SECRETS: ["private_key"] }
    ConsentStage "consent" CONSENT_STAGE_REQUEST PATCHED_CONSENT_STAGE_REQUEST { DURATIONS: ["consent_expire_in"] }
    DenyStage "deny" DENY_STAGE_REQUEST PATCHED_DENY_STAGE_REQUEST {}
    DummyStage "dummy" DUMMY_STAGE_REQUEST PATCHED_DUMMY_STAGE_REQUEST {}
    EmailStage "email" EMAIL_STAGE_REQUEST PATCHED_EMAIL_STAGE_REQUEST { SECRETS: ["password"] }
    IdentificationStage "identification" IDENTIFICATION_STAGE_REQUEST PATCHED_IDENTIFICATION_STAGE_REQUEST {
        REFERENCES: [
            ("password_stage", "stages"),
            ("enrollment_flow", "flows"),
            ("recovery_flow", "flows"),
            ("passwordless_flow", "flows"),
        ],
        LINKS: [("sources", of_stage("stages_identification_sources", "source_id"), "sources")],
    }
    InvitationStage "invitation" INVITATION_STAGE_REQUEST PATCHED_INVITATION_STAGE_REQUEST {}
    PasswordStage "password" PASSWORD_STAGE_REQUEST PATCHED_PASSWORD_STAGE_REQUEST { REFERENCES: [CONFIGURE] }
    PromptStage "prompt" PROMPT_STAGE_REQUEST PATCHED_PROMPT_STAGE_REQUEST {
        LINKS: [
            ("fields", of_stage("stages_prompt_fields", "prompt_id"), "prompts"),
            ("validation_policies", of_stage("stages_prompt_validation_policies", "policy_id"), "policies"),
        ],
    }
    SourceStage "source" SOURCE_STAGE_REQUEST PATCHED_SOURCE_STAGE_REQUEST {
        REFERENCES: [("source", "sources")],
        DURATIONS: ["resume_timeout"],
    }
    UserDeleteStage "user_delete" USER_DELETE_STAGE_REQUEST PATCHED_USER_DELETE_STAGE_REQUEST {}
    UserLoginStage "user_login" USER_LOGIN_STAGE_REQUEST PATCHED_USER_LOGIN_STAGE_REQUEST {
        DURATIONS: ["session_duration", "remember_me_offset"],
    }
    UserLogoutStage "user_logout" USER_LOGOUT_STAGE_REQUEST PATCHED_USER_LOGOUT_STAGE_REQUEST {}
    UserWriteStage "user_write" USER_WRITE_STAGE_REQUEST PATCHED_USER_WRITE_STAGE_REQUEST {
        REFERENCES: [("create_users_group", "groups")],
    }
}

records! { Policy in policies, "Policy with this name already exists.":
    DummyPolicy "dummy" DUMMY_POLICY_REQUEST PATCHED_DUMMY_POLICY_REQUEST {}
    EventMatcherPolicy "event_matcher" EVENT_MATCHER_POLICY_REQUEST PATCHED_EVENT_MATCHER_POLICY_REQUEST {}
    ExpressionPolicy "expression" EXPRESSION_POLICY_REQUEST PATCHED_EXPRESSION_POLICY_REQUEST {}
    PasswordExpiryPolicy "password_expiry" PASSWORD_EXPIRY_POLICY_REQUEST PATCHED_PASSWORD_EXPIRY_POLICY_REQUEST {}
    PasswordPolicy "password" PASSWORD_POLICY_REQUEST PATCHED_PASSWORD_POLICY_REQUEST {}
    ReputationPolicy "reputation" REPUTATION_POLICY_REQUEST PATCHED_REPUTATION_POLICY_REQUEST {}
}

impl Record for Prompt {
    type Row = Self;
    const MODEL: Model = Model { app: "authentik_stages_prompt", name: "prompt", verbose: "Prompt" };
    const BODIES: (&'static Schema, &'static Schema) = (&schemas::PROMPT_REQUEST, &schemas::PATCHED_PROMPT_REQUEST);
    const UNIQUE: &'static [Unique] = &[("name", "name", "prompt with this name already exists.")];

    const KEYS: &'static [(&'static str, Column, Key)] =
        &[("name", ("prompts", "name"), Key::Text), ("field_key", ("prompts", "field_key"), Key::Text)];

    fn new(id: Uuid) -> Self {
        Self::defaults(id)
    }
}
