//! What firms say by themselves when a chat opens, in Dutch, English, German and French.
//!
//! A pattern is a whole sentence in lower case, without signs. `a|b` is one of these words, a `?`
//! behind it means that it may be absent, `+` is one to six words of any kind, `*` none to six.
//! `+` and `*` hold no word of [`Opening::own`], so that what somebody tells of themselves is not
//! taken for a formula.

/// The openings of one language.
pub(crate) struct Opening {
    /// Words of who speaks for themselves.
    pub(crate) own: &'static [&'static str],
    /// Only a firm says this.
    pub(crate) opens: &'static [&'static str],
    /// A firm says this, and a customer who answers may: it counts with what a firm says next.
    pub(crate) may_open: &'static [&'static str],
    /// Who the bot says it is; a customer says so too when asked.
    pub(crate) introduces: &'static [&'static str],
    /// What it asks or lets the customer wait for.
    pub(crate) asks: &'static [&'static str],
    /// A greeting, which anybody may give.
    pub(crate) greets: &'static [&'static str],
}

pub(crate) const OPENINGS: [Opening; 4] = [DUTCH, ENGLISH, GERMAN, FRENCH];

const DUTCH: Opening = Opening {
    own: &[
        "ik", "me", "mij", "mijn", "m'n", "ons", "onze", "maar", "niet", "nog", "geen", "wel",
        "toch",
    ],
    opens: &[
        "hallo|hoi|hi? bedankt|dank|dankjewel|fijn je|u? wel? dat je|jij|u|jullie contact hebt|heeft|hebben opgenomen|gezocht met|bij +",
        "hallo|hoi|hi? bedankt|dank|dankjewel|fijn je|u? wel? dat je|jij|u|jullie contact met + hebt|heeft|hebben opgenomen|gezocht",
        "hallo|hoi|hi? bedankt|dank|dankjewel|fijn je|u? wel? dat je|jij|u|jullie contact opneemt|opnemen|zoekt|zoeken met|bij ons|+ *",
        "hallo|hoi|hi? bedankt|dank|dankjewel|fijn je|u? wel? dat je|jij|u|jullie contact met ons|+ opneemt|opnemen|zoekt|zoeken",
        "hallo|hoi|hi? bedankt|dank|dankjewel voor het contact opnemen met +",
        "hallo|hoi|hi? welkom|welkom bij|in|op de|onze? * chat|livechat|chatbot|chatservice *",
        "hallo|hoi|hi|welkom? ik ben * chatbot|bot|robot *",
        "hallo|hoi|hi|welkom? ik ben * digitale|virtuele|automatische|slimme assistent|assistente|hulp|medewerker|collega *",
        "je|u|jij chat|chatten|spreekt|praat nu? met een|de|onze|het chatbot|bot|robot|systeem *",
        "dit is een automatisch|automatische bericht|antwoord|reactie *",
    ],
    may_open: &[
        "hallo|hoi|hi? bedankt|dank|dankjewel|fijn je|u? wel? dat je|jij|u|jullie contact hebt|heeft|hebben? opgenomen|gezocht|opneemt|zoekt",
        "hallo|hoi|hi? bedankt|dank|dankjewel voor je|jouw|uw bericht|vraag|contact",
        "welkom|welkom bij? *",
    ],
    introduces: &["ik heet +", "mijn naam is +", "ik ben +", "je|u spreekt met +"],
    asks: &[
        "wat is je|jouw|uw voornaam|naam|achternaam|klantnummer|ordernummer|bestelnummer|mailadres|e-mailadres|emailadres|postcode als? ik|u? het|dat? vragen|weten? mag?",
        "mag|kan ik eerst|alvast? je|jouw|uw voornaam|naam|klantnummer|bestelnummer|mailadres|e-mailadres|postcode *",
        "hoe mag|kan ik je|u noemen|aanspreken",
        "met wie spreek|chat|heb ik *",
        "waarmee|waar|hoe kan|mag ik je|jou|u vandaag? mee? vandaag? helpen|assisteren|van dienst? zijn? *",
        "waar gaat je|jouw|uw vraag|bericht over",
        "waarover gaat je|jouw|uw vraag|bericht",
        "waar heb|heeft je|u een vraag over",
        "kies|selecteer hieronder|eerst? een|het|je|uw onderwerp|optie *",
        "vertel|omschrijf|beschrijf|stel|typ|schrijf * je|jouw|uw vraag *",
        "heb|heeft je|u een account|klantnummer|bestelnummer|ordernummer *",
        "een|de|onze|een van? onze? medewerker|medewerkers|collega|collega's|adviseur komt|helpt|is|zijn|neemt * zo|verder|over|beschikbaar|snel|dadelijk *",
        "een ogenblik|moment geduld *",
        "ik verbind je|u nu? door *",
    ],
    greets: &["hallo|hoi|hi|hey|dag|goedemorgen|goedemiddag|goedenavond|goedendag|welkom *"],
};

const ENGLISH: Opening = Opening {
    own: &["i", "i'm", "i've", "me", "my", "we", "us", "our", "back", "but", "not", "still", "no"],
    opens: &[
        "hi|hello|hey? there? thank|thanks you? for contacting|calling|messaging us|+ *",
        "hi|hello|hey? there? thank|thanks you? for reaching out to us|+ *",
        "hi|hello|hey? there? thank|thanks you? for getting in touch with us|+",
        "hi|hello|hey? there? welcome to the|our? * chat|livechat|chatbot *",
        "hi|hello|hey? there? i'm|i am? * chatbot|bot|robot *",
        "hi|hello|hey? there? i'm|i am? * virtual|digital|automated assistant|agent|helper|adviser|advisor *",
        "you|you're are? now? chatting|talking|speaking with|to a|our|the * bot|chatbot|robot *",
        "this is an automated|automatic message|reply|response *",
    ],
    may_open: &[
        "hi|hello|hey? there? thank|thanks you? for getting in touch",
        "hi|hello|hey? there? thank|thanks you? for reaching out",
        "hi|hello|hey? there? thank|thanks you? for your message|question|enquiry",
        "hi|hello? welcome to? *",
    ],
    introduces: &["my name is +", "i'm +", "i am +", "you're|you are? speaking|chatting with|to +"],
    asks: &[
        "what|what's|whats is? your first|last|full? name|surname|email|postcode|order *",
        "may|can|could i have|get|ask your first|full? name|email|postcode|order *",
        "who am i speaking|chatting|talking with|to *",
        "how can|may i help|assist you today? *",
        "what can i help|do you? with|for? you? today? *",
        "what|what's|whats is? your question|message|enquiry about",
        "please? choose|select|pick a|an|your|one|the topic|subject|option|of *",
        "please? tell|describe|type|ask * your|you question|problem|issue|need|help *",
        "do you have an? account|order|customer *",
        "one|an|a|our|someone of? our? agents|agent|advisers|adviser|advisors|advisor|colleagues|colleague? will|is|are * shortly|soon|moment|available|you *",
        "please hold|wait *",
        "i|i'll will? connect|transfer you *",
    ],
    greets: &["hi|hello|hey|welcome *", "good morning|afternoon|evening|day *"],
};

const GERMAN: Opening = Opening {
    own: &[
        "ich", "mir", "mich", "uns", "mein", "meine", "meiner", "meinen", "meinem", "aber",
        "nicht", "kein", "keine", "noch", "doch",
    ],
    opens: &[
        "hallo|hi? vielen|herzlichen? dank|danke dass sie|du|ihr kontakt|sich mit|an|bei + aufnehmen|aufnimmst|aufgenommen|wenden|gewendet|gewandt|melden haben|hast|habt?",
        "hallo|hi? vielen|herzlichen? dank|danke dass sie|du|ihr uns|+ kontaktieren|kontaktierst|kontaktiert haben|hast|habt?",
        "hallo|hi? vielen|herzlichen? dank|danke für|fuer ihre|deine|die kontaktaufnahme|anfrage mit|bei|an +",
        "hallo|hi? herzlich? willkommen im|beim|bei|in * chat|livechat|chatbot *",
        "hallo|hi? ich bin * chatbot|bot|roboter *",
        "hallo|hi? ich bin * digitale|digitaler|virtuelle|virtueller assistent|assistentin|helfer|berater|beraterin *",
        "sie|du chatten|sprechen|schreiben|chattest|sprichst|schreibst jetzt|gerade? mit einem|unserem|dem chatbot|bot|roboter *",
        "dies|das ist eine automatische|automatisierte nachricht|antwort *",
    ],
    may_open: &[
        "hallo|hi? vielen|herzlichen? dank|danke für|fuer ihre|deine nachricht|anfrage|kontaktaufnahme",
        "hallo|hi? vielen|herzlichen? dank|danke dass sie|du sich|dich gemeldet haben|hast",
        "hallo|hi? vielen|herzlichen? dank|danke dass sie|du kontakt mit uns aufgenommen haben|hast",
        "herzlich? willkommen bei? *",
    ],
    introduces: &["ich heiße|heisse +", "mein name ist +", "ich bin +", "sie sprechen mit +"],
    asks: &[
        "wie|was ist|lautet ihr|ihre|dein|deine vorname|name|nachname|kundennummer|bestellnummer|e-mail|mailadresse|postleitzahl *",
        "wie heißen|heissen|heißt|heisst sie|du *",
        "darf|kann ich ihren|deinen|ihre|deine namen|vornamen|kundennummer|bestellnummer|e-mail|postleitzahl *",
        "mit wem spreche|chatte|habe ich *",
        "wie|womit|wobei kann|darf ich ihnen|dir heute? helfen|weiterhelfen|behilflich sein?",
        "was kann ich heute? für|fuer sie|dich tun",
        "worum geht es * bei|in? ihrer|deiner? frage|anfrage|anliegen?",
        "bitte? wählen|wähle|waehlen|waehle sie? * thema|option|anliegen|bereich *",
        "bitte? beschreiben|beschreibe|schildern|schildere|stellen|stelle sie? * ihr|dein|ihre|deine frage|anliegen|problem *",
        "haben|hast sie|du ein|eine kundenkonto|konto|kundennummer|bestellnummer *",
        "ein|eine|unser|unsere|einer unserer? mitarbeiter|mitarbeiterin|kollege|kollegin|berater|beraterin wird|ist|hilft|meldet|kümmert * gleich|sofort|bald|weiter|da *",
        "einen|bitte augenblick|moment|warten bitte|geduld? *",
        "ich verbinde sie|dich jetzt? *",
    ],
    greets: &["hallo|hi|willkommen *", "guten|schönen morgen|tag|abend *"],
};

const FRENCH: Opening = Opening {
    own: &[
        "je",
        "j'ai",
        "j'attends",
        "j'aimerais",
        "me",
        "moi",
        "mon",
        "ma",
        "mes",
        "mais",
        "pas",
        "toujours",
    ],
    opens: &[
        "bonjour|bonsoir|salut? merci d'avoir contacté|joint +",
        "bonjour|bonsoir|salut? merci de nous avoir contacté|contactés|écrit|joint|joints",
        "bonjour|bonsoir|salut? bienvenue sur|dans|au le|notre|la? * chat|tchat|livechat|chatbot|messagerie *",
        "bonjour|bonsoir|salut? je suis * chatbot|bot|robot *",
        "bonjour|bonsoir|salut? je suis * assistant|assistante|conseiller|conseillère virtuel|virtuelle|numérique|automatique|digital|digitale *",
        "vous discutez|échangez|parlez|conversez actuellement? avec un|notre|le chatbot|robot|bot|assistant *",
        "ceci est|c'est une|un réponse|message automatique|automatisé|automatisée *",
    ],
    may_open: &[
        "bonjour|bonsoir|salut? merci d'avoir pris contact *",
        "bonjour|bonsoir|salut? merci de nous contacter|écrire|joindre",
        "bonjour|bonsoir|salut? merci pour|de votre|ton message|question|demande",
        "bienvenue chez|à? *",
    ],
    introduces: &[
        "je m'appelle +",
        "mon nom|prénom est +",
        "je suis +",
        "vous êtes en ligne avec +",
    ],
    asks: &[
        "quel|quelle est votre|ton prénom|nom|adresse|numéro|code|e-mail *",
        "comment vous|t'appelez-vous|appelez-vous|appelles-tu *",
        "puis-je|pourrais-je avoir|connaître|demander votre|ton prénom|nom|adresse|numéro|e-mail *",
        "à qui ai-je|parlé-je l'honneur? *",
        "comment puis-je|peut-on|pouvons-nous vous|te aider *",
        "en quoi puis-je|pouvons-nous vous aider|être *",
        "que puis-je faire pour vous|toi *",
        "sur quoi porte votre|ta question|demande",
        "quel est l'objet|le|votre sujet|motif? de? votre|ta? question|demande|contact?",
        "veuillez|merci choisir|sélectionner|de choisir|sélectionner? un|une|votre|le sujet|thème|option|motif *",
        "veuillez|merci décrire|poser|écrire|indiquer|de décrire|poser|écrire|indiquer? votre|ta question|problème|demande *",
        "avez-vous|as-tu un|une compte|numéro|commande *",
        "un|une|l'un|notre de? nos? conseiller|conseillère|conseillers|agent|collègue va|vous|est|prend|sera * bientôt|instants|relais|disponible|suite|répondre|aider *",
        "veuillez|merci patienter|de patienter? *",
        "je vous mets|transfère *",
    ],
    greets: &["bonjour|bonsoir|salut|bienvenue *"],
};
