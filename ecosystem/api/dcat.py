"""The catalogue as DCAT-AP 3: https://semiceu.github.io/DCAT-AP/releases/3.0.0/.

Classes of what is named (licences, formats, places) are given with it, as the profile's shapes
ask. VoID counts rows as entities and columns as properties: https://www.w3.org/TR/void/.
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import DCTERMS, FOAF, RDF, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef

from ecosystem.api.published import ABOUT, CC_BY, KEYWORDS, TITLE, Dataset, File, Service
from ecosystem.common.publisher import publisher

# rdflib knows the version before.
_DCAT = Namespace("http://www.w3.org/ns/dcat#")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_ENGLISH = URIRef(f"{_AUTHORITY}language/ENG")
_EUROPE = URIRef(f"{_AUTHORITY}continent/EUROPE")
_IRREGULAR = URIRef(f"{_AUTHORITY}frequency/IRREG")
_PUBLIC = URIRef(f"{_AUTHORITY}access-right/PUBLIC")
_THEMES = {
    URIRef(f"{_AUTHORITY}data-theme/TECH"): "Science and technology",
    URIRef(f"{_AUTHORITY}data-theme/REGI"): "Regions and cities",
}
_SCHEME = URIRef(f"{_AUTHORITY}data-theme")
_FILE_TYPES = {
    "application/geo+json": "GEOJSON",
    "text/csv": "CSV",
    "application/atom+xml": "ATOM",
    "text/calendar": "ICS",
    "application/json": "JSON",
    "application/zip": "ZIP",
    "text/plain": "TXT",
}
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"


def catalogue(
    site: str,
    datasets: Sequence[Dataset],
    snapshots: Sequence[Dataset],
    services: Sequence[Service],
) -> Graph:
    """All datasets, releases and services as a graph.

    Parameters
    ----------
    site : str
        Address of the site without a slash at its end.
    datasets, snapshots, services
        As :mod:`ecosystem.api.published` gives them.
    """
    graph = _Catalogue(site)
    graph.head()
    for dataset in datasets:
        graph.dataset(dataset)
    graph.series(snapshots)
    for service in services:
        graph.service(service)
    return graph.graph


class _Catalogue:
    """A catalogue in the making."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._own = URIRef(f"{site}/catalogue")
        self.graph = Graph(bind_namespaces="none")
        for prefix, namespace in _PREFIXES.items():
            self.graph.bind(prefix, namespace)

    def head(self) -> None:
        """The catalogue itself, who publishes it, and its themes."""
        own, publisher_ = self._own, self._publisher()
        self._texts(own, _DCAT.Catalog, TITLE, ABOUT)
        self.graph.add((own, DCTERMS.publisher, publisher_))
        self._name(own, DCTERMS.license, URIRef(CC_BY), DCTERMS.LicenseDocument)
        self._name(own, DCTERMS.language, _ENGLISH, DCTERMS.LinguisticSystem)
        self._name(own, DCTERMS.spatial, _EUROPE, DCTERMS.Location)
        self._name(own, FOAF.homepage, URIRef(f"{self._site}/"), FOAF.Document)
        self._name(own, _DCAT.themeTaxonomy, _SCHEME, SKOS.ConceptScheme)
        self.graph.add((_SCHEME, DCTERMS.title, Literal("Data theme", "en")))
        for theme, label in _THEMES.items():
            self.graph.add((theme, RDF.type, SKOS.Concept))
            self.graph.add((theme, SKOS.prefLabel, Literal(label, "en")))
            self.graph.add((theme, SKOS.inScheme, _SCHEME))

    def dataset(self, found: Dataset) -> URIRef:
        """One dataset with its distributions."""
        own = self._id(found.code)
        self._texts(own, _DCAT.Dataset, found.title, found.description)
        self.graph.add((self._own, _DCAT.dataset, own))
        self._of_resource(own, found.page)
        modified = Literal(found.modified.isoformat(), datatype=XSD.dateTime)
        self.graph.add((own, DCTERMS.modified, modified))
        self.graph.add((own, DCTERMS.identifier, Literal(str(own))))
        self.graph.add((own, _DCAT.version, Literal(found.version)))
        self._name(own, DCTERMS.language, _ENGLISH, DCTERMS.LinguisticSystem)
        self._name(own, DCTERMS.spatial, _EUROPE, DCTERMS.Location)
        self._name(own, DCTERMS.accrualPeriodicity, _IRREGULAR, DCTERMS.Frequency)
        for word in KEYWORDS:
            self.graph.add((own, _DCAT.keyword, Literal(word, "en")))
        for count, said in ((found.rows, VOID.entities), (found.columns, VOID.properties)):
            if count is not None:
                self.graph.add((own, RDF.type, VOID.Dataset))
                self.graph.add((own, said, Literal(count, datatype=XSD.integer)))
        for file in found.files:
            self._distribution(own, found, file)
        return own

    def series(self, snapshots: Sequence[Dataset]) -> None:
        """The releases that are kept, as a series."""
        own = self._id("releases")
        about = "The register as it was published, release by release."
        self._texts(own, _DCAT.DatasetSeries, "Cyber Valleys register, all releases", about)
        self.graph.add((own, DCTERMS.publisher, self._publisher()))
        self._name(own, DCTERMS.accrualPeriodicity, _IRREGULAR, DCTERMS.Frequency)
        for snapshot in snapshots:
            member = self.dataset(snapshot)
            self.graph.add((member, _DCAT.inSeries, own))
            issued = Literal(snapshot.modified.isoformat(), datatype=XSD.dateTime)
            self.graph.add((member, DCTERMS.issued, issued))

    def service(self, found: Service) -> None:
        """One service and what it serves."""
        own = self._id(f"service-{found.code}")
        self._texts(own, _DCAT.DataService, found.title, found.description)
        self.graph.add((self._own, _DCAT.service, own))
        self._of_resource(own, found.page)
        self._name(own, DCTERMS.license, URIRef(CC_BY), DCTERMS.LicenseDocument)
        self.graph.add((own, _DCAT.endpointURL, URIRef(found.address)))
        self.graph.add((own, _DCAT.endpointDescription, URIRef(found.described_by)))
        for standard in found.conforms_to:
            self._name(own, DCTERMS.conformsTo, URIRef(standard), DCTERMS.Standard)
        for code in found.serves:
            self.graph.add((own, _DCAT.servesDataset, self._id(code)))

    def _of_resource(self, own: URIRef, page: str) -> None:
        self.graph.add((own, DCTERMS.publisher, self._publisher()))
        self._name(own, DCTERMS.accessRights, _PUBLIC, DCTERMS.RightsStatement)
        self._name(own, _DCAT.landingPage, URIRef(page), FOAF.Document)
        contact = publisher().contact
        if contact:
            kind = self._id("contact")
            self._name(own, _DCAT.contactPoint, kind, _VCARD.Kind)
            self.graph.add((kind, _VCARD.fn, Literal(publisher().name)))
            is_mail = contact.startswith("mailto:")
            self.graph.add((kind, _VCARD.hasEmail if is_mail else _VCARD.hasURL, URIRef(contact)))
        for theme in _THEMES:
            self.graph.add((own, _DCAT.theme, theme))

    def _distribution(self, dataset: URIRef, found: Dataset, file: File) -> None:
        own = self._id(f"{found.code}-{file.code}")
        self.graph.add((dataset, _DCAT.distribution, own))
        self.graph.add((own, RDF.type, _DCAT.Distribution))
        title = Literal(f"{found.title}: {file.title}", "en")
        self.graph.add((own, DCTERMS.title, title))
        for said in (_DCAT.accessURL, _DCAT.downloadURL):
            self.graph.add((own, said, URIRef(file.address)))
        self._name(own, DCTERMS.license, URIRef(file.licence), DCTERMS.LicenseDocument)
        media_type = URIRef(f"{_MEDIA_TYPE}{file.media_type}")
        self._name(own, _DCAT.mediaType, media_type, DCTERMS.MediaType)
        type_ = URIRef(f"{_AUTHORITY}file-type/{_FILE_TYPES[file.media_type]}")
        self._name(own, DCTERMS.format, type_, DCTERMS.MediaTypeOrExtent)
        if file.rights:
            rights = self._id(f"{found.code}-{file.code}-rights")
            self._name(own, DCTERMS.rights, rights, DCTERMS.RightsStatement)
            self.graph.add((rights, DCTERMS.description, Literal(file.rights, "en")))
        if file.conforms_to:
            standard = URIRef(file.conforms_to)
            self._name(own, DCTERMS.conformsTo, standard, DCTERMS.Standard)
        if file.described_by:
            self._name(own, FOAF.page, URIRef(file.described_by), FOAF.Document)

    def _publisher(self) -> URIRef:
        own = self._id("publisher")
        self.graph.add((own, RDF.type, FOAF.Agent))
        self.graph.add((own, FOAF.name, Literal(publisher().name, "en")))
        return own

    def _texts(self, own: URIRef, kind: URIRef, title: str, description: str) -> None:
        self.graph.add((own, RDF.type, kind))
        self.graph.add((own, DCTERMS.title, Literal(title, "en")))
        self.graph.add((own, DCTERMS.description, Literal(description, "en")))

    def _name(self, own: URIRef, said: URIRef, value: URIRef, kind: URIRef) -> None:
        self.graph.add((own, said, value))
        self.graph.add((value, RDF.type, kind))

    def _id(self, code: str) -> URIRef:
        return URIRef(f"{self._own}#{code}")


_PREFIXES = {
    "dcat": _DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "rdf": RDF,
    "skos": SKOS,
    "vcard": _VCARD,
    "void": VOID,
    "xsd": XSD,
}
CONTEXT = {prefix: str(namespace) for prefix, namespace in _PREFIXES.items()}
