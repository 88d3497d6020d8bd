//! The rules: which change means what.

use super::Direction;
use serde::Serialize;
use std::fmt;

/// What a change means for those who call the API, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A caller that was right before may fail now.
    Breaking,
    /// Callers go on working, but data fits in one direction only: a newer caller may send what an older server refuses
    /// (widened requests) or expect what an older server does not promise (narrowed responses).
    Data,
    /// Nothing that worked stops working, in either direction.
    Compatible,
    /// What the document says in words, examples or extensions.
    Documentation,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Data => "data",
            Self::Compatible => "compatible",
            Self::Documentation => "documentation",
        })
    }
}

impl Class {
    /// All classes, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Data, Self::Compatible, Self::Documentation];

    /// What the class means, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Breaking => "a caller that was right before may fail now",
            Self::Data => "callers go on working, but an older server does not fit newer callers",
            Self::Compatible => "nothing that worked stops working",
            Self::Documentation => "words, examples and extensions",
        }
    }
}

/// How the set of values that are valid changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// More values are valid than before.
    Wider,
    /// Fewer values are valid.
    Narrower,
    /// Some are not valid any more, others have become so.
    Other,
    /// The class does not depend on the direction.
    Fixed(Class),
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports and allow-lists.
    pub id: &'static str,
    /// What it says about valid data.
    pub effect: Effect,
    /// When it applies, and why it says so.
    pub why: &'static str,
}

impl Rule {
    /// The class of a change in this direction.
    #[must_use]
    pub fn class(&self, direction: Direction) -> Class {
        match (self.effect, direction) {
            (Effect::Fixed(class), _) => class,
            (Effect::Other, _) | (Effect::Narrower, Direction::Request) | (Effect::Wider, Direction::Response) => {
                Class::Breaking
            }
            (Effect::Wider, Direction::Request) | (Effect::Narrower, Direction::Response) => Class::Data,
        }
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $effect:expr, $why:literal;)*) => {
        $(pub(super) static $name: Rule = Rule { id: $id, effect: $effect, why: $why };)*
        /// All rules.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

use Class::{Breaking, Compatible, Data, Documentation};
use Effect::{Fixed, Narrower, Other, Wider};

rules! {
    INFO "info-changed" Fixed(Documentation), "Title, version, contact and the like; servers and tags too.";
    EXTENSION "extension-changed" Fixed(Documentation), "A field that starts with `x-`, whose meaning only its users know.";
    OPERATION_ADDED "operation-added" Fixed(Compatible), "Nobody called it before.";
    OPERATION_REMOVED "operation-removed" Fixed(Breaking), "Whoever calls it gets an error.";
    OPERATION_DEPRECATED "operation-deprecated" Fixed(Compatible), "It still works, but should not be used any more.";
    OPERATION_UNDEPRECATED "operation-undeprecated" Fixed(Compatible), "It may be used again.";
    OPERATION_ID "operation-id-changed" Fixed(Compatible), "Requests stay the same, but generated clients get another function name.";
    OPERATION_WORDS "operation-description-changed" Fixed(Documentation), "Summary, description, tags or external documentation of an operation.";
    PATH_PARAMETER_RENAMED "path-parameter-renamed" Fixed(Documentation), "The name of a path parameter is not a part of requests.";
    SECURITY_ADDED "security-alternative-added" Fixed(Compatible), "One more way to authenticate; the others still work.";
    SECURITY_REMOVED "security-alternative-removed" Fixed(Breaking), "Callers that authenticate in this way are refused.";
    SECURITY_SCHEME "security-scheme-changed" Fixed(Breaking), "The same name now stands for other credentials.";
    PARAMETER_ADDED "parameter-added" Fixed(Data), "It can be left out, so callers need not know it; an older server ignores or refuses it.";
    REQUIRED_PARAMETER_ADDED "required-parameter-added" Fixed(Breaking), "Requests without it are refused.";
    PARAMETER_REMOVED "parameter-removed" Fixed(Breaking), "It has no effect any more, or is refused.";
    PARAMETER_REQUIRED "parameter-became-required" Fixed(Breaking), "Requests without it are refused.";
    PARAMETER_OPTIONAL "parameter-became-optional" Fixed(Data), "It can be left out now, but not with an older server.";
    PARAMETER_STYLE "parameter-style-changed" Fixed(Breaking), "Values are written in another way: style, explode, allowReserved or allowEmptyValue.";
    PARAMETER_DEPRECATED "parameter-deprecated" Fixed(Compatible), "It still works, but should not be used any more.";
    PARAMETER_WORDS "parameter-description-changed" Fixed(Documentation), "Description or examples of a parameter or header.";
    BODY_ADDED "request-body-added" Fixed(Data), "It can be left out, so callers need not know it.";
    REQUIRED_BODY_ADDED "required-request-body-added" Fixed(Breaking), "Requests without it are refused.";
    BODY_REMOVED "request-body-removed" Fixed(Breaking), "What callers send has no effect any more, or is refused.";
    BODY_REQUIRED "request-body-became-required" Fixed(Breaking), "Requests without it are refused.";
    BODY_OPTIONAL "request-body-became-optional" Fixed(Data), "It can be left out now, but not with an older server.";
    BODY_WORDS "request-body-description-changed" Fixed(Documentation), "Description of a request body.";
    MEDIA_ADDED_REQUEST "request-media-type-added" Fixed(Data), "One more form is understood, but not by an older server.";
    MEDIA_REMOVED_REQUEST "request-media-type-removed" Fixed(Breaking), "Bodies in this form are refused.";
    MEDIA_ADDED_RESPONSE "response-media-type-added" Fixed(Compatible), "Callers get it if they ask for it.";
    MEDIA_REMOVED_RESPONSE "response-media-type-removed" Fixed(Breaking), "Callers that ask for it do not get it any more.";
    MEDIA_WORDS "media-type-changed" Fixed(Documentation), "Examples or encoding of a media type.";
    SUCCESS_ADDED "success-response-added" Fixed(Breaking), "Callers do not know this way to succeed (statuses below 400).";
    SUCCESS_REMOVED "success-response-removed" Fixed(Breaking), "Callers wait for it in vain (statuses below 400).";
    ERROR_ADDED "error-response-added" Fixed(Compatible), "An error is told in more detail; callers must expect errors anyway.";
    ERROR_REMOVED "error-response-removed" Fixed(Data), "An error that does not occur any more, but does with an older server.";
    RESPONSE_WORDS "response-description-changed" Fixed(Documentation), "Description or links of a response.";
    HEADER_ADDED "header-added" Fixed(Compatible), "Callers that do not know it leave it aside.";
    HEADER_REMOVED "header-removed" Fixed(Breaking), "Callers that read it find nothing.";
    HEADER_REQUIRED "header-became-required" Fixed(Data), "It is always there now, but not with an older server.";
    HEADER_OPTIONAL "header-became-optional" Fixed(Breaking), "Callers that rely on it may find nothing.";
    SCHEMA_ADDED "schema-added" Narrower, "Anything was valid before.";
    SCHEMA_REMOVED "schema-removed" Wider, "Anything is valid now.";
    TYPE_CHANGED "type-changed" Other, "Values of the old type are not valid any more.";
    TYPE_WIDENED "type-widened" Wider, "The new type comprises the old one: number and integer, or one more type.";
    TYPE_NARROWED "type-narrowed" Narrower, "The old type comprises the new one: number and integer, or one type less.";
    FORMAT_ADDED "format-added" Narrower, "Only values of this form are valid.";
    FORMAT_REMOVED "format-removed" Wider, "Values need not have this form.";
    FORMAT_CHANGED "format-changed" Other, "Values of the old form are not valid any more.";
    ENUM_VALUE_ADDED "enum-value-added" Wider, "A value that callers may not know, or that an older server refuses.";
    ENUM_VALUE_REMOVED "enum-value-removed" Narrower, "A value that is refused, or does not occur any more.";
    ENUM_ADDED "enum-added" Narrower, "Only some values are valid.";
    ENUM_REMOVED "enum-removed" Wider, "Any value is valid.";
    NULL_ADDED "nullable-added" Wider, "Null is valid, which callers may not expect.";
    NULL_REMOVED "nullable-removed" Narrower, "Null is not valid any more.";
    LIMIT_TIGHTENED "limit-tightened" Narrower, "A minimum is higher or a maximum lower: of values, lengths, items or properties.";
    LIMIT_LOOSENED "limit-loosened" Wider, "A minimum is lower or a maximum higher: of values, lengths, items or properties.";
    PATTERN_ADDED "pattern-added" Narrower, "Only values that match are valid.";
    PATTERN_REMOVED "pattern-removed" Wider, "Values need not match any more.";
    PATTERN_CHANGED "pattern-changed" Other, "No program can tell which values match both patterns.";
    DEFAULT_CHANGED "default-changed" Fixed(Breaking), "Requests that leave the value out mean something else. In responses it is documentation.";
    RESPONSE_DEFAULT "response-default-changed" Fixed(Documentation), "Responses say what the value is.";
    PROPERTY_ADDED "property-added" Fixed(Data), "It can be left out, so callers need not know it; an older server ignores or refuses it.";
    REQUIRED_PROPERTY_ADDED "required-property-added" Fixed(Breaking), "Requests without it are refused.";
    PROPERTY_REMOVED "property-removed" Fixed(Breaking), "Callers that read it find nothing; what they send has no effect any more, or is refused.";
    RESPONSE_PROPERTY_ADDED "response-property-added" Fixed(Compatible), "Callers that do not know it leave it aside.";
    PROPERTY_REQUIRED "property-became-required" Narrower, "Objects without it are not valid any more.";
    PROPERTY_OPTIONAL "property-became-optional" Wider, "Objects without it are valid now.";
    ADDITIONAL_ALLOWED "additional-properties-allowed" Wider, "Objects may have properties that are not described.";
    ADDITIONAL_FORBIDDEN "additional-properties-forbidden" Narrower, "Objects must not have properties that are not described.";
    VARIANT_ADDED "variant-added" Wider, "One more alternative of `oneOf` or `anyOf`.";
    VARIANT_REMOVED "variant-removed" Narrower, "One alternative of `oneOf` or `anyOf` less.";
    DISCRIMINATOR "discriminator-changed" Other, "Another property, or another value of it, tells the alternatives apart.";
    CONSTRAINT_CHANGED "constraint-changed" Other, "A keyword that this program does not understand in detail, like `not` or `if`.";
    SCHEMA_DEPRECATED "schema-deprecated" Fixed(Compatible), "It still works, but should not be used any more. Or the contrary.";
    SCHEMA_WORDS "schema-description-changed" Fixed(Documentation), "Title, description, examples, external documentation or XML names of a schema.";
}
