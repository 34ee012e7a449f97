// The same energy in all cloud regions and all countries: one question, ranked by the server, each place once.
import type { Elsewhere } from './types';

export const everywhere = (ask: (regions: string) => Promise<Elsewhere>): Promise<Elsewhere> => ask('all,countries');
