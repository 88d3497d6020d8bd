//! What is generated from small documents compiles, and its models survive JSON. Whether it is what the generator
//! writes today is the question of `output.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect by failing")]

mod runtime;

use serde_json::{Value, json};

macro_rules! golden {
    ($($name:ident),* $(,)?) => {
        $(
            #[allow(
                dead_code,
                missing_docs,
                unreachable_pub,
                unused_imports,
                clippy::enum_variant_names,
                reason = "not all of it is used, and every document is as small as it can be"
            )]
            mod $name {
                use crate::runtime::*;

                pub mod models {
                    use crate::support::*;
                    pub use crate::support::File;
                    include!(concat!("golden/", stringify!($name), ".models.rs"));
                }

                include!(concat!("golden/", stringify!($name), ".api.rs"));
            }
        )*
    };
}

golden!(enums, family, multipart, pages, params, recursion, sibling, tagged, tristate);

/// What generated models find around them.
#[allow(unreachable_pub, reason = "generated modules re-export some of it")]
mod support {
    pub(crate) use serde::{Deserialize, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Page<T> {
        pub pagination: serde_json::Value,
        pub results: Vec<T>,
    }

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
    pub struct File;

    #[derive(Debug, PartialEq)]
    pub struct UnknownValue;

    impl UnknownValue {
        pub(crate) fn new(_: &'static str, _: &str) -> Self {
            Self
        }
    }

    pub(crate) fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
        T::deserialize(d).map(Some)
    }
}

/// Decodes, encodes, and wants the same JSON back.
fn survives<T: serde::Serialize + serde::de::DeserializeOwned>(json: Value) -> T {
    let model: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&model).unwrap(), json);
    model
}

#[test]
fn requests_tell_absent_from_null() {
    use tristate::models::{PatchedThingRequest, ThingRequest};
    let absent: PatchedThingRequest = survives(json!({}));
    assert_eq!((absent.note, absent.attributes), (None, None));
    let null: PatchedThingRequest = survives(json!({"note": null, "attributes": null}));
    assert_eq!((null.note, null.attributes), (Some(None), Some(Value::Null)));
    let value: PatchedThingRequest =
        survives(json!({"note": "x", "expires": "2024-06-01T00:00:00Z", "attributes": {}}));
    assert_eq!(value.note, Some(Some("x".to_owned())));
    let other_offset = json!({"expires": "2024-06-01T02:00:00.000+02:00"});
    assert_eq!(serde_json::from_value::<PatchedThingRequest>(other_offset).unwrap().expires, value.expires);

    let full: ThingRequest = survives(json!({"type": "a", "expires": null}));
    let patch = PatchedThingRequest::from(full);
    assert_eq!(serde_json::to_value(patch).unwrap(), json!({"type": "a", "expires": null}));
}

#[test]
fn answers_write_null_and_leave_out_what_is_absent() {
    use tristate::models::Thing;
    let pk = "00000000-0000-4000-8000-000000000000";
    let thing: Thing =
        survives(json!({"pk": pk, "type": "a", "expires": null, "note": null, "owner": null, "place": null}));
    assert_eq!((thing.born, thing.legacy, thing.labels), (None, None, None));
    survives::<Thing>(json!({
        "pk": pk, "type": "a", "expires": "2024-06-01T00:00:00.057400Z", "born": "2024-06-01", "note": "n", "owner": "o",
        "legacy": "l", "attributes": null, "labels": {"a": "b"}, "free": {"x": [1]}, "place": {"lat": 1.5}
    }));
}

#[test]
fn variants_carry_their_tag() {
    use tagged::models::{Challenge, PasswordChallenge, ResponseRequest};
    let json = json!({"component": "ask-password", "user": "jane", "hint": null});
    let challenge: Challenge = survives(json.clone());
    assert!(matches!(challenge, Challenge::Password(_)));
    assert_eq!(challenge.tag(), "ask-password");
    survives::<PasswordChallenge>(json);
    assert!(matches!(
        survives(json!({"component": "ask-prompt", "fields": ["a"]})),
        Challenge::Prompt(prompt) if prompt.fields == ["a"]
    ));
    assert!(serde_json::from_value::<Challenge>(json!({"component": "ask-nothing"})).is_err());
    assert!(serde_json::from_value::<Challenge>(json!({"user": "jane"})).is_err());

    survives::<ResponseRequest>(json!({"component": "ask-password", "password": "p"}));
    survives::<ResponseRequest>(json!({"component": "ask-password", "password": "p", "device": null}));
    let prompt: ResponseRequest = survives(json!({"component": "ask-prompt", "anything": {"a": 1}}));
    assert!(matches!(prompt, ResponseRequest::Prompt(fields) if fields.additional["anything"]["a"] == 1));
}

#[test]
fn a_tag_stands_beside_its_union() {
    use sibling::models::{AppRequest, LdapProviderRequest, ModelRequest, TransactionRequest};
    let ldap = LdapProviderRequest { name: "l".into(), search_group: Some(None) };
    let request = TransactionRequest { app: AppRequest { name: "a".into() }, provider: ldap.into() };
    let json = json!({
        "app": {"name": "a"}, "provider_model": "app_ldap.ldap", "provider": {"name": "l", "search_group": null}
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), json);
    assert_eq!(survives::<TransactionRequest>(json), request);
    let oauth2: TransactionRequest = survives(json!({
        "app": {"name": "a"}, "provider": {"name": "o", "redirect_uris": "a:/b"}, "provider_model": "app_oauth2.oauth2"
    }));
    assert!(matches!(oauth2.provider, ModelRequest::OAuth2(_)));
    assert!(
        serde_json::from_value::<TransactionRequest>(json!({"app": {"name": "a"}, "provider": {"name": "o"}})).is_err()
    );
}

#[test]
fn enums_are_text() {
    use enums::models::{BoxRequestColour, LidEnum, SignatureEnum};
    for lid in LidEnum::ALL {
        assert_eq!(lid.to_string().parse(), Ok(*lid));
        assert_eq!(serde_json::to_value(lid).unwrap(), lid.as_str());
    }
    assert_eq!("other".parse::<LidEnum>(), Err(support::UnknownValue));
    assert_eq!(SignatureEnum::HttpPost.as_str(), "urn:oasis:names:HTTP-POST");
    assert_eq!(survives::<BoxRequestColour>(json!("")), BoxRequestColour::Empty);
}

#[test]
fn recursion_stands_in_boxes() {
    use recursion::models::TreeRequest;
    let tree: TreeRequest = survives(json!({
        "name": "a", "parent": {"name": "b"}, "root": {"tree": null, "depths": {"x": [1]}}, "branches": [{"name": "c"}]
    }));
    assert_eq!(tree.parent.unwrap().name, "b");
}

#[test]
fn the_table_knows_every_operation() {
    let rows: Vec<_> = pages::OPERATIONS.iter().map(|o| (o.id, o.resource, o.action, o.success)).collect();
    assert_eq!(
        rows,
        [
            ("core_users_list", "core_users", "list", 200),
            ("core_users_me_retrieve", "core_users", "me_retrieve", 200),
            ("core_users_destroy", "core_users", "destroy", 204),
            ("core_users_used_by_list", "core_users", "used_by_list", 200),
            ("root_config_retrieve", "root_config", "retrieve", 200),
            ("schema_retrieve", "schema", "retrieve", 200),
        ]
    );
}
