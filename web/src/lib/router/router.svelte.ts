// The address bar as state. Ordinary links work: a click on one inside the page changes the view without a load.
import { routeOf } from './routes';

class Router {
  path = $state(location.pathname);
  search = $state(location.search);
  hash = $state(location.hash);
  /** Counts views opened by the reader: each gets focus on its heading. */
  opened = $state(0);
  readonly route = $derived(routeOf(this.path));
  readonly query = $derived(new URLSearchParams(this.search));

  start(): () => void {
    const back = () => this.#read(true);
    const click = (event: MouseEvent) => this.#click(event);
    addEventListener('popstate', back);
    document.addEventListener('click', click);
    return () => {
      removeEventListener('popstate', back);
      document.removeEventListener('click', click);
    };
  }

  /** A step that "back" undoes. `stay`: the same view in another state, chosen by a control that keeps the focus. */
  go(address: string, stay = false): void {
    history.pushState(null, '', address);
    this.#read(stay);
    if (!stay && this.hash === '') {
      scrollTo(0, 0);
    }
  }

  /** The same view in another state: filters, a form being typed. No step of its own. */
  replace(address: string): void {
    if (address !== location.pathname + location.search + location.hash) {
      history.replaceState(history.state, '', address);
      this.search = location.search;
      this.hash = location.hash;
      this.path = location.pathname;
    }
  }

  #read(quiet: boolean): void {
    const other = this.path !== location.pathname;
    this.search = location.search;
    this.hash = location.hash;
    this.path = location.pathname;
    if (other || !quiet) {
      this.opened += 1;
    }
  }

  #click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || !plain || event.defaultPrevented || link.target !== '' || link.hasAttribute('download')) {
      return;
    }
    const to = new URL(link.href);
    if (to.origin !== location.origin || to.pathname.startsWith('/api/') || to.pathname === '/metrics') {
      return;
    }
    if (to.pathname === location.pathname && to.search === location.search && to.hash !== '') {
      this.hash = to.hash; // the browser jumps
      return;
    }
    event.preventDefault();
    this.go(to.pathname + to.search + to.hash);
  }
}

export const router = new Router();
