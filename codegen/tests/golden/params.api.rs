/// All 1 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 1usize] = [
    Operation {
        id: "things_list",
        method: http::Method::GET,
        path: "/things/",
        tag: "things",
        resource: "things",
        action: "list",
        summary: "List things",
        permission: Permission::Authenticated,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
];
/// The query parameters of `things_list`.
#[derive(Debug, Clone)]
pub struct ThingsListParams {
    /// Which part of the list, in which order.
    pub page: PageQuery,
    /// Only this name \[exactly\].
    pub name: Option<String>,
    /// `type`.
    pub r#type: Option<models::TypeEnum>,
    /// `lang`.
    pub lang: Option<String>,
    /// `active`.
    pub active: Option<bool>,
    /// `amount`.
    pub amount: Option<i64>,
    /// `user`.
    pub user: Option<i64>,
    /// `thing_uuid`.
    pub thing_uuid: Option<uuid::Uuid>,
    /// `flow`.
    pub flow: Option<uuid::Uuid>,
    /// `created`.
    pub created: Option<chrono::DateTime<chrono::Utc>>,
    /// `day`.
    pub day: Option<chrono::NaiveDate>,
    /// `weight`.
    pub weight: Option<f64>,
    /// `groups`.
    pub groups: Vec<uuid::Uuid>,
    /// `members`.
    pub members: Vec<i64>,
    /// `types`.
    pub types: Vec<models::TypeEnum>,
    /// `query`.
    pub query: String,
    /// `size`.
    pub size: models::SizeEnum,
}
impl ThingsListParams {
    /// Reads them from a query.
    ///
    /// # Errors
    /// [`ApiError::Validation`] with all parameters that cannot be read.
    pub fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let mut the_query = Query::new(query);
        let page = the_query.page();
        let name = the_query.text("name");
        let r#type = the_query.parsed("type");
        let lang = the_query.choice("lang", &["de", "en"]);
        let active = the_query.boolean("active");
        let amount = the_query.integer("amount", false);
        let user = the_query.integer("user", true);
        let thing_uuid = the_query.uuid("thing_uuid", false);
        let flow = the_query.uuid("flow", true);
        let created = the_query.date_time("created");
        let day = the_query.date("day");
        let weight = the_query.number("weight");
        let groups = the_query.uuid_list("groups", false, true);
        let members = the_query.integer_list("members", true, false);
        let types = the_query.parsed_list("types", false);
        let query = the_query.text_or_empty("query");
        let size = the_query.parsed("size");
        the_query.require("query", query.is_some());
        the_query.require("size", size.is_some());
        the_query.finish()?;
        Ok(Self {
            page,
            name,
            r#type,
            lang,
            active,
            amount,
            user,
            thing_uuid,
            flow,
            created,
            day,
            weight,
            groups,
            members,
            types,
            query: query.ok_or_else(|| Query::missing("query"))?,
            size: size.ok_or_else(|| Query::missing("size"))?,
        })
    }
}
impl Filters for ThingsListParams {
    const NAMES: &'static [&'static str] = &[
        "name",
        "type",
        "lang",
        "active",
        "amount",
        "user",
        "thing_uuid",
        "flow",
        "created",
        "day",
        "weight",
        "groups",
        "members",
        "types",
        "query",
        "size",
    ];
    fn page(&self) -> &PageQuery {
        &self.page
    }
    fn sought(&self) -> Vec<(&'static str, Sought)> {
        let mut all = SoughtAll::default();
        all.add("name", &self.name);
        all.add("type", &self.r#type.map(|v| v.as_str().to_owned()));
        all.add("lang", &self.lang);
        all.add("active", &self.active);
        all.add("amount", &self.amount);
        all.add("user", &self.user);
        all.add("thing_uuid", &self.thing_uuid);
        all.add("flow", &self.flow);
        all.add("created", &self.created);
        all.add("day", &self.day);
        all.add("weight", &self.weight);
        all.add("groups", &self.groups);
        all.add("members", &self.members);
        all.add(
            "types",
            &self.types.iter().map(|v| v.as_str().to_owned()).collect::<Vec<_>>(),
        );
        all.add("query", &self.query);
        all.add("size", &self.size.as_str().to_owned());
        all.into()
    }
}
/// The operations of `things`.
pub trait Things: Send {
    /// Lists things.
    ///
    /// `GET /things/`
    fn things_list(
        &mut self,
        params: ThingsListParams,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
/// Routes of the operations of `things`.
pub mod things {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Things>() -> Vec<Route<C>> {
        vec![Route { operation : & OPERATIONS[0usize], call : list:: < C > }]
    }
    fn read_list(input: Input) -> Result<(ThingsListParams,), ApiError> {
        Ok((ThingsListParams::read(&input.query)?,))
    }
    fn list<C: Things>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_list(input) {
            Ok((params,)) => answers::nothing(Box::pin(context.things_list(params))),
            Err(error) => refuse(error),
        }
    }
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `()`.
    pub(crate) fn nothing(
        future: BoxFuture<'_, Result<(), ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_nothing(future)
    }
}
/// The shapes of all request bodies.
pub mod schemas {
    use super::schema::{Field, Format, Schema};
}
