import { expect, test } from 'vitest';
import english from '$shared/locales/en.json';
import korean from '$shared/locales/ko.json';
import vietnamese from '$shared/locales/vi.json';
import chinese from '$shared/locales/zh.json';
import { HeldReasonSchema } from '../schemas.ts';
import { type AnswerKind, answersFor, mayAllow } from './fitting.ts';

const HERS = { local: false, own: true, leads: false };

test.each([
  ['unknown_session', 'send_as_me'],
  ['bad_mac', 'send_as_me'],
  ['id_reuse', 'send_as_me'],
  ['out_of_scope', 'hand_over'],
  ['not_permitted', 'hand_over'],
  ['unknown_subject', 'change'],
  ['bed_taken', 'change'],
  ['already_changed', 'change'],
  ['invalid', 'change'],
  ['depends_on_held', 'reapply'],
  ['malformed', 'reapply'],
  ['unknown_field', 'reapply'],
  ['unknown_type', 'reapply'],
] as const)('%s is first answered by: %s', (reason, first) => {
  expect(answersFor({ ...HERS, reason })[0]).toBe(first);
});

test.each(HeldReasonSchema.options)('%s has its words in every language', (reason) => {
  for (const { sync } of [english, korean, chinese, vietnamese]) expect(sync.held[reason]).toBeTruthy();
});

test('what somebody else wrote is never sent under my name, nor written anew as hers', () => {
  for (const reason of HeldReasonSchema.options)
    for (const leads of [true, false]) {
      const kinds = answersFor({ reason, leads, own: false, local: false });
      expect(kinds).not.toContain('send_as_me');
      expect(kinds).not.toContain('change');
      expect(kinds).toContain('reapply');
      expect(kinds.at(-1)).toBe<AnswerKind>('discard');
      expect(kinds.includes('hand_over')).toBe(!leads);
    }
});

test('what the server never took is sent again, or written anew by who wrote it', () => {
  expect(answersFor({ ...HERS, reason: 'not_taken', local: true })).toEqual(['send_again', 'change']);
  expect(answersFor({ reason: 'not_taken', local: true, own: false, leads: true })).toEqual(['send_again']);
});

test('who leads may say yes to what the role of another does not allow, and to nothing of her own', () => {
  const of = { reason: 'not_permitted', own: false, leads: true };
  expect(mayAllow(of)).toBe(true);
  expect(mayAllow({ ...of, own: true })).toBe(false);
  expect(mayAllow({ ...of, leads: false })).toBe(false);
  expect(mayAllow({ ...of, reason: 'invalid' })).toBe(false);
});
