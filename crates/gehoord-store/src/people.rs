//! Who works here: people, teams, and how they are called in transcripts.

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::hex;
use crate::request::{Request, new_id};
use crate::rights::{Right, Role};

/// A team that serves customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its name, unique.
    pub name: String,
    /// The team above it, with which a small team is counted.
    pub parent_id: Option<String>,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Name at the door, unique.
    pub login: String,
    /// Name as colleagues see it.
    pub name: String,
    /// What they come here to do.
    pub role: Role,
    /// Their team.
    pub team_id: Option<String>,
    /// Whether they may come in.
    pub active: bool,
    /// Since when they are known, in milliseconds since 1970.
    pub created_at: i64,
}

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewPerson<'p> {
    /// Name at the door: letters, digits and `.-_@`.
    pub login: &'p str,
    /// Name as colleagues see it.
    pub name: &'p str,
    /// What they come here to do.
    pub role: Role,
    /// Their team.
    pub team_id: Option<&'p str>,
    /// Hash of their password, argon2id; none until they set one.
    pub password_hash: Option<&'p str>,
}

impl Person {
    /// Changes when anything about them changes: to see whether somebody else was first.
    #[must_use]
    pub fn mark(&self) -> String {
        mark(&[&self.name, self.role.id(), self.team_id.as_deref().unwrap_or_default(), {
            if self.active { "1" } else { "0" }
        }])
    }
}

impl Team {
    /// Changes when anything about it changes: to see whether somebody else was first.
    #[must_use]
    pub fn mark(&self) -> String {
        mark(&[&self.name, self.parent_id.as_deref().unwrap_or_default()])
    }
}

fn mark(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.join("\0"))[..8])
}

type PersonRow = (String, String, String, String, Option<String>, i64, i64);

pub(crate) fn person(row: PersonRow) -> Result<Person, StoreError> {
    let (id, login, name, role, team_id, active, created_at) = row;
    let role = role.parse().map_err(|error| StoreError::damaged("role", error))?;
    Ok(Person { id, login, name, role, team_id, active: active != 0, created_at })
}

impl Request {
    /// Adds a team; gives its id. One that is there already by that name is taken as it is.
    ///
    /// # Errors
    /// When the viewer may not, the name is empty, or the team above is not there.
    pub async fn add_team(
        &mut self,
        name: &str,
        parent_id: Option<&str>,
    ) -> Result<String, StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        let name = team_name(name)?;
        if let Some(team) = self.team_by_name(name).await? {
            return Ok(team.id);
        }
        if let Some(parent) = parent_id {
            self.team(parent).await?;
        }
        let id = new_id();
        sqlx::query("INSERT INTO team (id, name, parent_id, created_at) VALUES ($1, $2, $3, $4)")
            .bind(&id)
            .bind(name)
            .bind(parent_id)
            .bind(self.now)
            .execute(&mut *self.tx)
            .await?;
        self.touch_other(&id);
        Ok(id)
    }

    /// Every team, by name.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn teams(&mut self) -> Result<Vec<Team>, StoreError> {
        self.viewer.must(Right::ReadPeople)?;
        self.all_teams().await
    }

    pub(crate) async fn all_teams(&mut self) -> Result<Vec<Team>, StoreError> {
        let rows: Vec<(String, String, Option<String>)> =
            sqlx::query_as("SELECT id, name, parent_id FROM team ORDER BY name")
                .fetch_all(&mut *self.tx)
                .await?;
        Ok(rows.into_iter().map(|(id, name, parent_id)| Team { id, name, parent_id }).collect())
    }

    /// The team of that name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn team_by_name(&mut self, name: &str) -> Result<Option<Team>, StoreError> {
        let row: Option<(String, String, Option<String>)> =
            sqlx::query_as("SELECT id, name, parent_id FROM team WHERE name = $1")
                .bind(name)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(row.map(|(id, name, parent_id)| Team { id, name, parent_id }))
    }

    pub(crate) async fn team(&mut self, id: &str) -> Result<Team, StoreError> {
        let row: Option<(String, String, Option<String>)> =
            sqlx::query_as("SELECT id, name, parent_id FROM team WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        row.map(|(id, name, parent_id)| Team { id, name, parent_id })
            .ok_or(StoreError::NotFound("the team"))
    }

    /// Adds somebody; gives their id.
    ///
    /// # Errors
    /// When the viewer may not, the login is taken or not one, or the team is not there.
    pub async fn add_person(&mut self, new: &NewPerson<'_>) -> Result<String, StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        let login = new.login.trim().to_lowercase();
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
        if login.is_empty() || login.len() > 100 || !login.chars().all(fits) {
            let message = "a login is 1 to 100 letters, digits and . - _ @".to_owned();
            return Err(StoreError::Invalid(message));
        }
        let name = person_name(new.name)?;
        if self.person_by_login(&login).await?.is_some() {
            return Err(StoreError::Conflict(format!("the login '{login}' is taken")));
        }
        if let Some(team) = new.team_id {
            self.team(team).await?;
        }
        let id = new_id();
        sqlx::query(
            "INSERT INTO person (id, login, name, role, team_id, password, active, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
        )
        .bind(&id)
        .bind(&login)
        .bind(name)
        .bind(new.role.id())
        .bind(new.team_id)
        .bind(new.password_hash)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.add_alias(&id, new.name).await?;
        self.touch_other(&id);
        Ok(id)
    }

    /// From now on turns of a speaker of this name are those of the person. A name that is
    /// somebody's already stays theirs.
    pub(crate) async fn add_alias(&mut self, person: &str, alias: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO person_alias (alias, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(alias.trim().to_lowercase())
        .bind(person)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The agent who is called `name` in transcripts (or has it as login).
    pub(crate) async fn person_called(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.trim().to_lowercase();
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT person_id FROM person_alias WHERE alias = $1 \
             UNION ALL SELECT id FROM person WHERE login = $1",
        )
        .bind(name)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|(id,)| id))
    }

    /// Who works here, by name: everybody for who looks after people or privacy, the own team and
    /// all coaches for others.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn people(&mut self) -> Result<Vec<Person>, StoreError> {
        self.viewer.must(Right::ReadPeople)?;
        let everybody = self.viewer.may(Right::ManagePeople) || self.viewer.may(Right::ReadAudit);
        let team = self.viewer.team_id().map(str::to_owned);
        let rows: Vec<PersonRow> = sqlx::query_as(
            "SELECT id, login, name, role, team_id, active, created_at FROM person \
             WHERE $1 = 1 OR role = 'coach' OR team_id = $2 ORDER BY name",
        )
        .bind(i64::from(everybody))
        .bind(team)
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter().map(person).collect()
    }

    /// Somebody by login, for the door.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_by_login(&mut self, login: &str) -> Result<Option<Person>, StoreError> {
        // PostgreSQL takes no NUL in a text, and no login holds one.
        if login.contains('\0') {
            return Ok(None);
        }
        let row: Option<PersonRow> = sqlx::query_as(
            "SELECT id, login, name, role, team_id, active, created_at FROM person \
             WHERE login = $1",
        )
        .bind(login.trim().to_lowercase())
        .fetch_optional(&mut *self.tx)
        .await?;
        row.map(person).transpose()
    }

    pub(crate) async fn person(&mut self, id: &str) -> Result<Person, StoreError> {
        let row: Option<PersonRow> = sqlx::query_as(
            "SELECT id, login, name, role, team_id, active, created_at FROM person WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *self.tx)
        .await?;
        row.ok_or(StoreError::NotFound("the person")).and_then(person)
    }

    /// Whether there never was an administrator: then the start makes one, called by the first of
    /// `logins` that is free.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn first_administrator<'a>(
        &mut self,
        logins: &[&'a str],
    ) -> Result<Option<&'a str>, StoreError> {
        let taken: Vec<(String, String)> =
            sqlx::query_as("SELECT login, role FROM person").fetch_all(&mut *self.tx).await?;
        if taken.iter().any(|(_, role)| role == Role::Administrator.id()) {
            return Ok(None);
        }
        Ok(logins.iter().copied().find(|login| taken.iter().all(|(other, _)| other != login)))
    }

    /// Whether nobody works here but the administrator of the first start.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn just_begun(&mut self) -> Result<bool, StoreError> {
        let known: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM person LIMIT 2").fetch_all(&mut *self.tx).await?;
        Ok(known.len() == 1)
    }

    /// Changes role, team or whether somebody may come in; whoever is changed must log in anew.
    ///
    /// # Errors
    /// When the viewer may not, the person or team is not there, or it would leave no administrator.
    pub async fn change_person(
        &mut self,
        id: &str,
        role: Role,
        team_id: Option<&str>,
        active: bool,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        let before = self.person(id).await?;
        if let Some(team) = team_id {
            self.team(team).await?;
        }
        sqlx::query("UPDATE person SET role = $2, team_id = $3, active = $4 WHERE id = $1")
            .bind(id)
            .bind(role.id())
            .bind(team_id)
            .bind(i64::from(active))
            .execute(&mut *self.tx)
            .await?;
        let (administrators,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM person WHERE role = 'administrator' AND active = 1",
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if administrators == 0 && before.role == Role::Administrator {
            let message = "there must be one administrator who may come in".to_owned();
            return Err(StoreError::Conflict(message));
        }
        self.end_sessions(id).await?;
        self.touch_other(id);
        Ok(())
    }

    /// Calls somebody by another name; turns under the old one stay theirs.
    ///
    /// # Errors
    /// When the viewer may not, the person is not there, or it is no name.
    pub async fn rename_person(&mut self, id: &str, name: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        self.person(id).await?;
        let name = person_name(name)?;
        sqlx::query("UPDATE person SET name = $2 WHERE id = $1")
            .bind(id)
            .bind(name)
            .execute(&mut *self.tx)
            .await?;
        self.add_alias(id, name).await?;
        self.touch_other(id);
        Ok(())
    }

    /// Goes on only when a person is as somebody saw them ([`Person::mark`]).
    ///
    /// # Errors
    /// When the viewer may not, the person is not there, or somebody else changed them meanwhile.
    pub async fn person_is_still(&mut self, id: &str, mark: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        self.lock_table("person").await?;
        if self.person(id).await?.mark() == mark {
            return Ok(());
        }
        Err(StoreError::Conflict("somebody else changed this person meanwhile".to_owned()))
    }

    /// Everybody has to log in anew as this person.
    ///
    /// # Errors
    /// When the viewer may not, or the person is not there.
    pub async fn end_sessions_of(&mut self, id: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        self.person(id).await?;
        self.end_sessions(id).await?;
        self.touch_other(id);
        Ok(())
    }

    /// Changes the name of a team, or the team above it.
    ///
    /// # Errors
    /// When the viewer may not, a team is not there, the name is empty or taken, or the team above
    /// would be the team itself or one below it.
    pub async fn change_team(
        &mut self,
        id: &str,
        name: &str,
        parent_id: Option<&str>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        self.team(id).await?;
        let name = team_name(name)?;
        if self.team_by_name(name).await?.is_some_and(|other| other.id != id) {
            return Err(StoreError::Conflict(format!("a team is called '{name}' already")));
        }
        if let Some(parent) = parent_id {
            self.team(parent).await?;
            if self.teams_below(id).await?.iter().any(|below| below == parent) {
                let message = "a team cannot stand below itself".to_owned();
                return Err(StoreError::Invalid(message));
            }
        }
        sqlx::query("UPDATE team SET name = $2, parent_id = $3 WHERE id = $1")
            .bind(id)
            .bind(name)
            .bind(parent_id)
            .execute(&mut *self.tx)
            .await?;
        self.touch_other(id);
        Ok(())
    }

    /// Goes on only when a team is as somebody saw it ([`Team::mark`]).
    ///
    /// # Errors
    /// When the viewer may not, the team is not there, or somebody else changed it meanwhile.
    pub async fn team_is_still(&mut self, id: &str, mark: &str) -> Result<(), StoreError> {
        self.viewer.must(Right::ManagePeople)?;
        self.lock_table("team").await?;
        if self.team(id).await?.mark() == mark {
            return Ok(());
        }
        Err(StoreError::Conflict("somebody else changed this team meanwhile".to_owned()))
    }

    /// The team and all teams below it.
    pub(crate) async fn teams_below(&mut self, top: &str) -> Result<Vec<String>, StoreError> {
        let teams = self.all_teams().await?;
        let mut below = vec![top.to_owned()];
        let mut next = 0;
        while next < below.len() {
            let above = below[next].clone();
            let children = teams
                .iter()
                .filter(|t| t.parent_id.as_ref() == Some(&above) && !below.contains(&t.id));
            let children: Vec<String> = children.map(|t| t.id.clone()).collect();
            below.extend(children);
            next += 1;
        }
        Ok(below)
    }
}

fn team_name(name: &str) -> Result<&str, StoreError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(StoreError::Invalid("a team needs a name of 1 to 100 characters".into()));
    }
    Ok(name)
}

fn person_name(name: &str) -> Result<&str, StoreError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(StoreError::Invalid("a person needs a name of 1 to 200 characters".into()));
    }
    Ok(name)
}
