//! The faults that can be planted, with the operation that has them and the check that must say so.

use serde_json::{Value, json};
use vestibule_contract::check::Check;

/// Declares [`Fault`]: each with the operation it is in and the checks of which one must find it.
macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident: $operation:literal => $($check:ident)|+,)*) => {
        /// What is wrong with the server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault {
            /// Nothing: the faithful twin.
            None,
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// Every fault.
            pub(crate) const ALL: &[Fault] = &[$(Fault::$name),*];

            /// The `operationId` of the operation that has the fault.
            pub(crate) fn operation(self) -> &'static str {
                match self {
                    Fault::None => "",
                    $(Fault::$name => $operation,)*
                }
            }

            /// The checks that may find the fault: any of them will do.
            pub(crate) fn checks(self) -> &'static [Check] {
                match self {
                    Fault::None => &[],
                    $(Fault::$name => &[$(Check::$check),+],)*
                }
            }
        }
    };
}

faults! {
    // Statuses.
    /// 200 where the contract says 201.
    CreatedIs200: "authors_create" => StatusCodeConformance,
    /// 202 where the contract says 204.
    DeletedIs202: "tags_destroy" => StatusCodeConformance,
    /// A refused body is 422.
    RefusedIs422: "books_create" => StatusCodeConformance,

    // Bodies.
    /// A number in quotes.
    NumberAsText: "books_retrieve" => ResponseSchemaConformance,
    /// The same on a list, where it is one of many.
    NumberAsTextInList: "books_list" => ResponseSchemaConformance,
    /// A required property is left out.
    MissingProperty: "authors_create" => ResponseSchemaConformance,
    /// Null where it is not allowed.
    NullNotAllowed: "authors_retrieve" => ResponseSchemaConformance,
    /// A value that the enum does not have.
    ForeignEnumValue: "books_create" => ResponseSchemaConformance,
    /// A time without a zone.
    TimeWithoutZone: "status_retrieve" => ResponseSchemaConformance,
    /// A UUID with a letter too many.
    BrokenUuid: "loans_create" => ResponseSchemaConformance,
    /// A property that `additionalProperties: false` excludes.
    ForeignProperty: "status_retrieve" => ResponseSchemaConformance,
    /// The count of a page as text.
    PageCountAsText: "authors_list" => ResponseSchemaConformance,
    /// A list that is an object.
    ListAsObject: "tags_list" => ResponseSchemaConformance,
    /// A union whose tag is unknown.
    ForeignKindAnswered: "loans_retrieve" => ResponseSchemaConformance,
    /// A union whose tag says one thing and whose content another.
    WrongKindAnswered: "loans_create" => ResponseSchemaConformance,
    /// Errors in another shape than documented.
    ErrorShape: "authors_create" => ResponseSchemaConformance,
    /// A body that stops in the middle.
    TruncatedJson: "tags_create" => ResponseSchemaConformance,
    /// No body at all where there must be one.
    EmptyBody: "authors_update" => ResponseSchemaConformance | ContentTypeConformance,
    /// A number beyond its documented maximum.
    AnswerAboveMaximum: "books_partial_update" => ResponseSchemaConformance,

    // Headers and types.
    /// JSON that says it is HTML.
    JsonAsHtml: "books_retrieve" => ContentTypeConformance,
    /// A table that says it is JSON.
    CsvAsJson: "books_export_retrieve" => ContentTypeConformance,
    /// An error page for people.
    NotFoundAsHtml: "authors_retrieve" => ContentTypeConformance,
    /// No type.
    NoContentType: "tags_retrieve" => ContentTypeConformance,
    /// A required header is missing.
    MissingHeader: "loans_list" => ResponseHeadersConformance,
    /// A header that should be a number is not.
    HeaderNotNumber: "authors_list" => ResponseHeadersConformance,
    /// A header that does not match its pattern.
    HeaderPattern: "authors_create" => ResponseHeadersConformance,

    // What should be refused.
    /// A refusal names another field than the one that is wrong.
    BlamesAnotherField: "authors_create" => NegativeDataRejection,
    /// A title of any length.
    AcceptsLongText: "books_create" => NegativeDataRejection,
    /// A title of one character too many.
    MaxLengthOffByOne: "books_create" => NegativeDataRejection,
    /// An empty name.
    AcceptsEmptyText: "authors_create" => NegativeDataRejection,
    /// Any genre.
    AcceptsForeignEnumValue: "books_create" => NegativeDataRejection,
    /// An author without a name.
    AcceptsMissingProperty: "authors_create" => NegativeDataRejection,
    /// Text for a number.
    AcceptsWrongType: "books_create" => NegativeDataRejection,
    /// Null for a number that may not be null.
    AcceptsNull: "books_create" => NegativeDataRejection,
    /// A number above the maximum.
    AcceptsAboveMaximum: "books_update" => NegativeDataRejection,
    /// A minimum that is one too low.
    MinimumOffByOne: "books_create" => NegativeDataRejection,
    /// The maximum itself, though it is exclusive.
    AcceptsExclusiveMaximum: "books_create" => NegativeDataRejection,
    /// Text that does not match its pattern.
    AcceptsUnmatchedPattern: "tags_create" => NegativeDataRejection,
    /// A list without the one item it must have.
    AcceptsTooFewItems: "books_create" => NegativeDataRejection,
    /// One item too many.
    AcceptsTooManyItems: "books_create" => NegativeDataRejection,
    /// The same item twice.
    AcceptsRepeatedItems: "books_create" => NegativeDataRejection,
    /// Items of any length.
    AcceptsLongItem: "books_create" => NegativeDataRejection,
    /// A property that `additionalProperties: false` excludes.
    AcceptsForeignProperty: "loans_create" => NegativeDataRejection,
    /// A union whose tag is unknown.
    AcceptsForeignKind: "loans_create" => NegativeDataRejection,
    /// Wrong content inside of a union.
    AcceptsWrongVariant: "loans_create" => NegativeDataRejection,
    /// A date that is none.
    AcceptsWrongFormat: "authors_create" => NegativeDataRejection,
    /// Checks are made on creation only.
    PatchChecksNothing: "authors_partial_update" => NegativeDataRejection,
    /// A page size of one too many.
    AcceptsLargePage: "authors_list" => NegativeDataRejection,
    /// Any order.
    AcceptsForeignOrder: "authors_list" => NegativeDataRejection,
    /// Any text for a truth value of a query.
    AcceptsAnyBoolean: "books_list" => NegativeDataRejection,
    /// A form without its file.
    AcceptsMissingFile: "books_cover_create" => NegativeDataRejection,
    /// A text field of a form that is too long.
    AcceptsLongCaption: "books_cover_create" => NegativeDataRejection,

    // What should be accepted.
    /// The longest title.
    RefusesLongest: "books_create" => PositiveDataAcceptance,
    /// The smallest number.
    RefusesMinimum: "books_create" => PositiveDataAcceptance,
    /// Null where it is allowed.
    RefusesNull: "books_create" => PositiveDataAcceptance,
    /// Letters outside ASCII.
    RefusesUnicode: "authors_create" => PositiveDataAcceptance,
    /// One value of the enum.
    RefusesEnumValue: "books_create" => PositiveDataAcceptance,
    /// A body without an optional property.
    RefusesAbsent: "authors_create" => PositiveDataAcceptance,
    /// The largest page.
    RefusesLargestPage: "loans_list" => PositiveDataAcceptance,
    /// One variant of the union.
    RefusesVariant: "loans_create" => PositiveDataAcceptance,

    // Crashes.
    /// 500 on an empty search.
    CrashOnEmptyText: "authors_list" => NotAServerError,
    /// 500 on a page far away.
    CrashOnHugePage: "books_list" => NotAServerError,
    /// 500 on a character outside of the basic plane.
    CrashOnEmoji: "authors_create" => NotAServerError,
    /// 500 on zero.
    CrashOnZero: "books_create" => NotAServerError,
    /// 500 on a body that is no object.
    CrashOnList: "tags_create" => NotAServerError,
    /// 500 on a reference to nothing.
    CrashOnUnknownReference: "books_create" => NotAServerError,
    /// 500 on a key that cannot be one.
    CrashOnWrongKey: "authors_retrieve" => NotAServerError,
    /// 500 without a token.
    CrashWithoutToken: "tags_list" => NotAServerError,
    /// 500 when a limit is violated.
    CrashOnLongText: "tags_create" => NotAServerError,

    // Sequences.
    /// Deleted and still there.
    ReadableAfterDelete: "tags_destroy" => UseAfterFree,
    /// Deleted from its list only.
    LoanAfterDelete: "loans_destroy" => UseAfterFree,
    /// Created and not there.
    UnavailableAfterCreate: "authors_create" => EnsureResourceAvailability,
    /// Created and not in the list.
    ListOmitsCreated: "tags_list" => EnsureResourceAvailability,
    /// What PUT answers is not what is kept.
    PutNotStored: "authors_update" => EnsureResourceAvailability,
    /// PATCH empties what was not mentioned.
    PatchClearsAbsent: "authors_partial_update" => EnsureResourceAvailability,
    /// Long texts are cut without a word.
    CutsText: "books_create" => EnsureResourceAvailability,

    // Callers.
    /// Nobody is asked for a token.
    IgnoresToken: "authors_list" => IgnoredAuth,
    /// Any token will do.
    AcceptsAnyToken: "books_retrieve" => IgnoredAuth,
    /// The same when something is deleted.
    DeletesWithoutToken: "tags_destroy" => IgnoredAuth,

    // Requests beside the contract.
    /// A required header may be missing.
    HeaderNotRequired: "loans_create" => MissingRequiredHeader,
    /// DELETE of everything, undocumented.
    UndocumentedDelete: "authors_list" => UnsupportedMethod,
    /// PATCH, undocumented.
    UndocumentedPatch: "tags_retrieve" => UnsupportedMethod,
    /// A method that does not exist is 404.
    WrongMethodIs404: "status_retrieve" => UnsupportedMethod,
    /// 405 that does not say which methods there are.
    NoAllowHeader: "loans_list" => UnsupportedMethod,
}

impl Fault {
    /// What the server's own copy of the contract says otherwise: a value put in a place, or none to remove it. Faults of
    /// this kind are servers that check something else than what is documented.
    pub(crate) fn amendments(self) -> Vec<(String, Option<Value>)> {
        let book = |rest: &str| format!("/components/schemas/PatchedBookRequest/properties/{rest}");
        let schema = |rest: &str| format!("/components/schemas/{rest}");
        // A parameter of the query, described anew.
        let query = |path: &str, index: usize, name: &str, schema: Value| {
            let described = json!({ "name": name, "in": "query", "schema": schema });
            vec![(format!("/paths/~1{path}~1/get/parameters/{index}"), Some(described))]
        };
        let one = |pointer: String, value: Value| vec![(pointer, Some(value))];
        let without = |pointer: String| vec![(pointer, None)];
        match self {
            Fault::AcceptsLongText => without(book("title/maxLength")),
            Fault::MaxLengthOffByOne => one(book("title/maxLength"), json!(121)),
            Fault::AcceptsEmptyText => without(schema("PatchedAuthorRequest/properties/name/minLength")),
            Fault::AcceptsForeignEnumValue => without(schema("Genre/enum")),
            Fault::AcceptsMissingProperty => without(schema("AuthorRequest/allOf/1/required")),
            Fault::AcceptsWrongType => one(book("pages"), json!({ "type": ["integer", "string"], "minimum": 1 })),
            Fault::AcceptsNull => one(book("pages/type"), json!(["integer", "null"])),
            Fault::AcceptsAboveMaximum => without(book("pages/maximum")),
            Fault::MinimumOffByOne => one(book("pages/minimum"), json!(0)),
            Fault::AcceptsExclusiveMaximum => without(book("price/exclusiveMaximum")),
            Fault::AcceptsUnmatchedPattern => without(schema("Tag/properties/colour/pattern")),
            Fault::AcceptsTooFewItems => without(book("languages/minItems")),
            Fault::AcceptsTooManyItems => one(book("keywords/maxItems"), json!(6)),
            Fault::AcceptsRepeatedItems => without(book("languages/uniqueItems")),
            Fault::AcceptsLongItem => without(book("keywords/items/maxLength")),
            Fault::AcceptsForeignProperty => without(schema("LoanRequest/additionalProperties")),
            Fault::AcceptsForeignKind => one(schema("Borrower"), json!({ "type": "object" })),
            Fault::AcceptsWrongVariant => without(schema("School/properties/classroom/pattern")),
            Fault::AcceptsWrongFormat => without(schema("PatchedAuthorRequest/properties/born/format")),
            Fault::AcceptsLargePage => query("authors", 1, "page_size", json!({ "type": "integer", "minimum": 1 })),
            Fault::AcceptsForeignOrder => query("authors", 3, "order", json!({ "type": "string" })),
            Fault::AcceptsAnyBoolean => query("books", 3, "available", json!({})),
            Fault::AcceptsMissingFile => without(format!("{FORM}/required")),
            Fault::AcceptsLongCaption => without(format!("{FORM}/properties/caption/maxLength")),
            Fault::RefusesLongest => one(book("title/maxLength"), json!(119)),
            Fault::RefusesMinimum => one(book("pages/minimum"), json!(2)),
            Fault::RefusesNull => without(book("summary/nullable")),
            Fault::RefusesUnicode => one(schema("PatchedAuthorRequest/properties/name/pattern"), json!("^[ -~]*$")),
            Fault::RefusesEnumValue => one(schema("Genre/enum"), json!(["novel", "science", "history"])),
            Fault::RefusesAbsent => one(schema("AuthorRequest/allOf/1/required"), json!(["name", "country"])),
            Fault::RefusesLargestPage => {
                query("loans", 1, "page_size", json!({ "type": "integer", "minimum": 1, "maximum": 99 }))
            }
            Fault::RefusesVariant => one(schema("School/properties/kind/enum"), json!(["academy"])),
            _ => Vec::new(),
        }
    }
}

/// The form with a file.
const FORM: &str = "/paths/~1books~1{id}~1cover~1/post/requestBody/content/multipart~1form-data/schema";
