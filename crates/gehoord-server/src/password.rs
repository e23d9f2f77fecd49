//! Passwords and secrets.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gehoord_store::StoreError;
use tokio::sync::Semaphore;

use crate::aside::aside;
use crate::error::ApiError;

/// Fewer characters can be guessed.
const SHORTEST: usize = 12;
/// More is no password.
const LONGEST: usize = 1_000;

/// The argon2id hash of a password, with a salt of its own.
///
/// # Errors
/// When the password is shorter than 12 characters or longer than 1000.
pub fn hash_password(password: &str) -> Result<String, StoreError> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let message = format!("a password has {SHORTEST} characters at least");
        return Err(StoreError::Invalid(message));
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::Invalid(format!("this password cannot be kept: {error}")))
}

/// Whether the password fits. Without a hash it takes as long and says no, so that nobody can tell
/// which logins there are.
pub(crate) async fn fits(password: String, hash: Option<String>) -> Result<bool, ApiError> {
    let check = move || {
        let none = hash.is_none();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        fits && !none
    };
    let internal = |error: &dyn std::fmt::Display| ApiError::Internal(error.to_string());
    let _turn = TURNS.acquire().await.map_err(|error| internal(&error))?;
    aside(check).await
}

/// Each check takes 19 MiB and a core for a while: so many at once, however many are at the door.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Hash of a password that nobody has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
     PjlhGLCmUe8Nq0nJ5bqJ4m8yNYqcP5yTJr0sVqZ2m1s";

/// A random word of 256 bits.
#[must_use]
pub fn random_secret() -> String {
    let bytes: [u8; 32] = gehoord_store::random_bytes();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash_password("lang genoeg zo").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(fits("lang genoeg zo".into(), Some(hash.clone())).await.unwrap());
        assert!(!fits("lang genoeg za".into(), Some(hash)).await.unwrap());
        assert!(!fits("lang genoeg zo".into(), None).await.unwrap());
        assert!(PasswordHash::new(NOBODY).is_ok(), "it takes as long as a real one");
    }

    #[test]
    fn short_passwords_are_refused() {
        assert!(hash_password("kort").unwrap_err().to_string().contains("12"));
    }
}
