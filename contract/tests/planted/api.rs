//! The operations, and the faults in them that are not a matter of the contract.

use super::{
    TOKEN,
    faults::Fault,
    rules::{Errors, Matched, Rules, Unmatched, general},
    store::{Family, Row, Store, field, plain},
};
use hyper::{
    HeaderMap, Method, StatusCode,
    body::Bytes,
    header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// A request, read completely.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The type of the body without parameters.
    pub(crate) media: String,
    /// The fields, if the body is a form that can be read.
    pub(crate) form: Option<Vec<(String, Bytes)>>,
    pub(crate) body: Bytes,
}

/// What goes back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn new(status: StatusCode, media: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media))]);
        Self { status, headers, body: body.into() }
    }

    fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Vec::new() }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl ToString) -> Self {
        self.headers.insert(name, value.to_string().parse().unwrap());
        self
    }

    fn detail(status: StatusCode, text: &str) -> Self {
        Self::json(status, &json!({ "detail": text }))
    }

    fn not_found() -> Self {
        Self::detail(StatusCode::NOT_FOUND, "There is no such thing.")
    }

    fn crash() -> Self {
        Self::detail(StatusCode::INTERNAL_SERVER_ERROR, "Something broke.")
    }
}

impl From<Errors> for Answer {
    fn from(errors: Errors) -> Self {
        Self::json(StatusCode::BAD_REQUEST, &Value::Object(errors))
    }
}

/// Where the number of all things is.
pub(crate) const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// The application.
pub(crate) struct Library {
    pub(crate) fault: Fault,
    rules: Rules,
    store: Mutex<Store>,
}

impl Library {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, rules: Rules::new(fault), store: Mutex::default() }
    }

    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let operation = match self.rules.find(&request.method, &request.path) {
            Ok(operation) => operation,
            Err(Unmatched::Path) => return Answer::not_found(),
            Err(Unmatched::Method(allowed)) => return self.method_not_allowed(request, &allowed),
        };
        let answer = self.operate(request, &operation).unwrap_or_else(|refusal| refusal);
        super::spoil::spoil(self.fault, operation.id, answer)
    }

    fn method_not_allowed(&self, request: &Request, allowed: &str) -> Answer {
        let found = match (self.fault, &request.method, request.path.trim_matches('/')) {
            (_, &Method::OPTIONS, _) => return Answer::empty(StatusCode::NO_CONTENT).with(ALLOW, allowed),
            (Fault::UndocumentedDelete, &Method::DELETE, "authors") => StatusCode::NO_CONTENT,
            (Fault::UndocumentedPatch, &Method::PATCH, path) if path.starts_with("tags/") => StatusCode::OK,
            (Fault::WrongMethodIs404, _, "status") => StatusCode::NOT_FOUND,
            (fault, _, path) => {
                let answer = Answer::detail(StatusCode::METHOD_NOT_ALLOWED, "Not this method.");
                let silent = fault == Fault::NoAllowHeader && path == "loans";
                return if silent { answer } else { answer.with(ALLOW, allowed) };
            }
        };
        Answer::empty(found)
    }

    fn operate(&self, request: &Request, operation: &Matched<'_>) -> Result<Answer, Answer> {
        self.authenticate(request, operation)?;
        let header = |name: &str| request.headers.get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
        let parameters = match self.rules.parameters(operation, &request.query, header) {
            Err(errors) if self.fault == Fault::HeaderNotRequired && errors.contains_key("X-Branch") => Row::new(),
            other => other?,
        };
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        match operation.id {
            "status_retrieve" => {
                let body = json!({ "status": "open", "time": "2024-06-01T12:00:00Z", "notice": null });
                return Ok(Answer::json(StatusCode::OK, &body).with(CACHE_CONTROL, "no-store"));
            }
            "books_export_retrieve" => {
                let lines =
                    store.all(Family::Books).iter().map(|(key, row)| format!("{key},{}\n", plain(field(row, "pages"))));
                return Ok(Answer::new(StatusCode::OK, "text/csv", format!("id,pages\n{}", lines.collect::<String>())));
            }
            _ => {}
        }
        let family = Family::of(operation.id).ok_or_else(Answer::not_found)?;
        if operation.key.is_empty() {
            return if operation.id.ends_with("_list") {
                self.list(&store, family, &parameters)
            } else {
                let body = self.body(request, operation)?;
                self.create(&mut store, family, body)
            };
        }
        self.crash_on_key(operation)?;
        let row = store.get(family, &operation.key).cloned().ok_or_else(Answer::not_found)?;
        let action = operation.id.split_once('_').map_or("", |(_, action)| action);
        match action {
            "retrieve" => Ok(Answer::json(StatusCode::OK, &Value::Object(row))),
            "destroy" => self.destroy(&mut store, family, &operation.key),
            "cover_retrieve" => {
                let (picture, _) = store.covers.get(&operation.key).ok_or_else(Answer::not_found)?;
                Ok(Answer::new(StatusCode::OK, "application/octet-stream", picture.to_vec()))
            }
            "cover_create" => self.keep_cover(&mut store, request, operation),
            "renew_create" => {
                self.body(request, operation)?;
                let mut row = row;
                row.insert("renewals".into(), json!(field(&row, "renewals").as_u64().unwrap_or_default() + 1));
                store.replace(family, &operation.key, row.clone());
                Ok(Answer::json(StatusCode::OK, &Value::Object(row)))
            }
            _ => {
                let body = self.body(request, operation)?;
                self.update(&mut store, family, (&operation.key, row), body, action == "partial_update")
            }
        }
    }

    fn authenticate(&self, request: &Request, operation: &Matched<'_>) -> Result<(), Answer> {
        let sent = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = sent.and_then(|value| value.strip_prefix("Bearer "));
        let accepted = operation.open
            || token == Some(TOKEN)
            || match self.fault {
                Fault::IgnoresToken => operation.id == "authors_list",
                Fault::DeletesWithoutToken => operation.id == "tags_destroy",
                Fault::AcceptsAnyToken => operation.id == "books_retrieve" && token.is_some(),
                Fault::CrashWithoutToken if operation.id == "tags_list" && sent.is_none() => {
                    return Err(Answer::crash());
                }
                _ => false,
            };
        let refusal =
            || Answer::detail(StatusCode::UNAUTHORIZED, "A token is needed.").with(WWW_AUTHENTICATE, "Bearer");
        if accepted { Ok(()) } else { Err(refusal()) }
    }

    /// A key that cannot be one is nothing that exists, except where the fault is.
    fn crash_on_key(&self, operation: &Matched<'_>) -> Result<(), Answer> {
        let broken = operation.id == "authors_retrieve" && Uuid::parse_str(&operation.key).is_err();
        if broken && self.fault == Fault::CrashOnWrongKey { Err(Answer::crash()) } else { Ok(()) }
    }

    /// The checked JSON body.
    fn body(&self, request: &Request, operation: &Matched<'_>) -> Result<Row, Answer> {
        if !request.body.is_empty() && request.media != "application/json" {
            return Err(Answer::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send JSON."));
        }
        let value = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        if super::spoil::crashes(self.fault, operation.id, &value) {
            return Err(Answer::crash());
        }
        if self.fault == Fault::PatchChecksNothing && operation.id == "authors_partial_update" {
            return Ok(value.as_object().cloned().unwrap_or_default());
        }
        Ok(self.rules.json(operation, &request.body)?)
    }

    fn list(&self, store: &Store, family: Family, parameters: &Row) -> Result<Answer, Answer> {
        let text = |name: &str| parameters.get(name).and_then(Value::as_str);
        if self.fault == Fault::CrashOnEmptyText && text("search") == Some("") {
            return Err(Answer::crash());
        }
        let page = parameters.get("page").and_then(Value::as_u64).unwrap_or(1);
        if self.fault == Fault::CrashOnHugePage && family == Family::Books && page > 20_000_000 {
            return Err(Answer::crash());
        }
        let size = parameters.get("page_size").and_then(Value::as_u64).unwrap_or(20).clamp(1, 100);
        // A list that leaves out the newest cannot be told from one that was asked a moment earlier; this one leaves out all.
        let hidden = self.fault == Fault::ListOmitsCreated && family == Family::Tags;
        let mut rows: Vec<&Row> = store.all(family).iter().rev().map(|(_, row)| row).filter(|_| !hidden).collect();
        rows.retain(|row| {
            let languages = parameters.get("language").and_then(Value::as_array);
            let spoken = |wanted: &Vec<Value>| {
                wanted.iter().any(|w| field(row, "languages").as_array().is_some_and(|l| l.contains(w)))
            };
            text("search").is_none_or(|wanted| plain(field(row, "name")).contains(wanted))
                && languages.is_none_or(spoken)
                && parameters
                    .get("available")
                    .is_none_or(|wanted| !wanted.is_boolean() || field(row, "available") == wanted)
                && text("published_after")
                    .is_none_or(|day| row.get("published").is_some_and(|p| plain(p).as_str() > day))
        });
        if let Some(order) = text("order") {
            rows.sort_by_key(|row| plain(field(row, "name")));
            if order.starts_with('-') {
                rows.reverse();
            }
        }
        let count = rows.len() as u64;
        if family == Family::Tags {
            return Ok(Answer::json(StatusCode::OK, &json!(rows)));
        }
        let start = (page - 1).saturating_mul(size);
        let shown: Vec<&Row> = rows.into_iter().skip(start as usize).take(size as usize).collect();
        let next = (start.saturating_add(size) < count).then_some(page + 1);
        let pagination = json!({ "count": count, "page": page, "page_size": size, "next": next });
        let answer = Answer::json(StatusCode::OK, &json!({ "pagination": pagination, "results": shown }));
        Ok(answer.with(TOTAL, count))
    }

    fn create(&self, store: &mut Store, family: Family, mut body: Row) -> Result<Answer, Answer> {
        self.references(store, family, &body, None)?;
        if self.fault == Fault::CutsText && family == Family::Books {
            let title = plain(field(&body, "title")).chars().take(60).collect::<String>();
            body.insert("title".into(), json!(title));
        }
        let (key, row) = store.insert(family, body);
        if self.fault == Fault::UnavailableAfterCreate && family == Family::Authors {
            store.remove(family, &key);
        }
        let answer = Answer::json(StatusCode::CREATED, &Value::Object(row));
        Ok(if family == Family::Authors { answer.with(LOCATION, format!("/authors/{key}/")) } else { answer })
    }

    fn update(
        &self,
        store: &mut Store,
        family: Family,
        (key, old): (&str, Row),
        body: Row,
        partial: bool,
    ) -> Result<Answer, Answer> {
        self.references(store, family, &body, Some(key))?;
        let clears = self.fault == Fault::PatchClearsAbsent && family == Family::Authors;
        let mut row = old.clone();
        if !partial || clears {
            row.extend(family.defaults());
        }
        row.extend(body);
        // Keys and times are the server's, whatever a body says.
        for fixed in [family.key(), "created", "available"] {
            if let Some(value) = old.get(fixed) {
                row.insert(fixed.into(), value.clone());
            }
        }
        if !(self.fault == Fault::PutNotStored && family == Family::Authors && !partial) {
            store.replace(family, key, row.clone());
        }
        Ok(Answer::json(StatusCode::OK, &Value::Object(row)))
    }

    fn destroy(&self, store: &mut Store, family: Family, key: &str) -> Result<Answer, Answer> {
        if store.is_used(family, key) {
            return Err(Answer::detail(StatusCode::CONFLICT, "Something else needs it."));
        }
        let stays = match self.fault {
            Fault::ReadableAfterDelete => family == Family::Tags,
            Fault::LoanAfterDelete => family == Family::Loans,
            _ => false,
        };
        if !stays {
            store.remove(family, key);
        }
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    /// Whether everything that a body mentions exists, and nothing has what may exist only once.
    fn references(&self, store: &Store, family: Family, body: &Row, own: Option<&str>) -> Result<(), Answer> {
        let mut errors = Errors::new();
        for (other, property) in [(Family::Authors, "author"), (Family::Books, "book")] {
            let here = other.users() == Some((family, property));
            if let Some(value) = body.get(property).filter(|_| here) {
                let key = plain(value).to_lowercase();
                if store.get(other, &key).is_none() {
                    if self.fault == Fault::CrashOnUnknownReference && other == Family::Authors {
                        return Err(Answer::crash());
                    }
                    errors.insert(property.into(), json!([format!("There is no \"{key}\" - object does not exist.")]));
                }
            }
        }
        let unique = match family {
            Family::Books => "isbn",
            Family::Tags => "slug",
            Family::Authors | Family::Loans => return if errors.is_empty() { Ok(()) } else { Err(errors.into()) },
        };
        let taken = |value: &&Value| {
            !value.is_null()
                && store.all(family).iter().any(|(key, row)| field(row, unique) == *value && Some(key.as_str()) != own)
        };
        if body.get(unique).filter(taken).is_some() {
            errors.insert(unique.into(), json!(["This must be unique."]));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
    }

    fn keep_cover(&self, store: &mut Store, request: &Request, operation: &Matched<'_>) -> Result<Answer, Answer> {
        if request.media != "multipart/form-data" {
            return Err(Answer::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form."));
        }
        let fields = request.form.as_ref().ok_or_else(|| general("The form cannot be read."))?;
        let values = self.rules.form(operation, fields)?;
        let caption = values.get("caption").map(plain).unwrap_or_default();
        let picture =
            fields.iter().find(|(name, _)| name == "file").map(|(_, content)| content.clone()).unwrap_or_default();
        let id = operation.key.parse::<u64>().unwrap_or_default();
        let body = json!({ "book": id, "size": picture.len(), "caption": caption });
        store.covers.insert(operation.key.clone(), (picture, caption));
        Ok(Answer::json(StatusCode::OK, &body))
    }
}
