import type { Component } from 'svelte';
import { expect, test } from 'vitest';
import { addressOf, href, match, screen } from './routes';

const Nothing: Component<never> = () => ({});
const at = <Path extends string>(path: Path) => screen(path, Nothing as never, { title: 'app.name' });
const SCREENS = [at('/'), at('/patients/new'), at('/patients/:stay_id'), at('/patients/:stay_id/chart')];

test('an address opens the first screen whose path fits, with its parameters', () => {
  expect(match(SCREENS, '/')?.screen.path).toBe('/');
  expect(match(SCREENS, '/patients/new')?.screen.path).toBe('/patients/new');
  expect(match(SCREENS, '/patients/7')).toMatchObject({ params: { stay_id: '7' } });
  expect(match(SCREENS, '/patients/7/chart')?.screen.path).toBe('/patients/:stay_id/chart');
});

test.each(['/nowhere', '/patients', '/patients//chart', '/patients/7/chart/more', '/patients/%E0%A4%A'])(
  'the address %s opens no screen',
  (address) => {
    expect(match(SCREENS, address)).toBeUndefined();
  },
);

test('a link leads back to the parameters that it was made of', () => {
  const link = href('/patients/:stay_id/chart', { stay_id: 'a/b 박?' });
  expect(match(SCREENS, addressOf(link))?.params).toEqual({ stay_id: 'a/b 박?' });
});

test.each([
  ['', '/'],
  ['#', '/'],
  ['#/', '/'],
  ['#/alerts/7?from=push', '/alerts/7'],
  ['#/alerts/', '/alerts'],
  ['#content', '/'],
])('the hash "%s" is the address %s', (hash, address) => {
  expect(addressOf(hash)).toBe(address);
});
