//! `/sources/ldap/`: directories.

use super::{
    check_slug, directory, source,
    summary::{Sourced, sourced},
};
use crate::{
    api::{
        context::Context,
        fields::{Writer, completes},
        kinds::Described,
        resource,
    },
    store::{Entity, query, tables::LdapSource},
};
use sea_query::{Expr, ExprTrait};
use serde_json::Map;
use std::collections::BTreeMap;
use vestibule_api::{ApiError, Errors, SourcesLdap, models, sources_ldap};

source!(sources_ldap LdapSource "ldap", with_connectivity, {
    /// A password that is changed here is changed in one directory.
    async fn check(
        ctx: &mut Context,
        row: &mut LdapSource,
        before: Option<&LdapSource>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_slug(ctx, row, to).await?;
        if to.has("server_uri") && !row.server_uri.split(',').all(directory::is_server) {
            to.errors.add("server_uri", "Enter a valid URL.");
        }
        let begins = row.sync_users_password && before.is_none_or(|before| !before.sync_users_password);
        if begins && to.errors.is_empty() {
            let mut others = LdapSource::select();
            others
                .and_where(Expr::col(("sources_ldap", "sync_users_password")).eq(true))
                .and_where(Expr::col((LdapSource::TABLE, LdapSource::KEY)).ne(row.key()));
            if query::count(&mut ctx.db, &others).await? > 0 {
                let only = "Only a single LDAP Source with password synchronization is allowed";
                to.errors.add("sync_users_password", only);
            }
        }
        Ok(())
    }
});

/// A source with what is known of its servers: nothing, before they were asked.
struct WithConnectivity<R> {
    row: R,
    connectivity: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

completes!(WithConnectivity);

async fn with_connectivity(
    ctx: &mut Context,
    rows: Vec<LdapSource>,
) -> Result<Vec<WithConnectivity<Sourced<Described<LdapSource>>>>, ApiError> {
    let rows = sourced(ctx, rows).await?.into_iter();
    Ok(rows.map(|row| WithConnectivity { connectivity: None, row }).collect())
}

impl SourcesLdap for Context {
    /// Asks the directory while nobody waits for the connection to the database.
    async fn sources_ldap_debug_retrieve(&mut self, slug: String) -> Result<models::LdapDebug, ApiError> {
        let row = resource::find::<sources_ldap::Family>(self, slug).await?;
        self.release().await?;
        let (app, party) = (self.app.clone(), self.party());
        let _turn = app.work.outgoing.turn(&party).await?;
        let found = directory::look(&row).await.map_err(|why| ApiError::field(Errors::NON_FIELD, why))?;
        let entries = |entries: Vec<directory::Found>| entries.into_iter().map(Map::from).collect();
        Ok(models::LdapDebug {
            user: entries(found.users),
            group: entries(found.groups),
            membership: entries(found.memberships),
        })
    }

    /// None has run.
    async fn sources_ldap_sync_status_retrieve(&mut self, slug: String) -> Result<models::SyncStatus, ApiError> {
        resource::find::<sources_ldap::Family>(self, slug).await?;
        Ok(models::SyncStatus { is_running: false, tasks: vec![] })
    }
}
