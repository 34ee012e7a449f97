// What the server says of itself: version, store, whether it may write. Read once, and again when asked.
import { get } from './client';
import { Resource } from './resource.svelte';
import type { Health } from './types';

export const health = new Resource<Health>();

export function readHealth(): void {
  void health.load((signal) => get<Health>('/health', {}, signal));
}
