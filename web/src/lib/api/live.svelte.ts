// The runs that are measured now: one stream for the whole page, open while anything shows it.
import type { Live } from './types';

const path = '/api/v1/live/stream';

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
      this.#close = this.#listen();
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
}

export const live = new LiveFeed();
