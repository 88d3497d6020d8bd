//! Identifiers that are derived from others, so that nothing has to be stored.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

/// The `uid` of a user: the same for ever, and telling nothing about the number of users.
pub fn user_uid(uuid: Uuid) -> String {
    hex(digest(&SHA256, &[b"user ", uuid.as_bytes().as_slice()].concat()).as_ref())
}

/// The number of a group for systems that need one (LDAP, POSIX): the first five digits of its key.
pub fn group_number(id: Uuid) -> i64 {
    let digits = id.as_u128().to_string();
    digits.get(..5).unwrap_or(&digits).parse().unwrap_or(0)
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; 2 * bytes.len()];
    for (place, byte) in text.chunks_exact_mut(2).zip(bytes) {
        place.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    // Digits are UTF-8.
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_numbers_are_those_of_the_reference() {
        assert_eq!(group_number(Uuid::from_u128(0x2f04_271d_6941_462e_84b5_3470_c956_6787)), 62495);
        assert_eq!(group_number(Uuid::from_u128(0x805c_787a_4fe3_47bb_9c21_92bd_4833_2880)), 17062);
        assert_eq!(group_number(Uuid::from_u128(12)), 12);
    }

    #[test]
    fn a_uid_is_64_digits_and_stays() {
        let uid = user_uid(Uuid::nil());
        assert_eq!((uid.len(), &uid), (64, &user_uid(Uuid::nil())));
        assert!(uid.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(uid, user_uid(Uuid::from_u128(1)));
    }
}
