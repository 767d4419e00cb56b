/** `npm run score -- FILE.csv`: NEWS2 of a table of sets by the tablet's own rules, on standard output. */
import { readFileSync } from 'node:fs';
import { scoreTable } from './score_table.ts';
import { UnreadableTable } from './table_text.ts';

const [, , file = ''] = process.argv;

function stop(why: string): void {
  process.stderr.write(`${file}: ${why}.\n`);
  process.exitCode = 1;
}

try {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  process.stdout.write(scoreTable(text));
} catch (error) {
  if (error instanceof UnreadableTable) stop(error.message);
  else if (error instanceof TypeError) stop('is not UTF-8 text');
  else if (error instanceof Error && 'code' in error) stop('can not be read');
  else throw error;
}
