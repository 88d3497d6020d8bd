//! What an identity provider knows without HTTP and SQL.

pub mod aside;
pub mod avatar;
pub mod certificate;
pub mod duration;
pub mod expression;
pub mod files;
pub mod host;
pub mod identity;
pub mod kubeconfig;
pub mod license;
pub mod mail;
pub mod notification;
pub mod outgoing;
pub mod password;
pub mod permissions;
pub mod rate;
pub mod redirect_uri;
pub mod user_agent;
pub mod work;
pub mod xml;
pub mod yaml;
