/** From an address to a screen and back. Pure: no window is asked. */
import type { Component } from 'svelte';
import type { Key } from './i18n/catalogue';

/** The parameters in a path: `/patients/:stay_id` has `{stay_id}`. */
export type ParamsOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { [Each in Name]: string } & ParamsOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? { [Each in Name]: string }
    : Record<never, never>;

export interface ScreenOptions {
  /** The name of the screen, for the window's title and for a screen reader. */
  title: Key;
  /** `shell`: header and rail around it (the rule); `bare`: the screen draws its own header. */
  frame?: 'shell' | 'bare';
  /** May be seen before anybody has logged in. */
  open?: boolean;
}

/** A screen at an address. Made by `screen`, which checks the parameters. */
export interface Screen extends ScreenOptions {
  path: string;
  component: Component<Record<string, string>>;
}

/** Puts a component at a path; its props are the path's parameters. */
export function screen<Path extends string>(
  path: Path,
  component: Component<ParamsOf<Path>>,
  options: ScreenOptions,
): Screen {
  return { ...options, path, component: component as unknown as Component<Record<string, string>> };
}

/** The link to a path with its parameters filled in: `href('/patients/:stay_id', { stay_id })`. */
export function href<Path extends string>(
  path: Path,
  ...[params]: keyof ParamsOf<Path> extends never ? [] : [ParamsOf<Path>]
): string {
  const given = (params ?? {}) as Record<string, string>;
  return `#${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ''))}`;
}

/** The first screen whose path fits, with its parameters; undefined when none does. */
export function match(
  screens: readonly Screen[],
  address: string,
): { screen: Screen; params: Record<string, string> } | undefined {
  for (const candidate of screens) {
    const params = paramsIn(candidate.path.split('/'), address.split('/'));
    if (params) return { screen: candidate, params };
  }
  return undefined;
}

/** The address in a location's hash: `#/alerts/7?x` is `/alerts/7`; nothing is `/`. */
export function addressOf(hash: string): string {
  const address = hash.replace(/^#/, '').split('?')[0] ?? '';
  return address.startsWith('/') ? address.replace(/(.)\/$/, '$1') : '/';
}

function paramsIn(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, wanted] of pattern.entries()) {
    const part = parts[at] ?? '';
    if (wanted.startsWith(':')) {
      const value = decoded(part);
      if (!value) return undefined;
      params[wanted.slice(1)] = value;
    } else if (wanted !== part) return undefined;
  }
  return params;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
