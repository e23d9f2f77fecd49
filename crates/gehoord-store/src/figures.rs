//! How teams listen as a whole, in numbers that are about nobody.
//!
//! A figure is about at least five agents who spoke: a smaller team counts with the team above it.
//! The groups of a month do not overlap, there is no total, and only months that are over are told,
//! so that no two figures can be taken from each other to learn about fewer than five.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::error::StoreError;
use crate::people::Team;
use crate::request::Request;
use crate::rights::{Right, Role};

/// The fewest people that a figure may be about.
pub(crate) const FEWEST: usize = 5;
/// Months begin here.
const ZONE: &str = "Europe/Amsterdam";

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    start: i64,
    end: i64,
}

impl Month {
    /// The month written as `2026-03`.
    ///
    /// # Errors
    /// When it is not written so, or cannot be.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let wrong = || StoreError::Invalid("a month is written as 2026-03".to_owned());
        let first: Date = format!("{text}-01").parse().map_err(|_| wrong())?;
        let zone = TimeZone::get(ZONE).map_err(|_| wrong())?;
        let instant =
            |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp().as_millisecond());
        let next = first.checked_add(jiff::Span::new().months(1)).map_err(|_| wrong())?;
        Ok(Self {
            start: instant(first).map_err(|_| wrong())?,
            end: instant(next).map_err(|_| wrong())?,
        })
    }
}

/// How one group of at least five agents listened in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Figure {
    /// Names of the teams that are counted together.
    pub teams: Vec<String>,
    /// Agents who spoke.
    pub agents: usize,
    /// Conversations.
    pub conversations: i64,
    /// Estimated from the words: heard, partly, not; the rest had too little to go by.
    pub heard: i64,
    /// See `heard`.
    pub partly: i64,
    /// See `heard`.
    pub not: i64,
    /// What customers answered: yes, partly, no. That is the truth.
    pub answered_yes: i64,
    /// See `answered_yes`.
    pub answered_partly: i64,
    /// See `answered_yes`.
    pub answered_no: i64,
}

impl Request {
    /// The figures of a month that the viewer may see.
    ///
    /// # Errors
    /// When the viewer may not, or the month is not over.
    pub async fn figures(&mut self, month: Month) -> Result<Vec<Figure>, StoreError> {
        self.viewer.must(Right::TeamFigures)?;
        if month.end > self.now {
            let message = "figures are told when the month is over".to_owned();
            return Err(StoreError::Invalid(message));
        }
        let spoke: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT c.team_id, t.person_id FROM conversation c \
             JOIN turn t ON t.conversation_id = c.id WHERE c.last_at >= $1 AND c.last_at < $2 \
             AND c.team_id IS NOT NULL AND t.party = 'agent' AND t.person_id IS NOT NULL",
        )
        .bind(month.start)
        .bind(month.end)
        .fetch_all(&mut *self.tx)
        .await?;
        let counts: Vec<(String, Option<String>, Option<String>, i64)> = sqlx::query_as(
            "SELECT c.team_id, a.verdict, h.answer, COUNT(*) FROM conversation c \
             LEFT JOIN analysis a ON a.conversation_id = c.id \
             LEFT JOIN heard_by_customer h ON h.conversation_id = c.id \
             WHERE c.last_at >= $1 AND c.last_at < $2 AND c.team_id IS NOT NULL \
             GROUP BY c.team_id, a.verdict, h.answer",
        )
        .bind(month.start)
        .bind(month.end)
        .fetch_all(&mut *self.tx)
        .await?;
        let teams = self.all_teams().await?;
        let reach: Option<Vec<String>> = match self.viewer.role() {
            Some(Role::ProductOwner) | None => None,
            Some(_) => Some(self.teams_within_reach(None).await?),
        };
        let mut figures = Vec::new();
        for group in groups(&teams, &spoke) {
            let mine = |team: &String| reach.as_ref().is_none_or(|reach| reach.contains(team));
            if !group.teams.iter().any(mine) {
                continue;
            }
            let mut figure = Figure { agents: group.agents.len(), ..Figure::default() };
            figure.teams = teams
                .iter()
                .filter(|team| group.teams.contains(&team.id))
                .map(|team| team.name.clone())
                .collect();
            for (_, verdict, answer, count) in
                counts.iter().filter(|(team, ..)| group.teams.contains(team))
            {
                figure.conversations += count;
                match verdict.as_deref() {
                    Some("heard") => figure.heard += count,
                    Some("partly") => figure.partly += count,
                    Some(_) => figure.not += count,
                    None => {}
                }
                match answer.as_deref() {
                    Some("yes") => figure.answered_yes += count,
                    Some("partly") => figure.answered_partly += count,
                    Some(_) => figure.answered_no += count,
                    None => {}
                }
            }
            figures.push(figure);
        }
        Ok(figures)
    }
}

#[derive(Debug, Default, Clone)]
struct Group {
    teams: BTreeSet<String>,
    agents: BTreeSet<String>,
}

/// Teams to groups of at least five agents that do not overlap. Small ones go up, deepest first;
/// what is too small at the top is told nowhere.
fn groups(teams: &[Team], spoke: &[(String, String)]) -> Vec<Group> {
    let mut open: BTreeMap<String, Group> = BTreeMap::new();
    for team in teams {
        open.entry(team.id.clone()).or_default().teams.insert(team.id.clone());
    }
    for (team, agent) in spoke {
        open.entry(team.clone()).or_default().agents.insert(agent.clone());
    }
    let parents: BTreeMap<&str, &str> =
        teams.iter().filter_map(|t| Some((t.id.as_str(), t.parent_id.as_deref()?))).collect();
    let depth = |id: &str| {
        let up = std::iter::successors(Some(id), |id| parents.get(id).copied());
        up.take(teams.len() + 1).count()
    };
    let mut order: Vec<&Team> = teams.iter().collect();
    order.sort_by_key(|team| std::cmp::Reverse(depth(&team.id)));
    let mut told = Vec::new();
    for team in order {
        let Some(group) = open.remove(&team.id) else { continue };
        if group.agents.len() >= FEWEST {
            told.push(group);
        } else if let Some(above) = team.parent_id.as_ref().and_then(|id| open.get_mut(id)) {
            above.teams.extend(group.teams);
            above.agents.extend(group.agents);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(id: &str, parent: Option<&str>) -> Team {
        Team { id: id.into(), name: id.into(), parent_id: parent.map(Into::into) }
    }

    fn spoke(team: &str, agents: std::ops::Range<u32>) -> Vec<(String, String)> {
        agents.map(|n| (team.to_owned(), format!("p{n}"))).collect()
    }

    #[test]
    fn small_teams_count_with_the_team_above_and_no_group_is_below_five() {
        let teams = [team("all", None), team("a", Some("all")), team("b", Some("all"))];
        let mut who = spoke("a", 0..6);
        who.extend(spoke("b", 10..13));
        who.extend(spoke("all", 20..22));
        let told = groups(&teams, &who);
        let sizes: Vec<usize> = told.iter().map(|g| g.agents.len()).collect();
        assert_eq!(sizes, [6, 5]);
        assert!(told[1].teams.contains("b") && told[1].teams.contains("all"));
    }

    #[test]
    fn groups_never_overlap_and_what_is_too_small_is_told_nowhere() {
        let teams = [team("top", None), team("x", Some("top")), team("y", Some("x"))];
        for sizes in [[0, 5, 4], [4, 0, 0], [1, 1, 3], [9, 9, 9], [0, 0, 4]] {
            let mut who = spoke("top", 0..sizes[0]);
            who.extend(spoke("x", 100..100 + sizes[1]));
            who.extend(spoke("y", 200..200 + sizes[2]));
            let told = groups(&teams, &who);
            assert!(told.iter().all(|group| group.agents.len() >= FEWEST), "{sizes:?}");
            let mut seen = BTreeSet::new();
            for team in told.iter().flat_map(|group| &group.teams) {
                assert!(seen.insert(team), "{sizes:?}: {team} twice");
            }
        }
    }

    #[test]
    fn months_are_written_one_way() {
        assert!(Month::parse("2026-03").is_ok());
        for wrong in ["2026-13", "maart", "2026-3-1", ""] {
            assert!(Month::parse(wrong).is_err(), "{wrong}");
        }
    }
}
