/** The tablet's validators give the verdicts that the server's decoder gives: one set of cases, tests/schemas/. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as schemas from './schemas.ts';

type Case = { of: string; why: string; text: string };

const cases = (verdict: string): Case[] =>
  JSON.parse(readFileSync(new URL(`../../tests/schemas/${verdict}.json`, import.meta.url), 'utf8'));

function accepts({ of, text }: Case): boolean {
  const schema = (schemas as Record<string, unknown>)[`${of}Schema`] as v.GenericSchema;
  try {
    return v.safeParse(schema, JSON.parse(text)).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

describe('the generated validators', () => {
  test.each(cases('good'))('take $of: $why', (good) => {
    expect(accepts(good)).toBe(true);
  });

  test.each(cases('bad'))('refuse $of: $why', (bad) => {
    expect(accepts(bad)).toBe(false);
  });

  test('keep what a newer server adds to a row', () => {
    const row = { patient_id: 'x' };
    const bed = JSON.parse(cases('good').find((one) => one.of === 'BedRow')?.text ?? '');
    expect(v.parse(schemas.BedRowSchema, { ...bed, ...row })).toEqual({ ...bed, ...row });
  });

  test('choose a frame by its tag', () => {
    const ping = { frame: 'ping', at: '2026-11-22T04:05:06Z' };
    expect(v.parse(schemas.ServerFrameSchema, ping)).toEqual(ping);
    expect(v.safeParse(schemas.TabletFrameSchema, ping).success).toBe(false);
  });
});
