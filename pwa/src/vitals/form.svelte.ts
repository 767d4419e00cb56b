/** The charting form: what is typed, which row has the pad, what must still be answered. Nothing is pre-filled. */
import type { NotDoneReason, Parameter, VitalSigns, VitalSignsRow } from '../schemas';
import { isOld } from './draft_age';
import { begin, correct, type Key, type PadName, press, shown, type Typed, value } from './number_pad';
import { type Bounded, type Confirmed, FIELDS, mustAsk, type Plausible, plausible } from './plausibility';
import { tenthsCFromTenthsF } from './rounding';

export const ROWS = [
  'respiratory_rate',
  'spo2',
  'oxygen',
  'systolic',
  'pulse',
  'consciousness',
  'temperature',
] as const satisfies readonly Parameter[];
export type RowName = (typeof ROWS)[number] | 'diastolic';

export interface Question {
  parameter: Bounded;
  value: number;
  found: Plausible;
}

const TYPED: ReadonlySet<string> = new Set(Object.keys(FIELDS));
const isTyped = (row: RowName): row is Bounded & RowName => TYPED.has(row);

/** What survives an interruption, a lock and a kill. */
export interface Draft {
  values: VitalSigns;
  observed_at: string | null;
  /** When something was typed last, in ms. */
  typed_at?: number | null;
  acting: boolean;
  already_escalated?: boolean;
  monitor_attached?: boolean | null;
  /** A value that was asked about is still asked about. */
  questions?: Question[];
}

export class ChartingForm {
  /** The set that is corrected; undefined: a new one. */
  corrects: string | undefined;
  values = $state<VitalSigns>({});
  active = $state<RowName | null>('respiratory_rate');
  typed = $state.raw<Typed>(begin('respiratory_rate'));
  questions = $state<Question[]>([]);
  /** Null: now. */
  observed_at = $state<string | null>(null);
  typed_at = $state<number | null>(null);
  /** When the values were typed, while somebody must say whether they still count. */
  typed_before = $state<string | null>(null);
  acting = $state(false);
  already_escalated = $state(false);
  monitor_attached = $state<boolean | null>(null);
  fahrenheit = $state(false);
  #confirmed: Confirmed[] = [];

  constructor(draft: Draft | null = null) {
    if (!draft) return;
    this.values = { ...draft.values };
    this.observed_at = draft.observed_at;
    this.typed_at = draft.typed_at ?? null;
    this.acting = draft.acting;
    this.already_escalated = draft.already_escalated ?? false;
    this.monitor_attached = draft.monitor_attached ?? null;
    this.questions = draft.questions ?? [];
    this.active = this.#nextEmpty('respiratory_rate');
    this.typed = begin((this.active && isTyped(this.active) ? this.active : 'respiratory_rate') as PadName);
  }

  get draft(): Draft {
    const { observed_at, typed_at, acting, already_escalated, monitor_attached } = this;
    const [values, questions] = [$state.snapshot(this.values), $state.snapshot(this.questions)];
    return { values, observed_at, typed_at, acting, already_escalated, monitor_attached, questions };
  }

  get dirty(): boolean {
    return Object.keys(this.values).length > 0 || this.typed.digits !== '';
  }

  /** The text in a typed row: what is being typed, else what was. */
  text(row: RowName): string {
    if (this.active === row && this.typed.digits) return shown(this.typed);
    if (!isTyped(row)) return '';
    const known = this.values[FIELDS[row]];
    if (known === null || known === undefined) return '';
    if (row !== 'temperature') return String(known);
    const measured = this.values.temperature_as_measured?.value_tenths ?? (known as number);
    return (measured / 10).toFixed(1);
  }

  isDone(row: RowName): boolean {
    if (row === 'oxygen') return this.values.on_oxygen !== null && this.values.on_oxygen !== undefined;
    if (row === 'consciousness') return Boolean(this.values.consciousness);
    const known = this.values[FIELDS[row as Bounded]];
    return known !== null && known !== undefined;
  }

  reasonFor(row: RowName): NotDoneReason | undefined {
    return this.values.not_done?.find((each) => each.parameter === row)?.reason;
  }

  /** Values of an earlier visit are of then: they keep the time of their typing, and nobody is acting on them. */
  age(now_ms: number): void {
    const { typed_at, typed_before } = this;
    if (!this.dirty || typed_before || typed_at === null || !isOld(typed_at, now_ms)) return;
    this.typed_before = new Date(typed_at).toISOString();
    this.observed_at ??= this.typed_before;
    this.acting = false;
  }

  /** The values still count, as of when they were typed. */
  goOn(now_ms: number): void {
    this.typed_before = null;
    this.typed_at = now_ms;
  }

  /** When the set was observed, by a person's word; null: now. */
  observe(at: string | null, now_ms: number): void {
    this.observed_at = at;
    this.goOn(now_ms);
  }

  /** Gives a row the pad; a value already there is corrected, and the pad then waits for Next. */
  activate(row: RowName, now_ms: number): void {
    this.#keep(now_ms);
    this.active = row;
    const pad = (isTyped(row) ? row : 'respiratory_rate') as PadName;
    this.typed = this.isDone(row) ? correct(pad) : begin(pad);
  }

  press(key: Key, now_ms: number): void {
    if (!this.active || !isTyped(this.active)) {
      if (key === 'next') this.next(now_ms);
      return;
    }
    this.#touch(now_ms);
    const after = press(this.typed, key);
    this.typed = after;
    if (after.goesOn) this.next(now_ms);
    else if (key === 'delete' && after.digits === '') this.#clear(this.active);
  }

  /** Keeps what is typed and goes to the next row that has nothing yet. */
  next(now_ms: number): void {
    const from = this.active;
    this.#keep(now_ms);
    this.active = from ? this.#nextEmpty(from === 'diastolic' ? 'systolic' : from) : null;
    this.typed = begin((this.active && isTyped(this.active) ? this.active : 'respiratory_rate') as PadName);
  }

  /** Air, or oxygen by a device at a flow (tenths of a litre a minute) or a fraction (percent). */
  breathe(
    oxygen: Pick<VitalSigns, 'on_oxygen' | 'oxygen_device' | 'oxygen_flow_tenths_l_per_min' | 'fio2_percent'>,
    now_ms: number,
  ): void {
    this.#touch(now_ms);
    this.#keep(now_ms);
    const { oxygen_device: _, oxygen_flow_tenths_l_per_min: __, fio2_percent: ___, ...rest } = this.values;
    this.values = { ...rest, ...oxygen };
    this.#undoNotDone('oxygen');
    this.#toNext('oxygen');
  }

  wake(consciousness: NonNullable<VitalSigns['consciousness']>, now_ms: number): void {
    this.#touch(now_ms);
    this.#keep(now_ms);
    this.values.consciousness = consciousness;
    this.#undoNotDone('consciousness');
    this.#toNext('consciousness');
  }

  notDone(row: RowName, reason: NotDoneReason, now_ms: number): void {
    this.#touch(now_ms);
    this.#clear(row);
    this.typed = begin(this.typed.pad);
    this.values.not_done = [...(this.values.not_done ?? []), { parameter: row, reason }];
    this.#toNext(row);
  }

  /** "Yes, 240": kept, marked as confirmed, not asked again for a while. */
  confirm(question: Question, now_ms: number): void {
    this.#confirmed.push({ parameter: question.parameter, value: question.value, at: now_ms });
    this.values.confirmed = [...new Set([...(this.values.confirmed ?? []), question.parameter])];
    this.#answered(question);
  }

  retype(question: Question, now_ms: number): void {
    this.#clear(question.parameter);
    this.#answered(question);
    this.activate(question.parameter as RowName, now_ms);
  }

  /** The reading was in Fahrenheit: it is kept as measured, and scored in Celsius. */
  wasFahrenheit(question: Question): void {
    this.#answered(question);
    this.values.temperature_as_measured = { value_tenths: question.value, unit: '[degF]' };
    this.values.temperature_tenths_c = tenthsCFromTenthsF(question.value);
  }

  #nextEmpty(from: RowName): RowName | null {
    const at = ROWS.indexOf(from as (typeof ROWS)[number]);
    const order = [...ROWS.slice(at + 1), ...ROWS.slice(0, at + 1)];
    return order.find((row) => !this.isDone(row) && !this.reasonFor(row)) ?? null;
  }

  #touch(now_ms: number): void {
    this.age(now_ms);
    this.typed_at = now_ms;
  }

  #toNext(row: RowName): void {
    this.active = this.#nextEmpty(row);
    this.typed = begin((this.active && isTyped(this.active) ? this.active : 'respiratory_rate') as PadName);
  }

  #undoNotDone(row: RowName): void {
    const others = (this.values.not_done ?? []).filter((each) => each.parameter !== row);
    if (others.length !== (this.values.not_done ?? []).length) this.values.not_done = others;
  }

  #clear(row: RowName): void {
    this.#undoNotDone(row);
    if (row === 'oxygen') {
      const {
        on_oxygen: _,
        oxygen_device: __,
        oxygen_flow_tenths_l_per_min: ___,
        fio2_percent: ____,
        ...rest
      } = this.values;
      this.values = rest;
    } else if (row === 'consciousness') delete this.values.consciousness;
    else {
      delete this.values[FIELDS[row as Bounded]];
      if (row === 'temperature') delete this.values.temperature_as_measured;
      this.questions = this.questions.filter((each) => each.parameter !== row);
      if (this.values.confirmed) this.values.confirmed = this.values.confirmed.filter((each) => each !== row);
    }
  }

  #answered(question: Question): void {
    this.questions = this.questions.filter((each) => each.parameter !== question.parameter);
  }

  #keep(now_ms: number): void {
    const row = this.active;
    const number = value(this.typed);
    if (!row || !isTyped(row) || number === null) return;
    this.#clear(row);
    if (row === 'temperature' && this.fahrenheit) {
      this.values.temperature_as_measured = { value_tenths: number, unit: '[degF]' };
      this.values.temperature_tenths_c = tenthsCFromTenthsF(number);
    } else this.values[FIELDS[row]] = number;
    const kept = this.values[FIELDS[row]] as number;
    const found = plausible(row, kept, this.values.systolic_mmhg ?? null);
    if (mustAsk(row, kept, found, this.#confirmed, now_ms))
      this.questions = [...this.questions, { parameter: row, value: kept, found }];
  }
}

/** The form of a correction: the set as it stands at the first look; what is typed then outlasts changes of its row. */
export function correcting(
  { entry_id, values, observed_at }: Pick<VitalSignsRow, 'entry_id' | 'values' | 'observed_at'>,
  form: ChartingForm,
): ChartingForm {
  if (form.corrects === entry_id) return form;
  const begun = new ChartingForm({ values, observed_at, acting: false });
  begun.corrects = entry_id;
  return begun;
}
