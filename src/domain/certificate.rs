//! X.509 certificates and private keys as PEM: made, read and checked.

use super::work::{Party, Undone, Work};
use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, RsaKeySize, SanType, SerialNumber};
use std::fmt;
use uuid::Uuid;
use x509_parser::{
    asn1_rs::{Any, Integer, Sequence, Tag},
    oid_registry::{self as oid, Oid},
    prelude::{FromDer, Pem, X509Certificate},
    x509::{AlgorithmIdentifier, AttributeTypeAndValue, X509Name},
};

/// What the reference answers to something that is no certificate.
pub const NO_CERTIFICATE: &str = "Unable to load certificate.";
/// What the reference answers to something that is no usable private key.
pub const NO_PRIVATE_KEY: &str = "Unable to load private key (possibly encrypted?).";
/// What is said of a private key that belongs to another certificate.
pub const NO_PAIR: &str = "Private key and certificate do not match.";

/// X.520 allows so many characters in a common name.
const COMMON_NAME_LENGTH: usize = 64;

/// What kind of key a certificate is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with 2048 bits: made in a fraction of a second.
    Rsa2048,
    /// RSA with 4096 bits, as the API makes them: takes seconds.
    Rsa4096,
    /// ECDSA on the curve P-256: made at once.
    EcdsaP256,
}

/// What is to be made.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose certificate it is; cut to the 64 characters that fit.
    pub common_name: String,
    /// Host names and IP addresses; blank ones are left out.
    pub alt_names: Vec<String>,
    /// For how many days it is good.
    pub validity_days: i64,
    /// The kind of key.
    pub algorithm: Algorithm,
}

/// A certificate and its private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Generated {
    /// The certificate, as PEM.
    pub certificate: String,
    /// The private key, as PEM (PKCS#8).
    pub private_key: String,
}

impl fmt::Debug for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generated").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// Why no certificate was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GenerateError {
    /// A field of the request, by its name in the API, and what is wrong with it.
    Field(&'static str, String),
    /// The cryptographic library failed; for the log.
    Failed(String),
    /// It was not begun, or not done.
    Undone(Undone),
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field, message) => write!(f, "{field}: {message}"),
            Self::Failed(reason) => write!(f, "the certificate cannot be made: {reason}"),
            Self::Undone(reason) => reason.fmt(f),
        }
    }
}

impl std::error::Error for GenerateError {}

/// Makes a key pair and a self-signed certificate, beside the threads that answer requests. The key comes from the
/// operating system's randomness, which the library does not let us choose.
///
/// # Errors
/// Which part of the request cannot be used; too many keys are being made.
pub async fn generate(
    work: &Work,
    party: &Party,
    request: Request,
    serial: Uuid,
    now: DateTime<Utc>,
) -> Result<Generated, GenerateError> {
    let made = work.keys.compute(party, move || generate_blocking(&request, serial, now)).await;
    made.map_err(GenerateError::Undone)?
}

fn generate_blocking(request: &Request, serial: Uuid, now: DateTime<Utc>) -> Result<Generated, GenerateError> {
    let params = params(request, serial, now)?;
    let failed = |error: rcgen::Error| GenerateError::Failed(error.to_string());
    let key = match request.algorithm {
        Algorithm::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
        Algorithm::Rsa4096 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_4096),
        Algorithm::EcdsaP256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
    }
    .map_err(failed)?;
    // The reference names itself as the issuer although it signs with the same key. Then nothing can verify the
    // certificate, not even who has it; ours is properly self-signed.
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(Generated { certificate: certificate.pem(), private_key: key.serialize_pem() })
}

fn params(request: &Request, serial: Uuid, now: DateTime<Utc>) -> Result<CertificateParams, GenerateError> {
    let validity = |message: &str| GenerateError::Field("validity_days", message.to_owned());
    let too_far = || validity("The certificate would be good beyond the year 9999.");
    if request.validity_days < 0 {
        return Err(validity("Ensure this value is greater than or equal to 0."));
    }
    let end = TimeDelta::try_days(request.validity_days).and_then(|days| now.checked_add_signed(days));
    let end = end.ok_or_else(too_far)?;
    // A day ahead, for machines whose clock is slow.
    let start = now - TimeDelta::days(1);
    let time = |at: DateTime<Utc>| time::OffsetDateTime::from_unix_timestamp(at.timestamp()).map_err(|_| too_far());

    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, request.common_name.chars().take(COMMON_NAME_LENGTH).collect::<String>());
    subject.push(DnType::OrganizationName, "authentik");
    subject.push(DnType::OrganizationalUnitName, "Self-signed");

    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.not_before = time(start)?;
    params.not_after = time(end)?;
    params.serial_number = Some(SerialNumber::from_slice(serial.as_bytes()));
    for name in request.alt_names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        params.subject_alt_names.push(match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.try_into().map_err(|_| {
                let message = format!("{name:?} is not a host name; write international names in their ASCII form.");
                GenerateError::Field("subject_alt_name", message)
            })?),
        });
    }
    Ok(params)
}

/// What the API says about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The subject as RFC 4514 writes it, the most specific part last in the certificate and so first here.
    pub subject: String,
    /// Until when it is good.
    pub expires: DateTime<Utc>,
    /// SHA-256 of the certificate in lower-case hexadecimal digits, with colons.
    pub fingerprint_sha256: String,
    /// SHA-1 of the certificate in the same form.
    pub fingerprint_sha1: String,
}

/// Reads the first certificate of a PEM text; `None` when there is none that can be read ([`NO_CERTIFICATE`]).
pub fn details(pem: &str) -> Option<Details> {
    let block = certificate_block(pem)?;
    let certificate = parse(&block)?;
    let expires = DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)?;
    Some(Details {
        subject: rfc4514(certificate.subject()),
        expires,
        fingerprint_sha256: fingerprint(&digest::SHA256, &block.contents),
        fingerprint_sha1: fingerprint(&digest::SHA1_FOR_LEGACY_USE_ONLY, &block.contents),
    })
}

/// The type of a private key as the API writes it (`rsa`, `ec`, `ed25519` …), without a look at the numbers in it.
/// `None` for what is no private key, or an encrypted one.
pub fn private_key_type(pem: &str) -> Option<&'static str> {
    let block = private_key_block(pem)?;
    match block.label.as_str() {
        "RSA PRIVATE KEY" => Some("rsa"),
        "EC PRIVATE KEY" => Some("ec"),
        "DSA PRIVATE KEY" => Some("dsa"),
        "PRIVATE KEY" => {
            let (_, key) = Sequence::from_der(&block.contents).ok()?;
            let (rest, _version) = Integer::from_der(&key.content).ok()?;
            let (_, algorithm) = AlgorithmIdentifier::from_der(rest).ok()?;
            algorithm_name(&algorithm.algorithm)
        }
        _ => None,
    }
}

fn algorithm_name(algorithm: &Oid<'_>) -> Option<&'static str> {
    const BY_OID: &[(Oid<'static>, &str)] = &[
        (oid::OID_PKCS1_RSAENCRYPTION, "rsa"),
        (oid::OID_KEY_TYPE_EC_PUBLIC_KEY, "ec"),
        (oid::OID_KEY_TYPE_DSA, "dsa"),
        (oid::OID_SIG_ED25519, "ed25519"),
        (oid::OID_SIG_ED448, "ed448"),
    ];
    BY_OID.iter().find(|(oid, _)| oid == algorithm).map(|(_, name)| *name)
}

/// Whether this is a private key that the server can sign with: RSA from 2048 bits, ECDSA on P-256, P-384 or P-521,
/// Ed25519; not encrypted ([`NO_PRIVATE_KEY`]).
pub fn is_private_key(pem: &str) -> bool {
    key_pair(pem).is_some()
}

fn key_pair(pem: &str) -> Option<KeyPair> {
    KeyPair::try_from(private_key_block(pem)?.contents.as_slice()).ok()
}

/// Whether a private key belongs to a certificate ([`NO_PAIR`]). The reference does not ask; nothing signed with a pair
/// that does not fit can be verified.
pub fn is_pair(certificate: &str, private_key: &str) -> bool {
    let Some(block) = certificate_block(certificate) else { return false };
    let Some(certificate) = parse(&block) else { return false };
    let Some(key) = key_pair(private_key) else { return false };
    certificate.public_key().subject_public_key.data.as_ref() == key.public_key_raw()
}

fn certificate_block(pem: &str) -> Option<Pem> {
    blocks(pem).into_iter().find(|block| matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE"))
}

/// OpenSSL may write other blocks before the key.
fn private_key_block(pem: &str) -> Option<Pem> {
    blocks(pem).into_iter().find(|block| block.label.ends_with("PRIVATE KEY"))
}

fn parse(block: &Pem) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(&block.contents)
        .ok()
        .filter(|(rest, _)| rest.is_empty())
        .map(|(_, certificate)| certificate)
}

/// All blocks of a PEM text, up to the first that is broken.
fn blocks(pem: &str) -> Vec<Pem> {
    Pem::iter_from_buffer(trim_lines(pem).as_bytes()).map_while(Result::ok).collect()
}

/// Without the indentation that texts take on in YAML files and web forms.
fn trim_lines(pem: &str) -> String {
    pem.lines().flat_map(|line| [line.trim(), "\n"]).collect()
}

fn fingerprint(algorithm: &'static digest::Algorithm, der: &[u8]) -> String {
    let digest = digest::digest(algorithm, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// A name as RFC 4514 writes it: parts from the last to the first.
fn rfc4514(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> =
        name.iter_rdn().map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join("+")).collect();
    parts.reverse();
    parts.join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    const NAMES: &[(Oid<'static>, &str)] = &[
        (oid::OID_X509_COMMON_NAME, "CN"),
        (oid::OID_X509_LOCALITY_NAME, "L"),
        (oid::OID_X509_STATE_OR_PROVINCE_NAME, "ST"),
        (oid::OID_X509_ORGANIZATION_NAME, "O"),
        (oid::OID_X509_ORGANIZATIONAL_UNIT, "OU"),
        (oid::OID_X509_COUNTRY_NAME, "C"),
        (oid::OID_X509_STREET_ADDRESS, "STREET"),
        (oid::OID_DOMAIN_COMPONENT, "DC"),
        (oid::OID_USERID, "UID"),
    ];
    let kind = attribute.attr_type();
    let name = NAMES.iter().find(|(oid, _)| oid == kind).map_or_else(|| kind.to_id_string(), |(_, n)| (*n).to_owned());
    format!("{name}={}", escape(&text(attribute.attr_value())))
}

/// A string of any of the kinds that names are made of.
fn text(value: &Any<'_>) -> String {
    match value.tag() {
        Tag::BmpString => {
            let units = value.data.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
            String::from_utf16_lossy(&units.map(u16::from_be_bytes).collect::<Vec<_>>())
        }
        Tag::UniversalString => {
            let units = value.data.chunks_exact(4).filter_map(|four| <[u8; 4]>::try_from(four).ok());
            units.map(|unit| char::from_u32(u32::from_be_bytes(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::TeletexString => value.data.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(value.data).into_owned(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        match c {
            '\\' | '"' | '+' | ',' | ';' | '<' | '>' => escaped.push('\\'),
            '#' | ' ' if index == 0 => escaped.push('\\'),
            ' ' if index == last => escaped.push('\\'),
            '\0' => {
                escaped.push_str("\\00");
                continue;
            }
            _ => {}
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests;
