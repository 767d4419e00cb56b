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
].map((line) => JSON.stringify({ tablet: 'a', ...line }));

test('the core answers each line with its actions and its summary', () => {
  const answer = byLines();
  const [ready, started, gained] = LINES.map((line) => JSON.parse(answer(line)));
  expect(ready).toEqual({ ready: true });
  expect(started.actions).toContainEqual({ action: 'take_flush' });
  expect(gained.actions[0]).toMatchObject({ action: 'post', entry_ids: ['e1'] });
  expect(gained.summary).toMatchObject({ waiting: 1, sending: true });
});

test('tablets share a process and nothing else', () => {
  const answer = byLines();
  for (const line of LINES) answer(line);
  expect(JSON.parse(answer(JSON.stringify({ tablet: 'a', now }))).summary.waiting).toBe(1);
  answer(JSON.stringify({ tablet: 'b', seed: '7' }));
  expect(JSON.parse(answer(JSON.stringify({ tablet: 'b', now }))).summary.waiting).toBe(0);
  expect(() => answer(JSON.stringify({ tablet: 'c', now }))).toThrow('no seed');
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
