//! `/propertymappings/notification/`: mappings to the body of notification webhooks.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsNotification;

mapping!(propertymappings_notification NotificationMapping "notification", |row| row.name.clone());

impl PropertymappingsNotification for Context {}
