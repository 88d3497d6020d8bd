//! Password hashes as Django writes them: `algorithm$parameters$salt$hash`.
//!
//! New hashes are `pbkdf2_sha256`, as the reference makes them, so that a database can move in both directions. Those of
//! the other hashers that Django ships are verified, for accounts that were imported.

use super::work::{Party, Undone, Work};
use crate::api::context::Random;
use argon2::password_hash::{PasswordHash, PasswordVerifier};
use aws_lc_rs::{constant_time::verify_slices_are_equal, digest, pbkdf2};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::num::NonZeroU32;

/// What Django 5.0 uses.
const ITERATIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(719_999);
/// 128 bits in letters and digits.
const SALT_LENGTH: usize = 22;
/// A hash that costs more than this is not verified: who imports it could stop the server with it.
const MAX_ITERATIONS: u32 = 10_000_000;
const MAX_BCRYPT_COST: u32 = 16;
const MAX_MEMORY: u64 = 512 << 20;

/// The hash of a password. Takes about a tenth of a second: in async code use [`hash_async`].
pub fn hash(password: &str, random: &Random) -> String {
    hash_with_salt(password, &random.text(SALT_LENGTH))
}

fn hash_with_salt(password: &str, salt: &str) -> String {
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt.as_bytes(), password.as_bytes(), &mut key);
    format!("pbkdf2_sha256${ITERATIONS}${salt}${}", STANDARD.encode(key))
}

/// Whether this is the password of that hash. False for hashes that no password has: empty, `!…`, unknown or broken.
/// Takes as long as [`hash`]: in async code use [`verify_async`].
pub fn verify(password: &str, encoded: &str) -> bool {
    let Some((algorithm, rest)) = encoded.split_once('$') else { return false };
    let verified = match algorithm {
        "pbkdf2_sha256" => verify_pbkdf2(pbkdf2::PBKDF2_HMAC_SHA256, password, rest),
        "pbkdf2_sha1" => verify_pbkdf2(pbkdf2::PBKDF2_HMAC_SHA1, password, rest),
        "argon2" => verify_argon2(password, rest),
        "bcrypt_sha256" => verify_bcrypt(&sha256(password), rest),
        "bcrypt" => verify_bcrypt(password, rest),
        "scrypt" => verify_scrypt(password, rest),
        _ => None,
    };
    verified.unwrap_or(false)
}

/// A hash that no password has.
pub fn unusable(random: &Random) -> String {
    format!("!{}", random.text(40))
}

/// Whether there can be a password for the hash at all.
pub fn is_usable(encoded: &str) -> bool {
    !encoded.is_empty() && !encoded.starts_with('!')
}

/// [`hash`], beside the threads that answer requests.
///
/// # Errors
/// When too many passwords are being computed, or the server is stopping.
pub async fn hash_async(work: &Work, party: &Party, password: String, random: &Random) -> Result<String, Undone> {
    let salt = random.text(SALT_LENGTH);
    work.passwords.compute(party, move || hash_with_salt(&password, &salt)).await
}

/// [`verify`], beside the threads that answer requests.
///
/// # Errors
/// As [`hash_async`]. It is not known then whether the password is the right one.
pub async fn verify_async(work: &Work, party: &Party, password: String, encoded: String) -> Result<bool, Undone> {
    if !is_usable(&encoded) {
        return Ok(false);
    }
    work.passwords.compute(party, move || verify(&password, &encoded)).await
}

/// `iterations$salt$hash`.
fn verify_pbkdf2(algorithm: pbkdf2::Algorithm, password: &str, rest: &str) -> Option<bool> {
    let mut parts = rest.split('$');
    let iterations: u32 = parts.next()?.parse().ok()?;
    let iterations = NonZeroU32::new(iterations).filter(|i| i.get() <= MAX_ITERATIONS)?;
    let salt = parts.next()?;
    let expected = STANDARD.decode(parts.next()?).ok().filter(|key| !key.is_empty())?;
    Some(pbkdf2::verify(algorithm, iterations, salt.as_bytes(), password.as_bytes(), &expected).is_ok())
}

/// `argon2id$v=19$m=…,t=…,p=…$salt$hash`; with a `$` before it, a PHC string. Old ones leave out the version, 16.
fn verify_argon2(password: &str, rest: &str) -> Option<bool> {
    let (variant, parameters) = rest.split_once('$')?;
    let version = if parameters.starts_with("v=") { "" } else { "v=16$" };
    let phc = format!("${variant}${version}{parameters}");
    let parsed = PasswordHash::new(&phc).ok()?;
    let memory = u64::from(parsed.params.get_decimal("m")?).checked_mul(1024)?;
    let rounds = parsed.params.get_decimal("t")?;
    if memory > MAX_MEMORY || rounds > 1_000 {
        return None;
    }
    Some(argon2::Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// `$2b$cost$salt and hash`.
fn verify_bcrypt(password: &str, rest: &str) -> Option<bool> {
    let cost: u32 = rest.split('$').nth(2)?.parse().ok()?;
    if cost > MAX_BCRYPT_COST {
        return None;
    }
    bcrypt::verify(password, rest).ok()
}

/// `work factor$salt$block size$parallelism$hash`.
fn verify_scrypt(password: &str, rest: &str) -> Option<bool> {
    let parts: Vec<&str> = rest.split('$').collect();
    let [work, salt, block, parallelism, key] = parts.as_slice() else { return None };
    let work: u64 = work.parse().ok().filter(|n: &u64| n.is_power_of_two())?;
    let (block, parallelism): (u32, u32) = (block.parse().ok()?, parallelism.parse().ok()?);
    if work.checked_mul(u64::from(block))?.checked_mul(128)? > MAX_MEMORY || parallelism > 64 {
        return None;
    }
    let expected = STANDARD.decode(key).ok().filter(|key| !key.is_empty())?;
    let params =
        scrypt::Params::new(u8::try_from(work.ilog2()).ok()?, block, parallelism, scrypt::Params::RECOMMENDED_LEN);
    let mut computed = vec![0; expected.len()];
    scrypt::scrypt(password.as_bytes(), salt.as_bytes(), &params.ok()?, &mut computed).ok()?;
    Some(verify_slices_are_equal(&computed, &expected).is_ok())
}

/// In hexadecimal digits: bcrypt takes at most 72 bytes, and none that is zero.
fn sha256(text: &str) -> String {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_password_and_no_other() {
        let random = Random::seeded(1);
        let encoded = hash("correct horse", &random);
        assert!(encoded.starts_with("pbkdf2_sha256$720000$"), "{encoded}");
        assert!(verify("correct horse", &encoded));
        assert!(!verify("correct horsf", &encoded) && !verify("", &encoded));
        assert_eq!(encoded, hash("correct horse", &Random::seeded(1)));
    }

    /// The first from the test suite of Django (`auth_tests/test_hashers.py`), the others made with the Python packages
    /// that it uses.
    #[test]
    fn hashes_of_django_verify() {
        for encoded in [
            "pbkdf2_sha256$720000$seasalt$eDupbcisD1UuIiou3hMuMu8oe/XwnpDw45r6AA5iv0E=",
            "pbkdf2_sha1$720000$seasalt$br/ryH7czdNxdykWBwB9FSvG9wY=",
            "bcrypt_sha256$$2b$12$I9cMNbxz9b8Cvg/c9ljreeI5pgz3UD87XeowhyImv8pC4W8ed68I2",
            "bcrypt$$2b$04$I9cMNbxz9b8Cvg/c9ljreeVI6jLWoy4vcETwjTi3FIZLPKQThRxgG",
            "scrypt$16384$seasalt$8$1$\
             Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==",
            "argon2$argon2id$v=19$m=102400,t=2,p=8$Y010dUxhNkllR0Vy$m7wnkVrb13/JGZB2FcqFSg",
            "argon2$argon2i$v=16$m=512,t=2,p=2$Y010dUxhNkllR0Vy$mbt1YDsBzvXxTs7JkXEC4Q",
            "argon2$argon2i$m=512,t=2,p=2$Y010dUxhNkllR0Vy$mbt1YDsBzvXxTs7JkXEC4Q",
        ] {
            assert!(verify("lètmein", encoded), "{encoded}");
            assert!(!verify("lètmei", encoded), "{encoded}");
        }
    }

    #[test]
    fn no_password_has_a_broken_hash() {
        let random = Random::seeded(2);
        for encoded in [
            "",
            "!",
            "$",
            "plain",
            "md5$salt$hash",
            "pbkdf2_sha256$",
            "pbkdf2_sha256$0$salt$aGFzaA==",
            "pbkdf2_sha256$4294967295$salt$aGFzaA==",
            "pbkdf2_sha256$1000$salt$",
            "pbkdf2_sha256$1000$salt$?",
            "argon2$argon2id$v=19$m=4194304,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw",
            "argon2$argon2id",
            "bcrypt$$2b$31$LqJ2NvMGJhZ5WVHBmWHZZOYVjsmNPUbQsrLV5JO1AFXjOTtkgrZlq",
            "bcrypt_sha256$$2b$12$short",
            "scrypt$x$salt$8$1$aGFzaA==",
            "scrypt$1073741824$salt$8$1$aGFzaA==",
            "scrypt$16384$salt$8$1$",
            &unusable(&random),
        ] {
            assert!(!verify("", encoded) && !verify("password", encoded), "{encoded}");
        }
        assert!(!is_usable(&unusable(&random)) && !is_usable("") && is_usable("pbkdf2_sha256$1$a$b"));
    }

    #[tokio::test]
    async fn hashing_does_not_hold_up_the_runtime() {
        let random = Random::seeded(3);
        let (work, party) = (Work::default(), Party::Server);
        let working = hash_async(&work, &party, "secret".to_owned(), &random);
        let ticking = async {
            let mut ticks = 0;
            while ticks < 1_000 {
                tokio::task::yield_now().await;
                ticks += 1;
            }
            ticks
        };
        let (encoded, ticks) = tokio::join!(working, ticking);
        assert_eq!(ticks, 1_000);
        assert_eq!(verify_async(&work, &party, "secret".to_owned(), encoded.unwrap()).await, Ok(true));
        assert_eq!(verify_async(&work, &party, "secret".to_owned(), String::new()).await, Ok(false));
    }
}
