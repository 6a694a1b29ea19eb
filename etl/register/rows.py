"""Change cells of a register file, or add a row, and leave every other byte as it is.

Encoding, byte order mark, separator, line ends and quoting stay those of the file; it is replaced
whole or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from etl.errors import RegisterError
from etl.reading import header_name, register_file
from etl.reading.text import decode, delimiter_of

KEY = "org_id"
# Orders that a register may be kept in; the first one that it follows decides where a row goes.
ORDERS = (("country", "city", "type", "name"), ("org_id",), ("name",))
# It is followed if so many of a hundred rows come after the row before them.
_FOLLOWED = 90
# Codecs that write no mark of their own, for those of :func:`etl.reading.text.decode` that do.
_UNMARKED = {
    "utf-8-sig": ("utf-8",),
    "utf-16": ("utf-16-le", "utf-16-be"),
    "utf-32": ("utf-32-le", "utf-32-be"),
}


@dataclass(frozen=True)
class _Line:
    """One record of the file: its text with the line end, and its cells as read."""

    text: str
    cells: list[str]


class RegisterFile:
    """A register file in CSV, read whole.

    Parameters
    ----------
    path : Path
        The file.
    key : str, optional
        Column that identifies a row; empty if the file may lack one.
    content : bytes, optional
        What it holds, or would hold if it were there; read from the file by default.

    Raises
    ------
    RegisterError
        If it can't be read, or isn't a CSV file that names its columns, and the key, once.
    """

    def __init__(self, path: Path, key: str = KEY, content: bytes | None = None) -> None:
        self.path = path
        self._key = key
        if content is None:
            content = _read(path)
        text, encoding = decode(path.name, content, [])
        self._mark, self._encoding = _form(content, text, encoding)
        self._delimiter = delimiter_of(text)
        self._lines = list(_lines(path, text, self._delimiter))
        self._header = next((i for i, line in enumerate(self._lines) if any(line.cells)), 0)
        header = self._lines[self._header].cells if self._lines else []
        self.columns = [header_name(cell) for cell in header]
        if (key and key not in self.columns) or len(set(self.columns)) < len(self.columns):
            named = f"each column once, and {key}" if key else "each column once"
            raise RegisterError(f"{path.name}: the first row must name {named}.")
        self._number = {
            line.cells[self.columns.index(key)].strip(): number
            for number, line in self._rows()
            if key and len(line.cells) > self.columns.index(key)
        }

    def ids(self) -> list[str]:
        """Identifiers of all rows, in the order of the file."""
        return list(self._number)

    def rows(self) -> list[dict[str, str]]:
        """All rows as cells by column, in the order of the file."""
        return [self._record(line) for _, line in self._rows()]

    def numbered_rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """All rows with their number, as a spreadsheet counts; cells that a row lacks are left out.

        Rows without any text are left out, too, but counted.
        """
        for number, line in self._rows():
            yield number + 1, dict(zip(self.columns, line.cells, strict=False))

    def row(self, org_id: str) -> dict[str, str]:
        """Cells of a row by column; empty if there is none of that identifier."""
        number = self._number.get(org_id)
        return {} if number is None else self._record(self._lines[number])

    def with_row(self, org_id: str, cells: Mapping[str, str]) -> bytes:
        """The file with cells of a row changed, or with a row added in the file's order.

        Parameters
        ----------
        org_id : str
            Identifier of the row.
        cells : mapping of str to str
            New cells by column; columns that the file lacks are left out.

        Raises
        ------
        RegisterError
            If the file's encoding lacks a letter of them.
        """
        number = self._number.get(org_id)
        if number is None:
            return self.with_new_row({**cells, self._key: org_id})
        return self.with_changed_row(number + 1, cells)

    def with_changed_row(self, number: int, cells: Mapping[str, str]) -> bytes:
        """The file with cells of a row changed.

        Parameters
        ----------
        number : int
            The row, as :meth:`numbered_rows` counts.
        cells : mapping of str to str
            New cells by column; columns that the file lacks are left out.

        Raises
        ------
        RegisterError
            If the file's encoding lacks a letter of them.
        """
        texts = [line.text for line in self._lines]
        texts[number - 1] = self._change_cells(self._lines[number - 1], cells)
        return self._encode(texts)

    def without_row(self, number: int) -> bytes:
        """The file without a row, which :meth:`numbered_rows` counts so."""
        texts = [line.text for line in self._lines]
        del texts[number - 1]
        return self._encode(texts)

    def without_row_of(self, org_id: str) -> bytes:
        """The file without the row of an identifier, which must be there."""
        return self.without_row(self._number[org_id] + 1)

    def with_new_row(self, cells: Mapping[str, str]) -> bytes:
        """The file with a row added in the file's order, else at the end.

        Parameters
        ----------
        cells : mapping of str to str
            Cells by column; columns that the file lacks are left out.

        Raises
        ------
        RegisterError
            If the file's encoding lacks a letter of them.
        """
        texts = [line.text for line in self._lines]
        at, new = self._place(cells), self._new(cells)
        if at == len(texts) and not texts[-1].endswith(("\n", "\r")):
            texts[-1] += self._line_end
            new = new.removesuffix(self._line_end)
        texts.insert(at, new)
        return self._encode(texts)

    def without_rows(self, numbers: Collection[int]) -> bytes:
        """The file without some rows.

        Parameters
        ----------
        numbers : collection of int
            Their numbers, as :meth:`numbered_rows` gives them.
        """
        texts = [line.text for i, line in enumerate(self._lines) if i + 1 not in numbers]
        return self._encode(texts)

    def with_column(self, name: str, cells: Sequence[str]) -> bytes:
        """The file with other cells in a column, which becomes the first one if there is none.

        Parameters
        ----------
        name : str
            The column.
        cells : sequence of str
            Its cells, of as many rows as :meth:`numbered_rows` gives.

        Raises
        ------
        RegisterError
            If the file's encoding lacks a letter of them.
        """
        texts = [line.text for line in self._lines]
        new = dict(zip((number for number, _ in self._rows()), cells, strict=True))
        if name in self.columns:
            for number, cell in new.items():
                line = self._lines[number]
                if self._record(line)[name] != cell:
                    texts[number] = self._change_cells(line, {name: cell})
            return self._encode(texts)
        for number in range(self._header, len(texts)):
            if self._lines[number].cells:
                cell = name if number == self._header else new.get(number, "")
                raw = self._write_cell(cell, quoted=self._is_quoted)
                texts[number] = f"{raw}{self._delimiter}{texts[number]}"
        return self._encode(texts)

    def with_columns(self, names: Sequence[str]) -> bytes:
        """The file with more columns behind its others, whose cells are empty.

        Parameters
        ----------
        names : sequence of str
            Columns; those that there are stay as they are.
        """
        new = [name for name in names if name not in self.columns]
        texts = [line.text for line in self._lines]
        for number in range(self._header, len(texts)) if new else ():
            line = self._lines[number]
            if not line.cells:
                continue
            text = line.text.rstrip("\r\n")
            short = [""] * (len(self.columns) - len(line.cells))
            cells = new if number == self._header else [""] * len(new)
            more = [self._write_cell(cell, quoted=self._is_quoted) for cell in [*short, *cells]]
            texts[number] = self._delimiter.join([text, *more]) + line.text[len(text) :]
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> bytes:
        try:
            return self._mark + "".join(texts).encode(self._encoding)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            raise RegisterError(
                f"{self.path.name}: the encoding of the file has no “{letter}”; save it as CSV "
                "UTF-8, then decide again."
            ) from error

    @property
    def _is_quoted(self) -> bool:
        """Whether the names of all columns stand in quotation marks."""
        header = self._lines[self._header].text.rstrip("\r\n")
        return all(raw.startswith('"') for raw in _raw_cells(header, self._delimiter))

    @property
    def _line_end(self) -> str:
        text = self._lines[self._header].text
        return text[len(text.rstrip("\r\n")) :] or "\n"

    def _rows(self) -> Iterator[tuple[int, _Line]]:
        for number, line in enumerate(self._lines):
            if number > self._header and any(map(str.strip, line.cells)):
                yield number, line

    def _record(self, line: _Line) -> dict[str, str]:
        cells = line.cells + [""] * (len(self.columns) - len(line.cells))
        return dict(zip(self.columns, cells, strict=False))

    def _change_cells(self, line: _Line, cells: Mapping[str, str]) -> str:
        end = line.text[len(line.text.rstrip("\r\n")) :]
        raw = _raw_cells(line.text.rstrip("\r\n"), self._delimiter)
        raw += [""] * (len(self.columns) - len(raw))
        record = self._record(line)
        for i, column in enumerate(self.columns):
            if column in cells and cells[column] != record[column]:
                raw[i] = self._write_cell(cells[column], quoted=raw[i].startswith('"'))
        return self._delimiter.join(raw) + end

    def _new(self, cells: Mapping[str, str]) -> str:
        raw = [
            self._write_cell(cells.get(column, ""), quoted=self._is_quoted)
            for column in self.columns
        ]
        return self._delimiter.join(raw) + self._line_end

    def _write_cell(self, text: str, *, quoted: bool) -> str:
        needs = any(sign in text for sign in ('"', "\n", "\r", self._delimiter))
        return '"' + text.replace('"', '""') + '"' if quoted or needs else text

    def _place(self, cells: Mapping[str, str]) -> int:
        """Number of the line that a new row goes before."""
        numbers = [number for number, _ in self._rows()]
        end = numbers[-1] + 1 if numbers else self._header + 1
        for order in ORDERS:
            if not set(order) <= set(self.columns):
                continue
            keys = [tuple(record[name] for name in order) for record in self.rows()]
            steps = [a <= b for a, b in pairwise(keys)]
            if 100 * sum(steps) < _FOLLOWED * len(steps) or not steps:
                continue
            mine = tuple(cells.get(name, "") for name in order)
            # Where the fewest rows are on the wrong side of it; a row out of order moves nothing.
            wrong = best = sum(key < mine for key in keys)
            at = 0
            for i, key in enumerate(keys, start=1):
                wrong += (key > mine) - (key < mine)
                if wrong <= best:
                    best, at = wrong, i
            return numbers[at] if at < len(numbers) else end
        return end


def organisations_file(register_dir: Path) -> Path:
    """The file of organisations of a register folder, which must be CSV to be written.

    Raises
    ------
    RegisterError
        If it is missing or a spreadsheet.
    """
    path = register_file(register_dir, "organisations")
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise RegisterError(
            f"{path.name}: suggestions are written into CSV files only; save the sheet as CSV "
            "UTF-8."
        )
    return path


def version(record: Mapping[str, str]) -> str:
    """A short text that differs for every other content of a row."""
    cells = "\0".join(f"{name}\0{text}" for name, text in sorted(record.items()))
    return hashlib.sha256(cells.encode()).hexdigest()[:8]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RegisterError(f"{path}: the file can't be read ({error.strerror}).") from error


def _form(content: bytes, text: str, encoding: str) -> tuple[bytes, str]:
    """The bytes before the text of a file, and the codec that makes the others of the text."""
    written = {codec: text.encode(codec) for codec in _UNMARKED.get(encoding, (encoding,))}
    codec = next(codec for codec in written if content.endswith(written[codec]))
    return content[: len(content) - len(written[codec])], codec


def _lines(path: Path, text: str, delimiter: str) -> Iterator[_Line]:
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begin = 0
    try:
        for cells in reader:
            record = "".join(lines[begin : reader.line_num])
            begin = reader.line_num
            yield _Line(record, cells)
    except csv.Error as error:
        raise RegisterError(
            f"{path.name}: a quoted cell isn't closed or is too long ({error}); save the file "
            "again from its program."
        ) from error


def _raw_cells(record: str, delimiter: str) -> list[str]:
    """The cells of a record as they are written, with their quotation marks."""
    cells, begin, quoted = [], 0, False
    for i, sign in enumerate(record):
        if sign == '"' and (quoted or i == begin):
            quoted = not quoted
        elif sign == '"' and record[i - 1] == '"' and record[begin] == '"':
            quoted = True  # a doubled mark inside a quoted cell
        elif sign == delimiter and not quoted:
            cells.append(record[begin:i])
            begin = i + 1
    return [*cells, record[begin:]] if record else []
