//! `/core/brands/`: the look and the flows of a domain.

use crate::{
    api::{
        context::Context,
        fields::{Writer, fields},
        resource::{MUST_BE_UNIQUE, Model, Resource, Unique},
        settings::settings,
    },
    domain::host,
    store::{
        Entity,
        column::Ref,
        table,
        tables::{Brand, Flow},
    },
};
use serde_json::Value;
use uuid::Uuid;
use vestibule_api::{ApiError, CoreBrands, core_brands, models};

impl Resource for core_brands::Family {
    type Row = Brand;

    const MODEL: Model = Model { app: "authentik_brands", name: "brand", verbose: "Brand" };
    const ORDER: &'static [&'static str] = &["domain"];
    const SEARCH: &'static [&'static str] = &["domain", "branding_title"];
    const UNIQUE: &'static [Unique] = &[("domain", "domain", MUST_BE_UNIQUE)];

    fields!(core_brands);

    fn label(row: &Brand) -> String {
        if row.default { "Default brand".to_owned() } else { format!("Brand {}", row.domain) }
    }

    async fn check(ctx: &mut Context, row: &mut Brand, _: Option<&Brand>, to: &mut Writer) -> Result<(), ApiError> {
        if row.default && another_default(ctx, row.id).await? {
            to.errors.add("default", "Only a single brand can be set as default.");
        }
        Ok(())
    }
}

/// Whether a brand other than this one is the default.
async fn another_default(ctx: &mut Context, id: Uuid) -> Result<bool, ApiError> {
    let defaults = table::find_all::<Brand>(&mut ctx.db, "is_default", [true]).await?;
    Ok(defaults.iter().any(|brand| brand.id != id))
}

impl CoreBrands for Context {
    async fn core_brands_current_retrieve(&mut self) -> Result<models::CurrentBrand, ApiError> {
        let brand = of_request(self).await?.unwrap_or_default();
        let flows = [
            brand.flow_authentication,
            brand.flow_invalidation,
            brand.flow_recovery,
            brand.flow_unenrollment,
            brand.flow_user_settings,
            brand.flow_device_code,
        ];
        let rows: Vec<Flow> = table::find_all(&mut self.db, "id", flows.into_iter().flatten()).await?;
        let slug =
            |flow: Option<Ref<Flow>>| rows.iter().find(|row| Some(Ref(row.id)) == flow).map(|row| row.slug.clone());
        Ok(models::CurrentBrand {
            matched_domain: brand.domain.clone(),
            branding_title: brand.branding_title.clone(),
            branding_logo: brand.branding_logo.clone(),
            branding_favicon: brand.branding_favicon.clone(),
            ui_footer_links: links(&settings(self).await?.footer_links),
            ui_theme: theme(&brand.attributes),
            flow_authentication: slug(brand.flow_authentication),
            flow_invalidation: slug(brand.flow_invalidation),
            flow_recovery: slug(brand.flow_recovery),
            flow_unenrollment: slug(brand.flow_unenrollment),
            flow_user_settings: slug(brand.flow_user_settings),
            flow_device_code: slug(brand.flow_device_code),
            default_locale: brand
                .attributes
                .pointer("/settings/locale")
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned(),
        })
    }
}

/// The brand that a request went to.
///
/// # Errors
/// When the statement fails.
pub(in crate::api) async fn of_request(ctx: &mut Context) -> Result<Option<Brand>, ApiError> {
    let brands: Vec<Brand> = ctx.db.all(&<Brand as Entity>::select()).await?;
    Ok(choose(&brands, &host::name(&ctx.request.host)).cloned())
}

/// The brand of a host: the longest domain that the host is or lies below, else the default one. Domains are stored as
/// they were sent, in any spelling.
fn choose<'a>(brands: &'a [Brand], host: &str) -> Option<&'a Brand> {
    let named = brands.iter().map(|brand| (host::name(&brand.domain), brand));
    let longest = named.filter(|(domain, _)| host::is_within(host, domain)).max_by_key(|(d, b)| (d.len(), b.id));
    longest.map(|(_, brand)| brand).or_else(|| brands.iter().find(|b| b.default))
}

/// The links of the settings, which hold whatever was sent: those that are links.
fn links(stored: &Value) -> Vec<models::FooterLink> {
    let items = stored.as_array().into_iter().flatten();
    items.filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
}

/// The theme set in the attributes, `automatic` otherwise.
fn theme(attributes: &Value) -> models::UiThemeEnum {
    let set = attributes.pointer("/settings/theme/base").and_then(Value::as_str);
    set.and_then(|text| text.parse().ok()).unwrap_or(models::UiThemeEnum::Automatic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_matching_domain_wins_and_the_default_is_for_all_others() {
        let brand = |domain: &str, default| Brand { domain: domain.into(), default, ..Brand::default() };
        let brands = [brand("authentik-default", true), brand("example.com", false), brand("a.Example.com.", false)];
        let chosen = |host| choose(&brands, host).map(|b| b.domain.as_str());
        assert_eq!(chosen("x.a.example.com"), Some("a.Example.com."));
        assert_eq!(chosen("example.com"), Some("example.com"));
        assert_eq!(chosen("badexample.com"), Some("authentik-default"));
    }
}
