import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { byLines } from './lines.ts';
import { anEntry, DEVICE } from './trial/tablet.ts';

const now = { wall_ms: 1_000, mono_ms: 0 };
const read = { sessions: [], waiting: [anEntry(1)], held: [], last_sent_at: null, offset_ms: null };
const LINES = [
  { seed: '7' },
  { now, event: { event: 'started', device: DEVICE, ...read } },
  { now, event: { event: 'flush_gained', waiting: [anEntry(1)] } },
].map((line) => JSON.stringify(line));

test('the core answers each line with its actions and its summary', () => {
  const answer = byLines();
  const [ready, started, gained] = LINES.map((line) => JSON.parse(answer(line)));
  expect(ready).toEqual({ ready: true });
  expect(started.actions).toContainEqual({ action: 'take_flush' });
  expect(gained.actions[0]).toMatchObject({ action: 'post', entry_ids: ['e1'] });
  expect(gained.summary).toMatchObject({ waiting: 1, sending: true });
});

test('the same lines give the same answers in Node, byte for byte', () => {
  const answer = byLines();
  const home = fileURLToPath(new URL('../..', import.meta.url));
  const ran = spawnSync(process.execPath, ['scripts/run.mjs', 'src/sync/node.ts'], {
    cwd: home,
    input: `${LINES.join('\n')}\n\n`,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(ran.stderr.replace(/^npm warn.*$/gm, '').trim()).toBe('');
  expect(ran.stdout.trim().split('\n')).toEqual(LINES.map(answer));
});
