/** The tablet's core in Node, for a simulation: `node scripts/run.mjs src/sync/node.ts`, lines in, lines out. */
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { byLines } from './lines.ts';

const answer = byLines();
for await (const line of createInterface({ input: stdin })) {
  if (line.trim()) stdout.write(`${answer(line)}\n`);
}
