//! Whether a request comes from the telephone system that it says.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::Telephony;

/// Clocks may differ by so many seconds.
const SKEW: i64 = 3;
/// A signature is not older than this, in seconds.
const OLDEST: i64 = 30;
/// What a signature of AudioHook must cover.
const COVERED: [&str; 6] = [
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
];

/// What signatures are checked with.
#[derive(Debug, Default)]
pub(super) struct Keys {
    twilio: Option<hmac::Key>,
    audiohook: Option<(String, hmac::Key)>,
}

impl Keys {
    pub(super) fn twilio(&mut self, token: &str) {
        // SHA-1 is what Twilio signs with; in an HMAC it still holds.
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        self.twilio = Some(key);
    }

    pub(super) fn audiohook(&mut self, api_key: &str, secret: &str) -> Result<(), String> {
        let secret = STANDARD.decode(secret).ok().filter(|secret| secret.len() >= 16);
        let secret = secret.ok_or("the client secret must be base64 of 16 bytes or more")?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        self.audiohook = Some((api_key.to_owned(), key));
        Ok(())
    }
}

/// What a signature comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    /// It is right.
    Yes,
    /// It is not there, wrong, or old.
    No,
    /// Nobody connected this system.
    Off,
}

impl Telephony {
    /// Twilio signs the address that it was told, with or without a slash at its end.
    pub(super) fn twilio(&self, path: &str, headers: &HeaderMap) -> Signed {
        let Some(key) = &self.keys.twilio else { return Signed::Off };
        let signature = text(headers, "x-twilio-signature");
        let Some(signature) = signature.and_then(|text| STANDARD.decode(text).ok()) else {
            return Signed::No;
        };
        let right = ["", "/"].iter().any(|end| {
            let address = format!("{}{path}{end}", self.url);
            hmac::verify(key, address.as_bytes(), &signature).is_ok()
        });
        if right { Signed::Yes } else { Signed::No }
    }

    /// Genesys signs what it asks for as in HTTP message signatures; `now` is in seconds since 1970.
    pub(super) fn audiohook(&self, path: &str, headers: &HeaderMap, now: i64) -> Signed {
        let Some((api_key, key)) = &self.keys.audiohook else { return Signed::Off };
        let right = text(headers, "x-api-key") == Some(api_key)
            && self.message_signature(path, headers, api_key, key, now).is_some();
        if right { Signed::Yes } else { Signed::No }
    }

    fn message_signature(
        &self,
        path: &str,
        headers: &HeaderMap,
        api_key: &str,
        key: &hmac::Key,
        now: i64,
    ) -> Option<()> {
        let (label, input) = text(headers, "signature-input")?.split_once('=')?;
        let signature = text(headers, "signature")?.strip_prefix(label)?.strip_prefix("=:")?;
        let signature = STANDARD.decode(signature.strip_suffix(':')?).ok()?;
        let (covered, parameters) = input.strip_prefix('(')?.split_once(')')?;
        let covered: Option<Vec<&str>> = covered.split(' ').map(unquoted).collect();
        let covered = covered?;
        if !COVERED.iter().all(|must| covered.contains(must)) {
            return None;
        }
        let (mut created, mut expires) = (None, None);
        for parameter in parameters.split(';').skip(1) {
            match parameter.split_once('=')? {
                ("keyid", id) if unquoted(id)? != api_key => return None,
                ("alg", alg) if unquoted(alg)? != "hmac-sha256" => return None,
                ("created", seconds) => created = Some(seconds.parse::<i64>().ok()?),
                ("expires", seconds) => expires = Some(seconds.parse::<i64>().ok()?),
                _ => {}
            }
        }
        let age = now.checked_sub(created?)?;
        let over = expires.is_some_and(|expires| expires.saturating_add(SKEW) < now);
        if !(-SKEW..=OLDEST).contains(&age) || over {
            return None;
        }
        let mut base = String::new();
        for name in covered {
            let value = match name {
                "@request-target" => path,
                "@authority" => self.authority(),
                name if name.starts_with('@') => return None,
                name => text(headers, name)?,
            };
            base += &format!("\"{name}\": {value}\n");
        }
        base += &format!("\"@signature-params\": {input}");
        hmac::verify(key, base.as_bytes(), &signature).ok()
    }
}

/// The only value of a header.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    values.next().is_none().then_some(value)
}

fn unquoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "VGhpc0lzQVNlY3JldEZvclRlc3Rz";
    const NOW: i64 = 1_641_013_200;

    fn telephony() -> Telephony {
        let telephony = Telephony::new("wss://hier.nl").unwrap().with_twilio("geheim");
        telephony.with_audiohook("sleutel", SECRET).unwrap()
    }

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn twilio(token: &str, address: &str) -> HeaderMap {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, address.as_bytes()));
        headers(&[("x-twilio-signature", signature)])
    }

    /// Signed by hand, so that the two sides are not made by the same code.
    fn audiohook(target: &str, created: i64, leave_out: &str) -> HeaderMap {
        let fields = [
            ("audiohook-organization-id", "org"),
            ("audiohook-session-id", "sessie"),
            ("audiohook-correlation-id", "samen"),
            ("x-api-key", "sleutel"),
        ];
        let names: Vec<String> = COVERED
            .iter()
            .filter(|name| **name != leave_out)
            .map(|name| format!("\"{name}\""))
            .collect();
        let input = format!(
            "({});keyid=\"sleutel\";nonce=\"n\";alg=\"hmac-sha256\";created={created};expires={}",
            names.join(" "),
            created + 10
        );
        let mut lines =
            vec![format!("\"@request-target\": {target}"), "\"@authority\": hier.nl".to_owned()];
        lines.extend(fields.iter().map(|(name, value)| format!("\"{name}\": {value}")));
        lines.retain(|line| leave_out.is_empty() || !line.contains(leave_out));
        lines.push(format!("\"@signature-params\": {input}"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
        let signature = STANDARD.encode(hmac::sign(&key, lines.join("\n").as_bytes()));
        let mut headers: HeaderMap = headers(&[
            ("signature-input", format!("sig1={input}")),
            ("signature", format!("sig1=:{signature}:")),
        ]);
        for (name, value) in fields {
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn twilio_signs_the_address_with_the_token() {
        let ours = telephony();
        let check = |headers: &HeaderMap| ours.twilio("/t", headers);
        assert_eq!(check(&twilio("geheim", "wss://hier.nl/t")), Signed::Yes);
        assert_eq!(check(&twilio("geheim", "wss://hier.nl/t/")), Signed::Yes);
        assert_eq!(check(&twilio("anders", "wss://hier.nl/t")), Signed::No);
        assert_eq!(check(&twilio("geheim", "wss://daar.nl/t")), Signed::No);
        assert_eq!(check(&HeaderMap::new()), Signed::No);
        let off = Telephony::new("wss://hier.nl").unwrap();
        assert_eq!(off.twilio("/t", &twilio("", "wss://hier.nl/t")), Signed::Off);
    }

    #[test]
    fn genesys_signs_what_it_asks_for_and_only_for_a_while() {
        let ours = telephony();
        let check = |headers: &HeaderMap, now: i64| ours.audiohook("/a", headers, now);
        assert_eq!(check(&audiohook("/a", NOW, ""), NOW + 1), Signed::Yes);
        assert_eq!(check(&audiohook("/a", NOW, ""), NOW + 14), Signed::No, "expired");
        assert_eq!(check(&audiohook("/a", NOW, ""), NOW - 10), Signed::No, "of the future");
        assert_eq!(check(&audiohook("/b", NOW, ""), NOW), Signed::No, "of another address");
        for name in COVERED {
            assert_eq!(check(&audiohook("/a", NOW, name), NOW), Signed::No, "without {name}");
        }
        let mut other = audiohook("/a", NOW, "");
        other.insert("audiohook-session-id", "andere".parse().unwrap());
        assert_eq!(check(&other, NOW), Signed::No, "a header that was changed");
        let mut other = audiohook("/a", NOW, "");
        other.insert("x-api-key", "andere".parse().unwrap());
        assert_eq!(check(&other, NOW), Signed::No, "another key");
        assert_eq!(check(&HeaderMap::new(), NOW), Signed::No);
    }

    #[test]
    fn an_address_is_told_from_what_is_none() {
        for wrong in ["", "https://hier.nl", "wss://", "wss://hier.nl/pad", "hier.nl"] {
            assert!(Telephony::new(wrong).is_err(), "{wrong}");
        }
        assert!(telephony().with_audiohook("k", "kort").is_err());
    }
}
