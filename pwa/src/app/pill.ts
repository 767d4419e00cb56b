/** What the sync pill says: never "sent" with unsent entries. Pure. */
import type { IconName } from '../ui/icons';
import type { Key, Params } from './i18n/catalogue';
import type { SyncStanding } from './shell.svelte';

export interface PillFace {
  kind: 'plain' | 'waiting' | 'answer';
  icon: IconName | 'square-alert';
  /** Said one after the other; the first one strongly where the kind is `answer`. */
  parts: { key: Key; params: Params }[];
}

/** The face of the pill; `time` is when the outbox was last sent, already in words. */
export function pillFace(standing: SyncStanding, time: string | null): PillFace {
  const { waiting, held, resending, reachable, trouble } = standing;
  const sent = time === null ? {} : { time };
  const queue = { count: waiting, ...sent };
  if (trouble === 'unread')
    return { kind: 'waiting', icon: 'cloud', parts: [{ key: 'sync.unread', params: {} }] };
  if (held > 0) {
    const parts: PillFace['parts'] = [{ key: 'sync.needs_answer', params: { count: held } }];
    if (waiting > 0) parts.push({ key: 'sync.waiting', params: { count: waiting } });
    return { kind: 'answer', icon: 'square-alert', parts };
  }
  if (trouble === 'refused') {
    const key: Key = waiting > 0 ? 'sync.refused_kept' : 'sync.refused';
    return { kind: 'waiting', icon: 'unreachable', parts: [{ key, params: queue }] };
  }
  if (trouble === 'outdated') {
    const key: Key = waiting > 0 ? 'sync.outdated_waiting' : 'sync.outdated';
    return { kind: 'waiting', icon: 'install', parts: [{ key, params: queue }] };
  }
  if (trouble === 'busy' && waiting > 0)
    return { kind: 'waiting', icon: 'cloud', parts: [{ key: 'sync.busy', params: queue }] };
  if (!reachable) {
    const key: Key = waiting > 0 ? 'sync.kept_here' : 'sync.no_network';
    return {
      kind: 'waiting',
      icon: 'unreachable',
      parts: [{ key: time === null ? key : `${key}_sent`, params: queue }],
    };
  }
  if (waiting > 0)
    return {
      kind: 'waiting',
      icon: 'cloud',
      parts: [{ key: time === null ? 'sync.waiting' : 'sync.waiting_sent', params: queue }],
    };
  if (resending > 0)
    return {
      kind: 'waiting',
      icon: 'cloud',
      parts: [{ key: 'sync.restored', params: { count: resending } }],
    };
  return {
    kind: 'plain',
    icon: 'ticks',
    parts: [{ key: time === null ? 'sync.all_sent' : 'sync.all_sent_at', params: sent }],
  };
}
