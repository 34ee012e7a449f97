// The runs that are measured now: one stream for all windows of this page, open while one of them is seen.
import type { Live } from './types';

const path = '/api/v1/live/stream';
const shared = 'gramme-live';

/** What windows tell each other: what came, that the server is silent, or that one is new and knows nothing yet. */
type Word = { live: Live } | 'lost' | 'new';

class LiveFeed {
  /** What came last; undefined before the first. */
  data = $state.raw<Live | undefined>(undefined);
  /** `lost`: the server stopped answering; the browser tries again by itself. */
  state = $state<'connecting' | 'open' | 'lost'>('connecting');
  /** When `data` came. */
  at = $state.raw<Date | undefined>(undefined);
  #users = 0;
  #close: (() => void) | undefined;

  /** For an $effect: takes part with its first user, leaves with its last. */
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

  // A browser opens six connections to a server, and a stream keeps its own for ever: six windows with one each would
  // leave none for anything else. So of the windows that are seen one has the stream and tells the others.
  #listen(): () => void {
    const windows = new BroadcastChannel(shared);
    let turn: AbortController | undefined;
    let streams = false;
    const tell = (word: Word) => windows.postMessage(word);
    windows.onmessage = ({ data: word }: MessageEvent<Word>) => {
      if (word === 'new') {
        if (streams && this.data) {
          tell(this.state === 'lost' ? 'lost' : { live: this.data });
        }
      } else if (word === 'lost') {
        this.state = 'lost';
      } else {
        this.#take(word.live);
      }
    };
    const stream = (until: AbortSignal) =>
      new Promise<void>((done) => {
        streams = true;
        const close = this.#stream(tell);
        until.addEventListener('abort', () => {
          streams = false;
          close();
          done();
        });
      });
    const seen = () => {
      if (document.visibilityState === 'hidden') {
        turn?.abort();
        turn = undefined;
      } else if (turn === undefined) {
        const { signal } = (turn = new AbortController());
        // Off loopback without TLS there are no locks: there each window that is seen has a stream.
        const ended = 'locks' in navigator ? navigator.locks.request(shared, { signal }, () => stream(signal)) : stream(signal);
        ended.catch(() => undefined); // hidden while it waited for its turn
      }
    };
    document.addEventListener('visibilitychange', seen);
    tell('new');
    seen();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      turn?.abort();
      windows.close();
    };
  }

  #stream(tell: (word: Word) => void): () => void {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(path);
      source.addEventListener('live', (event: MessageEvent<string>) => {
        const live = JSON.parse(event.data) as Live;
        this.#take(live);
        tell({ live });
      });
      source.addEventListener('open', () => (this.state = 'open'));
      source.addEventListener('error', () => {
        this.state = 'lost';
        tell('lost');
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
