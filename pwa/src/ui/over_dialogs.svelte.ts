/** What stays at hand while a dialog is open: under one, the rest of the page answers to nobody. */
import type { Component } from 'svelte';

let parts = $state.raw<readonly Component[]>([]);

/** Drawn at the foot of every open dialog; the app sets it once. */
export function drawInDialogs(components: readonly Component[]): void {
  parts = components;
}

export function inDialogs(): readonly Component[] {
  return parts;
}
