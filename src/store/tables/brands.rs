//! Brands.

use super::{Certificate, Flow};
use crate::store::{Table, column::Ref};
use serde_json::{Value, json};
use uuid::Uuid;

/// The look and the flows of a domain.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("brands", called = "brand_uuid")]
pub struct Brand {
    /// Primary key.
    pub id: Uuid,
    /// Host name, also of its subdomains.
    pub domain: String,
    /// The `default` of the API: used where no domain matches.
    #[column("is_default")]
    pub default: bool,
    /// Name in titles and mails.
    #[initial("authentik")]
    pub branding_title: String,
    /// Logo: a path or URL.
    #[initial("/static/dist/assets/icons/icon_left_brand.svg")]
    pub branding_logo: String,
    /// Icon: a path or URL.
    #[initial("/static/dist/assets/icons/icon.png")]
    pub branding_favicon: String,
    /// Flow to log in.
    pub flow_authentication: Option<Ref<Flow>>,
    /// Flow to log out.
    pub flow_invalidation: Option<Ref<Flow>>,
    /// Flow for those who cannot log in.
    pub flow_recovery: Option<Ref<Flow>>,
    /// Flow to delete the own account.
    pub flow_unenrollment: Option<Ref<Flow>>,
    /// Flow of the settings page.
    pub flow_user_settings: Option<Ref<Flow>>,
    /// Flow that takes device codes.
    pub flow_device_code: Option<Ref<Flow>>,
    /// Certificate of the web server for this domain.
    pub web_certificate: Option<Ref<Certificate>>,
    /// Free-form object.
    #[initial(json!({}))]
    pub attributes: Value,
}
