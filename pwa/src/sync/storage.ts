/** Opens a database when it is first needed, and again when the browser has lost it. */
import { type DBSchema, type IDBPDatabase, type OpenDBCallbacks, openDB } from 'idb';

/** Told when another tab, older than this one, keeps a database from being opened. */
let onBlocked: () => void = () => {};

export function whenBlocked(tell: () => void): void {
  onBlocked = tell;
}

export class Storage<Schema extends DBSchema> {
  readonly #name: string;
  readonly #version: number;
  readonly #upgrade: OpenDBCallbacks<Schema>['upgrade'];
  readonly #makeRoom: (() => Promise<void>) | undefined;
  #open: Promise<IDBPDatabase<Schema>> | null = null;

  /** `makeRoom`: what gives way when the device has no room for this database. */
  constructor(
    name: string,
    version: number,
    upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>,
    makeRoom?: () => Promise<void>,
  ) {
    this.#name = name;
    this.#version = version;
    this.#upgrade = upgrade;
    this.#makeRoom = makeRoom;
  }

  /**
   * Runs `work`; once more on a new connection when the old one was lost, or when room could be made for it. So `work` must bear
   * to be repeated.
   */
  async run<Result>(work: (database: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#opened());
    } catch (error) {
      if (isLost(error)) this.#open = null;
      else if (isFull(error) && this.#makeRoom) await this.#makeRoom();
      else throw error;
      return work(await this.#opened());
    }
  }

  #opened(): Promise<IDBPDatabase<Schema>> {
    this.#open ??= openDB<Schema>(this.#name, this.#version, {
      ...(this.#upgrade ? { upgrade: this.#upgrade } : {}),
      blocked: () => onBlocked(),
      // A newer app waits for this connection: it must not wait for ever.
      blocking: (_from, _to, event) => {
        (event.target as IDBDatabase).close();
        this.#open = null;
      },
      terminated: () => {
        this.#open = null;
      },
    }).catch((error: unknown) => {
      this.#open = null;
      throw error;
    });
    return this.#open;
  }
}

/** iPadOS drops the connection of an app that slept; the next transaction says so in one of these ways. */
function isLost(error: unknown): boolean {
  if (!(error instanceof DOMException)) return false;
  return error.name === 'InvalidStateError' || /connection.*(lost|clos)/i.test(error.message);
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
