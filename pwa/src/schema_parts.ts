/** The checks that generated validators are made of: where JavaScript's own habits differ from the server's decoder. */
import * as v from 'valibot';

const INSTANT =
  /^(\d{4}-\d\d-\d\d)[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

function isDay(written: string): boolean {
  if (!DAY.test(written) || written.startsWith('0000')) return false;
  const at = new Date(`${written}T00:00:00Z`);
  // Date rolls 30 February over to March instead of refusing it.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written);
}

/** An RFC 3339 instant with its zone. */
export const instant = v.pipe(
  v.string(),
  v.check((written) => isDay(INSTANT.exec(written)?.[1] ?? ''), 'not an instant with its zone'),
);

/** A calendar day. */
export const day = v.pipe(v.string(), v.check(isDay, 'not a day'));

/** Length in characters as Python counts them: a surrogate pair is one. */
/* @__NO_SIDE_EFFECTS__ */
export function length(shortest: number, longest: number) {
  return v.check<string, string>((written) => {
    const found = [...written].length;
    return found >= shortest && found <= longest;
  }, `not ${shortest} to ${longest} characters`);
}

/** A pattern, for text without half a surrogate pair: the server's decoder refuses such text. */
/* @__NO_SIDE_EFFECTS__ */
export function pattern(shape: RegExp) {
  return v.check<string, string>(
    (written) => shape.test(written) && !/\p{Surrogate}/u.test(written),
    'not in the form asked for',
  );
}

/** The same check, but no list: JavaScript counts a list as an object too. */
/* @__NO_SIDE_EFFECTS__ */
export function keyed<S extends v.GenericSchema>(schema: S): S {
  const noList = v.check<unknown, string>((found) => !Array.isArray(found), 'a list');
  return v.pipe(v.unknown(), noList, schema) as unknown as S;
}
