// One thing asked of the server, as a view holds it. A newer question aborts the older; the old answer stands until
// the new one is there.
import { Failure } from './client';

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  failure = $state.raw<Failure | undefined>(undefined);
  loading = $state(false);
  /** When `data` was read: ms since 1970. */
  readAt = $state<number | undefined>(undefined);
  #abort: AbortController | undefined;

  /** Asks; what it throws other than a Failure is a fault of the page and goes on to the console. */
  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort();
    const mine = new AbortController();
    this.#abort = mine;
    this.loading = true;
    try {
      const data = await ask(mine.signal);
      if (mine.signal.aborted) {
        return;
      }
      this.data = data;
      this.failure = undefined;
      this.readAt = Date.now();
    } catch (cause) {
      if (mine.signal.aborted) {
        return;
      }
      if (!(cause instanceof Failure)) {
        throw cause;
      }
      this.failure = cause;
    } finally {
      if (this.#abort === mine) {
        this.loading = false;
      }
    }
  }

  /** Forgets question and answer. */
  clear(): void {
    this.stop();
    this.data = undefined;
    this.failure = undefined;
    this.readAt = undefined;
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.loading = false;
  }
}
