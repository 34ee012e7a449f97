// The server's answers and how to ask for them.
export * from './client';
export { everywhere } from './elsewhere';
export * from './footprint';
export { live } from './live.svelte';
export { Resource } from './resource.svelte';
export { health, readHealth } from './server.svelte';
export * from './types';
