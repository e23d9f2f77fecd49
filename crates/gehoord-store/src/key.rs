//! The master key: seals what stands behind masks and makes pseudonyms. It lies in a file of its
//! own, never in the database or its backups.

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::request::Request;
use crate::store::Store;

/// Bytes of the number that makes two sealings of one text differ.
const NONCE: usize = 24;
/// How the file begins, so that nothing else is taken for a key.
const HEAD: &str = "gehoord-key-1 ";
/// Sealed once with the key that a database was made with.
const PROOF: &str = "this is the key";

/// 256 bits that open the originals.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// What stands behind one mask of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The mask, such as `[naam-1]`.
    pub mask: String,
    /// Kind of personal data, such as `name`.
    pub kind: String,
    /// The words behind it.
    pub text: String,
}

impl MasterKey {
    /// A new key, from the system's randomness.
    #[must_use]
    pub fn random() -> Self {
        Self(random_bytes())
    }

    /// Reads the key from its file; makes both when the file is not there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key.
    pub fn in_file(path: &Path) -> Result<Self, StoreError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of_text(&text, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(failed("reading the key", path, error)),
        }
    }

    fn of_text(text: &str, path: &Path) -> Result<Self, StoreError> {
        let wrong = || {
            StoreError::Key(format!(
                "{} holds no key; expected one line that begins with '{}'",
                path.display(),
                HEAD.trim_end()
            ))
        };
        let encoded = text.trim().strip_prefix(HEAD).ok_or_else(wrong)?;
        let bytes = BASE64.decode(encoded.trim()).map_err(|_| wrong())?;
        Ok(Self(bytes.try_into().map_err(|_| wrong())?))
    }

    /// Two processes may start at once: who comes second reads the key of the first.
    fn make(path: &Path) -> Result<Self, StoreError> {
        use std::io::Write;
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| failed("making the folder of the key", path, error))?;
        }
        let key = Self::random();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(mut file) => {
                let line = format!("{HEAD}{}\n", BASE64.encode(key.0));
                file.write_all(line.as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(|error| failed("writing the key", path, error))?;
                Ok(key)
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::in_file(path),
            Err(error) => Err(failed("writing the key", path, error)),
        }
    }

    /// `text` sealed for one place; `place` must be given again to open it.
    pub(crate) fn seal(&self, text: &str, place: &str) -> Result<String, StoreError> {
        self.seal_bytes(text.as_bytes(), place)
    }

    /// The same for what is no text.
    pub(crate) fn seal_bytes(&self, bytes: &[u8], place: &str) -> Result<String, StoreError> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: bytes, aad: place.as_bytes() };
        let sealed = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(&nonce, payload)
            .map_err(|_| StoreError::Key("could not seal".to_owned()))?;
        Ok(BASE64.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed for this place.
    pub(crate) fn open(&self, sealed: &str, place: &str) -> Result<String, StoreError> {
        String::from_utf8(self.open_bytes(sealed, place)?).map_err(|_| not_opened())
    }

    /// The same for what is no text.
    pub(crate) fn open_bytes(&self, sealed: &str, place: &str) -> Result<Vec<u8>, StoreError> {
        let bytes = BASE64.decode(sealed).map_err(|_| not_opened())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(not_opened)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| not_opened())
    }

    /// Refuses when the proof was sealed with another key.
    pub(crate) fn proves(&self, sealed: &str) -> Result<(), StoreError> {
        if self.open(sealed, "proof").ok().as_deref() == Some(PROOF) {
            return Ok(());
        }
        let why = "is not the one that this database was made with; give the file that belongs to \
                   it (--key-file)";
        Err(StoreError::Key(why.to_owned()))
    }

    /// The pseudonym of a customer who is called `name` elsewhere: always the same for the same
    /// name, and no way back without the key. A pseudonym that this key could have made stays.
    #[must_use]
    pub fn pseudonym(&self, name: &str) -> String {
        if is_pseudonym(name) {
            return name.to_owned();
        }
        // The key has one length and comes first and last, so nothing can be appended to the text.
        let name = name.trim().to_lowercase();
        let digest = Sha256::new()
            .chain_update(self.0)
            .chain_update(Sha256::new().chain_update(self.0).chain_update(name).finalize())
            .finalize();
        format!("{PSEUDONYM}{}", hex(&digest[..8]))
    }
}

/// Bytes from the system's randomness, for secrets.
#[must_use]
pub fn random_bytes() -> [u8; 32] {
    XChaCha20Poly1305::generate_key(&mut OsRng).into()
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const PSEUDONYM: &str = "klant-";

/// Whether a key could have made this name.
pub(crate) fn is_pseudonym(name: &str) -> bool {
    name.strip_prefix(PSEUDONYM).is_some_and(is_digest)
}

fn is_digest(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn not_opened() -> StoreError {
    StoreError::Key("does not open what it should open".to_owned())
}

fn failed(what: &str, path: &Path, error: std::io::Error) -> StoreError {
    StoreError::Io { what: format!("{what} ({})", path.display()), error }
}

impl Store {
    /// The database remembers which key it was made with; with another one nothing could be read.
    pub(crate) async fn check_key(&self) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let proof: Option<(String,)> =
            sqlx::query_as("SELECT value FROM setting WHERE name = 'key_proof'")
                .fetch_optional(&mut *tx)
                .await?;
        match proof {
            Some((sealed,)) => self.key.proves(&sealed)?,
            None => {
                sqlx::query(
                    "INSERT INTO setting (name, value, changed_at, changed_by) \
                     VALUES ('key_proof', $1, 0, 'machine') ON CONFLICT DO NOTHING",
                )
                .bind(self.key.seal(PROOF, "proof")?)
                .execute(&mut *tx)
                .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Request {
    /// The same for what was restored and is not lasting yet.
    pub(crate) async fn check_key(&mut self) -> Result<(), StoreError> {
        let proof: Option<(String,)> =
            sqlx::query_as("SELECT value FROM setting WHERE name = 'key_proof'")
                .fetch_optional(&mut *self.tx)
                .await?;
        proof.map_or(Ok(()), |(sealed,)| self.store.key.proves(&sealed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_with_its_key() {
        let key = MasterKey::random();
        let sealed = key.seal("Jan de Vries", "c1/[naam-1]").unwrap();
        assert!(!sealed.contains("Vries"));
        assert_eq!(key.open(&sealed, "c1/[naam-1]").unwrap(), "Jan de Vries");
        assert!(key.open(&sealed, "c2/[naam-1]").is_err());
        assert!(MasterKey::random().open(&sealed, "c1/[naam-1]").is_err());
        assert!(key.open("geen", "c1/[naam-1]").is_err());
    }

    #[test]
    fn a_pseudonym_is_the_same_for_the_same_customer_and_made_once() {
        let key = MasterKey::random();
        let pseudonym = key.pseudonym("Jan@Example.nl");
        assert_eq!(pseudonym, key.pseudonym(" jan@example.nl"));
        assert_eq!(pseudonym, key.pseudonym(&pseudonym));
        assert_ne!(pseudonym, MasterKey::random().pseudonym("jan@example.nl"));
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_alone() {
        let folder = std::env::temp_dir().join(format!("gehoord-key-{}", uuid::Uuid::now_v7()));
        let path = folder.join("master.key");
        let key = MasterKey::in_file(&path).unwrap();
        assert_eq!(MasterKey::in_file(&path).unwrap().0, key.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&path, "iets anders").unwrap();
        let error = MasterKey::in_file(&path).unwrap_err().to_string();
        assert!(error.contains("holds no key"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
