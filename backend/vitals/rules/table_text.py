"""Comma-separated text (RFC 4180) in and out, alike on server and tablet to the byte."""


class UnreadableTable(ValueError):
    """The text is no table; the message says why in plain words."""


def parsed(text: str) -> list[list[str]]:
    """Rows of cells; empty lines are left out. Raises UnreadableTable when a quote is not closed."""
    rows: list[list[str]] = [[]]
    cell: list[str] = []
    quoted = False
    at = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    while at < len(text):
        sign = text[at]
        if quoted and sign == '"' and text[at + 1 : at + 2] == '"':
            cell.append(sign)
            at += 1
        elif sign == '"' and (quoted or not cell):
            quoted = not quoted
        elif quoted or sign not in ",\n":
            cell.append(sign)
        else:
            rows[-1].append("".join(cell))
            cell = []
            if sign == "\n":
                rows.append([])
        at += 1
    if quoted:
        raise UnreadableTable("a quote is not closed")
    rows[-1].append("".join(cell))
    return [row for row in rows if row != [""]]


def written(rows: list[list[str]]) -> str:
    """The rows as text; a cell is quoted only where it must be, lines end with a line feed."""
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(cell: str) -> str:
    needs_quotes = any(sign in cell for sign in ',"\n')
    return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell
