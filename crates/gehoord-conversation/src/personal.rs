//! Personal data in a text: where it stands and what it is.

use crate::conversation::UnknownId;
use crate::span::Span;

/// What personal data can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalKind {
    /// Name of a person, without titles.
    Name,
    /// Street, with house number and addition where given.
    Address,
    /// Postal code.
    Postcode,
    /// Telephone number of a person or a firm; not of a public service.
    Phone,
    /// Mail address, written or spoken.
    Email,
    /// International bank account number.
    Iban,
    /// Number that a state gives a person: Dutch BSN, Belgian register number, British NI number,
    /// American SSN, German tax number, French social security number.
    Bsn,
    /// Licence plate.
    Plate,
    /// Any other number that stands for a customer or a matter: order, invoice, policy, parcel.
    Number,
    /// Date of birth.
    DateOfBirth,
}

impl PersonalKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Address,
        Self::Postcode,
        Self::Phone,
        Self::Email,
        Self::Iban,
        Self::Bsn,
        Self::Plate,
        Self::Number,
        Self::DateOfBirth,
    ];

    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Postcode => "postcode",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Iban => "iban",
            Self::Bsn => "bsn",
            Self::Plate => "plate",
            Self::Number => "number",
            Self::DateOfBirth => "date_of_birth",
        }
    }

    /// The Dutch word of its mask: `naam` in `[naam-1]`.
    #[must_use]
    pub const fn mask_word(self) -> &'static str {
        match self {
            Self::Name => "naam",
            Self::Address => "adres",
            Self::Postcode => "postcode",
            Self::Phone => "telefoon",
            Self::Email => "e-mail",
            Self::Iban => "iban",
            Self::Bsn => "bsn",
            Self::Plate => "kenteken",
            Self::Number => "nummer",
            Self::DateOfBirth => "geboortedatum",
        }
    }
}

impl std::fmt::Display for PersonalKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

impl std::str::FromStr for PersonalKind {
    type Err = UnknownId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.id() == text).ok_or_else(|| UnknownId {
            what: "kind of personal data",
            given: text.to_owned(),
            expected: &[
                "name",
                "address",
                "postcode",
                "phone",
                "email",
                "iban",
                "bsn",
                "plate",
                "number",
                "date_of_birth",
            ],
        })
    }
}

/// One piece of personal data in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonalDatum {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: PersonalKind,
}

#[cfg(test)]
mod tests {
    use super::PersonalKind;

    #[test]
    fn ids_read_back_and_an_unknown_one_says_what_is_expected() {
        for &kind in PersonalKind::ALL {
            assert_eq!(kind.id().parse(), Ok(kind));
        }
        let error = "naam".parse::<PersonalKind>().unwrap_err().to_string();
        assert!(error.ends_with("iban, bsn, plate, number, date_of_birth"), "{error}");
    }
}
