/** Whether the server serves this app no rows any more because it is too old. What is charted it still takes. */
const UPDATE_NEEDED = 426;
const CLOSED_FOR_AN_UPDATE = 4426;

let outdated = false;

export function isOutdated(): boolean {
  return outdated;
}

/**
 * Learns from the status of a reading door's answer, or the code with which the live socket was closed. Where nobody answers (0) it is the line
 * that is to be spoken of.
 */
export function learnIfOutdated(code: number): void {
  if (code === 200 || code === 0) outdated = false;
  if (code !== UPDATE_NEEDED && code !== CLOSED_FOR_AN_UPDATE) return;
  outdated = true;
  void lookForUpdate();
}

/** The new version is fetched now, and waits as always for a cold start or a tap. */
async function lookForUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update().catch(() => {});
}
