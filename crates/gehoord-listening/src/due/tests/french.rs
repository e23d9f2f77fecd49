//! French sentences from life.

use gehoord_conversation::Language;

use super::{MONDAY, check, check_none};

#[test]
fn lengths_of_time() {
    check(
        Language::Fr,
        "FR",
        &[
            ("Vous aurez une réponse {sous 48 heures}.", MONDAY, "2026-03-04T10:00"),
            ("Vous aurez une réponse {sous 48h}.", MONDAY, "2026-03-04T10:00"),
            ("{sous quarante-huit heures}", MONDAY, "2026-03-04T10:00"),
            ("{dans les vingt-quatre heures}", MONDAY, "2026-03-03T10:00"),
            ("{sous soixante-douze heures}", MONDAY, "2026-03-05T10:00"),
            ("{sous septante-deux heures}", MONDAY, "2026-03-05T10:00"),
            ("{dans nonante minutes}", MONDAY, "2026-03-02T11:30"),
            ("{dans quatre-vingt-dix minutes}", MONDAY, "2026-03-02T11:30"),
            ("{dans les deux jours ouvrables}", MONDAY, "2026-03-04T17:00"),
            ("{dans les deux jours ouvrés}", MONDAY, "2026-03-04T17:00"),
            ("{sous 3 à 5 jours ouvrés}", MONDAY, "2026-03-09T17:00"),
            ("{dans un délai de 5 jours}", MONDAY, "2026-03-07T17:00"),
            ("{dans un délai maximum de 10 jours ouvrés}", MONDAY, "2026-03-16T17:00"),
            ("{dans une heure}", MONDAY, "2026-03-02T11:00"),
            ("{dans une heure et demie}", MONDAY, "2026-03-02T11:30"),
            ("{dans deux heures et demie}", MONDAY, "2026-03-02T12:30"),
            ("{dans 1h30}", MONDAY, "2026-03-02T11:30"),
            ("{dans l'heure}", MONDAY, "2026-03-02T11:00"),
            ("{dans l’heure qui suit}", MONDAY, "2026-03-02T11:00"),
            ("Je vous rappelle {dans un quart d'heure}.", MONDAY, "2026-03-02T10:15"),
            ("{dans une demi-heure}", MONDAY, "2026-03-02T10:30"),
            ("{d'ici trois quarts d'heure}", MONDAY, "2026-03-02T10:45"),
            ("{d'ici 2 heures}", MONDAY, "2026-03-02T12:00"),
            ("{d'ici 24h}", MONDAY, "2026-03-03T10:00"),
            ("{d'ici deux jours}", MONDAY, "2026-03-04T17:00"),
            ("{d'ici une à deux semaines}", MONDAY, "2026-03-16T17:00"),
            ("{d'ici un jour ou deux}", MONDAY, "2026-03-04T17:00"),
            ("{sous huitaine}", MONDAY, "2026-03-10T17:00"),
            ("{d'ici une quinzaine de jours}", MONDAY, "2026-03-17T17:00"),
            ("{dans les prochaines 24 heures}", MONDAY, "2026-03-03T10:00"),
            ("{dans les 48 prochaines heures}", MONDAY, "2026-03-04T10:00"),
            ("{dans le mois}", MONDAY, "2026-04-02T17:00"),
            ("{en moins de dix minutes}", MONDAY, "2026-03-02T10:10"),
            ("{endéans les 48 heures}", MONDAY, "2026-03-04T10:00"),
            ("{dans quelques jours}", MONDAY, "-"),
            ("{dans les prochains jours}", MONDAY, "-"),
            ("{dans les jours à venir}", MONDAY, "-"),
            ("{le prochain jour ouvré}", "2026-03-06T10:00", "2026-03-09T17:00"),
            ("{sous 1 jour ouvré}", "2026-05-07T10:00", "2026-05-11T17:00"),
            ("{sous un jour ouvrable}", "2026-07-13T10:00", "2026-07-15T17:00"),
        ],
    );
}

#[test]
fn days() {
    check(
        Language::Fr,
        "FR",
        &[
            ("Je vous rappelle {aujourd'hui}.", MONDAY, "2026-03-02T17:00"),
            ("Je vous rappelle {aujourd’hui même}.", MONDAY, "2026-03-02T17:00"),
            ("{dans la journée}", MONDAY, "2026-03-02T17:00"),
            ("{cet après-midi}", MONDAY, "2026-03-02T17:00"),
            ("{cet apres midi}", MONDAY, "2026-03-02T17:00"),
            ("{d'ici ce soir}", MONDAY, "2026-03-02T21:00"),
            ("{ce matin}", "2026-03-02T08:00", "2026-03-02T12:00"),
            ("Le technicien passe {demain}.", MONDAY, "2026-03-03T17:00"),
            ("{demain matin}", MONDAY, "2026-03-03T12:00"),
            ("{demain matin à la première heure}", MONDAY, "2026-03-03T12:00"),
            ("{demain en fin de journée}", MONDAY, "2026-03-03T17:00"),
            ("{demain soir}", MONDAY, "2026-03-03T21:00"),
            ("{après-demain}", MONDAY, "2026-03-04T17:00"),
            ("{d'ici vendredi}", MONDAY, "2026-03-06T17:00"),
            ("{au plus tard vendredi}", MONDAY, "2026-03-06T17:00"),
            ("{vendredi au plus tard}", MONDAY, "2026-03-06T17:00"),
            ("{vendredi prochain}", MONDAY, "2026-03-06T17:00"),
            ("{mardi matin}", MONDAY, "2026-03-03T12:00"),
            ("{mardi de la semaine prochaine}", MONDAY, "2026-03-10T17:00"),
            ("{la semaine prochaine}", MONDAY, "2026-03-13T17:00"),
            ("{en début de semaine prochaine}", MONDAY, "2026-03-10T17:00"),
            ("{d'ici la fin de la semaine}", MONDAY, "2026-03-06T17:00"),
            ("{avant la fin de la semaine}", MONDAY, "2026-03-06T17:00"),
            ("{cette semaine}", MONDAY, "2026-03-06T17:00"),
            ("{avant le week-end}", MONDAY, "2026-03-06T17:00"),
            ("{après le week-end}", MONDAY, "2026-03-09T17:00"),
            ("{avant la fin du mois}", MONDAY, "2026-03-31T17:00"),
            ("{d'ici fin avril}", MONDAY, "2026-04-30T17:00"),
            ("{d'ici la fin du mois d'août}", MONDAY, "2026-08-31T17:00"),
            ("{le 3 mars}", MONDAY, "2026-03-03T17:00"),
            ("{le 1er avril}", MONDAY, "2026-04-01T17:00"),
            ("{le premier avril}", MONDAY, "2026-04-01T17:00"),
            ("{avant le 3 mars 2027}", MONDAY, "2027-03-03T17:00"),
            ("{vendredi 6 mars}", MONDAY, "2026-03-06T17:00"),
            ("{le vendredi 6 mars}", MONDAY, "2026-03-06T17:00"),
            ("{vendredi 13}", MONDAY, "2026-03-13T17:00"),
            ("{d'ici le 15}.", MONDAY, "2026-03-15T17:00"),
            ("{avant le 15/04}", MONDAY, "2026-04-15T17:00"),
            ("{le 15/04/2026}", MONDAY, "2026-04-15T17:00"),
            ("{aujourd'hui ou demain}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn times_of_day() {
    check(
        Language::Fr,
        "FR",
        &[
            ("Vous l'aurez {d'ici vendredi midi}.", MONDAY, "2026-03-06T12:00"),
            ("{demain avant 16h}", MONDAY, "2026-03-03T16:00"),
            ("{avant 16h30}", MONDAY, "2026-03-02T16:30"),
            ("{à 16 h 30}", MONDAY, "2026-03-02T16:30"),
            ("{à 16 heures 30}", MONDAY, "2026-03-02T16:30"),
            ("{d'ici 16h}", MONDAY, "2026-03-02T16:00"),
            ("{d'ici 16h30}", MONDAY, "2026-03-02T16:30"),
            ("{à 16:30}", MONDAY, "2026-03-02T16:30"),
            ("{à quatre heures et demie}", MONDAY, "2026-03-02T16:30"),
            ("{à quatre heures et quart}", MONDAY, "2026-03-02T16:15"),
            ("{à cinq heures moins le quart}", MONDAY, "2026-03-02T16:45"),
            ("{à cinq heures moins dix}", MONDAY, "2026-03-02T16:50"),
            ("{à quatre heures dix}", MONDAY, "2026-03-02T16:10"),
            ("{à midi}", MONDAY, "2026-03-02T12:00"),
            ("{avant midi}", MONDAY, "2026-03-02T12:00"),
            ("{à midi et demi}", MONDAY, "2026-03-02T12:30"),
            ("{à une heure moins le quart}", MONDAY, "2026-03-02T12:45"),
            ("{avant dix-huit heures}", MONDAY, "2026-03-02T18:00"),
            ("{demain à 10h}", MONDAY, "2026-03-03T10:00"),
            ("{demain à 8h du soir}", MONDAY, "2026-03-03T20:00"),
            ("{demain entre 8h et 10h}", MONDAY, "2026-03-03T10:00"),
            ("{demain entre 7h et 9h}", MONDAY, "2026-03-03T09:00"),
            ("{mardi entre 14 et 16 heures}", MONDAY, "2026-03-03T16:00"),
            ("{vendredi de 10h à 12h}", MONDAY, "2026-03-06T12:00"),
            ("{vendredi 6 à 10h}", MONDAY, "2026-03-06T10:00"),
            ("{le mardi 3 mars à 14h30}", MONDAY, "2026-03-03T14:30"),
            ("{demain après 14h}", MONDAY, "2026-03-03T17:00"),
            ("{demain à 5 h 30}", MONDAY, "2026-03-03T05:30"),
            ("{demain à 8h30 du soir}", MONDAY, "2026-03-03T20:30"),
            ("{ce soir avant 20h}", MONDAY, "2026-03-02T20:00"),
            ("{avant la fin de la journée}", MONDAY, "2026-03-02T17:00"),
            ("{en fin d'après-midi}", MONDAY, "2026-03-02T17:00"),
            ("{au plus tard à 17 heures}", MONDAY, "2026-03-02T17:00"),
        ],
    );
}

#[test]
fn soon_and_now() {
    check(
        Language::Fr,
        "FR",
        &[
            ("Je m'en occupe {tout de suite}.", MONDAY, "2026-03-02T10:00"),
            ("Je vérifie {immédiatement}.", MONDAY, "2026-03-02T10:00"),
            ("Je vérifie {maintenant}.", MONDAY, "2026-03-02T10:00"),
            ("Je le fais {sans attendre}.", MONDAY, "2026-03-02T10:00"),
            ("{au plus vite}", MONDAY, "-"),
            ("{dès que possible}", MONDAY, "-"),
            ("{dans les plus brefs délais}", MONDAY, "-"),
            ("Vous aurez {bientôt} des nouvelles.", MONDAY, "-"),
            ("{au plus vite, au plus tard demain}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn no_promise_of_time() {
    check_none(
        Language::Fr,
        &[
            "Il y a un quart d'heure d'attente.",
            "Nous sommes ouverts 24 heures sur 24.",
            "Ouvert 24h/24.",
            "J'ai appelé hier.",
            "J'attends depuis lundi.",
            "J'attends depuis trois jours.",
            "Il y a deux jours, j'ai commandé.",
            "Vendredi dernier, personne n'est venu.",
            "La semaine dernière, rien.",
            "Nous sommes ouverts du lundi au vendredi de 9h à 18h.",
            "Nous sommes ouverts jusqu'à 18h.",
            "Nous livrons le mardi.",
            "Chaque mardi, on ramasse.",
            "Tous les vendredis.",
            "Cela prend 3 à 5 jours ouvrés.",
            "À bientôt !",
            "Jusqu'à maintenant, personne n'a appelé.",
            "Ça coûte 16,00 euros.",
            "Pour 4 personnes.",
            "Appelez le 01 23 45 67 89.",
            "Les 2 techniciens sont partis.",
            "Le 2 est en panne.",
            "Au deuxième étage.",
            "Après trois appels, toujours rien.",
            "Bonjour, bon après-midi à vous.",
            "Ça fait une heure que j'attends.",
            "Il vous monte dans le 8 h.",
            "Votre mail du 3 mars est arrivé.",
            "À très bientôt !",
            "Il est venu avant-hier.",
            "Entre 10 et 12 euros.",
            "Une personne sur deux.",
        ],
    );
}

#[test]
fn belgian_holidays() {
    check(
        Language::Fr,
        "BE",
        &[
            ("{dans un jour ouvrable}", "2026-07-20T12:00", "2026-07-22T17:00"),
            ("{endéans les deux jours ouvrables}", "2026-04-30T12:00", "2026-05-05T17:00"),
        ],
    );
}
