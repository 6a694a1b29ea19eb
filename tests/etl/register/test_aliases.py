"""What people call columns and codes in five languages, each name for one thing only."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN, COUNTRIES
from etl.reading.columns import names_of, resource_names
from etl.register.normalise import cell_normaliser
from etl.schema import Schema

Aliases = dict[str, dict[str, str]]

FILE = "*"
LANGUAGES = ("English", "French", "German", "Spanish", "Italian")

# Words of each code in the five languages, in their order.
WORDS = {
    "type": {
        "sme": ("SMEs", "PME", "KMU", "PyME", "PMI"),
        "large": ("large company", "ETI", "Großunternehmen", "gran empresa", "grande impresa"),
        "research": ("research", "recherche", "Forschung", "investigación", "ricerca"),
        "training": ("training", "formation", "Ausbildung", "formación", "formazione"),
        "cluster": ("clusters", "association", "Verbände", "asociación", "associazioni"),
        "public": (
            "public body",
            "organismes publics",
            "Behörden",
            "organismo público",
            "ente pubblico",
        ),
        "csirt": (
            "CERT",
            "équipe de réponse aux incidents",
            "Computer-Notfallteam",
            "equipo de respuesta a incidentes",
            "squadra di risposta agli incidenti",
        ),
        "support": ("accelerator", "incubateur", "Gründerzentrum", "aceleradora", "incubatore"),
        "investor": ("investors", "investisseur", "Investoren", "inversores", "investitori"),
    },
    "domains": {
        "assurance-audit-certification": (
            "Certification",
            "Assurance, audit et certification",
            "Zertifizierung",
            "auditoría",
            "certificazione",
        ),
        "cryptology": (
            "cryptography",
            "cryptologie",
            "Kryptographie",
            "criptografía",
            "crittografia",
        ),
        "data-security-privacy": (
            "data protection",
            "vie privée",
            "Datenschutz",
            "protección de datos",
            "protezione dei dati",
        ),
        "education-training": ("education", "formations", "Bildung", "educación", "istruzione"),
        "human-aspects": (
            "awareness",
            "facteurs humains",
            "Faktor Mensch",
            "factor humano",
            "fattore umano",
        ),
        "identity-management": (
            "IAM",
            "gestion des identités",
            "Identitätsmanagement",
            "gestión de identidades",
            "gestione delle identità",
        ),
        "incident-handling-forensics": (
            "forensics",
            "gestion des incidents",
            "Forensik",
            "análisis forense",
            "analisi forense",
        ),
        "legal-aspects": ("law", "droit", "Recht", "derecho", "diritto"),
        "network-distributed-systems": (
            "network security",
            "sécurité des réseaux",
            "Netzwerksicherheit",
            "seguridad de redes",
            "sicurezza delle reti",
        ),
        "security-management-governance": (
            "GRC",
            "gouvernance",
            "Risikomanagement",
            "gobernanza",
            "gestione del rischio",
        ),
        "security-measurements": (
            "security metrics",
            "mesures de la sécurité",
            "Sicherheitsmetriken",
            "métricas de seguridad",
            "metriche di sicurezza",
        ),
        "software-hardware-security-engineering": (
            "application security",
            "sécurité logicielle",
            "Softwaresicherheit",
            "seguridad del software",
            "sicurezza del software",
        ),
        "steganography": (
            "watermarking",
            "stéganographie",
            "Steganografie",
            "esteganografía",
            "steganografia",
        ),
        "theoretical-foundations": (
            "theory",
            "bases théoriques",
            "theoretische Grundlagen",
            "fundamentos teóricos",
            "fondamenti teorici",
        ),
        "trust-management-accountability": (
            "trust",
            "confiance",
            "Vertrauen",
            "confianza",
            "fiducia",
        ),
    },
    "sectors": {
        "audiovisual-media": (
            "media",
            "médias",
            "Medien",
            "medios de comunicación",
            "audiovisivo",
        ),
        "chemical": ("chemistry", "chimie", "Chemie", "química", "chimica"),
        "defence": ("defense", "défense", "Verteidigung", "defensa", "difesa"),
        "digital-services": (
            "IT services",
            "services numériques",
            "digitale Dienste",
            "servicios digitales",
            "servizi digitali",
        ),
        "energy": ("energy", "énergie", "Energie", "energía", "energia"),
        "financial": ("banking", "banques", "Finanzen", "finanzas", "banche"),
        "food-drink": (
            "food",
            "agroalimentaire",
            "Lebensmittel",
            "alimentación",
            "alimentare",
        ),
        "government": (
            "public sector",
            "administration publique",
            "Verwaltung",
            "gobierno",
            "pubblica amministrazione",
        ),
        "health": ("healthcare", "santé", "Gesundheit", "salud", "sanità"),
        "manufacturing": (
            "industry",
            "industrie manufacturière",
            "Fertigung",
            "fabricación",
            "manifattura",
        ),
        "nuclear": ("nuclear", "nucléaire", "Kernenergie", "energía nuclear", "nucleare"),
        "safety-security": (
            "security",
            "sûreté et sécurité",
            "Sicherheit",
            "seguridad",
            "sicurezza",
        ),
        "space": ("space", "espace", "Raumfahrt", "espacio", "spazio"),
        "telecom": (
            "telecommunications",
            "télécoms",
            "Telekommunikation",
            "telecomunicaciones",
            "telecomunicazioni",
        ),
        "transportation": ("logistics", "transports", "Verkehr", "transporte", "trasporti"),
    },
    "functions": {
        "identify": ("ID", "identifier", "Identifizieren", "identificar", "identificare"),
        "protect": ("protection", "protéger", "Schützen", "proteger", "proteggere"),
        "detect": ("detection", "détecter", "Erkennen", "detectar", "rilevare"),
        "respond": ("response", "répondre", "Reagieren", "responder", "rispondere"),
        "recover": ("recovery", "rétablir", "Wiederherstellen", "recuperar", "ripristinare"),
    },
    "evidence": {
        "page": ("web page", "page web", "Webseite", "página", "pagina pubblica"),
        "confirmed": (
            "confirmed by the organisation",
            "confirmé par l'organisation",
            "von der Organisation bestätigt",
            "confirmado por la organización",
            "confermato dall'organizzazione",
        ),
        "general": (
            "general knowledge",
            "connaissances générales",
            "Allgemeinwissen",
            "conocimiento general",
            "conoscenza generale",
        ),
    },
    "status": {
        "active": ("in business", "en activité", "tätig", "en activo", "attiva"),
        "acquired": ("taken over", "rachetée", "übernommen", "adquirida", "acquisita"),
        "merged": ("merged", "fusionnée", "fusioniert", "fusionada", "incorporata"),
        "closed": ("dissolved", "fermée", "aufgelöst", "disuelta", "cessata"),
    },
    "country": {
        "AL": ("Albania", "Albanie", "Albanien", "Albania", "Albania"),
        "AT": ("Austria", "Autriche", "Österreich", "Austria", "Austria"),
        "BE": ("Belgium", "Belgique", "Belgien", "Bélgica", "Belgio"),
        "BG": ("Bulgaria", "Bulgarie", "Bulgarien", "Bulgaria", "Bulgaria"),
        "CH": ("Switzerland", "Suisse", "Schweiz", "Suiza", "Svizzera"),
        "CY": ("Cyprus", "Chypre", "Zypern", "Chipre", "Cipro"),
        "CZ": ("Czech Republic", "Tchéquie", "Tschechien", "Chequia", "Repubblica Ceca"),
        "DE": ("Germany", "Allemagne", "Deutschland", "Alemania", "Germania"),
        "DK": ("Denmark", "Danemark", "Dänemark", "Dinamarca", "Danimarca"),
        "EE": ("Estonia", "Estonie", "Estland", "Estonia", "Estonia"),
        "ES": ("Spain", "Espagne", "Spanien", "España", "Spagna"),
        "FI": ("Finland", "Finlande", "Finnland", "Finlandia", "Finlandia"),
        "FR": ("France", "France", "Frankreich", "Francia", "Francia"),
        "GB": ("UK", "Royaume-Uni", "Großbritannien", "Reino Unido", "Regno Unito"),
        "GR": ("Greece", "Grèce", "Griechenland", "Grecia", "Grecia"),
        "HR": ("Croatia", "Croatie", "Kroatien", "Croacia", "Croazia"),
        "HU": ("Hungary", "Hongrie", "Ungarn", "Hungría", "Ungheria"),
        "IE": ("Ireland", "Irlande", "Irland", "Irlanda", "Irlanda"),
        "IS": ("Iceland", "Islande", "Island", "Islandia", "Islanda"),
        "IT": ("Italy", "Italie", "Italien", "Italia", "Italia"),
        "LI": ("Liechtenstein",) * 5,
        "LT": ("Lithuania", "Lituanie", "Litauen", "Lituania", "Lituania"),
        "LU": ("Luxembourg", "Luxembourg", "Luxemburg", "Luxemburgo", "Lussemburgo"),
        "LV": ("Latvia", "Lettonie", "Lettland", "Letonia", "Lettonia"),
        "ME": ("Montenegro", "Monténégro", "Montenegro", "Montenegro", "Montenegro"),
        "MK": (
            "North Macedonia",
            "Macédoine du Nord",
            "Nordmazedonien",
            "Macedonia del Norte",
            "Macedonia del Nord",
        ),
        "MT": ("Malta", "Malte", "Malta", "Malta", "Malta"),
        "NL": ("The Netherlands", "Pays-Bas", "Niederlande", "Países Bajos", "Paesi Bassi"),
        "NO": ("Norway", "Norvège", "Norwegen", "Noruega", "Norvegia"),
        "PL": ("Poland", "Pologne", "Polen", "Polonia", "Polonia"),
        "PT": ("Portugal", "Portugal", "Portugal", "Portugal", "Portogallo"),
        "RO": ("Romania", "Roumanie", "Rumänien", "Rumanía", "Romania"),
        "RS": ("Serbia", "Serbie", "Serbien", "Serbia", "Serbia"),
        "SE": ("Sweden", "Suède", "Schweden", "Suecia", "Svezia"),
        "SI": ("Slovenia", "Slovénie", "Slowenien", "Eslovenia", "Slovenia"),
        "SK": ("Slovakia", "Slovaquie", "Slowakei", "Eslovaquia", "Slovacchia"),
        "TR": ("Turkey", "Turquie", "Türkei", "Turquía", "Turchia"),
    },
}

# What each country calls itself.
ENDONYMS = {
    "AL": "Shqipëria", "AT": "Österreich", "BE": "België", "BG": "България", "CH": "Svizra",
    "CY": "Κύπρος", "CZ": "Česko", "DE": "Deutschland", "DK": "Danmark", "EE": "Eesti",
    "ES": "España", "FI": "Suomi", "FR": "France", "GB": "United Kingdom", "GR": "Ελλάδα",
    "HR": "Hrvatska", "HU": "Magyarország", "IE": "Éire", "IS": "Ísland", "IT": "Italia",
    "LI": "Liechtenstein", "LT": "Lietuva", "LU": "Lëtzebuerg", "LV": "Latvija",
    "ME": "Црна Гора", "MK": "Северна Македонија", "MT": "Malta", "NL": "Nederland",
    "NO": "Norge", "PL": "Polska", "PT": "Portugal", "RO": "România", "RS": "Србија",
    "SE": "Sverige", "SI": "Slovenija", "SK": "Slovensko", "TR": "Türkiye",
}  # fmt: skip

# Headers of organisations in the five languages, in their order.
HEADERS = {
    "status": (
        "Company status",
        "Statut",
        "Unternehmensstatus",
        "Estado de la organización",
        "Situazione",
    ),
    "status_year": (
        "Closed in",
        "Année de fermeture",
        "Status seit",
        "Año de cierre",
        "Anno di chiusura",
    ),
    "successor_name": ("Acquired by", "Racheté par", "Nachfolger", "Empresa matriz", "Successore"),
    "name": ("Organisation name", "Nom", "Unternehmen", "Razón social", "Ragione sociale"),
    "type": ("Type of organisation", "Type d'organisme", "Art", "Tipo", "Tipologia"),
    "city": ("Town", "Ville", "Stadt", "Ciudad", "Comune"),
    "country": ("Country", "Pays", "Land", "País", "Paese"),
    "website": ("Web site", "Site web", "Webseite", "Sitio web", "Sito web"),
    "founded": (
        "Year founded",
        "Année de création",
        "Gründungsjahr",
        "Año de fundación",
        "Anno di fondazione",
    ),
    "domains": ("Domains", "Domaines", "Bereiche", "Dominios", "Domini"),
    "sectors": ("Sectors", "Secteurs", "Branchen", "Sectores", "Settori"),
    "functions": ("NIST functions", "Fonctions", "Funktionen", "Funciones", "Funzioni"),
    "evidence": ("Evidence", "Preuve", "Nachweis", "Evidencia", "Prova"),
    "source_url": ("Source", "Lien de la source", "Quelle", "Fuente", "Fonte"),
    "notes": ("Notes", "Remarques", "Bemerkungen", "Observaciones", "Osservazioni"),
    "former_names": (
        "Former names",
        "Anciens noms",
        "Frühere Namen",
        "Nombres anteriores",
        "Nomi precedenti",
    ),
    "lat": ("Latitude", "Latitude", "Breitengrad", "Latitud", "Latitudine"),
    "lon": ("Longitude", "Longitude", "Längengrad", "Longitud", "Longitudine"),
    "org_id": ("ID", "Identifiant", "Kennung", "Identificador", "Identificativo"),
    "nuts2_hint": (
        "NUTS 2",
        "Région NUTS 2",
        "NUTS-2-Region",
        "Código NUTS 2",
        "Regione NUTS 2",
    ),
    "checked_on": (
        "Checked on",
        "Vérifié le",
        "Geprüft am",
        "Verificado el",
        "Verificato il",
    ),
}


def rows(name: str) -> list[dict[str, str]]:
    path: Path = settings().schema_dir / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def own_names(schema: Schema) -> dict[str, str]:
    """Folded names and titles of the columns of a register file."""
    return {
        fold(text): name for name, column in schema.columns.items() for text in (column.title, name)
    }


def doubles(pairs: list[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], set[str]]:
    """What stands for more than one thing."""
    meant: dict[tuple[str, str], set[str]] = {}
    for name, thing in pairs:
        meant.setdefault(name, set()).add(thing)
    return {name: things for name, things in meant.items() if len(things) > 1}


def test_every_code_is_known_in_every_language() -> None:
    assert {column: set(codes) for column, codes in WORDS.items()} == {
        column: set(vocabulary) for column, vocabulary in BY_COLUMN.items()
    }
    assert all(len(w) == len(LANGUAGES) for codes in WORDS.values() for w in codes.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("column", WORDS)
def test_words_of_five_languages(
    aliases: Aliases, schemas: dict[str, Schema], column: str, language: str
) -> None:
    normalised = cell_normaliser(schemas["organisations"].columns[column], aliases[column])
    at = LANGUAGES.index(language)
    expected = {words[at]: code for code, words in WORDS[column].items()}
    assert {word: normalised(word) for word in expected} == expected
    assert {word: normalised(word.upper()) for word in expected} == expected


def test_what_countries_call_themselves(aliases: Aliases) -> None:
    assert {aliases["country"][fold(name)]: name for name in ENDONYMS.values()} == ENDONYMS
    assert set(ENDONYMS) == set(COUNTRIES)


@pytest.mark.parametrize("text", ["UK", "U.K.", "GBR", "England", "gb"])
def test_short_names_of_a_country(aliases: Aliases, text: str) -> None:
    assert aliases["country"][fold(text)] == "GB"


def test_an_alias_stands_for_one_code() -> None:
    pairs = [((r["column"], fold(r["alias"])), r["code"]) for r in rows("aliases.csv")]
    pairs += [
        ((column, fold(text)), code)
        for column, vocabulary in BY_COLUMN.items()
        for code, term in vocabulary.items()
        for text in (code, term.label, term.plural)
        if text
    ]
    assert doubles(pairs) == {}


def test_an_alias_stands_for_one_column(schemas: dict[str, Schema]) -> None:
    table = rows("column_aliases.csv")
    pairs = [((r["resource"], fold(r["alias"])), r["column"]) for r in table if r["column"] != FILE]
    pairs += [
        ((resource, name), column)
        for resource, schema in schemas.items()
        for name, column in own_names(schema).items()
    ]
    assert doubles(pairs) == {}
    assert all(fold(r["alias"]) for r in table)


def test_an_alias_stands_for_one_register_file(schemas: dict[str, Schema]) -> None:
    files = [r for r in rows("column_aliases.csv") if r["column"] == FILE]
    pairs = [(("", fold(r["alias"])), r["resource"]) for r in files]
    pairs += [(("", fold(resource)), resource) for resource in schemas]
    assert doubles(pairs) == {}
    assert {r["resource"] for r in files} == set(schemas)


def test_aliases_are_of_columns_that_there_are(schemas: dict[str, Schema]) -> None:
    named: dict[str, set[str]] = {resource: set() for resource in schemas}
    for row in rows("column_aliases.csv"):
        named[row["resource"]].add(row["column"])
    assert named == {resource: {FILE, *schema.columns} for resource, schema in schemas.items()}


@pytest.mark.parametrize("column", HEADERS)
def test_headers_of_five_languages(schemas: dict[str, Schema], column: str) -> None:
    known = names_of(schemas["organisations"], settings().schema_dir)
    headers = HEADERS[column]
    assert len(headers) == len(LANGUAGES)
    assert [known.get(fold(header)) for header in headers] == [column] * len(headers)


@pytest.mark.parametrize(
    ("sheet", "resource"),
    [
        ("Entreprises", "organisations"),
        ("Unternehmen", "organisations"),
        ("Companies", "organisations"),
        ("Empresas", "organisations"),
        ("Aziende", "organisations"),
        ("Investisseurs", "investors"),
        ("Investoren", "investors"),
        ("Événements", "events"),
    ],
)
def test_sheets_of_five_languages(schemas: dict[str, Schema], sheet: str, resource: str) -> None:
    assert resource_names(schemas, settings().schema_dir)[fold(sheet)] == resource
