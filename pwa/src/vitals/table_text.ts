/** Comma-separated text (RFC 4180) in and out, alike on server and tablet to the byte. */

/** The text is no table; the message says why in plain words. */
export class UnreadableTable extends Error {}

/** Rows of cells; empty lines are left out. Throws UnreadableTable when a quote is not closed. */
export function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const plain = text.replace(/\r\n?/g, '\n');
  const endRow = () => {
    row.push(cell);
    cell = '';
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain[at] ?? '';
    if (quoted && sign === '"' && plain[at + 1] === '"') {
      cell += sign;
      at += 1;
    } else if (sign === '"' && (quoted || cell === '')) {
      quoted = !quoted;
    } else if (quoted || (sign !== ',' && sign !== '\n')) {
      cell += sign;
    } else if (sign === ',') {
      row.push(cell);
      cell = '';
    } else {
      endRow();
    }
  }
  if (quoted) throw new UnreadableTable('a quote is not closed');
  endRow();
  return rows;
}

/** The rows as text; a cell is quoted only where it must be, lines end with a line feed. */
export function written(rows: string[][]): string {
  return rows.map((row) => `${row.map(quotedIfNeeded).join(',')}\n`).join('');
}

function quotedIfNeeded(cell: string): string {
  return /[,"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
