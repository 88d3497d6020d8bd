//! What a browser says of itself, taken apart as far as it is told by a few words that all browsers use.

use vestibule_api::models::{
    AuthenticatedSessionUserAgent as UserAgent, AuthenticatedSessionUserAgentDevice as Device,
    AuthenticatedSessionUserAgentOs as Os, AuthenticatedSessionUserAgentUserAgent as Program,
};

/// What stands before the version of a program, and what people call the program. The first that is found counts: most
/// browsers claim to be others as well.
const PROGRAMS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge Mobile"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox iOS"),
    ("CriOS/", "Chrome Mobile iOS"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("python-requests/", "Python Requests"),
    ("curl/", "curl"),
    ("Go-http-client/", "Go-http-client"),
];

/// The same for systems.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows NT ", "Windows"),
    ("iPhone OS ", "iOS"),
    ("CPU OS ", "iOS"),
    ("Mac OS X ", "Mac OS X"),
    ("Android ", "Android"),
    ("CrOS ", "Chrome OS"),
    ("Linux", "Linux"),
];

/// The same for devices, with their makers.
const DEVICES: &[(&str, &str)] = &[("iPhone", "Apple"), ("iPad", "Apple"), ("Macintosh", "Apple")];

/// Stands for what is not known.
const OTHER: &str = "Other";

/// Reads the `User-Agent` of a request.
pub fn read(text: &str) -> UserAgent {
    let (family, [major, minor, patch, _]) = find(text, PROGRAMS);
    let user_agent = Program { family, major, minor, patch };
    let (family, [major, minor, patch, patch_minor]) = find(text, SYSTEMS);
    let os = Os { family, major, minor, patch, patch_minor };
    let device = DEVICES.iter().find(|(word, _)| text.contains(word));
    let device = device.map_or_else(
        || Device { family: OTHER.to_owned(), ..Device::default() },
        |(model, brand)| Device { family: (*model).to_owned(), brand: (*brand).to_owned(), model: (*model).to_owned() },
    );
    UserAgent { device, os, user_agent, string: text.to_owned() }
}

/// The first that a text names, and the parts of the version that stands behind it.
fn find(text: &str, known: &[(&str, &str)]) -> (String, [String; 4]) {
    let found = known.iter().find_map(|(word, name)| Some((*name, text.split_once(word)?.1)));
    let Some((name, behind)) = found else { return (OTHER.to_owned(), Default::default()) };
    let end = behind.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(behind.len());
    let mut parts = behind[..end].split(['.', '_']).map(str::to_owned);
    (name.to_owned(), std::array::from_fn(|_| parts.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn browsers_are_known_by_a_few_words() {
        let told = |text: &str| {
            let agent = read(text);
            let program = agent.user_agent;
            (program.family, program.major, agent.os.family, agent.os.major, agent.device.family)
        };
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1";
        for (text, expected) in [
            (firefox, ["Firefox", "128", "Linux", "", "Other"]),
            (edge, ["Edge", "126", "Windows", "10", "Other"]),
            (safari, ["Safari", "17", "iOS", "17", "iPhone"]),
            ("python-requests/2.32.2", ["Python Requests", "2", "Other", "", "Other"]),
            ("", ["Other", "", "Other", "", "Other"]),
            ("Firefox/é", ["Firefox", "", "Other", "", "Other"]),
        ] {
            let (family, major, os, os_major, device) = told(text);
            assert_eq!([&*family, &*major, &*os, &*os_major, &*device], expected, "{text}");
        }
    }
}
