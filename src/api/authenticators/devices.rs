//! `/authenticators/{static,totp,duo,sms,webauthn}/` and the same below `/authenticators/admin/`: devices of one kind.
//!
//! The first are there for everybody: each caller sees its own devices, and those that it holds a permission on. The others
//! take a permission, and can make a device: one of the caller, which nobody is asked for until a flow has set it up.

use super::kinds::{DUO, DeviceKind, SMS, STATIC, TOTP, WEBAUTHN};
use crate::{
    api::{
        context::Context,
        core::rights,
        fields::{Writer, as_they_are, completes, fields},
        permission,
        resource::{Model, Resource, check_number},
    },
    store::{
        Entity,
        column::Ref,
        table,
        tables::{
            DuoDevice, SmsDevice, StaticDevice, StaticToken, TotpDevice, User, WebAuthnDevice, WebAuthnDeviceType,
        },
    },
};
use chrono::{DateTime, Utc};
use sea_query::SelectStatement;
use std::collections::HashMap;
use vestibule_api::{
    ApiError, AuthenticatorsAdminDuo, AuthenticatorsAdminSms, AuthenticatorsAdminStatic, AuthenticatorsAdminTotp,
    AuthenticatorsAdminWebauthn, AuthenticatorsDuo, AuthenticatorsSms, AuthenticatorsStatic, AuthenticatorsTotp,
    AuthenticatorsWebauthn, models,
};

/// How many devices of a kind one may make who is no superuser.
const DEVICES_PER_USER: usize = 100;

/// What stands in place of a code that is somebody else's.
const HIDDEN: &str = "********";

/// A row of one kind.
pub(super) trait Device: Entity<Key = i64> {
    /// Its kind.
    const OF: DeviceKind;

    /// Whose it is.
    fn owner(&self) -> i64;

    /// Its name, and whether it was set up.
    fn state(&self) -> (&str, bool);

    /// Gives a new one to a user.
    fn begin(&mut self, owner: i64, now: DateTime<Utc>);
}

/// Only who can do as much as the owner renames a device or takes it away.
async fn check<R: Resource<Row: Device>>(
    ctx: &mut Context,
    row: &mut R::Row,
    before: Option<&R::Row>,
    to: &mut Writer,
) -> Result<(), ApiError> {
    match before {
        Some(before) => rights::touch_users(ctx, &[before.owner()]).await,
        None => {
            let principal = ctx.principal()?;
            row.begin(principal.user.id, ctx.now);
            if principal.superuser {
                return Ok(());
            }
            check_number::<R>(ctx, to, "user_id", principal.user.id, DEVICES_PER_USER).await
        }
    }
}

/// A kind of device: its row and kind, its two families with their traits, what completes its rows, and what else a new row
/// has.
macro_rules! device {
    (
        $row:ident $kind:ident, $own:ident $own_trait:ident, $admin:ident $admin_trait:ident, $complete:ident
        $(, $field:ident: $initial:expr)?
    ) => {
        impl Device for $row {
            const OF: DeviceKind = $kind;

            fn owner(&self) -> i64 {
                self.user.0
            }

            fn state(&self) -> (&str, bool) {
                (&self.name, self.confirmed)
            }

            fn begin(&mut self, owner: i64, now: DateTime<Utc>) {
                self.user = Ref::<User>(owner);
                let _ = now;
                $(self.$field = $initial(now);)?
            }
        }

        impl Resource for vestibule_api::$own::Family {
            device!(shared $row $kind, $own, $complete);

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                permission::narrow_to_owner::<$row>(ctx, select, Self::MODEL, "user_id")
            }
        }

        impl $own_trait for Context {}

        impl Resource for vestibule_api::$admin::Family {
            device!(shared $row $kind, $admin, $complete);
        }

        impl $admin_trait for Context {}
    };
    (shared $row:ident $kind:ident, $family:ident, $complete:ident) => {
        type Row = $row;

        const MODEL: Model = $kind.model;

        fields!($family, $complete);

        fn label(row: &$row) -> String {
            row.name.clone()
        }

        async fn check(
            ctx: &mut Context,
            row: &mut $row,
            before: Option<&$row>,
            to: &mut Writer,
        ) -> Result<(), ApiError> {
            check::<Self>(ctx, row, before, to).await
        }

        async fn before_delete(ctx: &mut Context, row: &$row) -> Result<(), ApiError> {
            rights::touch_users(ctx, &[row.owner()]).await
        }
    };
}

device!(
    StaticDevice STATIC, authenticators_static AuthenticatorsStatic,
    authenticators_admin_static AuthenticatorsAdminStatic, with_codes
);
device!(
    TotpDevice TOTP, authenticators_totp AuthenticatorsTotp,
    authenticators_admin_totp AuthenticatorsAdminTotp, as_they_are
);
device!(
    DuoDevice DUO, authenticators_duo AuthenticatorsDuo,
    authenticators_admin_duo AuthenticatorsAdminDuo, as_they_are
);
device!(
    SmsDevice SMS, authenticators_sms AuthenticatorsSms,
    authenticators_admin_sms AuthenticatorsAdminSms, as_they_are
);
device!(
    WebAuthnDevice WEBAUTHN, authenticators_webauthn AuthenticatorsWebauthn,
    authenticators_admin_webauthn AuthenticatorsAdminWebauthn, with_type, created_on: |now| now
);

/// A list of codes with what is left of it.
struct WithCodes<R> {
    row: R,
    token_set: Vec<models::StaticDeviceToken>,
}

completes!(WithCodes);

/// Whoever may see the codes of others could log in as they do: of those there is no more to see than how many are left.
async fn with_codes(ctx: &mut Context, rows: Vec<StaticDevice>) -> Result<Vec<WithCodes<StaticDevice>>, ApiError> {
    let caller = ctx.principal()?.user.id;
    let codes: Vec<StaticToken> = table::find_all(&mut ctx.db, "device_id", rows.iter().map(|row| row.id)).await?;
    let mut left: HashMap<i64, Vec<StaticToken>> = HashMap::new();
    for code in codes {
        left.entry(code.device.0).or_default().push(code);
    }
    let with = |row: StaticDevice| {
        let shown = |code: StaticToken| if row.owner() == caller { code.token.0 } else { HIDDEN.to_owned() };
        let codes = left.remove(&row.id).unwrap_or_default().into_iter();
        WithCodes { token_set: codes.map(|code| models::StaticDeviceToken { token: shown(code) }).collect(), row }
    };
    Ok(rows.into_iter().map(with).collect())
}

/// A key with its model.
struct WithType<R> {
    row: R,
    device_type: Option<models::WebAuthnDeviceType>,
}

completes!(WithType);

async fn with_type(ctx: &mut Context, rows: Vec<WebAuthnDevice>) -> Result<Vec<WithType<WebAuthnDevice>>, ApiError> {
    let keys = rows.iter().filter_map(|row| row.device_type);
    let types: Vec<WebAuthnDeviceType> = table::find_all(&mut ctx.db, "id", keys).await?;
    let model =
        |of: &WebAuthnDeviceType| models::WebAuthnDeviceType { aaguid: of.id, description: of.description.clone() };
    let with = |row: WebAuthnDevice| WithType {
        device_type: types.iter().find(|of| row.device_type.is_some_and(|key| key.0 == of.id)).map(model),
        row,
    };
    Ok(rows.into_iter().map(with).collect())
}
