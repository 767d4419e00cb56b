/** Who may log in on this tablet, and who is on duty now. Pure. */
import type { BedRow, DutyRow, Post, StaffRow } from '../schemas';
import type { Colleague } from './LogIn.svelte';

type Known = { staff: readonly StaffRow[]; duties: readonly DutyRow[]; beds: readonly BedRow[] };

/** The open turn of duty of a person in a unit, the latest if there are several. */
export function dutyOf(
  duties: readonly DutyRow[],
  staff_id: string | null,
  unit_id?: string,
): DutyRow | undefined {
  return duties
    .filter((duty) => duty.staff_id === staff_id && !duty.ended_at && (!unit_id || duty.unit_id === unit_id))
    .sort((a, b) => b.started_at.localeCompare(a.started_at))[0];
}

/** Labels of beds in the order of the ward, `1B 1D 2A`. */
export function bedLabels(bed_ids: readonly string[], beds: readonly BedRow[]): string {
  const wanted = new Set(bed_ids);
  return beds
    .filter((bed) => wanted.has(bed.bed_id))
    .sort((a, b) => a.position - b.position)
    .map((bed) => bed.label)
    .join(' ');
}

/** People of the unit: those on duty first, then all others who may log in. `inWords` says post and beds. */
export function colleagues(
  { staff, duties, beds }: Known,
  unit_id: string,
  inWords: (post: Post, beds: string) => string,
): { on_duty: Colleague[]; others: Colleague[] } {
  const here = staff.filter(
    (person) => person.active !== false && person.grants.some((grant) => grant.unit_id === unit_id),
  );
  const all = here.map((person) => {
    const duty = dutyOf(duties, person.staff_id, unit_id);
    const { staff_id, name, lang } = person;
    return {
      duty,
      colleague: {
        staff_id,
        name,
        lang,
        duty: duty ? inWords(duty.post, bedLabels(duty.bed_ids, beds)) : '',
      },
    };
  });
  const byName = (a: Colleague, b: Colleague) => a.name.localeCompare(b.name);
  return {
    on_duty: all
      .filter((one) => one.duty)
      .map((one) => one.colleague)
      .sort(byName),
    others: all
      .filter((one) => !one.duty)
      .map((one) => one.colleague)
      .sort(byName),
  };
}
