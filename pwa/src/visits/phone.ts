/** Telephone numbers and places as links: they work without a network. Pure. */
import type { UnitRow } from '../schemas';

/** A number as it is dialled: figures, plus, star and hash. Undefined where nothing can be dialled. */
export function dialLink(phone: string | null | undefined): string | undefined {
  const dialled = phone?.replace(/[^\d+*#]/g, '');
  return dialled ? `tel:${dialled.replaceAll('#', '%23')}` : undefined;
}

/** Whom an SOS of this team calls. */
export function sosPhone(unit: UnitRow | undefined): string | undefined {
  return unit?.coordinator_phone || unit?.rapid_response_phone || undefined;
}

/** The address for whatever map the device has; nothing is asked of a server of ours or of others. */
export function mapLink(address: string): string {
  return `geo:0,0?q=${encodeURIComponent(address.replace(/\s+/g, ' ').trim())}`;
}
