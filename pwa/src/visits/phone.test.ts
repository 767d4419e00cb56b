import { expect, test } from 'vitest';
import type { UnitRow } from '../schemas';
import { dialLink, mapLink, sosPhone } from './phone';

test('a number is dialled without its spaces, and a hash is no part of an address', () => {
  expect(dialLink('+44 (0)20 7946-0958')).toBe('tel:+4402079460958');
  expect(dialLink('*31#0123')).toBe('tel:*31%230123');
  expect([dialLink('none'), dialLink(null)]).toEqual([undefined, undefined]);
});

test('an SOS calls the coordinator, else whom the unit calls for a sick patient', () => {
  const unit = { rapid_response_phone: '2222' } as UnitRow;
  expect(sosPhone({ ...unit, coordinator_phone: '0123' })).toBe('0123');
  expect([sosPhone(unit), sosPhone(undefined)]).toEqual(['2222', undefined]);
});

test('an address of several lines is one question to the map of the device', () => {
  expect(mapLink('14 Mill Lane\nFlat 3 & 4')).toBe('geo:0,0?q=14%20Mill%20Lane%20Flat%203%20%26%204');
});
