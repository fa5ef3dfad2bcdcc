//! The time zone in which a person reads times.

use std::{env, ffi::OsString};

use jiff::tz::TimeZone;

/// Returns the time zone of this machine, or the one that `TZ` names.
pub(crate) fn local() -> TimeZone {
    env::var_os("TZ").map_or_else(TimeZone::system, named)
}

/// Returns the zone that a value of `TZ` names: one of the system's by its name or path, or one
/// that is written out. Anything else counts as UTC: no other file is opened, for it may be one
/// that has no end.
fn named(zone: OsString) -> TimeZone {
    let zone = zone.into_string().unwrap_or_default();
    let zone = zone.strip_prefix(':').unwrap_or(&zone);
    let name = zone.rsplit_once("zoneinfo/").map_or(zone, |(_, name)| name);
    TimeZone::get(name)
        .or_else(|_| TimeZone::posix(zone))
        .unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_zone_is_found_by_name_and_never_read_from_any_file() {
        let check = |zone: &str, expected: &str| {
            let midnight = Timestamp::UNIX_EPOCH.to_zoned(named(zone.into()));
            assert_eq!(
                midnight.strftime("%H:%M %Z").to_string(),
                expected,
                "{zone}"
            );
        };
        check("", "00:00 UTC");
        check("UTC", "00:00 UTC");
        check("Europe/Berlin", "01:00 CET");
        check(":Europe/Berlin", "01:00 CET");
        check("/usr/share/zoneinfo/Europe/Berlin", "01:00 CET");
        check(":../zoneinfo/Europe/Berlin", "01:00 CET");
        check("<-03>3", "21:00 -03");
        check("/dev/zero", "00:00 UTC");
        check(":/dev/zero", "00:00 UTC");
        check("/usr/share/zoneinfo/../../../dev/zero", "00:00 UTC");
        check("../../dev/zero", "00:00 UTC");
        check("Cargo.toml", "00:00 UTC");
    }
}
