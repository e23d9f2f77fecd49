//! German sentences from life.

use gehoord_conversation::Language;

use super::{MONDAY, check, check_none};

#[test]
fn lengths_of_time() {
    check(
        Language::De,
        "DE",
        &[
            ("Sie hören {innerhalb von 48 Stunden} von mir.", MONDAY, "2026-03-04T10:00"),
            ("Sie bekommen {in drei Werktagen} eine Antwort.", MONDAY, "2026-03-05T17:00"),
            ("Das Geld ist {in zwei bis drei Werktagen} da.", MONDAY, "2026-03-05T17:00"),
            ("Das Geld ist {innerhalb von 3-5 Werktagen} da.", MONDAY, "2026-03-09T17:00"),
            ("{binnen 24 Stunden}", MONDAY, "2026-03-03T10:00"),
            ("{binnen vierundzwanzig Stunden}", MONDAY, "2026-03-03T10:00"),
            ("{innerhalb von achtundvierzig Stunden}", MONDAY, "2026-03-04T10:00"),
            ("{innerhalb der nächsten Stunde}", MONDAY, "2026-03-02T11:00"),
            ("{innerhalb einer Stunde}", MONDAY, "2026-03-02T11:00"),
            ("{innerhalb der nächsten zwei Tage}", MONDAY, "2026-03-04T17:00"),
            ("{innert zwei Tagen}", MONDAY, "2026-03-04T17:00"),
            ("Ich rufe {in einer halben Stunde} zurück", MONDAY, "2026-03-02T10:30"),
            ("Ich rufe {in anderthalb Stunden} zurück", MONDAY, "2026-03-02T11:30"),
            ("Ich rufe {in eineinhalb Stunden} zurück", MONDAY, "2026-03-02T11:30"),
            ("{in einer Viertelstunde}", MONDAY, "2026-03-02T10:15"),
            ("{in einer Dreiviertelstunde}", MONDAY, "2026-03-02T10:45"),
            ("{in 10 Minuten}", MONDAY, "2026-03-02T10:10"),
            ("{in spätestens zehn Minuten}", MONDAY, "2026-03-02T10:10"),
            ("{spätestens in fünf Minuten}", MONDAY, "2026-03-02T10:05"),
            ("{spaetestens in fuenf Minuten}", MONDAY, "2026-03-02T10:05"),
            ("{in zwoelf Tagen}", MONDAY, "2026-03-14T17:00"),
            ("{in ein bis zwei Wochen}", MONDAY, "2026-03-16T17:00"),
            ("{in zwei, drei Tagen}", MONDAY, "2026-03-05T17:00"),
            ("{in einem Monat}", MONDAY, "2026-04-02T17:00"),
            ("{in 1,5 Stunden}", MONDAY, "2026-03-02T11:30"),
            ("{in ein paar Tagen}", MONDAY, "-"),
            ("{in den nächsten Tagen}", MONDAY, "-"),
            ("{in wenigen Minuten}", MONDAY, "-"),
            ("{am nächsten Werktag}", "2026-03-06T10:00", "2026-03-09T17:00"),
            ("{innerhalb von 2 Werktagen}", "2026-04-02T10:00", "2026-04-08T17:00"),
            ("{in 2 Arbeitstagen ab heute}", MONDAY, "2026-03-04T17:00"),
        ],
    );
}

#[test]
fn days() {
    check(
        Language::De,
        "DE",
        &[
            ("Ich melde mich {heute} bei Ihnen.", MONDAY, "2026-03-02T17:00"),
            ("Ich melde mich {heute noch}.", "2026-03-02T18:00", "2026-03-02T21:00"),
            ("{heute Nachmittag}", MONDAY, "2026-03-02T17:00"),
            ("{heute Mittag}", MONDAY, "2026-03-02T14:00"),
            ("{bis heute Mittag}", MONDAY, "2026-03-02T12:00"),
            ("{heute Abend}", MONDAY, "2026-03-02T21:00"),
            ("{im Laufe des Tages}", MONDAY, "2026-03-02T17:00"),
            ("Ich rufe {morgen} an", MONDAY, "2026-03-03T17:00"),
            ("{morgen früh}", MONDAY, "2026-03-03T12:00"),
            ("{morgen frueh}", MONDAY, "2026-03-03T12:00"),
            ("{morgen im Laufe des Vormittags}", MONDAY, "2026-03-03T12:00"),
            ("{übermorgen}", MONDAY, "2026-03-04T17:00"),
            ("{uebermorgen}", MONDAY, "2026-03-04T17:00"),
            ("{spätestens am Freitag}", MONDAY, "2026-03-06T17:00"),
            ("{bis spätestens Freitag}", MONDAY, "2026-03-06T17:00"),
            ("{am Freitag spätestens}", MONDAY, "2026-03-06T17:00"),
            ("{bis Freitagmittag}", MONDAY, "2026-03-06T12:00"),
            ("{Freitagnachmittag}", MONDAY, "2026-03-06T17:00"),
            ("{am Dienstagvormittag}", MONDAY, "2026-03-03T12:00"),
            ("{nächsten Dienstag}", MONDAY, "2026-03-03T17:00"),
            ("{am kommenden Montag}", MONDAY, "2026-03-09T17:00"),
            ("{nächste Woche}", MONDAY, "2026-03-13T17:00"),
            ("{in der nächsten Woche}", MONDAY, "2026-03-13T17:00"),
            ("{Dienstag nächster Woche}", MONDAY, "2026-03-10T17:00"),
            ("{nächste Woche am Dienstag}", MONDAY, "2026-03-10T17:00"),
            ("{Anfang nächster Woche}", MONDAY, "2026-03-10T17:00"),
            ("{Ende der Woche}", MONDAY, "2026-03-06T17:00"),
            ("{bis Ende der Woche}", MONDAY, "2026-03-06T17:00"),
            ("{noch diese Woche}", MONDAY, "2026-03-06T17:00"),
            ("{noch vor dem Wochenende}", MONDAY, "2026-03-06T17:00"),
            ("{nach dem Wochenende}", MONDAY, "2026-03-09T17:00"),
            ("{bis Ende des Monats}", MONDAY, "2026-03-31T17:00"),
            ("{bis Ende April}", MONDAY, "2026-04-30T17:00"),
            ("{am 3. März}", MONDAY, "2026-03-03T17:00"),
            ("{am 3. Maerz} kommt er", MONDAY, "2026-03-03T17:00"),
            ("{bis zum 3. März 2027}", MONDAY, "2027-03-03T17:00"),
            ("{am dritten März}", MONDAY, "2026-03-03T17:00"),
            ("{Freitag, den 6. März}", MONDAY, "2026-03-06T17:00"),
            ("{bis zum 15.4}.", MONDAY, "2026-04-15T17:00"),
            ("Wir liefern {am 15.04.} nach", MONDAY, "2026-04-15T17:00"),
            ("{am 15.04.2026}", MONDAY, "2026-04-15T17:00"),
            ("{bis zum 15}.", MONDAY, "2026-03-15T17:00"),
            ("Wir melden uns {bis zum 15. des Monats}", MONDAY, "2026-03-15T17:00"),
            ("{Am 15.} melden wir uns", MONDAY, "2026-03-15T17:00"),
            ("{heute oder morgen}", MONDAY, "2026-03-03T17:00"),
            ("{heute in einer Woche}", MONDAY, "2026-03-09T17:00"),
        ],
    );
}

#[test]
fn times_of_day() {
    check(
        Language::De,
        "DE",
        &[
            ("Sie haben es {bis morgen 12 Uhr}.", MONDAY, "2026-03-03T12:00"),
            ("{bis 16 Uhr}", MONDAY, "2026-03-02T16:00"),
            ("{bis 16:30 Uhr}", MONDAY, "2026-03-02T16:30"),
            ("{bis 16.30 Uhr}", MONDAY, "2026-03-02T16:30"),
            ("{um 16 Uhr 30}", MONDAY, "2026-03-02T16:30"),
            ("{um vier Uhr dreißig}", MONDAY, "2026-03-02T16:30"),
            ("{um halb vier}", MONDAY, "2026-03-02T15:30"),
            ("{bis halb zwölf}", MONDAY, "2026-03-02T11:30"),
            ("{um Viertel nach drei}", MONDAY, "2026-03-02T15:15"),
            ("{um Viertel vor vier}", MONDAY, "2026-03-02T15:45"),
            ("{um viertel vier}", MONDAY, "2026-03-02T15:15"),
            ("{um drei viertel vier}", MONDAY, "2026-03-02T15:45"),
            ("{um dreiviertel vier}", MONDAY, "2026-03-02T15:45"),
            ("{um fünf vor halb vier}", MONDAY, "2026-03-02T15:25"),
            ("{um zehn nach vier}", MONDAY, "2026-03-02T16:10"),
            ("{heute um 4}.", MONDAY, "2026-03-02T16:00"),
            ("{heute Abend um 8}.", MONDAY, "2026-03-02T20:00"),
            ("{morgen um 8 Uhr}", MONDAY, "2026-03-03T08:00"),
            ("{morgen früh um acht}", MONDAY, "2026-03-03T08:00"),
            ("{morgen zwischen 8 und 10 Uhr}", MONDAY, "2026-03-03T10:00"),
            ("{morgen zwischen 7 und 9 Uhr}", MONDAY, "2026-03-03T09:00"),
            ("{am Freitag von 10 bis 12 Uhr}", MONDAY, "2026-03-06T12:00"),
            ("{Freitag 8-10 Uhr}", MONDAY, "2026-03-06T10:00"),
            ("{am 3. März um 14:30 Uhr}", MONDAY, "2026-03-03T14:30"),
            ("{am 25.03. zwischen 8 und 12 Uhr}", MONDAY, "2026-03-25T12:00"),
            ("{vor 12 Uhr}", MONDAY, "2026-03-02T12:00"),
            ("{bis Mittag}", MONDAY, "2026-03-02T12:00"),
            ("{morgen ab 14 Uhr}", MONDAY, "2026-03-03T17:00"),
            ("{bis heute 17 Uhr}", MONDAY, "2026-03-02T17:00"),
            ("{spätestens bis Freitag, 12 Uhr}", MONDAY, "2026-03-06T12:00"),
            ("{morgen bis 12}.", MONDAY, "2026-03-03T12:00"),
            ("{um 9 Uhr morgens}", MONDAY, "2026-03-03T09:00"),
            ("{Gegen drei} kommt er zurück", MONDAY, "2026-03-02T15:00"),
            ("{um 8:15 Uhr}", "2026-03-02T19:00", "2026-03-03T08:15"),
            ("{bis Feierabend}", MONDAY, "2026-03-02T17:00"),
        ],
    );
}

#[test]
fn soon_and_now() {
    check(
        Language::De,
        "DE",
        &[
            ("Ich erledige das {umgehend}.", MONDAY, "2026-03-02T10:00"),
            ("Ich kümmere mich {sofort} darum.", MONDAY, "2026-03-02T10:00"),
            ("Ich prüfe das {unverzüglich}.", MONDAY, "2026-03-02T10:00"),
            ("Ich schaue {jetzt gleich} nach.", MONDAY, "2026-03-02T10:00"),
            ("{so schnell wie möglich}", MONDAY, "-"),
            ("{schnellstmöglich}", MONDAY, "-"),
            ("{schnellstmoeglich}", MONDAY, "-"),
            ("Wir melden uns {zeitnah}.", MONDAY, "-"),
            ("Wir melden uns {in Kürze} bei Ihnen.", MONDAY, "-"),
            ("{so schnell wie möglich, spätestens morgen}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn no_promise_of_time() {
    check_none(
        Language::De,
        &[
            "Wir haben 24 Stunden am Tag geöffnet.",
            "Ich habe gestern angerufen.",
            "Ich warte seit Montag.",
            "Ich warte seit drei Tagen.",
            "Vor zwei Tagen habe ich bestellt.",
            "Es geht um drei offene Rechnungen.",
            "Ihre Mail vom 3. März habe ich.",
            "Letzten Freitag war jemand hier.",
            "Letzte Woche Dienstag kam keiner.",
            "Guten Morgen, was kann ich tun?",
            "Guten Abend!",
            "Wir sind Montag bis Freitag von 8 bis 18 Uhr da.",
            "Unsere Zeiten: 8 Uhr bis 18 Uhr.",
            "Wir haben bis 18 Uhr geöffnet.",
            "Jeden Dienstag wird der Müll geholt.",
            "Das dauert 3 bis 5 Werktage.",
            "Das ist mir gleich.",
            "Bis bald!",
            "Bis jetzt hat keiner angerufen.",
            "Der Preis stieg um 10 Prozent.",
            "Es kostet 16.00 Euro.",
            "Für 4 Personen.",
            "Ich rufe zum 3. Mal an.",
            "Kommen Sie zum 2. Schalter.",
            "Version 1.2.3 läuft.",
            "Eine Viertelstunde in der Warteschleife.",
            "Die Hotline ist rund um die Uhr besetzt.",
            "Ich habe über zwei Stunden gewartet.",
            "Rufen Sie 030-1234567 an.",
            "In der Woche ist viel los.",
            "Das ist jetzt schon das dritte Mal.",
        ],
    );
}

#[test]
fn austrian_words_and_holidays() {
    check(
        Language::De,
        "AT",
        &[
            ("{innerhalb von 1 Werktag}", "2026-10-23T10:00", "2026-10-27T17:00"),
            ("{in einem Werktag}", "2026-06-03T10:00", "2026-06-05T17:00"),
            ("{am 7. Jänner}", MONDAY, "2027-01-07T17:00"),
            ("{ehestmöglich}", MONDAY, "-"),
            ("{morgen in der Früh}", MONDAY, "2026-03-03T12:00"),
        ],
    );
}
