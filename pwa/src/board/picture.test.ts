import { expect, test } from 'vitest';
import type { StayRow, VitalSignsRow } from '../schemas';
import { inPlace, type Picture, pictureOf } from './picture';
import { alert, NOW, set, stay, task, turn, ward } from './trial_ward';

const STAYS = ['one', 'two', 'three'];
const score = (total: number) => ({ total, lower_bound: total }) as VitalSignsRow['score'];
const ids = (picture: Picture) => ({
  needs: picture.needs.lines.map((need) => need.alert.alert_id),
  loads: picture.loads.map((load) => load.id),
  sickest: picture.sickest.rows.map((place) => place.id),
});

/** The picture of a ward of three patients with these scores, one each of `mai`, `li` and nobody. */
function picture(scores: number[], more: Parameters<typeof ward>[1] = {}, stays: StayRow[] = []): Picture {
  const owners = ['mai', 'li', null];
  const here = STAYS.slice(0, scores.length).map((id, at) => stay(id, owners[at] ?? null));
  const sets = scores.map((total, at) => set(STAYS[at] ?? '', -9, score(total)));
  return pictureOf(ward([...here, ...stays], { sets, turns: [turn('mai'), turn('li')], ...more }));
}

test('between ticks a score is new at once, and every line keeps its place', () => {
  const shown = picture([9, 5, 1]);
  const fresh = picture([0, 5, 8]);
  expect(ids(fresh).sickest).toEqual(['three', 'two', 'one']);
  const drawn = inPlace(shown, fresh);
  expect(ids(drawn).sickest).toEqual(['one', 'two', 'three']);
  expect(drawn.sickest.rows.map((place) => place.figure)).toEqual([0, 5, 8]);
  expect(drawn.figures.high).toHaveLength(2);
});

test('minutes of a person are new at once, where she stands', () => {
  const shown = picture([1, 1, 1], { tasks: [task('a', 'one', 5, { standard_minutes: 30 })] });
  const fresh = picture([1, 1, 1], { tasks: [task('a', 'two', 5, { standard_minutes: 30 })] });
  expect(ids(shown).loads).toEqual(['nobody', 'mai', 'li']);
  expect(ids(fresh).loads).toEqual(['nobody', 'li', 'mai']);
  const drawn = inPlace(shown, fresh);
  expect(drawn.loads.map((load) => [load.id, load.minutes[0]])).toEqual([
    ['nobody', 0],
    ['mai', 0],
    ['li', 30],
  ]);
});

test('a new alert comes last at once, even the first one; who was answered keeps the line', () => {
  const red = alert('red', -1, { alert_class: 'red', stay_id: 'one' });
  const plain = alert('plain', -40, { stay_id: 'two' });
  expect(ids(inPlace(picture([1, 1, 1]), picture([1, 1, 1], { alerts: [red] }))).needs).toEqual(['red']);
  const shown = picture([1, 1, 1], { alerts: [plain] });
  expect(ids(inPlace(shown, picture([1, 1, 1], { alerts: [plain, red] }))).needs).toEqual(['plain', 'red']);
  const answered = inPlace(shown, picture([1, 1, 1], { alerts: [{ ...plain, state: 'accepted' }, red] }));
  expect(ids(answered).needs).toEqual(['plain', 'red']);
  expect(answered.figures.unanswered).toHaveLength(1);
});

test('with five lines a sixth is a number at once', () => {
  const plain = [1, 2, 3, 4, 5].map((n) => alert(`plain ${n}`, -n * 10, { stay_id: 'one' }));
  const red = alert('red', -1, { alert_class: 'red', stay_id: 'two' });
  const drawn = inPlace(picture([1, 1], { alerts: plain }), picture([1, 1], { alerts: [...plain, red] }));
  expect(ids(drawn).needs).not.toContain('red');
  expect(drawn.needs.more.map((need) => need.alert.alert_id)).toEqual(['red']);
});

test('a patient who has left stays until the tick, and one who comes stands behind the others', () => {
  const shown = picture([9, 5, 1]);
  const drawn = inPlace(shown, picture([9, 5], {}, [stay('new', 'mai')]));
  expect(ids(drawn).sickest).toEqual(['one', 'two', 'three', 'new']);
  expect(drawn.facts.now_ms).toBe(NOW);
});
