//! The fixtures were made with Python's `cryptography`, with which the reference reads certificates.

use super::{
    super::work::{Party, Work},
    *,
};
use crate::api::context::Random;
use base64::{Engine, engine::general_purpose::STANDARD};

/// Every character that needs care, in several kinds of strings.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIICGjCCAcGgAwIBAgIBATAKBggqhkjOPQQDAjCBlTELMAkGA1UEBhMCREUxIzAh\n\
BgNVBAoMGkvDpHNlLCAiQnJvdCIgKyA8V2Vpbj47ICMxMQ4wDAYDVQQDDAUgYVxi\n\
IDESMBAGCgmSJomT8ixkAQEMAiM3MRcwFQYKCZImiZPyLGQBGRYHZXhhbXBsZTEX\n\
MBUGCSqGSIb3DQEJARYIYUBiLnRlc3QxCzAJBgNVBAkeAgDpMCAXDTI0MDEwMTAw\n\
MDAwMFoYDzIwNTQwNTA2MDcwODA5WjCBlTELMAkGA1UEBhMCREUxIzAhBgNVBAoM\n\
GkvDpHNlLCAiQnJvdCIgKyA8V2Vpbj47ICMxMQ4wDAYDVQQDDAUgYVxiIDESMBAG\n\
CgmSJomT8ixkAQEMAiM3MRcwFQYKCZImiZPyLGQBGRYHZXhhbXBsZTEXMBUGCSqG\n\
SIb3DQEJARYIYUBiLnRlc3QxCzAJBgNVBAkeAgDpMFkwEwYHKoZIzj0CAQYIKoZI\n\
zj0DAQcDQgAEj3go7CeMEpLPi5YHmbV0fGopsaIfm516RL/ZqHO8zWvMaOczXit4\n\
D3UB+evrVrhV+9PG2Rq/U1q0DGfCh5awYDAKBggqhkjOPQQDAgNHADBEAiAnN+SK\n\
zUo8YnZxPA/Clai4PUEXzqJeb4Tlny8XBuZt7QIgb5bJcMPxt5K0qQYDWEqRKzar\n\
exPDtrN8l+Gi+H2xCTQ=\n\
-----END CERTIFICATE-----\n";

/// The key of [`CERTIFICATE`].
const EC_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----\n\
MHcCAQEEIJ6PYhfAyCowLVQ6xy2lpTAvrJeg1VzLiRaTlarzDEVuoAoGCCqGSM49\n\
AwEHoUQDQgAEj3go7CeMEpLPi5YHmbV0fGopsaIfm516RL/ZqHO8zWvMaOczXit4\n\
D3UB+evrVrhV+9PG2Rq/U1q0DGfCh5awYA==\n\
-----END EC PRIVATE KEY-----\n";

/// The same in the other form.
const EC_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgno9iF8DIKjAtVDrH\n\
LaWlMC+sl6DVXMuJFpOVqvMMRW6hRANCAASPeCjsJ4wSks+LlgeZtXR8aimxoh+b\n\
nXpEv9moc7zNa8xo5zNeK3gPdQH56+tWuFX708bZGr9TWrQMZ8KHlrBg\n\
-----END PRIVATE KEY-----\n";

/// The same behind the password `x`.
const EC_ENCRYPTED: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDABmGJu3R0J1RBjaNQ\n\
FJUrAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQmYgLFxaJPSWUIHZg\n\
8U/sOwSBkNc03sPtbPy2uanlc2ua9zsU6R+xUod9P5R2oFqlB+a7cWBGv9t9XmBG\n\
f9+G/lZdhFac1jAs/VxwU0hYM2bylB4fsW5wuxM9S1jNC4elDEDPCd8f2fAYAIOr\n\
y02AtxSHrqwAK2jbLnURiIq52s4R1l/bzGxJqwJRUGcADo6bJo2SQPa7pEnI1XIf\n\
A7uG8nm9ag==\n\
-----END ENCRYPTED PRIVATE KEY-----\n";

/// Another key.
const ED25519: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MC4CAQAwBQYDK2VwBCIEICLYb46B9R+h5ktk3zh5byS/Vu13QBcMBMgZAyXz63dD\n\
-----END PRIVATE KEY-----\n";

/// A key of a kind that nothing here can sign with.
const ED448: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MEcCAQAwBQYDK2VxBDsEOYc8R2/nHU1X9HKY9H14nK09O6zsrwzRC4ATKG+KXIiO\n\
oAy3lr8f6BYfGYx2BNyXUUDnIqjdrZDifg==\n\
-----END PRIVATE KEY-----\n";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_295_416, 0).unwrap()
}

fn request(algorithm: Algorithm) -> Request {
    let alt_names = ["a.test", " b.test ", "", "10.0.0.1", "*.c.test"].map(str::to_owned).to_vec();
    Request { common_name: "fx-cert".into(), alt_names, validity_days: 365, algorithm }
}

async fn made(algorithm: Algorithm) -> Generated {
    generate(&Work::default(), &Party::Server, request(algorithm), Random::seeded(4).uuid(), now()).await.unwrap()
}

#[test]
fn a_certificate_is_read_as_the_reference_reads_it() {
    let details = details(CERTIFICATE).unwrap();
    let subject = "STREET=é,1.2.840.113549.1.9.1=a@b.test,DC=example,UID=\\#7,CN=\\ a\\\\b\\ ,O=Käse\\, \\\"Brot\\\" \\+ \\<Wein\\>\\; #1,C=DE";
    assert_eq!(details.subject, subject);
    assert_eq!(details.expires.to_rfc3339(), "2054-05-06T07:08:09+00:00");
    let sha256 = "c2:42:f9:c6:7d:cd:31:09:d0:89:f8:9f:e8:cc:0f:76:05:01:30:67:dd:b3:4e:74:04:d0:cb:06:56:62:90:ad";
    assert_eq!(details.fingerprint_sha256, sha256);
    assert_eq!(details.fingerprint_sha1, "9b:73:8f:2a:fe:7d:bd:c5:b3:05:48:68:fd:ca:a8:b9:a0:17:c1:ab");
    let indented: String = CERTIFICATE.lines().map(|line| format!("    {line}\r\n")).collect();
    assert_eq!(super::details(&format!("{EC_SEC1}\n{indented}")), Some(details), "beside a key, indented");
}

#[test]
fn what_is_no_certificate_is_refused() {
    let cut = CERTIFICATE.replacen("\nMII", "\nMIJ", 1);
    let swapped = EC_PKCS8.replace("PRIVATE KEY", "CERTIFICATE");
    for pem in ["", "text", EC_PKCS8, &CERTIFICATE[..200], &cut, &swapped, "-----BEGIN CERTIFICATE-----"] {
        assert_eq!(details(pem), None, "{pem}");
    }
}

#[test]
fn private_keys_are_told_apart() {
    for (pem, kind, usable) in [
        (EC_SEC1, Some("ec"), true),
        (EC_PKCS8, Some("ec"), true),
        (EC_ENCRYPTED, None, false),
        (ED25519, Some("ed25519"), true),
        (ED448, Some("ed448"), false),
        (CERTIFICATE, None, false),
        ("", None, false),
        ("key", None, false),
    ] {
        assert_eq!((private_key_type(pem), is_private_key(pem)), (kind, usable), "{pem}");
    }
    let parameters = format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{EC_SEC1}");
    assert!(is_private_key(&parameters), "as openssl writes it");
    assert!(!is_private_key(&EC_PKCS8.replacen("MIGH", "MIGI", 1)));
}

#[test]
fn a_pair_fits() {
    assert!(is_pair(CERTIFICATE, EC_SEC1) && is_pair(CERTIFICATE, EC_PKCS8));
    assert!(!is_pair(CERTIFICATE, ED25519) && !is_pair(CERTIFICATE, "") && !is_pair("", EC_SEC1));
}

#[tokio::test]
async fn a_made_certificate_says_what_was_asked_for() {
    for (algorithm, kind) in [(Algorithm::EcdsaP256, "ec"), (Algorithm::Rsa2048, "rsa")] {
        let made = made(algorithm).await;
        let details = details(&made.certificate).unwrap();
        assert_eq!(details.subject, "OU=Self-signed,O=authentik,CN=fx-cert");
        assert_eq!(details.expires, now() + TimeDelta::days(365));
        assert_eq!(private_key_type(&made.private_key), Some(kind));
        assert!(is_private_key(&made.private_key) && is_pair(&made.certificate, &made.private_key));
        assert!(!is_pair(&made.certificate, EC_SEC1));

        let block = certificate_block(&made.certificate).unwrap();
        let certificate = parse(&block).unwrap();
        assert_eq!(certificate.subject(), certificate.issuer());
        assert_eq!(certificate.serial.to_bytes_be(), Random::seeded(4).uuid().as_bytes());
        assert_eq!(certificate.validity().not_before.timestamp(), (now() - TimeDelta::days(1)).timestamp());
        let names = certificate.subject_alternative_name().unwrap().unwrap().value.general_names.len();
        assert_eq!(names, 4);
    }
}

#[tokio::test]
async fn an_rsa_key_in_its_old_form_is_read() {
    let made = made(Algorithm::Rsa2048).await;
    let block = blocks(&made.private_key).remove(0);
    let (_, outer) = Sequence::from_der(&block.contents).unwrap();
    let (rest, _) = Integer::from_der(&outer.content).unwrap();
    let (rest, _) = AlgorithmIdentifier::from_der(rest).unwrap();
    let (_, inner) = Any::from_der(rest).unwrap();
    let pem =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", STANDARD.encode(inner.data));
    assert_eq!(private_key_type(&pem), Some("rsa"));
    assert!(is_private_key(&pem) && is_pair(&made.certificate, &pem));
}

#[tokio::test]
async fn what_cannot_be_made_is_named() {
    for (change, field) in [
        (Request { validity_days: -1, ..request(Algorithm::EcdsaP256) }, "validity_days"),
        (Request { validity_days: 3_000_000, ..request(Algorithm::EcdsaP256) }, "validity_days"),
        (Request { validity_days: i64::MAX, ..request(Algorithm::EcdsaP256) }, "validity_days"),
        (Request { alt_names: vec!["bücher.test".into()], ..request(Algorithm::EcdsaP256) }, "subject_alt_name"),
    ] {
        let error = generate(&Work::default(), &Party::Server, change, Uuid::nil(), now()).await.unwrap_err();
        assert!(matches!(&error, GenerateError::Field(name, _) if *name == field), "{error}");
    }
    let long = Request { common_name: "ü".repeat(100), ..request(Algorithm::EcdsaP256) };
    let made = generate(&Work::default(), &Party::Server, long, Uuid::nil(), now()).await.unwrap();
    assert!(details(&made.certificate).unwrap().subject.ends_with(&format!("CN={}", "ü".repeat(64))));
}
