//! Who may do what: one table, and who somebody is.
//!
//! Two rights are kept apart (the first decides what a page shows at all, the second is the agent's
//! own): to see a *conversation*, in order to help the customer; and to see *findings about the
//! agent*. A role gives a right in general; for which conversations it holds follows from the
//! relation (team, assignment, a shared moment), which [`Request`](crate::Request) looks up.

use std::fmt;
use std::str::FromStr;

use crate::error::StoreError;
use crate::people::Person;

/// What somebody comes here to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Helps customers.
    Agent,
    /// Helps agents who ask for it.
    Coach,
    /// Leads a team: what was promised, how the team listens as a whole.
    Manager,
    /// Builds what customers need.
    ProductOwner,
    /// Watches over who sees what.
    PrivacyOfficer,
    /// Keeps the system going; reads no conversations.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Agent,
        Self::Coach,
        Self::Manager,
        Self::ProductOwner,
        Self::PrivacyOfficer,
        Self::Administrator,
    ];

    /// The id as written in JSON and in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Coach => "coach",
            Self::Manager => "manager",
            Self::ProductOwner => "product_owner",
            Self::PrivacyOfficer => "privacy_officer",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Role {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.into_iter().find(|role| role.id() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|role| role.id()).collect();
            StoreError::Invalid(format!(
                "role '{text}' is unknown; expected one of: {}",
                known.join(", ")
            ))
        })
    }
}

/// Something that one may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// Read (masked) conversations: of the own team, or shared ones.
    ReadConversations,
    /// Write turns, take and close conversations, report what a customer answered.
    WriteConversations,
    /// Search the masked words.
    Search,
    /// See and settle promises of the own team.
    Promises,
    /// Say that a finding is wrong, and why.
    Feedback,
    /// Lay a conversation before a coach.
    Share,
    /// Have replies checked and texts listened to, without anything being kept.
    Listen,
    /// See how a team listens as a whole.
    TeamFigures,
    /// See who works here.
    ReadPeople,
    /// Add and change people, teams and their tokens.
    ManagePeople,
    /// See what was decided.
    ReadSettings,
    /// Decide on it.
    ManageSettings,
    /// Set how long conversations are kept, and let old ones go.
    Retention,
    /// See who looked at what.
    ReadAudit,
    /// Give a customer what is kept of them, or erase it.
    CustomerRights,
    /// Bring conversations in from elsewhere, start and watch jobs.
    Import,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 16] = [
        Self::ReadConversations,
        Self::WriteConversations,
        Self::Search,
        Self::Promises,
        Self::Feedback,
        Self::Share,
        Self::Listen,
        Self::TeamFigures,
        Self::ReadPeople,
        Self::ManagePeople,
        Self::ReadSettings,
        Self::ManageSettings,
        Self::Retention,
        Self::ReadAudit,
        Self::CustomerRights,
        Self::Import,
    ];

    /// The id, also the name of the scope that a token needs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ReadConversations => "read_conversations",
            Self::WriteConversations => "write_conversations",
            Self::Search => "search",
            Self::Promises => "promises",
            Self::Feedback => "feedback",
            Self::Share => "share",
            Self::Listen => "listen",
            Self::TeamFigures => "team_figures",
            Self::ReadPeople => "read_people",
            Self::ManagePeople => "manage_people",
            Self::ReadSettings => "read_settings",
            Self::ManageSettings => "manage_settings",
            Self::Retention => "retention",
            Self::ReadAudit => "read_audit",
            Self::CustomerRights => "customer_rights",
            Self::Import => "import",
        }
    }

    /// Roles that have it: the whole table.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Agent, Coach, Manager, PrivacyOfficer, ProductOwner};
        match self {
            Self::ReadConversations => &[Agent, Coach, Manager],
            Self::WriteConversations => &[Agent],
            Self::Search => &[Agent, Manager, ProductOwner],
            Self::Promises => &[Agent, Manager],
            Self::Feedback => &[Agent, Coach],
            Self::Share => &[Agent, Coach],
            Self::Listen => &[Agent, Coach, Manager, ProductOwner, PrivacyOfficer, Administrator],
            Self::TeamFigures => &[Agent, Coach, Manager, ProductOwner],
            Self::ReadPeople => &[Agent, Coach, Manager, PrivacyOfficer, Administrator],
            Self::ManagePeople => &[Administrator],
            Self::ReadSettings => {
                &[Agent, Coach, Manager, ProductOwner, PrivacyOfficer, Administrator]
            }
            Self::ManageSettings => &[Administrator],
            Self::Retention => &[PrivacyOfficer],
            Self::ReadAudit => &[PrivacyOfficer],
            Self::CustomerRights => &[PrivacyOfficer],
            Self::Import => &[Administrator],
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Right {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.into_iter().find(|right| right.id() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|right| right.id()).collect();
            StoreError::Invalid(format!(
                "scope '{text}' is unknown; expected one of: {}",
                known.join(", ")
            ))
        })
    }
}

/// Who asks. Without one nothing can be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    who: Who,
    scopes: Option<Vec<Right>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Person { id: String, role: Role, team: Option<String> },
    Operator,
    Machine,
}

impl Viewer {
    /// Somebody who logged in.
    #[must_use]
    pub fn person(person: &Person) -> Self {
        let who =
            Who::Person { id: person.id.clone(), role: person.role, team: person.team_id.clone() };
        Self { who, scopes: None }
    }

    /// A program that acts for `person` and may do no more than `scopes`.
    #[must_use]
    pub fn token(person: &Person, scopes: Vec<Right>) -> Self {
        Self { scopes: Some(scopes), ..Self::person(person) }
    }

    /// Whoever may run commands on the machine where the database lies: they import, erase, back up
    /// and look after people, and see no findings about agents.
    #[must_use]
    pub const fn operator() -> Self {
        Self { who: Who::Operator, scopes: None }
    }

    /// gehoord itself, at work on masked text: hears turns, keeps to retention. Nothing it reads is
    /// handed to anybody.
    #[must_use]
    pub const fn machine() -> Self {
        Self { who: Who::Machine, scopes: None }
    }

    /// Whether the role (and the scopes of the token, if it is one) give the right in general.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        let by_role = match &self.who {
            Who::Person { role, .. } => right.roles().contains(role),
            Who::Operator => !matches!(right, Right::Feedback | Right::Share),
            Who::Machine => true,
        };
        by_role && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&right))
    }

    /// Refuses when the right is not there.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub fn must(&self, right: Right) -> Result<(), StoreError> {
        if self.may(right) { Ok(()) } else { Err(StoreError::Forbidden(right.id())) }
    }

    /// Id of the person, when it is one.
    #[must_use]
    pub fn person_id(&self) -> Option<&str> {
        match &self.who {
            Who::Person { id, .. } => Some(id),
            Who::Operator | Who::Machine => None,
        }
    }

    /// Role of the person, when it is one.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match &self.who {
            Who::Person { role, .. } => Some(*role),
            Who::Operator | Who::Machine => None,
        }
    }

    /// Team of the person.
    #[must_use]
    pub fn team_id(&self) -> Option<&str> {
        match &self.who {
            Who::Person { team, .. } => team.as_deref(),
            Who::Operator | Who::Machine => None,
        }
    }

    /// How the audit names the viewer.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::Person { id, .. } => id,
            Who::Operator => "operator",
            Who::Machine => "machine",
        }
    }

    /// How the audit names the role.
    #[must_use]
    pub const fn role_name(&self) -> &'static str {
        match &self.who {
            Who::Person { role, .. } => role.id(),
            Who::Operator => "operator",
            Who::Machine => "machine",
        }
    }

    /// Whether conversations of every team are within reach: nobody who is a person.
    pub(crate) const fn sees_every_team(&self) -> bool {
        matches!(self.who, Who::Operator | Who::Machine)
    }

    pub(crate) const fn is_machine(&self) -> bool {
        matches!(self.who, Who::Machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        for role in Role::ALL {
            assert_eq!(role.id().parse::<Role>().unwrap(), role);
        }
        for right in Right::ALL {
            assert_eq!(right.id().parse::<Right>().unwrap(), right);
        }
        let error = "boss".parse::<Role>().unwrap_err().to_string();
        assert!(error.contains("boss") && error.contains("privacy_officer"), "{error}");
    }

    #[test]
    fn nobody_who_manages_the_system_reads_conversations() {
        for role in [Role::Administrator, Role::PrivacyOfficer] {
            assert!(!Right::ReadConversations.roles().contains(&role));
            assert!(!Right::Search.roles().contains(&role));
        }
    }

    #[test]
    fn a_token_has_no_more_than_its_scopes_and_its_role() {
        let person = Person {
            id: "p".into(),
            login: "jan".into(),
            name: "Jan".into(),
            role: Role::Agent,
            team_id: None,
            active: true,
            created_at: 0,
        };
        let viewer = Viewer::token(&person, vec![Right::Search, Right::ReadAudit]);
        assert!(viewer.may(Right::Search));
        assert!(!viewer.may(Right::ReadConversations));
        assert!(!viewer.may(Right::ReadAudit));
    }
}
