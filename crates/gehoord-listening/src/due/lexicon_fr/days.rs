//! The French names of days, weeks and months, seen from today.

use jiff::civil::Weekday;

use crate::due::Part::{Afternoon, Evening, Morning, Night, Noon};
use crate::due::{Day, Part};

const fn today(part: Part) -> (Day, Option<Part>) {
    (Day::In(0), Some(part))
}

const fn tomorrow(part: Part) -> (Day, Option<Part>) {
    (Day::In(1), Some(part))
}

const fn in_two_days(part: Part) -> (Day, Option<Part>) {
    (Day::In(2), Some(part))
}

const TODAY: (Day, Option<Part>) = (Day::In(0), None);
const THIS_WEEK: (Day, Option<Part>) = (Day::EndOfWeek, None);
const NEXT_WEEK: (Day, Option<Part>) = (Day::NextWeek(Weekday::Friday), None);
const START_OF_NEXT_WEEK: (Day, Option<Part>) = (Day::NextWeek(Weekday::Tuesday), None);
const MIDDLE_OF_NEXT_WEEK: (Day, Option<Part>) = (Day::NextWeek(Weekday::Wednesday), None);
const WEEKEND: (Day, Option<Part>) = (Day::Weekend, None);
const BEFORE_WEEKEND: (Day, Option<Part>) = (Day::BeforeWeekend, None);
const AFTER_WEEKEND: (Day, Option<Part>) = (Day::Weekday(Weekday::Monday), None);
const THIS_MONTH: (Day, Option<Part>) = (Day::EndOfMonth(0), None);
const NEXT_MONTH: (Day, Option<Part>) = (Day::EndOfMonth(1), None);
const THIS_YEAR: (Day, Option<Part>) = (Day::EndOfNamedMonth(12), None);

/// Whole phrases for a day, with a part of it.
pub(super) const DAYS: &[(&str, (Day, Option<Part>))] = &[
    ("aujourd'hui", TODAY),
    ("aujourdhui", TODAY),
    ("aujourd hui", TODAY),
    ("ajd", TODAY),
    ("auj", TODAY),
    ("aujourd'hui même", TODAY),
    ("ce jour", TODAY),
    ("le jour même", TODAY),
    ("dans la journée", TODAY),
    ("dans le courant de la journée", TODAY),
    ("en cours de journée", TODAY),
    ("au cours de la journée", TODAY),
    ("courant de journée", TODAY),
    ("plus tard dans la journée", TODAY),
    ("ce matin", today(Morning)),
    ("ce matin même", today(Morning)),
    ("dans la matinée", today(Morning)),
    ("ce midi", today(Noon)),
    ("cet après-midi", today(Afternoon)),
    ("cet après midi", today(Afternoon)),
    ("cette après-midi", today(Afternoon)),
    ("cette après midi", today(Afternoon)),
    ("cet aprèm", today(Afternoon)),
    ("cet aprem", today(Afternoon)),
    ("dans l'après-midi", today(Afternoon)),
    ("dans l'après midi", today(Afternoon)),
    ("cet après-midi même", today(Afternoon)),
    ("ce soir", today(Evening)),
    ("ce soir même", today(Evening)),
    ("dans la soirée", today(Evening)),
    ("cette nuit", today(Night)),
    ("demain", (Day::In(1), None)),
    ("dès demain", (Day::In(1), None)),
    ("demain dans la journée", (Day::In(1), None)),
    ("demain matin", tomorrow(Morning)),
    ("demain à la première heure", tomorrow(Morning)),
    ("demain matin à la première heure", tomorrow(Morning)),
    ("demain dans la matinée", tomorrow(Morning)),
    ("demain après-midi", tomorrow(Afternoon)),
    ("demain après midi", tomorrow(Afternoon)),
    ("demain dans l'après-midi", tomorrow(Afternoon)),
    ("demain aprem", tomorrow(Afternoon)),
    ("demain soir", tomorrow(Evening)),
    ("demain dans la soirée", tomorrow(Evening)),
    ("après-demain", (Day::In(2), None)),
    ("après demain", (Day::In(2), None)),
    ("après-demain matin", in_two_days(Morning)),
    ("après-demain après-midi", in_two_days(Afternoon)),
    ("après-demain soir", in_two_days(Evening)),
    ("d'aujourd'hui en huit", (Day::In(7), None)),
    ("cette semaine", THIS_WEEK),
    ("cette semaine encore", THIS_WEEK),
    ("dans la semaine", THIS_WEEK),
    ("en cours de semaine", THIS_WEEK),
    ("courant de la semaine", THIS_WEEK),
    ("dans le courant de la semaine", THIS_WEEK),
    ("courant de semaine", THIS_WEEK),
    ("plus tard dans la semaine", THIS_WEEK),
    ("fin de semaine", THIS_WEEK),
    ("en fin de semaine", THIS_WEEK),
    ("fin de la semaine", THIS_WEEK),
    ("la fin de la semaine", THIS_WEEK),
    ("la fin de semaine", THIS_WEEK),
    ("la fin de cette semaine", THIS_WEEK),
    ("à la fin de la semaine", THIS_WEEK),
    ("fin de cette semaine", THIS_WEEK),
    ("avant le week-end", BEFORE_WEEKEND),
    ("avant le week end", BEFORE_WEEKEND),
    ("avant le weekend", BEFORE_WEEKEND),
    ("avant ce week-end", BEFORE_WEEKEND),
    ("d'ici le week-end", BEFORE_WEEKEND),
    ("d'ici ce week-end", BEFORE_WEEKEND),
    ("avant la semaine prochaine", BEFORE_WEEKEND),
    ("ce week-end", WEEKEND),
    ("ce week end", WEEKEND),
    ("ce weekend", WEEKEND),
    ("pendant le week-end", WEEKEND),
    ("le week-end prochain", WEEKEND),
    ("après le week-end", AFTER_WEEKEND),
    ("après le week end", AFTER_WEEKEND),
    ("après le weekend", AFTER_WEEKEND),
    ("semaine prochaine", NEXT_WEEK),
    ("la semaine prochaine", NEXT_WEEK),
    ("la semaine pro", NEXT_WEEK),
    ("la semaine qui vient", NEXT_WEEK),
    ("dans la semaine qui vient", NEXT_WEEK),
    ("la semaine suivante", NEXT_WEEK),
    ("courant semaine prochaine", NEXT_WEEK),
    ("courant de la semaine prochaine", NEXT_WEEK),
    ("dans le courant de la semaine prochaine", NEXT_WEEK),
    ("fin de semaine prochaine", NEXT_WEEK),
    ("fin de la semaine prochaine", NEXT_WEEK),
    ("la fin de la semaine prochaine", NEXT_WEEK),
    ("fin semaine prochaine", NEXT_WEEK),
    ("en fin de semaine prochaine", NEXT_WEEK),
    ("début de semaine prochaine", START_OF_NEXT_WEEK),
    ("début de la semaine prochaine", START_OF_NEXT_WEEK),
    ("début semaine prochaine", START_OF_NEXT_WEEK),
    ("en début de semaine prochaine", START_OF_NEXT_WEEK),
    ("en début de semaine", START_OF_NEXT_WEEK),
    ("au début de la semaine prochaine", START_OF_NEXT_WEEK),
    ("le début de la semaine prochaine", START_OF_NEXT_WEEK),
    ("milieu de semaine prochaine", MIDDLE_OF_NEXT_WEEK),
    ("milieu de la semaine prochaine", MIDDLE_OF_NEXT_WEEK),
    ("au milieu de la semaine prochaine", MIDDLE_OF_NEXT_WEEK),
    ("mi-semaine prochaine", MIDDLE_OF_NEXT_WEEK),
    ("ce mois", THIS_MONTH),
    ("ce mois-ci", THIS_MONTH),
    ("dans le courant du mois", THIS_MONTH),
    ("courant du mois", THIS_MONTH),
    ("fin du mois", THIS_MONTH),
    ("fin de mois", THIS_MONTH),
    ("la fin du mois", THIS_MONTH),
    ("à la fin du mois", THIS_MONTH),
    ("en fin de mois", THIS_MONTH),
    ("fin de ce mois", THIS_MONTH),
    ("le mois prochain", NEXT_MONTH),
    ("mois prochain", NEXT_MONTH),
    ("courant du mois prochain", NEXT_MONTH),
    ("fin du mois prochain", NEXT_MONTH),
    ("la fin du mois prochain", NEXT_MONTH),
    ("cette année", THIS_YEAR),
    ("fin de l'année", THIS_YEAR),
    ("la fin de l'année", THIS_YEAR),
    ("fin d'année", THIS_YEAR),
    ("la fin d'année", THIS_YEAR),
];
