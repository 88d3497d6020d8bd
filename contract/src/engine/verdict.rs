//! What the checks say about a case.

use crate::{
    check::{Check, Outcome},
    conformance::{Answer, Conformance},
    draft::{Auth, Draft},
    event::{CheckResult, Kind, Response},
    refusal::Refusal,
    settings::Settings,
};

/// Why a request is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It keeps to the schema.
    Valid,
    /// It keeps to the schema, but addresses something that may not be there, or is sent to find out what is taken.
    Probe,
    /// It violates one constraint.
    Invalid,
    /// A header is missing that is required.
    HeaderMissing,
    /// The path does not have its method.
    OtherMethod,
    /// Its credentials are missing or wrong.
    WithoutCredentials,
    /// The object it addresses is deleted.
    Deleted,
    /// The object it addresses was just made.
    Created,
}

impl Purpose {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Valid | Self::Probe | Self::Created | Self::Deleted => Kind::Positive,
            _ => Kind::Negative,
        }
    }
}

/// Statuses that refuse a request.
const REFUSALS: [u16; 12] = [400, 401, 403, 404, 406, 409, 413, 414, 415, 422, 428, 431];
/// Statuses that a request may get that keeps to the schema: it is good, or good for nothing here and now.
const ACCEPTANCES: [u16; 5] = [401, 403, 404, 409, 429];

/// A request that was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) purpose: &'a Purpose,
    /// What it is about.
    pub(crate) description: &'a str,
}

/// The results of all checks that apply.
pub(crate) fn checks(
    conformance: &Conformance,
    settings: &Settings,
    Case { draft, purpose, description }: Case<'_>,
    response: &Response,
) -> Vec<CheckResult> {
    let mut results = Vec::new();
    let mut add = |check: Check, outcome: Outcome| {
        if settings.checks.contains(&check) {
            results.push(CheckResult { check, outcome });
        }
    };
    let status = response.status;
    let verdict = |good: bool, title: &str, message: String| match good {
        true => Outcome::Passed,
        false => Outcome::Failed { title: title.to_owned(), message },
    };
    add(
        Check::NotAServerError,
        verdict(status < 500, &format!("Server error {status}"), "The server failed; no request may make it.".into()),
    );
    if *purpose == Purpose::OtherMethod {
        let allow = response.header("allow").is_some_and(|allow| !allow.trim().is_empty());
        let method = draft.method.as_deref().unwrap_or_default();
        let title = if status == 405 { "405 without Allow" } else { &format!("{method} answered {status}") };
        let message =
            "A method that the schema does not know is refused with 405 and a header that says which are.".into();
        add(Check::UnsupportedMethod, verdict(status == 405 && allow, title, message));
        return results;
    }
    // Server errors are one finding, not three.
    if status < 500 {
        conforms(conformance, settings, draft, response, &mut add);
    }
    let refused = REFUSALS.contains(&status) || status >= 500;
    match purpose {
        Purpose::Invalid => {
            let message = format!("Expected one of {REFUSALS:?}: the request violates the schema.");
            add(Check::NegativeDataRejection, verdict(refused, &format!("{description} answered {status}"), message));
        }
        Purpose::HeaderMissing => {
            let message = "The request lacks a header that the schema requires.".into();
            add(Check::MissingRequiredHeader, verdict(refused, &format!("{description} answered {status}"), message));
        }
        Purpose::Valid | Purpose::Created => {
            let good = status < 400 || ACCEPTANCES.contains(&status) || status >= 500;
            let message = format!("The request keeps to the schema. {}", String::from_utf8_lossy(&response.body));
            let refusal = Refusal::read(&response.body);
            let mut named: Vec<&str> = refusal.fields.iter().map(|(field, _)| field.as_str()).collect();
            named.sort_unstable();
            let title = match named.is_empty() {
                true => format!("Valid data answered {status}"),
                false => format!("Valid data answered {status} for {}", named.join(", ")),
            };
            add(Check::PositiveDataAcceptance, verdict(good, &title, message));
        }
        Purpose::WithoutCredentials => {
            let who = if draft.auth == Auth::Nobody { "no" } else { "wrong" };
            let message = "The schema says that the operation needs credentials.".into();
            let refused = matches!(status, 401 | 403) || status >= 500;
            add(
                Check::IgnoredAuth,
                verdict(refused, &format!("A caller with {who} credentials answered {status}"), message),
            );
        }
        Purpose::Deleted => {
            let gone = matches!(status, 404 | 410) || status >= 500;
            let message = "The object it addresses was deleted before.".into();
            add(Check::UseAfterFree, verdict(gone, &format!("A deleted object answered {status}"), message));
        }
        Purpose::Probe | Purpose::OtherMethod => {}
    }
    if *purpose == Purpose::Created {
        let title = format!("A created object answered {status}");
        let message = "The object it addresses was created before.".into();
        add(Check::EnsureResourceAvailability, verdict(!matches!(status, 404 | 410), &title, message));
    }
    results
}

/// The checks of the answer itself.
fn conforms(
    conformance: &Conformance,
    settings: &Settings,
    draft: &Draft,
    response: &Response,
    add: &mut impl FnMut(Check, Outcome),
) {
    let answer = Answer { status: response.status, headers: &response.headers, body: &response.body };
    let info = &draft.operation.info;
    let mut findings = conformance.check(&info.path, &info.method, answer);
    if settings.allowed_statuses.contains(&response.status) {
        findings.retain(|finding| finding.check != Check::StatusCodeConformance);
    }
    let of_answer = [
        Check::StatusCodeConformance,
        Check::ContentTypeConformance,
        Check::ResponseHeadersConformance,
        Check::ResponseSchemaConformance,
    ];
    for check in of_answer {
        let outcome = match findings.iter().position(|finding| finding.check == check) {
            Some(at) => {
                let finding = findings.swap_remove(at);
                Outcome::Failed { title: finding.title, message: finding.message }
            }
            None => Outcome::Passed,
        };
        add(check, outcome);
    }
}
