//! What can be heard: the stable label ids. What each one means stands in the handbook
//! (`gehoord explain LABEL`); this file only names them.

use std::fmt;
use std::str::FromStr;

/// A label id that is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a label; 'gehoord explain' lists them all")]
pub struct UnknownLabel(pub String);

macro_rules! labels {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $id:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every label of this kind, in the order of the handbook.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable id, as written in JSON and in cue files.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id())
            }
        }

        impl FromStr for $name {
            type Err = UnknownLabel;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($id => Ok(Self::$variant),)*
                    other => Err(UnknownLabel(other.to_owned())),
                }
            }
        }

        impl From<$name> for Label {
            fn from(label: $name) -> Self { Self::$name(label) }
        }
    };
}

labels! {
    /// A feeling in a customer turn.
    Emotion {
        /// Angry.
        Anger = "anger",
        /// Irritated or frustrated.
        Annoyance = "annoyance",
        /// Expected better.
        Disappointment = "disappointment",
        /// Afraid that something goes wrong.
        Worry = "worry",
        /// Loss or grief.
        Sadness = "sadness",
        /// Nothing helps.
        Powerlessness = "powerlessness",
        /// Does not understand.
        Confusion = "confusion",
        /// Ashamed, apologises for themselves.
        Embarrassment = "embarrassment",
        /// A worry has gone.
        Relief = "relief",
        /// Thankful, beyond a closing formula.
        Gratitude = "gratitude",
        /// Glad.
        Joy = "joy",
    }
}

impl Emotion {
    /// Whether the feeling is unpleasant; only such feelings open a moment.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        !matches!(self, Self::Relief | Self::Gratitude | Self::Joy)
    }
}

labels! {
    /// What a customer needs from this contact.
    Need {
        /// To be heard and taken seriously.
        Recognition = "recognition",
        /// That it is solved.
        Solution = "solution",
        /// That it is done soon.
        Speed = "speed",
        /// An answer or explanation.
        Information = "information",
        /// To know where they stand.
        Certainty = "certainty",
        /// To be treated as others are.
        Fairness = "fairness",
        /// To be treated decently.
        Respect = "respect",
        /// A choice, a say.
        Control = "control",
        /// Something in return.
        Compensation = "compensation",
    }
}

labels! {
    /// What comes before empathy.
    Safety {
        /// Insults, discrimination or sexual remarks aimed at the agent.
        Abuse = "abuse",
        /// Announces harm to people or property.
        Threat = "threat",
        /// May harm themselves.
        SelfHarm = "self_harm",
        /// Somebody is in acute danger.
        Danger = "danger",
    }
}

labels! {
    /// What a listening agent does.
    Technique {
        /// Names or validates a feeling the customer has.
        AcknowledgeFeeling = "acknowledge_feeling",
        /// Gives content or cause back in own words.
        Restate = "restate",
        /// Invites the customer to tell more.
        OpenQuestion = "open_question",
        /// Asks for a fact, a number, yes or no.
        ClosedQuestion = "closed_question",
        /// Says what they will do.
        PromiseAction = "promise_action",
        /// Takes personal responsibility.
        TakeOwnership = "take_ownership",
        /// Says sorry.
        Apologise = "apologise",
        /// Thanks the customer for something.
        Thank = "thank",
        /// Gives a reason or information.
        Explain = "explain",
        /// Gives a solution or a step towards it.
        Solve = "solve",
        /// Takes worry away with substance.
        Reassure = "reassure",
        /// Uses a name or detail of this customer with meaning.
        Personalise = "personalise",
        /// Checks whether it is right, complete, or has helped.
        CheckUnderstanding = "check_understanding",
        /// Sends the customer elsewhere.
        Refer = "refer",
    }
}

labels! {
    /// What breaks listening.
    Breaker {
        /// Makes the feeling or problem small.
        Minimise = "minimise",
        /// Lays it at the customer.
        BlameCustomer = "blame_customer",
        /// Not mine, not my department.
        Deflect = "deflect",
        /// Hides behind rules or systems.
        PolicyWall = "policy_wall",
        /// Empathy taken back by what follows.
        ButClause = "but_clause",
        /// Defends the firm or self instead of hearing.
        Defensive = "defensive",
        /// Template empathy with nothing of this customer in it.
        Scripted = "scripted",
        /// A clear feeling gets no response.
        IgnoreFeeling = "ignore_feeling",
        /// Orders the customer about.
        Commanding = "commanding",
        /// Words the customer would not know.
        Jargon = "jargon",
        /// A promise without who or when.
        VaguePromise = "vague_promise",
        /// Cheerfulness that does not fit.
        FalseCheer = "false_cheer",
        /// Only closed questions in a row.
        Interrogation = "interrogation",
        /// Wrong form of address, or mixed.
        Register = "register",
    }
}

labels! {
    /// What is said about the contact itself, by either party.
    Signal {
        /// The words that name what brought the feeling.
        Cause = "cause",
        /// Was in touch about this before.
        RepeatContact = "repeat_contact",
        /// Says they will leave or take it outside.
        ChurnRisk = "churn_risk",
        /// Dissatisfied, and an answer is expected.
        Complaint = "complaint",
        /// The agent names unacceptable behaviour and what follows.
        Boundary = "boundary",
        /// A formula of politeness that carries no feeling.
        Politeness = "politeness",
        /// Says the opposite of what is meant.
        Sarcasm = "sarcasm",
        /// Empathy in words that fit anyone.
        TemplateEmpathy = "template_empathy",
        /// Praise or pleasantness; carries no feeling of its own.
        Praise = "praise",
        /// The firm is told, or says, that the fault is its own.
        OwnFault = "own_fault",
        /// A bare request or question of the customer.
        Request = "request",
        /// "Yes", "mm-hm": the listener leaves the floor to the teller.
        Backchannel = "backchannel",
        /// A commercial offer.
        Offer = "offer",
        /// A clear no, told to the customer.
        Refusal = "refusal",
        /// Says that what was asked about has come right.
        Resolved = "resolved",
        /// Says that a promise was not kept.
        BrokenPromise = "broken_promise",
        /// Says that something that could have been promised has been done or has come.
        KeptPromise = "kept_promise",
        /// Says that something that could have been promised has not been done or has not come.
        UnkeptPromise = "unkept_promise",
        /// Describes sympathy with the situation.
        Sympathy = "sympathy",
        /// A referral in which the agent passes the story on.
        WarmTransfer = "warm_transfer",
        /// The agent brings somebody in danger to safety: out of the house, to the emergency number.
        ToSafety = "to_safety",
    }
}

/// Any label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// A feeling.
    Emotion(Emotion),
    /// A need.
    Need(Need),
    /// A safety flag.
    Safety(Safety),
    /// A listening technique.
    Technique(Technique),
    /// A listening breaker.
    Breaker(Breaker),
    /// Something about the contact.
    Signal(Signal),
}

impl Label {
    /// Every label, kind by kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let emotions = Emotion::ALL.iter().map(|&l| l.into());
        let needs = Need::ALL.iter().map(|&l| l.into());
        let safety = Safety::ALL.iter().map(|&l| l.into());
        let techniques = Technique::ALL.iter().map(|&l| l.into());
        let breakers = Breaker::ALL.iter().map(|&l| l.into());
        let signals = Signal::ALL.iter().map(|&l| l.into());
        emotions.chain(needs).chain(safety).chain(techniques).chain(breakers).chain(signals)
    }

    /// The stable id, as written in JSON and in cue files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Emotion(l) => l.id(),
            Self::Need(l) => l.id(),
            Self::Safety(l) => l.id(),
            Self::Technique(l) => l.id(),
            Self::Breaker(l) => l.id(),
            Self::Signal(l) => l.id(),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all().find(|l| l.id() == text).ok_or_else(|| UnknownLabel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn every_id_is_unique_and_reads_back() {
        for label in Label::all() {
            assert_eq!(label.id().parse(), Ok(label));
        }
        assert!("angry".parse::<Label>().is_err());
    }
}
