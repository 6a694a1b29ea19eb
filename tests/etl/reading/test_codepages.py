"""Code pages are decided by the letters of the rows' countries, or refused by name."""

from __future__ import annotations

import pytest

from etl.errors import RegisterError
from etl.reading.codepages import code_page
from etl.reading.text import decode

HEADER = "name;type;city;country;website\r\n"
NAMES = [
    ("cp1250", "PL", "Łódzka Spółka Cyberbezpieczeństwa"),
    ("cp1250", "CZ", "Národní úřad pro kybernetickou bezpečnost"),
    ("cp1250", "HU", "Nemzeti Kibervédelmi Intézet, Győr"),
    ("cp1250", "HR", "Zavod za kibernetičku zaštitu Đakovo"),
    ("cp1250", "RO", "Direcţia Naţională de Securitate Cibernetică"),
    ("cp1251", "BG", "Национален център за киберсигурност"),
    ("cp1251", "RS", "Сигурност Ђорђе"),
    ("cp1252", "FR", "Société française de sécurité"),
    ("cp1252", "IS", "Þjónusta um öryggi"),
    ("cp1252", "PT", "Segurança da Informação"),
    ("cp1253", "GR", "Ελληνική Εταιρεία Κυβερνοασφάλειας"),
    ("cp1254", "TR", "Güvenlik Yazılım Şirketi İstanbul"),
    ("cp1257", "LT", "Kibernetinio saugumo įmonė Šiauliai"),
]


@pytest.mark.parametrize(("page", "country", "name"), NAMES)
def test_names_come_out_right(page: str, country: str, name: str) -> None:
    notes: list[str] = []
    text = f"{HEADER}{name};sme;X;{country};https://www.example.eu\r\n"
    assert decode("o.csv", text.encode(page), notes) == (text, page)
    assert f"Windows-{page[2:]}" in notes[0]


def test_one_row_in_another_encoding_leaves_the_others_alone() -> None:
    rows = ["Société A;sme;Rennes;FR;", "Müller;sme;Köln;DE;", "Łódź Cyber;sme;Łódź;PL;"]
    encodings = ["utf-8", "cp1252", "utf-8"]
    content = HEADER.encode() + b"".join(
        f"{row}\r\n".encode(encoding) for row, encoding in zip(rows, encodings, strict=True)
    )
    notes: list[str] = []
    text, encoding = decode("o.csv", content, notes)
    assert text == HEADER + "".join(f"{row}\r\n" for row in rows)
    assert encoding == "utf-8"
    assert "(row 3); read as Windows-1252 (Western European); the other rows are UTF-8" in notes[0]


def test_rows_are_counted_as_the_program_counts_them() -> None:
    notes: list[str] = []
    text = f'{HEADER}"A\nB";sme;X;DE;\r\nKöln AG;sme;Köln;DE;\r\n'
    decode("o.csv", text.encode("cp1252"), notes)
    assert "(row 3)" in notes[0]


def test_letters_of_no_language_of_the_rows_are_refused_with_the_likeliest() -> None:
    greek = f"{HEADER}Κυβερνοασφάλεια;sme;Helsinki;FI;\r\n".encode("cp1253")
    with pytest.raises(RegisterError, match="likeliest is Windows-") as refused:
        decode("o.csv", greek, [])
    assert "(row 2)" in str(refused.value)


def test_a_nul_byte_is_named_as_such() -> None:
    with pytest.raises(RegisterError, match=r"a NUL byte \(U\+0000\) stands in row 2"):
        decode("o.csv", HEADER.encode() + b"Li\x00nz;sme;Linz;AT;\r\n", [])


def test_lines_in_no_page_are_no_text() -> None:
    assert code_page([bytes([0x81, 0x83, 0x88, 0x90, 0x98, 0xD2])]) is None
