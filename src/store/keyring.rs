//! The keys by which secrets are sealed before they are stored, and opened when they are read.
//!
//! A sealed text is `$sealed$1$KEY$…`: the name of its key, and nonce, ciphertext and tag (AES-256-GCM) in Base64. It is bound
//! to its column. What was stored before there was a key stays readable as it is.

use super::{DbError, column::Column};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    error::Unspecified,
    hkdf, hmac,
};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD as BASE64};
use std::{fmt, sync::Arc};

/// What is not stored as it is begins with this.
const MARK: &str = "$sealed$";
/// A text that begins with the mark by itself, behind this.
const PLAIN: &str = "$sealed$0$";
/// A sealed text.
const SEALED: &str = "$sealed$1$";
/// Where keys are derived, so that they are good for nothing else.
const SALT: &[u8] = b"vestibule secrets at rest";

/// Keys: one that seals, unless there is none, and others that open as well. Cheap to clone.
#[derive(Clone, Default)]
pub struct Keyring(Arc<Keys>);

#[derive(Default)]
struct Keys {
    current: Option<Key>,
    previous: Vec<Key>,
}

struct Key {
    /// By which sealed texts name it. It says nothing about the key.
    name: String,
    cipher: RandomizedNonceKey,
    fingerprints: hmac::Key,
}

impl Key {
    /// The key that a text of the settings stands for.
    fn derive(secret: &str) -> Result<Self, Unspecified> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(secret.as_bytes());
        let derive = |purpose: &[u8]| -> Result<[u8; 32], Unspecified> {
            let mut key = [0; 32];
            secret.expand(&[purpose], hkdf::HKDF_SHA256)?.fill(&mut key)?;
            Ok(key)
        };
        let name = derive(b"name")?.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, &derive(b"cipher")?)?;
        Ok(Self { name, cipher, fingerprints: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"fingerprints")?) })
    }

    fn seal(&self, place: Place, text: &str) -> Result<String, Unspecified> {
        let mut bytes = text.as_bytes().to_vec();
        let nonce = self.cipher.seal_in_place_append_tag(Aad::from(place.to_string()), &mut bytes)?;
        let sealed = BASE64.encode([nonce.as_ref().as_slice(), &bytes].concat());
        Ok(format!("{SEALED}{}${sealed}", self.name))
    }

    fn open(&self, place: Place, sealed: &str) -> Option<String> {
        let mut bytes = BASE64.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.cipher.open_in_place(nonce, Aad::from(place.to_string()), sealed).ok()?;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    fn fingerprint(&self, text: &str) -> String {
        BASE64.encode(hmac::sign(&self.fingerprints, text.as_bytes()))
    }
}

impl Keyring {
    /// The keys that texts of the settings stand for: the one that seals, and those that did before.
    ///
    /// # Errors
    /// When none can be derived.
    pub fn new(current: Option<&str>, previous: &[String]) -> Result<Self, DbError> {
        let derive = |secret: &str| Key::derive(secret).map_err(|_| DbError::Other("no key can be derived".into()));
        let current = current.map(derive).transpose()?;
        let previous = previous.iter().map(|secret| derive(secret)).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Keys { current, previous })))
    }

    /// Whether there is a key that seals.
    pub(super) fn seals(&self) -> bool {
        self.0.current.is_some()
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        self.0.current.iter().chain(&self.0.previous)
    }

    /// A text as it is stored in a column.
    pub(super) fn seal(&self, place: impl Into<Place>, text: &str) -> Result<String, DbError> {
        match &self.0.current {
            Some(key) => key.seal(place.into(), text).map_err(|_| DbError::Other("a secret cannot be sealed".into())),
            None => Ok(self.unsealed(text)),
        }
    }

    /// A text as it is stored where nothing is sealed.
    pub(super) fn unsealed(&self, text: &str) -> String {
        if text.starts_with(MARK) { format!("{PLAIN}{text}") } else { text.to_owned() }
    }

    /// The text of which this is stored in a column.
    pub(super) fn open(&self, place: impl Into<Place>, stored: String) -> Result<String, DbError> {
        let place = place.into();
        if !stored.starts_with(MARK) {
            return Ok(stored);
        }
        if let Some(text) = stored.strip_prefix(PLAIN) {
            return Ok(text.to_owned());
        }
        let failed = |why: &str| Err(DbError::Other(format!("what {place} holds cannot be opened: {why}")));
        let Some((name, sealed)) = stored.strip_prefix(SEALED).and_then(|rest| rest.split_once('$')) else {
            return failed("its form is not known");
        };
        let Some(key) = self.all().find(|key| key.name == name) else {
            return failed("it is sealed by a key that the settings do not have");
        };
        key.open(place, sealed).map_or_else(|| failed("it was changed, or belongs elsewhere"), Ok)
    }

    /// Whether a text would be stored like this now.
    pub(super) fn is_current(&self, stored: &str) -> bool {
        match &self.0.current {
            Some(key) => stored.strip_prefix(SEALED).is_some_and(|rest| rest.starts_with(&format!("{}$", key.name))),
            None => !stored.starts_with(MARK) || stored.starts_with(PLAIN),
        }
    }

    /// By what a sealed text can be found. None where it can be found by itself.
    pub(super) fn fingerprint(&self, text: &str) -> Option<String> {
        self.0.current.as_ref().map(|key| key.fingerprint(text))
    }

    /// By what a text can be found that any of the keys may have sealed.
    pub(super) fn fingerprints(&self, text: &str) -> Vec<String> {
        self.all().map(|key| key.fingerprint(text)).collect()
    }
}

/// Keys stay out of logs.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.all().map(|key| key.name.as_str()).collect();
        f.debug_tuple("Keyring").field(&names).finish()
    }
}

/// To what a sealed text is bound: a column.
#[derive(Clone, Copy)]
pub(super) struct Place {
    table: &'static str,
    column: &'static str,
}

impl Place {
    pub(super) const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column }
    }
}

impl From<&Column> for Place {
    fn from(column: &Column) -> Self {
        Self::new(column.table, column.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(current: Option<&str>, previous: &[&str]) -> Keyring {
        Keyring::new(current, &previous.iter().map(|&key| key.to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn what_one_key_seals_it_opens_in_its_place() {
        let (place, other) = (Place::new("tokens", "key"), Place::new("tokens", "identifier"));
        let ring = ring(Some("one"), &[]);
        for text in ["a secret", "", "$sealed$0$x", "ü\0"] {
            let sealed = ring.seal(place, text).unwrap();
            assert!(ring.is_current(&sealed) && sealed != ring.seal(place, text).unwrap(), "{sealed}");
            assert_eq!(ring.open(place, sealed.clone()).unwrap(), text);
            assert!(ring.open(other, sealed.clone()).is_err(), "it was put into another column");
            let mut changed = sealed.clone();
            changed.replace_range(sealed.len() - 1.., if sealed.ends_with('A') { "Q" } else { "A" });
            assert!(ring.open(place, changed).is_err());
            assert!(ring.open(place, sealed[..sealed.len() / 2].to_owned()).is_err());
        }
    }

    #[test]
    fn keys_follow_each_other() {
        let place = Place::new("tokens", "key");
        let (old, new) = (ring(Some("one"), &[]), ring(Some("two"), &["one"]));
        let sealed = old.seal(place, "a secret").unwrap();
        assert_eq!(new.open(place, sealed.clone()).unwrap(), "a secret");
        assert!(!new.is_current(&sealed) && ring(Some("two"), &[]).open(place, sealed.clone()).is_err());
        assert!(new.fingerprints("a secret").contains(&old.fingerprint("a secret").unwrap()));
        let none = ring(None, &["one"]);
        assert_eq!(none.open(place, sealed.clone()).unwrap(), "a secret");
        assert!(!none.is_current(&sealed) && Keyring::default().open(place, sealed).is_err());
    }

    #[test]
    fn without_a_key_texts_are_stored_as_they_are() {
        let (none, place) = (Keyring::default(), Place::new("tokens", "key"));
        for (text, expected) in [("a", "a"), ("$sealed$1$x", "$sealed$0$$sealed$1$x")] {
            let stored = none.seal(place, text).unwrap();
            assert_eq!(stored, expected);
            assert!(none.is_current(&stored));
            assert_eq!(none.open(place, stored).unwrap(), text);
        }
        assert_eq!(none.fingerprint("a"), None);
        assert_eq!(format!("{:?}", ring(Some("a secret"), &[])).len(), "Keyring([\"01234567\"])".len());
    }
}
