//! A look into a directory: the first users, groups and memberships that a source would find there.

use crate::store::tables::LdapSource;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions, SearchResult};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, time::Duration};

/// How long connecting to one server may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long all of it may take.
const DEADLINE: Duration = Duration::from_secs(8);
/// How many entries of a kind are looked at.
const ENTRIES: i32 = 10;
/// The result of a search that found more than was asked for.
const SIZE_LIMIT_EXCEEDED: u32 = 4;
/// Attributes that hold passwords.
const PASSWORDS: [&str; 4] = ["userpassword", "unicodepwd", "sambantpassword", "ms-mcs-admpwd"];

/// What was found.
pub(super) struct Look {
    pub(super) users: Vec<Found>,
    pub(super) groups: Vec<Found>,
    pub(super) memberships: Vec<Found>,
}

/// An entry.
pub(super) struct Found {
    dn: String,
    attributes: BTreeMap<String, Vec<String>>,
}

impl From<Found> for Map<String, Value> {
    fn from(Found { dn, attributes }: Found) -> Self {
        Self::from_iter([
            ("dn".to_owned(), json!(dn)),
            ("attributes".to_owned(), json!(attributes)),
            ("type".to_owned(), json!("searchResEntry")),
        ])
    }
}

/// Whether an address is one of a directory.
pub(super) fn is_server(uri: &str) -> bool {
    let uri = url::Url::parse(uri.trim());
    uri.is_ok_and(|uri| matches!(uri.scheme(), "ldap" | "ldaps") && uri.has_host())
}

/// Asks the first server that can be reached.
///
/// # Errors
/// Why nothing can be seen, for people.
pub(super) async fn look(source: &LdapSource) -> Result<Look, String> {
    let looked = tokio::time::timeout(DEADLINE, search_all(source)).await;
    looked.unwrap_or_else(|_| Err("The directory did not answer in time.".to_owned()))
}

async fn search_all(source: &LdapSource) -> Result<Look, String> {
    let mut ldap = connect(source).await?;
    let below = |additional: &str| match additional {
        "" => source.base_dn.clone(),
        additional => format!("{additional},{}", source.base_dn),
    };
    let (users, groups) = (below(&source.additional_user_dn), below(&source.additional_group_dn));
    let of_members = [source.group_membership_field.as_str(), source.object_uniqueness_field.as_str()];
    let everything = ["*", "+"];
    let look = Look {
        users: search(&mut ldap, &users, &source.user_object_filter, &everything).await?,
        groups: search(&mut ldap, &groups, &source.group_object_filter, &everything).await?,
        memberships: search(&mut ldap, &groups, &source.group_object_filter, &of_members).await?,
    };
    // All is known already: whether the server hears the farewell does not matter.
    let _ = ldap.unbind().await;
    Ok(look)
}

async fn connect(source: &LdapSource) -> Result<Ldap, String> {
    let mut failed = "There is no server to ask.".to_owned();
    for uri in source.server_uri.split(',').map(str::trim).filter(|uri| !uri.is_empty()) {
        let settings = LdapConnSettings::new().set_conn_timeout(CONNECT).set_starttls(source.start_tls);
        match LdapConnAsync::with_settings(settings, uri).await {
            Ok((connection, mut ldap)) => {
                ldap3::drive!(connection);
                let bound = ldap.simple_bind(&source.bind_cn, &source.bind_password).await;
                bound.and_then(|result| result.success()).map_err(|error| explain("It refused the bind", &error))?;
                return Ok(ldap);
            }
            Err(error) => failed = explain(&format!("The server {uri} cannot be reached"), &error),
        }
    }
    Err(failed)
}

async fn search(ldap: &mut Ldap, base: &str, filter: &str, attributes: &[&str]) -> Result<Vec<Found>, String> {
    ldap.with_search_options(SearchOptions::new().sizelimit(ENTRIES));
    let SearchResult(entries, result) = ldap
        .search(base, Scope::Subtree, filter, attributes)
        .await
        .map_err(|error| explain(&format!("The search for {filter} failed"), &error))?;
    if result.rc != 0 && result.rc != SIZE_LIMIT_EXCEEDED {
        return Err(format!("The search for {filter} failed: the directory says {}.", result.rc));
    }
    let most = usize::try_from(ENTRIES).unwrap_or_default();
    Ok(entries.into_iter().take(most).map(|entry| found(SearchEntry::construct(entry))).collect())
}

/// An entry without passwords; what is no text is written in hexadecimal digits.
fn found(entry: SearchEntry) -> Found {
    let hex = |value: Vec<u8>| value.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let binary = entry.bin_attrs.into_iter().map(|(name, values)| (name, values.into_iter().map(hex).collect()));
    let mut attributes: BTreeMap<String, Vec<String>> = entry.attrs.into_iter().chain(binary).collect();
    attributes.retain(|name, _| !PASSWORDS.contains(&name.to_ascii_lowercase().as_str()));
    Found { dn: entry.dn, attributes }
}

fn explain(what: &str, error: &LdapError) -> String {
    format!("{what}: {error}.")
}
