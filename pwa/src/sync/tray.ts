/** What the tray says of an entry: its kind, whom it is about, and when it was written. Pure. */
import type { HeldEntryRow } from '../schemas';
import type { IconName } from '../ui/icons';
import type { Kept } from './outbox';
import type { EntryType } from './overlay';
import { savedOf } from './pending';
import type { RowReader } from './rows';

export type TrayLine = {
  entry_id: string;
  type: string;
  icon: IconName;
  bed: string;
  patient: { name: string; lang: string } | null;
  recorded_at: string;
  staff_id: string;
};

const ICONS: Partial<Record<EntryType, IconName>> = {
  vital_signs_charted: 'chart',
  vital_signs_corrected: 'pen',
  late_set_seen: 'tick',
  loss_incident_seen: 'tick',
  note_written: 'note',
  task_done: 'tick',
  task_done_corrected: 'undo',
  duty_started: 'person',
  duty_changed: 'person',
  duty_ended: 'person',
  break_started: 'cup',
  break_ended: 'cup',
  handover_offered: 'handover',
  handover_accepted: 'handover',
  handover_declined: 'handover',
  patient_admitted: 'bed',
  patient_discharged: 'bed',
  patient_transferred: 'bed',
  bed_assigned: 'bed',
  alert_accepted: 'bell',
  alert_declined: 'bell',
  alert_snoozed: 'bell',
  alert_sent: 'bell',
  stay_assigned: 'handover',
  task_assigned: 'handover',
};

/** One line of the tray for an entry that the server holds. */
export function heldLine(held: HeldEntryRow, rows: RowReader): TrayLine {
  const { held_entry_id, entry_type, stay_id, author_staff_id, recorded_at, held_at } = held;
  const staff_id = author_staff_id ?? '';
  return lineOf(
    { entry_id: held_entry_id, type: entry_type, recorded_at: recorded_at ?? held_at, staff_id },
    stay_id ?? null,
    rows,
  );
}

/** One line of the tray. A patient who has left the tablet is not named: her rows are gone. */
export function trayLine(kept: Kept, rows: RowReader): TrayLine {
  const { entry_id, type, recorded_at, staff_id } = savedOf(kept);
  return lineOf({ entry_id, type, recorded_at, staff_id }, kept.stay_id, rows);
}

type Entry = Pick<TrayLine, 'entry_id' | 'type' | 'recorded_at' | 'staff_id'>;

function lineOf(entry: Entry, stay_id: string | null, rows: RowReader): TrayLine {
  const stay = stay_id ? rows.row('stay', stay_id) : undefined;
  const patient = stay ? rows.row('patient', stay.patient_id) : undefined;
  return {
    ...entry,
    icon: ICONS[entry.type as EntryType] ?? 'list',
    bed: (stay?.bed_id && rows.row('bed', stay.bed_id)?.label) || '',
    patient: patient ? { name: patient.name, lang: patient.lang } : null,
  };
}
