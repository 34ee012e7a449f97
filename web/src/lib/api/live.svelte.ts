// The runs that are measured now: one stream for the whole page, open while anything shows it.
import { get, hasToken } from './client';
import type { Live } from './types';

const path = '/api/v1/live/stream';
const pollMs = 2000;

class LiveFeed {
  /** What came last; undefined before the first. */
  data = $state.raw<Live | undefined>(undefined);
  /** `lost`: the server stopped answering; the browser tries again by itself. */
  state = $state<'connecting' | 'open' | 'lost'>('connecting');
  /** When `data` came. */
  at = $state.raw<Date | undefined>(undefined);
  #users = 0;
  #close: (() => void) | undefined;

  /** For an $effect: opens the stream with its first user, closes it with its last. */
  use(): () => void {
    if (this.#users++ === 0) {
      // An EventSource cannot carry a token: then the same is asked for again and again.
      this.#close = hasToken() ? this.#poll() : this.#listen();
    }
    return () => {
      if (--this.#users === 0) {
        this.#close?.();
        this.#close = undefined;
      }
    };
  }

  #take(live: Live): void {
    this.data = live;
    this.at = new Date();
    this.state = 'open';
  }

  #listen(): () => void {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(path);
      source.addEventListener('live', (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Live));
      source.addEventListener('open', () => (this.state = 'open'));
      source.addEventListener('error', () => {
        this.state = 'lost';
        if (source?.readyState === EventSource.CLOSED) {
          again = setTimeout(open, 5000); // refused, as where there are too many clients
        }
      });
    };
    open();
    return () => {
      clearTimeout(again);
      source?.close();
    };
  }

  #poll(): () => void {
    const once = () => {
      get<Live>('/live')
        .then((live) => this.#take(live))
        .catch(() => (this.state = 'lost'));
    };
    once();
    const timer = setInterval(once, pollMs);
    return () => clearInterval(timer);
  }
}

export const live = new LiveFeed();
