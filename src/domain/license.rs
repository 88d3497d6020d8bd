//! Licence keys: a signed statement for whom, for how many users and until when, with the certificate of whoever signed it.
//!
//! The reference sells them. Here no feature depends on one, so it does not matter who signed: that the key is whole, is for
//! this installation, and has not ended is all that is asked.

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, de::DeserializeOwned};

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// To whom it was given.
    pub name: String,
    /// When it ends.
    pub expiry: DateTime<Utc>,
    /// For how many internal users it is.
    pub internal_users: i64,
    /// For how many external users it is.
    pub external_users: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: Audience,
    exp: i64,
    name: String,
    internal_users: u32,
    external_users: u32,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads a key for the installation of this id. `None` for what is none, or does not hold.
pub fn read(key: &str, install_id: &str, now: DateTime<Utc>) -> Option<License> {
    let (message, signature) = key.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let Header { alg, x5c } = part(header)?;
    let certificate = STANDARD.decode(x5c.first()?).ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&certificate).ok()?;
    let public = &certificate.public_key().subject_public_key.data;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if alg != "ES512" {
        return None;
    }
    UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, public).verify(message.as_bytes(), &signature).ok()?;
    let Claims { aud, exp, name, internal_users, external_users } = part(claims)?;
    let wanted = format!("enterprise.goauthentik.io/license/{install_id}");
    let ours = match aud {
        Audience::One(one) => one == wanted,
        Audience::Many(many) => many.contains(&wanted),
    };
    let expiry = DateTime::from_timestamp(exp, 0).filter(|expiry| *expiry > now)?;
    let (internal_users, external_users) = (internal_users.into(), external_users.into());
    ours.then_some(License { name, expiry, internal_users, external_users })
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair},
    };
    use serde_json::{Value, json};

    fn key(claims: &Value) -> String {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let certificate = rcgen::CertificateParams::new(vec![]).unwrap().self_signed(&pair).unwrap();
        let header = json!({ "alg": "ES512", "typ": "JWT", "x5c": [STANDARD.encode(certificate.der())] });
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", text(&header), text(claims));
        let signer = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, &pair.serialize_der()).unwrap();
        let signature = signer.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    #[test]
    fn a_key_holds_for_one_installation_until_it_ends() {
        let claims = |aud: &str, exp: i64| {
            json!({ "aud": format!("enterprise.goauthentik.io/license/{aud}"), "exp": exp, "name": "n",
                    "internal_users": 3, "external_users": 4 })
        };
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        let good = key(&claims("here", 2_000));
        let license = read(&good, "here", now).unwrap();
        assert_eq!((license.name.as_str(), license.internal_users, license.external_users), ("n", 3, 4));
        assert_eq!(license.expiry.timestamp(), 2_000);
        assert_eq!(read(&good, "there", now), None);
        assert_eq!(read(&key(&claims("here", 1_000)), "here", now), None, "ended");
        let forged = key(&claims("here", 9_000));
        let (message, _) = forged.rsplit_once('.').unwrap();
        let (_, signature) = good.rsplit_once('.').unwrap();
        assert_eq!(read(&format!("{message}.{signature}"), "here", now), None, "another signature");
        for text in ["", "a.b.c", "invalid-license-key"] {
            assert_eq!(read(text, "here", now), None, "{text}");
        }
    }
}
