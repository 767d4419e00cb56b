/** Which answers an entry in the tray may be given, the most fitting one first. Pure. */
import type { HeldReason } from '../schemas.ts';

export type AnswerKind = 'send_again' | 'send_as_me' | 'change' | 'reapply' | 'hand_over' | 'discard';

/** `local`: the server never took it. `own`: this person wrote it, on this tablet, so that its words are here. */
export type Held = { reason: string; local: boolean; own: boolean; leads: boolean };

type Wish = Exclude<AnswerKind, 'send_again' | 'discard'>;
const FIRST: Record<HeldReason, Wish> = {
  // What the server could not read may be read after an update of either side.
  malformed: 'reapply',
  unknown_field: 'reapply',
  unknown_type: 'reapply',
  // The same facts under a new number, or under today's log-in.
  id_reuse: 'send_as_me',
  bad_mac: 'send_as_me',
  unknown_session: 'send_as_me',
  // Who leads may say yes where others may not.
  not_permitted: 'hand_over',
  out_of_scope: 'hand_over',
  // It must be another one.
  unknown_subject: 'change',
  bed_taken: 'change',
  already_changed: 'change',
  invalid: 'change',
  depends_on_held: 'reapply',
};

/** Whether applying it again is a lead's yes to what another was not allowed to do. */
export function mayAllow({ reason, own, leads }: Omit<Held, 'local'>): boolean {
  return leads && !own && FIRST[reason as HeldReason] === 'hand_over';
}

export function answersFor({ reason, local, own, leads }: Held): AnswerKind[] {
  const may: Wish[] = ['reapply', ...(own ? (['change', 'send_as_me'] as const) : [])];
  if (local) return ['send_again', ...(own ? (['change'] as const) : [])];
  if (!leads) may.push('hand_over');
  const first = FIRST[reason as HeldReason] ?? 'reapply';
  // Under today's log-in is no answer to anything else.
  const others = may.filter((kind) => kind !== first && kind !== 'send_as_me');
  return [...(may.includes(first) ? [first] : []), ...others, 'discard'];
}
