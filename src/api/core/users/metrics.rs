//! `/core/users/{id}/metrics/`: what a user did in the last seven days, per eight hours.

use super::Users;
use crate::{
    api::{context::Context, resource},
    store::users,
};
use chrono::{DateTime, Duration, Utc};
use vestibule_api::{
    ApiError,
    models::{Coordinate, UserMetrics},
};

/// Length of one interval.
const INTERVAL: Duration = Duration::hours(8);
/// How many intervals are counted.
const INTERVALS: i32 = 21;

/// Logins, failed logins and authorizations of a user.
pub(super) async fn of_user(ctx: &mut Context, id: i64) -> Result<UserMetrics, ApiError> {
    let user = resource::find::<Users>(ctx, id).await?.user;
    let now = ctx.now;
    let activity = users::activity(&mut ctx.db, &user, now - INTERVAL * INTERVALS).await?;
    let times = |action: &str| {
        let times: Vec<_> = activity.iter().filter(|(a, _)| a == action).map(|(_, time)| *time).collect();
        points(now, &times)
    };
    Ok(UserMetrics {
        logins: times("login"),
        logins_failed: times("login_failed"),
        authorizations: times("authorize_application"),
    })
}

/// Numbers per interval, the latest first. The first point lies in the future and is always zero, as in the reference.
fn points(now: DateTime<Utc>, times: &[DateTime<Utc>]) -> Vec<Coordinate> {
    let point = |age: i32| {
        let (from, to) = (now - INTERVAL * (age + 1), now - INTERVAL * age);
        let count = times.iter().filter(|time| **time > from && **time <= to).count();
        let x_cord = (now - INTERVAL * age).timestamp() * 1000;
        Coordinate { x_cord, y_cord: i64::try_from(count).unwrap_or(i64::MAX) }
    };
    (-1..INTERVALS).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_interval() {
        let now = DateTime::from_timestamp(1_795_295_810, 5).unwrap();
        let points =
            points(now, &[now, now - Duration::hours(7), now - Duration::hours(8), now - Duration::hours(167)]);
        let counts: Vec<i64> = points.iter().map(|p| p.y_cord).collect();
        assert_eq!((counts.len(), counts[0], counts[1], counts[2], counts[21]), (22, 0, 2, 1, 1));
        assert_eq!((points[0].x_cord, points[1].x_cord), (1_795_324_610_000, 1_795_295_810_000));
    }
}
